"""From columns to lines that Qt can draw, without a Python object for each point."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter, QPolygonF
from shiboken6 import VoidPtr

from cartech_desk.ui.models.columns import Columns
from cartech_desk.ui.models.line_points import line_points


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

    A thicker line is drawn again a pixel of the screen lower: Qt strokes lines of one pixel many
    times faster than wider ones.
    """
    points = line_points(columns, to_px.left_ns, 1 / to_px.x_per_ns)
    if not len(points):
        return
    pixels = np.column_stack(
        (points.t_ns * to_px.x_per_ns + to_px.x0, to_px.y0 - points.values * to_px.y_per_value)
    )
    cuts = np.flatnonzero(~points.joined[:-1]) + 1
    polygons = [_polygon(line) for line in np.split(pixels, cuts)]
    ratio = painter.device().devicePixelRatio()
    painter.save()
    for _ in range(round(thickness * ratio)):
        for polygon in polygons:
            painter.drawPolyline(polygon)
        painter.translate(0, 1 / ratio)
    painter.restore()


def _polygon(points: NDArray[np.float64]) -> QPolygonF:
    polygon = QPolygonF()
    polygon.resize(len(points))
    memory = VoidPtr(polygon.data(), points.nbytes, True)
    np.frombuffer(memory, np.float64).reshape(-1, 2)[:] = points
    return polygon
