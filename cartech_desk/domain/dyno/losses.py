"""What the rollers, the wheels and the driveline take: forces fitted to a coast-down.

Loss = c0 + c1·v + c2·v² [N, v in m/s]. Left alone, what turns slows down by exactly that force:
m·dv/dt = -loss(v).
"""

from dataclasses import replace
from typing import ClassVar, Final

import numpy as np

from cartech_desk.domain.dyno.measured import Measured
from cartech_desk.domain.dyno.road import positive, road_mass
from cartech_desk.domain.dyno.run import Losses, LossPart, RawRun, RunSetup
from cartech_desk.domain.dyno.series import Floats, gap_limit_s, rows_of
from cartech_desk.domain.dyno.slips import repair
from cartech_desk.domain.errors import CarTechError

KMH_TO_MS: Final = 1.0 / 3.6
_ROW_S: Final = 0.25
_LEAST_ROWS: Final = 8
_LEAST_SPAN: Final = 0.25
"""A coast-down has to lose this part of its highest speed for a curve to be seen in it."""
_LEAST_APART: Final = 0.02


class NoLosses(CarTechError):
    """A coast-down does not tell losses: too short, still driven, or the mass is not known."""

    code: ClassVar[str] = "no_losses"


def loss_n(losses: Losses, v_ms: Floats) -> Floats:
    """Return the force of losses at speeds [m/s]."""
    return losses.c0_n + losses.c1_ns_m * v_ms + losses.c2_ns2_m2 * v_ms**2


def losses_of(setup: RunSetup, part: LossPart) -> Losses | None:
    """Return the latest losses of a part; None where no coast-down measured it."""
    found = [one for one in setup.losses if one.part is part]
    return found[-1] if found else None


def coasting_mass(setup: RunSetup, part: LossPart) -> float | None:
    """Return what slows down in a coast-down of a part [kg], as far as it is known."""
    if setup.road:
        return road_mass(setup)[0]
    rollers = positive(setup.equivalent_mass_kg)
    if rollers is None or part is LossPart.ROLLER:
        return rollers
    return rollers + (positive(setup.wheel_mass_kg) or 0.0)


def fit_coast_down(run: RawRun, setup: RunSetup, part: LossPart) -> Losses:
    """Fit the losses to a coast-down run: clutch open, nothing driven and nothing braked.

    Errors: NoLosses, with what to do.
    """
    mass = coasting_mass(setup, part)
    if mass is None:
        raise NoLosses(
            "The equivalent mass is not known, so a coast-down tells no forces.",
            to_do="Type the equivalent mass of the rollers in the session's set-up.",
        )
    speed, _slips = repair(Measured(run, setup).speed_kmh())
    rows = rows_of(speed, _ROW_S)
    if len(rows) < _LEAST_ROWS:
        raise NoLosses(
            f"This coast-down holds {len(rows)} usable values of speed.",
            to_do="Let it coast from the highest speed that is safe, for at least ten seconds.",
        )
    v = rows.x * KMH_TO_MS
    spans = np.diff(rows.t_s)
    force = -mass * np.diff(v) / spans
    middle = (v[1:] + v[:-1]) / 2.0
    falling = (force > 0.0) & (spans < gap_limit_s(rows.step_s)) & (middle > 0.5)
    force, middle = force[falling], middle[falling]
    if len(force) < _LEAST_ROWS or np.ptp(middle) < _LEAST_SPAN * float(v.max()):
        raise NoLosses(
            "The speed does not fall far enough in this run to tell losses.",
            to_do="Let it coast from the highest speed that is safe down to walking pace.",
        )
    fitted = _fit(middle, force)
    off = force - loss_n(fitted, middle)
    near = np.abs(off) <= max(4.0 * 1.4826 * float(np.median(np.abs(off))), 1e-9)
    if near.sum() >= _LEAST_ROWS:
        fitted = _fit(middle[near], force[near])
    return replace(fitted, part=part, run_id=run.id, mass_kg=mass)


def mass_and_losses(
    force_n: Floats, acceleration_ms2: Floats, v_ms: Floats
) -> tuple[float, Losses] | None:
    """Find the equivalent mass [kg] and the rollers' losses that a device reckons with.

    From its own force and acceleration over one run: F = m·a + c0 + c1·v + c2·v². None where they
    do not follow that law, or where acceleration is itself a parabola of speed: mass and losses
    cannot be told apart then.
    """
    if len(force_n) < 20 or np.ptp(acceleration_ms2) < 0.2 or np.ptp(v_ms) < 2.0:
        return None
    of_speed = np.stack((np.ones_like(v_ms), v_ms, v_ms**2), axis=1)
    alike = of_speed @ np.linalg.lstsq(of_speed, acceleration_ms2, rcond=None)[0]
    if float(np.std(acceleration_ms2 - alike)) < _LEAST_APART * float(np.std(acceleration_ms2)):
        return None
    terms = np.column_stack((acceleration_ms2, of_speed))
    found, *_rest = np.linalg.lstsq(terms, force_n, rcond=None)
    off = force_n - terms @ found
    rms = float(np.sqrt(np.mean(off**2)))
    spread = float(np.std(force_n))
    if not (1.0 < found[0] < 50_000.0) or not rms < 0.1 * spread:
        return None
    mass, c0, c1, c2 = (float(value) for value in found)
    return mass, Losses(LossPart.ROLLER, c0, c1, c2, rms)


def _fit(v_ms: Floats, force: Floats) -> Losses:
    """Fit a parabola of speed; a straight line where the range of speed is narrow."""
    order = 2 if np.ptp(v_ms) > 0.5 * float(v_ms.max()) else 1
    terms = v_ms[:, None] ** np.arange(order + 1)
    found = np.linalg.lstsq(terms, force, rcond=None)[0].tolist() + [0.0] * (2 - order)
    rms = float(np.sqrt(np.mean((force - (terms @ np.asarray(found[: order + 1]))) ** 2)))
    return Losses(LossPart.ROLLER, found[0], found[1], found[2], rms)
