"""The limit watch: every raw reading against every limit, without a clock or a thread of its own.

Whoever owns it calls `take` with each batch, in the thread that read it, and `tick` some times a
second; both return what happened. All times are monotonic nanoseconds. Delays are decided at
readings: what lies between two of them nobody knows.

A reading that is stale or invalid never counts as in range: it neither ends an alarm nor an
on-delay that runs, and it breaks an off-delay. The same holds while a gate cannot be told.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.state import Alarm, AlarmState, Change
from cartech_desk.domain.channels import Quality, Reading

STALE_PERIODS: Final = 3
"""Without a good value for so many nominal periods a channel alarms."""
STALE_LEAST_NS: Final = 500_000_000
"""And not before that: an adapter takes a breath now and then."""
FIRST_VALUE_NS: Final = 5_000_000_000
"""A channel that was just asked for has so long for its first value."""

SIGNAL: Final = "signal:"
LIMIT: Final = "limit:"
DESK: Final = "desk:"

_GOOD: Final = Quality.GOOD
_NAN: Final = math.nan
_INF: Final = math.inf
_NONE, _WARNING, _TRIP = Level.NONE, Level.WARNING, Level.TRIP


class SignalFault(StrEnum):
    """Why a channel has no value."""

    STALE = "stale"
    """Nothing has come."""
    INVALID = "invalid"
    """Answers come and are no values."""


def limit_alarm(limit_key: str) -> str:
    """Key of a limit's alarm."""
    return f"{LIMIT}{limit_key}"


def signal_alarm(channel: str) -> str:
    """Key of the alarm that a channel has no value."""
    return f"{SIGNAL}{channel}"


def desk_alarm(what: str) -> str:
    """Key of an alarm of the desk's own ("link", "recording", "limits")."""
    return f"{DESK}{what}"


class _Edge:
    """One edge of a limit: out once beyond for the on-delay, back once within for the off-delay."""

    __slots__ = ("back", "delay_ns", "edge", "off_ns", "out", "sign", "since_ns")

    def __init__(self, limit: Limit, level: Level) -> None:
        edge = limit.edge(level)
        self.sign = 1.0 if limit.comparison is Comparison.ABOVE else -1.0
        self.edge = _INF if edge is None else self.sign * edge
        self.back = self.edge - limit.deadband
        self.delay_ns = round(limit.delay_s(level) * 1e9)
        self.off_ns = round(limit.off_delay_s * 1e9)
        self.out = False
        self.since_ns: int | None = None
        """Since when it is beyond (not out yet) or within (still out)."""

    def step(self, t_ns: int, value: float) -> None:
        """Take in a value that counts."""
        value *= self.sign
        if self.out:
            if value > self.back:
                self.since_ns = None
                return
        elif value <= self.edge:
            self.since_ns = None
            return
        if self.since_ns is None:
            self.since_ns = t_ns
        if t_ns - self.since_ns >= (self.off_ns if self.out else self.delay_ns):
            self.out = not self.out
            self.since_ns = None

    def gated(self, t_ns: int) -> None:
        """Take in that the limit does not count now: as good as well within."""
        self.step(t_ns, -_INF * self.sign)

    def unknown(self) -> None:
        """Take in that nothing is known."""
        if self.out:
            self.since_ns = None

    def forget(self) -> None:
        """Begin anew."""
        self.out, self.since_ns = False, None


class _Signal:
    """What is known of one channel."""

    __slots__ = (
        "answer_ns",
        "before_ns",
        "due_ns",
        "good_ns",
        "interval_ns",
        "limits",
        "period_ns",
        "quality",
        "value",
    )

    def __init__(self) -> None:
        self.value = _NAN
        self.quality: int = Quality.STALE
        self.good_ns = 0
        self.answer_ns = 0
        self.interval_ns = self.before_ns = 0
        self.period_ns = 0
        """Nominal time between two readings; 0 for a channel that nobody asks for."""
        self.due_ns = 0
        """By when its first value has to be there."""
        self.limits: tuple[_Watcher, ...] = ()

    def patience_ns(self) -> int:
        """For how long it may have no value: three nominal periods.

        On a wire that does not keep up the nominal period is the one that is kept, seen twice.
        """
        kept_ns = max(self.period_ns, min(self.interval_ns, self.before_ns))
        return max(STALE_LEAST_NS, STALE_PERIODS * kept_ns)


