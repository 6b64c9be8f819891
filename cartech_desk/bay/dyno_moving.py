"""Putting a run right that lies under the wrong car: to another session, or to another vehicle."""

from dataclasses import replace
from datetime import timedelta

from cartech_desk.domain.people import Actor
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding, facts_of
from cartech_desk.store.errors import StoreError
from cartech_desk.store.store import Store


def move(
    store: Store,
    run: DynoRun,
    by: Actor,
    *,
    vehicle_id: str = "",
    session: DynoSession | None = None,
    reason: str = "",
) -> DynoRun:
    """Let a run belong to a session, or to one that is made for it under a vehicle.

    What was said of the car it does not belong to (customer, odometer, modifications) stays
    behind; its samples stay where they are. Errors: StoreError while it is driven; NotKept;
    Changed.
    """
    if run.ending is RunEnding.OPEN:
        raise StoreError(
            f"{run.name} is still being driven.",
            kept="Nothing was changed.",
            to_do="Let it end first.",
        )
    old = store.dyno.session(run.session)
    to = session if session is not None else _like(old, run, vehicle_id)
    if to.id == old.id or (session is None and old.vehicle_id == vehicle_id):
        return run
    facts = run.facts if to.vehicle_id == old.vehicle_id else facts_of(to)
    if facts is not None and run.facts is not None and not facts.fuel:
        facts = replace(facts, fuel=run.facts.fuel)
    return store.dyno.move_run(run, to, by, reason, facts=facts)


def _like(old: DynoSession, run: DynoRun, vehicle_id: str) -> DynoSession:
    """Return a session for this run alone, set up as it was driven, under another vehicle."""
    lasted_ns = (run.last_ns or 0) - (run.first_ns or 0)
    return replace(
        old,
        id="",
        vehicle_id=vehicle_id,
        started=run.started,
        ended=run.started + timedelta(microseconds=lasted_ns / 1000),
        setup=run.setup,
        sources=run.sources,
        odometer_km=None,
        modifications="",
        customer="",
        notes=f"Imported from {run.file}." if run.file else "",
    )
