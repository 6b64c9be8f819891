"""The table of limits with its search."""

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QScroller,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.limits import LimitRow
from cartech_desk.ui.models.limit_table import COLUMNS, NOW, LimitFilter, LimitTable
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.row_view import lay_out_rows

_WIDTHS = (150, 54, 76, 56, 46, 190, 76, 160, 84, 150, 200, 74, 76, 150)
_SEEN = COLUMNS.index("From") + 1
"""Columns that are seen until somebody asks for more: the editor tells the rest."""


class LimitList(QWidget):
    """Narrows as one types into `search`, which whoever owns it finds a place for.

    Sorts by a press on a heading, copies all of it as text (Ctrl+C).
    """

    chosen = Signal(object)
    """The LimitRow that is chosen now, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = LimitTable()
        self.filter = LimitFilter(self.table)
        self._showing = False
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search channel, limit or gate")
        self.search.setAccessibleName("Search limits")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.view = QTableView()
        self.view.setModel(self.filter)
        self.view.setAccessibleName("Limits")
        self.view.setSortingEnabled(True)
        self.view.horizontalHeader().setSortIndicatorClearable(True)
        self.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        lay_out_rows(self.view, _WIDTHS, Size.CONTROL_BAY, stretch_last=False)
        header = self.view.horizontalHeader()
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(NOW, QHeaderView.ResizeMode.Stretch)
        for column in range(_SEEN, len(COLUMNS)):
            header.hideSection(column)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose_columns)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._tell())
        self.view.installEventFilter(self)
        QScroller.grabGesture(self.view.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.nothing = QLabel()
        self.nothing.setProperty("role", "muted")
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addWidget(self.nothing)
        layout.addWidget(self.view, 1)

    @property
    def row(self) -> LimitRow | None:
        """The chosen limit."""
        rows = self.view.selectionModel().selectedRows()
        return self.filter.row(rows[0].row()) if rows else None

    def choose(self, key: str) -> bool:
        """Choose the limit of this key; False where there is none in the list."""
        for place in range(self.filter.rowCount()):
            if self.filter.row(place).limit.key == key:
                self.view.selectRow(place)
                self.view.scrollTo(self.filter.index(place, 0))
                return True
        return False

    def choose_none(self) -> None:
        """Let go of the chosen one."""
        self._showing = True
        self.view.clearSelection()
        self._showing = False

    def show_rows(self, rows, channels, system) -> None:
        """List these; nothing is chosen and nothing told."""
        self._showing = True
        self.table.show(rows, channels, system)
        self._showing = False
        self._count()

    def copy(self) -> None:
        """Copy the list as text, with the headings."""
        lines = ["\t".join(COLUMNS)]
        lines += [
            "\t".join(str(self.filter.index(row, c).data()) for c in range(len(COLUMNS)))
            for row in range(self.filter.rowCount())
        ]
        QApplication.clipboard().setText("\n".join(lines))

    def _choose_columns(self, place: QPoint) -> None:
        """Let a person choose which columns are seen."""
        header, menu = self.view.horizontalHeader(), QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column, name in enumerate(COLUMNS[1:], 1):
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(column))
            action.toggled.connect(
                lambda seen, column=column: header.setSectionHidden(column, not seen)
            )
        menu.popup(header.mapToGlobal(place))

    def columns_state(self) -> str:
        """Return widths and order of the columns, to be kept."""
        return bytes(self.view.horizontalHeader().saveState().toBase64().data()).decode()

    def restore_columns(self, state: str) -> None:
        """Bring the columns back as they were kept."""
        header = self.view.horizontalHeader()
        header.restoreState(QByteArray.fromBase64(state.encode()))
        header.setSectionResizeMode(NOW, QHeaderView.ResizeMode.Stretch)
        self.view.sortByColumn(header.sortIndicatorSection(), header.sortIndicatorOrder())

    def _tell(self) -> None:
        if not self._showing:
            self.chosen.emit(self.row)

    def _search(self, text: str) -> None:
        self.filter.search(text)
        self._count()

    def _count(self) -> None:
        nothing = not self.filter.rowCount()
        self.nothing.setVisible(nothing)
        self.nothing.setText(
            f"No limit matches “{self.search.text()}”. Search for less, or clear the search."
            if self.table.rows
            else "No limit is set here: make one (N), or copy those of a profile (C)."
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Copy the list."""
        if (
            watched is self.view
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Copy)
        ):
            self.copy()
            return True
        return super().eventFilter(watched, event)
