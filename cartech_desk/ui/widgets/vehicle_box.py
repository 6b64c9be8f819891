"""A choice of one vehicle among thousands: those used last, and any other by typing."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.record_picker import Pick, RecordPicker

LISTED: Final = 60
"""So many vehicles are offered at once, those used last."""
_ANOTHER: Final = "another"
_FOUND: Final = 30
_WIDTH: Final = 420


class VehicleBox(QComboBox):
    """Narrows a list to a vehicle. Its first line stands for all of them.

    Where there are more than are listed the last line asks for another one; `find` looks for what
    is typed there, outside the GUI thread.
    """

    def __init__(self, every: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.addItem(every, "")
        self.find: Callable[[str, int], Sequence[Vehicle]] = lambda _typed, _most: ()
        self.failed: Callable[[BaseException], None] = lambda _error: None
        self.asking: QDialog | None = None
        self.picker: RecordPicker | None = None
        self._before = 0
        self._own: list[tuple[str, str]] = []
        self.activated.connect(self._activated)

    @property
    def vehicle_id(self) -> str:
        """Id of the vehicle that is chosen; empty for all."""
        data = self.currentData()
        return "" if data in (None, _ANOTHER) else str(data)

    def offer(self, vehicles: Sequence[Vehicle], *, more: bool) -> None:
        """Offer these; what was chosen, and what was found by typing, stays."""
        offers = [(one.id, one.name or one.vin or "") for one in vehicles]
        offers.sort(key=lambda one: one[1].casefold())
        listed = {number for number, _ in offers}
        own = [one for one in self._own if one[0] not in listed]
        lines = [*own, *offers, *([(_ANOTHER, "Another vehicle…")] if more else [])]
        if lines == [(self.itemData(row), self.itemText(row)) for row in range(1, self.count())]:
            return
        chosen = self.vehicle_id
        blocked = self.blockSignals(True)
        while self.count() > 1:
            self.removeItem(1)
        for number, words in lines:
            self.addItem(words, number)
            self.setItemData(self.count() - 1, words, Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(max(0, self.findData(chosen)))
        self._before = self.currentIndex()
        self.blockSignals(blocked)

    def _activated(self, row: int) -> None:
        if self.itemData(row) != _ANOTHER:
            self._before = row
            return
        self.setCurrentIndex(self._before)
        self._ask()

    def _ask(self) -> None:
        find = self.find

        def look(typed: str) -> list[Pick]:
            return [Pick(one.id, one.name, one.vin or "") for one in find(typed, _FOUND)]

        self.asking = QDialog(self)
        self.asking.setWindowTitle("Another vehicle")
        self.asking.setMinimumWidth(_WIDTH)
        self.asking.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.picker = RecordPicker(look, self.failed, placeholder="Name or VIN")
        self.picker.changed.connect(self._picked)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.asking.reject)
        column = QVBoxLayout(self.asking)
        column.setSpacing(Space.M)
        column.addWidget(self.picker)
        column.addWidget(buttons)
        self.asking.open()
        self.picker.setFocus()

    def _picked(self) -> None:
        pick = self.picker.chosen if self.picker is not None else None
        if pick is None or self.asking is None:
            return
        self.asking.accept()
        self.asking = self.picker = None
        self.choose(pick.id, pick.title)

    def choose(self, vehicle_id: str, name: str) -> None:
        """Choose a vehicle, listed or not."""
        row = self.findData(vehicle_id)
        if row < 0:
            self._own.append((vehicle_id, name))
            row = 1
            self.insertItem(row, name, vehicle_id)
        self._before = row
        self.setCurrentIndex(row)
        self.activated.emit(row)
