"""Engine speed: from a pick-up, from the ECU, or from road speed by the ratio of the gear."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cartech_desk.domain.dyno.forces import NM_RPM_TO_KW
from cartech_desk.domain.dyno.marks import mark
from cartech_desk.domain.dyno.measured import Measured
from cartech_desk.domain.dyno.result import QualityMark
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RpmSource
from cartech_desk.domain.dyno.series import Floats, Series, medians_of, onto, usual_step_s
from cartech_desk.domain.dyno.spikes import SUPPORT_S, bridged, spikes

_LEAST_KMH: Final = 10.0
_ENOUGH: Final = 0.8
"""Part of the pull over which engine speed has to be known to stand for itself."""
_STEADY: Final = 0.03
"""A ratio that scatters by more is none: another gear, a converter, a slipping clutch."""
_SPIN: Final = 0.03
_SPIN_OF_CAR: Final = 0.06
"""The car's values come late and seldom: its ratio moves more without any wheel spin."""
_LOST: Final = 0.15
_DRIFT: Final = 0.02
_SLOWEST_RPM: Final = 200.0
_ENOUGH_VALUES: Final = 2000
_STANDING_RPM: Final = 10.0
_FASTEST_RPM: Final = 50_000.0
_AGREED: Final = 0.015


@dataclass(frozen=True, slots=True)
class EngineSpeed:
    """Engine speed on the curve's clock, NaN where not known, and the ratio that was found."""

    rpm: Floats
    source: RpmSource
    ratio: float | None = None
    marks: tuple[QualityMark, ...] = ()


def engine_speed(run: Measured, t_s: Floats, speed_kmh: Floats) -> EngineSpeed:
    """Return engine speed over a pull by the source that is set, or by the best there is.

    It is NaN where it is not known, and where it is none: standing, or faster than engines turn.
    """
    found = _found(run, t_s, speed_kmh)
    turning = (found.rpm > _STANDING_RPM) & (found.rpm < _FASTEST_RPM)
    return found if turning.all() else replace(found, rpm=np.where(turning, found.rpm, np.nan))


def _found(run: Measured, t_s: Floats, speed_kmh: Floats) -> EngineSpeed:
    setup = run.setup
    measured, by_car = _measured(run)
    rpm = onto(measured, t_s, run.broken)
    rpm = bridged(t_s, rpm, spikes(t_s, rpm)) if np.isfinite(rpm).all() else rpm
    marks: list[QualityMark] = []
    known = np.isfinite(rpm)
    highest = float(rpm[known].max()) if known.any() else 0.0
    if known.any() and highest < _SLOWEST_RPM:
        marks.append(
            mark(
                "no_rpm",
                f"Engine speed reads {highest:.3g} rpm at most, which is none: is it in thousands?",
            )
        )
        rpm = np.full(len(t_s), np.nan)
        known = np.isfinite(rpm)
    rpm = np.where(rpm > 0.0, rpm, np.nan)
    ratio, scatter = _ratio(rpm, speed_kmh)
    typed = _sane(setup.ratio_rpm_per_kmh)
    wanted = setup.rpm_source
    if wanted is RpmSource.NONE:
        return EngineSpeed(np.full(len(t_s), np.nan), RpmSource.NONE, ratio, tuple(marks))
    if wanted is RpmSource.RATIO_TYPED and typed is not None:
        return EngineSpeed(speed_kmh * typed, RpmSource.RATIO_TYPED, typed, tuple(marks))
    if wanted is RpmSource.RATIO_FOUND and ratio is not None:
        return EngineSpeed(speed_kmh * ratio, RpmSource.RATIO_FOUND, ratio, tuple(marks))
    marks += _drift(rpm, speed_kmh, t_s, ratio, by_car)
    if ratio is not None and scatter < _STEADY:
        # Pulses lost or counted twice: no clutch slips so far while the rest holds its ratio.
        apart = np.abs(rpm - ratio * speed_kmh) > _LOST * ratio * speed_kmh
        rpm = np.where(apart & (speed_kmh > _LEAST_KMH), np.nan, rpm)
    part = float(np.isfinite(rpm).mean()) if len(rpm) else 0.0
    if part >= _ENOUGH:
        if part < 1.0:
            marks.append(
                mark("rpm_gaps", f"Engine speed is known for {100.0 * part:.0f} % of the pull.")
            )
        return EngineSpeed(rpm, RpmSource.OBD if by_car else RpmSource.TACH, ratio, tuple(marks))
    if ratio is not None and scatter < _STEADY:
        marks.append(
            mark(
                "rpm_gaps",
                f"Engine speed is known for {100.0 * part:.0f} % of the pull; it is taken from "
                f"the speed by the ratio found there, {ratio:.2f} rpm for 1 km/h.",
            )
        )
        return EngineSpeed(speed_kmh * ratio, RpmSource.RATIO_FOUND, ratio, tuple(marks))
    if typed is not None and np.isfinite(speed_kmh).any():
        return EngineSpeed(speed_kmh * typed, RpmSource.RATIO_TYPED, typed, tuple(marks))
    if part > 0.0:
        marks.append(
            mark("rpm_gaps", f"Engine speed is known for {100.0 * part:.0f} % of the pull only.")
        )
        return EngineSpeed(rpm, RpmSource.OBD if by_car else RpmSource.TACH, ratio, tuple(marks))
    if not marks:
        marks.append(
            mark(
                "no_rpm",
                "Engine speed is not known: there is power over road speed, and no torque. Type "
                "the ratio of the gear, or connect a tach.",
            )
        )
    return EngineSpeed(rpm, RpmSource.NONE, None, tuple(marks))


