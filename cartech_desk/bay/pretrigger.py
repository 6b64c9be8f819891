"""The pre-trigger: the last half minute, kept while nothing is recorded and while something is."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from cartech_desk.bay.columns import Stretch


@dataclass(frozen=True, slots=True)
class Gap:
    """The link was gone from `t0_ns` to `t1_ns` (monotonic; None: still gone)."""

    t0_ns: int
    t1_ns: int | None
    note: str


@dataclass(frozen=True, slots=True)
class AlarmMark:
    """An alarm stood from `t0_ns` to `t1_ns` (monotonic), as far as is known yet.

    `noted_ns` is when it came: `t0_ns` lies some seconds before that.
    """

    t0_ns: int
    t1_ns: int
    note: str
    noted_ns: int = 0


HOLD_NS: Final = 30_000_000_000
"""So long after it was last asked for, what a recording that waits for the disk needs is held."""
MOST_HELD: Final = 4_000_000
"""Samples that are held at most."""
LEAST_NS: Final = 5_000_000_000
"""So much is kept however short the pre-trigger: a recording may begin some time after the instant
that it is anchored at."""


class Pretrigger:
    """Readings of the last `length_ns` in columns, the gaps among them and the alarms."""

    def __init__(self, length_ns: int, most_held: int = MOST_HELD) -> None:
        self._length_ns = length_ns
        self._most_held = most_held
        self._held: dict[str, tuple[int, int]] = {}
        self._samples = 0
        self._lost_until = 0
        self._stretches: deque[Stretch] = deque()
        self._gaps: deque[Gap] = deque()
        self._alarms: dict[str, AlarmMark] = {}

    def set_length(self, length_ns: int) -> None:
        """Keep so much from now on (any thread may say so); a longer one fills as time goes by."""
        self._length_ns = length_ns

    def hold(self, recording_id: str, since_ns: int, now_ns: int) -> None:
        """Let go of nothing from `since_ns` on: this recording of it waits for the disk.

        That lasts until `release`, or until it has not been asked for again for `HOLD_NS`.
        """
        self._held[recording_id] = (since_ns, now_ns + HOLD_NS)

    def release(self, recording_id: str) -> None:
        """Keep no more than usual again, as far as this recording goes."""
        self._held.pop(recording_id, None)

    def keep(self, stretch: Stretch) -> None:
        """Take in what is newest and let go of what has become too old."""
        self._stretches.append(stretch)
        self._samples += stretch.samples
        oldest = stretch.last_ns - max(self._length_ns, LEAST_NS)
        for name in [name for name, (_, until) in self._held.items() if stretch.last_ns > until]:
            self.release(name)
        oldest = self._with_held(oldest)
        while self._stretches and self._stretches[0].last_ns < oldest:
            self._samples -= self._stretches.popleft().samples
        while self._held and self._samples > self._most_held:
            gone = self._stretches.popleft()
            self._samples -= gone.samples
            self._lost_until = gone.last_ns
        while self._gaps and (self._gaps[0].t1_ns or oldest) < oldest:
            self._gaps.popleft()
        self._forget_alarms(oldest)

    def lost_since(self, t_ns: int) -> Gap | None:
        """Return the stretch after `t_ns` that did not fit in memory; None where all did."""
        if self._lost_until <= t_ns:
            return None
        return Gap(t_ns, self._lost_until, "the disk refused it for too long")

    def keep_gap(self, gap: Gap) -> None:
        """Take in a gap."""
        self._gaps.append(gap)

    def keep_alarm(self, mark_id: str, mark: AlarmMark) -> None:
        """Take in the mark of an alarm; one that is known stays as it is."""
        self._forget_alarms(self._with_held(mark.t0_ns - self._length_ns))
        self._alarms.setdefault(mark_id, mark)

    def extend_alarm(self, mark_id: str, t1_ns: int) -> None:
        """Move the end of an alarm's mark; nothing where it has been let go of."""
        mark = self._alarms.get(mark_id)
        if mark is not None and t1_ns > mark.t1_ns:
            self._alarms[mark_id] = replace(mark, t1_ns=t1_ns)

    def start_ns(self, t_ns: int, not_before_ns: int) -> int:
        """Return where the pre-trigger of a recording begun at `t_ns` starts."""
        return max(t_ns - self._length_ns, not_before_ns)

    def since(self, t_ns: int) -> Iterator[Stretch]:
        """Yield what is kept at and after `t_ns`."""
        for stretch in self._stretches:
            kept = stretch.since(t_ns)
            if kept is not None:
                yield kept

    def gaps_since(self, t_ns: int) -> list[Gap]:
        """Return the gaps that last until `t_ns` or longer."""
        return [gap for gap in self._gaps if gap.t1_ns is None or gap.t1_ns >= t_ns]

    def alarms_since(self, t_ns: int) -> dict[str, AlarmMark]:
        """Return the marks of alarms, by their ids, that last until `t_ns` or longer."""
        return {name: mark for name, mark in self._alarms.items() if mark.t1_ns >= t_ns}

    def _with_held(self, oldest_ns: int) -> int:
        return min((oldest_ns, *(since for since, _ in self._held.values())))

    def _forget_alarms(self, oldest_ns: int) -> None:
        gone = [name for name, mark in self._alarms.items() if mark.t1_ns < oldest_ns]
        for name in gone:
            del self._alarms[name]
