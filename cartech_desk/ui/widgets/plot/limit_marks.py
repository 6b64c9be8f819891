"""Limits in a box: level lines with their words, the deadband, and when they were passed."""

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from cartech_desk.domain.alarms.limit import Level
from cartech_desk.ui.models.limit_lines import LimitLine, Passing
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.theme.tokens import Size, Space, Type
from cartech_desk.ui.widgets.plot.canvas import LineBox

_OVER_LINES: Final = 5
_UNDER_LINES: Final = -50
_DEADBAND_ALPHA: Final = 36
_PASSED_ALPHA: Final = 64
_DASHES: Final = (6.0, 4.0)
_DOTS: Final = (2.0, 3.0)


def level_color(level: Level) -> QColor:
    """Return the colour of a level in the theme in force."""
    return QColor(tokens().trip if level is Level.TRIP else tokens().warn)


class _InBox(pg.GraphicsObject):
    """What is painted in the pixels of the screen, over all of a box."""

    def __init__(self, box: LineBox, z: int) -> None:
        super().__init__()
        self._box = box
        self._empty = True
        self.setZValue(z)
        box.addItem(self, ignoreBounds=True)

    def boundingRect(self) -> QRectF:
        """Return all that can be seen of the box."""
        return QRectF() if self._empty else self._box.cover

    def _fill(self, *, empty: bool) -> None:
        if empty != self._empty:
            self.prepareGeometryChange()
            self._empty = empty

    def leave(self) -> None:
        """Be gone from the box."""
        self._box.removeItem(self)


class LimitLines(_InBox):
    """Dashed lines where limits stand, those that count only at times dotted; words at the left.

    The right is where the newest values come. What lies out of the box's scale is not drawn: a
    scale follows its lines, never its limits.
    """

    def __init__(self, box: LineBox) -> None:
        super().__init__(box, _OVER_LINES)
        self._lines: tuple[LimitLine, ...] = ()

    def show_lines(self, lines: Sequence[LimitLine]) -> None:
        """Draw these."""
        self._lines = tuple(lines)
        self._fill(empty=not self._lines)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw them."""
        del option, widget
        field, place = self._box.field, painter.transform()
        plot = place.mapRect(field)
        seen = [one for one in self._lines if field.top() <= one.value <= field.bottom()]
        if not seen:
            return
        painter.setTransform(QTransform())
        painter.setFont(text_font(Type.SMALL))
        taken: list[QRectF] = []
        for line in sorted(seen, key=lambda one: -one.level):
            first = place.map(QPointF(field.left(), line.value))
            last = place.map(QPointF(field.right(), line.value))
            pen = QPen(level_color(line.level), Size.LINE)
            pen.setDashPattern(list(_DOTS if line.gated else _DASHES))
            painter.setPen(pen)
            y = round(first.y()) + 0.5
            painter.drawLine(QLineF(first.x(), y, last.x(), y))
            self._say(painter, line, QPointF(plot.left() + Space.XS, y), plot, taken)
        painter.setTransform(place)

    def _say(
        self,
        painter: QPainter,
        line: LimitLine,
        begin: QPointF,
        plot: QRectF,
        taken: list[QRectF],
    ) -> None:
        """Write a line's words over or under its beginning, where they hide no others."""
        metrics = QFontMetricsF(painter.font())
        width = metrics.horizontalAdvance(line.words) + Space.XS
        height = metrics.height()
        over = QRectF(begin.x(), begin.y() - height, width, height)
        under = QRectF(begin.x(), begin.y() + 1, width, height)
        area = next(
            (
                one
                for one in ((over, under) if line.above else (under, over))
                if plot.contains(one) and not any(one.intersects(other) for other in taken)
            ),
            None,
        )
        if area is None:
            return
        taken.append(area)
        painter.fillRect(area, QColor(tokens().surface))
        painter.setPen(level_color(line.level))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, line.words)


class LimitShades(_InBox):
    """What lies under the lines: the deadband of each limit, and when it was passed."""

    def __init__(self, box: LineBox) -> None:
        super().__init__(box, _UNDER_LINES)
        self._bands: tuple[tuple[float, float, Level], ...] = ()
        self._areas: tuple[tuple[float, float, Level], ...] = ()

    def show_lines(self, lines: Sequence[LimitLine]) -> None:
        """Shade the deadbands of those that have one."""
        self._bands = tuple(
            (min(line.value, line.back), max(line.value, line.back), line.level)
            for line in lines
            if line.back is not None
        )
        self._fill(empty=not (self._bands or self._areas))

    def show_passings(self, passings: Sequence[Passing], left_ns: int, pixel_s: float) -> None:
        """Shade those that can be seen in a box that begins at `left_ns`."""
        length = self._box.field.width()
        areas = []
        for one in passings:
            first, last = (one.first_ns - left_ns) / 1e9, (one.last_ns - left_ns) / 1e9
            if last >= 0 and first <= length:
                first = max(first, -pixel_s)
                last = max(min(last, length + pixel_s), first + 3 * pixel_s)
                areas.append((first, last, one.level))
        self._areas = tuple(areas)
        self._fill(empty=not (self._bands or self._areas))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Shade."""
        del option, widget
        field = self._box.field
        for first, last, level in self._areas:
            color = level_color(level)
            color.setAlpha(_PASSED_ALPHA)
            painter.fillRect(QRectF(first, field.top(), last - first, field.height()), color)
        for low, high, level in self._bands:
            bottom, top = max(low, field.top()), min(high, field.bottom())
            if top > bottom:
                color = level_color(level)
                color.setAlpha(_DEADBAND_ALPHA)
                painter.fillRect(QRectF(field.left(), bottom, field.width(), top - bottom), color)
