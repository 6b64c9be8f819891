"""How much of its open hours a bay was taken: stretches of time against stretches of time."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
Span = tuple[int, int]
"""A half-open stretch of time: whole seconds since 1970, UTC."""


def span(starts: datetime, ends: datetime) -> Span:
    """Return the stretch between two instants."""
    return int(starts.timestamp()), int(ends.timestamp())


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as stretches that neither touch nor overlap, in order."""
    starts, ends = _joined(spans)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def common(some: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return the time that lies in both."""
    starts, ends = _joined(some)
    begins, stops = _joined(others)
    # Of those in order that do not overlap, what meets a stretch lies side by side.
    first = np.searchsorted(stops, starts, side="right")
    met = np.maximum(np.searchsorted(begins, ends, side="left") - first, 0)
    mine = np.repeat(np.arange(len(starts)), met)
    theirs = np.arange(len(mine)) - np.repeat(np.cumsum(met) - met, met) + first[mine]
    both = np.maximum(starts[mine], begins[theirs]), np.minimum(ends[mine], stops[theirs])
    return list(zip(both[0].tolist(), both[1].tolist(), strict=True))


def _joined(spans: Iterable[Span]) -> tuple[IntArray, IntArray]:
    """Return starts and ends of the same time, in order and apart from each other."""
    given = np.array(list(spans), dtype=np.int64).reshape(-1, 2)
    given = given[given[:, 0] < given[:, 1]]
    given = given[np.argsort(given[:, 0], kind="stable")]
    starts, reached = given[:, 0], np.maximum.accumulate(given[:, 1])
    parted = np.ones(len(starts), dtype=bool)
    parted[1:] = starts[1:] > reached[:-1]
    return starts[parted], reached[np.roll(parted, -1)]


def without(some: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return the time of `some` that lies in none of `others`."""
    found: list[Span] = []
    holes = union(others)
    stops = [back for _, back in holes]
    for first, last in union(some):
        began = first
        for place in range(bisect_right(stops, first), len(holes)):
            away, back = holes[place]
            if away >= last:
                break
            if away > began:
                found.append((began, away))
            began = back
        if began < last:
            found.append((began, last))
    return found


def minutes(spans: Sequence[Span]) -> int:
    """Return the whole minutes of stretches that do not overlap."""
    return sum(last - first for first, last in spans) // 60


def taken_words(pct: float) -> str:
    """Return how much bays were taken, in whole per cent; what is less than one is not nothing."""
    return "under 1 %" if 0.0 < pct < 1.0 else f"{pct:.0f} %"
