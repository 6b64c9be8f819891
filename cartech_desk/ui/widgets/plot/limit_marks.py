"""Limits in a box: level lines with their words, the deadband, and when they were passed."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from cartech_desk.domain.alarms.limit import Level
from cartech_desk.ui.models.limit_lines import LimitLine, Passing
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.theme.tokens import Size, Space, Type
from cartech_desk.ui.widgets.plot.canvas import LineBox

_OVER_LINES: Final = 5
_OVER_ALL_LINES: Final = 6
_UNDER_LINES: Final = -50
_DEADBAND_ALPHA: Final = 36
_PASSED_ALPHA: Final = 64
_DASHES: Final = (6, 4)
_DOTS: Final = (2, 3)


def level_color(level: Level) -> QColor:
    """Return the colour of a level in the theme in force."""
    return QColor(tokens().trip if level is Level.TRIP else tokens().warn)


@lru_cache(maxsize=16)
def _dashes(rgba: int, pattern: tuple[int, int]) -> QBrush:
    """Return a brush that fills a line with dashes: Qt strokes a dashed pen ten times slower."""
    drawn, left_out = pattern
    tile = QImage(drawn + left_out, 1, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(0)
    for x in range(drawn):
        tile.setPixelColor(x, 0, QColor.fromRgba(rgba))
    return QBrush(tile)


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
    scale follows its lines, never its limits. What is drawn is made anew only where lines, scale,
    size or theme change: a frame costs a few fills.
    """

    def __init__(self, box: LineBox) -> None:
        super().__init__(box, _OVER_LINES)
        self._lines: tuple[LimitLine, ...] = ()
        self._made_for: tuple[object, ...] = ()
        self._rules: list[tuple[QRectF, QBrush]] = []
        self._words: list[tuple[QPointF, QPixmap]] = []

    def show_lines(self, lines: Sequence[LimitLine]) -> None:
        """Draw these."""
        self._lines = tuple(lines)
        self._made_for = ()
        self._fill(empty=not self._lines)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw them."""
        del option, widget
        place = painter.transform()
        field = self._box.field
        ratio = painter.device().devicePixelRatio()
        made_for = (place, field, tokens().name, ratio)
        if made_for != self._made_for:
            self._made_for = made_for
            self._make(place, ratio)
        painter.setTransform(QTransform())
        for area, dashes in self._rules:
            painter.fillRect(area, dashes)
        painter.setTransform(place)

    @property
    def words(self) -> Sequence[tuple[QPointF, QPixmap]]:
        """Where its words stand, in the pixels of the screen; `LimitWords` paints them."""
        return self._words

    def _make(self, place: QTransform, ratio: float) -> None:
        """Find out where lines and words stand in the pixels of the screen."""
        field = self._box.field
        plot = place.mapRect(field)
        self._rules, self._words = [], []
        taken: list[QRectF] = []
        for line in sorted(self._lines, key=lambda one: -one.level):
            if not field.top() <= line.value <= field.bottom():
                continue
            y = round(place.map(QPointF(0, line.value)).y())
            dashes = _dashes(level_color(line.level).rgba(), _DOTS if line.gated else _DASHES)
            self._rules.append((QRectF(plot.left(), y, plot.width(), Size.LINE), dashes))
            words = _written(line, ratio)
            width, height = words.width() / ratio, words.height() / ratio
            left = plot.left() + Space.XS
            over, under = (
                QRectF(left, y - height, width, height),
                QRectF(left, y + 1, width, height),
            )
            for area in (over, under) if line.above else (under, over):
                if plot.contains(area) and not any(area.intersects(one) for one in taken):
                    taken.append(area)
                    self._words.append((area.topLeft(), words))
                    break


class LimitWords(_InBox):
    """The words of all limits of a plot, over the curves of every box: painted last."""

    def __init__(self, topmost: LineBox) -> None:
        super().__init__(topmost, _OVER_ALL_LINES)
        self._of: tuple[LimitLines, ...] = ()

    def show_of(self, lines: Sequence[LimitLines]) -> None:
        """Show the words of these."""
        self._of = tuple(lines)
        self._fill(empty=not self._of)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint them where the lines, which were painted before, have put them."""
        del option, widget
        place = painter.transform()
        painter.setTransform(QTransform())
        for lines in self._of:
            for at, words in lines.words:
                painter.drawPixmap(at, words)
        painter.setTransform(place)


def _written(line: LimitLine, ratio: float) -> QPixmap:
    """Return the words of a line upon a piece of the ground."""
    font = text_font(Type.SMALL)
    metrics = QFontMetricsF(font)
    width, height = math.ceil(metrics.horizontalAdvance(line.words)) + Space.XS, metrics.height()
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(tokens().surface))
    painter = QPainter(picture)
    painter.setFont(font)
    painter.setPen(level_color(line.level))
    painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignVCenter, line.words)
    painter.end()
    return picture


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
