"""The lines that limits draw across a chart."""

from collections.abc import Sequence
from dataclasses import dataclass

from cartech_desk.domain.alarms.limit import Comparison, Level
from cartech_desk.domain.bands import Edge
from cartech_desk.ui.models.alarm_words import LEVEL_WORDS, number_words
from cartech_desk.ui.models.trace import Trace


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A level line at `value` of the shown unit; `above` tells on which side it is wrong.

    `back` is where the alarm goes again, None where nothing is shaded between; `gated` lines are
    dotted. `words` stand at its end.
    """

    value: float
    level: Level
    above: bool
    words: str
    gated: bool = False
    back: float | None = None


@dataclass(frozen=True, slots=True)
class Passing:
    """A stretch of time in which a limit's alarm was active, and how far at worst."""

    first_ns: int
    last_ns: int
    level: Level


def limit_lines(
    trace: Trace, edges: Sequence[Edge], *, named: bool = False, deadband: float | None = None
) -> tuple[LimitLine, ...]:
    """Return the lines of edges that a trace's channel has, in the trace's unit.

    `named` puts the channel before the words, where a chart has more than one. With `deadband` (in
    the channel's unit) they know where the alarm goes again.
    """
    name = f"{trace.channel.label} " if named else ""
    lines = []
    for edge in edges:
        above = edge.comparison is Comparison.ABOVE
        number = number_words(edge.value, trace.unit, exact=True)
        back = None
        if deadband:
            back = trace.unit.to_shown(edge.value + (-deadband if above else deadband))
        lines.append(
            LimitLine(
                trace.unit.to_shown(edge.value),
                edge.level,
                above,
                f"{name}{LEVEL_WORDS[edge.level]} {number}",
                edge.gated,
                back,
            )
        )
    return tuple(lines)
