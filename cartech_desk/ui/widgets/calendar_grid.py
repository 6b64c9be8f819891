"""The calendar that is worked in: chosen, dragged, resized and carried by mouse and by keys."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cartech_desk.ui.models.calendar_blocks import Block
from cartech_desk.ui.models.calendar_drag import MOVABLE, Grip, Ground, landed
from cartech_desk.ui.models.calendar_geometry import EDGE, HEAD, RULER
from cartech_desk.ui.models.calendar_time import DAY_MIN
from cartech_desk.ui.widgets.calendar_bubble import CalendarBubble
from cartech_desk.ui.widgets.calendar_view import CalendarView, Held

_DRAG_FROM: Final = 5
"""A press that moves so far is a drag [px]."""
_NEAR: Final = 28
"""So near the edge a drag scrolls [px]."""
_BUBBLE_BELOW: Final = 64
_Key = Qt.Key
_ARROWS: Final = {_Key.Key_Up, _Key.Key_Down, _Key.Key_Left, _Key.Key_Right}


class CalendarGrid(CalendarView):
    """Columns of a day or a week. What is changed by hand is told, and shown once it is kept.

    Keys: arrows walk, Enter opens or books, M picks up (arrows carry, Shift with Up and Down moves
    the end, Enter puts down, Esc puts back), Ctrl with Up and Down goes to the next appointment.
    """

    opened = Signal(object)
    """An `Appointment` (or `Foreign`) to be looked at."""
    book_wanted = Signal(object)
    """A `Slot`."""
    dropped = Signal(object, object)
    """An `Appointment` and the `Landing` that was chosen; answer by `settle` or `refuse`."""
    menu_wanted = Signal(object, QPoint)
    """An `Appointment` and where on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed: tuple[QPointF, Block | None, Grip] | None = None
        self.bubble = CalendarBubble(self.viewport())

    # The mouse

    def block_at(self, point: QPointF) -> tuple[Block | None, Grip]:
        """Return what lies under a point of the viewport, and which edge of it."""
        at = self.geometry_now
        if point.y() < HEAD or point.x() < RULER:
            return None, Grip.MOVE
        for block in reversed(self.sheet.blocks):
            box = at.box(block)
            if box.holds(point.x(), point.y()):
                edge = EDGE if box.height > 3 * EDGE else box.height / 4
                if point.y() - box.y < edge:
                    return block, Grip.START
                if box.y + box.height - point.y() < edge:
                    return block, Grip.END
                return block, Grip.MOVE
        return None, Grip.MOVE

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what lies there; a drag may follow."""
        if event.button() != Qt.MouseButton.LeftButton or self._answering:
            return
        block, grip = self.block_at(event.position())
        self._pressed = (event.position(), block, grip)
        at = self.geometry_now
        if event.position().y() < HEAD or not self.sheet.columns:
            return
        column = at.column_at(event.position().x())
        if block is not None:
            self.cursor_at = (block.column, block.first)
            self.choose(block.id)
        else:
            step = self.sheet.step
            self.cursor_at = (column, int(at.minute_at(event.position().y()) // step) * step)
            self.choose("")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry what is held; else show by the pointer what can be."""
        if self._answering:
            return
        point = event.position()
        if self.held is not None and not self.held.by_keys:
            self._scroll_near(point)
            self._carry_to(point)
            return
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            began, block, grip = self._pressed
            if block is not None and (point - began).manhattanLength() > _DRAG_FROM:
                self._pick_up(block, grip, self.geometry_now.minute_at(began.y()) - block.first)
                self._carry_to(point)
            return
        self._point(point)

    def _point(self, point: QPointF) -> None:
        block, grip = self.block_at(point)
        free = block is None or not self._movable(block)
        shape = Qt.CursorShape.ArrowCursor
        if not free:
            shape = Qt.CursorShape.OpenHandCursor
            if grip is not Grip.MOVE:
                shape = Qt.CursorShape.SizeVerCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put down what is held."""
        del event
        self._pressed = None
        if self.held is not None and not self.held.by_keys and not self.held.let_go:
            self.put_down()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open what lies there, or book."""
        block, _ = self.block_at(event.position())
        if block is not None:
            self.opened.emit(block.appointment or block.foreign)
        elif event.position().y() >= HEAD and event.position().x() >= RULER:
            self._book()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with what is chosen."""
        block, _ = self.block_at(QPointF(self.viewport().mapFromGlobal(event.globalPos())))
        if block is not None and block.appointment is not None:
            self.choose(block.id)
            self.menu_wanted.emit(block.appointment, event.globalPos())

    def _scroll_near(self, point: QPointF) -> None:
        at, bar = self.geometry_now, self.verticalScrollBar()
        if point.y() < HEAD + _NEAR:
            bar.setValue(bar.value() - round(at.hour_px / 4))
        elif point.y() > at.height - _NEAR:
            bar.setValue(bar.value() + round(at.hour_px / 4))

    # Carrying

    @property
    def _answering(self) -> bool:
        return self.held is not None and self.held.let_go

    def _movable(self, block: Block) -> bool:
        one = block.appointment
        return self.sheet.editable and one is not None and one.status in MOVABLE

    def _ground(self) -> Ground:
        sheet = self.sheet
        return Ground(
            sheet.columns, sheet.appointments, sheet.names, sheet.zone, sheet.step, self.now()
        )

    def _pick_up(self, block: Block, grip: Grip, offset: float, *, by_keys: bool = False) -> None:
        if not self._movable(block) or block.appointment is None:
            return
        edge = block.last if grip is Grip.END else block.first
        landing = landed(
            self._ground(), block.appointment, grip, block.column, edge, from_column=block.column
        )
        self.held = Held(block, grip, offset if grip is Grip.MOVE else 0.0, landing, by_keys)
        self.viewport().setCursor(
            Qt.CursorShape.ClosedHandCursor if grip is Grip.MOVE else Qt.CursorShape.SizeVerCursor
        )
        self.viewport().update()

    def _carry_to(self, point: QPointF) -> None:
        held, at = self.held, self.geometry_now
        if held is not None:
            self.carry(at.column_at(point.x()), at.minute_at(point.y()) - held.offset)

    def carry(self, column: int, minute: float) -> None:
        """Carry what is held to a column and a minute, with the edge that is held."""
        held = self.held
        if held is None or held.block.appointment is None:
            return
        held.landing = landed(
            self._ground(),
            held.block.appointment,
            held.grip,
            column,
            minute,
            from_column=held.block.column,
        )
        self.setAccessibleDescription(held.landing.wrong)
        self.viewport().update()

    def put_down(self) -> None:
        """Let go of what is carried: the office is asked, unless nothing would change."""
        held = self.held
        self.viewport().unsetCursor()
        if held is None or held.block.appointment is None:
            return
        landing = held.landing
        if not landing.changes(held.block.appointment):
            self.put_back()
        elif landing.starts is None or landing.ends is None:
            held.let_go = True
            self.refuse(landing.wrong)
        else:
            held.let_go = True
            self.dropped.emit(held.block.appointment, landing)

    def put_back(self) -> None:
        """Leave what is carried where it was."""
        self.held = None
        self.bubble.hide()
        self.viewport().unsetCursor()
        self.setFocus()
        self._say()
        self.viewport().update()

    def settle(self) -> None:
        """Let go of what the office has kept: the next sheet shows it at its new place."""
        self.put_back()

    def refuse(
        self,
        sentence: str,
        even_so: Callable[[], None] | None = None,
        *,
        other: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Say why, where it was put down; it goes back once that is answered.

        `even_so` and `other` (with its words) are ways to do it all the same.
        """
        held = self.held
        if held is None:
            return
        held.let_go = True
        self.bubble.say(
            sentence, self._bubble_place(), back=self.put_back, even_so=even_so, other=other
        )
        self.viewport().update()

    def _bubble_place(self) -> QPoint:
        """Return where the bubble stands: below the words of what was put down."""
        if self.held is None:
            return QPoint()
        at, landing = self.geometry_now, self.held.landing
        box = at.span(landing.column, landing.first, max(landing.last, landing.first + 10))
        return QPoint(round(box.x + box.width * 0.2), round(box.y + _BUBBLE_BELOW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the bubble at its place."""
        super().resizeEvent(event)
        if self.bubble.isVisible():
            self.bubble.put(self._bubble_place())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Keep the bubble at its place."""
        super().scrollContentsBy(dx, dy)
        if self.bubble.isVisible():
            self.bubble.put(self._bubble_place())

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, open, book, carry."""
        key = _Key(event.key())
        modifiers = event.modifiers()
        done = False
        if self._answering:
            done = key == _Key.Key_Escape
            if done:
                self.put_back()
        elif self.held is not None:
            done = self._carry_key(key, modifiers)
        elif key in _ARROWS:
            if modifiers & Qt.KeyboardModifier.ControlModifier:
                self._jump(-1 if key in (_Key.Key_Up, _Key.Key_Left) else 1)
            else:
                self._walk(key)
            done = True
        elif key in (_Key.Key_Return, _Key.Key_Enter):
            one = self.chosen
            self.opened.emit(one) if one is not None else self._book()
            done = True
        elif key == _Key.Key_M and not modifiers:
            self.pick_up()
            done = True
        if done:
            event.accept()
        else:
            super().keyPressEvent(event)

    def pick_up(self) -> None:
        """Carry the chosen appointment by keys from now on."""
        block = self._block(self._chosen)
        if block is not None:
            self._pick_up(block, Grip.MOVE, 0.0, by_keys=True)

    def _carry_key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        held = self.held
        assert held is not None  # noqa: S101 - whoever calls has looked
        if key == _Key.Key_Escape:
            self.put_back()
        elif key in (_Key.Key_Return, _Key.Key_Enter):
            self.put_down()
        elif key in _ARROWS:
            self._carry_step(held, key, modifiers)
        else:
            return False
        return True

    def _carry_step(self, held: Held, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        step = {_Key.Key_Up: -1, _Key.Key_Down: 1}.get(key, 0) * self.sheet.step
        across = {_Key.Key_Left: -1, _Key.Key_Right: 1}.get(key, 0)
        resize = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        landing = held.landing
        if resize and held.grip is Grip.MOVE and landing.changes(held.block.appointment):  # type: ignore[arg-type]
            return  # moved already: its end is set once it stands there
        held.grip = Grip.END if resize else Grip.MOVE
        column = min(max(0, landing.column + across), len(self.sheet.columns) - 1)
        edge = landing.last if resize else landing.first
        self.carry(column, edge + step)
        self.show_minute(held.landing.first, only_if_hidden=True)

    def _walk(self, key: Qt.Key) -> None:
        if not self.sheet.columns:
            return
        column, minute = self.cursor_at
        block, step = self._block(self._chosen), self.sheet.step
        if key == _Key.Key_Down:
            minute = block.last if block is not None else minute + step
        elif key == _Key.Key_Up:
            minute = (block.first if block is not None else minute) - step
        else:
            across = -1 if key == _Key.Key_Left else 1
            column = min(max(0, column + across), len(self.sheet.columns) - 1)
        minute = min(max(0, minute), DAY_MIN - step)
        self.cursor_at = (column, minute)
        under = next(
            (
                one
                for one in self.sheet.blocks
                if one.column == column and one.first <= minute < one.last and one.id
            ),
            None,
        )
        self.choose(under.id if under is not None else "")
        if under is None:
            self.show_minute(minute, only_if_hidden=True)

    def _jump(self, by: int) -> None:
        own = sorted(
            (one for one in self.sheet.blocks if one.id), key=lambda one: (one.column, one.first)
        )
        here = self.cursor_at
        if by > 0:
            ahead = [one for one in own if (one.column, one.first) > here]
        else:
            ahead = [one for one in reversed(own) if (one.column, one.first) < here]
        if ahead:
            self.cursor_at = (ahead[0].column, ahead[0].first)
            self.choose(ahead[0].id)

    def _book(self) -> None:
        slot = self.slot
        if slot is not None and self.sheet.editable:
            self.book_wanted.emit(slot)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys stand."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show no more where the keys stand."""
        super().focusOutEvent(event)
        self.viewport().update()
