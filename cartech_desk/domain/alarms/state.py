"""The state that an alarm is in, and what moves it (ISA-18.2, clause 5.2; OPC UA Part 9).

All transitions stand in tables. An alarm that is shelved or out of service keeps following its
condition underneath, as far as that is still evaluated, so that nothing is lost when it comes back.
"""

import math
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
    the worst one of this occurrence, `value` what was measured and `worst_value` what lay farthest
    out while it counted (NaN where that is no matter).
    """

    key: str
    t_ns: int
    happening: Happening
    before: AlarmState
    after: AlarmState
    level: Level
    value: float
    worst_value: float = math.nan


_N = AlarmState.NORMAL
_AU = AlarmState.ACTIVE_UNACKNOWLEDGED
_AA = AlarmState.ACTIVE_ACKNOWLEDGED
_RU = AlarmState.RETURNED_UNACKNOWLEDGED
_L = AlarmState.LATCHED

ACTIVE: Final = frozenset({_AU, _AA})
UNACKNOWLEDGED: Final = frozenset({_AU, _RU})
STANDS: Final = ACTIVE | {_RU, _L}
"""Neither normal nor put aside."""

# When its condition comes an alarm is active and unacknowledged, wherever it was.
ON_RETURN: Final = {_AU: _RU, _AA: _N}
"""Where it goes when its condition goes; one that latches from acknowledged to LATCHED."""
ON_ACKNOWLEDGE: Final = {_AU: _AA, _RU: _N}
"""Where it goes when somebody acknowledges; one that latches from returned to LATCHED."""


class Alarm:
    """One alarm. Not thread-safe: whoever owns it sees to that.

    `state` is what is shown; `level` how far its condition is out now, `worst` the worst since it
    was last normal, and `worst_value` the value of then that lay farthest out. `below` tells on
    which side that is. Every method returns what happened, in order, an empty tuple for nothing.
    """

    __slots__ = (
        "_aside",
        "_open",
        "_under",
        "below",
        "key",
        "latch",
        "level",
        "shelved_until_ns",
        "value",
        "worst",
        "worst_value",
    )

    def __init__(self, key: str, *, latch: bool = False, below: bool = False) -> None:
        self.key = key
        self.latch = latch
        self.below = below
        self.level = Level.NONE
        self.worst = Level.NONE
        self.value = self.worst_value = math.nan
        self.shelved_until_ns = 0
        self._under = _N
        self._aside: AlarmState | None = None
        self._open = False
        """It was not normal when it was put aside."""

    @property
    def state(self) -> AlarmState:
        """Its state as people see it."""
        return self._aside or self._under

    @property
    def quiet(self) -> bool:
        """Whether it is normal, with nothing put aside."""
        return self._under is _N and self._aside is None

    def condition(
        self, t_ns: int, level: Level, value: float, *, counts: bool = True
    ) -> tuple[Change, ...]:
        """Take in how far the condition is out as of `t_ns`.

        `counts` is False for a value that is only told: it is not judged now.
        """
        before, self.level = self.level, level
        if level > Level.NONE:
            self.value = value
            if self.worst is Level.NONE:
                self.worst_value = math.nan
            if counts:
                self._measure(value)
            worse = level > self.worst
            self.worst = max(self.worst, level)
            if before is Level.NONE:
                return self._go(t_ns, Happening.RAISED, _AU)
            # A trip that comes again asks again, however often it was acknowledged before.
            if worse or (level > before and self._under is not _AU):
                return self._go(t_ns, Happening.ESCALATED, _AU)
            return ()
        if before is Level.NONE:
            return ()
        return self._go(t_ns, Happening.RETURNED, ON_RETURN[self._under])

    def acknowledge(self, t_ns: int) -> tuple[Change, ...]:
        """Acknowledge. Errors: AlarmRefused where there is nothing to be acknowledged."""
        after = ON_ACKNOWLEDGE.get(self._under)
        if after is None or self._aside is not None:
            raise _refused("acknowledge", self.state)
        return self._go(t_ns, Happening.ACKNOWLEDGED, after)

    def clear(self, t_ns: int) -> tuple[Change, ...]:
        """Clear a latched alarm. Errors: AlarmRefused in every other state."""
        if self._under is not _L or self._aside is not None:
            raise _refused("clear", self.state)
        return self._go(t_ns, Happening.CLEARED, _N)

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

    @property
    def asks(self) -> bool:
        """Whether somebody has to acknowledge or clear it before it can be normal."""
        return self._under in UNACKNOWLEDGED or (self.latch and self._under is not _N)

    def let_go(self, t_ns: int) -> tuple[Change, ...]:
        """End its condition for good: what it watched is watched no more.

        One that somebody has to acknowledge or clear stays until that is done.
        """
        changes = self.condition(t_ns, Level.NONE, math.nan)
        return changes if self._under is not _N else changes + self.drop(t_ns)

    def drop(self, t_ns: int) -> tuple[Change, ...]:
        """Make it normal whatever it was: what it watched is watched no more."""
        if self.quiet:
            return ()
        before, worst = self.state, self.worst
        self._under, self._aside, self.shelved_until_ns = _N, None, 0
        self.level = self.worst = Level.NONE
        self._open = False
        value, furthest = self.value, self.worst_value
        return (Change(self.key, t_ns, Happening.CLEARED, before, _N, worst, value, furthest),)

    def _measure(self, value: float) -> None:
        worst = self.worst_value
        if math.isnan(worst) or (value < worst if self.below else value > worst):
            self.worst_value = value

    def _change(
        self, t_ns: int, happening: Happening, before: AlarmState, after: AlarmState
    ) -> Change:
        value, furthest = self.value, self.worst_value
        return Change(self.key, t_ns, happening, before, after, self.worst, value, furthest)

    def _go(self, t_ns: int, happening: Happening, after: AlarmState) -> tuple[Change, ...]:
        """Go to another state underneath; told unless it is put aside."""
        if after is _N and self.latch and happening is not Happening.CLEARED:
            after = _L
        before, self._under = self._under, after
        if self._aside is not None:
            return ()
        change = self._change(t_ns, happening, before, after)
        if after is not _N:
            return (change,)
        if happening is Happening.CLEARED:
            self.worst = Level.NONE
            return (change,)
        return change, self._over(t_ns)

    def _over(self, t_ns: int) -> Change:
        """Tell that it is normal again, after what brought it there."""
        worst, self.worst = self.worst, Level.NONE
        return Change(
            self.key, t_ns, Happening.CLEARED, _N, _N, worst, self.value, self.worst_value
        )

    def _put_aside(self, t_ns: int, happening: Happening, aside: AlarmState) -> tuple[Change, ...]:
        if self._aside is None:
            self._open = self._under is not _N
        before, self._aside = self.state, aside
        return (self._change(t_ns, happening, before, aside),)

    def _take_back(self, t_ns: int, happening: Happening) -> tuple[Change, ...]:
        """Come back from aside: whatever is out now asks to be acknowledged anew."""
        aside, self._aside = self.state, None
        if self.level is not Level.NONE:
            self._under = _N
            back = self._change(t_ns, happening, aside, _N)
            return back, *self._go(t_ns, Happening.RAISED, _AU)
        back = self._change(t_ns, happening, aside, self._under)
        if self._under is not _N:
            return (back,)
        if self._open:  # it went unseen, and who saw it come is told so
            return back, self._over(t_ns)
        self.worst = Level.NONE
        return (back,)


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
