"""The three limits that can be set by a number alone: engine speed, boost, coolant temperature."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from cartech_desk.domain.alarms.limit import Action, Comparison, Limit, LimitRefused, Priority


@dataclass(frozen=True, slots=True)
class SimplySet:
    """What was set, in the words of the platform's POST /api/safety/limits.

    `updated_limits` has the trip values; `active_monitoring` tells whether all of them are watched
    at this moment: the car is connected, tells their channels, and none is out of service.
    """

    updated_limits: Mapping[str, float]
    active_monitoring: bool


@dataclass(frozen=True, slots=True)
class _Simple:
    """`distance` is how far before the trip it warns where nothing was set before."""

    key: str
    watches: str
    distance: float
    rate_hz: float
    label: str


_SIMPLE: Final = {
    "rpm": _Simple("rpm_high", "rpm", 300.0, 10.0, "Over-rev"),
    "boost": _Simple("boost_high", "boost", 15.0, 10.0, "Over-boost"),
    "temp": _Simple("coolant_high", "temp", 5.0, 1.0, "Coolant hot"),
}


def simply(in_force: Mapping[str, Limit], trips: Mapping[str, float]) -> tuple[Limit, ...]:
    """Return the limits in force with other trip values; the warnings keep their distance.

    Where none is in force yet one is made. Errors: LimitRefused.
    """
    if not trips:
        raise _refused("No limit was given.", f"Give one of: {', '.join(_SIMPLE)}.")
    made = []
    for name, trip in trips.items():
        row = _SIMPLE.get(name)
        if row is None:
            raise _refused(
                f"“{str(name)[:60]}” is not one of the simple limits.",
                f"Use only: {', '.join(_SIMPLE)}.",
            )
        if isinstance(trip, bool) or not isinstance(trip, int | float) or not _finite(trip):
            raise _refused(f"The limit of {name} is not a number.", "Give a number.")
        made.append(_with_trip(in_force, row, float(trip)))
    return tuple(made)


def _with_trip(in_force: Mapping[str, Limit], row: _Simple, trip: float) -> Limit:
    candidates = [limit for limit in in_force.values() if _is_simple(limit, row)]
    if not candidates:
        if row.key in in_force:
            raise _refused(
                f"The limit “{row.key}” watches something else here.", "Set it with all its fields."
            )
        return _new(row, trip)
    found = next((limit for limit in candidates if limit.key == row.key), candidates[0])
    distance = row.distance
    if found.warning is not None and found.trip is not None:
        distance = found.trip - found.warning
    return replace(found, warning=trip - distance, trip=trip)


def _new(row: _Simple, trip: float) -> Limit:
    return Limit(
        row.key,
        row.watches,
        Comparison.ABOVE,
        trip - row.distance,
        trip,
        deadband=row.distance / 3,
        off_delay_s=1.0,
        priority=Priority.HIGH,
        action=Action.STOP_RUN,
        label=row.label,
        to_do="Lift off, and find out why before the next pull.",
        rate_hz=row.rate_hz,
    )


def _is_simple(limit: Limit, row: _Simple) -> bool:
    return (
        limit.watches.strip() == row.watches
        and limit.comparison is Comparison.ABOVE
        and not limit.gate.strip()
    )


def _finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number beyond all floats
        return False


def _refused(happened: str, to_do: str) -> LimitRefused:
    return LimitRefused(happened, kept="Nothing was changed.", to_do=to_do)
