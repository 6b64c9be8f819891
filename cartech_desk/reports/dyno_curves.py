"""A run's curve as a sheet needs it: corrected, over one axis, and read at round values of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.roles import Role

SIDE: Final = (Role.LAMBDA, Role.AFR, Role.BOOST)
"""What stands under power and torque, where a run has it."""
_MIXTURE: Final = (Role.LAMBDA, Role.AFR)


@dataclass(frozen=True, slots=True)
class SheetCurve:
    """Arrays of one length in order of time; power and torque corrected and as measured.

    `axis` is "rpm", or "speed" where engine speed is not known; `x` is rpm or km/h. `side` holds
    what the run has of `SIDE`, in canonical units. Where a value is not known it is NaN, and no
    line is drawn and no number read across; `x` itself goes on there.
    """

    axis: str
    x: NDArray[np.float64]
    power_kw: NDArray[np.float64]
    torque_nm: NDArray[np.float64]
    measured_kw: NDArray[np.float64]
    measured_nm: NDArray[np.float64]
    speed_kmh: NDArray[np.float64]
    side: Mapping[Role, NDArray[np.float64]]


def curve_of(result: RunResult, axis: str = "") -> SheetCurve | None:
    """Return the curve over `axis` (rpm where it is known), None where the run has none."""
    curve = result.curve
    if len(curve.t_s) < 2:
        return None
    axis = axis or ("rpm" if np.isfinite(curve.rpm).any() else "speed")
    x = curve.rpm if axis == "rpm" else curve.speed_kmh
    known = np.isfinite(x) & np.isfinite(curve.power_kw)
    if np.count_nonzero(known) < 2:
        return None
    places = np.flatnonzero(known)
    kept = slice(int(places[0]), int(places[-1]) + 1)
    x = np.interp(curve.t_s, curve.t_s[known], x[known])
    # A gap is a row without values: left out, the line would go straight across it.
    power, torque = (np.where(known, one, np.nan) for one in (curve.power_kw, curve.torque_nm))
    factor = result.factor.value
    side = {role: values[kept] for role in SIDE if (values := side_of(result, role)) is not None}
    measured = [role for role in _MIXTURE if role in side and role in result.roles]
    if len(measured) == 1:
        # The other one is the same, computed from it.
        side = {role: side[role] for role in side if role not in _MIXTURE or role in measured}
    return SheetCurve(
        axis,
        x[kept],
        power[kept] * factor,
        torque[kept] * factor,
        power[kept],
        torque[kept],
        curve.speed_kmh[kept],
        side,
    )


def side_of(result: RunResult, role: Role) -> NDArray[np.float64] | None:
    """Return what plays a role beside power, None where the run has nothing of it."""
    others = result.curve.others
    for name in (result.roles.get(role, ""), role.value):
        values = others.get(name)
        if values is not None and np.isfinite(values).any():
            return values
    return None


def common_axis(results: Sequence[RunResult]) -> str:
    """Return "rpm" where every run that has a curve knows it, else "speed"."""
    drawn = [one for one in results if len(one.curve.t_s) > 1]
    every = all(np.isfinite(one.curve.rpm).any() for one in drawn)
    return "rpm" if every else "speed"


def steps(curves: Sequence[SheetCurve], step: float) -> NDArray[np.float64]:
    """Return the multiples of `step` that at least one curve spans."""
    if not curves:
        return np.empty(0)
    first = math.ceil(min(float(one.x.min()) for one in curves) / step - 1e-9)
    last = math.floor(max(float(one.x.max()) for one in curves) / step + 1e-9)
    return np.arange(first, last + 1, dtype=np.float64) * float(step)


def read_at(
    curve: SheetCurve, values: NDArray[np.float64], at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return `values` where the curve first comes to `at`; NaN outside it and within a gap.

    Linear between samples. Where the axis goes back (noise, a slipping wheel) the first pass
    counts.
    """
    front = np.maximum.accumulate(curve.x)
    new = np.concatenate(([True], front[1:] > front[:-1]))
    if np.count_nonzero(new) < 2:
        return np.full(len(at), np.nan)
    found = np.interp(at, front[new], values[new], left=np.nan, right=np.nan)
    return np.asarray(found, dtype=np.float64)


def thinned(
    xs: NDArray[np.float64], ys: NDArray[np.float64], most: int = 1200
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return so many points at most that a line through them looks the same: extremes stay."""
    count = len(xs)
    if count <= most:
        return xs, ys
    bucket = math.ceil(2 * count / most)
    whole = count // bucket * bucket
    starts = np.arange(0, whole, bucket)
    table = ys[:whole].reshape(-1, bucket)
    kept = np.unique(
        np.concatenate(
            (starts + table.argmin(axis=1), starts + table.argmax(axis=1), [0, count - 1])
        )
    )
    return xs[kept], ys[kept]


def pieces(values: NDArray[np.float64]) -> list[slice]:
    """Return the stretches in which values are known, two at least."""
    known = np.concatenate(([False], np.isfinite(values), [False]))
    edges = np.flatnonzero(known[1:] != known[:-1])
    return [
        slice(int(first), int(last))
        for first, last in zip(edges[::2], edges[1::2], strict=True)
        if last - first > 1
    ]