class _Watcher:
    """One limit at work."""

    __slots__ = ("alarm", "gate", "high", "limit", "low", "only", "trip", "value_of", "warning")

    def __init__(self, limit: Limit, alarm: Alarm) -> None:
        self.limit = limit
        self.alarm = alarm
        self.warning = _Edge(limit, _WARNING)
        self.trip = _Edge(limit, _TRIP)
        self.value_of = limit.expression
        self.gate = limit.gate_expression
        self.only = limit.inputs[0] if limit.inputs == (limit.watches.strip(),) else ""
        nearest = min(self.warning.edge, self.trip.edge)
        above = limit.comparison is Comparison.ABOVE
        self.low = -_INF if above else -nearest
        self.high = nearest if above else _INF

    @property
    def at_rest(self) -> bool:
        """Whether a value between `low` and `high` changes nothing."""
        warning, trip = self.warning, self.trip
        return (
            not warning.out and not trip.out and warning.since_ns is None and trip.since_ns is None
        )

    def forget(self) -> None:
        self.warning.forget()
        self.trip.forget()

    def level(self) -> Level:
        return _TRIP if self.trip.out else _WARNING if self.warning.out else _NONE


@dataclass(frozen=True, slots=True)
class Standing:
    """One alarm as it stands: `fault` for one of a channel without a value."""

    key: str
    state: AlarmState
    level: Level
    worst: Level
    value: float
    shelved_until_ns: int
    fault: SignalFault | None = None


