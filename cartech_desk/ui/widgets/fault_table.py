"""A plain table of the Faults page: whole rows, lamps with words, copied as text (Ctrl+C)."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QScroller,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from cartech_desk.ui.theme.states import Lit
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.widgets.row_view import lay_out_rows

_STATE: Final = Qt.ItemDataRole.UserRole
_AT_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Cell = str | tuple[Lit, str]
"""Words, or a lamp with its words."""


class FaultTable(QTableWidget):
    """Rows of words; `opened` tells the place of a row that was pressed twice, or entered.

    `right` and `grows` are places of columns: of figures, and of what takes the room to spare.
    """

    opened = Signal(int)
    selection_told = Signal()

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        widths: Sequence[int],
        *,
        row_height: int = Size.CONTROL_BAY,
        right: Sequence[int] = (),
        grows: Sequence[int] = (),
        many: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(0, len(columns), parent)
        self.columns, self._right = tuple(columns), frozenset(right)
        self.setAccessibleName(name)
        self.setProperty("aligned", True)
        self.setHorizontalHeaderLabels(list(columns))
        for column in self._right:
            self.horizontalHeaderItem(column).setTextAlignment(_AT_RIGHT)
        lay_out_rows(self, widths, row_height, grows=grows)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if many else modes.SingleSelection)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.activated.connect(lambda index: self.opened.emit(index.row()))
        self.itemSelectionChanged.connect(self.selection_told)
        theme_changed.connect(self._dress)

    def show_rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """List these; the chosen rows stay chosen by their place where all are the same."""
        if rows == self.told():
            return
        self.clearSelection()
        self.setRowCount(len(rows))
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                words = cell if isinstance(cell, str) else cell[1]
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                if column in self._right:
                    item.setTextAlignment(_AT_RIGHT)
                if not isinstance(cell, str):
                    item.setData(_STATE, cell[0])
                self.setItem(place, column, item)
        self._dress()

    def told(self) -> list[list[Cell]]:
        """Return what stands there."""
        return [
            [self._cell(self.item(row, column)) for column in range(self.columnCount())]
            for row in range(self.rowCount())
        ]

    def chosen(self) -> list[int]:
        """Return the places of the chosen rows, from top to bottom."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the chosen rows; all else as any table."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            event.accept()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Copy the chosen rows as text, with the headings; all where none is chosen."""
        rows = self.chosen() or list(range(self.rowCount()))
        lines = ["\t".join(self.columns)]
        for row in rows:
            cells = [self.item(row, column).text() for column in range(self.columnCount())]
            lines.append("\t".join(cells))
        QApplication.clipboard().setText("\n".join(lines))

    @staticmethod
    def _cell(item: QTableWidgetItem) -> Cell:
        state = item.data(_STATE)
        return item.text() if state is None else (state, item.text())

    def _dress(self) -> None:
        for row in range(self.rowCount()):
            for column in range(self.columnCount()):
                item = self.item(row, column)
                state = item.data(_STATE) if item is not None else None
                if state is not None:
                    item.setIcon(lamp_icon(state))
