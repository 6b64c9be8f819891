"""Characteristic curves and maps, and the lag of a slow thing."""

import math
from bisect import bisect_right
from collections.abc import Sequence


class Curve:
    """Linear between points, constant outside."""

    def __init__(self, at: Sequence[float], values: Sequence[float]) -> None:
        if len(at) != len(values) or list(at) != sorted(set(at)):
            raise ValueError("a curve needs rising points with one value each")
        self._at = tuple(float(x) for x in at)
        self._values = tuple(float(y) for y in values)

    def __call__(self, x: float) -> float:
        """Return the value at `x`."""
        index, share = _place(self._at, x)
        low, high = self._values[index], self._values[index + 1]
        return low + (high - low) * share


class Map:
    """Bilinear over two axes, constant outside; one row of `values` for each point of `rows`."""

    def __init__(
        self, rows: Sequence[float], columns: Sequence[float], values: Sequence[Sequence[float]]
    ) -> None:
        self._rows = tuple(float(x) for x in rows)
        self._lines = tuple(Curve(columns, line) for line in values)
        if len(self._rows) != len(self._lines):
            raise ValueError("a map needs one line of values for each row")

    def __call__(self, row: float, column: float) -> float:
        """Return the value at a point of the map."""
        index, share = _place(self._rows, row)
        low, high = self._lines[index](column), self._lines[index + 1](column)
        return low + (high - low) * share


def _place(at: tuple[float, ...], x: float) -> tuple[int, float]:
    if x <= at[0]:
        return 0, 0.0
    if x >= at[-1]:
        return len(at) - 2, 1.0
    index = bisect_right(at, x) - 1
    return index, (x - at[index]) / (at[index + 1] - at[index])


def lag(value: float, target: float, tau_s: float, dt_s: float) -> float:
    """First-order lag over one step, exact for a constant target."""
    return target + (value - target) * math.exp(-dt_s / tau_s)
