"""Growing delays after wrong passwords, which no clock can shorten by being set back."""

import threading
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Final

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.store.people import Failures

FREE: Final = 2
"""Wrong passwords that cost no time."""
MOST_S: Final = 300.0
_SECOND: Final = 1_000_000_000
_KEPT: Final = 4096


def delay_s(failures: int) -> float:
    """Return how long to wait after so many wrong passwords: 0, 0, 1, 2, 4 … 300 s."""
    if failures <= FREE:
        return 0.0
    return float(min(MOST_S, 2.0 ** min(failures - FREE - 1, 10)))


class Delays:
    """How long each account has to wait. Thread-safe.

    What is kept on the disk has the wall clock's time, since it must outlast a restart; it counts
    once, when this process first meets it. From then on the monotonic clock counts. A failure that
    lies in the future (the clock was set back) is one of this moment.

    Who may set the clock of the machine forward and start the desk anew shortens a delay: that
    takes rights of the system, with which the files themselves can be read, and costs a start of
    the desk for each try.
    """

    def __init__(self, clock: Callable[[], int] = monotonic_ns) -> None:
        self._clock = clock
        self._met: dict[str, tuple[Failures, int]] = {}
        self._lock = threading.Lock()

    def failed(self, key: str, failures: Failures) -> None:
        """Begin the delay that these failures cost, the last of which is of this moment."""
        self._begin(key, failures, delay_s(failures.count))

    def left_s(self, key: str, failures: Failures, now: datetime) -> float:
        """Return how long this account still has to wait; 0 where it need not."""
        delay = delay_s(failures.count)
        if not delay or failures.at is None:
            return 0.0
        with self._lock:
            seen = self._met.get(key)
        if seen is None or seen[0] != failures:
            passed = max(0.0, (now - datetime.fromisoformat(failures.at)).total_seconds())
            seen = self._begin(key, failures, max(0.0, delay - passed))
        return max(0.0, (seen[1] - self._clock()) / _SECOND)

    def _begin(self, key: str, failures: Failures, seconds: float) -> tuple[Failures, int]:
        begun = (failures, self._clock() + round(seconds * _SECOND))
        with self._lock:
            if len(self._met) >= _KEPT:
                self._met.pop(next(iter(self._met)))
            self._met[key] = begun
        return begun


class Repeats:
    """Which of many alike refusals are recorded: the first of each wait. Thread-safe.

    The others are counted, and the count stands in the next record of the same account, so that
    nobody fills the log by pressing Enter.
    """

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Hashable, int]] = {}
        self._lock = threading.Lock()

    def is_first(self, key: str, wait: Hashable) -> bool:
        """Tell whether this is the first one of this wait; counts it where it is not."""
        with self._lock:
            seen, times = self._seen.pop(key, (None, 0))
            first = seen != wait
            if len(self._seen) >= _KEPT:
                self._seen.pop(next(iter(self._seen)))
            self._seen[key] = (wait, times if first else times + 1)
            return first

    def counted(self, key: str) -> int:
        """Return how many were not recorded since the last time that this was asked."""
        with self._lock:
            seen, times = self._seen.get(key, (None, 0))
            if times:
                self._seen[key] = (seen, 0)
            return times
