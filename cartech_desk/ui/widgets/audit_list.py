"""The audit log's table: copied as text (Ctrl+C), its columns moved and sized by hand."""

from typing import Final

from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QWidget

from cartech_desk.ui.models.audit_rows import COLUMNS, AuditTable, cells
from cartech_desk.ui.theme.tokens import Size
from cartech_desk.ui.widgets.row_view import lay_out_rows

_WIDTHS: Final = (52, 150, 130, 180, 150)


class AuditListView(QTableView):
    """Shows an AuditTable."""

    def __init__(self, table: AuditTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.setModel(table)
        self.setAccessibleName("Audit log")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        lay_out_rows(self, _WIDTHS, Size.CONTROL)

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
