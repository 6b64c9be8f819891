"""Power at the wheels, whatever it is computed from: the device's word, force, brake, mass."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cartech_desk.domain.dyno.losses import KMH_TO_MS, loss_n, losses_of, mass_and_losses
from cartech_desk.domain.dyno.marks import mark
from cartech_desk.domain.dyno.measured import Measured
from cartech_desk.domain.dyno.result import QualityMark
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Basis, Conditions, Losses, LossPart, RunSetup
from cartech_desk.domain.dyno.series import Floats, Series, onto
from cartech_desk.domain.dyno.vapour import air_density

GRAVITY: Final = 9.80665
NM_RPM_TO_KW: Final = math.pi / 30.0 / 1000.0
_LEAST_SAMPLES: Final = 3
_LEAST_DERIVATIVE_S: Final = 0.05
"""Speed is differentiated over this to each side, over a row where rows are longer."""
_USUAL_DENSITY: Final = 1.2
_MOST_KW: Final = 20_000.0


@dataclass(frozen=True, slots=True)
class Work:
    """Power on the clock of what it is computed from; `speed_kmh` NaN where not known.

    `losses` are those of the rollers that are within it, `marks` what a person should know.
    """

    basis: Basis
    t_s: Floats
    power_kw: Floats
    speed_kmh: Floats
    losses: Losses | None = None
    marks: tuple[QualityMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Rolling:
    """The speed of the run twice: as measured, and with its slips taken out, for derivatives."""

    measured: Series
    repaired: Series


def wheel_power(run: Measured, rolling: Rolling, conditions: Conditions) -> tuple[Work | None, str]:
    """Return power by the basis that is set, or by the best there is; and why there is none."""
    chosen = run.setup.basis
    why = "Nothing in this run tells power: no power, force, brake, acceleration or speed."
    for basis in (chosen,) if chosen is not None else tuple(Basis):
        found = _BASES[basis](run, rolling, conditions)
        if isinstance(found, Work):
            found = _possible(found)
        if isinstance(found, Work):
            return found, ""
        # What is nearest to being computed is worth telling: the last that lacked only a number.
        if chosen is not None or found.startswith("The "):
            why = found
    return None, why


def _possible(work: Work) -> Work | str:
    """Return power without what nothing on rollers has; a sentence where that is all there is."""
    good = np.abs(work.power_kw) <= _MOST_KW
    if good.all():
        return work
    if good.sum() < _LEAST_SAMPLES:
        return f"The power from {work.basis.value.replace('_', ' ')} is absurd: check the set-up."
    return replace(
        work, t_s=work.t_s[good], power_kw=work.power_kw[good], speed_kmh=work.speed_kmh[good]
    )


def _by_device(run: Measured, rolling: Rolling, _conditions: Conditions) -> Work | str:
    power = run.within(Role.POWER)
    if len(power) < _LEAST_SAMPLES:
        torque, rpm = run.within(Role.TORQUE), run.whole(Role.RPM)
        if len(torque) < _LEAST_SAMPLES or len(rpm) < _LEAST_SAMPLES:
            return "No device of this run tells uncorrected power."
        power = _where_known(torque, torque.x * onto(rpm, torque.t_s, run.broken) * NM_RPM_TO_KW)
        if len(power) < _LEAST_SAMPLES:
            return "The device's torque and the engine speed never come together in this run."
    speed = onto(rolling.measured, power.t_s, run.broken)
    return Work(Basis.DEVICE_POWER, power.t_s, power.x, speed)


def _by_force(run: Measured, rolling: Rolling, _conditions: Conditions) -> Work | str:
    force = run.within(Role.FORCE)
    if len(force) < _LEAST_SAMPLES or len(rolling.measured) < _LEAST_SAMPLES:
        return "No device of this run tells force and speed."
    speed = onto(rolling.measured, force.t_s, run.broken)
    return _work(Basis.FORCE, force.t_s, force.x, speed)


def _by_brake(run: Measured, rolling: Rolling, _conditions: Conditions) -> Work | str:
    torque, turns = run.within(Role.BRAKE_TORQUE), run.whole(Role.BRAKE_RPM)
    if len(torque) < _LEAST_SAMPLES or len(turns) < _LEAST_SAMPLES:
        return "No absorber of this run tells torque and speed."
    power = torque.x * onto(turns, torque.t_s, run.broken) * NM_RPM_TO_KW
    speed = onto(rolling.measured, torque.t_s, run.broken)
    losses = losses_of(run.setup, LossPart.ROLLER)
    if len(rolling.repaired) >= _LEAST_SAMPLES:
        # What the absorber does not take goes into the rollers' speed and into their bearings.
        v = np.nan_to_num(speed) * KMH_TO_MS
        mass = run.setup.equivalent_mass_kg
        if mass is not None:
            gain = onto(_derivative(rolling.repaired), torque.t_s, run.broken)
            power = power + mass * np.nan_to_num(gain) * v / 1000.0
        if losses is not None:
            power = power + loss_n(losses, v) * v / 1000.0
    known = np.isfinite(power)
    if known.sum() < _LEAST_SAMPLES:
        return "The absorber's torque and its speed never come together in this run."
    return Work(Basis.BRAKE, torque.t_s[known], power[known], speed[known], losses)


def _by_acceleration(run: Measured, rolling: Rolling, conditions: Conditions) -> Work | str:
    gain = run.within(Role.ACCELERATION)
    if len(gain) < _LEAST_SAMPLES or len(rolling.measured) < _LEAST_SAMPLES:
        return "No device of this run tells acceleration and speed."
    speed = onto(rolling.measured, gain.t_s, run.broken)
    return _by_mass(
        Basis.ACCELERATION, run, rolling, gain=gain, speed_kmh=speed, conditions=conditions
    )


def _by_speed(run: Measured, rolling: Rolling, conditions: Conditions) -> Work | str:
    if len(rolling.measured) < _LEAST_SAMPLES:
        return "Nothing in this run tells speed."
    gain = _derivative(rolling.repaired)
    speed = rolling.measured.x
    return _by_mass(Basis.SPEED, run, rolling, gain=gain, speed_kmh=speed, conditions=conditions)


_BASES: Final[Mapping[Basis, Callable[[Measured, Rolling, Conditions], Work | str]]] = {
    Basis.DEVICE_POWER: _by_device,
    Basis.FORCE: _by_force,
    Basis.BRAKE: _by_brake,
    Basis.ACCELERATION: _by_acceleration,
    Basis.SPEED: _by_speed,
}


def _by_mass(
    basis: Basis,
    run: Measured,
    rolling: Rolling,
    *,
    gain: Series,
    speed_kmh: Floats,
    conditions: Conditions,
) -> Work | str:
    """Return power from what accelerates and what brakes it; or what is not known for it."""
    setup = run.setup
    v = np.nan_to_num(speed_kmh) * KMH_TO_MS
    marks: tuple[QualityMark, ...] = ()
    if setup.road:
        mass = setup.equivalent_mass_kg or setup.road_mass_kg
        if mass is None or not mass > 0.0:
            return "The mass of the car is not known, which power on the road needs: type it."
        force, marks = _on_the_road(setup, mass, v, conditions)
        return _work(basis, gain.t_s, mass * gain.x + force, speed_kmh, marks=marks)
    mass, losses = setup.equivalent_mass_kg, losses_of(setup, LossPart.ROLLER)
    if mass is None or not mass > 0.0:
        found = _found_in_run(run, rolling)
        if found is None:
            return (
                "The equivalent mass of the rollers is not known, which power from "
                f"{basis.value} needs: type it in the session's set-up."
            )
        mass, found_losses = found
        losses = losses or found_losses
        marks = (
            mark(
                "mass_found",
                f"The equivalent mass, {mass:.0f} kg, and the rollers' losses are found from the "
                "device's own force and acceleration in this run.",
            ),
        )
    force = mass * gain.x
    if losses is None:
        marks = (
            *marks,
            mark(
                "no_losses",
                "No coast-down of the rollers: what they take themselves is not in the power.",
            ),
        )
    else:
        force = force + loss_n(losses, v)
    return _work(basis, gain.t_s, force, speed_kmh, losses=losses, marks=marks)


def _on_the_road(
    setup: RunSetup, mass: float, v: Floats, conditions: Conditions
) -> tuple[Floats, tuple[QualityMark, ...]]:
    """Return what air and tyres take [N], and a mark where it is not all known."""
    lacking = []
    force = np.zeros_like(v)
    if setup.drag_area_m2 is None:
        lacking.append("drag area")
    else:
        force += 0.5 * density_of(conditions) * setup.drag_area_m2 * v**2
    if setup.rolling is None:
        lacking.append("rolling resistance")
    else:
        force += setup.rolling * (setup.road_mass_kg or mass) * GRAVITY
    if not lacking:
        return force, ()
    why = f"The {' and the '.join(lacking)} of the car is not known: the power is without it."
    return force, (mark("no_losses", why),)


def density_of(conditions: Conditions) -> float:
    """Return the density of the air [kg/m³], a usual one where the weather is not known."""
    temperature, pressure = conditions.temperature_c, conditions.pressure_kpa
    if temperature is None or pressure is None:
        return _USUAL_DENSITY
    if not (-60.0 < temperature < 90.0 and 40.0 < pressure < 120.0):
        return _USUAL_DENSITY
    humidity = min(max(conditions.humidity_pct or 0.0, 0.0), 100.0)
    return air_density(temperature, pressure, humidity)


def _found_in_run(run: Measured, rolling: Rolling) -> tuple[float, Losses] | None:
    gain = run.within(Role.ACCELERATION)
    if len(gain) < _LEAST_SAMPLES or len(rolling.measured) < _LEAST_SAMPLES:
        return None
    v = onto(rolling.measured, gain.t_s, run.broken) * KMH_TO_MS
    force_track = run.within(Role.FORCE)
    if len(force_track) >= _LEAST_SAMPLES:
        force = onto(force_track, gain.t_s, run.broken)
    else:
        power = run.within(Role.POWER)
        with np.errstate(divide="ignore", invalid="ignore"):
            force = onto(power, gain.t_s, run.broken) * 1000.0 / np.where(v > 1.0, v, np.nan)
    known = np.isfinite(v) & np.isfinite(force)
    return mass_and_losses(force[known], gain.x[known], v[known])


def _derivative(speed: Series) -> Series:
    """Differentiate speed [km/h] to acceleration [m/s²], centred, over less at the ends."""
    t_s = speed.t_s
    half = np.minimum(
        max(_LEAST_DERIVATIVE_S, speed.step_s), np.minimum(t_s - t_s[0], t_s[-1] - t_s)
    )
    half[0], half[-1] = half[1], half[-2]
    later, earlier = np.minimum(t_s + half, t_s[-1]), np.maximum(t_s - half, t_s[0])
    spans = np.maximum(later - earlier, 1e-9)
    moved = np.interp(later, t_s, speed.x) - np.interp(earlier, t_s, speed.x)
    return Series(t_s, moved / spans * KMH_TO_MS)


def _work(
    basis: Basis,
    t_s: Floats,
    force_n: Floats,
    speed_kmh: Floats,
    *,
    losses: Losses | None = None,
    marks: tuple[QualityMark, ...] = (),
) -> Work | str:
    power = force_n * speed_kmh * (KMH_TO_MS / 1000.0)
    known = np.isfinite(power)
    if known.all():
        return Work(basis, t_s, power, speed_kmh, losses, marks)
    if known.sum() < _LEAST_SAMPLES:
        return f"Speed and {basis.value.replace('_', ' ')} never come together in this run."
    return Work(basis, t_s[known], power[known], speed_kmh[known], losses, marks)


def _where_known(series: Series, x: Floats) -> Series:
    known = np.isfinite(x)
    return Series(series.t_s[known], x[known], series.backwards, series.doubled)
