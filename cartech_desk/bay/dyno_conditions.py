"""The air as it stands: from weather channels where they are, else as it was typed."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from cartech_desk.bay.feed import Feed
from cartech_desk.domain.channels import Quality
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Conditions

LAST_NS: Final = 10_000_000_000
"""Over the last seconds the middle value is taken: one wrong reading does not count."""
OLDEST_NS: Final = 600_000_000_000
"""A weather station that tells something once in some minutes is believed for so long."""
STATION: Final = "weather station"

_WEATHER: Final = (Role.TEMPERATURE, Role.PRESSURE, Role.HUMIDITY)


def conditions_now(
    feed: Feed, roles: Mapping[Role, str], typed: Conditions, now_ns: int
) -> Conditions:
    """Return temperature, station pressure and humidity, and where they are from in words."""
    measured = {role: _middle(feed, roles.get(role, ""), now_ns) for role in _WEATHER}
    by_hand = {
        Role.TEMPERATURE: typed.temperature_c,
        Role.PRESSURE: typed.pressure_kpa,
        Role.HUMIDITY: typed.humidity_pct,
    }
    if all(value is None for value in measured.values()):
        return typed
    values = {
        role: value if value is not None else by_hand[role] for role, value in measured.items()
    }
    added = [
        role.value
        for role, value in measured.items()
        if value is None and by_hand[role] is not None
    ]
    source = f"{STATION}, {' and '.join(added)} typed" if added else STATION
    return Conditions(
        values[Role.TEMPERATURE], values[Role.PRESSURE], values[Role.HUMIDITY], source
    )


def _middle(feed: Feed, name: str, now_ns: int) -> float | None:
    """Return the median of the last seconds, else the last good value that is not too old."""
    found = feed.stretch(name, now_ns - OLDEST_NS) if name else None
    if found is None:
        return None
    t_ns, values, quality = found
    good = quality == Quality.GOOD
    t_ns, values = t_ns[good], values[good]
    if not len(values):
        return None
    late = values[t_ns >= now_ns - LAST_NS]
    return float(np.median(late)) if len(late) else float(values[-1])
