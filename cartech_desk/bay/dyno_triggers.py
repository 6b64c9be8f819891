"""When a run begins and ends by itself: by speed, throttle, silence. Pure, fed sample by sample."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.bay.dyno_settings import Triggers
from cartech_desk.domain.dyno.run import TestType

Samples = Iterable[tuple[int, float]]
"""Time (monotonic ns) and value, good ones only, in order."""

IN_A_ROW: Final = 2
"""So many samples beyond the threshold begin a run: a single one may be noise."""
COAST_FALL_KMH: Final = 2.0
COAST_FROM_KMH: Final = 40.0
COAST_OVER_KMH: Final = 5.0
COAST_AGAIN_KMH: Final = 5.0
LET_GO: Final = 0.25
"""The throttle was let go where it is below this part of the most that it was opened."""
OPENED_PCT: Final = 40.0
RPM_LEFT: Final = 0.8
"""Where no speed is known, a run ends once engine speed falls below this part of the highest."""
RPM_LEAST: Final = 1500.0
HOLDING_S: Final = 3600.0
"""How long a test may last that has no pull of its own."""
ROLL_IN_NS: Final = 15_000_000_000
LEAD_NS: Final = 500_000_000
_ROLL_IN_KMH: Final = 0.5


class Why(StrEnum):
    """Why a run ended."""

    LIFT = "lift"
    SILENCE = "silence"
    LONGEST = "longest"
    HAND = "hand"
    SOURCE = "source"
    """Its source was let go of by a person."""
    RECORDING = "recording"
    """Its recording was ended by somebody else."""
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class End:
    """That a run is over: why, and the last instant that belongs to it (monotonic ns)."""

    why: Why
    last_ns: int


def only_by_hand(test: TestType, triggers: Triggers, *, speed: bool, throttle: bool) -> bool:
    """Tell whether a run can begin by hand only, since nothing known tells when it does."""
    if test is TestType.FREE:
        return True
    by_speed = speed and (triggers.start_kmh is not None or test is TestType.COAST_DOWN)
    by_throttle = throttle and triggers.start_throttle_pct is not None
    return not (by_speed or (by_throttle and test is not TestType.COAST_DOWN))


class Beginning:
    """Waits for a run to begin. `too_fast` tells that it goes faster already than it begins at."""

    def __init__(self, test: TestType, triggers: Triggers) -> None:
        self._test = test
        self._speed = _Rise(triggers.start_kmh)
        self._throttle = _Rise(triggers.start_throttle_pct)
        self._coast_from = triggers.start_kmh or COAST_FROM_KMH
        self._highest, self._highest_ns = 0.0, 0

    @property
    def too_fast(self) -> bool:
        """Whether it has been beyond the threshold ever since it was armed."""
        return self._test is not TestType.COAST_DOWN and self._speed.never_below

    def look(self, speed: Samples, throttle: Samples) -> int:
        """Take in what has come; return when the run began, 0 where it has not."""
        if self._test is TestType.COAST_DOWN:
            return self._coasting(speed)
        return self._speed.look(speed) or self._throttle.look(throttle)

    def _coasting(self, speed: Samples) -> int:
        for t_ns, kmh in speed:
            if kmh >= self._highest:
                self._highest, self._highest_ns = kmh, t_ns
            elif self._highest >= self._coast_from and kmh < self._highest - COAST_FALL_KMH:
                return self._highest_ns
        return 0


class _Rise:
    """Waits until a value rises above a threshold, having been below it before."""

    def __init__(self, threshold: float | None) -> None:
        self._threshold = threshold
        self._below = self._above = False
        self._row = 0
        self._first_ns = 0

    @property
    def never_below(self) -> bool:
        return self._above and not self._below

    def look(self, samples: Samples) -> int:
        threshold = self._threshold
        if threshold is None:
            return 0
        for t_ns, value in samples:
            if value < threshold:
                self._below, self._row = True, 0
                continue
            self._above = True
            if not self._row:
                self._first_ns = t_ns
            self._row += 1
            if self._below and self._row >= IN_A_ROW:
                return self._first_ns
        return 0


class Ending:
    """Waits for a run to end."""

    def __init__(self, test: TestType, triggers: Triggers, begun_ns: int) -> None:
        self._test = test
        self._triggers = triggers
        self._begun_ns = begun_ns
        self._highest = 0.0
        self._lowest, self._lowest_ns = float("inf"), begun_ns
        self._opened = 0.0
        self._rpm = 0.0
        self._slow_ns = 0
        """When speed had fallen so far; 0 where it has not, or rose again."""
        self._shut_ns = 0
        """When the throttle was let go; 0 where it is open."""

    def look(
        self, speed: Samples, throttle: Samples, rpm: Samples, *, heard_ns: int, now_ns: int
    ) -> End | None:
        """Take in what has come; return the end where the run is over.

        `rpm` counts only where no speed is known; `heard_ns` is when anything last came of what
        the run is made of.
        """
        look = {
            TestType.POWER_PULL: self._pulled,
            TestType.COAST_DOWN: self._coasted,
            TestType.STEADY_STATE: self._held,
        }.get(self._test)
        over_ns = look(speed, throttle, rpm) if look is not None else 0
        tail_ns = round(1e9 * self._triggers.tail_s)
        if over_ns and now_ns >= over_ns + tail_ns:
            return End(Why.LIFT, over_ns + tail_ns)
        if now_ns - max(heard_ns, self._begun_ns) > 1e9 * self._triggers.silence_s:
            return End(Why.SILENCE, max(heard_ns, self._begun_ns))
        longest_s = self._triggers.longest_s
        if self._test in (TestType.STEADY_STATE, TestType.FREE):
            longest_s = max(longest_s, HOLDING_S)
        if now_ns - self._begun_ns > 1e9 * longest_s:
            return End(Why.LONGEST, now_ns)
        return None

    def _pulled(self, speed: Samples, throttle: Samples, rpm: Samples) -> int:
        for t_ns, kmh in speed:
            if kmh > self._highest:
                self._highest, self._slow_ns = kmh, 0
            elif not self._slow_ns and kmh < self._highest - self._triggers.lift_kmh:
                self._slow_ns = t_ns
        for t_ns, turns in rpm:
            if turns > self._rpm:
                self._rpm, self._slow_ns = turns, 0
            elif not self._slow_ns and self._rpm > RPM_LEAST and turns < RPM_LEFT * self._rpm:
                self._slow_ns = t_ns
        for t_ns, pct in throttle:
            self._opened = max(self._opened, pct)
            if self._opened < OPENED_PCT or pct > 2 * LET_GO * self._opened:
                self._shut_ns = 0
            elif not self._shut_ns and pct < LET_GO * self._opened:
                self._shut_ns = t_ns
        return min(filter(None, (self._slow_ns, self._shut_ns)), default=0)

    def _coasted(self, speed: Samples, _throttle: Samples, _rpm: Samples) -> int:
        for t_ns, kmh in speed:
            if kmh < self._lowest:
                self._lowest, self._lowest_ns = kmh, t_ns
            if not self._slow_ns and (kmh < COAST_OVER_KMH or kmh > self._lowest + COAST_AGAIN_KMH):
                self._slow_ns = self._lowest_ns
        return self._slow_ns

    def _held(self, speed: Samples, _throttle: Samples, _rpm: Samples) -> int:
        over_kmh = 0.5 * (self._triggers.start_kmh or 0.0)
        for t_ns, kmh in speed:
            if kmh >= over_kmh:
                self._slow_ns = 0
            elif not self._slow_ns:
                self._slow_ns = t_ns
        return self._slow_ns


def rolled_in(t_ns: NDArray[np.int64], kmh: NDArray[np.float64], begun_ns: int) -> int:
    """Return when the acceleration began that brought it over the threshold at `begun_ns`.

    `t_ns` and `kmh` are the speed before that: a run that rolls off from a standstill begins
    there, and one out of a steady roll with the pull. What it drove faster before is another one's.
    """
    near = (t_ns >= begun_ns - ROLL_IN_NS) & (t_ns <= begun_ns) & np.isfinite(kmh)
    t_ns, kmh = t_ns[near], kmh[near]
    if not len(kmh):
        return begun_ns - LEAD_NS
    faster = np.flatnonzero(kmh > kmh[-1] + _ROLL_IN_KMH)
    since = int(faster[-1]) + 1 if len(faster) else 0
    t_ns, kmh = t_ns[since:], kmh[since:]
    slow = np.flatnonzero(kmh <= kmh.min() + _ROLL_IN_KMH)
    return int(t_ns[slow[-1]]) - LEAD_NS
