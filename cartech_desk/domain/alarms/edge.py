"""One edge of a limit and the delays before and behind it, and both edges of a limit together.

Delays are decided at readings: what lies between two of them nobody knows. A value that is not
known is never in range: it breaks an off-delay and lets an on-delay run on. Whatever is doubtful
errs on the side of the alarm.
"""

import math
import sys
from typing import Final

from cartech_desk.domain.alarms.limit import Comparison, Level, Limit

HIGHEST: Final = sys.float_info.max
"""Beyond every finite value there is."""

_INF: Final = math.inf
_NONE, _WARNING, _TRIP = Level.NONE, Level.WARNING, Level.TRIP


class Edge:
    """Out once beyond for the on-delay, back once within, by the deadband, for the off-delay.

    Values and edges are turned so that beyond is always above. An edge that the limit has not is
    never passed.
    """

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
        if self.since_ns is None or self.since_ns > t_ns:
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

    def anew(self) -> None:
        """Let the delay that runs begin anew: nobody watched meanwhile."""
        self.since_ns = None

    def forget(self) -> None:
        """Be as at the beginning."""
        self.out, self.since_ns = False, None

    def take_over(self, old: "Edge", value: float) -> None:
        """Go on where an edge was moved to here; `value` is the last one known, else NaN.

        An edge that lies where it lay goes on as it was. One that was moved is judged at once by
        the value: out remains what is beyond it still, and only where nothing is known what was.
        """
        if (self.edge, self.back) == (old.edge, old.back):
            self.out, self.since_ns = old.out, old.since_ns
        elif math.isnan(value):
            self.out = old.out and self.edge < _INF
        elif self.sign * value > self.edge:
            self.out = old.out
            self.since_ns = None if old.out else old.since_ns


class Edges:
    """Both edges of a limit. Values in between `low` and `high` change nothing while at `rest`."""

    __slots__ = ("high", "low", "rest", "trip", "warning")

    def __init__(self, limit: Limit) -> None:
        self.warning = Edge(limit, _WARNING)
        self.trip = Edge(limit, _TRIP)
        nearest = min(self.warning.edge, self.trip.edge)
        above = limit.comparison is Comparison.ABOVE
        self.low = -HIGHEST if above else -nearest
        self.high = nearest if above else HIGHEST
        self.rest = True
        """Neither edge is out, and no delay runs."""

    @property
    def level(self) -> Level:
        """How far it is out."""
        return _TRIP if self.trip.out else _WARNING if self.warning.out else _NONE

    def step(self, t_ns: int, value: float, counts: float = 1.0) -> Level:
        """Take in a value, NaN for unknown; `counts` is what the gate says, NaN for unknown."""
        warning, trip = self.warning, self.trip
        # NaN is not equal to itself; this is the hot path.
        if value != value or counts != counts:  # noqa: PLR0124
            warning.unknown()
            trip.unknown()
        elif counts:
            warning.step(t_ns, value)
            trip.step(t_ns, value)
        else:
            warning.gated(t_ns)
            trip.gated(t_ns)
        self._judge_rest()
        return self.level

    def unknown(self) -> None:
        """Take in that nothing is known."""
        self.warning.unknown()
        self.trip.unknown()

    def anew(self) -> None:
        """Let the delays that run begin anew."""
        self.warning.anew()
        self.trip.anew()
        self._judge_rest()

    def forget(self) -> None:
        """Be as at the beginning."""
        self.warning.forget()
        self.trip.forget()
        self.rest = True

    def take_over(self, old: "Edges", value: float) -> None:
        """Go on where the edges of the same quantity were moved to here; see `Edge.take_over`."""
        self.warning.take_over(old.warning, value)
        self.trip.take_over(old.trip, value)
        self._judge_rest()

    def _judge_rest(self) -> None:
        warning, trip = self.warning, self.trip
        self.rest = not (
            warning.out or trip.out or warning.since_ns is not None or trip.since_ns is not None
        )
