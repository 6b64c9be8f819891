"""Everything that was ever done to a vehicle, the newest first; older entries come as asked."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from cartech_desk.domain.vehicles.timeline import Happened, TimelineEntry, TimelinePage
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.vehicle_words import TIMELINE_COLUMNS, timeline_cells
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.fault_table import FaultTable
from cartech_desk.ui.widgets.record_tabs import plain_label

_WIDTHS: Final = (132, 124, 250, 140)
_NEAR: Final = 200
"""How near to the foot, in pixels, older entries are fetched."""

_KINDS: Final[tuple[tuple[str, tuple[Happened, ...]], ...]] = (
    ("Everything", ()),
    ("Modifications and tunes", (Happened.MODIFICATION, Happened.REMOVAL, Happened.TUNE)),
    ("Dyno runs", (Happened.RUN,)),
    ("Check-ups and codes", (Happened.CHECKUP, Happened.CODES_CLEARED)),
    ("Recordings", (Happened.RECORDING,)),
    ("Jobs and appointments", (Happened.JOB, Happened.APPOINTMENT)),
    ("Alarms", (Happened.ALARM,)),
    ("Odometer", (Happened.ODOMETER,)),
)

Ask = Callable[[str, tuple[Happened, ...], str], TimelinePage]
"""Return entries of a vehicle, of these kinds, before a page's `older`.

It runs outside the GUI thread, and holds no widget: a thread must never be the last to hold one.
"""


class VehicleHistory(QWidget):
    """The timeline of one vehicle; `opened` tells the entry to be opened at its place."""

    opened = Signal(object)
    shown = Signal()

    def __init__(
        self, ask: Ask, failed: Callable[[BaseException], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ask = ask
        self._asking = NewestOnly(self, failed)
        self._vehicle = ""
        self._older = ""
        self.entries: tuple[TimelineEntry, ...] = ()
        self.kinds = QComboBox()
        self.kinds.setAccessibleName("What the history shows")
        for words, kinds in _KINDS:
            self.kinds.addItem(words, kinds)
        self.kinds.currentIndexChanged.connect(lambda _place: self.refresh())
        self.table = FaultTable(
            "History", TIMELINE_COLUMNS, _WIDTHS, row_height=Size.CONTROL, grows=(2, 3)
        )
        self.table.opened.connect(lambda place: self.opened.emit(self.entries[place]))
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.nothing = plain_label("muted")
        self.hint = plain_label("help", "Enter or a double press opens it at its place.")
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(self.kinds)
        row.addWidget(self.hint, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(row)
        column.addWidget(self.nothing)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self._show(())

    @property
    def busy(self) -> bool:
        """Whether entries are being fetched."""
        return self._asking.busy

    def show_vehicle(self, vehicle_id: str) -> None:
        """Show what happened to this vehicle."""
        if vehicle_id != self._vehicle:
            self._vehicle = vehicle_id
            self._older = ""
            self._show(())
            self.nothing.hide()
        self.refresh()

    def refresh(self) -> None:
        """Fetch the newest entries anew."""
        ask, vehicle, kinds = self._ask, self._vehicle, tuple(self.kinds.currentData())
        if vehicle:
            self._asking.ask(lambda: ask(vehicle, kinds, ""), self._arrived)

    def show_older(self) -> None:
        """Fetch what comes before what is shown."""
        ask, vehicle, older = self._ask, self._vehicle, self._older
        kinds = tuple(self.kinds.currentData())
        if vehicle and older and not self._asking.busy:
            before = self.entries
            self._asking.ask(
                lambda: ask(vehicle, kinds, older),
                lambda page: self._arrived(page, before),
            )

    def _arrived(self, page: TimelinePage, before: tuple[TimelineEntry, ...] = ()) -> None:
        self._older = page.older
        self._show(before + page.entries)
        self.shown.emit()

    def _show(self, entries: tuple[TimelineEntry, ...]) -> None:
        place = self.table.verticalScrollBar().value()
        chosen = self.table.chosen()
        same = chosen and self.entries[: chosen[0] + 1] == entries[: chosen[0] + 1]
        self.entries = entries
        self.table.show_rows([timeline_cells(entry) for entry in entries])
        if same:
            self.table.selectRow(chosen[0])
            self.table.verticalScrollBar().setValue(place)
        elif entries:
            self.table.selectRow(0)
        self.table.setVisible(bool(entries))
        self.hint.setVisible(bool(entries))
        all_kinds = not self.kinds.currentData()
        self.nothing.setText(
            "Nothing was done to it yet: record it, check it up, or open a job."
            if all_kinds
            else f"{self.kinds.currentText()}: none yet."
        )
        self.nothing.setVisible(not entries)

    def _scrolled(self, value: int) -> None:
        if self._older and value >= self.table.verticalScrollBar().maximum() - _NEAR:
            self.show_older()

    def open_chosen(self) -> None:
        """Open the chosen entry at its place."""
        chosen = self.table.chosen()
        if chosen:
            self.opened.emit(self.entries[chosen[0]])
