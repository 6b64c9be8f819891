"""Whether readings follow each other, or something is missing between two of them.

A wire that was lost or let go of leaves a gap, and so does a time in which nothing came although
it should have: a laptop that slept, a car that was off.
"""

from collections.abc import Callable
from typing import Final

GapTaker = Callable[[int, int], None]
"""Told of the last reading before a gap and of the first one after it (monotonic ns)."""

LONGEST_NS: Final = 2_000_000_000
"""Without an answer for longer, something is missing, whoever noticed it."""
PERIODS: Final = 3
"""Unless even the fastest channel is asked so rarely that this many of its periods are longer."""


class Hearing:
    """Follows the readings of one car or instrument, in the thread that publishes them.

    `silent_since_ns` is the time of the last reading before a break that still lasts, else 0;
    `last_ns` of the last reading at all.
    """

    def __init__(self, gap: GapTaker | None = None, *, longest_ns: int = LONGEST_NS) -> None:
        self._gap = gap
        self._longest_ns = longest_ns
        self._last_ns = 0
        self._usual_ns = 0.0
        self._broken = False

    @property
    def silent_since_ns(self) -> int:
        """The time of the last reading where the wire is known to be gone since, else 0."""
        return self._last_ns if self._broken else 0

    @property
    def last_ns(self) -> int:
        """The time of the last reading, 0 before it."""
        return self._last_ns

    def note_silence(self, now_ns: int) -> None:
        """Tell the gap until now where the wire is gone; its rest is told once it is over."""
        since_ns = self.silent_since_ns
        if since_ns and self._gap is not None:
            self._gap(since_ns, now_ns)

    def heard(self, first_ns: int, last_ns: int, usual_ns: float) -> None:
        """Take note of readings from `first_ns` to `last_ns`; one is usual every `usual_ns`."""
        before_ns, broken = self._last_ns, self._broken
        longest_ns = max(self._longest_ns, PERIODS * max(usual_ns, self._usual_ns))
        self._last_ns, self._usual_ns = max(last_ns, before_ns), usual_ns
        self._broken = False
        if self._gap is None or not before_ns:
            return
        if broken or first_ns - before_ns > longest_ns:
            self._gap(before_ns, first_ns)

    def broke(self) -> None:
        """Take note that the wire is gone: whatever comes next comes after a gap."""
        self._broken = True

    def forget(self) -> None:
        """Begin anew: what comes next has nothing to do with what was heard."""
        self._last_ns, self._broken = 0, False
