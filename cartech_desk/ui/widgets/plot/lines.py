"""Lines in a box: a channel's, and the grid's."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from cartech_desk.ui.models.line_points import LinePoints
from cartech_desk.ui.widgets.plot.canvas import LineBox

_INSET: Final = 1e-4  # so that a line's end is never rounded to the pixel beyond the field


class BoxedCurve(pg.PlotCurveItem):
    """A curve that reaches over its whole box, and is not measured anew with every frame."""

    def __init__(self, box: LineBox) -> None:
        super().__init__(antialias=False, skipFiniteCheck=True)
        self.setSegmentedLineMode("on")
        self._box = box
        box.addItem(self, ignoreBounds=True)

    def boundingRect(self) -> QRectF:
        """Return all that can be seen of the box."""
        return self._box.cover

    def leave(self) -> None:
        """Be gone from the box."""
        self._box.removeItem(self)


class TraceCurve(BoxedCurve):
    """The line of a channel, drawn as often as it is thick, a pixel of the screen lower each time.

    Qt strokes lines of one pixel many times faster than wider ones.
    """

    def __init__(self, box: LineBox, thickness: int) -> None:
        super().__init__(box)
        self._thickness = thickness

    def show_points(self, points: LinePoints, values: np.ndarray) -> None:
        """Show a line; `values` are the points' values in the shown unit."""
        if not len(points) and self.xData is not None and not len(self.xData):
            return
        joined = points.joined
        self.setData(points.t_ns / 1e9, values, connect="all" if joined[:-1].all() else joined)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the line."""
        if not len(self.xData):
            return
        super().paint(painter, option, widget)
        first = painter.transform()
        ratio = painter.device().devicePixelRatio()
        for step in range(1, round(self._thickness * ratio)):
            painter.setTransform(first * QTransform.fromTranslate(0, step / ratio))
            painter.drawLines(*self._getLineSegments())


class RuledLines(BoxedCurve):
    """Straight lines across the box, all with one pen: a grid, or marks."""

    def __init__(self, box: LineBox) -> None:
        super().__init__(box)
        self._ruled: tuple[object, ...] = ()

    def rule(self, at_s: Sequence[float], values: Sequence[float] = ()) -> None:
        """Draw upright lines at these seconds and level ones at these values."""
        field = self._box.field
        ruled = (tuple(at_s), tuple(values), field)
        if ruled == self._ruled:
            return
        self._ruled = ruled
        upright, level = np.repeat(at_s, 2), np.repeat(values, 2)
        inset = field.height() * _INSET
        ends = (field.top() + inset, field.bottom() - inset)
        x = np.concatenate((upright, np.tile((field.left(), field.right()), len(values))))
        y = np.concatenate((np.tile(ends, len(at_s)), level))
        self.setData(x, y, connect="pairs")
