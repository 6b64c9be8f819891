"""Slips of a speed column: steps in its time base that no car drove, found and taken out.

Some devices export speed with a clock that slips by some 50 ms every few seconds while the car
goes on accelerating; naive differentiation then reads a third too much power. A slip is a short
burst of speed gain that stands far off the median gain around it and is gone at once, which no
roller's inertia allows.

Noise hides such bursts from row to row. What it does not hide is the step between the line through
the 0.2 s before a moment and the line through the 0.2 s after it; a surge of the engine is no step.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.result import Slip
from cartech_desk.domain.dyno.series import Floats, Series, gap_limit_s, rows_of, running_median

ROW_S: Final = 0.05
WINDOW_ROWS: Final = 15
_END_ROWS: Final = 3
"""So near an end there is too little beside a burst to tell it by."""
_MOST_ROWS: Final = 5
"""A slip is spread over this many rows at most."""
_SURE: Final = 6.5
"""Robust standard deviations off the median that a row of a slip stands at least once."""
_LEAST_PART: Final = 0.25
"""Least part of the median gain that its tallest row is off by."""
_SKIRT_PART: Final = 0.07
"""Rows beside it belong to it from this part on."""
_LEAST_S: Final = 0.012
_MOST_S: Final = 0.2
_MOST_ROWS_BACK: Final = 2
"""Speed that stands or falls for longer is a shift of gears, no clock that went back."""
_SLOWEST_ROW_S: Final = 0.22
"""Beyond, a row is longer than any slip, and traffic looks the same."""
_QUANTA: Final = 4.0
"""Least steps of the column's own resolution that a slip has to be."""
_STEP_ROW_S: Final = 0.01
_BESIDE_S: Final = 0.2
_LEAST_BESIDE: Final = 4
_SURE_STEP: Final = 5.0
"""Robust standard deviations of all steps of the run that a slip is at least."""
_SHARP_S: Final = 0.04
_SHARP_PART: Final = 0.7
"""Part of a step that has to come within so short a time: a surge takes longer."""
_BEND: Final = 0.35
_COARSE: Final = 0.05
_SAMPLES: Final = 2000
_TO_SIGMA: Final = 1.4826


def repair(speed: Series) -> tuple[Series, tuple[Slip, ...]]:
    """Return speed without its slips, and the slips; `x` in any unit of speed.

    After a slip the column goes on as it was before it, less the step: what was measured stays
    the measure of speed, and this is for its derivative.
    """
    if 0.0 < speed.step_s < ROW_S / 2.0:
        # Where samples come fast a step tells when it was better than rows do.
        speed, steps = _without_steps(speed, [])
        speed, bursts = _without_bursts(speed)
    else:
        speed, bursts = _without_bursts(speed)
        speed, steps = _without_steps(speed, [one.t_s for one in bursts])
    return speed, tuple(sorted((*steps, *bursts), key=lambda one: one.t_s))


def hidden_s(speed: Series) -> float:
    """Return the longest slip that the noise of a speed column may hide; 0 where that is not known.

    As it is in the middle of how fast the speed of the run rises. A column that tells the same
    value again and again is coarse, which is a doubt of its own.
    """
    if len(speed) < 3 or np.count_nonzero(speed.x[1:] == speed.x[:-1]) > _COARSE * (len(speed) - 1):
        return 0.0
    found = _steps(speed)
    if found is None:
        return 0.0
    rising = found.slope[found.slope > 0.3 * float(found.slope.max(initial=0.0))]
    return _SURE_STEP * found.scatter / float(np.median(rising)) if len(rising) else 0.0


