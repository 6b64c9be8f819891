"""Power of the engine, estimated from power at the wheels."""

import numpy as np

from cartech_desk.domain.dyno.losses import KMH_TO_MS, loss_n, losses_of
from cartech_desk.domain.dyno.marks import mark
from cartech_desk.domain.dyno.result import QualityMark
from cartech_desk.domain.dyno.run import EstimateBy, Losses, LossPart, RunSetup
from cartech_desk.domain.dyno.series import Floats

_MOST_PCT = 60.0


def at_the_engine(
    wheel_kw: Floats, speed_kmh: Floats, known: Losses | None, setup: RunSetup
) -> tuple[Floats, EstimateBy, QualityMark]:
    """Return power at the engine [kW], how it was estimated (NONE: it could not be), a mark.

    `known` are the rollers' losses that are within the power at the wheels.
    """
    if setup.estimate_by is EstimateBy.MEASURED:
        return _by_coast_down(wheel_kw, speed_kmh, known, setup)
    if setup.estimate_by is EstimateBy.FLAT_PERCENT:
        part = setup.driveline_pct
        if part is not None and 0.0 <= part < _MOST_PCT:
            why = (
                f"Engine power is estimated: a flat {part:g} % for the driveline was chosen, "
                "nobody measured it."
            )
            return wheel_kw / (1.0 - part / 100.0), EstimateBy.FLAT_PERCENT, _estimated(why)
        told = "none is typed" if part is None else f"{part:g} % is none"
        return _not_possible(
            wheel_kw, f"A driveline percentage of 0 to {_MOST_PCT:g} is needed: {told}."
        )
    return _not_possible(wheel_kw, "Nobody chose how engine power is to be estimated.")


def _by_coast_down(
    wheel_kw: Floats, speed_kmh: Floats, known: Losses | None, setup: RunSetup
) -> tuple[Floats, EstimateBy, QualityMark]:
    """Add what the driveline and wheels take beyond the rollers, which are in the power already."""
    driveline = losses_of(setup, LossPart.DRIVELINE)
    if driveline is None:
        return _not_possible(wheel_kw, "There is no coast-down with the driveline in gear.")
    if not np.isfinite(speed_kmh).any():
        return _not_possible(wheel_kw, "The speed is not known, which driveline losses depend on.")
    v = np.nan_to_num(speed_kmh) * KMH_TO_MS
    force = loss_n(driveline, v)
    roller = losses_of(setup, LossPart.ROLLER) or known
    why = "Engine power is estimated: wheel power and the driveline's losses from a coast-down."
    if roller is not None:
        force = force - loss_n(roller, v)
    else:
        why += " The rollers' own losses were not measured and are counted to the driveline."
    return wheel_kw + force * v / 1000.0, EstimateBy.MEASURED, _estimated(why)


def _estimated(why: str) -> QualityMark:
    return mark("estimated", why)


def _not_possible(wheel_kw: Floats, why: str) -> tuple[Floats, EstimateBy, QualityMark]:
    said = f"{why} What is shown is power at the wheels."
    return wheel_kw, EstimateBy.NONE, mark("no_estimate", said)
