"""Curves on one axis: the range that they share, and their values at the same places of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.result import Curve


@dataclass(frozen=True, slots=True)
class Axis:
    """What runs are compared over: `step` between places, `hole` the widest stretch without any."""

    word: str
    words: str
    unit: str
    step: float
    hole: float
    least: float
    """The shortest range that two runs have to share."""
    support: float
    """Over so much of it a gain has to stand to count as one."""

    def of(self, curve: Curve) -> NDArray[np.float64]:
        """Return a curve's places on this axis."""
        return curve.rpm if self.word == "rpm" else curve.speed_kmh

    def has(self, curve: Curve) -> bool:
        """Tell whether a curve has any power on this axis."""
        return bool(np.count_nonzero(_there(self, curve)) > 1)

    def reach(self, curve: Curve) -> tuple[float, float]:
        """Return the lowest and the highest place at which a curve has power."""
        x = self.of(curve)[_there(self, curve)]
        return float(x.min()), float(x.max())

    def pace(self, curve: Curve) -> float:
        """Return how much of this axis a curve runs through in a second."""
        x = self.of(curve)[_there(self, curve)]
        took_s = float(curve.t_s[-1] - curve.t_s[0])
        return float(np.ptp(x)) / took_s if took_s > 0.0 else 0.0


RPM: Final = Axis("rpm", "engine speed", "rpm", 10.0, 300.0, 100.0, 100.0)
SPEED: Final = Axis("speed", "road speed", "km/h", 0.5, 10.0, 5.0, 2.5)


@dataclass(frozen=True, slots=True)
class Row:
    """A run on the common range, corrected; NaN in a hole."""

    power_kw: NDArray[np.float64]
    torque_nm: NDArray[np.float64]


def common_axis(curves: Sequence[Curve]) -> Axis:
    """Return engine speed where every curve has it, else road speed."""
    return RPM if all(RPM.has(curve) for curve in curves) else SPEED


def on_common_range(
    axis: Axis, curves: Sequence[Curve], factors: Sequence[float]
) -> tuple[NDArray[np.float64], list[Row]]:
    """Return the places that all curves share, and each one's corrected values there.

    The places are whole steps of the axis, none where less than `axis.least` is shared.
    """
    reaches = [axis.reach(curve) for curve in curves]
    low, high = max(low for low, _ in reaches), min(high for _, high in reaches)
    if high - low < axis.least:
        return np.empty(0), []
    first, last = int(np.ceil(low / axis.step)), int(np.floor(high / axis.step))
    x: NDArray[np.float64] = np.arange(first, last + 1, dtype=np.float64) * axis.step
    return x, [_row(axis, curve, factor, x) for curve, factor in zip(curves, factors, strict=True)]


def _row(axis: Axis, curve: Curve, factor: float, x: NDArray[np.float64]) -> Row:
    there = _there(axis, curve)
    places = axis.of(curve)[there]
    power = _placed(axis, places, curve.power_kw[there], x) * factor
    torque = curve.torque_nm[there]
    known = np.isfinite(torque)
    if np.count_nonzero(known) < 2:
        return Row(power, np.full(len(x), np.nan))
    return Row(power, _placed(axis, places[known], torque[known], x) * factor)


def _placed(
    axis: Axis, places: NDArray[np.float64], values: NDArray[np.float64], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return values at `x`: the mean of each step, linear between, NaN in a hole.

    The mean first, since engine speed is noisy: sorted samples alone would make a saw of a curve.
    """
    cells = np.rint(places / axis.step).astype(np.int64)
    cells -= cells.min()
    count = np.bincount(cells).astype(np.float64)
    filled = count > 0
    count = count[filled]
    middle = np.bincount(cells, places)[filled] / count
    mean = np.bincount(cells, values)[filled] / count
    found: NDArray[np.float64] = np.interp(x, middle, mean)
    for hole in np.flatnonzero(np.diff(middle) > axis.hole):
        found[(x > middle[hole]) & (x < middle[hole + 1])] = np.nan
    return found


def _there(axis: Axis, curve: Curve) -> NDArray[np.bool_]:
    return np.isfinite(axis.of(curve)) & np.isfinite(curve.power_kw)
