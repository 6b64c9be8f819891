"""How every list of the desk looks: whole rows, no grid, columns that are moved by hand."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView

from cartech_desk.ui.widgets.column_room import ColumnRoom


def lay_out_rows(
    view: QTableView,
    widths: Sequence[int],
    row_height: int,
    *,
    stretch_last: bool = True,
    grows: Sequence[int] = (),
) -> ColumnRoom | None:
    """Make a table a list of rows with these widths of columns; the model is set already.

    Room to spare goes to the columns that grow, and what shares it out is returned; where none
    grows, the last one takes it all if it may.
    """
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setAlternatingRowColors(True)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(row_height)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionsMovable(True)
    header.setStretchLastSection(stretch_last)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, width in enumerate(widths):
        header.resizeSection(column, width)
    return ColumnRoom(view, grows) if grows else None
