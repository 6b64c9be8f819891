"""Smoothing: centred windows in time, one level on top of the other.

A level is the mean over a window of the line through the samples, taken of the level before it.
So it is a mean of that level's values with weights that are never negative, and its highest value
cannot be higher; being centred and exact for lines, it shifts nothing and leaves a ramp as it is,
however irregular the samples. Towards the ends of a stretch (of the pull, of a gap) there is too
little on one side: there the stretch is carried on along the line through its last window, with
what scatters about that line mirrored, so that an end is about as quiet as the middle.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.result import Smoothing
from cartech_desk.domain.dyno.series import Floats

_WINDOWS_S: Final = (0.1, 0.1, 0.2, 0.4, 0.8)
LEVELS: Final = tuple(
    Smoothing(level, round(sum(_WINDOWS_S[:level]), 3)) for level in range(len(_WINDOWS_S) + 1)
)
"""Levels 0 to 5: none, then windows of 0.1, 0.2, 0.4, 0.8 and 1.6 s in all."""

_WHOLE: Final = 1e-6
_LEAST_HALF_S: Final = 1e-6
"""Narrower windows are the sample itself: rounding would weigh more than what they average."""


def smoothing_of(level: int) -> Smoothing:
    """Return the nearest level that there is."""
    return LEVELS[min(max(level, 0), len(LEVELS) - 1)]


def smoothed(t_s: Floats, x: Floats, level: int, gaps: NDArray[np.intp] | None = None) -> Floats:
    """Return rows of values at a level; `x` is (n,) or (rows, n), `gaps` as in `averaged`."""
    widths = _WINDOWS_S[: smoothing_of(level).level]
    if len(widths) == 0 or len(t_s) < 3:
        return x
    rows = np.atleast_2d(x)
    cuts = [0, *((gaps + 1).tolist() if gaps is not None else []), len(t_s)]
    found = rows if len(cuts) == 2 else np.empty_like(rows)
    for first, after in pairwise(cuts):
        part, step_s = rows[:, first:after], _even_step_s(t_s[first:after])
        for width in widths:
            part = _one_more(t_s[first:after], part, width, step_s)
        if len(cuts) == 2:
            found = part
        else:
            found[:, first:after] = part
    return found if x.ndim == 2 else found[0]


def one_level_more(t_s: Floats, x: Floats, level: int) -> Floats:
    """Return what is at `level` already at the level after it; of the last level itself."""
    if level >= len(_WINDOWS_S):
        return x
    found = _one_more(t_s, np.atleast_2d(x), _WINDOWS_S[level], _even_step_s(t_s))
    return found if x.ndim == 2 else found[0]


def _even_step_s(t_s: Floats) -> float:
    """Return the distance of samples that are all equally far apart; 0 where they are not."""
    if len(t_s) < 3:
        return 0.0
    step = float(t_s[-1] - t_s[0]) / (len(t_s) - 1)
    off = t_s[1:] - t_s[:-1]
    off -= step
    return step if max(float(off.max()), -float(off.min())) < 1e-6 * step else 0.0


def _one_more(t_s: Floats, rows: Floats, width_s: float, step_s: float) -> Floats:
    """Average a stretch without gaps over a window, carried on at its ends.

    `step_s` is its step where that is even, else 0.
    """
    n = len(t_s)
    if n < 3:
        return rows
    span = float(t_s[-1] - t_s[0])
    low = int(np.searchsorted(t_s, t_s[0] + min(width_s, span) + _LEAST_HALF_S))
    high = int(np.searchsorted(t_s, t_s[-1] - min(width_s, span) - _LEAST_HALF_S))
    if low < 3 or n - high < 3:
        return averaged(t_s, rows, width_s)
    reach_s = width_s / 2.0 + _LEAST_HALF_S
    longer, before = _carried_on(t_s, rows, reach_s, (low, high))
    if step_s > 0.0:
        found = _even(longer, width_s / 2.0 / step_s)[:, before : before + n]
    else:
        longer_t = _carried_on(t_s, t_s[None, :], reach_s, (low, high))[0][0]
        found = _uneven(longer_t, longer, width_s / 2.0, longer_t[0], longer_t[-1])
        found = found[:, before : before + n]
    # No end may rise above what there is, nor fall below it.
    return _clipped(found, rows)


def _carried_on(
    t_s: Floats, rows: Floats, reach_s: float, ends: tuple[int, int]
) -> tuple[Floats, int]:
    """Return rows with what goes on beyond both ends, and how many come before the first.

    Beyond an end goes on the line through what lies within it (before and from the indices
    `ends` on), with the scatter about it in a mirror: a sample's twin lies as far beyond as the
    sample lies within, and differs from it by what the line gains from the one to the other.
    """
    n = len(t_s)
    low, high = ends
    first, last = np.searchsorted(t_s, (t_s[0] + reach_s, t_s[-1] - reach_s)).tolist()
    before, after = max(first - 1, 0), max(n - 1 - last, 0)
    found = np.empty((len(rows), before + n + after))
    found[:, before : before + n] = rows
    for cut, twins, put, end_s in (
        (slice(0, low), slice(1, before + 1), slice(0, before), t_s[0]),
        (slice(high, n), slice(n - 1 - after, n - 1), slice(before + n, None), t_s[-1]),
    ):
        off = t_s[cut] - t_s[cut].sum() / (cut.stop - cut.start)
        slope = (rows[:, cut] @ off) / float(off @ off)
        apart = 2.0 * (t_s[twins] - end_s)
        found[:, put] = (rows[:, twins] - slope[:, None] * apart)[:, ::-1]
    return found, before


def averaged(
    t_s: Floats, x: Floats, width_s: float, gaps: NDArray[np.intp] | None = None
) -> Floats:
    """Return the mean of the line through the samples over a centred window at each of them.

    `x` is (n,) or (rows, n) over strictly rising times, all finite; no window reaches over the
    samples after which a gap comes (`gaps`, their indices).
    """
    if len(t_s) < 3 or width_s <= 0.0:
        return x
    rows = np.atleast_2d(x)
    found = _averaged(t_s, rows, width_s, gaps, within=rows)
    return found if x.ndim == 2 else found[0]


def _averaged(
    t_s: Floats,
    rows: Floats,
    width_s: float,
    gaps: NDArray[np.intp] | None = None,
    *,
    within: Floats,
) -> Floats:
    """Average rows; no mean lies beyond the lowest and highest `within`, whatever rounding says."""
    if gaps is None or len(gaps) == 0:
        step = _even_step_s(t_s)
        if step > 0.0:
            found = _even(rows, width_s / 2.0 / step)
        else:
            found = _uneven(t_s, rows, width_s / 2.0, t_s[0], t_s[-1])
    else:
        ends = np.concatenate((gaps, [len(t_s) - 1])).astype(np.intp)
        starts = np.concatenate(([0], gaps + 1)).astype(np.intp)
        lengths = ends - starts + 1
        found = _uneven(
            t_s, rows, width_s / 2.0, np.repeat(t_s[starts], lengths), np.repeat(t_s[ends], lengths)
        )
    return _clipped(found, within)


def _clipped(found: Floats, within: Floats) -> Floats:
    lowest, highest = within.min(axis=1, keepdims=True), within.max(axis=1, keepdims=True)
    np.maximum(found, lowest, out=found)
    np.minimum(found, highest, out=found)
    return found


def _even(rows: Floats, half: float) -> Floats:
    """Average samples at equal distances; `half` is half the window in samples."""
    n = rows.shape[1]
    half = min(half, (n - 1) / 2.0)
    if abs(half - round(half)) < _WHOLE:
        half = float(round(half))
    if half <= 0.0:
        return rows.copy()
    whole = int(half)
    rest = half - whole
    middle = rows[:, n // 2 : n // 2 + 1]
    level = rows - middle
    # Twice the area under the line through the samples, from the first one on.
    area = np.empty_like(rows)
    area[:, 0] = 0.0
    np.add(level[:, 1:], level[:, :-1], out=area[:, 1:])
    np.cumsum(area[:, 1:], axis=1, out=area[:, 1:])
    found = np.empty_like(level)
    found[:, 0], found[:, -1] = level[:, 0], level[:, -1]
    count = n - 2 * (whole + 1)
    if count > 0:
        right, left = 2 * whole + 1, 1
        inner = found[:, whole + 1 : whole + 1 + count]
        np.subtract(area[:, right : right + count], area[:, left : left + count], out=inner)
        if rest > 0.0:
            # Of the sample spaces that the window cuts, the part that lies within it.
            cut = level[:, right : right + count] + level[:, left : left + count]
            cut *= 2.0 * rest - rest * rest
            inner += cut
            np.add(level[:, right + 1 : n], level[:, : left - 1 + count], out=cut)
            cut *= rest * rest
            inner += cut
        inner *= 1.0 / (4.0 * half)
    # Towards the ends it shrinks to what there is on the shorter side.
    reach = min(whole, (n - 1) // 2)
    if reach > 0:
        spans = 4.0 * np.arange(1, reach + 1)
        found[:, 1 : reach + 1] = area[:, 2 : 2 * reach + 1 : 2] / spans
        last = area[:, -1:] - area[:, n - 1 - 2 * reach : n - 2 : 2]
        found[:, n - 1 - reach : n - 1] = last / spans[::-1]
    found += middle
    return found


def _uneven(t_s: Floats, rows: Floats, half_s: float, start_s: Floats, end_s: Floats) -> Floats:
    """Average samples at any distances within stretches from `start_s` to `end_s` of each."""
    half = np.minimum(half_s, np.minimum(t_s - start_s, end_s - t_s))
    steps = np.diff(t_s)
    middle = rows[:, rows.shape[1] // 2 : rows.shape[1] // 2 + 1]
    level = rows - middle
    area = np.zeros_like(rows)
    np.cumsum((level[:, 1:] + level[:, :-1]) * (0.5 * steps), axis=1, out=area[:, 1:])
    slope = np.diff(level, axis=1) / (2.0 * steps)

    counted = np.arange(len(t_s), dtype=np.float64)

    def until(when: Floats) -> Floats:
        index = np.interp(when, t_s, counted).astype(np.intp)
        np.minimum(index, len(steps) - 1, out=index)
        since = when - t_s[index]
        found = np.take(slope, index, axis=1)
        found *= since
        found += np.take(level, index, axis=1)
        found *= since
        found += np.take(area, index, axis=1)
        return found

    wide = half > _LEAST_HALF_S
    safe = np.where(wide, half, 1.0)
    mean = (until(t_s + half) - until(t_s - half)) / (2.0 * safe)
    return np.where(wide, mean, level) + middle
