"""Vehicles in a list: who made them, whether the VIN is right, how much is kept of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from cartech_desk.domain.vin import VinCheck, VinState
from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.models.word_filter import WordFilter
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.words import counted

_Index = QModelIndex | QPersistentModelIndex

COLUMNS: Final = ("Vehicle", "VIN", "Made by", "Kept here")
SORT_ROLE: Final = Qt.ItemDataRole.UserRole + 1
ROW_ROLE: Final = Qt.ItemDataRole.UserRole + 2

VIN_STATES: Final[dict[VinState, tuple[State, str]]] = {
    VinState.GOOD: (State.CONNECTED, "check digit right"),
    VinState.UNCHECKED: (State.CONNECTED, "well formed"),
    VinState.WRONG_CHECK: (State.WARNING, "check digit wrong"),
    VinState.MALFORMED: (State.TRIP, "no VIN"),
    VinState.PLACEHOLDER: (State.TRIP, "no VIN"),
}
"""Shape, colour and word of what the check of a VIN says."""
_UNCHECKED_WHY: Final = "No check digit is required where this car was made."


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """One vehicle; `check` None where it has no VIN, `made` maker, country and year in words."""

    vehicle: Vehicle
    check: VinCheck | None = None
    made: str = ""
    checkups: int = 0
    recordings: int = 0
    runs: int = 0

    @property
    def name(self) -> str:
        """Its name; empty where it is its VIN."""
        return self.vehicle.name

    @property
    def kept(self) -> str:
        """How much is kept of it."""
        parts = (
            counted(self.checkups, "check-up") if self.checkups else "",
            counted(self.recordings, "recording") if self.recordings else "",
            counted(self.runs, "run") if self.runs else "",
        )
        return ", ".join(filter(None, parts)) or "nothing yet"

    @property
    def vin_words(self) -> tuple[State, str, str]:
        """Lamp, word and reason of the VIN's check."""
        if self.check is None:
            return State.OFF, "VIN not known", "It was named by hand and never told its VIN."
        state, word = VIN_STATES[self.check.state]
        why = self.check.why
        if self.check.state is VinState.UNCHECKED and not why:
            why = _UNCHECKED_WHY
        return state, word, why


class VehicleTable(QAbstractTableModel):
    """One row for each vehicle, the most recently used first."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[VehicleRow] = []
        theme_changed.connect(self._repaint)

    @property
    def rows(self) -> Sequence[VehicleRow]:
        """What is listed, in the store's order."""
        return self._rows

    def show(self, rows: Sequence[VehicleRow]) -> None:
        """List these."""
        if list(rows) == self._rows:
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def _repaint(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def words(self, row: int) -> str:
        """Return all that a row can be found by, in small letters."""
        one = self._rows[row]
        return " ".join((one.name, one.vehicle.vin or "", one.made)).casefold()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row for each vehicle."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Name, VIN, maker, what is kept."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, the lamp of the VIN's check, and what each column is sorted by."""
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.name, row.vehicle.vin or DASH, row.made or DASH, row.kept)[column]
        if role == Qt.ItemDataRole.DecorationRole and column == 1 and row.check is not None:
            return lamp_icon(row.vin_words[0])
        if role == Qt.ItemDataRole.ToolTipRole and column == 1:
            _, word, why = row.vin_words
            return f"{word}. {why}".strip()
        if role == ROW_ROLE:
            return row
        if role == SORT_ROLE:
            number = row.checkups + row.recordings + row.runs
            return (
                row.name.casefold(),
                row.vehicle.vin or "",
                row.made.casefold(),
                number,
            )[column]
        return None


class VehicleFilter(WordFilter):
    """Rows in which every word that was typed occurs."""

    def __init__(self, table: VehicleTable) -> None:
        super().__init__(table, SORT_ROLE)

    def row(self, place: int) -> VehicleRow:
        """Return the vehicle of a shown row."""
        found: VehicleRow = self.index(place, 0).data(ROW_ROLE)
        return found
