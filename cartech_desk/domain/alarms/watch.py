"""The limit watch: every raw reading against every limit, without a clock or a thread of its own.

Whoever owns it calls `take` with each batch, in the thread that read it, and `tick` some times a
second; both return what happened. All times are monotonic nanoseconds.

A reading that is stale, invalid or no finite number never counts as in range: it neither ends an
alarm nor an on-delay that runs, and it breaks an off-delay. The same holds while a gate cannot be
told. Readings of one instant belong together, in whatever order they come: gates and expressions
are judged once all of them are in. How readings are cut into batches makes no difference otherwise.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.alarms.keys import (
    DESK,
    LIMIT,
    SIGNAL,
    desk_alarm,
    limit_alarm,
    signal_alarm,
)
from cartech_desk.domain.alarms.limit import Level, Limit, LimitRefused
from cartech_desk.domain.alarms.signal import (
    FIRST_VALUE_NS,
    STALE_LEAST_NS,
    STALE_MOST_NS,
    STALE_PERIODS,
    Signal,
    SignalFault,
)
from cartech_desk.domain.alarms.state import Alarm, AlarmState, Change
from cartech_desk.domain.alarms.watcher import Watcher
from cartech_desk.domain.channels import Quality, Reading

__all__ = [
    "DESK",
    "FIRST_VALUE_NS",
    "LIMIT",
    "SIGNAL",
    "SLEPT_NS",
    "STALE_LEAST_NS",
    "STALE_MOST_NS",
    "STALE_PERIODS",
    "LimitWatch",
    "SignalFault",
    "Standing",
    "desk_alarm",
    "limit_alarm",
    "signal_alarm",
]

SLEPT_NS: Final = 5_000_000_000
"""Where neither a reading nor a tick came for so long, the desk itself was not there."""
DISORDER_NS: Final = 1_000_000_000
"""A reading that comes late by less is taken as of the channel's last one."""

_GOOD: Final = Quality.GOOD
_STALE: Final = Quality.STALE
_NAN: Final = math.nan
_NONE: Final = Level.NONE


@dataclass(frozen=True, slots=True)
class Standing:
    """One alarm as it stands: `fault` for one of a channel without a value.

    `worst_value` is the value that lay farthest out while its limit counted.
    """

    key: str
    state: AlarmState
    level: Level
    worst: Level
    value: float
    shelved_until_ns: int
    fault: SignalFault | None = None
    worst_value: float = math.nan


