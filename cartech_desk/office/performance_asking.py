"""Asking rules of kept runs: with the vehicle's limits, and with what it drove before."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cartech_desk.domain.dyno.view import View
from cartech_desk.domain.performance.advice import Advice, NotAsked
from cartech_desk.domain.performance.asking import ask
from cartech_desk.domain.performance.sampled import Sampled, sampled
from cartech_desk.domain.units import UnitSystem
from cartech_desk.office.performance_points import best_of, built_of
from cartech_desk.office.performance_words import RunReader, usable
from cartech_desk.store.dyno_words import DynoRun, DynoSession

if TYPE_CHECKING:
    from cartech_desk.store.store import Store


def asked(
    store: "Store", reader: RunReader | None, runs: Sequence[DynoRun], units: UnitSystem
) -> tuple[tuple[Advice, ...], tuple[NotAsked, ...]]:
    """Return what runs of one session advise, and what could not be asked."""
    if not runs:
        return ask((), units)
    if reader is None:
        raise RuntimeError("nobody was handed in who computes runs")
    session = store.dyno.session(runs[0].session)
    return ask(
        [_read(reader, session, run) for run in runs],
        units,
        limits=store.limits.in_force(session.vehicle_id),
        before=[_read(reader, of, best) for of, best in _earlier(store, session)],
    )


def _read(reader: RunReader, session: DynoSession, run: DynoRun) -> Sampled:
    return sampled(
        reader.result(run.id, View()),
        run.name,
        run.number,
        run.setup.ignition,
        turbo=run.setup.turbo,
        built=built_of(session, run),
    )


def _earlier(store: "Store", session: DynoSession) -> Iterator[tuple[DynoSession, DynoRun]]:
    """Return the best runs of a vehicle's first session and of that before this one."""
    driven = [
        (one, best)
        for one, runs in store.performance.runs(session.vehicle_id)
        if one.started < session.started
        and (best := best_of([run for run in runs if usable(run)])) is not None
    ]
    yield from {one.id: (one, best) for one, best in (*driven[:1], *driven[-1:])}.values()
