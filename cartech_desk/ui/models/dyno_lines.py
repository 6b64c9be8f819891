"""A run's lines: what lies over the axis chosen, and as few points as show all of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.result import Curve, Peak, RunResult
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.units import ShownUnit

Floats = NDArray[np.float64]

_GAP: Final = 8.0
"""A step in time so many times longer than usual, and longer than `_GAP_S`, breaks the line."""
_GAP_S: Final = 0.35

_KEPT: Final = 24


@dataclass(frozen=True, slots=True)
class Points:
    """A line: `x` in canonical units of the axis, `y` as it was measured; `joined` to the next.

    `low` and `high` are its ends, NaN of a line without points; every point is finite.
    """

    x: Floats
    y: Floats
    joined: NDArray[np.bool_]
    low: float
    high: float

    def __len__(self) -> int:
        return len(self.x)

    def in_unit(self, unit: ShownUnit) -> "Points":
        """Return the line in the unit that is shown."""
        ends = unit.to_shown(self.low), unit.to_shown(self.high)
        return Points(self.x, unit.to_shown(self.y), self.joined, min(ends), max(ends))

    def times(self, factor: float) -> "Points":
        """Return the line a positive factor higher."""
        return Points(self.x, self.y * factor, self.joined, self.low * factor, self.high * factor)


NO_POINTS: Final = Points(
    np.empty(0), np.empty(0), np.empty(0, np.bool_), float("nan"), float("nan")
)


def over(curve: Curve, axis: str) -> Floats:
    """Return what lies on the axis: "rpm" [rpm], "speed" [km/h] or "time" [s of the pull].

    Times count from the pull's begin, so that runs lie over each other by it.
    """
    if axis == "time":
        return curve.t_s - curve.t_s[:1] if len(curve.t_s) else curve.t_s
    return curve.rpm if axis == "rpm" else curve.speed_kmh


def place_of(peak: Peak | None, curve: Curve, axis: str) -> float:
    """Return where a peak stands on the axis; NaN where that is not known."""
    if peak is None:
        return float("nan")
    if axis == "time":
        return peak.t_s - float(curve.t_s[0]) if len(curve.t_s) else float("nan")
    return peak.rpm if axis == "rpm" else peak.speed_kmh


def has_axis(result: RunResult, axis: str) -> bool:
    """Tell whether a run can be drawn over an axis."""
    return bool(np.isfinite(over(result.curve, axis)).any())


def of_role(result: RunResult, role: Role) -> Floats | None:
    """Return the values of a role along the curve; None where the run has none."""
    others = result.curve.others
    for name in (role.value, result.roles.get(role, "")):
        values = others.get(name)
        if values is None or not len(values):
            continue
        if np.isfinite(values[len(values) // 2]) or np.isfinite(values).any():
            return values
    return None


def mixture_of(results: Sequence[RunResult]) -> tuple[Role, ...]:
    """Return in which words these runs tell their mixture: AFR, lambda, or both.

    Lambda where it was measured throughout; else AFR, and lambda for runs that have no other.
    """
    told = [
        result
        for result in results
        if any(of_role(result, role) is not None for role in (Role.AFR, Role.LAMBDA))
    ]
    if told and all(Role.LAMBDA in one.roles and Role.AFR not in one.roles for one in told):
        return (Role.LAMBDA,)
    return (Role.AFR, Role.LAMBDA)


def as_mixture(result: RunResult, role: Role, told: Sequence[Role]) -> Floats | None:
    """Return a run's mixture in one of the words that are told; each run is told once."""
    if role is not told[0] and of_role(result, told[0]) is not None:
        return None
    return of_role(result, role)


def breaks(t_s: Floats) -> NDArray[np.bool_]:
    """Return where a line must not run on to the next point: the run has a gap there."""
    if len(t_s) < 2:
        return np.zeros(len(t_s), np.bool_)
    steps = np.diff(t_s)
    usual = float(np.median(steps))
    return np.append(steps > max(_GAP_S, _GAP * usual), True)


def thinned(x: Floats, y: Floats, broken: NDArray[np.bool_], most: int) -> Points:
    """Return a line of at most about `most` points that keeps every peak and dip.

    The samples go into equal groups in their own order, and of each the lowest and the highest are
    kept; a line may therefore run backwards along x, as an engine that slips does.
    """
    good = np.isfinite(x) & np.isfinite(y)
    if not good.any():
        return NO_POINTS
    apart = broken | ~good
    keep = np.flatnonzero(good)
    if len(keep) > most:
        keep = _extremes(y, keep, most)
    # The line is broken where anything between two kept points was.
    count = np.concatenate(([0], np.cumsum(apart)))
    joined = np.zeros(len(keep), np.bool_)
    joined[:-1] = count[keep[1:]] == count[keep[:-1]]
    kept = y[keep]
    return Points(x[keep], kept, joined, float(kept.min()), float(kept.max()))


def _extremes(y: Floats, keep: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    groups = max(1, most // 2)
    size = -(-len(keep) // groups)
    padded = np.concatenate((keep, np.full(-len(keep) % size, keep[-1]))).reshape(-1, size)
    values = y[padded]
    rows = np.arange(len(padded))
    chosen = np.concatenate(
        (
            keep[:1],
            padded[rows, values.argmin(axis=1)],
            padded[rows, values.argmax(axis=1)],
            keep[-1:],
        )
    )
    return np.unique(chosen)


@dataclass(slots=True)
class RunLines:
    """The lines of one run over one axis, thinned once for each curve and stretch that is shown.

    Values are uncorrected: another correction multiplies what is there and thins nothing anew.
    """

    curve: Curve
    axis: str
    _broken: NDArray[np.bool_] = field(init=False)
    _made: dict[object, Points] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Find where the run has gaps."""
        self._broken = breaks(self.curve.t_s)

    def gaps(self) -> NDArray[np.intp]:
        """Return the places of the last point before each gap."""
        return np.flatnonzero(self._broken[:-1])

    def points(
        self,
        values: Floats,
        shown: tuple[float, float] | None,
        most: int,
        unit: ShownUnit | None = None,
    ) -> Points:
        """Return the line of values (an array of the curve) within a stretch of x, None all.

        The same line again is the same object, so that nothing of it need be drawn anew.
        """
        key = (id(values), shown, most, unit)
        found = self._made.get(key)
        if found is None:
            if len(self._made) > _KEPT:
                self._made.clear()
            found = self._thin(values, shown, most)
            if unit is not None:
                found = found.in_unit(unit)
            self._made[key] = found
        return found

    def _thin(self, values: Floats, shown: tuple[float, float] | None, most: int) -> Points:
        x = over(self.curve, self.axis)
        if shown is None:
            return thinned(x, values, self._broken, most)
        inside = np.flatnonzero((x >= shown[0]) & (x <= shown[1]))
        if not len(inside):
            return NO_POINTS
        part = slice(max(0, inside[0] - 1), inside[-1] + 2)
        return thinned(x[part], values[part], self._broken[part], most)


def ends_of(lines: Iterable[Points]) -> tuple[float, float] | None:
    """Return the lowest and highest of several lines; None where none has a point."""
    ends = [(line.low, line.high) for line in lines if len(line)]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None


def extent(arrays: Iterable[Floats]) -> tuple[float, float] | None:
    """Return the lowest and highest of several arrays; None where none has a number."""
    lows, highs = [], []
    for values in arrays:
        good = values[np.isfinite(values)]
        if len(good):
            lows.append(float(good.min()))
            highs.append(float(good.max()))
    return (min(lows), max(highs)) if lows else None
