"""The list of recordings with its search."""

from PySide6.QtCore import QByteArray, QEvent, QModelIndex, QObject, Qt, QTimer, Signal
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

from cartech_desk.store.recordings import RecordingsAsked, RecordingSummary
from cartech_desk.ui.models.recording_list import COLUMNS, RecordingFilter, RecordingTable
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.row_view import lay_out_rows

_WIDTHS = (150, 180, 110, 250, 130, 130, 160)
FIRST = 60
"""So many are listed at first; a shop of ten years has thousands."""
_STEP = 200
_SORTS = ("started", "vehicle", "length", "channels", "ended", "alarms", "operator", "note")
_READS_AFTER_MS = 150
"""Nobody types for so long: then what lies further back is read."""


class RecordingListView(QWidget):
    """Narrows as one types, sorts by a press on a heading, copies rows as text (Ctrl+C).

    Where there are more than are listed, each of these asks for what lies further back, and
    scrolling to the end too.
    """

    opened = Signal(object)
    """The RecordingSummary of a row that was pressed twice, or entered."""
    selection_changed = Signal()
    others_wanted = Signal()
    """What is listed does not answer what is asked for any more: `asked` does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = RecordingTable()
        self._partial = False
        """Whether there are more than are listed while nothing is searched."""
        self._more = False
        self._limit = FIRST
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_READS_AFTER_MS)
        self._soon.timeout.connect(self.others_wanted)
        self.filter = RecordingFilter(self.table)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search vehicle, VIN, operator, note, channel or date")
        self.search.setAccessibleName("Search recordings")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.view = QTableView()
        self.view.setModel(self.filter)
        self.view.setAccessibleName("Recordings")
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        lay_out_rows(self.view, _WIDTHS, Size.CONTROL_BAY)
        self.view.activated.connect(self._open_row)
        self.view.selectionModel().selectionChanged.connect(
            lambda *_: self.selection_changed.emit()
        )
        self.view.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self._others())
        self.view.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.view.installEventFilter(self)
        QScroller.grabGesture(self.view.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.nothing = QLabel()
        self.nothing.setProperty("role", "muted")
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        self.further = QLabel()
        self.further.setProperty("role", "muted")
        self.further.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.M)
        layout.addWidget(self.search)
        layout.addWidget(self.nothing)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.further)

    @property
    def nothing_kept(self) -> bool:
        """Whether there is no recording at all, whatever is searched."""
        return not self.table.rows and not self._partial

    @property
    def asked(self) -> RecordingsAsked:
        """What the list needs: the newest, or what is searched and sorted where it is not all."""
        if not self._partial:
            return RecordingsAsked(limit=self._limit)
        header = self.view.horizontalHeader()
        return RecordingsAsked(
            self.search.text(),
            _SORTS[header.sortIndicatorSection()],
            header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder,
            self._limit,
        )

    def tell_of_more(self, asked: RecordingsAsked, *, more: bool, number: int) -> None:
        """Say whether others follow those that were asked for."""
        self._more = more
        if not asked.search:
            self._partial = more
        self.further.setVisible(more)
        self.further.setText(f"{number} recordings; others come as you scroll or search.")

    def _others(self) -> None:
        if self._partial:
            self._limit = FIRST
            self._soon.start()

    def _scrolled(self, value: int) -> None:
        bar = self.view.verticalScrollBar()
        if self._more and bar.maximum() > 0 and value >= bar.maximum() - bar.pageStep():
            self._more = False
            self._limit += _STEP
            self.others_wanted.emit()

    def show_recordings(
        self,
        summaries: tuple[RecordingSummary, ...],
        vins: dict[str, str],
        tripped: frozenset[str] = frozenset(),
    ) -> None:
        """List these; the chosen rows stay chosen."""
        chosen = {summary.id for summary in self.chosen()}
        bar = self.view.verticalScrollBar()
        scrolled = bar.value()
        self.table.show(summaries, vins, tripped)
        for row in range(self.filter.rowCount()):
            if self.filter.summary(row).id in chosen:
                self.view.selectRow(row)
        if not self.chosen() and self.filter.rowCount():
            self.view.selectRow(0)
        bar.setValue(scrolled)
        self._count()

    def chosen(self) -> list[RecordingSummary]:
        """Return the recordings of the chosen rows, from top to bottom."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        return [self.filter.summary(row) for row in rows]

    def columns_state(self) -> str:
        """Return widths, order and sorting of the columns, to be kept."""
        return bytes(self.view.horizontalHeader().saveState().toBase64().data()).decode()

    def restore_columns(self, state: str) -> None:
        """Bring the columns back as they were kept."""
        self.view.horizontalHeader().restoreState(QByteArray.fromBase64(state.encode()))
        header = self.view.horizontalHeader()
        self.view.sortByColumn(header.sortIndicatorSection(), header.sortIndicatorOrder())

    def _open_row(self, index: QModelIndex) -> None:
        self.opened.emit(self.filter.summary(index.row()))

    def copy(self) -> None:
        """Copy the chosen rows as text, with the headings."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        lines = ["\t".join(COLUMNS)]
        lines += [
            "\t".join(str(self.filter.index(row, c).data()) for c in range(len(COLUMNS)))
            for row in rows
        ]
        QApplication.clipboard().setText("\n".join(lines))

    def _search(self, text: str) -> None:
        self._others()
        self.filter.search(text)
        if self.filter.rowCount() and not self.chosen():
            self.view.selectRow(0)
        self._count()

    def _count(self) -> None:
        anything = bool(self.table.rows) or self._partial
        nothing = not self.filter.rowCount() and anything and not self._soon.isActive()
        self.nothing.setVisible(nothing)
        self.nothing.setText(
            f"No recording matches “{self.search.text()}”. Search for less, or clear the search."
            if nothing
            else ""
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Copy rows; walk from the search field into the list, and open from there."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.view and event.matches(QKeySequence.StandardKey.Copy):
                self.copy()
                return True
            if watched is self.search and event.key() == Qt.Key.Key_Down:
                self.view.setFocus()
                return True
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if watched is self.search and enter and self.chosen():
                self.opened.emit(self.chosen()[0])
                return True
        return super().eventFilter(watched, event)
