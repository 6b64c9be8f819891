"""One vehicle: its VIN with what the check says, maker and year, and how it was met last."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.store.known_cars import KnownAdapter, KnownCar
from cartech_desk.ui.models.vehicle_list import VehicleRow
from cartech_desk.ui.models.vehicle_timeline import TimelineRow, cells
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.fault_table import FaultTable
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.words import local_time, wire_name

_COLUMNS: Final = ("When", "What", "Found", "By", "Details")
_WIDTHS: Final = (130, 142, 142, 104, 94)


class VehicleCard(QWidget):
    """Shows a VehicleRow with its timeline; `open_wanted` tells the row to be opened."""

    open_wanted = Signal(object)

    def __init__(
        self,
        rename: Callable[[], None],
        take: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows: tuple[TimelineRow, ...] = ()
        self.name = ElidedLabel("title")
        self.vin = QLabel()
        self.vin.setTextFormat(Qt.TextFormat.PlainText)
        self.vin.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.check = LampLabel(State.OFF, "")
        self.why = _label("help")
        self.made = _label("")
        self.adapter = _label("muted")
        self.at_hand = LampLabel(State.CONNECTED, "at hand")
        self.rename = QPushButton("Rename…")
        self.rename.setToolTip("Give it another name (R)")
        self.rename.clicked.connect(lambda _checked=False: rename())
        self.take = QPushButton("Make it the vehicle at hand")
        self.take.setToolTip("What is recorded and checked belongs to it (H)")
        self.take.clicked.connect(lambda _checked=False: take())
        self.table = FaultTable("What is kept of it", _COLUMNS, _WIDTHS, row_height=Size.CONTROL)
        self.table.opened.connect(lambda place: self.open_wanted.emit(self.rows[place]))
        self.nothing = _label("muted", "Nothing is kept of it yet: record it, or check it up.")
        self.hint = _label("help", "Enter or a double press opens it at its place.")
        self._lay_out()
        theme_changed.connect(self._dress)
        self._dress()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.name, 1)
        for widget in (self.at_hand, self.rename, self.take):
            head.addWidget(widget)
        number = QHBoxLayout()
        number.setSpacing(Space.M)
        number.addWidget(self.vin)
        number.addWidget(self.check, 1)
        card = QFrame()
        card.setProperty("card", True)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        inner.setSpacing(Space.XS)
        inner.addLayout(head)
        inner.addLayout(number)
        for widget in (self.why, self.made, self.adapter):
            inner.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(card)
        column.addWidget(self.nothing)
        column.addWidget(self.hint)
        column.addWidget(self.table, 1)
        column.addStretch(0)

    def _dress(self) -> None:
        self.rename.setIcon(icon("pencil"))
        self.take.setIcon(icon("car"))

    def show_vehicle(self, row: VehicleRow, *, at_hand: bool) -> None:
        """Show this vehicle; what is kept of it arrives with `show_kept`."""
        self.name.say(row.name)
        self.vin.setText(row.vehicle.vin or "")
        self.vin.setVisible(bool(row.vehicle.vin))
        state, word, why = row.vin_words
        self.check.show_state(state, word)
        _say(self.why, why)
        _say(self.made, row.made)
        self.at_hand.setVisible(at_hand)
        self.take.setVisible(not at_hand)

    def show_kept(
        self,
        rows: Sequence[TimelineRow],
        adapter: KnownAdapter | None,
        car: KnownCar | None,
    ) -> None:
        """Show what is kept of it, and through what it was met last."""
        self.rows = tuple(rows)
        self.table.show_rows([list(cells(row)) for row in rows])
        self.table.setVisible(bool(rows))
        self.hint.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        if rows and not self.table.chosen():
            self.table.selectRow(0)
        _say(self.adapter, _met_words(adapter, car))

    def open_chosen(self) -> None:
        """Open the chosen row of the timeline."""
        chosen = self.table.chosen()
        if chosen:
            self.open_wanted.emit(self.rows[chosen[0]])


def _met_words(adapter: KnownAdapter | None, car: KnownCar | None) -> str:
    said = []
    if adapter is not None:
        said.append(f"Last met through {wire_name(adapter.url)}, {local_time(adapter.seen)}.")
    elif car is not None:
        said.append(f"Last met {local_time(car.seen)}.")
    if car is not None:
        link = car.identification.get("link")
        protocol = link.get("protocol", "") if isinstance(link, dict) else ""
        if protocol:
            said.append(f"{protocol}.")
        said.append("The next connection begins with what is known of it.")
        said += car.quirks
    return " ".join(said)


def _label(role: str, words: str = "") -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    return label


def _say(label: QLabel, words: str) -> None:
    label.setText(words)
    label.setVisible(bool(words))
