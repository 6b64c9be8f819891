"""The pull within a run: throttle open, speed rising, before the lift.

Found on rows of 50 ms whatever the rate, and whatever is looked at later: the pull does not depend
on correction or smoothing. Where the foot leaves the throttle is seen in gain times speed, which
is power: the gain alone falls on any car that is quick enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.run import TestType
from cartech_desk.domain.dyno.series import (
    EMPTY,
    Floats,
    Series,
    onto,
    rows_of,
    running_median,
)
from cartech_desk.domain.dyno.smoothing import averaged

START_S: Final = 0.3
END_S: Final = 0.2
"""What real runs show at their start and end is no power: it is left out."""
LEAST_S: Final = 0.5
_ROW_S: Final = 0.05
_WINDOW_S: Final = (0.45, 2.0)
_LEAST_RISE: Final = 0.002
"""Least part of the highest speed that is gained in a second while it rises."""
_LEAST_OF_USUAL: Final = 0.1
_LIFT: Final = 0.5
"""The power falls below this part of what it was over the second before: that is the lift."""
_BEFORE_S: Final = 1.0
_LIFT_TAKES_S: Final = 0.5
_FALLEN: Final = 0.88
_QUICK_S: Final = 0.2
_LEAST_GAIN: Final = 0.08
_RUNNING: Final = 0.2
_NEARLY_CLOSED: Final = 0.25
"""A throttle plate below this part of its range is closed; one that a computer moves is not yet."""
_HALF_CLOSED: Final = 0.6
_WEAKER: Final = 0.75
"""Below that, it ends a pull only where the power falls to this part of what it was, too."""
_PARTED_S: Final = 0.7
"""Stretches in one gear that are parted by less are one pull with a hole in it."""
_SAME_RATIO: Final = 0.04
_SUPPORT_ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class Rival:
    """Another pull of the same run: from when to when, and what it reaches [kW]."""

    first_s: float
    last_s: float
    peak_kw: float


@dataclass(frozen=True, slots=True)
class Pull:
    """From when to when, artefacts of both ends left out; `rising_at_end` where no lift came.

    `lift_s` is when the foot left the throttle, or the end of what was measured. In `holes` it had
    left it for a moment: they are no part of the pull. `rivals` are the run's other pulls,
    `peak_kw` what this one reaches beside them.
    """

    first_s: float
    last_s: float
    rising_at_end: bool = False
    lift_s: float = np.inf
    holes: tuple[tuple[float, float], ...] = ()
    rivals: tuple[Rival, ...] = ()
    peak_kw: float = 0.0


def find_pull(
    driver: Series,
    throttle: Series,
    test_type: TestType,
    broken: tuple[tuple[float, float], ...],
    *,
    power: Series = EMPTY,
    engine: Series = EMPTY,
) -> tuple[Pull | None, str]:
    """Return the pull of a run, or None and a sentence that says why there is none.

    `driver` is speed (slips taken out), engine speed or, where neither is known, power. Of several
    pulls it is the one that reaches the highest `power`; `engine` speed tells their gears.
    """
    if test_type is TestType.COAST_DOWN:
        return None, "This is a coast-down: it tells losses, no power."
    rows = rows_of(driver, _ROW_S)
    if len(rows) < 5:
        return None, "There are too few values to find a pull in."
    top = float(np.percentile(rows.x, 98))
    if not top > 0.0:
        return None, "Nothing turned in this run."
    rate = _rate(rows, _window_s(rows))
    before = _before(rows, rate * rows.x)
    open_throttle = _open(throttle, rows, broken, rate * rows.x < _WEAKER * before)
    if test_type is TestType.STEADY_STATE:
        found = _largest(rows, (rows.x > _RUNNING * top) & open_throttle)
        stretches = [found] if found else []
    else:
        stretches = _stretches(_rising(rows, rate, before, top) & open_throttle)
    if not stretches:
        return None, "The speed never rises with the throttle open: there is no pull in this run."
    quick = _rate(rows, _QUICK_S)
    steady = test_type is TestType.STEADY_STATE
    parts = [_part(rows, quick, one, steady=steady) for one in stretches]
    longest = max(rows.t_s[last] - rows.t_s[first] for first, last in stretches)
    groups = _joined(rows, parts, engine, broken)
    if groups and not steady:
        groups = [
            group
            for group in groups
            if rows.x[group[-1].last] - rows.x[group[0].first] >= _LEAST_GAIN * top
        ]
        if not groups:
            return None, "The speed hardly rises in this run: there is no pull in it."
    pulls = [pull for pull in map(_pull_of, groups) if pull is not None]
    if not pulls:
        return None, (
            f"The speed rises for {longest:.1f} s only: without what "
            "starting and lifting disturb, too little is left."
        )
    # Rows of a broken run may leave a hole where a pull lies between two of them.
    gains = [float(np.ptp(x)) if len(x) else 0.0 for x in (_within(rows, one).x for one in pulls)]
    return _strongest(pulls, power, gains), ""


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of rows that rises: which they are, and what of it is undisturbed."""

    first: int
    last: int
    first_s: float
    last_s: float
    lift_s: float
    at_end: bool


