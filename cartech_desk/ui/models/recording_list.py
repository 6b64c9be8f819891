"""The list of recordings: a table that sorts, and is narrowed as one types."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from cartech_desk.store.recordings import Ending, RecordingSummary
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.models.word_filter import WordFilter
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.words import counted, lasting, local_time

_Index = QModelIndex | QPersistentModelIndex

COLUMNS: Final = ("Started", "Vehicle", "Length", "Channels", "Ended", "Alarms", "Operator", "Note")
SORT_ROLE: Final = Qt.ItemDataRole.UserRole + 1
SUMMARY_ROLE: Final = Qt.ItemDataRole.UserRole + 2

ENDINGS: Final[Mapping[Ending, tuple[State, str]]] = {
    Ending.OPEN: (State.RECORDING, "still recording"),
    Ending.STOPPED: (State.CONNECTED, "stopped"),
    Ending.POWER_CUT: (State.WARNING, "power cut"),
    Ending.DISK_FULL: (State.TRIP, "disk full"),
    Ending.WRITE_FAILED: (State.TRIP, "write failed"),
}
"""Shape, colour and word of how a recording ended."""


_ALARMS: Final = COLUMNS.index("Alarms")
_OPERATOR: Final = COLUMNS.index("Operator")
_TRIP_FIRST: Final = 1_000_000
"""Sorted by alarms, one trip counts for more than any number of warnings."""


def alarm_words(summary: RecordingSummary, *, tripped: bool = False) -> str:
    """Return how many alarms stood while it was recorded, and whether one was a trip."""
    number = len(summary.alarms)
    words = counted(number, "alarm") if number else ""
    return f"{words}, trip" if words and tripped else words


def channel_words(summary: RecordingSummary) -> str:
    """Return how many channels a recording has, and the first few by name."""
    names = [each.channel.label for each in summary.channels]
    shown = ", ".join(names[:4])
    return f"{len(names)}: {shown}" + (" …" if len(names) > 4 else "") if names else "none"


class RecordingTable(QAbstractTableModel):
    """One row for each recording."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[RecordingSummary] = []
        self._vins: Mapping[str, str] = {}
        self._tripped: Collection[str] = ()
        theme_changed.connect(self._repaint)

    @property
    def rows(self) -> Sequence[RecordingSummary]:
        """What is listed, in the store's order."""
        return self._rows

    def show(
        self,
        summaries: Sequence[RecordingSummary],
        vins: Mapping[str, str],
        tripped: Collection[str] = (),
    ) -> None:
        """List these; `vins` gives the VIN of a vehicle's id, to be searched.

        `tripped` are the ids of those with a trip among their alarms.
        """
        if list(summaries) == self._rows and tripped == self._tripped:
            return
        self.beginResetModel()
        self._rows, self._vins, self._tripped = list(summaries), vins, tripped
        self.endResetModel()

    def _repaint(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def words(self, row: int) -> str:
        """Return all that a row can be found by, in lower case."""
        summary = self._rows[row]
        channels = " ".join(f"{c.channel.name} {c.channel.label}" for c in summary.channels)
        texts = [str(self._text(summary, column)) for column in range(len(COLUMNS))]
        vin = self._vins.get(summary.vehicle_id, "")
        day = summary.anchor.astimezone().strftime("%Y-%m-%d %H:%M")
        return " ".join([*texts, channels, vin, day, summary.id]).casefold()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row for each recording."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Start, vehicle, length, channels, ending, alarms, operator, note."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, the lamp of the ending, and what each column is sorted by."""
        summary = self._rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(summary, column)
        if role == Qt.ItemDataRole.DecorationRole and column == 4:
            return lamp_icon(ENDINGS[summary.ending][0])
        if role == Qt.ItemDataRole.DecorationRole and column == _ALARMS and summary.alarms:
            return lamp_icon(State.TRIP if summary.id in self._tripped else State.WARNING)
        if role == Qt.ItemDataRole.ToolTipRole and column == 3:
            return ", ".join(each.channel.label for each in summary.channels)
        if role == Qt.ItemDataRole.ToolTipRole and column == _ALARMS:
            return "\n".join(dict.fromkeys(mark.note for mark in summary.alarms)) or None
        if role == SUMMARY_ROLE:
            return summary
        if role == SORT_ROLE:
            return (
                summary.anchor.timestamp(),
                summary.vehicle_name.casefold(),
                summary.seconds,
                len(summary.channels),
                ENDINGS[summary.ending][1],
                (summary.id in self._tripped) * _TRIP_FIRST + len(summary.alarms),
                summary.operator.casefold(),
                summary.note.casefold(),
            )[column]
        return None

    def _text(self, summary: RecordingSummary, column: int) -> str:
        if column == 0:
            return local_time(summary.anchor)
        if column == 1:
            return summary.vehicle_name
        if column == 2:
            return lasting(summary.seconds)
        if column == 3:
            return channel_words(summary)
        if column == 4:
            return ENDINGS[summary.ending][1]
        if column == _ALARMS:
            return alarm_words(summary, tripped=summary.id in self._tripped)
        return (summary.operator or DASH) if column == _OPERATOR else summary.note


class RecordingFilter(WordFilter):
    """Rows in which every word that was typed occurs, sorted by what stands behind the texts."""

    def __init__(self, table: RecordingTable) -> None:
        super().__init__(table, SORT_ROLE)

    def summary(self, row: int) -> RecordingSummary:
        """Return the recording of a shown row."""
        found: RecordingSummary = self.index(row, 0).data(SUMMARY_ROLE)
        return found
