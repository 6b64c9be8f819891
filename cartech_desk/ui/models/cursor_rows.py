"""The table at the right of the charts: what each channel says, and how it keeps up."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPixmap

from cartech_desk.ui.theme.theme import series_color, theme_changed, tokens

_Index = QModelIndex | QPersistentModelIndex
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_BEHIND: Final = 0.8
"""A channel that gets less than this share of the rate asked for is marked."""


class CursorRow(NamedTuple):
    """One row: the texts, the place of its colour (None: it has no line), and whether it lags."""

    name: str
    label: str
    value: str
    unit: str
    asked: str = ""
    got: str = ""
    color: int | None = None
    behind: bool = False
    muted: bool = False


def rate_text(hz: float) -> str:
    """Return a rate as the table shows it: one decimal below 20 Hz."""
    return f"{hz:.1f}" if hz < 20 else f"{hz:.0f}"


def lags(asked_hz: float, achieved_hz: float) -> bool:
    """Tell whether a channel comes noticeably slower than it was asked for."""
    return achieved_hz < _BEHIND * asked_hz


class CursorTable(QAbstractTableModel):
    """Rows that are told anew ten times a second; only those that changed are painted."""

    def __init__(self, *, rates: bool = True) -> None:
        super().__init__()
        self._rows: list[CursorRow] = []
        self._headings = ["", "", "asked Hz", "got Hz"] if rates else ["", ""]
        self._swatches: dict[tuple[str, int], QPixmap] = {}
        theme_changed.connect(self._repaint)

    @property
    def rows(self) -> Sequence[CursorRow]:
        """What is shown."""
        return self._rows

    def set_heading(self, words: str) -> None:
        """Say above the values where they come from."""
        if words != self._headings[1]:
            self._headings[1] = words
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 1, 1)

    def show(self, rows: Sequence[CursorRow]) -> None:
        """Show these rows."""
        if [row.name for row in rows] != [row.name for row in self._rows]:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        for place, (old, new) in enumerate(zip(self._rows, rows, strict=True)):
            if old != new:
                self._rows[place] = new
                self.dataChanged.emit(
                    self.index(place, 0), self.index(place, self.columnCount() - 1)
                )

    def _repaint(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row for each channel."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Label, value, and the rates."""
        return 0 if parent.isValid() else len(self._headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return int(_RIGHT)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, colours and alignment."""
        row = self._rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            value = f"{row.value} {row.unit}".strip()
            got = f"▼ {row.got}" if row.behind else row.got
            return (row.label, value, row.asked, got)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return int(_RIGHT)
        if role == Qt.ItemDataRole.DecorationRole and column == 0 and row.color is not None:
            return self._swatch(row.color)
        if role == Qt.ItemDataRole.ForegroundRole:
            if column == 3 and row.behind:
                return QColor(tokens().warn)
            if row.muted or column == 2:
                return QColor(tokens().muted)
        if role == Qt.ItemDataRole.ToolTipRole and column == 3 and row.behind:
            return "Comes slower than asked for. Fewer channels, or lower rates, give it room."
        return None

    def _swatch(self, color: int) -> QPixmap:
        key = (tokens().name, color)
        if key not in self._swatches:
            swatch = QPixmap(12, 4)
            swatch.fill(QColor(series_color(color)))
            self._swatches[key] = swatch
        return self._swatches[key]
