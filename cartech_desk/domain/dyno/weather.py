"""The weather of a run: what its station measured, and what was typed where it did not."""

from collections.abc import Callable
from typing import Final

import numpy as np

from cartech_desk.domain.dyno.measured import Measured
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Conditions
from cartech_desk.domain.dyno.station import is_station_pressure

_SENSIBLE: Final[tuple[tuple[Role, Callable[[float], bool], str], ...]] = (
    (Role.TEMPERATURE, lambda x: -45.0 <= x <= 65.0, "°C"),
    (Role.PRESSURE, is_station_pressure, "kPa"),
    (Role.HUMIDITY, lambda x: 0.0 <= x <= 100.0, "%"),
)
_NAMES: Final = {
    Role.TEMPERATURE: "temperature",
    Role.PRESSURE: "pressure",
    Role.HUMIDITY: "humidity",
}


def conditions_of(run: Measured) -> Conditions:
    """Return the conditions of a run: medians of the station's channels, else what was typed.

    An absurd value of the station gives way to a typed one, and so does any that was typed for
    this very run (`RunSetup.typed_first`); `source` says so. Where nothing was typed an absurd one
    stays, so that the correction can refuse it by name.
    """
    typed = run.setup.conditions
    fallback = {
        Role.TEMPERATURE: typed.temperature_c,
        Role.PRESSURE: typed.pressure_kpa,
        Role.HUMIDITY: typed.humidity_pct,
    }
    found: dict[Role, float | None] = {}
    by_station, by_hand, odd = [], [], []
    instead: list[str] = []
    for role, sensible, unit in _SENSIBLE:
        samples = run.within(role)
        value = float(np.median(samples.x[:: len(samples) // 500 + 1])) if len(samples) else None
        if value is not None and not sensible(value) and fallback[role] is not None:
            odd.append(f"the station's {_NAMES[role]}, {value:.4g} {unit}, is absurd")
            value = None
        elif value is not None and role in run.setup.typed_first and fallback[role] is not None:
            instead.append(f"{value:.4g} {unit}")
            value = None
        if value is not None:
            by_station.append(_NAMES[role])
        else:
            value = fallback[role]
            if value is not None:
                by_hand.append(_NAMES[role])
        found[role] = value
    return Conditions(
        found[Role.TEMPERATURE],
        found[Role.PRESSURE],
        found[Role.HUMIDITY],
        _source(typed.source or "typed", by_station, by_hand, instead, odd),
    )


def _source(
    typed: str, by_station: list[str], by_hand: list[str], instead: list[str], odd: list[str]
) -> str:
    if not by_station:
        words = typed if by_hand else ""
    elif by_hand:
        words = f"weather station, {' and '.join(by_hand)} {typed}"
    else:
        words = "weather station"
    if instead:
        words += f", instead of the weather station's {', '.join(instead)}"
    return "; ".join((words, *odd)) if words else words
