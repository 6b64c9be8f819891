"""The history of alarms as a table: episodes, the newest on top, each in first-out order."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.units import ShownUnit, UnitError, UnitSystem, shown
from cartech_desk.store.alarms import AlarmRecord
from cartech_desk.ui.models.alarm_words import (
    FIRST_OUT,
    LEVEL_WORDS,
    PRIORITY_WORDS,
    clock_words,
    lamp_of,
    number_words,
    roughly,
)
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.words import local_time

_Index = QModelIndex | QPersistentModelIndex

COLUMNS: Final = (
    "Came",
    "Alarm",
    "Level, priority",
    "Worst (limit)",
    "How long",
    "Acknowledged",
    "Vehicle",
    "Recording",
)
RECORD_ROLE: Final = Qt.ItemDataRole.UserRole + 1
WHOLE_ROLE: Final = Qt.ItemDataRole.UserRole + 2
"""The text with what the screen leaves out since it is the same on every line."""
_RECORDING: Final = COLUMNS.index("Recording")
_VEHICLE: Final = COLUMNS.index("Vehicle")
_LASTED: Final = COLUMNS.index("How long")
_FOLLOWS: Final = "\u2514 "
"""Before an alarm that came while another was active."""


def episodes(newest_first: Sequence[AlarmRecord]) -> list[list[AlarmRecord]]:
    """Group alarms into episodes, the newest first; each begins with the first one out.

    An episode begins with an alarm that came while no other stood. Where a filter hides that
    one, it begins where none of the alarms before it reaches.
    """
    runs: list[list[AlarmRecord]] = [[]]
    for record in newest_first:
        runs[-1].append(record)
        if record.first_out:
            runs.append([])
    return [episode for run in runs for episode in reversed(_connected(run[::-1]))]


def _connected(oldest_first: Sequence[AlarmRecord]) -> list[list[AlarmRecord]]:
    """Part alarms where all those before are over as the next one comes."""
    found: list[list[AlarmRecord]] = []
    reach: datetime | None = None
    standing = False
    for record in oldest_first:
        if not found or (not standing and reach is not None and reach < record.raised):
            found.append([])
        found[-1].append(record)
        ended = record.returned or record.cleared
        standing = standing or ended is None
        if ended is not None:
            reach = ended if reach is None else max(reach, ended)
    return found


def lasted_words(record: AlarmRecord, now: datetime) -> str:
    """Write for how long its condition stood; of one that stands, so far."""
    if record.returned is None and record.cleared is None:
        return f"{roughly((now - record.raised).total_seconds())} so far"
    end = record.returned or record.cleared
    assert end is not None  # noqa: S101 - one of them is there, or it was told above
    seconds = (end - record.raised).total_seconds()
    words = roughly(seconds) if seconds >= 1 else f"{max(0.0, seconds):.1f} s"
    return f"{words}, {record.times} times" if record.times > 1 else words


def record_unit(record: AlarmRecord, system: UnitSystem) -> ShownUnit:
    """Return the unit that this shop reads the alarm's value in."""
    try:
        return shown(record.unit or "none", system, record.channel)
    except UnitError:
        return ShownUnit(record.unit, record.unit, 2)


def worst_of(record: AlarmRecord, system: UnitSystem) -> str:
    """Write its worst value and the edge it passed: `119 °C (above 115 °C)`.

    Empty without a value.
    """
    unit = record_unit(record, system)
    worst = record.worst_value if math.isfinite(record.worst_value) else record.value
    if not math.isfinite(worst):
        return ""
    if record.edge is None:
        return number_words(worst, unit)
    side = f"{record.comparison.value} " if record.comparison is not None else ""
    return f"{number_words(worst, unit)} ({side}{number_words(record.edge, unit, exact=True)})"


def acknowledged_words(record: AlarmRecord) -> str:
    """Write who acknowledged it and when, or that nobody did."""
    if record.acknowledged is not None:
        return f"{record.acknowledged_by}, {local_time(record.acknowledged)}"
    return "not yet" if record.standing else "nobody"


