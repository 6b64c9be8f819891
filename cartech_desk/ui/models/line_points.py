"""From columns to the points of a line, as few as show all that the columns hold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cartech_desk.ui.models.columns import Columns


@dataclass(frozen=True, slots=True)
class LinePoints:
    """Points of a line, oldest first: `t_ns` float64 from an origin, `values` float64.

    `joined` bool is True where a line runs from the point to the next one.
    """

    t_ns: NDArray[np.float64]
    values: NDArray[np.float64]
    joined: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.t_ns)


def line_points(columns: Columns, origin_ns: int, pixel_ns: float) -> LinePoints:
    """Return the points of a line through columns, broken at each gap.

    A column that holds one value is one point. One that holds a range is two, beginning at the end
    nearer to where the line comes from. A column alone between two gaps is drawn a pixel
    (`pixel_ns`) to either side, so that it is not lost.
    """
    t_ns = (columns.t_ns - origin_ns).astype(np.float64)
    if not len(t_ns):
        return LinePoints(t_ns, t_ns.copy(), np.empty(0, np.bool_))
    last = np.empty(len(t_ns), np.bool_)  # the line ends with this column
    last[:-1] = columns.starts[1:]
    last[-1] = True
    alone = last & columns.starts
    wide = columns.low != columns.high
    two = wide | alone
    if not two.any():
        return LinePoints(t_ns, columns.low, ~last)
    middle = columns.low + columns.high
    rises = np.empty(len(middle), np.bool_)
    rises[0] = True
    np.greater_equal(middle[1:], middle[:-1], out=rises[1:])
    pixel = np.where(alone, pixel_ns, 0.0)
    times = np.column_stack((t_ns - pixel, t_ns + pixel)).ravel()
    values = np.column_stack(
        (
            np.where(rises, columns.low, columns.high),
            np.where(rises, columns.high, columns.low),
        )
    ).ravel()
    joined = np.ones(len(times), np.bool_)
    joined[1::2] = ~last
    if two.all():
        return LinePoints(times, values, joined)
    kept = np.ones(len(times), np.bool_)
    kept[1::2] = two
    joined[0::2] = two | ~last
    return LinePoints(times[kept], values[kept], joined[kept])
