"""The board of jobs: a column for each status, cards that are carried by mouse and by keys."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.jobs.job import JobRow, JobStatus
from cartech_desk.domain.money import money_text
from cartech_desk.ui.models.job_words import (
    BOARD,
    approval_lamp,
    due,
    late,
    refused,
)
from cartech_desk.ui.models.work_states import JOBS, WorkState, state_words
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.states import Lit, State
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space, Type
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.lamp import LampMark, paint_lamp
from cartech_desk.ui.words import local_time

_ROW: Final = Qt.ItemDataRole.UserRole
_LINES: Final = 5
_LAMP: Final = 12
_MIME: Final = "application/x-cartech-job"
_LEAST: Final = 146

Names = Callable[[str], str]
"""The name of a bay or technician by its id."""


class JobBoard(QWidget):
    """Unfinished jobs and those to be paid, by status.

    Left and Right walk between columns, Ctrl with them (or a drag) carries a job to another
    status, Enter or a double press opens it.
    """

    opened = Signal(str)
    moved = Signal(object, object)
    """A JobRow and the JobStatus that it shall have."""
    chosen_changed = Signal()

    def __init__(self, names: Names, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns: dict[JobStatus, _Column] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        for status in BOARD:
            made = _Column(self, status, names)
            self.columns[status] = made
            row.addWidget(made, 1)
        theme_changed.connect(self.update)

    def show_jobs(self, jobs: Mapping[JobStatus, Sequence[JobRow]], wanted: str = "") -> None:
        """Show these; the chosen job stays chosen, unless another is wanted by its id."""
        chosen = self.chosen()
        keep = wanted or (chosen.id if chosen is not None else "")
        for status, column in self.columns.items():
            column.show_jobs(jobs.get(status, ()))
        if not (keep and self.choose(keep)) and self.chosen() is None:
            first = next((one for one in self.columns.values() if one.list.count()), None)
            if first is not None:
                first.list.setCurrentRow(0)
        self.chosen_changed.emit()

    def chosen(self) -> JobRow | None:
        """Return the chosen job."""
        for column in self.columns.values():
            items = column.list.selectedItems()
            if items:
                row: JobRow = items[0].data(_ROW)
                return row
        return None

    def choose(self, job_id: str) -> bool:
        """Choose a job by its id; False where it is not on the board."""
        for column in self.columns.values():
            for place in range(column.list.count()):
                if column.list.item(place).data(_ROW).id == job_id:
                    column.list.setCurrentRow(place)
                    return True
        return False

    def walk(self, status: JobStatus, steps: int) -> None:
        """Go to the next column that has a job."""
        order = list(BOARD)
        place = order.index(status) + steps
        while 0 <= place < len(order):
            column = self.columns[order[place]]
            if column.list.count():
                before = self.columns[status].list.currentRow()
                column.list.setCurrentRow(min(max(before, 0), column.list.count() - 1))
                column.list.setFocus()
                return
            place += steps

    def carry(self, status: JobStatus, steps: int) -> None:
        """Ask that the chosen job is carried to the next status of the board."""
        place = list(BOARD).index(status) + steps
        row = self.chosen()
        if row is not None and 0 <= place < len(BOARD):
            self.moved.emit(row, BOARD[place])

    def dropped(self, job_id: str, status: JobStatus) -> None:
        """Ask that a job that was carried here by the mouse gets this status."""
        for one, column in self.columns.items():
            for place in range(column.list.count()):
                row: JobRow = column.list.item(place).data(_ROW)
                if row.id == job_id and one is not status:
                    self.moved.emit(row, status)
                    return

    def only(self, status: JobStatus) -> None:
        """Let one column have the choice."""
        for one, column in self.columns.items():
            if one is not status:
                column.list.blockSignals(True)
                column.list.clearSelection()
                column.list.blockSignals(False)
        self.chosen_changed.emit()


class _Column(QWidget):
    """One status: its lamp, word and number, and its cards."""

    def __init__(self, board: JobBoard, status: JobStatus, names: Names) -> None:
        super().__init__()
        self.setMinimumWidth(_LEAST)
        self._status = status
        self.head = ElidedLabel()
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(Space.S)
        head.addWidget(LampMark(JOBS[status], Size.ICON - Space.XS))
        head.addWidget(self.head, 1)
        self.list = _Cards(board, status, names)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self.list, 1)

    def show_jobs(self, rows: Sequence[JobRow]) -> None:
        self.list.show_jobs(rows)
        words = state_words(self._status)
        self.head.say(f"{words}  {len(rows)}" if rows else words)


class _Cards(QListWidget):
    def __init__(self, board: JobBoard, status: JobStatus, names: Names) -> None:
        super().__init__()
        self._board, self._status = board, status
        self.setAccessibleName(state_words(status))
        self.setItemDelegate(_Card(self, names))
        self.setSpacing(Space.XS)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setMouseTracking(True)
        self.itemSelectionChanged.connect(self._selected)
        self.itemActivated.connect(lambda item: board.opened.emit(item.data(_ROW).id))

    def _selected(self) -> None:
        if self.selectedItems():
            self._board.only(self._status)

    def show_jobs(self, rows: Sequence[JobRow]) -> None:
        told = [self.item(place).data(_ROW) for place in range(self.count())]
        if told == list(rows):
            return
        self.blockSignals(True)
        self.clear()
        for row in rows:
            item = QListWidgetItem()
            item.setData(_ROW, row)
            no = f", {WorkState.SAID_NO.lamp.word}" if refused(row) else ""
            item.setText(f"Job {row.number}, {row.vehicle}, {row.title}{no}")
            self.addItem(item)
        self.blockSignals(False)

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        """Return what is carried: a job."""
        found = QMimeData()
        found.setData(_MIME, items[0].data(_ROW).id.encode())
        return found

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Let a job in."""
        if event.mimeData().hasFormat(_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Let a job be carried over the cards."""
        if event.mimeData().hasFormat(_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Have the job get this status; the card goes there once the office has done it."""
        job_id = bytes(event.mimeData().data(_MIME).data()).decode()
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self._board.dropped(job_id, self._status)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk to other columns, or carry the job there."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._board.carry(self._status, steps)
        else:
            self._board.walk(self._status, steps)


class _Card(QStyledItemDelegate):
    """Draws a job: number and total, plate, what, who; what needs attention with its lamp."""

    def __init__(self, cards: QListWidget, names: Names) -> None:
        super().__init__(cards)
        self._names = names

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Five lines."""
        return QSize(0, _LINES * (option.fontMetrics.height() + 2) + 2 * Space.S)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the card."""
        row: JobRow = index.data(_ROW)
        colors = tokens()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = option.rect.adjusted(1, 1, -1, -1)
        focused = chosen and bool(option.state & QStyle.StateFlag.State_HasFocus)
        edge = colors.focus if focused else colors.accent if chosen else colors.line
        ground = colors.selected if chosen else colors.hover if over else colors.raised
        painter.setPen(QPen(QColor(edge), Size.FOCUS if chosen else Size.LINE))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(frame, Size.RADIUS, Size.RADIUS)
        line = option.fontMetrics.height() + 2
        box = QRect(
            frame.left() + Space.S, frame.top() + Space.S, frame.width() - 2 * Space.S, line
        )
        bold = text_font(Type.BODY)
        bold.setWeight(bold.Weight.Medium)
        total = money_text(row.gross, with_currency=False) if row.gross.minor else ""
        painter.setFont(bold)
        self._line(painter, box, row.plate or row.vehicle, total)
        painter.setFont(text_font(Type.BODY))
        box.translate(0, line)
        self._line(painter, box, row.title, f"{row.number}")
        box.translate(0, line)
        bay = self._names(row.bay_id) if row.status is JobStatus.IN_BAY and late(row) else ""
        where = " · ".join(filter(None, (row.vehicle if row.plate else "", bay)))
        self._line(painter, box, where, color=colors.muted)
        box.translate(0, line)
        who = " · ".join(filter(None, (row.customer, self._names(row.technician_id))))
        self._line(painter, box, who, color=colors.muted)
        box.translate(0, line)
        state, words = _attention(row, self._names)
        if words:
            side = QRect(box.left(), box.center().y() + 1 - _LAMP // 2, _LAMP, _LAMP)
            paint_lamp(painter, side.toRectF(), state)
            self._line(painter, box.adjusted(_LAMP + Space.XS, 0, 0, 0), words)
        painter.restore()

    @staticmethod
    def _line(painter: QPainter, box: QRect, words: str, side: str = "", color: str = "") -> None:
        metrics = painter.fontMetrics()
        middle = Qt.AlignmentFlag.AlignVCenter
        room = box.width()
        if side:
            painter.setPen(QColor(tokens().muted))
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, side)
            room -= metrics.horizontalAdvance(side) + Space.S
        painter.setPen(QColor(color or tokens().text))
        painter.drawText(
            box, middle, metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(0, room))
        )


def _attention(row: JobRow, names: Names) -> tuple[Lit, str]:
    """Return what a card says last: what needs somebody, else where the car is."""
    if row.status is JobStatus.DONE:
        left = due(row)
        paid = f"{money_text(left)} due" if left.minor > 0 else "nothing due"
        if refused(row):
            return WorkState.SAID_NO, f"said no, {paid}"
        return WorkState.UNPAID, paid if row.invoice else f"{paid}, no invoice"
    if refused(row):
        return approval_lamp(row)
    if late(row) and row.promised is not None:
        return State.WARNING, f"late since {local_time(row.promised)}"
    if row.above_approval:
        return approval_lamp(row)
    bay = names(row.bay_id)
    if bay and row.status is JobStatus.IN_BAY:
        return WorkState.IN_BAY, bay
    if row.promised is not None:
        return State.OFF, f"promised {local_time(row.promised)}"
    return approval_lamp(row)
