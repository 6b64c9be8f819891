"""What the audit log says of dyno sessions and runs."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from cartech_desk.domain.audit import Entity
from cartech_desk.domain.dyno.written import as_plain
from cartech_desk.store.dyno_words import DynoRun, DynoSession


def of_session(session: DynoSession) -> Entity:
    """Return what names a session."""
    name = f"{session.vehicle_name}, {session.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return Entity("dyno_session", session.id, name, session.vehicle_id)


def of_run(run: DynoRun, session: DynoSession) -> Entity:
    """Return what names a run."""
    name = f"{run.name} ({session.vehicle_name})"
    return Entity("dyno_run", run.id, name, session.vehicle_id)


def told_session(session: DynoSession) -> dict[str, Any]:
    """Return the facts of a session."""
    return {
        "vehicle": session.vehicle_name,
        "operator": session.operator.name,
        "test_type": session.test_type.value,
        "setup": as_plain(session.setup),
        "sources": [f"{one.alias}: {one.make} {one.model}".strip() for one in session.sources],
        "fuel": session.fuel,
        "tyre_kpa": session.tyre_kpa,
        "odometer_km": session.odometer_km,
        "modifications": session.modifications,
        "customer": session.customer,
        "notes": session.notes,
    }


def told_run(run: DynoRun) -> dict[str, Any]:
    """Return the facts of a run that a person may change."""
    return {
        "name": run.name,
        "note": run.note,
        "setup": as_plain(run.setup),
        "facts": as_plain(run.facts),
    }


def told_whose(run: DynoRun, session: DynoSession) -> dict[str, Any]:
    """Return whose a run is."""
    return {
        "session": session.id,
        "vehicle": session.vehicle_name,
        "number": run.number,
        "facts": as_plain(run.facts),
    }


def told_end(run: DynoRun) -> dict[str, Any]:
    """Return how a run ended, and what proves its samples."""
    told: dict[str, Any] = {
        "ending": run.ending.value,
        "tier": run.tier.value,
        "recording": run.recording_id,
    }
    if run.samples_sha256:
        told["samples_sha256"] = run.samples_sha256
    if run.file:
        told |= {"file": run.file, "file_sha256": run.file_sha256}
        told |= {"started": run.started.isoformat(), "started_is": run.started_is.value}
    if run.first_ns is not None and run.last_ns is not None:
        told["seconds"] = round((run.last_ns - run.first_ns) / 1e9, 3)
    return told


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is not the same, before and after; groups are looked into."""
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name), after.get(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            one, other = difference(one, other)
        if one != other:
            first[name], second[name] = one, other
    return first, second