def _without_bursts(speed: Series) -> tuple[Series, tuple[Slip, ...]]:
    """Return speed without what stands off from row to row, and where that was."""
    rows = rows_of(speed, ROW_S)
    if len(rows) < WINDOW_ROWS or rows.step_s > _SLOWEST_ROW_S:
        return speed, ()
    spans = np.diff(rows.t_s)
    rate = np.diff(rows.x) / spans
    usual = running_median(rate, WINDOW_ROWS)
    off = rate - usual
    scatter = _TO_SIGMA * running_median(np.abs(off), WINDOW_ROWS)
    quantum = _resolution(speed.x)
    scatter = np.maximum(scatter, np.maximum(float(np.median(scatter)), 0.5 * quantum / spans))
    resolution = _QUANTA * quantum
    gap = gap_limit_s(rows.step_s)
    part = np.abs(usual)
    tall = (np.abs(off) > np.maximum(_SURE * scatter, _LEAST_PART * part)) & (spans < gap)
    skirt = (np.abs(off) > np.maximum(2.0 * scatter, _SKIRT_PART * part)) & (spans < gap)
    tall[:_END_ROWS] = tall[-_END_ROWS:] = False
    repaired, found = speed.x, []
    for first, last in _bursts(tall, skirt, np.sign(off)):
        step = float((off[first : last + 1] * spans[first : last + 1]).sum())
        slope = float(np.median(usual[first : last + 1]))
        if slope == 0.0 or abs(step) < resolution:
            continue
        by_s = step / slope
        if by_s < 0.0 and last - first >= _MOST_ROWS_BACK:
            continue
        if not (_LEAST_S <= abs(by_s) <= _MOST_S) or _is_a_bend(rate, usual, first, last):
            continue
        if repaired is speed.x:
            repaired = speed.x.copy()
        _take_out(speed.t_s, repaired, float(rows.t_s[first]), float(rows.t_s[last + 1]), slope)
        found.append(Slip(float((rows.t_s[first] + rows.t_s[last + 1]) / 2.0), by_s))
    return Series(speed.t_s, repaired, speed.backwards, speed.doubled), tuple(found)


@dataclass(frozen=True, slots=True)
class _Steps:
    """Between rows: the step from line to line, the gain about it, and how sharp the step is."""

    t_s: Floats
    step: Floats
    slope: Floats
    bend: Floats
    sharp: Floats
    scatter: float


def _steps(speed: Series) -> _Steps | None:
    """Return the steps at every moment of a run that has enough on both sides of it."""
    rows = rows_of(speed, _STEP_ROW_S)
    if len(rows) < 3 or not 0.0 < rows.step_s < 1.05 * ROW_S:
        return None
    n = max(_LEAST_BESIDE, round(_BESIDE_S / rows.step_s))
    if len(rows) < 4 * n + 2:
        return None
    x, step_s = rows.x - rows.x[0], rows.step_s
    # The line through n samples, half a step beyond the last of them: weights of each.
    place = np.arange(n) - (n - 1) / 2.0
    ahead = 1.0 / n + place * (n / 2.0) / float(place @ place)
    right = np.correlate(x, ahead[::-1], "valid")
    left = np.correlate(x, ahead, "valid")
    means = np.correlate(x, np.full(n, 1.0 / n), "valid")
    short = max(1, round(_SHARP_S / step_s))
    briefly = np.correlate(x, np.full(short, 1.0 / short), "valid")
    at = np.arange(2 * n, len(x) - 2 * n + 1)
    before = (means[at - n] - means[at - 2 * n]) / (n * step_s)
    after = (means[at + n] - means[at]) / (n * step_s)
    slope = (before + after) / 2.0
    step = right[at] - left[at - n]
    sharp = briefly[at] - briefly[at - short] - slope * short * step_s
    apart = rows.t_s[at + n - 1] - rows.t_s[at - n]
    # Where samples are missing nothing is told.
    step[apart > 1.5 * 2.0 * n * step_s] = 0.0
    scatter = _TO_SIGMA * float(np.median(np.abs(step - np.median(step))))
    times = (rows.t_s[at - 1] + rows.t_s[at]) / 2.0
    return _Steps(times, step, slope, np.abs(after - before), sharp, scatter)


