"""Lines as pieces that Qt strokes at once, solid or dashed, without a Python object for each.

Qt strokes many separate pieces several times faster than one joined line of the same width, and a
dashed pen ten times slower than either: the dashes are cut here.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt import internals
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainter

Floats = NDArray[np.float64]

DASH: Final = 7.0
GAP: Final = 4.0
_NO_LENGTH: Final = 1e-3


def stroke(
    painter: QPainter, x: Floats, y: Floats, joined: NDArray[np.bool_], *, dashed: bool
) -> None:
    """Draw a line through points [pixels] with the painter's pen; broken where not `joined`."""
    if len(x) < 2:
        return
    pieces = dashes(x, y, joined) if dashed else solid(x, y, joined)
    if len(pieces):
        lines: Any = internals.PrimitiveArray(QLineF, 4)
        lines.resize(len(pieces))
        lines.ndarray()[:] = pieces
        painter.drawLines(*lines.drawargs())


def solid(x: Floats, y: Floats, joined: NDArray[np.bool_]) -> Floats:
    """Return x1, y1, x2, y2 of each piece of a line."""
    return np.column_stack((x[:-1], y[:-1], x[1:], y[1:]))[joined[:-1]]


def dashes(x: Floats, y: Floats, joined: NDArray[np.bool_]) -> Floats:
    """Return x1, y1, x2, y2 of each piece that is drawn of a dashed line."""
    lengths = np.hypot(np.diff(x), np.diff(y))
    lengths[~joined[:-1]] = 0.0
    way = np.concatenate(([0.0], np.cumsum(np.maximum(lengths, _NO_LENGTH))))
    period = DASH + GAP
    turns = np.concatenate((np.arange(DASH, way[-1], period), np.arange(period, way[-1], period)))
    cuts = np.sort(np.concatenate((way, turns)))
    at_x, at_y = np.interp(cuts, way, x), np.interp(cuts, way, y)
    middle = (cuts[:-1] + cuts[1:]) / 2
    piece = np.minimum(np.searchsorted(way, middle, side="right") - 1, len(x) - 2)
    drawn = (middle % period < DASH) & joined[:-1][piece]
    return np.column_stack((at_x[:-1], at_y[:-1], at_x[1:], at_y[1:]))[drawn]
