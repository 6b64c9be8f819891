"""Where a gauge turns amber and red: by the limits in force, else by what suits any road car.

Default bands are for the eye only: they hold for almost any road car. What depends on the car (rpm,
boost, lambda under load) has no default band; limits, which act, are set by the shop.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.canonical import Bands, canonical

__all__ = ["Bands", "Edge", "bands", "edges_of", "limit_bands"]


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge of a limit in force, in its channel's canonical unit.

    `gated` is one that counts only at times.
    """

    value: float
    level: Level
    comparison: Comparison
    gated: bool = False


def bands(channel: str) -> Bands | None:
    """Return the default bands of a channel; None where no value fits every car."""
    row = canonical().get(channel)
    return row.bands if row is not None else None


def edges_of(limits: Iterable[Limit], channel: str) -> tuple[Edge, ...]:
    """Return the edges of those limits in service that watch this very channel."""
    found = []
    for limit in limits:
        if not limit.in_service or limit.watches.strip() != channel:
            continue
        for level in (Level.WARNING, Level.TRIP):
            value = limit.edge(level)
            if value is not None:
                gated = bool(limit.gate.strip())
                found.append(Edge(value, level, limit.comparison, gated))
    return tuple(dict.fromkeys(found))


def limit_bands(edges: Iterable[Edge]) -> Bands | None:
    """Return the bands that edges make of a gauge; None where none of them counts always.

    Of two edges that say the same the one counts that is passed first.
    """
    lows: dict[Level, float] = {}
    highs: dict[Level, float] = {}
    for edge in edges:
        if edge.gated:
            continue
        if edge.comparison is Comparison.ABOVE:
            highs[edge.level] = min(edge.value, highs.get(edge.level, edge.value))
        else:
            lows[edge.level] = max(edge.value, lows.get(edge.level, edge.value))
    if not lows and not highs:
        return None
    trip_low, trip_high = lows.get(Level.TRIP), highs.get(Level.TRIP)
    warn_low, warn_high = lows.get(Level.WARNING), highs.get(Level.WARNING)
    if warn_low is not None and trip_low is not None and warn_low <= trip_low:
        warn_low = None  # nothing is left between the two
    if warn_high is not None and trip_high is not None and warn_high >= trip_high:
        warn_high = None
    return Bands(trip_low, warn_low, warn_high, trip_high)