def _without_steps(speed: Series, known_s: list[float]) -> tuple[Series, tuple[Slip, ...]]:
    """Return speed without its sharp steps, and where they were; `known_s` are repaired already."""
    steps = _steps(speed)
    if steps is None:
        return speed, ()
    least = max(_SURE_STEP * steps.scatter, _QUANTA * _resolution(speed.x))
    size, slope = np.abs(steps.step), steps.slope
    with np.errstate(divide="ignore", invalid="ignore"):
        by_s = np.where(slope > 0.0, steps.step / slope, 0.0)
    told = (
        (size > least)
        & (np.abs(by_s) >= _LEAST_S)
        & (np.abs(by_s) <= _MOST_S)
        & (steps.bend < _BEND * slope + 4.0 * steps.scatter / _BESIDE_S)
        & (steps.sharp * np.sign(steps.step) > _SHARP_PART * size)
    )
    for when in known_s:
        told &= np.abs(steps.t_s - when) > 2.0 * _BESIDE_S
    found: list[Slip] = []
    repaired = speed.x
    for index in np.flatnonzero(told)[np.argsort(-size[told])].tolist():
        when = float(steps.t_s[index])
        if any(abs(one.t_s - when) < 2.0 * _BESIDE_S for one in found):
            continue
        if repaired is speed.x:
            repaired = speed.x.copy()
        repaired[int(np.searchsorted(speed.t_s, when)) :] -= steps.step[index]
        _bridge(speed.t_s, repaired, when)
        found.append(Slip(when, float(by_s[index])))
    return Series(speed.t_s, repaired, speed.backwards, speed.doubled), tuple(found)


def _bridge(t_s: Floats, x: Floats, when_s: float) -> None:
    """Put a line in place of what lies so near to a slip that it may be on its other side."""
    first, low, high, after = np.searchsorted(
        t_s,
        (when_s - 2.0 * _SHARP_S, when_s - _SHARP_S, when_s + _SHARP_S, when_s + 2.0 * _SHARP_S),
    )
    if low - first > 0 and after - high > 0 and high - low > 2:
        ends_t = (float(t_s[first:low].mean()), float(t_s[high:after].mean()))
        ends_x = (float(x[first:low].mean()), float(x[high:after].mean()))
        x[low:high] = np.interp(t_s[low:high], ends_t, ends_x)


def _bursts(
    tall: NDArray[np.bool_], skirt: NDArray[np.bool_], side: Floats
) -> list[tuple[int, int]]:
    """Return the stretches of rows of one side that hold a tall one and are short."""
    found: list[tuple[int, int]] = []
    for index in np.flatnonzero(tall).tolist():
        if found and index <= found[-1][1]:
            continue
        first = last = index
        while first > 0 and skirt[first - 1] and side[first - 1] == side[index]:
            first -= 1
        while last < len(tall) - 1 and skirt[last + 1] and side[last + 1] == side[index]:
            last += 1
        if last - first < _MOST_ROWS:
            found.append((first, last))
    return found


def _is_a_bend(rate: Floats, usual: Floats, first: int, last: int) -> bool:
    """Tell whether the gain stays another one after the burst: a lift, a shift, a launch."""
    before, after = rate[max(first - 4, 0) : first], rate[last + 1 : last + 5]
    if len(before) == 0 or len(after) == 0:
        return True
    one, other = float(np.median(before)), float(np.median(after))
    return abs(one - other) > 0.5 * max(abs(float(usual[first])), 1e-12)


def _take_out(t_s: Floats, x: Floats, start_s: float, end_s: float, slope: float) -> None:
    """Put a straight line of `slope` in place of what lies between, and move what comes after."""
    low, high = np.searchsorted(t_s, (start_s, end_s), side="right")
    if low == 0 or high <= low:
        return
    base_t, base_x = t_s[low - 1], x[low - 1]
    line = base_x + slope * (t_s[low:high] - base_t)
    moved = line[-1] - x[high - 1]
    x[low:high] = line
    x[high:] += moved


def _resolution(x: Floats) -> float:
    """Return the least steps that the column makes, seen where its gain changes by them.

    A twentieth of the changes are smaller: single ones come from rounding. Some thousand samples
    of the middle tell it.
    """
    middle = len(x) // 2
    changes = np.abs(np.diff(x[max(middle - _SAMPLES, 0) : middle + _SAMPLES], 2))
    changes = changes[changes > 1e-9 * float(np.abs(x).max())]
    if len(changes) == 0:
        return 0.0
    place = len(changes) // 20
    return float(np.partition(changes, place)[place])
