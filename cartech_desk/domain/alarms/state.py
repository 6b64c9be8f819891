"""The state that an alarm is in, and what moves it (ISA-18.2, clause 5.2; OPC UA Part 9).

All transitions stand in one table. An alarm that is shelved or out of service keeps following its
condition underneath, so that nothing is lost when it comes back.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.errors import CarTechError


class AlarmState(StrEnum):
    """Where an alarm stands."""

    NORMAL = "normal"
    ACTIVE_UNACKNOWLEDGED = "active_unacknowledged"
    ACTIVE_ACKNOWLEDGED = "active_acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"
    """The condition is gone and nobody has acknowledged that it was there."""
    LATCHED = "latched"
    """Acknowledged and gone, and it stays until somebody clears it."""
    SHELVED = "shelved"
    """Put aside by a person, always for a limited time."""
    OUT_OF_SERVICE = "out_of_service"


class Happening(StrEnum):
    """What happens to an alarm; the words of the history and of the audit log."""

    RAISED = "raised"
    ESCALATED = "escalated"
    """From a warning to a trip: it asks to be acknowledged anew."""
    RETURNED = "returned"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"
    """It is normal again: by itself after its return, or by a person where it was latched."""
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    """By a person, or because its time was over."""
    OUT_OF_SERVICE = "out_of_service"
    IN_SERVICE = "in_service"


class AlarmRefused(CarTechError):
    """An act on an alarm that makes no sense in its state."""

    code: ClassVar[str] = "alarm_refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to one alarm.

    `key` names the alarm, `t_ns` is monotonic, `before` and `after` are its states, `level` is
    the worst one of this occurrence, `value` what was measured (NaN where that is no matter).
    """

    key: str
    t_ns: int
    happening: Happening
    before: AlarmState
    after: AlarmState
    level: Level
    value: float


_N = AlarmState.NORMAL
_AU = AlarmState.ACTIVE_UNACKNOWLEDGED
_AA = AlarmState.ACTIVE_ACKNOWLEDGED
_RU = AlarmState.RETURNED_UNACKNOWLEDGED
_L = AlarmState.LATCHED

ACTIVE: Final = frozenset({_AU, _AA})
UNACKNOWLEDGED: Final = frozenset({_AU, _RU})

ON_CONDITION: Final = {_N: _AU, _RU: _AU, _L: _AU}
"""Where an alarm goes when its condition comes."""
ON_RETURN: Final = {_AU: _RU, _AA: _N}
"""Where it goes when its condition goes; a latched one from acknowledged to LATCHED."""
ON_ACKNOWLEDGE: Final = {_AU: _AA, _RU: _N}
"""Where it goes when somebody acknowledges; a latched one from returned to LATCHED."""


