"""How much of its open hours a bay was taken: stretches of time against stretches of time."""

from collections.abc import Iterable, Sequence
from datetime import datetime

Span = tuple[int, int]
"""A half-open stretch of time: whole seconds since 1970, UTC."""


def span(starts: datetime, ends: datetime) -> Span:
    """Return the stretch between two instants."""
    return int(starts.timestamp()), int(ends.timestamp())


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as stretches that neither touch nor overlap, in order."""
    found: list[Span] = []
    began = ended = None
    for first, last in sorted(spans):
        if first >= last:
            continue
        if began is None or ended is None:
            began, ended = first, last
        elif first > ended:
            found.append((began, ended))
            began, ended = first, last
        elif last > ended:
            ended = last
    if began is not None and ended is not None:
        found.append((began, ended))
    return found


def common(some: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return the time that lies in both."""
    left, right = union(some), union(others)
    found: list[Span] = []
    at = to = 0
    while at < len(left) and to < len(right):
        first = max(left[at][0], right[to][0])
        last = min(left[at][1], right[to][1])
        if first < last:
            found.append((first, last))
        if left[at][1] <= right[to][1]:
            at += 1
        else:
            to += 1
    return found


def without(some: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return the time of `some` that lies in none of `others`."""
    found: list[Span] = []
    holes = union(others)
    for first, last in union(some):
        began = first
        for away, back in holes:
            if away >= last:
                break
            if back > began:
                if away > began:
                    found.append((began, away))
                began = max(began, back)
        if began < last:
            found.append((began, last))
    return found


def minutes(spans: Sequence[Span]) -> int:
    """Return the whole minutes of stretches that do not overlap."""
    return sum(last - first for first, last in spans) // 60
