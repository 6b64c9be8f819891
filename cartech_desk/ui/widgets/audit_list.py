"""The audit log's table: copied as text (Ctrl+C), its columns moved and sized by hand."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QWidget

from cartech_desk.ui.models.audit_rows import COLUMNS, AuditTable, cells
from cartech_desk.ui.theme.tokens import Size

_WIDTHS: Final = (52, 150, 130, 180, 150)


class AuditListView(QTableView):
    """Shows an AuditTable."""

    def __init__(self, table: AuditTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.setModel(table)
        self.setAccessibleName("Audit log")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(Size.CONTROL)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate(_WIDTHS):
            header.resizeSection(column, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the chosen rows; all else as any table."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            event.accept()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Copy the chosen rows as text, with the headings."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        lines = ["\t".join(COLUMNS), *("\t".join(cells(self._table.rows[row])) for row in rows)]
        QApplication.clipboard().setText("\n".join(lines))
