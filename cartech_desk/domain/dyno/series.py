"""Samples fit for sums: seconds that only rise, values that are numbers, and what was odd."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.run import Track
from cartech_desk.domain.units import UNITS, convert

Floats = NDArray[np.float64]

LEAST_GAP_S: Final = 0.25
_GAP_ROWS: Final = 5.0
_LOST_STEPS: Final = 1.8
_PAIRS: Final = 500
_DENSE: Final = 2000


@dataclass(frozen=True)
class Series:
    """Good samples of one channel; `t_s` strictly rising, `x` finite.

    `backwards` and `doubled` count samples left out because their time went back or stood still.
    """

    t_s: Floats
    x: Floats
    backwards: int = 0
    doubled: int = 0

    def __len__(self) -> int:
        return len(self.t_s)

    @cached_property
    def step_s(self) -> float:
        """The usual distance of two samples; 0 where there are fewer than two."""
        return usual_step_s(self.t_s)

    def between(self, first_s: float, last_s: float) -> "Series":
        """Return what lies within a stretch, both ends included."""
        low, high = np.searchsorted(self.t_s, (first_s, last_s + 1e-9))
        return Series(self.t_s[low:high], self.x[low:high], self.backwards, self.doubled)


def usual_step_s(t_s: Floats) -> float:
    """Return the median distance of two samples, of some hundred pairs where there are more."""
    if len(t_s) < 2:
        return 0.0
    every = max(1, len(t_s) // _PAIRS)
    pairs = t_s[1::every] - t_s[: len(t_s) - 1 : every]
    pairs.partition(len(pairs) // 2)
    return float(pairs[len(pairs) // 2])


EMPTY: Final = Series(np.empty(0), np.empty(0))

Clocks = dict[tuple[int, int, int, float], tuple[NDArray[np.int64], Floats]]
"""Time columns and their seconds, by length, ends and shift."""


def series_of(
    track: Track,
    origin_ns: int,
    unit: str = "",
    shift_s: float = 0.0,
    clocks: Clocks | None = None,
) -> Series:
    """Return the good samples of a track in seconds from `origin_ns`, moved by `shift_s`.

    Its values are converted to `unit` where it has another one of the same kind. `clocks` keeps
    the seconds of whole, rising time columns, which several channels often share.
    """
    n = min(len(track.t_ns), len(track.values), len(track.quality))
    t_ns, x = track.t_ns[:n], track.values[:n]
    finite = np.isfinite(x)
    whole = not track.quality[:n].any() and bool(finite.all())
    own = track.channel.unit
    key = (n, int(t_ns[0]), int(t_ns[-1]), shift_s) if n else None
    if whole and clocks is not None and key in clocks:
        other, seconds = clocks[key]
        if np.array_equal(other, t_ns):
            return Series(seconds, _in_unit(x, own, unit))
    if not whole:
        good = (track.quality[:n] == 0) & finite
        t_ns, x = t_ns[good], x[good]
    if len(t_ns) == 0:
        return EMPTY
    t_s = _seconds(t_ns, origin_ns) + shift_s
    backwards = doubled = 0
    if not (t_s[1:] > t_s[:-1]).all():
        steps = np.diff(t_s)
        backwards, doubled = int((steps < 0.0).sum()), int((steps == 0.0).sum())
        highest = np.maximum.accumulate(t_s)
        rising = np.concatenate(([True], t_s[1:] > highest[:-1]))
        t_s, x = t_s[rising], x[rising]
    elif whole and clocks is not None and key is not None:
        clocks[key] = t_ns, t_s
    return Series(t_s, _in_unit(x, own, unit), backwards, doubled)


def _in_unit(x: Floats, own: str, unit: str) -> Floats:
    if unit and own != unit and same_unit_kind(own, unit):
        return convert(x, own, unit)
    return np.ascontiguousarray(x, dtype=np.float64)


def same_unit_kind(one: str, other: str) -> bool:
    """Tell whether numbers of one unit can be turned into the other."""
    return one in UNITS and other in UNITS and UNITS[one].dimension == UNITS[other].dimension


def _seconds(t_ns: NDArray[np.int64], origin_ns: int) -> Floats:
    """Seconds from the origin; times too far apart for 64 bits lose nanoseconds, not their sign.

    Times are in order but where a clock jumped, so that the ends tell how far apart they are.
    """
    far = 1 << 62
    if -far < origin_ns < far and -far < int(t_ns[0]) and int(t_ns[-1]) < far:
        return np.asarray((t_ns - origin_ns) * 1e-9, dtype=np.float64)
    return np.asarray((t_ns.astype(np.float64) - float(origin_ns)) * 1e-9)


def even_clock(t_s: Floats) -> Floats:
    """Return a clock of as many even steps where samples come fast but not quite evenly.

    Sums over even steps are several times faster; seldom samples keep theirs. Between gaps every
    stretch has its own.
    """
    if len(t_s) < _DENSE:
        return t_s
    steps = np.diff(t_s)
    apart = np.flatnonzero(steps > gap_limit_s(usual_step_s(t_s)))
    found = t_s
    for first, after in pairwise([0, *(apart + 1).tolist(), len(t_s)]):
        within = steps[first : after - 1]
        if len(within) < 2:
            continue
        mean = (t_s[after - 1] - t_s[first]) / len(within)
        if (
            float(within.max()) > _GAP_ROWS * mean
            or float(np.abs(within - mean).max()) < 1e-6 * mean
        ):
            continue
        if found is t_s:
            found = t_s.copy()
        found[first:after] = np.linspace(t_s[first], t_s[after - 1], after - first)
    return found


def gap_limit_s(step_s: float) -> float:
    """Distance of two samples from which on nothing is known between them."""
    return max(_GAP_ROWS * step_s, LEAST_GAP_S)


def gaps_of(
    t_s: Floats, broken: tuple[tuple[float, float], ...] = (), step_s: float | None = None
) -> NDArray[np.intp]:
    """Return the samples after which a gap comes: far apart, or something lost as a link broke.

    `step_s` is the usual distance of two samples where these are part of more.
    A broken link is one of several: where samples came through it as usual, it was another one.
    """
    if len(t_s) < 2:
        return np.empty(0, dtype=np.intp)
    steps = np.diff(t_s)
    usual = usual_step_s(t_s) if step_s is None else step_s
    limit = gap_limit_s(usual)
    if not broken and float(steps.max()) <= limit:
        return np.empty(0, dtype=np.intp)
    apart = steps > limit
    for first, last in broken:
        low, high = np.searchsorted(t_s, (first, last))
        within = slice(max(low - 1, 0), min(high, len(apart)))
        apart[within] |= steps[within] > _LOST_STEPS * usual
    return np.flatnonzero(apart)


def onto(series: Series, t_s: Floats, broken: tuple[tuple[float, float], ...] = ()) -> Floats:
    """Return a channel on another clock: linear between its samples, NaN where it has a gap."""
    if len(series) == 0:
        return np.full(len(t_s), np.nan)
    if len(t_s) == 0:
        return np.empty(0)
    at, end = np.searchsorted(series.t_s, t_s[[0, -1]]).tolist()
    if end - at == len(t_s) - 1 and np.array_equal(series.t_s[at : end + 1], t_s):
        return series.x[at : end + 1]  # one clock: every value is a sample
    step_s = series.step_s
    near = gap_limit_s(step_s)
    # What lies about the clock, the samples next to its ends included, is all that matters.
    about = slice(max(at - 1, 0), end + 2)
    held_t, held = series.t_s[about], series.x[about]
    found = np.interp(t_s, held_t, held)
    first, last = series.t_s[0], series.t_s[-1]
    if t_s[0] < first or t_s[-1] > last:
        # Beyond its ends a value stands for half a step, no longer.
        half = min(near, max(step_s / 2.0, 1e-6))
        found[(t_s < first - half) | (t_s > last + half)] = np.nan
    for index in gaps_of(held_t, broken, step_s):
        low = np.searchsorted(t_s, held_t[index], side="right")
        high = np.searchsorted(t_s, held_t[index + 1], side="left")
        found[low:high] = np.nan
    return found


def rows_of(series: Series, step_s: float) -> Series:
    """Return means over rows of about `step_s`; a series that is slower stays as it is.

    A row takes as many samples as usually fill it, and its time is their mean, so that a ramp
    stays a ramp whatever the jitter. A last row that is not full is left out.
    """
    usual = series.step_s
    count = round(step_s / usual) if usual > 0.0 else 1
    if count < 2 or len(series) < 2 * count:
        return series
    full = len(series) // count * count
    return Series(
        series.t_s[:full].reshape(-1, count).mean(axis=1),
        means_of(series.x[:full], count),
        series.backwards,
        series.doubled,
    )


def means_of(x: Floats, count: int) -> Floats:
    """Return the means of every `count` values; `x` holds a whole multiple of them."""
    sums = np.einsum("ij->i", x.reshape(-1, count))  # several times quicker than `mean`
    return np.asarray(sums / count)


def medians_of(x: Floats, count: int) -> Floats:
    """Return the medians of every `count` values; `x` holds a whole multiple of them."""
    rows = np.sort(x.reshape(-1, count), axis=1)  # several times quicker than `median`
    found = (rows[:, (count - 1) // 2] + rows[:, count // 2]) / 2.0
    found[np.isnan(rows[:, -1])] = np.nan
    return np.asarray(found)


def running_median(x: Floats, width: int) -> Floats:
    """Median over `width` values (odd), over fewer but centred ones towards the ends."""
    half = min(width // 2, (len(x) - 1) // 2)
    if half < 1:
        return x.copy()
    # Mirrored about its end values, a window towards the ends is as good as a narrower one.
    before, after = 2.0 * x[0] - x[half:0:-1], 2.0 * x[-1] - x[-2 : -half - 2 : -1]
    windows = np.lib.stride_tricks.sliding_window_view(
        np.concatenate((before, x, after)), 2 * half + 1
    )
    return np.partition(windows, half, axis=1)[:, half]


@dataclass(frozen=True, slots=True)
class Parabola:
    """`base + slope·x + bend·x²`."""

    base: float
    slope: float
    bend: float

    def __call__(self, x: Floats) -> Floats:
        """Return its values."""
        return self.base + x * (self.slope + x * self.bend)


def parabola(x: Floats, y: Floats, *, bent: bool = True) -> Parabola:
    """Return the parabola, or the line, that lies nearest to points; flat where they tell none."""
    n = len(x)
    middle = float(x.sum()) / n
    u = x - middle
    square = u * u
    s2 = float(square.sum())
    mean, s1y = float(y.sum()) / n, float(u @ y)
    if not s2 > 0.0:
        return Parabola(mean, 0.0, 0.0)
    bend, slope = 0.0, s1y / s2
    if bent:
        # What the squares hold that no line does.
        s3 = float(square @ u)
        rest = square - s2 / n - u * (s3 / s2)
        size = float(rest @ rest)
        if size > 1e-12 * s2 * s2 / n:
            bend = float(rest @ y) / size
            slope -= bend * s3 / s2
            mean -= bend * s2 / n
    return Parabola(
        mean - slope * middle + bend * middle * middle, slope - 2.0 * bend * middle, bend
    )