def _part(rows: Series, quick: Floats, stretch: tuple[int, int], *, steady: bool) -> _Part:
    first, last = stretch
    at_end = last >= len(rows) - 2
    end_s = lift_s = float(rows.t_s[last])
    last_s = end_s - END_S
    if not at_end and not steady:
        moves_s, lift_s = _foot_moves_s(rows.t_s, quick * rows.x, last)
        last_s = min(last_s, moves_s)
    return _Part(first, last, float(rows.t_s[first]) + START_S, last_s, lift_s, at_end)


def _joined(
    rows: Series, parts: Sequence[_Part], engine: Series, broken: tuple[tuple[float, float], ...]
) -> list[list[_Part]]:
    """Return parts in groups that are one pull each: hardly parted, and in the same gear."""
    groups: list[list[_Part]] = []
    for part in parts:
        if not part.last_s - part.first_s >= 0.0:
            continue
        before = groups[-1][-1] if groups else None
        if (
            before is not None
            and rows.t_s[part.first] - rows.t_s[before.last] < _PARTED_S
            and _same_gear(rows, before, part, engine, broken)
        ):
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _same_gear(
    rows: Series,
    one: _Part,
    other: _Part,
    engine: Series,
    broken: tuple[tuple[float, float], ...],
) -> bool:
    """Tell whether engine speed over road speed is the same; where it is not known it may be."""
    if len(engine) < 3:
        return True
    ratios = []
    for part in (one, other):
        cut = slice(part.first, part.last + 1)
        turning = onto(engine, rows.t_s[cut], broken)
        known = np.isfinite(turning) & (rows.x[cut] > 0.0)
        if not known.any():
            return True
        ratios.append(float(np.median(turning[known] / rows.x[cut][known])))
    low, high = min(ratios), max(ratios)
    return high <= low * (1.0 + _SAME_RATIO)


def _pull_of(group: Sequence[_Part]) -> Pull | None:
    """Return the pull of parts that belong together, None where too little is left."""
    holes = tuple((a.last_s, b.first_s) for a, b in pairwise(group))
    first_s, last_s = group[0].first_s, group[-1].last_s
    if last_s - first_s - sum(b - a for a, b in holes) < LEAST_S:
        return None
    return Pull(first_s, last_s, group[-1].at_end, group[-1].lift_s, holes)


def _strongest(pulls: Sequence[Pull], power: Series, gains: Sequence[float]) -> Pull:
    """Return the pull with the highest power that stands for 0.2 s; without power the longest."""
    if len(pulls) == 1:
        return pulls[0]
    rows = rows_of(power, _ROW_S)
    stands = Series(rows.t_s, running_median(rows.x, _SUPPORT_ROWS)) if len(rows) else rows
    peaks = [float(_within(stands, one).x.max(initial=-np.inf)) for one in pulls]
    if not np.isfinite(peaks).any():
        return pulls[int(np.argmax(gains))]
    best = int(np.argmax(peaks))
    rivals = tuple(
        Rival(one.first_s, one.last_s, peak)
        for index, (one, peak) in enumerate(zip(pulls, peaks, strict=True))
        if index != best and np.isfinite(peak)
    )
    return replace(pulls[best], rivals=rivals, peak_kw=peaks[best])


def _within(series: Series, pull: Pull) -> Series:
    """Return what of a series lies within a pull and in none of its holes."""
    found = series.between(pull.first_s, pull.last_s)
    kept = outside(pull.holes, found.t_s)
    return found if kept.all() else Series(found.t_s[kept], found.x[kept])


def outside(holes: Sequence[tuple[float, float]], t_s: Floats) -> NDArray[np.bool_]:
    """Tell which times lie in no hole."""
    kept = np.ones(len(t_s), dtype=np.bool_)
    for first, last in holes:
        kept &= (t_s <= first) | (t_s >= last)
    return kept


