"""Ring buffers: the recent past of each channel in fixed memory.

One thread writes (the driver's), any thread reads. The writer takes no lock: it fills a slot and
then moves the count on. A reader copies what it wants and throws away what the writer may have
overwritten meanwhile, so neither waits for the other.
"""

from array import array
from bisect import bisect_left
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.bay.status import Series

SMALLEST: Final = 256
FIRST: Final = 1024
"""Slots that are taken with the first sample."""
LARGEST: Final = 1 << 20
HEADROOM: Final = 1.25
"""Room beyond the asked rate, for sources that deliver faster than they are asked."""


class Ring:
    """The last `capacity` samples of one channel.

    Times are monotonic nanoseconds and must not decrease; values are NaN unless quality is GOOD.
    Its memory grows with what came until all of it is needed: channels that only have a name cost
    nothing, and those of a short look little.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.count = 0
        self._use(array("q"), array("d"), array("B"))

    def _use(self, t: "array[int]", values: "array[float]", quality: "array[int]") -> None:
        # An array stores one number in a third of the time that a NumPy array needs; NumPy
        # reads the same memory.
        self._t: NDArray[np.int64] = np.frombuffer(t, dtype=np.int64)
        self._values: NDArray[np.float64] = np.frombuffer(values, dtype=np.float64)
        self._quality: NDArray[np.uint8] = np.frombuffer(quality, dtype=np.uint8)
        self._put_t, self._put_value, self._put_quality = t, values, quality

    def _grow(self, room: int) -> None:
        """Take more memory; whoever reads has what was there in either."""
        more = min(self.capacity, room) - len(self._put_t)
        t, values = array("q", self._put_t), array("d", self._put_value)
        quality = array("B", self._put_quality)
        t.frombytes(bytes(8 * more))
        values.frombytes(bytes(8 * more))
        quality.frombytes(bytes(more))
        self._use(t, values, quality)

    def put(self, t_ns: int, value: float, quality: int) -> None:
        """Append one sample; the oldest one goes."""
        slot = self.count % self.capacity
        try:
            self._put_t[slot] = t_ns
        except IndexError:  # it is full so far: a look whether it is costs more, at every other
            self._grow(max(FIRST, 2 * slot))
            self._put_t[slot] = t_ns
        self._put_value[slot] = value
        self._put_quality[slot] = quality
        self.count += 1

    def since(self, t_ns: int) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.uint8]]:
        """Copy times, values and quality of all samples kept from `t_ns` on, in order."""
        end = self.count
        # One slot less than the capacity: the writer may be in the middle of it.
        begin = max(0, end - self.capacity + 1)
        first = begin + self._older_than(t_ns, begin, end)
        one, two = self._pieces(first, end)
        t = np.concatenate((self._t[one], self._t[two]))
        values = np.concatenate((self._values[one], self._values[two]))
        quality = np.concatenate((self._quality[one], self._quality[two]))
        overwritten = max(0, self.count - self.capacity + 1 - first)
        return t[overwritten:], values[overwritten:], quality[overwritten:]

    def span(self, since_ns: int) -> tuple[int, int, int]:
        """Count the samples from `since_ns` on; with the times of the first and the last one."""
        end = self.count
        begin = max(0, end - self.capacity + 1)
        first = begin + self._older_than(since_ns, begin, end)
        if first >= end:
            return 0, 0, 0
        times = self._put_t
        return end - first, times[first % self.capacity], times[(end - 1) % self.capacity]

    def series(self, since_ns: int) -> Series:
        """Return the samples from `since_ns` on, NaN where there is no value."""
        t, values, _ = self.since(since_ns)
        return Series(t, values)

    def grown(self, capacity: int) -> "Ring":
        """Return a ring of another capacity with as much of this one as fits."""
        other = Ring(capacity)
        t, values, quality = self.since(0)
        keep = min(len(t), capacity)
        if keep:
            other._grow(max(FIRST, keep))
            other._t[:keep] = t[-keep:]
            other._values[:keep] = values[-keep:]
            other._quality[:keep] = quality[-keep:]
        other.count = keep
        return other

    def _pieces(self, first: int, end: int) -> tuple[slice, slice]:
        """Where samples number `first` to `end` lie: up to two stretches of the arrays."""
        if end <= first:
            return slice(0, 0), slice(0, 0)
        head, tail = first % self.capacity, (end - 1) % self.capacity + 1
        if head < tail:
            return slice(head, tail), slice(0, 0)
        return slice(head, self.capacity), slice(0, tail)

    def _older_than(self, t_ns: int, first: int, end: int) -> int:
        """How many of the samples `first` to `end` are older than `t_ns`."""
        one, two = self._pieces(first, end)
        older: int = bisect_left(self._put_t, t_ns, one.start, one.stop) - one.start
        if older == one.stop - one.start:
            older += bisect_left(self._put_t, t_ns, two.start, two.stop) - two.start
        return older


def capacity_for(rate_hz: float, seconds: float) -> int:
    """Slots that hold `seconds` at `rate_hz`, within sense."""
    return max(SMALLEST, min(LARGEST, int(rate_hz * seconds * HEADROOM) + 1))


def achieved_hz(ring: Ring, now_ns: int, window_s: float) -> float:
    """Tell the samples per second over the last `window_s` seconds."""
    samples, first_ns, last_ns = ring.span(now_ns - int(window_s * 1e9))
    if samples < 2 or last_ns <= first_ns:
        return samples / window_s
    spacing_ns = (last_ns - first_ns) / (samples - 1)
    if now_ns - last_ns > 2 * spacing_ns:
        # It has gone quiet: what counts is the time up to now.
        return samples * 1e9 / (now_ns - first_ns)
    return 1e9 / spacing_ns