class LimitWatch:
    """Limits over readings. Not thread-safe: whoever owns it sees to that.

    `use` puts limits in force, `expect` says which channels are asked for and how often; `take`,
    `tick` and `desk` feed it. Alarms keep their state across `use` where the key stays.
    """

    def __init__(self, limits: Iterable[Limit] = ()) -> None:
        self.alarms: dict[str, Alarm] = {}
        self._watchers: dict[str, _Watcher] = {}
        self._signals: dict[str, _Signal] = {}
        self._listening = False
        self._faults: dict[str, SignalFault] = {}
        self.use(limits, 0)

    # What is watched

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits in force, those out of service included."""
        return tuple(watcher.limit for watcher in self._watchers.values())

    def use(self, limits: Iterable[Limit], t_ns: int) -> tuple[Change, ...]:
        """Put these limits in force; alarms of limits that are gone return and go.

        Errors: LimitRefused, ExpressionError for a limit that `check_limit` refuses.
        """
        changes: list[Change] = []
        before, watchers = self._watchers, {}
        for limit in limits:
            old = before.get(limit.key)
            if old is not None and old.limit == limit:
                watchers[limit.key] = old
                continue
            key = limit_alarm(limit.key)
            alarm = self.alarms.get(key) or Alarm(key)
            alarm.latch = limit.latch
            watchers[limit.key] = _Watcher(limit, alarm)
            self.alarms[key] = alarm
            changes += alarm.condition(t_ns, _NONE, _NAN)
            changes += (alarm.in_service if limit.in_service else alarm.out_of_service)(t_ns)
        for key in before.keys() - watchers.keys():
            changes += self._let_go(limit_alarm(key), t_ns)
        self._watchers = watchers
        self._spread()
        for name in [n for n in self._signals if not self._needed(n)]:
            changes += self._let_go(signal_alarm(name), t_ns)
            del self._signals[name]
        return tuple(changes)

    def expect(self, periods_s: Mapping[str, float], t_ns: int) -> tuple[Change, ...]:
        """Say which channels are asked for, and every how many seconds; others are not missed."""
        changes: list[Change] = []
        for name, signal in self._signals.items():
            period_ns = round(1e9 * periods_s.get(name, 0.0))
            if period_ns and not signal.period_ns:
                signal.due_ns = t_ns + FIRST_VALUE_NS
            signal.period_ns = period_ns
            if not period_ns:
                changes += self._fault(name, None, t_ns)
        return tuple(changes)

    def listen(self, t_ns: int, *, on: bool) -> None:
        """Say whether readings are to be expected at all: connected, ignition on.

        While they are not, nothing is known and nobody is missed; afterwards every channel has
        time for its first value again.
        """
        if on == self._listening:
            return
        self._listening = on
        for signal in self._signals.values():
            signal.due_ns = t_ns + FIRST_VALUE_NS
            signal.value, signal.quality = _NAN, Quality.STALE
        for watcher in self._watchers.values():
            watcher.warning.unknown()
            watcher.trip.unknown()

    def leave(self, t_ns: int) -> tuple[Change, ...]:
        """End the watch of this car: every condition is gone, and what was not acknowledged stays.

        For a disconnection by a person or another car; a link that was lost is `listen`.
        """
        self.listen(t_ns, on=False)
        changes: list[Change] = []
        for watcher in self._watchers.values():
            watcher.forget()
            changes += watcher.alarm.condition(t_ns, _NONE, _NAN)
        for name in self._signals:
            changes += self._fault(name, None, t_ns)
        return tuple(changes)

    # What comes in

    def take(self, batch: Sequence[Reading]) -> Sequence[Change]:
        """Take in a batch of raw readings; usually nothing happens."""
        signals = self._signals
        changes: list[Change] = []
        mixed: dict[str, tuple[_Watcher, int]] | None = None
        for name, t_ns, value, quality in batch:
            signal = signals.get(name)
            if signal is None:
                continue
            signal.quality = quality
            if quality == _GOOD:
                signal.before_ns = signal.interval_ns
                signal.interval_ns = t_ns - signal.good_ns if signal.good_ns else 0
                signal.value = value
                signal.good_ns = signal.answer_ns = t_ns
            else:
                signal.value = value = _NAN  # noqa: PLW2901 - whatever came with it is no value
                if quality != Quality.STALE:
                    signal.answer_ns = t_ns
            for watcher in signal.limits:
                if not watcher.only:
                    mixed = mixed if mixed is not None else {}
                    last = mixed.get(watcher.limit.key)
                    mixed[watcher.limit.key] = (watcher, max(t_ns, last[1] if last else t_ns))
                elif not (watcher.low <= value <= watcher.high and watcher.at_rest):
                    self._step(watcher, t_ns, value, changes)
        if mixed is not None:
            for watcher, t_ns in mixed.values():
                value = watcher.value_of(
                    {name: signals[name].value for name in watcher.limit.inputs}
                )
                self._step(watcher, t_ns, value, changes)
        return changes

    def tick(self, now_ns: int) -> Sequence[Change]:
        """Notice what has not come, and whose time on the shelf is over."""
        changes: list[Change] = []
        for alarm in self.alarms.values():
            changes += alarm.expire(now_ns)
        if self._listening:
            for name, signal in self._signals.items():
                if signal.period_ns:
                    changes += self._fault(name, self._missing(signal, now_ns), now_ns)
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
                self._faults.get(alarm.key.removeprefix(SIGNAL)),
            )
            for alarm in self.alarms.values()
            if not alarm.quiet
        )

    # How it is done

    def _step(self, watcher: _Watcher, t_ns: int, value: float, changes: list[Change]) -> None:
        counts: float = 1.0
        if watcher.gate is not None:
            signals = self._signals
            counts = watcher.gate({name: signals[name].value for name in watcher.gate.names})
        for edge in (watcher.warning, watcher.trip):
            if value != value or counts != counts:  # noqa: PLR0124 - NaN, and this is the hot path
                edge.unknown()
            elif counts:
                edge.step(t_ns, value)
            else:
                edge.gated(t_ns)
        level = watcher.level()
        alarm = watcher.alarm
        if level is not alarm.level or level is not _NONE:
            changes += alarm.condition(t_ns, level, value if value == value else alarm.value)  # noqa: PLR0124

    def _missing(self, signal: _Signal, now_ns: int) -> SignalFault | None:
        since_ns = max(signal.good_ns, signal.due_ns - signal.patience_ns())
        if now_ns - since_ns <= signal.patience_ns():
            return None
        answered = now_ns - signal.answer_ns <= signal.patience_ns()
        return SignalFault.INVALID if answered else SignalFault.STALE

    def _fault(self, name: str, fault: SignalFault | None, t_ns: int) -> tuple[Change, ...]:
        if fault is None:
            alarm = self.alarms.get(signal_alarm(name))
            changes = alarm.condition(t_ns, _NONE, _NAN) if alarm is not None else ()
            if alarm is None or alarm.quiet:
                self._faults.pop(name, None)
            return changes
        self._faults[name] = fault
        key = signal_alarm(name)
        alarm = self.alarms.get(key)
        if alarm is None:
            alarm = self.alarms[key] = Alarm(key)
        return alarm.condition(t_ns, _WARNING, _NAN)

    def _let_go(self, key: str, t_ns: int) -> tuple[Change, ...]:
        """Take an alarm away whose limit or channel is not watched any more."""
        alarm = self.alarms.pop(key, None)
        if alarm is None or alarm.quiet:
            return ()
        return alarm.drop(t_ns)

    def _needed(self, name: str) -> bool:
        return any(name in watcher.limit.channels for watcher in self._watchers.values())

    def _spread(self) -> None:
        """Tell each channel which limits its readings concern."""
        concerned: dict[str, list[_Watcher]] = {}
        for watcher in self._watchers.values():
            for name in watcher.limit.channels:
                concerned.setdefault(name, [])
            if watcher.limit.in_service:
                for name in watcher.limit.inputs:
                    concerned[name].append(watcher)
        for name, watchers in concerned.items():
            self._signals.setdefault(name, _Signal()).limits = tuple(watchers)