def pull_of_power(power: Series) -> tuple[Pull | None, str]:
    """Return the stretch with power, for runs that tell neither speed nor engine speed."""
    rows = rows_of(power, _ROW_S)
    if len(rows) < 5:
        return None, "There are too few values to find a pull in."
    top = float(np.percentile(rows.x, 98))
    found = _largest(rows, rows.x > 0.25 * top) if top > 0.0 else None
    if found is None:
        return None, "There is no power in this run."
    first, last = float(rows.t_s[found[0]]) + START_S, float(rows.t_s[found[1]]) - END_S
    if last - first < LEAST_S:
        return None, "There is power for a moment only."
    return Pull(first, last, found[1] >= len(rows) - 2), ""


def _rate(rows: Series, window: float) -> Floats:
    """Return how fast speed rises, centred over a window [s] and smoothed over half of it."""
    t_s = rows.t_s
    half = np.minimum(window / 2.0, np.minimum(t_s - t_s[0], t_s[-1] - t_s))
    half[0], half[-1] = half[1], half[-2]
    later, earlier = np.minimum(t_s + half, t_s[-1]), np.maximum(t_s - half, t_s[0])
    spans = np.maximum(later - earlier, 1e-9)
    rate = (np.interp(later, t_s, rows.x) - np.interp(earlier, t_s, rows.x)) / spans
    return averaged(t_s, rate, window / 2.0)


def _window_s(rows: Series) -> float:
    return min(max(9.0 * rows.step_s, _WINDOW_S[0]), _WINDOW_S[1])


def _before(rows: Series, power: Floats) -> Floats:
    """Return what power (gain times speed) was over the second before; 0 where nothing was."""
    step_s = max(rows.step_s, 1e-3)
    count = max(3, round(_BEFORE_S / step_s) | 1)
    back = count // 2 + max(1, round(_window_s(rows) / 2.0 / step_s))
    found = np.zeros(len(power))
    if len(power) > back + count:
        found[back:] = running_median(power, count)[:-back]
    return found


def _rising(rows: Series, rate: Floats, before: Floats, top: float) -> NDArray[np.bool_]:
    """Tell where speed rises as in a pull: noticeably, and not half as strongly as just before."""
    power = rate * rows.x
    usual, strong = (
        float(np.percentile(x[x > 0.0], 90)) if (x > 0.0).any() else 0.0 for x in (rate, power)
    )
    rising = (rate > _LEAST_RISE * top) & (
        (rate > _LEAST_OF_USUAL * usual) | (power > _LEAST_OF_USUAL * strong)
    )
    return np.asarray(rising & ~((power < _LIFT * before) & (before > 0.0)))


def _foot_moves_s(t_s: Floats, power: Floats, last: int) -> tuple[float, float]:
    """Return when the power fell for good before a lift, and when it had fallen by half."""
    lift_s = float(t_s[last])
    low, high = np.searchsorted(t_s, (lift_s - 1.5 * _BEFORE_S, lift_s - _LIFT_TAKES_S))
    if high - low < 3:
        return lift_s, lift_s
    before = float(np.median(power[low:high]))
    whole = np.flatnonzero(power[high : last + 1] >= _FALLEN * before)
    moves = high + int(whole[-1]) if len(whole) else int(high)
    gone = np.flatnonzero(power[moves:] < _LIFT * before)
    return float(t_s[moves]), float(t_s[moves + int(gone[0])]) if len(gone) else lift_s


def _open(
    throttle: Series,
    rows: Series,
    broken: tuple[tuple[float, float], ...],
    weaker: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tell where the throttle is open; everywhere where it does not say.

    A plate that a computer holds half closed is open as long as the power does not fall (`weaker`).
    """
    always = np.ones(len(rows), dtype=np.bool_)
    if len(throttle) < 3:
        return always
    low, high = (
        float(value)
        for value in np.percentile(throttle.x[:: len(throttle) // 1000 + 1], (2.0, 98.0))
    )
    if high - low < 20.0:
        return always
    there = onto(throttle, rows.t_s, broken)
    closed = there < low + _NEARLY_CLOSED * (high - low)
    half = there < low + _HALF_CLOSED * (high - low)
    for first, last in _stretches(half & ~closed):
        # Where the power has fallen with it the plate stays closed until it opens again.
        fallen = np.flatnonzero(weaker[first : last + 1])
        if len(fallen):
            closed[first + int(fallen[0]) : last + 1] = True
    return np.asarray(~closed)


def _stretches(running: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and last row of every stretch."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], running.view(np.int8), [0]))))
    return [(a, b - 1) for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]


def _largest(rows: Series, running: NDArray[np.bool_]) -> tuple[int, int] | None:
    """Return first and last row of the stretch that gains most."""
    best, most = None, -np.inf
    for first, last in _stretches(running):
        gain = float(np.abs(rows.x[last] - rows.x[first]) + 1e-9 * (last - first + 1))
        if gain > most:
            best, most = (first, last), gain
    return best
