"""The table of limits with its search."""

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QScroller,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.limits import LimitRow
from cartech_desk.ui.models.limit_table import COLUMNS, LimitFilter, LimitTable
from cartech_desk.ui.theme.tokens import Size, Space

_WIDTHS = (180, 64, 76, 70, 56, 170, 120, 160, 84, 150, 200, 74, 76, 150)


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
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.setAlternatingRowColors(True)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(Size.CONTROL_BAY)
        header = self.view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate(_WIDTHS):
            header.resizeSection(column, width)
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

    def columns_state(self) -> str:
        """Return widths and order of the columns, to be kept."""
        return bytes(self.view.horizontalHeader().saveState().toBase64().data()).decode()

    def restore_columns(self, state: str) -> None:
        """Bring the columns back as they were kept."""
        self.view.horizontalHeader().restoreState(QByteArray.fromBase64(state.encode()))
        header = self.view.horizontalHeader()
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
