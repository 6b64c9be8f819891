"""Samples brought to the columns of a screen: the lowest and highest value of each, gaps kept.

A chart a thousand pixels wide cannot show six thousand samples; what it can show without hiding a
peak is the range of the samples that fall into each column. Columns are cut at multiples of their
own length on the time axis, never at the edge of the view, so that a moving picture does not
shimmer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of one trace, oldest first, only those that hold a value.

    `t_ns` int64 is the middle of each column, `low` and `high` float64 its range (equal where it
    holds one sample), `starts` bool is True where the line begins anew because the stretch before
    is a gap: no line may be drawn across it.
    """

    t_ns: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    starts: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.t_ns)

    def extent_between(self, first_ns: int, last_ns: int) -> tuple[float, float] | None:
        """Return the lowest and highest value of the columns in a stretch of time, or None."""
        first = int(np.searchsorted(self.t_ns, first_ns))
        last = int(np.searchsorted(self.t_ns, last_ns, side="right"))
        if first >= last:
            return None
        return float(self.low[first:last].min()), float(self.high[first:last].max())

    @property
    def extent(self) -> tuple[float, float] | None:
        """Lowest and highest value of all columns; None where there is none."""
        if not len(self.t_ns):
            return None
        return float(self.low.min()), float(self.high.max())


def no_columns() -> Columns:
    """Return columns of a trace that has nothing to show."""
    return Columns(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0, np.bool_))


def columns_of_samples(
    t_ns: NDArray[np.int64], values: NDArray[np.float64], gap_ns: int
) -> Columns:
    """Return one column for each good sample; NaN and silences above `gap_ns` break the line."""
    good = np.isfinite(values)
    times, kept = t_ns[good], values[good]
    starts = _starts(times, gap_ns)
    starts[1:] |= np.diff(np.cumsum(~good)[good]) > 0
    return Columns(times, kept, kept, starts)


def columns_of_envelope(
    t_ns: NDArray[np.int64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    gap_ns: int,
) -> Columns:
    """Return the columns of an envelope whose empty stretches are NaN.

    An empty stretch breaks the line only where the silence is longer than `gap_ns`: a slow channel
    leaves stretches empty without having been away.
    """
    good = np.isfinite(low) & np.isfinite(high)
    times = t_ns[good]
    return Columns(times, low[good], high[good], _starts(times, gap_ns))


def _starts(times: NDArray[np.int64], gap_ns: int) -> NDArray[np.bool_]:
    starts = np.empty(len(times), np.bool_)
    if not len(times):
        return starts
    starts[0] = True
    np.greater(np.diff(times), gap_ns, out=starts[1:])
    return starts


class ColumnRing:
    """The columns of one live trace, kept up by handing it only what is new.

    Memory is fixed by `reset`: a frame costs what came since the last one, whatever the length of
    the view.
    """

    def __init__(self) -> None:
        self.column_ns = 1
        self.newest_ns = -1
        """Time of the newest sample that was fed; feed anything newer."""
        self._count = 0
        self._top = -1  # absolute number of the newest column
        self._low = np.empty(0)
        self._high = np.empty(0)
        self._broken = np.empty(0, np.bool_)
        self._break_next = False

    def reset(self, column_ns: int, count: int) -> None:
        """Forget everything; from now on keep `count` columns of `column_ns` each."""
        self.column_ns = max(1, int(column_ns))
        self.newest_ns = -1
        self._top = -1
        self._break_next = False
        if count != self._count:
            self._count = count
            self._low = np.full(count, np.nan)
            self._high = np.full(count, np.nan)
            self._broken = np.zeros(count, np.bool_)
        else:
            self._low.fill(np.nan)
            self._high.fill(np.nan)
            self._broken.fill(False)

    def feed(self, t_ns: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Add samples in the order of time; those already fed are left out. NaN breaks the line."""
        first = int(np.searchsorted(t_ns, self.newest_ns, side="right"))
        if first == len(t_ns) or not self._count:
            return
        t_ns, values = t_ns[first:], values[first:]
        self.newest_ns = int(t_ns[-1])
        numbers = t_ns // self.column_ns
        self._advance(int(numbers[-1]), int(numbers[0]))
        kept = numbers > self._top - self._count
        if not kept.all():
            numbers, values = numbers[kept], values[kept]
            if not len(numbers):
                return
        good = np.isfinite(values)
        breaks, self._break_next = self._break_next, not good[-1]
        if not good.all():
            # A break stands where the line goes on, at the first good sample after it.
            missed = np.concatenate(([-int(breaks)], np.cumsum(~good)[good]))
            numbers, values = numbers[good], values[good]
            again = numbers[np.diff(missed) > 0]
            self._broken[again % self._count] = True
            if not len(numbers):
                self._break_next = True
                return
        elif breaks:
            self._broken[numbers[0] % self._count] = True
        firsts = np.concatenate(([0], np.flatnonzero(np.diff(numbers)) + 1))
        at = numbers[firsts] % self._count
        self._low[at] = np.fmin(self._low[at], np.minimum.reduceat(values, firsts))
        self._high[at] = np.fmax(self._high[at], np.maximum.reduceat(values, firsts))

    def _advance(self, top: int, first: int) -> None:
        """Empty the columns that the view has entered since the last sample."""
        if self._top < 0:
            self._top = first - 1
        steps = top - self._top
        if steps <= 0:
            return
        if steps >= self._count:
            fresh = np.arange(self._count)
        else:
            fresh = np.arange(self._top + 1, top + 1) % self._count
        self._low[fresh] = np.nan
        self._high[fresh] = np.nan
        self._broken[fresh] = False
        self._top = top

    def columns(self, gap_ns: int) -> Columns:
        """Return what is kept; silences above `gap_ns` break the line."""
        if self._top < 0:
            return no_columns()
        cut = (self._top + 1) % self._count  # the oldest column stands here
        low = np.concatenate((self._low[cut:], self._low[:cut]))
        good = np.flatnonzero(np.isfinite(low))
        if not len(good):
            return no_columns()
        high = np.concatenate((self._high[cut:], self._high[:cut]))[good]
        oldest = self._top - self._count + 1
        times = (good + oldest) * self.column_ns + self.column_ns // 2
        starts = _starts(times, gap_ns)
        starts |= np.concatenate((self._broken[cut:], self._broken[:cut]))[good]
        return Columns(times, low[good], high, starts)