class Alarm:
    """One alarm. Not thread-safe: whoever owns it sees to that.

    `state` is what is shown; `level` how far its condition is out now, `worst` the worst since it
    was last normal. Every method returns what happened, in order, an empty tuple for nothing.
    """

    __slots__ = ("_aside", "_under", "key", "latch", "level", "shelved_until_ns", "value", "worst")

    def __init__(self, key: str, *, latch: bool = False) -> None:
        self.key = key
        self.latch = latch
        self.level = Level.NONE
        self.worst = Level.NONE
        self.value = float("nan")
        self.shelved_until_ns = 0
        self._under = _N
        self._aside: AlarmState | None = None

    @property
    def state(self) -> AlarmState:
        """Its state as people see it."""
        return self._aside or self._under

    @property
    def quiet(self) -> bool:
        """Whether it is normal, with nothing put aside."""
        return self._under is _N and self._aside is None

    def condition(self, t_ns: int, level: Level, value: float) -> tuple[Change, ...]:
        """Take in how far the condition is out as of `t_ns`."""
        before, self.level = self.level, level
        if level > Level.NONE:
            self.value = value
            worse = level > self.worst
            self.worst = max(self.worst, level)
            if before is Level.NONE:
                return self._move(t_ns, Happening.RAISED, ON_CONDITION.get(self._under, _AU))
            if worse:
                return self._move(t_ns, Happening.ESCALATED, _AU)
            return ()
        if before is Level.NONE:
            return ()
        after = ON_RETURN.get(self._under, self._under)
        if self.latch and after is _N:
            after = _L
        changes = self._move(t_ns, Happening.RETURNED, after)
        return changes + self._settle(t_ns) if after is _N else changes

    def acknowledge(self, t_ns: int) -> tuple[Change, ...]:
        """Acknowledge. Errors: AlarmRefused where there is nothing to be acknowledged."""
        after = ON_ACKNOWLEDGE.get(self._under)
        if after is None or self._aside is not None:
            raise _refused("acknowledge", self.state)
        if self.latch and after is _N:
            after = _L
        changes = self._move(t_ns, Happening.ACKNOWLEDGED, after)
        return changes + self._settle(t_ns) if after is _N else changes

    def clear(self, t_ns: int) -> tuple[Change, ...]:
        """Clear a latched alarm. Errors: AlarmRefused in every other state."""
        if self._under is not _L or self._aside is not None:
            raise _refused("clear", self.state)
        return self._move(t_ns, Happening.CLEARED, _N)

    def shelve(self, t_ns: int, until_ns: int) -> tuple[Change, ...]:
        """Put it aside until monotonic `until_ns`; a shelved one gets the new time.

        Errors: AlarmRefused where it is out of service or the time lies in the past.
        """
        if self._aside is AlarmState.OUT_OF_SERVICE or until_ns <= t_ns:
            raise _refused("shelve", self.state)
        self.shelved_until_ns = until_ns
        return self._put_aside(t_ns, Happening.SHELVED, AlarmState.SHELVED)

    def unshelve(self, t_ns: int) -> tuple[Change, ...]:
        """Take it back from the shelf. Errors: AlarmRefused where it is not shelved."""
        if self._aside is not AlarmState.SHELVED:
            raise _refused("unshelve", self.state)
        self.shelved_until_ns = 0
        return self._take_back(t_ns, Happening.UNSHELVED)

    def expire(self, t_ns: int) -> tuple[Change, ...]:
        """Take it back from the shelf where its time is over."""
        if self._aside is AlarmState.SHELVED and t_ns >= self.shelved_until_ns:
            return self.unshelve(t_ns)
        return ()

    def out_of_service(self, t_ns: int) -> tuple[Change, ...]:
        """Take it out of service; nothing where it is already."""
        if self._aside is AlarmState.OUT_OF_SERVICE:
            return ()
        self.shelved_until_ns = 0
        return self._put_aside(t_ns, Happening.OUT_OF_SERVICE, AlarmState.OUT_OF_SERVICE)

    def in_service(self, t_ns: int) -> tuple[Change, ...]:
        """Put it back into service; nothing where it is."""
        if self._aside is not AlarmState.OUT_OF_SERVICE:
            return ()
        return self._take_back(t_ns, Happening.IN_SERVICE)

    def drop(self, t_ns: int) -> tuple[Change, ...]:
        """Make it normal whatever it was: what it watched is watched no more."""
        if self.quiet:
            return ()
        before, worst = self.state, self.worst
        self._under, self._aside, self.shelved_until_ns = _N, None, 0
        self.level = self.worst = Level.NONE
        return (Change(self.key, t_ns, Happening.CLEARED, before, _N, worst, self.value),)

    def _move(self, t_ns: int, happening: Happening, after: AlarmState) -> tuple[Change, ...]:
        """Go to another state underneath; told unless it is put aside."""
        before, self._under = self._under, after
        worst = self.worst
        if after is _N:
            self.worst = Level.NONE
        if self._aside is not None:
            return ()
        return (Change(self.key, t_ns, happening, before, after, worst, self.value),)

    def _settle(self, t_ns: int) -> tuple[Change, ...]:
        """Tell that it is normal again, after what brought it there."""
        if self._aside is not None:
            return ()
        return (Change(self.key, t_ns, Happening.CLEARED, _N, _N, Level.NONE, self.value),)

    def _put_aside(self, t_ns: int, happening: Happening, aside: AlarmState) -> tuple[Change, ...]:
        before, self._aside = self.state, aside
        return (Change(self.key, t_ns, happening, before, aside, self.worst, self.value),)

    def _take_back(self, t_ns: int, happening: Happening) -> tuple[Change, ...]:
        """Come back from aside: whatever is out now asks to be acknowledged anew."""
        aside, self._aside = self.state, None
        if self.level is Level.NONE:
            return (Change(self.key, t_ns, happening, aside, self._under, self.worst, self.value),)
        self._under, self.worst = _N, self.level
        return (
            Change(self.key, t_ns, happening, aside, _N, self.worst, self.value),
            *self._move(t_ns, Happening.RAISED, _AU),
        )


def _refused(act: str, state: AlarmState) -> AlarmRefused:
    words = state.value.replace("_", " ")
    return AlarmRefused(
        f"An alarm that is {words} cannot be {_DONE[act]}.",
        kept="It stays as it is.",
        to_do="Look at the list of alarms again: its state may just have changed.",
    )


_DONE: Final = {
    "acknowledge": "acknowledged",
    "clear": "cleared",
    "shelve": "shelved for that time",
    "unshelve": "taken from the shelf",
}