class AlarmHistory(QAbstractTableModel):
    """One row for each occurrence; asks for more when the last rows come into sight."""

    more_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._records: tuple[AlarmRecord, ...] = ()
        self._rows: list[AlarmRecord] = []
        self._more = False
        self._system = UnitSystem.METRIC
        self._at_hand = ""
        self._now = datetime.now(UTC)
        theme_changed.connect(self._repaint)

    @property
    def rows(self) -> Sequence[AlarmRecord]:
        """What is listed."""
        return self._rows

    @property
    def read(self) -> int:
        """How many alarms were read, those included that wait for the rest of their episode."""
        return len(self._records)

    @property
    def last_id(self) -> str:
        """Id of the oldest alarm that was read."""
        return self._records[-1].id if self._records else ""

    def show(self, newest_first: Sequence[AlarmRecord], *, more: bool) -> bool:
        """List these, `more` where the store has older ones; False where nothing is other.

        An episode of which the beginning is not read yet waits, so that no row changes its place.
        """
        self._now = datetime.now(UTC)
        self._records, self._more = tuple(newest_first), more
        groups = episodes(newest_first)
        if more and groups and not groups[-1][0].first_out and len(groups) > 1:
            groups = groups[:-1]
        rows = [record for episode in groups for record in episode]
        before = self._rows
        if rows == before:
            return False
        if before and rows[: len(before)] == before:
            self.beginInsertRows(QModelIndex(), len(before), len(rows) - 1)
            self._rows = rows
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        return True

    def add(self, older: Sequence[AlarmRecord], *, more: bool) -> None:
        """List older ones below those that are listed."""
        self.show((*self._records, *older), more=more)

    def show_units(self, system: UnitSystem) -> None:
        """Show the same in other units."""
        if system is not self._system:
            self._system = system
            self._repaint()

    def show_at_hand(self, vehicle_id: str) -> None:
        """Name every vehicle but this one, which is at hand."""
        if vehicle_id != self._at_hand:
            self._at_hand = vehicle_id
            self._repaint()
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, _VEHICLE, _VEHICLE)

    def grow_older(self, now: datetime) -> None:
        """Tell of those that stand for how long they have been standing by now; once a second."""
        if (now - self._now).total_seconds() < 1:
            return
        self._now = now
        for row, record in enumerate(self._rows):
            if record.standing:
                cell = self.index(row, _LASTED)
                self.dataChanged.emit(cell, cell)

    def _repaint(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # What the view asks

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row for each occurrence."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """As many as `COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def canFetchMore(self, parent: _Index) -> bool:
        """Whether the store has older ones."""
        return self._more and not parent.isValid()

    def fetchMore(self, parent: _Index) -> None:
        """Ask for older ones."""
        if self.canFetchMore(parent):
            self.more_wanted.emit()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            # The one at hand is not named on the lines: copied and found, all of them are.
            return "Other vehicle" if section == _VEHICLE and self._at_hand else COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, the lamp of the level, and all of a row as a tooltip."""
        record = self._rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            at_hand = column == _VEHICLE and record.vehicle_id == self._at_hand
            return "" if at_hand else self._text(record, column)
        if role == WHOLE_ROLE:
            return self._text(record, column)
        if role == Qt.ItemDataRole.DecorationRole and column == 2:
            return lamp_icon(self._lamp(record))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(record)
        if role == RECORD_ROLE:
            return record
        return None

    @staticmethod
    def _lamp(record: AlarmRecord) -> State:
        state = record.state if record.standing else AlarmState.ACTIVE_ACKNOWLEDGED
        return lamp_of(state, record.level)

    def _tip(self, record: AlarmRecord) -> str:
        words = [
            record.label,
            f"{PRIORITY_WORDS[record.priority]} priority",
            record.to_do,
            record.vehicle_name,
            f"Operator: {record.operator_name}" if record.operator_name else "",
            f"Ended by: {record.cleared_by}" if record.cleared_by else "",
            "Enter opens the recording at this place." if record.recording_id else "",
        ]
        return "\n".join(word for word in words if word)

    def _text(self, record: AlarmRecord, column: int) -> str:
        if column == 0:
            return clock_words(record.raised)
        if column == 1:
            return f"{FIRST_OUT}  {record.label}" if record.first_out else _FOLLOWS + record.label
        if column == 2:
            words = LEVEL_WORDS[record.level] if record.level > Level.NONE else "put aside"
            return f"{words}, {PRIORITY_WORDS[record.priority]}"
        if column == 3:
            return worst_of(record, self._system)
        if column == _LASTED:
            return lasted_words(record, self._now)
        if column == 5:
            return acknowledged_words(record)
        if column == _RECORDING:
            return "open" if record.recording_id else ""
        return record.vehicle_name
