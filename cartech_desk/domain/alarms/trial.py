"""A limit tried on what was recorded: how often, when and how far it would have gone off.

The edges are those of the limit watch. NumPy tells in which zone each sample lies, and the edges
are stepped only where the zone changes or a delay runs: in between nothing can happen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.alarms.edge import Edges
from cartech_desk.domain.alarms.limit import Level, Limit
from cartech_desk.domain.channels import Quality
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.expressions import Expression

_Floats = NDArray[np.float64]
_Times = NDArray[np.int64]
_UNKNOWN: Final = 16
"""The zone of samples that tell nothing."""


class TrialRefused(CarTechError):
    """A limit cannot be tried on this stretch."""

    code: ClassVar[str] = "trial_refused"


class Column(Protocol):
    """Samples of one channel in order of time; `store.recordings.Samples` is one."""

    @property
    def t_ns(self) -> NDArray[np.int64]:
        """Times, of the same clock for all channels."""

    @property
    def values(self) -> NDArray[np.float64]:
        """Values in the channel's canonical unit."""

    @property
    def quality(self) -> NDArray[np.uint8]:
        """A `Quality` each."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The alarm came at `from_ns` and went at `to_ns` (None: it stood at the end of the stretch).

    `level` is the worst it came to, at `tripped_ns` the trip (None: it only warned). `furthest` is
    the value that was farthest out while it stood, `beyond` how far it lay beyond the warning (the
    trip where there is none); both in the unit of what is watched.
    """

    level: Level
    from_ns: int
    to_ns: int | None
    tripped_ns: int | None
    furthest: float
    beyond: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: occurrences in order of time.

    `samples` were judged from `first_ns` to `last_ns`; of those `unknown` told nothing (no valid
    value, or a gate that could not be told) and `gated` did not count because of the gate.
    """

    occurrences: tuple[Occurrence, ...]
    first_ns: int
    last_ns: int
    samples: int
    unknown: int
    gated: int

    @property
    def warnings(self) -> int:
        """How often it would have warned without tripping."""
        return sum(one.level is Level.WARNING for one in self.occurrences)

    @property
    def trips(self) -> int:
        """How often it would have tripped."""
        return sum(one.level is Level.TRIP for one in self.occurrences)

    @property
    def out_s(self) -> float:
        """For how long it would have stood in all [s]."""
        return (
            sum(
                (self.last_ns if one.to_ns is None else one.to_ns) - one.from_ns
                for one in self.occurrences
            )
            / 1e9
        )


def try_limit(limit: Limit, columns: Mapping[str, Column]) -> Trial:
    """Run a limit over recorded columns, whether or not it is in service.

    `columns` has every channel of `limit.channels`. Errors: TrialRefused where one is missing or
    nothing was recorded of what is watched; ExpressionError.
    """
    missing = [name for name in limit.channels if name not in columns]
    if missing:
        raise TrialRefused(
            f"The recording has no {', '.join(missing)}.", to_do="Choose a recording that has it."
        )
    times, values = _watched(limit, columns)
    if not len(times):
        raise TrialRefused(
            f"Nothing was recorded of {limit.watches} there.", to_do="Choose another stretch."
        )
    counts = _counting(limit, columns, times)
    unknown = np.isnan(values) | np.isnan(counts)
    gated = ~unknown & (counts == 0.0)
    edges = Edges(limit)
    # Beyond is above, as in the edges; what does not count is as good as well within.
    turned = np.where(gated, -np.inf, values * edges.warning.sign)
    turned[unknown] = np.nan
    stands = _stands(edges, times, turned)
    return Trial(
        tuple(_occurrence(edges, times, turned, one) for one in stands),
        int(times[0]),
        int(times[-1]),
        len(times),
        int(np.count_nonzero(unknown)),
        int(np.count_nonzero(gated)),
    )


def _watched(limit: Limit, columns: Mapping[str, Column]) -> tuple[_Times, _Floats]:
    """Return when what is watched has a new value, and which; NaN where it is not known."""
    if limit.inputs == (limit.watches.strip(),):
        column = columns[limit.inputs[0]]
        return column.t_ns, _good(column)
    times = np.unique(np.concatenate([columns[name].t_ns for name in limit.inputs]))
    return times, _computed(limit.expression, columns, times)


def _counting(limit: Limit, columns: Mapping[str, Column], times: _Times) -> _Floats:
    gate = limit.gate_expression
    return _computed(gate, columns, times) if gate is not None else np.ones(len(times))


def _computed(expression: Expression, columns: Mapping[str, Column], times: _Times) -> _Floats:
    """Return an expression's value at each of these times, from the last sample of each input."""
    held = {name: _held(columns[name], times) for name in expression.names}
    result: _Floats = np.empty(len(times))
    result[:] = expression(held)
    return result


def _good(column: Column) -> _Floats:
    whole = (column.quality == Quality.GOOD) & np.isfinite(column.values)
    return np.where(whole, column.values, np.nan)


def _held(column: Column, times: _Times) -> _Floats:
    if not len(column.t_ns):
        return np.full(len(times), np.nan)
    last = np.searchsorted(column.t_ns, times, side="right") - 1
    return np.where(last >= 0, _good(column)[np.maximum(last, 0)], np.nan)


class _Stand(NamedTuple):
    """At which samples an alarm came, tripped and went."""

    came: int
    tripped: int | None
    went: int | None


def _stands(edges: Edges, times: _Times, turned: _Floats) -> list[_Stand]:
    """Step the edges wherever something can happen."""
    found: list[_Stand] = []
    came, tripped, level = -1, None, Level.NONE
    at, last = 0, len(times)
    borders = _borders(edges, turned)
    border = 0
    sign = edges.warning.sign
    while at < last:
        now = edges.step(times.item(at), turned.item(at) * sign)
        if now is not level:
            if level is Level.NONE:
                came, tripped = at, None
            if now is Level.TRIP and tripped is None:
                tripped = at
            if now is Level.NONE:
                found.append(_Stand(came, tripped, at))
            level = now
        at += 1
        if edges.warning.since_ns is None and edges.trip.since_ns is None:
            while borders[border] < at:
                border += 1
            at = borders[border]
    if level is not Level.NONE:
        found.append(_Stand(came, tripped, None))
    return found


def _borders(edges: Edges, turned: _Floats) -> list[int]:
    """Return at which samples another zone begins, and the end.

    Where no delay runs a sample of the same zone as the one before changes neither edge.
    """
    zones = np.zeros(len(turned), dtype=np.uint8)
    for bit, edge in enumerate((edges.warning, edges.trip)):
        zones |= (turned > edge.edge).astype(np.uint8) << (2 * bit)
        zones |= (turned > edge.back).astype(np.uint8) << (2 * bit + 1)
    zones[np.isnan(turned)] = _UNKNOWN
    borders: list[int] = (np.flatnonzero(zones[1:] != zones[:-1]) + 1).tolist()
    return [*borders, len(turned)]


def _occurrence(edges: Edges, times: _Times, turned: _Floats, stand: _Stand) -> Occurrence:
    came, tripped, went = stand
    furthest = float(np.nanmax(turned[came:went]))
    nearest = edges.warning.edge if np.isfinite(edges.warning.edge) else edges.trip.edge
    return Occurrence(
        Level.WARNING if tripped is None else Level.TRIP,
        int(times[came]),
        None if went is None else int(times[went]),
        None if tripped is None else int(times[tripped]),
        furthest * edges.warning.sign,
        furthest - nearest,
    )
