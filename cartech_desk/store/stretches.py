"""Stretches: the lowest and highest good value of a channel in fixed steps of time, in four levels.

Level k has steps of 0.5 s x 8^k; a row holds 128 of them, so that a row of level 0 spans a block
and a row of the next level eight of those. An overview reads the coarsest level that is still
fine enough, and a zoom the blocks themselves. Where a block holds few samples its level 0 is left
out: the samples are read as quickly.
"""

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.store.blocks import BLOCK_NS
from cartech_desk.store.journal import good_values
from cartech_desk.store.planes import LEVEL, apart, inflated, together
from cartech_desk.store.recording_words import Samples

LEVELS: Final = 4
STEPS: Final = 128
FACTOR: Final = 8
_ROW_BYTES: Final = 2 * 8 * STEPS
_FINEST_NS: Final = BLOCK_NS // STEPS
_WORTH_LEVEL_0: Final = 4 * STEPS
"""Samples in a block from which its level 0 is kept."""


def step_ns(level: int) -> int:
    """Length of a step."""
    return _FINEST_NS * int(FACTOR**level)


def row_ns(level: int) -> int:
    """Length of a row."""
    return STEPS * step_ns(level)


class Bounds:
    """Lowest and highest value of `count` steps that begin with step `first`; NaN where none."""

    def __init__(self, first: int, count: int) -> None:
        self.first = first
        self.minimum = np.empty(count)
        self.maximum = np.empty(count)
        self.minimum.fill(np.nan)
        self.maximum.fill(np.nan)

    def widen(self, first: int, minimum: NDArray[np.float64], maximum: NDArray[np.float64]) -> None:
        """Take in the bounds of steps from `first` on; what lies outside is left out."""
        start = max(first, self.first)
        stop = min(first + len(minimum), self.first + len(self.minimum))
        if start < stop:
            mine = slice(start - self.first, stop - self.first)
            theirs = slice(start - first, stop - first)
            np.fmin(self.minimum[mine], minimum[theirs], out=self.minimum[mine])
            np.fmax(self.maximum[mine], maximum[theirs], out=self.maximum[mine])

    def take(self, samples: Samples, length_ns: int) -> None:
        """Take in samples in order of time, in steps of `length_ns`."""
        if len(samples.t_ns) == 0:
            return
        good = good_values(samples.values, samples.quality)
        steps = np.arange(self.first, self.first + len(self.minimum) + 1, dtype=np.int64)
        edges = np.searchsorted(samples.t_ns, steps * length_ns)
        where = np.flatnonzero(edges[1:] != edges[:-1])
        if len(where) == 0:
            return
        starts, stop = edges[where], edges[-1]
        low = np.fmin.reduceat(good[:stop], starts)
        high = np.fmax.reduceat(good[:stop], starts)
        self.minimum[where] = np.fmin(self.minimum[where], low)
        self.maximum[where] = np.fmax(self.maximum[where], high)

    def coarser(self, factor: int) -> "Bounds":
        """Return the same in steps `factor` times as long; this one's length is a multiple."""
        wide = Bounds(self.first // factor, 0)
        starts = np.arange(0, len(self.minimum), factor)
        wide.minimum = np.fmin.reduceat(self.minimum, starts)
        wide.maximum = np.fmax.reduceat(self.maximum, starts)
        return wide

    def pack(self) -> bytes:
        """Return the bytes of a row."""
        both = np.concatenate((self.minimum, self.maximum)).astype("<f8", copy=False)
        return zlib.compress(apart(both), LEVEL)


def unpack(payload: bytes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return minimum and maximum of a row's steps; zlib.error or ValueError where damaged."""
    both = together(inflated(payload, _ROW_BYTES), "<i8").view(np.float64)
    if len(both) != 2 * STEPS:
        raise ValueError("a row of stretches is cut")
    return both[:STEPS], both[STEPS:]


def of_block(n: int, samples: Samples) -> dict[int, Bounds]:
    """Bounds of block `n` by level; the last level's step is longer than the block."""
    finest = Bounds(n * STEPS, STEPS)
    finest.take(samples, _FINEST_NS)
    levels = {0: finest} if len(samples.t_ns) >= _WORTH_LEVEL_0 else {}
    bounds = finest
    for level in range(1, LEVELS):
        factor = min(FACTOR, len(bounds.minimum))
        bounds = bounds.coarser(factor)
        if factor < FACTOR:
            bounds.first = bounds.first * factor // FACTOR
        levels[level] = bounds
    return levels
