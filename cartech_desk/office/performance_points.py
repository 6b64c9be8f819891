"""From kept runs to points over time: one for each session, corrected alike."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from cartech_desk.domain.appointments.hours import day_of
from cartech_desk.domain.dyno.corrections import CORRECTIONS, NoCorrection, factor
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Basis, Conditions, TestType
from cartech_desk.domain.performance.history import Fitted, SessionPower
from cartech_desk.store.dyno_words import DynoRun, DynoSession, RunEnding, as_driven
from cartech_desk.store.performance import KeptModification

_WEATHER = frozenset({Role.TEMPERATURE, Role.PRESSURE, Role.HUMIDITY})
_NO_POWER = frozenset({TestType.COAST_DOWN})


def correction_name(key: str) -> str:
    """Return the full name of a correction. Errors: NoCorrection."""
    if key not in CORRECTIONS:
        raise NoCorrection(
            f"There is no correction {key!r}.", to_do=f"Choose among {', '.join(CORRECTIONS)}."
        )
    return CORRECTIONS[key].name


def fitted_of(modifications: Iterable[KeptModification], zone: tzinfo) -> tuple[Fitted, ...]:
    """Return modifications as they stand on the axis of time, days as in the shop's zone."""
    return tuple(
        Fitted(
            one.id,
            " ".join(filter(None, (one.type.replace("_", " "), one.brand, one.model))),
            one.type,
            one.fitted,
            one.removed,
            one.noted.astimezone(zone) if day_of(one.noted, zone) == one.fitted else None,
        )
        for one in modifications
    )


def best_of(runs: Sequence[DynoRun]) -> DynoRun | None:
    """Return the run with most power among those without a grave mark, else among all."""
    with_power = [run for run in runs if run.summary.peak_power_kw]
    sound = [run for run in with_power if not _grave(run)]
    return max(
        sound or with_power,
        key=lambda run: (run.summary.peak_power_kw or 0.0) * _corrected(run, "sae")[0],
        default=None,
    )


def built_of(session: DynoSession, run: DynoRun) -> str:
    """Return how a car was set up when a run was driven, in one word to compare by."""
    facts = as_driven(session, run)
    said = (facts.modifications, facts.fuel, run.setup.gear)
    return "|".join(" ".join(one.split()).casefold() for one in said)


def point_of(
    session: DynoSession,
    runs: Sequence[DynoRun],
    correction: str,
    zone: tzinfo,
) -> SessionPower | None:
    """Return the point of a session; None for one without a run that was driven for power.

    What was fitted by then is told by the others beside it (`history.with_fitted`).
    """
    driven = [
        run
        for run in runs
        if run.ending not in (RunEnding.OPEN, RunEnding.NOT_RECORDED)
        and run.setup.test_type not in _NO_POWER
    ]
    with_power = [run for run in driven if run.summary.peak_power_kw is not None]
    if not with_power:
        return None
    sound = [run for run in with_power if not _grave(run)]
    factors = {run.id: _corrected(run, correction) for run in with_power}

    def power(run: DynoRun) -> float:
        return (run.summary.peak_power_kw or 0.0) * factors[run.id][0]

    # What is corrected counts before what is not: else weather alone could make a run the best.
    pool = sound or with_power
    pool = [run for run in pool if not factors[run.id][1]] or pool
    best = max(pool, key=power)
    value, why_not = factors[best.id]
    peaks = [power(run) for run in pool]
    day = day_of(best.started, zone)
    torque = best.summary.peak_torque_nm
    return SessionPower(
        session.id,
        best.id,
        best.name,
        best.started.astimezone(zone),
        day,
        power(best),
        None if torque is None else torque * value,
        value,
        correction != "none" and not why_not,
        _bench(best),
        "engine" if best.setup.basis is Basis.BRAKE else "wheels",
        notes=as_driven(session, best).modifications,
        runs=len(with_power),
        spread_pct=100.0 * (max(peaks) - min(peaks)) / max(peaks) if len(peaks) > 1 else None,
        unlike="" if sound else _why_grave(best),
        power_rpm=best.summary.peak_power_rpm,
        torque_rpm=best.summary.peak_torque_rpm,
    )


def _grave(run: DynoRun) -> bool:
    return any(grave for _, _, grave in run.summary.quality)


def _why_grave(run: DynoRun) -> str:
    words = ", ".join(f"“{word}”" for _, word, grave in run.summary.quality if grave)
    return f"Every run of this session is marked {words}: no peak to compare by."


def _corrected(run: DynoRun, correction: str) -> tuple[float, str]:
    """Return the factor of a run, and why there is none."""
    if correction == "none":
        return 1.0, ""
    conditions: Conditions | None = run.summary.conditions
    if conditions is None and not _WEATHER.intersection(run.setup.roles):
        conditions = run.setup.conditions
    if conditions is None:
        return 1.0, "The air of its weather station is not kept beside it."
    made = factor(correction, conditions, run.setup)
    return made.value, made.why_not


def _bench(run: DynoRun) -> str:
    if run.setup.road:
        return "the road"
    for source in run.sources:
        if source.kind == "dyno":
            return f"{source.make} {source.model}".strip()
    return ""
