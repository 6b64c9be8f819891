"""The list of codes: one large row each, under headings, with what is new, changed or gone."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScroller,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.ui.models.fault_list import SIGNS, Badge, FaultGroup, FaultRow, Grouping
from cartech_desk.ui.models.fault_words import SEVERITY_LAMPS
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Space, Type
from cartech_desk.ui.widgets.lamp import paint_lamp

ROW_ROLE: Final = Qt.ItemDataRole.UserRole
_ROW: Final = 72
_MORE: Final = 19
"""A second line of meaning, where the first is not enough."""
_HEADING: Final = 32
_LAMP: Final = 18
_INKS: Final = {
    Badge.NEW: "accent",
    Badge.CHANGED: "warn",
    Badge.GONE: "good",
    Badge.UNTOLD: "warn",
}
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class _Rows(QStyledItemDelegate):
    """Paints code and badge, the meaning on one or two lines, and where it stands."""

    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        row: FaultRow | None = index.data(ROW_ROLE)
        if row is None:
            return QSize(0, _HEADING)
        room = self._view.viewport().width() - 2 * Space.M
        return QSize(0, _ROW + (_MORE if _wide(row.description) > room else 0))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row: FaultRow | None = index.data(ROW_ROLE)
        colors = tokens()
        painter.save()
        box = QRect(option.rect)
        if row is None:
            _line(
                painter,
                box.adjusted(Space.M, Space.S, -Space.M, 0),
                str(index.data()),
                "muted",
                Type.BODY,
                bold=True,
            )
            painter.setPen(QColor(colors.line))
            painter.drawLine(box.bottomLeft(), box.bottomRight())
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(colors.selected))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), QColor(colors.accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(colors.hover))
        self._row(painter, box.adjusted(Space.M, Space.XS, -Space.M, -Space.XS), row)
        painter.restore()

    def _row(self, painter: QPainter, box: QRect, row: FaultRow) -> None:
        high = _ROW - 2 * Space.XS
        more = max(0, box.height() - high)
        first = QRect(box.left(), box.top(), box.width(), round(high * 0.42))
        second = QRect(box.left(), first.bottom() + 1, box.width(), round(high * 0.29) + more)
        third = QRect(box.left(), second.bottom() + 1, box.width(), round(high * 0.29))
        state = SEVERITY_LAMPS[row.severity] if row.present else State.OFF
        lamp = QRectF(first.left(), first.center().y() - _LAMP / 2 + 1, _LAMP, _LAMP)
        paint_lamp(painter, lamp, state)
        first.setLeft(first.left() + _LAMP + Space.S)
        if row.badge is not Badge.NONE:
            first.setRight(self._badge(painter, first, row.badge) - Space.S)
        ink = "text" if row.present else "muted"
        _line(painter, first, row.code, ink, Type.TITLE, bold=True)
        used = QFontMetrics(text_font(Type.TITLE, bold=True)).horizontalAdvance(row.code)
        word = row.severity.value if row.present else ""
        rest = first.adjusted(used + Space.M, 2, 0, 0)
        _line(painter, rest, word, "muted", Type.BODY)
        if more:
            _two_lines(painter, second, row.description, ink)
        else:
            _line(painter, second, row.description, ink, Type.BODY)
        _line(painter, third, f"{row.status} · {row.ecu}", "muted", Type.BODY)

    def _badge(self, painter: QPainter, area: QRect, badge: Badge) -> int:
        """Paint a badge at the right of an area; returns where it begins."""
        font = text_font(Type.BODY, bold=True)
        words = f"{SIGNS[badge]} {badge.value}"
        wide = QFontMetrics(font).horizontalAdvance(words) + 2 * Space.S
        color = QColor(getattr(tokens(), _INKS[badge]))
        box = QRectF(area.right() - wide, area.center().y() - 10, wide, 21)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 10, 10)
        painter.setFont(font)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
        return int(box.left())


class FaultList(QWidget):
    """Shows groups of codes; `chosen` tells the row, or None."""

    chosen = Signal(object)
    grouping_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grouping = Grouping.SEVERITY
        self.list = QListWidget()
        self.list.setAccessibleName("Fault codes")
        self.list.setItemDelegate(_Rows(self.list))
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_: self.chosen.emit(self.row))
        QScroller.grabGesture(self.list.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        bar = QHBoxLayout()
        bar.setSpacing(Space.S)
        self._by: dict[Grouping, QPushButton] = {}
        for grouping in Grouping:
            button = QPushButton(f"By {grouping.value}")
            button.setCheckable(True)
            button.setProperty("role", "quiet")
            button.clicked.connect(lambda _on=False, by=grouping: self._group(by))
            self._by[grouping] = button
            bar.addWidget(button)
        bar.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(bar)
        column.addWidget(self.list, 1)
        self._check()
        theme_changed.connect(self.list.viewport().update)

    @property
    def row(self) -> FaultRow | None:
        """The chosen code."""
        item = self.list.currentItem()
        return item.data(ROW_ROLE) if item is not None else None

    def rows(self) -> list[FaultRow]:
        """Return the codes from top to bottom."""
        found = (self.list.item(place).data(ROW_ROLE) for place in range(self.list.count()))
        return [row for row in found if row is not None]

    def headings(self) -> list[str]:
        """Return the headings from top to bottom."""
        items = [self.list.item(place) for place in range(self.list.count())]
        return [item.text() for item in items if item.data(ROW_ROLE) is None]

    def show_groups(self, groups: Sequence[FaultGroup], *, anew: bool = False) -> None:
        """List these; the chosen code stays chosen, else the first is.

        With `anew` it is another scan: a code that is gone there is not what one wants to see.
        """
        wanted = self.row.key if self.row is not None else None
        self.list.blockSignals(True)
        self.list.clear()
        chosen: QListWidgetItem | None = None
        for group in groups:
            heading = QListWidgetItem(group.title)
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(heading)
            for row in group.rows:
                item = QListWidgetItem(row.code)
                item.setData(ROW_ROLE, row)
                words = (row.code, row.badge.value, row.severity.value, row.description, row.status)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, words)))
                item.setToolTip(row.description)
                self.list.addItem(item)
                stays = row.key == wanted and (row.present or not anew)
                if chosen is None or stays:
                    chosen = item
        self.list.blockSignals(False)
        if chosen is not None:
            self.list.setCurrentItem(chosen)
        self.chosen.emit(self.row)

    def step(self, by: int) -> None:
        """Choose the next code, or the one before."""
        rows = self.rows()
        if rows:
            place = next((n for n, one in enumerate(rows) if one is self.row), 0)
            self.choose(rows[min(max(place + by, 0), len(rows) - 1)].key)

    def choose(self, key: tuple[str, int]) -> None:
        """Choose a code by its text and its control unit."""
        for place in range(self.list.count()):
            row = self.list.item(place).data(ROW_ROLE)
            if row is not None and row.key == key:
                self.list.setCurrentRow(place)

    def _group(self, by: Grouping) -> None:
        self.grouping = by
        self._check()
        self.grouping_changed.emit(by)

    def _check(self) -> None:
        for grouping, button in self._by.items():
            button.setChecked(grouping is self.grouping)

    def other_grouping(self) -> None:
        """Group by the other thing."""
        self._group(Grouping.ECU if self.grouping is Grouping.SEVERITY else Grouping.SEVERITY)


def _line(
    painter: QPainter, area: QRect, words: str, ink: str, size: int, *, bold: bool = False
) -> None:
    font = text_font(size, bold=bold)
    painter.setFont(font)
    painter.setPen(QColor(getattr(tokens(), ink)))
    short = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, _LEFT, short)


def _two_lines(painter: QPainter, area: QRect, words: str, ink: str) -> None:
    """Paint words on two lines, parted between words; what is too much for them is elided."""
    metrics = QFontMetrics(text_font(Type.BODY))
    parts = words.split(" ")
    many = 1
    while many < len(parts) and _wide(" ".join(parts[: many + 1])) <= area.width():
        many += 1
    upper = QRect(area.left(), area.top(), area.width(), area.height() // 2)
    lower = QRect(area.left(), upper.bottom() + 1, area.width(), metrics.height())
    _line(painter, upper, " ".join(parts[:many]), ink, Type.BODY)
    _line(painter, lower, " ".join(parts[many:]), ink, Type.BODY)


def _wide(words: str) -> int:
    return QFontMetrics(text_font(Type.BODY)).horizontalAdvance(words)
