"""Power at the wheels, whatever it is computed from: the device's word, force, brake, mass."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.gain import gain_of
from cartech_desk.domain.dyno.losses import KMH_TO_MS, loss_n, losses_of, mass_and_losses
from cartech_desk.domain.dyno.marks import mark
from cartech_desk.domain.dyno.measured import Measured
from cartech_desk.domain.dyno.result import QualityMark
from cartech_desk.domain.dyno.road import positive, road_doubt, road_losses, road_mass
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Basis, Conditions, Losses, LossPart, TestType
from cartech_desk.domain.dyno.series import Floats, Series, onto

NM_RPM_TO_KW: Final = math.pi / 30.0 / 1000.0
_LEAST_SAMPLES: Final = 3
_MASS_ERRS: Final = 0.02
"""How far a mass may be off that somebody typed, 95 %."""
_MOST_KW: Final = 20_000.0


@dataclass(frozen=True, slots=True)
class Work:
    """Power on the clock of what it is computed from; `speed_kmh` NaN where not known.

    `losses` are those that it was computed with: of the rollers, on the road of air and tyres.
    `marks` are what a person should know, `doubts` [kW, 95 %] what it may be off by: by the parts
    of `Uncertainty`, on the same clock.
    """

    basis: Basis
    t_s: Floats
    power_kw: Floats
    speed_kmh: Floats
    losses: Losses | None = None
    marks: tuple[QualityMark, ...] = ()
    doubts: Mapping[str, Floats] = field(default_factory=dict)

    def where(self, good: NDArray[np.bool_]) -> "Work":
        """Return what of it is good."""
        return replace(
            self,
            t_s=self.t_s[good],
            power_kw=self.power_kw[good],
            speed_kmh=self.speed_kmh[good],
            doubts={part: off[good] for part, off in self.doubts.items()},
        )


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
    return work.where(good)


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
    t_s = torque.t_s
    power = torque.x * onto(turns, t_s, run.broken) * NM_RPM_TO_KW
    speed = onto(rolling.measured, t_s, run.broken)
    # What the absorber does not take goes into the rollers' speed and into their bearings. Where
    # speed is not known, neither is that: there is no power then, rather than too little.
    mass, losses = positive(run.setup.equivalent_mass_kg), losses_of(run.setup, LossPart.ROLLER)
    doubts = {}
    if len(rolling.repaired) < _LEAST_SAMPLES:
        mass = losses = None
    v = speed * KMH_TO_MS
    if mass is not None:
        gain = gain_of(run, rolling.measured, rolling.repaired)
        inertia = mass * onto(gain.acceleration, t_s, run.broken) * v / 1000.0
        power = power + inertia
        doubts["mass"] = _MASS_ERRS * np.abs(inertia)
    if losses is not None:
        power = power + loss_n(losses, v) * v / 1000.0
    marks: tuple[QualityMark, ...] = ()
    if mass is None and run.setup.test_type is not TestType.STEADY_STATE:
        why = (
            "What accelerates is not known: while the speed rises, the power is too low by what "
            "the rollers and all that turns with them take. Type the equivalent mass, or hold the "
            "speed."
        )
        marks = (mark("no_inertia", why),)
    work = Work(Basis.BRAKE, t_s, power, speed, losses, marks, doubts)
    known = np.isfinite(power)
    if known.sum() < _LEAST_SAMPLES:
        return "The absorber's torque and its speed never come together in this run."
    return work if known.all() else work.where(known)


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
    found = gain_of(run, rolling.measured, rolling.repaired)
    work = _by_mass(
        Basis.SPEED,
        run,
        rolling,
        gain=found.acceleration,
        speed_kmh=found.speed_kmh,
        conditions=conditions,
        resolved=found.doubt,
    )
    if isinstance(work, str) or not found.marks:
        return work
    return replace(work, marks=(*work.marks, *found.marks))


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
    resolved: Floats | None = None,
) -> Work | str:
    """Return power from what accelerates and what brakes it; or what is not known for it.

    `resolved` is how far the gain may be off by the steps of a coarse speed, as a part of it.
    """
    setup = run.setup
    v = speed_kmh * KMH_TO_MS
    marks: tuple[QualityMark, ...] = ()
    doubts: dict[str, Floats] = {}
    losses: Losses | None
    if setup.road:
        mass, marks = road_mass(setup)
        if mass is None:
            return "The mass of the car is not known, which power on the road needs: type it."
        losses, lacking = road_losses(setup, mass, conditions)
        marks = (*marks, *lacking)
        doubts["road"] = road_doubt(setup, mass, conditions, v)
    else:
        mass, losses = positive(setup.equivalent_mass_kg), losses_of(setup, LossPart.ROLLER)
    if mass is None:
        found = found_in_run(run, rolling)
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
    else:
        doubts["mass"] = np.abs(gain.x * v) * (_MASS_ERRS * mass / 1000.0)
    if resolved is not None and len(resolved):
        doubts["sampling"] = np.abs(gain.x * v) * resolved * (mass / 1000.0)
    force = mass * gain.x
    if losses is not None:
        force = force + loss_n(losses, v)
    else:
        marks = (
            *marks,
            mark(
                "no_losses",
                "No coast-down of the rollers: what they take themselves is not in the power.",
            ),
        )
    return _work(basis, gain.t_s, force, speed_kmh, losses=losses, marks=marks, doubts=doubts)


def found_in_run(run: Measured, rolling: Rolling) -> tuple[float, Losses] | None:
    """Return mass and losses that the device's own force and acceleration tell; None where not."""
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


def _work(
    basis: Basis,
    t_s: Floats,
    force_n: Floats,
    speed_kmh: Floats,
    *,
    losses: Losses | None = None,
    marks: tuple[QualityMark, ...] = (),
    doubts: Mapping[str, Floats] | None = None,
) -> Work | str:
    power = force_n * speed_kmh * (KMH_TO_MS / 1000.0)
    known = np.isfinite(power)
    work = Work(basis, t_s, power, speed_kmh, losses, marks, doubts or {})
    if known.all():
        return work
    if known.sum() < _LEAST_SAMPLES:
        return f"Speed and {basis.value.replace('_', ' ')} never come together in this run."
    return work.where(known)


def _where_known(series: Series, x: Floats) -> Series:
    known = np.isfinite(x)
    return Series(series.t_s[known], x[known], series.backwards, series.doubled)
