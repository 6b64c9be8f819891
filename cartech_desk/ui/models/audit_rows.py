"""The audit log as a table that asks for more as one scrolls: never all of it at once."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.audit_words import act_words
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.words import plain_tip

_Index = QModelIndex | QPersistentModelIndex

COLUMNS: Final = ("No.", "Time", "Person", "Act", "What", "Reason")
ACT: Final = COLUMNS.index("Act")
_REASON: Final = COLUMNS.index("Reason")
PAGE: Final = 200
"""Records read at a time."""


class AuditTable(QAbstractTableModel):
    """Records, the newest first. `more_wanted` carries the last sequence that is here."""

    more_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[AuditRecord] = []
        self._complete = True
        self._asked = False
        self.broken: int | None = None
        """Sequence of the first broken record, where the log is broken."""

    @property
    def rows(self) -> Sequence[AuditRecord]:
        """The records read so far."""
        return self._rows

    @property
    def complete(self) -> bool:
        """Whether there are no more."""
        return self._complete

    def show(self, records: Sequence[AuditRecord]) -> None:
        """List these, a first page."""
        self.beginResetModel()
        self._rows = list(records)
        self._complete = len(records) < PAGE
        self._asked = False
        self.endResetModel()

    def show_broken(self, sequence: int | None) -> None:
        """Mark the row of the first broken record; None for none."""
        self.broken = sequence
        if self._rows:
            last = self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def add(self, records: Sequence[AuditRecord]) -> None:
        """Add the page that was asked for."""
        self._asked = False
        self._complete = len(records) < PAGE
        if records:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(records) - 1)
            self._rows += records
            self.endInsertRows()

    def canFetchMore(self, parent: _Index) -> bool:
        """Tell whether there is more to read."""
        return not parent.isValid() and not self._complete and not self._asked

    def fetchMore(self, parent: _Index) -> None:
        """Ask for the next page."""
        if self.canFetchMore(parent) and self._rows:
            self._asked = True
            self.more_wanted.emit(self._rows[-1].sequence)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row for each record read so far."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """As many as `COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts; a lamp where a record is broken, cannot be read or is not signed."""
        record = self._rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            words = cells(record)[column]
            return f"BROKEN  {words}" if column == ACT and self._is_broken(record) else words
        if role == Qt.ItemDataRole.ToolTipRole and column == _REASON:
            return plain_tip(record.reason)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and self._is_broken(record):
            return QColor(tokens().trip)
        if role == Qt.ItemDataRole.DecorationRole and column == ACT:
            if record.problem or self._is_broken(record):
                return lamp_icon(State.TRIP)
            return None if record.keyed else lamp_icon(State.WARNING)
        return None

    def _is_broken(self, record: AuditRecord) -> bool:
        return self.broken is not None and record.sequence == self.broken


def cells(record: AuditRecord) -> tuple[str, ...]:
    """Return what a row says."""
    if record.problem:
        return (str(record.sequence), "", "", act_words(record), record.problem, "")
    entity = record.entity
    return (
        str(record.sequence),
        f"{record.at.astimezone():%Y-%m-%d %H:%M:%S}",
        record.actor.name,
        act_words(record),
        " ".join((entity.name or entity.id or entity.kind).split()),
        " ".join(record.reason.split()),
    )
