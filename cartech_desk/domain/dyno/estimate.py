"""Power of the engine, estimated from power at the wheels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cartech_desk.domain.dyno.forces import Rolling, Work, found_in_run
from cartech_desk.domain.dyno.gain import gain_of
from cartech_desk.domain.dyno.losses import KMH_TO_MS, coasting_mass, loss_n, losses_of
from cartech_desk.domain.dyno.marks import mark
from cartech_desk.domain.dyno.measured import Measured
from cartech_desk.domain.dyno.result import QualityMark
from cartech_desk.domain.dyno.road import positive
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Basis, EstimateBy, Losses, LossPart
from cartech_desk.domain.dyno.series import Floats, onto

_MOST_PCT: Final = 60.0
_PERCENT_ERRS: Final = 5.0
"""How far a percentage for the driveline may be off that somebody chose, 95 %."""
_ENOUGH: Final = 0.8
_SAME_MASS: Final = 0.005
_BY_DEVICE: Final = frozenset({Basis.DEVICE_POWER, Basis.FORCE})
_NO_LOSSES: Final = Losses(LossPart.ROLLER, 0.0)


@dataclass(frozen=True, slots=True)
class AtTheEngine:
    """Power [kW], how it was estimated (NONE: it is the wheels'), marks, and what it may be off by.

    `share` is the part of the wheels' power that stands in it, `off_kw` what the estimate itself
    leaves of doubt [95 %].
    """

    power_kw: Floats
    by: EstimateBy
    marks: tuple[QualityMark, ...]
    share: float = 1.0
    off_kw: Floats = field(default_factory=lambda: np.empty(0))

    def of_wheels(self, doubts: Mapping[str, Floats]) -> dict[str, Floats]:
        """Return the parts of the wheels' doubt [kW] as they stand in this power."""
        return {part: off * self.share for part, off in doubts.items()}

    @property
    def own(self) -> dict[str, Floats]:
        """What the estimate itself may be off by [kW]."""
        if len(self.off_kw) == 0:
            return {}
        return {"losses" if self.by is EstimateBy.MEASURED else "estimate": self.off_kw}


@dataclass(frozen=True, slots=True)
class Wheels:
    """Power at the wheels [kW] and speed [km/h] on one clock; `work` tells what it was made of."""

    t_s: Floats
    power_kw: Floats
    speed_kmh: Floats
    work: Work


def at_the_engine(wheels: Wheels, run: Measured, rolling: Rolling) -> AtTheEngine:
    """Return power at the engine, estimated from that at the wheels as the set-up says."""
    setup, wheel_kw = run.setup, wheels.power_kw
    if setup.estimate_by is EstimateBy.MEASURED:
        return _by_coast_down(wheels, run, rolling)
    if setup.estimate_by is EstimateBy.FLAT_PERCENT:
        part = setup.driveline_pct
        if part is not None and 0.0 <= part < _MOST_PCT:
            why = (
                f"Engine power is estimated: a flat {part:g} % for the driveline was chosen, "
                "nobody measured it."
            )
            share = 1.0 / (1.0 - part / 100.0)
            power = wheel_kw * share
            off = np.abs(power) * share * _PERCENT_ERRS / 100.0
            return AtTheEngine(
                power, EstimateBy.FLAT_PERCENT, (mark("estimated", why),), share, off
            )
        told = "none is typed" if part is None else f"{part:g} % is none"
        return _not_possible(
            wheel_kw, f"A driveline percentage of 0 to {_MOST_PCT:g} is needed: {told}."
        )
    return _not_possible(wheel_kw, "Nobody chose how engine power is to be estimated.")


def _by_coast_down(wheels: Wheels, run: Measured, rolling: Rolling) -> AtTheEngine:
    """Add what driveline and wheels take, and what accelerates them, beyond what is in it already.

    A coast-down with the driveline slows down the rollers, too, on the road by air and tyres.
    """
    setup, t_s, wheel_kw, speed_kmh = run.setup, wheels.t_s, wheels.power_kw, wheels.speed_kmh
    driveline = losses_of(setup, LossPart.DRIVELINE)
    if driveline is None:
        return _not_possible(wheel_kw, "There is no coast-down with the driveline in gear.")
    known = np.isfinite(speed_kmh)
    if known.mean() < _ENOUGH:
        return _not_possible(wheel_kw, "The speed is not known, which driveline losses depend on.")
    within = _within(wheels.work, run, rolling)
    if within is None:
        return _not_possible(
            wheel_kw,
            "The device's power holds what the rollers themselves take, and so does the coast-down "
            "with the driveline: one of the rollers alone is needed to count it once.",
        )
    v = np.interp(t_s, t_s[known], speed_kmh[known]) * KMH_TO_MS
    power = wheel_kw + (loss_n(driveline, v) - loss_n(within, v)) * v / 1000.0
    marks = [
        mark(
            "estimated",
            "Engine power is estimated: wheel power and the driveline's losses from a coast-down.",
        )
    ]
    off = 2.0 * driveline.rms_n * v / 1000.0
    if not setup.road:
        mass = positive(setup.wheel_mass_kg)
        if mass is None:
            why = (
                "The mass of wheels and driveline is not known: what accelerates them is not in "
                "the power, and the coast-down tells their losses too low."
            )
            marks.append(mark("no_inertia", why))
        else:
            power = power + mass * _acceleration(t_s, run, rolling) * v / 1000.0
    fitted, now = driveline.mass_kg, coasting_mass(setup, LossPart.DRIVELINE)
    if fitted > 0.0 and now is not None and abs(fitted / now - 1.0) > _SAME_MASS:
        why = (
            f"The coast-down was fitted with {fitted:.0f} kg, and {now:.0f} kg are typed now: fit "
            "it anew."
        )
        marks.append(mark("odd_mass", why))
    return AtTheEngine(power, EstimateBy.MEASURED, tuple(marks), 1.0, off)


def _within(work: Work, run: Measured, rolling: Rolling) -> Losses | None:
    """Return the losses that are in the power at the wheels; None where nobody knows them.

    What the desk computed holds what it was computed with. What a device tells holds what its
    rollers take, whether or not anybody measured that.
    """
    if work.basis not in _BY_DEVICE:
        return work.losses or _NO_LOSSES
    typed = losses_of(run.setup, LossPart.ROLLER)
    if typed is not None:
        return typed
    found = found_in_run(run, rolling)
    return None if found is None else found[1]


def _acceleration(t_s: Floats, run: Measured, rolling: Rolling) -> Floats:
    """Return acceleration on a clock [m/s²], as the device tells it, else from speed."""
    gain = run.within(Role.ACCELERATION)
    if len(gain) < 3:
        gain = gain_of(run, rolling.measured, rolling.repaired).acceleration
    found = onto(gain, t_s, run.broken)
    known = np.isfinite(found)
    if known.all() or not known.any():
        return np.nan_to_num(found)
    return np.interp(t_s, t_s[known], found[known])


def _not_possible(wheel_kw: Floats, why: str) -> AtTheEngine:
    said = f"{why} What is shown is power at the wheels."
    return AtTheEngine(wheel_kw, EstimateBy.NONE, (mark("no_estimate", said),))