def agreed(run: Measured, t_s: Floats, power_kw: Floats, rpm: Floats) -> Floats:
    """Return the engine speed that makes the device's own power and torque agree.

    A column of engine speed that is made from a speed that slips lies beside both for a moment;
    their quotient does not. Where it is not within 1.5 % of `rpm` all along, `rpm` stands.
    """
    torque = run.within(Role.TORQUE)
    if len(torque) < len(t_s):
        return rpm
    there = onto(torque, t_s, run.broken)
    implied = power_kw / np.where(there > 0.0, there * NM_RPM_TO_KW, np.nan)
    apart = np.abs(implied / rpm - 1.0)
    return implied if bool((apart < _AGREED).all()) else rpm


def _measured(run: Measured) -> tuple[Series, bool]:
    """Return engine speed as something measured it, and whether that was the car's ECU."""
    found = run.whole(Role.RPM)
    if len(found) >= 2:
        return found, run.of_car(Role.RPM)
    shaft = run.whole(Role.BRAKE_RPM)
    if len(shaft) >= 2 and run.setup.brake_ratio > 0.0:
        return Series(shaft.t_s, shaft.x * run.setup.brake_ratio), False
    return found, False


def _ratio(rpm: Floats, speed_kmh: Floats) -> tuple[float | None, float]:
    """Return rpm for 1 km/h where both are known, and how much it scatters (as a part of it)."""
    every = len(rpm) // _ENOUGH_VALUES + 1
    rpm, speed_kmh = rpm[::every], speed_kmh[::every]
    both = np.isfinite(rpm) & (speed_kmh > _LEAST_KMH)
    if both.sum() < 5:
        return None, np.inf
    ratios = rpm[both] / speed_kmh[both]
    middle = float(np.median(ratios))
    if not middle > 0.0:
        return None, np.inf
    return middle, 1.4826 * float(np.median(np.abs(ratios - middle))) / middle


def _drift(
    rpm: Floats, speed_kmh: Floats, t_s: Floats, ratio: float | None, by_car: bool
) -> list[QualityMark]:
    """Return a mark where engine and road speed drift apart during the pull."""
    if ratio is None:
        return []
    both = np.isfinite(rpm) & (speed_kmh > _LEAST_KMH)
    at, ratios = t_s[both], rpm[both] / speed_kmh[both] / ratio - 1.0
    # Medians over stretches of 0.2 s and more: single values spin no wheel.
    count = max(1, int(np.ceil(SUPPORT_S / max(usual_step_s(at), 1e-6))))
    if len(at) < 3 * count:
        return []
    full = len(at) // count * count
    medians = medians_of(ratios[:full], count)
    highest = int(np.argmax(medians))
    limit = _SPIN_OF_CAR if by_car else _SPIN
    if medians[highest] > limit:
        when = float(rpm[both][min(highest * count + count // 2, len(at) - 1)])
        return [
            mark(
                "wheel_spin",
                f"At {when:.0f} rpm the engine turns {100.0 * medians[highest]:.1f} % faster than "
                "the rollers in this gear: the wheels spin, or the clutch or converter slips.",
            )
        ]
    if float(np.ptp(medians)) > max(_DRIFT, limit - 0.01):
        return [
            mark(
                "ratio_drift",
                f"The ratio of engine speed to road speed moves by "
                f"{100.0 * float(np.ptp(medians)):.1f} % during the pull.",
            )
        ]
    return []


def _sane(ratio: float | None) -> float | None:
    return ratio if ratio is not None and np.isfinite(ratio) and ratio > 0.0 else None
