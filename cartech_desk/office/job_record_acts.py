"""What the bay recorded: given to a job, or to none, by hand; and what a job has."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.jobs.job import JobRecord
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.job_errors import AnotherVehicle
from cartech_desk.office.job_refusals import refuse_let_go
from cartech_desk.store.errors import NotKept
from cartech_desk.store.job_act import entity_of
from cartech_desk.store.job_catalogue import vehicle_now
from cartech_desk.store.job_records import KINDS

if TYPE_CHECKING:
    from cartech_desk.store.store import Store


def records(store: "Store", job_id: str) -> tuple[JobRecord, ...]:
    """Return what belongs to a job; a recording that never began or was deleted is left out."""
    store.recordings.jobs_given()
    found = []
    for record in store.jobs.records(job_id):
        if record.kind == "recording":
            try:
                kept = store.recordings.get(record.ref)
            except NotKept:
                continue
            if kept.deleted:
                continue
            found.append(replace(record, words=kept.note or kept.vehicle_name))
        else:
            found.append(record)
    return tuple(found)


def give(
    store: "Store",
    job_id: str,
    kind: str,
    word: str,
    by: Actor,
    *,
    version: int | None = None,
    even_so: bool = False,
) -> None:
    """Let a record belong to a job, and to no other one. Errors: as `Jobs.give_record`."""
    require(by, Act.KEEP_RECORDS)
    ref, at, vehicle_id = _found(store, kind, word)
    with store.jobs.act(by) as act:
        job = act.job(job_id, version)
        refuse_let_go(job)
        if not even_so and vehicle_now(act.connection, vehicle_id) != job.vehicle_id:
            raise AnotherVehicle(
                f"It was recorded of another car than the {job.vehicle} of job {job.number}.",
                kept="Nothing was changed.",
                to_do="Choose a job of that car, or give it even so.",
            )
        before = act.give_record(kind, ref, job.id, at)
        was = f"job {act.job(before).number}" if before and before != job.id else ""
        act.record(Entry("job.record", entity_of(job), {"of": was}, {"kind": kind, "ref": ref}))


def drop(store: "Store", kind: str, word: str, by: Actor, *, version: int | None = None) -> None:
    """Let a record belong to no job. Errors: NotKept, FieldsRefused, Changed."""
    require(by, Act.KEEP_RECORDS)
    store.recordings.jobs_given()
    ref = _ref(store, kind, word)
    with store.jobs.act(by) as act:
        before = act.drop_record(kind, ref)
        if before is None:
            raise NotKept(
                "It belongs to no job.",
                kept="Nothing was changed.",
                to_do="There is nothing to do.",
            )
        job = act.job(before, version)
        act.record(
            Entry("job.record", entity_of(job), {"kind": kind, "ref": ref}, {"of": "no job"})
        )


def _ref(store: "Store", kind: str, word: str) -> str:
    """Return the id of a record; what was typed where it is not kept any more."""
    try:
        return _found(store, kind, word)[0]
    except NotKept:
        return word.strip()


def _found(store: "Store", kind: str, word: str) -> tuple[str, datetime, str]:
    """Return id and time of a record, and its vehicle. Errors: NotKept, FieldsRefused."""
    if kind == "recording":
        recording = store.recordings.get(word)
        return recording.id, recording.anchor, recording.vehicle_id
    if kind == "session":
        session = store.dyno.session(word)
        return session.id, session.started, session.vehicle_id
    if kind == "run":
        run = store.dyno.run(word)
        return run.id, run.started, store.dyno.session(run.session).vehicle_id
    if kind == "checkup":
        checkup = store.checkups.get(word)
        return checkup.id, checkup.taken, checkup.vehicle_id
    if kind == "alarm":
        alarm = store.alarms.get(word)
        return alarm.id, alarm.raised, alarm.vehicle_id
    raise FieldsRefused(
        "job_refused",
        {"kind": f"{kind!r} is nothing that is recorded.\nChoose {', '.join(KINDS)}."},
    )
