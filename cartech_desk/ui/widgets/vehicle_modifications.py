"""What was fitted to a vehicle, and what to see to because of it."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from cartech_desk.domain.vehicles.record import Modification, Recommendation
from cartech_desk.ui.models.vehicle_words import (
    day_words,
    kilometres,
    modification_words,
    money_words,
    type_words,
)
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.fault_table import FaultTable
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.widgets.record_tabs import button, plain_label, show_right
from cartech_desk.ui.widgets.split import Split

_COLUMNS: Final = ("Fitted", "What", "Brand and model", "Standing", "By", "Price", "Odometer")
_WIDTHS: Final = (84, 84, 164, 80, 84, 96, 80)
_KINDS: Final = {"limit": "limit to set", "check": "to check", "fit": "to fit"}


class VehicleModifications(QWidget):
    """Modifications as a list with their acts, recommendations as cards below it."""

    limits_wanted = Signal()

    def __init__(
        self,
        add: Callable[[], None],
        change: Callable[[], None],
        take_off: Callable[[], None],
        forget: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.modifications: tuple[Modification, ...] = ()
        self.recommendations: tuple[Recommendation, ...] = ()
        self._why = ""
        self.add = button("Add a modification…  M", add)
        self.change = button("Change…", change)
        self.take_off = button("Taken off…", take_off)
        self.forget = button("Noted by mistake", forget)
        self.table = FaultTable(
            "Modifications",
            _COLUMNS,
            _WIDTHS,
            row_height=Size.CONTROL,
            right=(5, 6),
            grows=(2, 4),
        )
        self.table.opened.connect(lambda _place: change())
        self.table.selection_told.connect(self._dress)
        self.nothing = plain_label("muted", "Nothing was changed on it: it is as it was built.")
        self.heading = plain_label("heading")
        self.list = QWidget()
        self.cards = QVBoxLayout(self.list)
        self.cards.setContentsMargins(0, 0, Space.S, 0)
        self.cards.setSpacing(Space.S)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setWidget(self.list)
        self._lay_out()
        self.show_all((), ())

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(Space.S)
        for widget in (self.add, self.change, self.take_off, self.forget):
            bar.addWidget(widget)
        bar.addStretch(1)
        upper, lower = QWidget(), QWidget()
        above = QVBoxLayout(upper)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(Space.S)
        above.addLayout(bar)
        above.addWidget(self.nothing)
        above.addWidget(self.table, 1)
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(Space.S)
        below.addWidget(self.heading)
        below.addWidget(self.scroll, 1)
        self.parts = Split(Qt.Orientation.Vertical)
        self.parts.setHandleWidth(Space.M)
        self.parts.setChildrenCollapsible(False)
        self.parts.addWidget(upper)
        self.parts.addWidget(lower)
        self.parts.setSizes([210, 260])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.parts, 1)

    def show_all(
        self, modifications: Sequence[Modification], recommendations: Sequence[Recommendation]
    ) -> None:
        """Show what was fitted, and what follows from it."""
        chosen = self.chosen()
        self.modifications = tuple(modifications)
        self.table.show_rows([_cells(one) for one in modifications])
        place = next(
            (i for i, one in enumerate(modifications) if chosen and one.id == chosen.id), 0
        )
        if modifications:
            self.table.selectRow(place)
        self.table.setVisible(bool(modifications))
        self.nothing.setVisible(not modifications)
        if self.recommendations != tuple(recommendations):
            self.recommendations = tuple(recommendations)
            self._show_cards()
        urgent = sum(one.urgent for one in recommendations)
        self.heading.setText(
            f"To see to because of what is fitted: {len(recommendations)}"
            + (f", {urgent} before the next pull" if urgent else "")
            if recommendations
            else ""
        )
        self.parts.widget(1).setVisible(bool(recommendations))
        self._dress()

    def show_rights(self, why: str) -> None:
        """Let who may change it; `why` says why not."""
        self._why = why
        self._dress()

    def chosen(self) -> Modification | None:
        """Return the chosen modification."""
        chosen = self.table.chosen()
        places = [place for place in chosen if place < len(self.modifications)]
        return self.modifications[places[0]] if places else None

    def _show_cards(self) -> None:
        while self.cards.count():
            gone = self.cards.takeAt(0).widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        causes = {one.id: modification_words(one) for one in self.modifications}
        for one in self.recommendations:
            card = _Card(one, causes.get(one.cause, ""), self.limits_wanted.emit)
            self.cards.addWidget(card)
        self.cards.addStretch(1)

    def _dress(self) -> None:
        one = self.chosen()
        show_right(self.add, self._why, "Note something that was fitted (M)")
        for made, tip in (
            (self.change, "Change what was noted of it (Enter)"),
            (self.take_off, "It was taken off again"),
            (self.forget, "It was never fitted: take the note back"),
        ):
            show_right(made, self._why or ("" if one is not None else "Choose one first."), tip)
        if one is not None and one.removed is not None:
            show_right(self.take_off, self._why or "It was taken off already.", "")


class _Card(QFrame):
    """One recommendation: lamp, what, and why."""

    def __init__(self, one: Recommendation, cause: str, limits: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("card", True)
        state = State.WARNING if one.urgent else State.OFF
        word = _KINDS.get(one.kind, one.kind)
        lamp = LampLabel(state, f"{word}, before the next pull" if one.urgent else word)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(lamp, 1)
        if one.kind == "limit":
            head.addWidget(button("Open its limits", limits, "Set it on the Limits page", "link"))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.XS)
        column.addLayout(head)
        column.addWidget(plain_label("heading", one.what))
        column.addWidget(plain_label("muted", one.reason))
        if cause:
            column.addWidget(plain_label("help", f"Because of: {cause}"))
        self.setAccessibleName(f"{lamp.words}: {one.what}")


def _cells(one: Modification) -> list[str | tuple[State, str]]:
    state = State.CONNECTED if one.removed is None else State.OFF
    standing = "fitted" if one.removed is None else f"off {day_words(one.removed)}"
    named = " ".join(filter(None, (one.brand, one.model)))
    return [
        day_words(one.fitted),
        type_words(one.type),
        named,
        (state, standing),
        one.done_by,
        money_words(one.price),
        kilometres(one.odometer_km),
    ]
