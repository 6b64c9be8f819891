"""The pull within a run: throttle open, speed rising, before the lift.

Found on rows of 50 ms whatever the rate, and whatever is looked at later: the pull does not depend
on correction or smoothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.run import TestType
from cartech_desk.domain.dyno.series import Floats, Series, onto, rows_of, running_median
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
"""The gain falls below this part of what it was over the second before: that is the lift."""
_BEFORE_S: Final = 1.0
_LIFT_TAKES_S: Final = 0.5
_FALLEN: Final = 0.88
_QUICK_S: Final = 0.2
_LEAST_GAIN: Final = 0.08
_RUNNING: Final = 0.2


@dataclass(frozen=True, slots=True)
class Pull:
    """From when to when, artefacts of both ends left out; `rising_at_end` where no lift came."""

    first_s: float
    last_s: float
    rising_at_end: bool = False


def find_pull(
    driver: Series, throttle: Series, test_type: TestType, broken: tuple[tuple[float, float], ...]
) -> tuple[Pull | None, str]:
    """Return the pull of a run, or None and a sentence that says why there is none.

    `driver` is speed (slips taken out), engine speed or, where neither is known, power.
    """
    if test_type is TestType.COAST_DOWN:
        return None, "This is a coast-down: it tells losses, no power."
    rows = rows_of(driver, _ROW_S)
    if len(rows) < 5:
        return None, "There are too few values to find a pull in."
    top = float(np.percentile(rows.x, 98))
    if not top > 0.0:
        return None, "Nothing turned in this run."
    open_throttle = _open(throttle, rows.t_s, broken)
    rate = _rate(rows, _window_s(rows))
    if test_type is TestType.STEADY_STATE:
        running = (rows.x > _RUNNING * top) & open_throttle
    else:
        running = _rising(rows, rate, top) & open_throttle
    found = _largest(rows, running)
    if found is None:
        return None, "The speed never rises with the throttle open: there is no pull in this run."
    first, last = found
    if test_type is not TestType.STEADY_STATE and rows.x[last] - rows.x[first] < _LEAST_GAIN * top:
        return None, "The speed hardly rises in this run: there is no pull in it."
    at_end = last >= len(rows) - 2
    ends_s = float(rows.t_s[last]) - END_S
    if not at_end and test_type is not TestType.STEADY_STATE:
        ends_s = min(ends_s, _foot_moves_s(rows.t_s, _rate(rows, _QUICK_S), last))
    pull = Pull(float(rows.t_s[first]) + START_S, ends_s, at_end)
    if pull.last_s - pull.first_s < LEAST_S:
        return None, (
            f"The speed rises for {rows.t_s[last] - rows.t_s[first]:.1f} s only: without what "
            "starting and lifting disturb, too little is left."
        )
    return pull, ""


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


def _rising(rows: Series, rate: Floats, top: float) -> NDArray[np.bool_]:
    """Tell where speed rises as in a pull: noticeably, and not half as fast as just before."""
    upward = rate[rate > 0.0]
    usual = float(np.percentile(upward, 90)) if len(upward) else 0.0
    rising = rate > max(_LEAST_RISE * top, _LEAST_OF_USUAL * usual)
    step_s = max(rows.step_s, 1e-3)
    count = max(3, round(_BEFORE_S / step_s) | 1)
    back = count // 2 + max(1, round(_window_s(rows) / 2.0 / step_s))
    if len(rate) > back + count:
        before = running_median(rate, count)[:-back]
        rising[back:] &= ~((rate[back:] < _LIFT * before) & (before > 0.0))
    return np.asarray(rising)


def _foot_moves_s(t_s: Floats, rate: Floats, last: int) -> float:
    """Return when the gain fell for good before a lift: from there on it is no pull any more."""
    lift_s = float(t_s[last])
    low, high = np.searchsorted(t_s, (lift_s - 1.5 * _BEFORE_S, lift_s - _LIFT_TAKES_S))
    if high - low < 3:
        return lift_s
    before = float(np.median(rate[low:high]))
    whole = np.flatnonzero(rate[high : last + 1] >= _FALLEN * before)
    return float(t_s[high + whole[-1]]) if len(whole) else float(t_s[high])


def _open(
    throttle: Series, t_s: Floats, broken: tuple[tuple[float, float], ...]
) -> NDArray[np.bool_]:
    """Tell where the throttle is open; everywhere where it does not say."""
    always = np.ones(len(t_s), dtype=np.bool_)
    if len(throttle) < 3:
        return always
    low, high = (
        float(value)
        for value in np.percentile(throttle.x[:: len(throttle) // 1000 + 1], (2.0, 98.0))
    )
    if high - low < 20.0:
        return always
    limit = low + 0.6 * (high - low)
    there = onto(throttle, t_s, broken)
    return np.asarray(~(there < limit))


def _largest(rows: Series, running: NDArray[np.bool_]) -> tuple[int, int] | None:
    """Return first and last row of the stretch that gains most."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], running.view(np.int8), [0]))))
    best, most = None, -np.inf
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        gain = float(np.abs(rows.x[after - 1] - rows.x[first]) + 1e-9 * (after - first))
        if gain > most:
            best, most = (first, after - 1), gain
    return best
