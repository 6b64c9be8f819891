"""The road as a dyno: what of the car moves, what air and tyres take, and what nobody measured."""

from typing import Final

import numpy as np

from cartech_desk.domain.dyno.marks import mark
from cartech_desk.domain.dyno.result import QualityMark
from cartech_desk.domain.dyno.run import Conditions, Losses, LossPart, RunSetup
from cartech_desk.domain.dyno.series import Floats
from cartech_desk.domain.dyno.vapour import air_density

GRAVITY: Final = 9.80665
_USUAL_DENSITY: Final = 1.2
_USUAL_DRAG_M2: Final = 0.65
_MOST_TURNING: Final = 1.5
"""What turns adds less than half to the mass of a car, in any gear that a pull is driven in."""
_GRADE: Final = 0.01
_WIND_MS: Final = 3.0
"""What a road that looks level and air that feels still may be off by, 95 %."""


def road_mass(setup: RunSetup) -> tuple[float | None, tuple[QualityMark, ...]]:
    """Return what accelerates on the road [kg], and a mark where what was typed cannot be it.

    That is the equivalent mass of car and wheels, else the car's and that of its wheels.
    """
    car, typed = positive(setup.road_mass_kg), positive(setup.equivalent_mass_kg)
    if car is None or (typed is not None and car <= typed <= _MOST_TURNING * car):
        return car if typed is None else typed, ()
    whole = car + (positive(setup.wheel_mass_kg) or 0.0)
    if typed is None:
        return whole, ()
    why = (
        f"An equivalent mass of {typed:.0f} kg is none of a car of {car:.0f} kg: is it that of the "
        f"rollers? {whole:.0f} kg are used."
    )
    return whole, (mark("odd_mass", why),)


def road_losses(
    setup: RunSetup, mass: float, conditions: Conditions
) -> tuple[Losses, tuple[QualityMark, ...]]:
    """Return what air and tyres take, and a mark where it is not all known."""
    lacking = []
    drag = rolling = 0.0
    if setup.drag_area_m2 is None:
        lacking.append("drag area")
    else:
        drag = 0.5 * density_of(conditions) * setup.drag_area_m2
    if setup.rolling is None:
        lacking.append("rolling resistance")
    else:
        rolling = setup.rolling * (setup.road_mass_kg or mass) * GRAVITY
    losses = Losses(LossPart.ROLLER, rolling, 0.0, drag)
    if not lacking:
        return losses, ()
    why = f"The {' and the '.join(lacking)} of the car is not known: the power is without it."
    return losses, (mark("no_losses", why),)


def road_doubt(setup: RunSetup, mass: float, conditions: Conditions, v_ms: Floats) -> Floats:
    """Return what a grade and a wind that nobody measured may make of the power [kW], 95 %."""
    grade = (setup.road_mass_kg or mass) * GRAVITY * _GRADE
    drag = setup.drag_area_m2 or _USUAL_DRAG_M2
    wind = density_of(conditions) * drag * _WIND_MS * v_ms
    return np.asarray(np.hypot(grade, wind) * v_ms / 1000.0)


def density_of(conditions: Conditions) -> float:
    """Return the density of the air [kg/m³], a usual one where the weather is not known."""
    temperature, pressure = conditions.temperature_c, conditions.pressure_kpa
    if temperature is None or pressure is None:
        return _USUAL_DENSITY
    if not (-60.0 < temperature < 90.0 and 40.0 < pressure < 120.0):
        return _USUAL_DENSITY
    humidity = min(max(conditions.humidity_pct or 0.0, 0.0), 100.0)
    return air_density(temperature, pressure, humidity)


def positive(value: float | None) -> float | None:
    """Return a number that is one and above zero, else None."""
    return value if value is not None and np.isfinite(value) and value > 0.0 else None
