"""The panel at the right of the charts, with the values at the cursor."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QScroller,
    QTableView,
    QWidget,
)

from cartech_desk.ui.models.cursor_rows import CursorTable
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.tokens import Space, Type


class CursorPanel(QTableView):
    """Rows of `CursorTable`; Ctrl+C copies them as text."""

    def __init__(self, model: CursorTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setFont(text_font(Type.BAY))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(32)
        header = self.horizontalHeader()
        header.setFont(text_font(Type.BODY))
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(20)
        self.setAccessibleName("Values at the cursor")
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the label what the numbers leave."""
        super().resizeEvent(event)
        metrics = QFontMetrics(self.font())
        rest = self.viewport().width()
        widths = [metrics.horizontalAdvance("8\u202f888 km/h") + Space.M]
        small = self.horizontalHeader().fontMetrics()
        widths += [small.horizontalAdvance(words) + Space.L for words in ("asked Hz", "got Hz")][
            : self.model().columnCount() - 2
        ]
        for column, width in enumerate(widths, start=1):
            self.setColumnWidth(column, width)
        self.setColumnWidth(0, max(60, rest - sum(widths)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the table as text."""
        if event.matches(QKeySequence.StandardKey.Copy):
            model = self.model()
            lines = [
                "\t".join(
                    str(model.index(row, column).data() or "")
                    for column in range(model.columnCount())
                )
                for row in range(model.rowCount())
            ]
            QApplication.clipboard().setText("\n".join(lines))
            return
        super().keyPressEvent(event)
