"""A limit at work: where its values come from, its edges, its alarm."""

import math
from collections.abc import Mapping

from cartech_desk.domain.alarms.edge import Edges
from cartech_desk.domain.alarms.keys import limit_alarm
from cartech_desk.domain.alarms.limit import Comparison, Limit
from cartech_desk.domain.alarms.signal import Signal
from cartech_desk.domain.alarms.state import Alarm


class Watcher:
    """One limit at work. Errors of the constructor: ExpressionError."""

    __slots__ = (
        "_gate_signals",
        "_signals",
        "alarm",
        "edges",
        "gate",
        "high",
        "limit",
        "low",
        "only",
        "prompt",
        "value_of",
    )

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.alarm = Alarm(
            limit_alarm(limit.key), latch=limit.latch, below=limit.comparison is Comparison.BELOW
        )
        self.edges = Edges(limit)
        self.value_of = limit.expression
        self.gate = limit.gate_expression
        self.only = self.value_of.names == (limit.watches.strip(),)
        """It watches a channel as it is."""
        self.prompt = self.only and self.gate is None
        """A reading can be judged without any other."""
        # Of what is computed no single reading tells whether it may be passed over.
        self.low = self.edges.low if self.only else math.inf
        self.high = self.edges.high
        self._signals: tuple[tuple[str, Signal], ...] = ()
        self._gate_signals: tuple[tuple[str, Signal], ...] = ()

    def reads(self, signals: Mapping[str, Signal]) -> None:
        """Read its values there from now on."""
        gate = self.gate.names if self.gate is not None else ()
        self._signals = tuple((name, signals[name]) for name in self.value_of.names)
        self._gate_signals = tuple((name, signals[name]) for name in gate)

    def value(self) -> float:
        """Return the value as of now, NaN where it is not known."""
        if self.only:
            return self._signals[0][1].value
        number: float = self.value_of({name: signal.value for name, signal in self._signals})
        return number

    def counts(self) -> float:
        """Return what the gate says, NaN where that is not known."""
        if self.gate is None:
            return 1.0
        number: float = self.gate({name: signal.value for name, signal in self._gate_signals})
        return number

    def same_quantity(self, other: Limit) -> bool:
        """Tell whether what was out for the other is out for this one by the same measure."""
        mine = self.limit
        return (
            mine.in_service
            and other.in_service
            and mine.watches.strip() == other.watches.strip()
            and mine.comparison is other.comparison
        )
