"""A line to type in and a list that narrows: the palette and the choice of a vehicle are such."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QRegion
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.ui.theme.icons import icon, icon_size
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.theme.tokens import Size, Space

_FOUND = Qt.ItemDataRole.UserRole
_ROW = 40
_PAGE = 8
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: _PAGE,
    Qt.Key.Key_PageUp: -_PAGE,
}
_OWN_KEYS = frozenset({Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, *_STEPS})


@dataclass(frozen=True, slots=True)
class Found:
    """Something that can be chosen: its kind stands muted at the right, its key after it."""

    title: str
    run: Callable[[], None]
    detail: str = ""
    kind: str = ""
    shortcut: str = ""
    icon: str = ""
    words: str = ""


def matching(found: Sequence[Found], typed: str, most: int = 60) -> list[Found]:
    """Return what every typed word occurs in, best first: title begins, a word begins, inside."""
    words = typed.lower().split()
    if not words:
        return list(found[:most])
    ranked: list[tuple[int, int, Found]] = []
    for order, item in enumerate(found):
        title = item.title.lower()
        all_words = f"{title} {item.detail} {item.kind} {item.words}".lower()
        if not all(word in all_words for word in words):
            continue
        if title.startswith(words[0]):
            rank = 0
        elif any(part.startswith(words[0]) for part in title.split()):
            rank = 1
        else:
            rank = 2 if words[0] in title else 3
        ranked.append((rank, order, item))
    return [item for _, _, item in sorted(ranked, key=lambda entry: entry[:2])[:most]]


class _Row(QStyledItemDelegate):
    """Draws a line: icon, title, detail muted, kind and key at the right."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        return QSize(0, _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        found: Found = index.data(_FOUND)
        colors = tokens()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colors.selected))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(colors.hover))
        box = option.rect.adjusted(Space.M, 0, -Space.M, 0)
        if found.icon:
            place = QRect(box.left(), box.center().y() - Size.ICON // 2, Size.ICON, Size.ICON)
            icon(found.icon, "muted").paint(painter, place)
        box.setLeft(box.left() + Size.ICON + Space.M)
        metrics = option.fontMetrics
        side = "   ".join(part for part in (found.kind, found.shortcut) if part)
        painter.setPen(QColor(colors.muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, side)
        room = box.width() - metrics.horizontalAdvance(side) - Space.L
        title = metrics.elidedText(found.title, Qt.TextElideMode.ElideRight, room)
        painter.setPen(QColor(colors.text))
        painter.drawText(box, middle, title)
        used = metrics.horizontalAdvance(title) + Space.M
        if found.detail and room - used > _ROW:
            detail = metrics.elidedText(found.detail, Qt.TextElideMode.ElideRight, room - used)
            painter.setPen(QColor(colors.muted))
            painter.drawText(box.adjusted(used, 0, 0, 0), middle, detail)
        painter.restore()


_MOVES = frozenset({QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide})


class Finder(QWidget):
    """Lies over a window while open; Esc or a press beside it closes it without a choice.

    Its line keeps the focus meanwhile, so that Esc always arrives. What is in `free` (the strip
    that says what to do at once) stays to be seen.
    """

    def __init__(self, over: QWidget, placeholder: str, free: QWidget | None = None) -> None:
        super().__init__(over)
        self.setObjectName("shade")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._over = over
        self._free = free
        self._left: Callable[[], None] | None = None
        self._before: QWidget | None = None
        self._open = False
        self._all: Callable[[str], Sequence[Found]] = lambda _typed: ()
        self.frame = QFrame(self)
        self.frame.setObjectName("finder")
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        self.line = QLineEdit()
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName(placeholder)
        self.line.textChanged.connect(self.refresh)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("What was found")
        self.list.setItemDelegate(_Row(self.list))
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setIconSize(icon_size())
        self.list.itemClicked.connect(self._choose)
        self.nothing = QLabel()
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.line)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing, 1)
        over.installEventFilter(self)
        if free is not None:
            free.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._keep_focus)
        self.hide()

    def open(
        self,
        find: Callable[[str], Sequence[Found]],
        nothing: str,
        left: Callable[[], None] | None = None,
    ) -> None:
        """Open with a function from what is typed to what may be chosen, best first.

        `nothing` is said where nothing is found; `left` is called where nothing was chosen.
        """
        self._all = find
        self._left = left
        self.nothing.setText(nothing)
        self._before = self._over.window().focusWidget()
        self._cover()
        self.show()
        self.raise_()
        self.line.clear()
        self.refresh()
        self._open = True
        self.line.setFocus()

    def asks(self, find: Callable[[str], Sequence[Found]]) -> bool:
        """Tell whether it is open for this question."""
        return self.isVisible() and self._all == find

    def close_answered(self) -> None:
        """Close because the answer came from elsewhere: nothing is told."""
        self._left = None
        self._close()

    def close_quietly(self) -> None:
        """Close without a choice; the focus returns to where it was."""
        left, self._left = self._left, None
        self._close()
        if left is not None:
            left()

    def _close(self) -> None:
        self._open = False
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()

    def _keep_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Take the focus back from a page that took it; it has it once this is closed."""
        if not self._open or now is None or now.window() is not self.window():
            return
        if now is not self.line:
            self._before = now
            self.line.setFocus()

    def refresh(self) -> None:
        """Search again, because something was typed or something arrived."""
        found = self._all(self.line.text())
        self.list.clear()
        for each in found:
            item = QListWidgetItem(each.title)
            item.setData(_FOUND, each)
            parts = (each.title, each.detail, each.kind, each.shortcut)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, parts)))
            self.list.addItem(item)
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        self.list.setCurrentRow(0)

    def found(self) -> list[Found]:
        """Return what the list shows now."""
        return [self.list.item(row).data(_FOUND) for row in range(self.list.count())]

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        chosen: Found = item.data(_FOUND)
        self._close()
        chosen.run()

    def _cover(self) -> None:
        self.setGeometry(self._over.rect())
        width = min(Size.PALETTE_WIDTH, self.width() - 2 * Space.XL)
        height = min(Size.PALETTE_HEIGHT, self.height() - 2 * Space.XL)
        left = (self.width() - width) // 2
        top = Size.TOP_BAR
        self.clearMask()
        if self._free is not None and self._free.isVisible():
            place = QRect(self._free.mapTo(self._over, QPoint(0, 0)), self._free.size())
            self.setMask(QRegion(self.rect()) - QRegion(place))
            top = max(top, place.bottom() + Space.S)
        height = min(height, self.height() - top)
        self.frame.setGeometry(left, top, width, height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close on a press beside the frame."""
        if not self.frame.geometry().contains(event.position().toPoint()):
            self.close_quietly()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the line move in the list; the window's size is followed."""
        if watched in (self._over, self._free) and event.type() in _MOVES and self.isVisible():
            self._cover()
        if watched is self.line and event.type() == QEvent.Type.ShortcutOverride:
            # A page may have one of these for itself; it does not hear it while this is open.
            if event.key() in _OWN_KEYS:
                event.accept()
                return True
        elif watched is self.line and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.close_quietly()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentItem())
        elif key in _STEPS and self.list.count():
            row = self.list.currentRow() + _STEPS[key]
            self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
        else:
            # The focus stays here while the list is open.
            return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        return True
