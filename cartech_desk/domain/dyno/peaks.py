"""Peaks: the highest power and torque that stand for at least 0.2 s, and how sure they are.

A peak is looked for among means over 0.2 s that lie wholly within the pull and cross no gap; the
levels of smoothing go on top of these. The highest of many values that scatter is too high: what
of it the parabola through its neighbourhood does not bear out is taken off, as far as the scatter
explains it. Each level starts from what the one before it showed, so that none shows a higher peak.
Torque is power over engine speed, both averaged alike.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.forces import NM_RPM_TO_KW
from cartech_desk.domain.dyno.pull import Pull
from cartech_desk.domain.dyno.result import Peak, Uncertainty
from cartech_desk.domain.dyno.series import Floats, Series, means_of, parabola, rows_of
from cartech_desk.domain.dyno.smoothing import LEVELS, averaged, one_level_more
from cartech_desk.domain.dyno.spikes import SUPPORT_S

_ROW_S: Final = 0.02
_STANDS: Final = 0.98
"""A peak stands as long as the curve is not lower than this part of it."""
_ALL_WINDOWS: Final = 1.5
_SIGMAS: Final = 1.96
_FEW_SIGMAS: Final = 2.5
"""95 % by Student, where the scatter itself is known from some six values only."""
_OF_MEAN: Final = 1.2533
"""From the mean distance to the standard deviation."""
_PARABOLA_S: Final = 0.8
_MOST_BIAS: Final = 2.0
"""More standard deviations than this the highest of some dozen values is hardly off."""
_HARDLY_BIASED: Final = 0.001
"""A parabola fits no engine better than to this part."""
_PARABOLA_IS_S: Final = 0.7
_NEAR_S: Final = 4.0
_OF_FOURTH: Final = math.sqrt(70.0)
_LEAST_PAIRS: Final = 5
_MOST_SURGE: Final = 0.008
"""More than this of what swings slower than single means is the engine's own curve: its knees
(boost that comes, cams that change) would be taken for scatter."""
_SHARE_OF_WINDOW: Final = 0.6
_AT_END_S: Final = 0.3
"""A peak so near to the end of the pull may have been cut off by it."""
_SLOPE_S: Final = 0.8
_MOST_CUT_S: Final = 1.0
_LEAST_CUT: Final = 0.002


@dataclass(frozen=True, slots=True)
class Trace:
    """A stretch without a gap: power [kW], engine speed (0 where not known), speed [km/h]."""

    t_s: Floats
    power_kw: Floats
    rpm: Floats
    speed_kmh: Floats

    def split(self, after: NDArray[np.intp]) -> "list[Trace]":
        """Return the stretches between the samples after which it is cut."""
        edges = [0, *(after + 1).tolist(), len(self.t_s)]
        return [
            Trace(self.t_s[a:b], self.power_kw[a:b], self.rpm[a:b], self.speed_kmh[a:b])
            for a, b in pairwise(edges)
        ]


@dataclass(frozen=True, slots=True)
class _Top:
    value: float
    rpm: float
    speed_kmh: float
    t_s: float
    support_s: float
    doubt: float


def peaks_of(
    stretches: list[Trace], with_rpm: list[Trace], level: int
) -> tuple[Peak | None, Peak | None]:
    """Return the peaks of power and of torque at a level; None where no stretch is long enough.

    `with_rpm` are the stretches in which engine speed is known throughout.
    """
    levels = [_levels(one, level) for one in stretches]
    # Most stretches are the same for both.
    made = {
        (len(one.t_s), float(one.t_s[0])): means
        for one, means in zip(stretches, levels, strict=True)
        if len(one.t_s)
    }
    turning = [
        made.get((len(one.t_s), float(one.t_s[0]))) or _levels(one, level) for one in with_rpm
    ]
    return (
        no_higher(_peak(levels, level, torque=False), stretches, torque=False),
        no_higher(_peak(turning, level, torque=True), with_rpm, torque=True),
    )


def no_higher(peak: Peak | None, stretches: Sequence[Trace], *, torque: bool) -> Peak | None:
    """Return a peak no higher than the highest row: means of ratios of damaged rows may be."""
    if peak is None:
        return None
    top = -math.inf
    for one in stretches:
        rows = one.power_kw
        if torque:
            turns = one.rpm > 0.0
            rows = rows[turns] / (one.rpm[turns] * NM_RPM_TO_KW)
        if len(rows):
            top = max(top, float(np.nanmax(np.where(np.isfinite(rows), rows, -np.inf))))
    return replace(peak, value=top) if peak.value > top > -math.inf else peak


_Levels = dict[int, tuple[Floats, Floats]]
"""By level: times, and means of power, engine speed and road speed."""


def _peak(levels: list[_Levels], level: int, *, torque: bool) -> Peak | None:
    tops: dict[int, _Top] = {}
    for means in levels:
        for step, (t_s, table) in means.items():
            top = _highest(t_s, table, step, torque=torque, doubted=step == level)
            if step not in tops or top.value > tops[step].value:
                tops[step] = top
    if level not in tops:
        return None
    for step in range(1, max(tops) + 1):
        if tops[step].value > tops[step - 1].value:
            tops[step] = replace(tops[step], value=tops[step - 1].value)
    top = tops[level]
    # All that the windows took off is some half more than what the last of them did.
    moved = [
        share * abs(tops[other].value - top.value)
        for other, share in ((level - 1, _ALL_WINDOWS), (level + 1, 1.0))
        if other in tops
    ]
    unsure = Uncertainty(
        total=0.0, sampling=_FEW_SIGMAS * top.doubt, smoothing=max(moved, default=0.0)
    )
    return Peak(top.value, top.rpm, top.speed_kmh, top.t_s, top.support_s, summed(unsure))


def summed(unsure: Uncertainty, conditions: float | None = None) -> Uncertainty:
    """Return the same with its parts summed as roots of squares, `conditions` put in if given."""
    if conditions is not None:
        unsure = replace(unsure, conditions=conditions)
    parts = [getattr(unsure, one.name) for one in fields(unsure) if one.name != "total"]
    return replace(unsure, total=math.hypot(*parts))


def _levels(stretch: Trace, level: int) -> _Levels:
    """Return means over 0.2 s within a stretch at each level up to one more than `level`."""
    rows = _fewer(stretch)
    t_s = rows.t_s
    if len(t_s) < 3 or t_s[-1] - t_s[0] < SUPPORT_S:
        return {}
    table = np.stack((rows.power_kw, rows.rpm, np.nan_to_num(rows.speed_kmh)))
    means = averaged(t_s, table, SUPPORT_S)
    inner = (t_s - t_s[0] >= SUPPORT_S / 2.0 - 1e-9) & (t_s[-1] - t_s >= SUPPORT_S / 2.0 - 1e-9)
    if not inner.any():
        inner[len(t_s) // 2] = True
    t_s, means = t_s[inner], means[:, inner]
    found: _Levels = {}
    for step in range(min(level + 1, len(LEVELS) - 1) + 1):
        if step:
            means = one_level_more(t_s, means, step - 1)
        found[step] = t_s, means
    return found


def _highest(t_s: Floats, means: Floats, level: int, *, torque: bool, doubted: bool) -> _Top:
    power, rpm, speed = means
    x = power / (rpm * NM_RPM_TO_KW) if torque else power
    at = int(np.argmax(x))
    falls = np.flatnonzero(x < (_STANDS * x[at] if x[at] > 0.0 else x[at]))
    place = int(np.searchsorted(falls, at))
    low = int(falls[place - 1]) + 1 if place > 0 else 0
    high = int(falls[place]) - 1 if place < len(falls) else len(x) - 1
    too_high = float(x[at]) - _parabola(t_s, x, at) - _HARDLY_BIASED * abs(float(x[at]))
    if too_high > 0.0:
        too_high = min(too_high, _MOST_BIAS * _scatter(t_s, x, at, level))
    return _Top(
        float(x[at]) - max(too_high, 0.0),
        float(rpm[at]) if rpm[at] > 0.0 else np.nan,
        float(speed[at]),
        float(t_s[at]),
        float(t_s[high] - t_s[low]) + SUPPORT_S,
        _doubt(t_s, x, at) if doubted else 0.0,
    )


def _parabola(t_s: Floats, x: Floats, at: int) -> float:
    """Return the highest value of the parabola through what lies about a place."""
    low, high = np.searchsorted(t_s, (t_s[at] - _PARABOLA_S, t_s[at] + _PARABOLA_S + 1e-9))
    if high - low < _LEAST_PAIRS:
        return float(x[at])
    since = (t_s[low:high] - t_s[at]) / _PARABOLA_S
    return float(x[at] + parabola(since, x[low:high] - x[at])(since).max())


def _scatter(t_s: Floats, x: Floats, at: int, level: int) -> float:
    """Return the standard deviation of single means near a place, of what is no smooth curve."""
    low, high = np.searchsorted(t_s, (t_s[at] - _NEAR_S, t_s[at] + _NEAR_S))
    least_s = max(SUPPORT_S, _SHARE_OF_WINDOW * LEVELS[level].width_s)
    return _of_lags(t_s[low:high], x[low:high], [least_s])


def _doubt(t_s: Floats, x: Floats, at: int) -> float:
    """Return the standard deviation of what a parabola makes of the means near a place.

    It is worth a mean over some 0.7 s, of which a run has several to tell their scatter by.
    """
    low, high = np.searchsorted(t_s, (t_s[at] - _NEAR_S, t_s[at] + _NEAR_S))
    near_t, near = t_s[low:high], x[low:high]
    if len(near) < _LEAST_PAIRS:
        return 0.0
    wide_s = min(_PARABOLA_IS_S, float(near_t[-1] - near_t[0]) / 7.0)
    means = averaged(near_t, near, wide_s)
    inner = (near_t - near_t[0] >= wide_s / 2.0) & (near_t[-1] - near_t >= wide_s / 2.0)
    slow = _of_lags(near_t[inner], means[inner], [wide_s, max(1.0, wide_s)])
    quick = _of_lags(near_t, near, [SUPPORT_S])
    return min(slow, math.hypot(quick, _MOST_SURGE * abs(float(x[at]))))


def _of_lags(t_s: Floats, x: Floats, lags_s: list[float]) -> float:
    """Return the scatter of values by their fourth differences, which leave no smooth curve.

    The largest over several lags counts: what is alike from one to the next scatters over longer
    ones only.
    """
    step = float(t_s[-1] - t_s[0]) / max(len(t_s) - 1, 1) if len(t_s) else 0.0
    found = 0.0
    for lag_s in sorted(set(lags_s)):
        lag = max(1, round(lag_s / step)) if step > 0.0 else 1
        if len(x) < 4 * lag + _LEAST_PAIRS:
            break
        off = x[4 * lag :] + x[: -4 * lag] + 6.0 * x[2 * lag : -2 * lag]
        off -= 4.0 * (x[lag : -3 * lag] + x[3 * lag : -lag])
        found = max(found, _OF_MEAN * float(np.abs(off).mean()) / _OF_FOURTH)
    return found


def _fewer(stretch: Trace) -> Trace:
    """Return means over rows of 20 ms where samples come faster: a peak needs no more."""
    power = Series(stretch.t_s, stretch.power_kw)
    first = rows_of(power, _ROW_S)
    if len(first) == len(power):
        return stretch
    count = round(_ROW_S / power.step_s)
    full = len(first) * count
    rpm, speed = (means_of(x[:full], count) for x in (stretch.rpm, stretch.speed_kmh))
    return Trace(first.t_s, first.x, rpm, speed)


def with_losses(peak: Peak | None, part: float) -> Peak | None:
    """Return a peak with what the fit of the losses leaves of doubt, in its own unit."""
    if peak is None or part <= 0.0:
        return peak
    return replace(peak, uncertainty=summed(replace(peak.uncertainty, losses=part)))


def with_slips(peak: Peak | None, part: float) -> Peak | None:
    """Return a peak with the doubt of a time base that is off by a part of time between slips."""
    if peak is None or part <= 0.0:
        return peak
    sampling = float(np.hypot(peak.uncertainty.sampling, part * peak.value))
    return replace(peak, uncertainty=summed(replace(peak.uncertainty, sampling=sampling)))


def still_rising(
    peak: Peak | None, pull: Pull, t_s: Floats, x: Floats
) -> tuple[Peak | None, float]:
    """Return a peak at the end of a rising pull with what it may have gained up to the lift.

    `x` is what it is a peak of. Beside it the gain as a share of it; 0 where nothing was cut off.
    """
    if peak is None or not peak.value > 0.0 or peak.t_s < pull.last_s - _AT_END_S:
        return peak, 0.0
    low = int(np.searchsorted(t_s, pull.last_s - _SLOPE_S))
    since, values = t_s[low:] - pull.last_s, x[low:]
    if len(since) < 4:
        return peak, 0.0
    since = since - since.mean()
    square = float((since * since).sum())
    slope = float((since * values).sum()) / square
    off = values - values.mean() - slope * since
    unsure = _SIGMAS * float(np.sqrt((off * off).sum() / (len(off) - 2) / square))
    lift_s = min(pull.lift_s, pull.last_s + _MOST_CUT_S)
    part = slope * max(lift_s - peak.t_s, 0.0)
    if slope <= unsure or part < _LEAST_CUT * peak.value:
        return peak, 0.0
    unsure_peak = summed(replace(peak.uncertainty, cut=part))
    return replace(peak, uncertainty=unsure_peak), part / peak.value
