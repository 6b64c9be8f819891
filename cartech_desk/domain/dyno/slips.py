"""Slips of a speed column: steps in its time base that no car drove, found and taken out.

Some devices export speed with a clock that slips by some 50 ms every few seconds while the car
goes on accelerating; naive differentiation then reads a third too much power. A slip is a short
burst of speed gain that stands far off the median gain around it and is gone at once, which no
roller's inertia allows.
"""

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
_SAMPLES: Final = 2000
_TO_SIGMA: Final = 1.4826


def repair(speed: Series) -> tuple[Series, tuple[Slip, ...]]:
    """Return speed without its slips, and the slips; `x` in any unit of speed.

    After a slip the column goes on as it was before it, less the step: what was measured stays
    the measure of speed, and this is for its derivative.
    """
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
