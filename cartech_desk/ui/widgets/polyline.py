"""From columns to lines that Qt can draw, without a Python object for each point."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter, QPolygonF
from shiboken6 import VoidPtr

from cartech_desk.ui.models.columns import Columns


@dataclass(frozen=True, slots=True)
class Mapping:
    """To pixels: x = (t - left_ns) * x_per_ns + x0, y = y0 - value * y_per_value."""

    left_ns: int
    x_per_ns: float
    x0: float
    y0: float
    y_per_value: float


def draw_columns(painter: QPainter, columns: Columns, to_px: Mapping, thickness: int = 1) -> None:
    """Draw the line of a trace with the painter's pen (one pixel wide), broken at each gap.

    A column that holds a range is drawn from end to end, beginning at the end nearer to where the
    line comes from. A thicker line is drawn again a pixel lower: Qt strokes lines of one pixel
    many times faster than wider ones.
    """
    if not len(columns):
        return
    polygons = [_polygon(points) for points in _lines(columns, to_px)]
    for step in range(thickness):
        for polygon in polygons:
            painter.drawPolyline(polygon)
        if step < thickness - 1:
            painter.translate(0, 1)
    painter.translate(0, 1 - thickness)


def _lines(columns: Columns, to_px: Mapping) -> list[NDArray[np.float64]]:
    x = (columns.t_ns - to_px.left_ns) * to_px.x_per_ns + to_px.x0
    low = to_px.y0 - columns.low * to_px.y_per_value
    if columns.low is columns.high:
        points = np.column_stack((x, low))
        points_each = 1
    else:
        high = to_px.y0 - columns.high * to_px.y_per_value
        middle = low + high
        rises = np.empty(len(middle), np.bool_)
        rises[0] = True
        np.less_equal(middle[1:], middle[:-1], out=rises[1:])  # y grows downwards
        points = np.empty((2 * len(x), 2))
        points[0::2, 0] = x
        points[1::2, 0] = x
        points[0::2, 1] = np.where(rises, low, high)
        points[1::2, 1] = np.where(rises, high, low)
        points_each = 2
    cuts = np.flatnonzero(columns.starts[1:]) + 1
    lines = np.split(points, cuts * points_each) if len(cuts) else [points]
    return [_visible(line) for line in lines]


def _visible(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give a lone sample between two gaps a length, so that it is not lost."""
    if line[0, 0] == line[-1, 0] and np.ptp(line[:, 1]) < 1:
        x, y = line[0]
        return np.array(((x - 1, y), (x + 1, y)))
    return line


def _polygon(points: NDArray[np.float64]) -> QPolygonF:
    polygon = QPolygonF()
    polygon.resize(len(points))
    memory = VoidPtr(polygon.data(), points.nbytes, True)
    np.frombuffer(memory, np.float64).reshape(-1, 2)[:] = points
    return polygon
