"""One pane of curves over an axis that is not time: grid, shades, lines, marks.

All panes of a chart lie upon one canvas and share the axis below. The lines that stay are kept as
a picture: a cursor that moves, or a run that is being driven, costs none of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from cartech_desk.ui.models.curve_lines import Line, Mark
from cartech_desk.ui.theme.theme import series_color, tokens
from cartech_desk.ui.theme.tokens import Size
from cartech_desk.ui.widgets.plot.canvas import thin_pen
from cartech_desk.ui.widgets.plot.strokes import stroke

_SHADE_ALPHA: Final = 56
_LEAST_SHADE: Final = 3.0
_MARK: Final = 4.5


class CurvePane(pg.GraphicsObject):
    """Draws in the pixels of the canvas's owner; what it shows is handed to it piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.plot = QRect(0, 0, 1, 1)
        self.left, self.right = 0.0, 1.0
        self.low, self.high = 0.0, 1.0
        self._uprights: tuple[float, ...] = ()
        self._levels: tuple[float, ...] = ()
        self._nought = False
        self._shades: tuple[tuple[float, float, str], ...] = ()
        self._crossing: float | None = None
        self._lines: tuple[Line, ...] = ()
        self._live: tuple[Line, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        self._picture: QPixmap | None = None
        self._drawn_for: tuple[object, ...] = ()

    # What is shown

    def place(self, plot: QRect) -> None:
        """Draw here."""
        if plot != self.plot:
            self.prepareGeometryChange()
            self.plot = QRect(plot)

    def show_range(self, left: float, right: float, low: float, high: float) -> None:
        """Show from `left` to `right` of the axis and from `low` to `high`."""
        self.left, self.right, self.low, self.high = left, right, low, high

    def rule(
        self, uprights: Sequence[float], levels: Sequence[float], *, nought: bool = False
    ) -> None:
        """Draw the grid; with `nought` the line of nought stands out."""
        self._uprights, self._levels, self._nought = tuple(uprights), tuple(levels), nought

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these; the last lies on top."""
        same = len(lines) == len(self._lines) and all(
            new.same_as(old) for new, old in zip(lines, self._lines, strict=True)
        )
        if same:
            return
        self._lines = tuple(lines)
        self._drawn_for = ()

    def show_live(self, lines: Sequence[Line]) -> None:
        """Show these over all others; they change ten times a second."""
        self._live = tuple(lines)

    def show_shades(self, shades: Sequence[tuple[float, float, str]]) -> None:
        """Shade these stretches of the axis: something was wrong there."""
        self._shades = tuple(shades)

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Mark these points."""
        self._marks = tuple(marks)

    def show_crossing(self, at: float | None) -> None:
        """Draw the upright line at which equal numbers are the same power."""
        self._crossing = at

    # Where things are

    def x_of(self, at: float) -> float:
        """Return the x of a place of the axis."""
        return self.plot.left() + (at - self.left) / (self.right - self.left) * self.plot.width()

    def y_of(self, value: float) -> float:
        """Return the y of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.plot.top() + (1 - share) * self.plot.height()

    def boundingRect(self) -> QRectF:
        """Return the plot with its frame."""
        return QRectF(self.plot).adjusted(-1, -1, 1, 1)

    # Drawing

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw shades, grid, lines, marks and the frame."""
        del option, widget
        plot = QRectF(self.plot)
        painter.save()
        painter.setClipRect(plot.adjusted(0, -Size.SERIES_LINE, 0, Size.SERIES_LINE))
        self._draw_ground(painter, plot)
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(self.plot.topLeft(), self._drawn(ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in self._live:
            self._draw_line(painter, line)
        self._draw_heads(painter)
        self._draw_marks(painter)
        painter.restore()
        painter.setPen(thin_pen(tokens().line))
        painter.drawRect(self.plot.adjusted(0, 0, -1, 0))

    def _draw_ground(self, painter: QPainter, plot: QRectF) -> None:
        shade = QColor(tokens().warn)
        shade.setAlpha(_SHADE_ALPHA)
        for first, last, _ in self._shades:
            begin, end = sorted((self.x_of(first), self.x_of(last)))
            wide = max(_LEAST_SHADE, end - begin)
            middle = (begin + end) / 2
            painter.fillRect(QRectF(middle - wide / 2, plot.top(), wide, plot.height()), shade)
        painter.setPen(thin_pen(tokens().line))
        for at in self._uprights:
            x = round(self.x_of(at))
            painter.drawLine(x, self.plot.top(), x, self.plot.bottom())
        for value in self._levels:
            y = round(self.y_of(value))
            painter.drawLine(self.plot.left(), y, self.plot.right(), y)
        if self._nought:
            painter.setPen(thin_pen(tokens().muted))
            y = round(self.y_of(0.0))
            painter.drawLine(self.plot.left(), y, self.plot.right(), y)
        if self._crossing is not None:
            painter.setPen(thin_pen(tokens().edge, Qt.PenStyle.DotLine))
            x = round(self.x_of(self._crossing))
            painter.drawLine(x, self.plot.top(), x, self.plot.bottom())

    def _drawn(self, ratio: float) -> QPixmap:
        """Return the lines that stay as a picture."""
        key = (
            self.plot.size().toTuple(),
            (self.left, self.right, self.low, self.high),
            tokens().name,
            ratio,
        )
        if self._picture is None or key != self._drawn_for:
            picture = QPixmap(self.plot.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-self.plot.left(), -self.plot.top())
            for alike in _alike(self._lines):
                self._draw_line(painter, alike)
            painter.end()
            self._picture, self._drawn_for = picture, key
        return self._picture

    def _draw_line(self, painter: QPainter, line: Line) -> None:
        pen = QPen(line.ink, line.width)
        pen.setCosmetic(True)
        painter.setPen(pen)
        per_x = self.plot.width() / (self.right - self.left)
        per_y = self.plot.height() / (self.high - self.low)
        x = self.plot.left() + (line.x - self.left) * per_x
        y = self.plot.top() + (self.high - line.y) * per_y
        stroke(painter, x, y, line.joined, dashed=line.dashed)

    def _draw_heads(self, painter: QPainter) -> None:
        """Mark where the run that is being driven has come to."""
        painter.setPen(Qt.PenStyle.NoPen)
        for line in self._live:
            if len(line.x):
                painter.setBrush(line.ink)
                head = QPointF(self.x_of(line.x[-1]), self.y_of(line.y[-1]))
                painter.drawEllipse(head, _MARK, _MARK)

    def _draw_marks(self, painter: QPainter) -> None:
        for mark in self._marks:
            ink = QColor(series_color(mark.color))
            painter.setPen(QPen(ink if mark.ring else QColor(tokens().surface), 1.5))
            painter.setBrush(QColor(tokens().surface) if mark.ring else ink)
            painter.drawEllipse(QPointF(self.x_of(mark.x), self.y_of(mark.y)), _MARK, _MARK)


def _alike(lines: Sequence[Line]) -> list[Line]:
    """Join lines that look the same into one, in the order in which the first of each comes.

    A crowd of runs has far fewer looks than lines; each look is stroked once.
    """
    looks: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        if len(line.x):
            looks.setdefault((line.ink.rgba(), line.dashed, line.width), []).append(line)
    joined = []
    for same in looks.values():
        parts = [(line.x, line.y, np.append(line.joined[:-1], False)) for line in same]
        x, y, to_next = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        joined.append(replace(same[0], x=x, y=y, joined=to_next))
    return joined
