"""What the limit watch knows of one channel: its last value, and whether it has gone quiet."""

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cartech_desk.domain.alarms.watcher import Watcher

STALE_PERIODS: Final = 3
"""Without a good value for so many nominal periods a channel alarms."""
STALE_LEAST_NS: Final = 500_000_000
"""And not before that: an adapter takes a breath now and then."""
STALE_MOST_NS: Final = 10_000_000_000
"""A wire that does not keep up is granted more patience, and never more than that."""
FIRST_VALUE_NS: Final = 5_000_000_000
"""A channel that was just asked for has so long for its first value."""

_NAN: Final = math.nan


def kept_period_ns(gap_ns: int, gap_before_ns: int) -> int:
    """Return the period that a wire keeps which does not keep up: the one that was seen twice."""
    return min(gap_ns, gap_before_ns)


class SignalFault(StrEnum):
    """Why a channel has no value."""

    STALE = "stale"
    """Nothing has come."""
    INVALID = "invalid"
    """Answers come and are no values."""


class Signal:
    """One channel. The watch writes the fields of a reading itself: this is its hot path."""

    __slots__ = (
        "answer_ns",
        "before_ns",
        "concerns",
        "due_ns",
        "fault",
        "good_ns",
        "interval_ns",
        "last_ns",
        "limits",
        "period_ns",
        "settle_ns",
        "value",
    )

    def __init__(self) -> None:
        self.value = _NAN
        """The last one, NaN where it is not known now."""
        self.last_ns = 0
        """Of the last reading, whatever its quality."""
        self.good_ns = 0
        self.answer_ns = 0
        """Of the last answer, good or not; a mark that nothing came is none."""
        self.interval_ns = self.before_ns = 0
        """Between the last two answers, and between the two before."""
        self.period_ns = 0
        """Nominal time between two readings; 0 for a channel that nobody asks for."""
        self.due_ns = 0
        """By when its first value has to be there."""
        self.settle_ns = 0
        """Until when the period that the wire keeps may still have to show."""
        self.limits: tuple[Watcher, ...] = ()
        """Limits in service that its values are judged by."""
        self.concerns: tuple[Watcher, ...] = ()
        """Those, and those that have it in their gate."""
        self.fault: SignalFault | None = None
        """The last one, as long as its alarm is not normal."""

    def expect(self, period_ns: int, now_ns: int) -> None:
        """Take in how often it is asked for, 0 for never."""
        if period_ns and not self.period_ns:
            self.due_ns = now_ns + FIRST_VALUE_NS
        self.period_ns = period_ns

    def settle(self, now_ns: int) -> None:
        """Take in that the wire has more or less to do from now on: it will keep other periods.

        Until one was seen twice, a channel that had its values has the time of a first value.
        """
        if self.fault is None and self.period_ns and self.good_ns:
            self.interval_ns = self.before_ns = self.answer_ns = 0
            self.settle_ns = now_ns + FIRST_VALUE_NS

    def no_value(self, t_ns: int, *, answered: bool) -> None:
        """Take in a reading without a value; `answered` tells whether anything came at all."""
        self.value = _NAN
        if answered:
            self.before_ns = self.interval_ns
            self.interval_ns = t_ns - self.answer_ns if self.answer_ns else 0
            self.answer_ns = t_ns

    def lose(self, now_ns: int) -> None:
        """Take in that its value is not known any more, and grant it time for the next one."""
        self.value = _NAN
        self.due_ns = now_ns + FIRST_VALUE_NS

    def heard_again(self, since_ns: int, until_ns: int) -> None:
        """Take in that the whole wire was silent meanwhile: that does not count against it.

        One that had no value even before the silence is granted nothing for it.
        """
        awaited = self.good_ns < self.due_ns - FIRST_VALUE_NS
        if not awaited and self.good_ns <= since_ns <= self.good_ns + self.patience_ns():
            self.good_ns += until_ns - since_ns

    def not_after(self, now_ns: int) -> None:
        """Take back what a stamp from the future made of its times."""
        self.last_ns = min(self.last_ns, now_ns)
        self.good_ns = min(self.good_ns, now_ns)
        self.answer_ns = min(self.answer_ns, now_ns)
        self.due_ns = min(self.due_ns, now_ns + FIRST_VALUE_NS)
        self.settle_ns = min(self.settle_ns, now_ns + FIRST_VALUE_NS)

    def patience_ns(self) -> int:
        """For how long it may have no value: three nominal periods.

        On a wire that does not keep up the nominal period is the one that is kept, seen twice.
        """
        kept_ns = kept_period_ns(self.interval_ns, self.before_ns)
        return max(
            STALE_LEAST_NS,
            STALE_PERIODS * self.period_ns,
            min(STALE_PERIODS * kept_ns, STALE_MOST_NS),
        )

    def missing(self, now_ns: int) -> SignalFault | None:
        """Tell why it has no value, None where it has one or has time for it still."""
        if not self.period_ns or now_ns - self.good_ns <= STALE_LEAST_NS:
            return None
        if now_ns <= self.due_ns and self.good_ns < self.due_ns - FIRST_VALUE_NS:
            return None  # it has had no value yet since it was asked for
        settling = now_ns <= self.settle_ns and not self.before_ns
        if settling and now_ns - self.good_ns <= FIRST_VALUE_NS:
            return None
        patience_ns = self.patience_ns()
        if now_ns - self.good_ns <= patience_ns:
            return None
        answered = self.answer_ns > 0 and now_ns - self.answer_ns <= patience_ns
        return SignalFault.INVALID if answered else SignalFault.STALE
