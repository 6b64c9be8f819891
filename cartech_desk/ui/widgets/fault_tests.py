"""On-board tests: failed first, each value as a bar between its limits."""

from typing import Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScroller,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.fault_tests import Bar, TestRow, failed, told_tests
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Space, Type
from cartech_desk.ui.widgets.lamp import LampLabel, paint_lamp
from cartech_desk.ui.words import counted

_ROW: Final = 52
_ROLE: Final = Qt.ItemDataRole.UserRole
_LAMP: Final = 16
_NAME, _VALUE, _BAR = 0.40, 0.15, 0.26
"""Shares of the width; the limits have the rest."""


class _Rows(QStyledItemDelegate):
    """Paints a test: verdict and names, value, bar, limits."""

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row: TestRow = index.data(_ROLE)
        colors = tokens()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colors.selected))
        elif index.row() % 2:
            painter.fillRect(option.rect, QColor(colors.raised))
        box = QRect(option.rect).adjusted(Space.M, Space.XS, -Space.M, -Space.XS)
        wide = box.width()
        paint_lamp(
            painter, QRectF(box.left(), box.center().y() - _LAMP / 2, _LAMP, _LAMP), row.state
        )
        left = box.left() + _LAMP + Space.S
        name = QRect(left, box.top(), round(wide * _NAME) - _LAMP - Space.L, box.height())
        value = QRect(
            box.left() + round(wide * _NAME), box.top(), round(wide * _VALUE), box.height()
        )
        bar = QRect(value.right() + Space.L, box.top(), round(wide * _BAR) - Space.L, box.height())
        limits = QRect(
            bar.right() + Space.L, box.top(), box.right() - bar.right() - Space.L, box.height()
        )
        upper = name.adjusted(0, 0, 0, -name.height() // 2)
        lower = name.adjusted(0, name.height() // 2, 0, 0)
        _text(painter, upper, row.monitor, "text", Type.BAY)
        _text(painter, lower, f"{row.word} · {row.test}", "muted", Type.BODY)
        ink = "trip" if row.state is State.TRIP else "text"
        _text(painter, value, row.value, ink, Type.BAY, bold=True, right=True)
        if row.bar is not None:
            self._bar(painter, QRectF(bar), row.bar, bad=row.state is State.TRIP)
        upper = limits.adjusted(0, 0, 0, -limits.height() // 2)
        lower = limits.adjusted(0, limits.height() // 2, 0, 0)
        _text(painter, upper, row.limits, "text", Type.BODY)
        _text(painter, lower, row.ecu, "muted", Type.BODY)
        painter.restore()

    @staticmethod
    def _bar(painter: QPainter, area: QRectF, bar: Bar, *, bad: bool) -> None:
        """Paint what is allowed as a band, the limits as its ends, the value as a mark."""
        colors = tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = area.center().y()
        track = QRectF(area.left(), middle - 5, area.width(), 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.line))
        painter.drawRoundedRect(track, 5, 5)

        def x(share: float) -> float:
            return track.left() + share * track.width()

        low = 0.0 if bar.low is None else bar.low
        high = 1.0 if bar.high is None else bar.high
        painter.setBrush(QColor(colors.good))
        painter.setOpacity(0.55)
        painter.drawRect(QRectF(x(low), track.top(), max(2.0, x(high) - x(low)), track.height()))
        painter.setOpacity(1.0)
        painter.setPen(QPen(QColor(colors.text), 1.5))
        for limit in (bar.low, bar.high):
            if limit is not None:
                painter.drawLine(QPointF(x(limit), middle - 9), QPointF(x(limit), middle + 9))
        color = QColor(colors.trip if bad else colors.text)
        painter.setPen(QPen(QColor(colors.surface), 1.5))
        painter.setBrush(color)
        at = x(bar.value)
        if bar.beyond:
            tip = at - 1 if bar.beyond > 0 else at + 1
            back = tip - 11 * bar.beyond
            painter.drawPolygon(
                QPolygonF(
                    [QPointF(tip, middle), QPointF(back, middle - 8), QPointF(back, middle + 8)]
                )
            )
        else:
            painter.drawEllipse(QPointF(at, middle), 7, 7)


class FaultTests(QWidget):
    """A line that sums it up, and a row for each test."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = LampLabel(State.OFF, "")
        self.list = QListWidget()
        self.list.setAccessibleName("On-board tests")
        self.list.setItemDelegate(_Rows(self.list))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        QScroller.grabGesture(self.list.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.nothing = QLabel("This car told no results of on-board tests.")
        self.nothing.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.summary)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        column.addStretch(0)
        theme_changed.connect(self.list.viewport().update)

    def rows(self) -> list[TestRow]:
        """Return what is listed, from top to bottom."""
        return [self.list.item(place).data(_ROLE) for place in range(self.list.count())]

    def show_scan(self, scan: FaultScan, system: UnitSystem) -> None:
        """Show this scan's."""
        rows = told_tests(scan, system)
        bad = failed(scan)
        open_ones = sum(one.passed is None for one in scan.tests)
        words = [f"{counted(bad, 'test')} failed" if bad else ""]
        words += [f"{len(rows) - bad - open_ones} passed" if rows else ""]
        words += [f"{open_ones} without a verdict" if open_ones else ""]
        state = State.TRIP if bad else State.CONNECTED if rows else State.OFF
        self.summary.show_state(state, ", ".join(filter(None, words)))
        self.summary.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self.list.clear()
        for row in rows:
            item = QListWidgetItem(row.monitor)
            item.setData(_ROLE, row)
            told = (row.monitor, row.test, row.word, row.value, row.limits, row.ecu)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(told))
            item.setToolTip("\n".join(told))
            self.list.addItem(item)


def _text(
    painter: QPainter,
    area: QRect,
    words: str,
    ink: str,
    size: int,
    *,
    bold: bool = False,
    right: bool = False,
) -> None:
    font = text_font(size, bold=bold)
    painter.setFont(font)
    painter.setPen(QColor(getattr(tokens(), ink)))
    short = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, area.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), short)
