"""Everything else that was measured, on the clock of the curve: mixture, boost, throttle and all.

Lambda follows from an AFR gauge by the gauge's own scale, AFR from lambda by the fuel, boost from
the pressure in the manifold less the station's. Nothing is drawn across a gap.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from cartech_desk.domain.dyno.beside import Beside
from cartech_desk.domain.dyno.measured import Measured
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Conditions
from cartech_desk.domain.dyno.series import Floats, onto
from cartech_desk.domain.dyno.station import is_station_pressure

_SHOWN: Final = (Role.LAMBDA, Role.AFR, Role.BOOST, Role.MANIFOLD, Role.THROTTLE)
_NAMES: Final = {Role.MANIFOLD: "map"}
_STANDS_FOR_ITSELF: Final = frozenset(
    {
        Role.SPEED,
        Role.RPM,
        Role.POWER,
        Role.TORQUE,
    }
)
"""Roles that the curve itself shows: their channels are not repeated beside it."""


def others_of(run: Measured, t_s: Floats, conditions: Conditions) -> Beside:
    """Return the other channels by name: those of a role by the role's, others by their own."""
    found: dict[str, Floats] = {}
    taken = {run.channel_of(role) for role in _STANDS_FOR_ITSELF}
    for role in _SHOWN:
        name = run.channel_of(role)
        samples = run.whole(role)
        if name is None or len(samples) == 0:
            continue
        found[_NAMES.get(role, role.value)] = onto(samples, t_s, run.broken)
        taken.add(name)
    stoichiometry, scale = run.setup.stoichiometry, run.setup.gauge_stoichiometry
    if "lambda" not in found and "afr" in found and scale > 0.0:
        found["lambda"] = found["afr"] / scale
    if "afr" not in found and "lambda" in found and stoichiometry > 0.0:
        found["afr"] = found["lambda"] * stoichiometry
    station = conditions.pressure_kpa
    if "boost" not in found and "map" in found and is_station_pressure(station):
        found["boost"] = found["map"] - (station or 0.0)
    later = {
        name: _later(run, name, t_s)
        for name, track in run.run.tracks.items()
        if name not in taken and name not in found and (track.quality == 0).any()
    }
    return Beside(found, later)


def _later(run: Measured, name: str, t_s: Floats) -> Callable[[], Floats]:
    """Return what puts a channel onto the curve's clock once somebody looks at it."""

    def put() -> Floats:
        with np.errstate(all="ignore"):
            samples = run.named(name)
            return onto(samples, t_s, run.broken) if len(samples) else np.full(len(t_s), np.nan)

    return put