class LimitWatch:
    """Limits over readings. Not thread-safe: whoever owns it sees to that.

    `use` puts limits in force, `expect` says which channels are asked for and how often; `take`,
    `tick` and `desk` feed it. Alarms keep their state across `use` where the key stays.
    """

    def __init__(self, limits: Iterable[Limit] = ()) -> None:
        self.alarms: dict[str, Alarm] = {}
        self._watchers: dict[str, Watcher] = {}
        self._signals: dict[str, Signal] = {}
        self._periods_ns: dict[str, int] = {}
        self._listening = False
        self._held = False
        self._awake_ns = 0
        """When something came last, a tick or a reading; 0 before the first tick."""
        self.use(limits, 0)

    # What is watched

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits in force, those out of service included."""
        return tuple(watcher.limit for watcher in self._watchers.values())

    def use(self, limits: Iterable[Limit], t_ns: int) -> tuple[Change, ...]:
        """Put these limits in force, all or none; alarms of limits that are gone return.

        They go by that, but for those that ask to be acknowledged or cleared: they are no more
        among `alarms` and have to be kept by whoever shows them.

        Where a limit was changed its alarm goes on: judged at once by the last value where an edge
        was moved, returned where another quantity is watched now. Errors: LimitRefused,
        ExpressionError for a limit that `check_limit` refuses.
        """
        before, watchers = self._watchers, {}
        for limit in limits:
            if limit.key in watchers:
                raise LimitRefused(
                    f"There are two limits “{limit.key}”.",
                    kept="Nothing was changed.",
                    to_do="Give one another name.",
                )
            old = before.get(limit.key)
            watchers[limit.key] = old if old and old.limit == limit else Watcher(limit)
        changes: list[Change] = []
        for key in before:
            if key not in watchers:
                changes += self._let_go(limit_alarm(key), t_ns)
        self._watchers = watchers
        changes += self._spread(t_ns)
        for key, watcher in watchers.items():
            if watcher is not before.get(key):
                changes += self._begin(watcher, before.get(key), t_ns)
        return tuple(changes)

    def expect(self, periods_s: Mapping[str, float], t_ns: int) -> tuple[Change, ...]:
        """Say which channels are asked for, and every how many seconds; others are not missed."""
        self._periods_ns = {name: round(1e9 * seconds) for name, seconds in periods_s.items()}
        changes: list[Change] = []
        for name, signal in self._signals.items():
            signal.expect(self._periods_ns.get(name, 0), t_ns)
            if not signal.period_ns:
                changes += self._fault(name, signal, None, t_ns)
        return tuple(changes)

    def listen(self, t_ns: int, *, on: bool) -> None:
        """Say whether readings are to be expected at all: connected, link not lost, ignition on.

        While they are not, nothing is known and nobody is missed; afterwards every channel has
        time for its first value again. What is out stays so, and delays begin anew. A wire that
        merely pauses is `hold`.
        """
        if on == self._listening:
            return
        self._listening = on
        for signal in self._signals.values():
            signal.lose(t_ns)
        for watcher in self._watchers.values():
            watcher.edges.anew()

    def settle(self, t_ns: int) -> None:
        """Say that the wire has more or less to do from now on, so that it keeps other periods."""
        for signal in self._signals.values():
            signal.settle(t_ns)

    def hold(self, *, on: bool) -> None:
        """Say whether the whole wire is silent, or may be: meanwhile no channel is missed.

        All else goes on. What the silence was is told by `paused`.
        """
        self._held = on

    def paused(self, since_ns: int, until_ns: int) -> None:
        """Say that nothing at all was heard from then till then: that counts against no channel.

        All else went on: delays ran, and a channel that was dead before has to be missed in spite
        of it.
        """
        for signal in self._signals.values():
            signal.heard_again(since_ns, until_ns)

    def leave(self, t_ns: int) -> tuple[Change, ...]:
        """End the watch of this car: every condition is gone, and what was not acknowledged stays.

        For a disconnection by a person or another car; a link that was lost is `listen`.
        """
        self.listen(t_ns, on=False)
        changes: list[Change] = []
        for watcher in self._watchers.values():
            watcher.edges.forget()
            changes += watcher.alarm.condition(t_ns, _NONE, _NAN)
        for name, signal in self._signals.items():
            signal.lose(t_ns)
            signal.interval_ns = signal.before_ns = 0
            changes += self._fault(name, signal, None, t_ns)
        return tuple(changes)

    # What comes in

    def take(self, batch: Sequence[Reading]) -> Sequence[Change]:
        """Take in a batch of raw readings; usually nothing happens."""
        if self._awake_ns and batch:
            self._stay_awake(batch[0][1])
        signals = self._signals
        changes: list[Change] = []
        waiting: dict[Watcher, None] = {}
        instant_ns = 0
        for name, t_ns, value, quality in batch:
            signal = signals.get(name)
            if signal is None:
                continue
            last_ns = signal.last_ns
            if t_ns < last_ns and last_ns - t_ns < DISORDER_NS:
                t_ns = last_ns  # noqa: PLW2901 - time goes one way
            if waiting and (t_ns != instant_ns or t_ns == last_ns):
                self._judge(waiting, instant_ns, changes)
            signal.last_ns = t_ns
            if quality == _GOOD and value - value == 0.0:  # finite, the quickest way to say it
                signal.before_ns = signal.interval_ns
                signal.interval_ns = t_ns - signal.answer_ns if signal.answer_ns else 0
                signal.value = value
                signal.good_ns = signal.answer_ns = t_ns
            else:
                value = _NAN  # noqa: PLW2901 - whatever came with it is no value
                signal.no_value(t_ns, answered=quality != _STALE)
            for watcher in signal.limits:
                if watcher.low <= value <= watcher.high and watcher.edges.rest:
                    continue
                if watcher.prompt:
                    self._step(watcher, t_ns, value, 1.0, changes)
                else:
                    waiting[watcher] = None
                    instant_ns = t_ns
        if waiting:
            self._judge(waiting, instant_ns, changes)
        return changes

    def tick(self, now_ns: int) -> Sequence[Change]:
        """Notice what has not come, and whose time on the shelf is over."""
        if self._awake_ns:
            self._stay_awake(now_ns)
        self._awake_ns = now_ns  # also back from what a stamp from the future made of it
        changes: list[Change] = []
        for alarm in self.alarms.values():
            if alarm.shelved_until_ns:
                changes += alarm.expire(now_ns)
        for signal in self._signals.values():
            if signal.last_ns > now_ns or signal.due_ns > now_ns:
                signal.not_after(now_ns)
        if self._listening and not self._held:
            for name, signal in self._signals.items():
                fault = signal.missing(now_ns)
                if fault is not None or signal.fault is not None:
                    changes += self._fault(name, signal, fault, now_ns)
        return changes

    def desk(self, what: str, t_ns: int, level: Level) -> tuple[Change, ...]:
        """Take in a condition of the desk's own, such as a lost link or a full disk."""
        key = desk_alarm(what)
        alarm = self.alarms.get(key)
        if alarm is None:
            if level is _NONE:
                return ()
            alarm = self.alarms[key] = Alarm(key)
        return alarm.condition(t_ns, level, _NAN)

    # What is asked

    def limit(self, key: str) -> Limit | None:
        """Return the limit of a limit's alarm by the alarm's key."""
        watcher = self._watchers.get(key.removeprefix(LIMIT))
        return watcher.limit if watcher is not None and key.startswith(LIMIT) else None

    def standing(self) -> tuple[Standing, ...]:
        """Return every alarm that is not normal."""
        return tuple(
            Standing(
                alarm.key,
                alarm.state,
                alarm.level,
                alarm.worst,
                alarm.value,
                alarm.shelved_until_ns,
                self._fault_of(alarm.key),
                alarm.worst_value,
            )
            for alarm in self.alarms.values()
            if not alarm.quiet
        )

    # How it is done

    def _judge(self, waiting: dict[Watcher, None], t_ns: int, changes: list[Change]) -> None:
        """Judge what needs more than one reading, now that all of an instant are in."""
        for watcher in waiting:
            value, edges = watcher.value(), watcher.edges
            if not (edges.low <= value <= edges.high and edges.rest):  # else no gate matters
                self._step(watcher, t_ns, value, watcher.counts(), changes)
        waiting.clear()

    def _step(
        self, watcher: Watcher, t_ns: int, value: float, counts: float, changes: list[Change]
    ) -> None:
        level = watcher.edges.step(t_ns, value, counts)
        alarm = watcher.alarm
        if level is not alarm.level or level is not _NONE:
            if math.isnan(value):
                changes += alarm.condition(t_ns, level, alarm.value, counts=False)
            else:
                changes += alarm.condition(t_ns, level, value, counts=counts > 0 or counts < 0)

    def _stay_awake(self, now_ns: int) -> None:
        """Notice that the desk itself was not there, as when the laptop slept.

        What was known before is no longer: channels have time for a first value, delays begin anew.
        """
        if now_ns - self._awake_ns > SLEPT_NS:
            for signal in self._signals.values():
                signal.lose(now_ns)
            for watcher in self._watchers.values():
                watcher.edges.anew()
        self._awake_ns = max(self._awake_ns, now_ns)

    def _begin(self, watcher: Watcher, old: Watcher | None, t_ns: int) -> tuple[Change, ...]:
        """Put a limit to work that is new or was changed."""
        limit = watcher.limit
        alarm = self.alarms.setdefault(watcher.alarm.key, watcher.alarm)
        alarm.latch, alarm.below = limit.latch, watcher.alarm.below
        watcher.alarm = alarm
        if not limit.in_service:
            if alarm.asks:  # what came while it was in service has to be answered all the same
                gone = self._let_go(alarm.key, t_ns)
                watcher.alarm = self.alarms[alarm.key] = Watcher(limit).alarm
                return gone + watcher.alarm.out_of_service(t_ns)
            return alarm.out_of_service(t_ns) + alarm.condition(t_ns, _NONE, _NAN)
        if old is not None and watcher.same_quantity(old.limit):
            watcher.edges.take_over(old.edges, watcher.value())
        elif old is not None:
            alarm.worst_value = _NAN
        changes = alarm.condition(t_ns, watcher.edges.level, alarm.value, counts=False)
        return changes + alarm.in_service(t_ns)

    def _fault(
        self, name: str, signal: Signal, fault: SignalFault | None, t_ns: int
    ) -> tuple[Change, ...]:
        key = signal_alarm(name)
        alarm = self.alarms.get(key)
        if fault is None:
            changes = alarm.condition(t_ns, _NONE, _NAN) if alarm is not None else ()
            if alarm is None or alarm.quiet:
                signal.fault = None
            return changes
        if alarm is None:
            alarm = self.alarms[key] = Alarm(key)
        signal.fault = fault
        if alarm.level is _NONE:
            signal.value = _NAN
            for watcher in signal.concerns:
                watcher.edges.unknown()
        return alarm.condition(t_ns, Level.WARNING, _NAN)

    def _fault_of(self, key: str) -> SignalFault | None:
        signal = self._signals.get(key.removeprefix(SIGNAL)) if key.startswith(SIGNAL) else None
        return signal.fault if signal is not None else None

    def _let_go(self, key: str, t_ns: int) -> tuple[Change, ...]:
        """Let go of an alarm whose limit or channel is not watched any more.

        It is not among `alarms` from then on; whoever tells of it keeps it as long as it asks.
        """
        alarm = self.alarms.pop(key, None)
        return alarm.let_go(t_ns) if alarm is not None else ()

    def _spread(self, t_ns: int) -> list[Change]:
        """Tell each channel which limits in service it concerns; let go of those that do not."""
        at_work = [one for one in self._watchers.values() if one.limit.in_service]
        concerned: dict[str, list[Watcher]] = {}
        for watcher in at_work:
            for name in watcher.limit.channels:
                concerned.setdefault(name, []).append(watcher)
        changes: list[Change] = []
        for name in [name for name in self._signals if name not in concerned]:
            changes += self._let_go(signal_alarm(name), t_ns)
            del self._signals[name]
        for name, watchers in concerned.items():
            signal = self._signals.get(name)
            if signal is None:
                signal = self._signals[name] = Signal()
                signal.expect(self._periods_ns.get(name, 0), t_ns)
            signal.concerns = tuple(watchers)
            signal.limits = tuple(one for one in watchers if name in one.value_of.names)
        for watcher in at_work:
            watcher.reads(self._signals)
        return changes
