"""Dyno sessions and runs in `desk.db`. Samples lie in `recordings.db`; a run names its stretch."""

from dataclasses import replace
from datetime import UTC, datetime

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.people import Actor
from cartech_desk.store.admission import AdmittingLog
from cartech_desk.store.database import Database
from cartech_desk.store.dyno_reading import DynoReading
from cartech_desk.store.dyno_rows import (
    DAMAGED,
    session_values,
)
from cartech_desk.store.dyno_tables import (
    count_runs,
    insert_run,
    insert_session,
    last_number,
    refuse_vehicle,
    run_at,
    session_at,
    update_run,
    vehicle_name_of,
)
from cartech_desk.store.dyno_told import (
    difference,
    of_run,
    of_session,
    told_end,
    told_run,
    told_session,
    told_whose,
)
from cartech_desk.store.dyno_words import (
    DynoRun,
    DynoSession,
    RunEnding,
    RunFacts,
    RunSummary,
    SourceUsed,
    StartedIs,
    as_driven,
    facts_of,
    started_words,
)
from cartech_desk.store.instants import instant, instant_or_none
from cartech_desk.store.job_at_hand import note_record
from cartech_desk.store.run_finding import let_run_be_found
from cartech_desk.store.versions import same_version

__all__ = [
    "DAMAGED",
    "DynoRun",
    "DynoSession",
    "DynoStore",
    "RunEnding",
    "RunFacts",
    "RunSummary",
    "SourceUsed",
    "StartedIs",
    "as_driven",
    "facts_of",
    "started_words",
]


class DynoStore(DynoReading):
    """Sessions and runs: what `DynoReading` offers, and changes of them.

    Every change goes with its audit record, in one transaction.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged; of changes
    also WrittenRefused for what cannot be written (a number that is not finite) and those of the
    audit log. Nothing was changed then.
    """

    def __init__(self, database: Database, audit: AdmittingLog) -> None:
        super().__init__(database)
        self._audit = audit

    # Sessions

    def begin_session(self, session: DynoSession, by: Actor) -> DynoSession:
        """Keep a new session; `id` and the vehicle's name are given here.

        Errors: NotKept where its vehicle is unknown.
        """
        with self._audit.act(by) as act:
            kept = insert_session(act.connection, session)
            note_record(act.connection, "session", kept.id, kept.vehicle_id, kept.started)
            act.record(Entry("dyno.session_start", of_session(kept), after=told_session(kept)))
        return kept

    def change_session(self, session: DynoSession, by: Actor, reason: str = "") -> DynoSession:
        """Keep a session's new facts; runs driven before keep theirs.

        Errors: NotKept; Changed where its version is another; StoreError for another vehicle once
        it has runs.
        """
        with self._audit.act(by) as act:
            before = session_at(act.connection, session.id)
            same_version("The session", before.version, session.version)
            if session.vehicle_id != before.vehicle_id:
                refuse_vehicle(act.connection, before)
            kept = replace(
                session,
                vehicle_name=vehicle_name_of(act.connection, session.vehicle_id),
                version=before.version + 1,
                deleted=before.deleted,
            )
            act.connection.exec_driver_sql(
                "UPDATE dyno_session SET vehicle_id = ?, vehicle_name = ?, operator_id = ?, "
                "operator_name = ?, test_type = ?, started = ?, ended = ?, body = ?, version = ? "
                "WHERE id = ?",
                (*session_values(kept), kept.version, kept.id),
            )
            changed = difference(told_session(before), told_session(kept))
            act.record(Entry("dyno.session_change", of_session(kept), *changed, reason))
        return kept

    def end_session(self, session_id: str, by: Actor, *, at: datetime | None = None) -> DynoSession:
        """Note that it is over, now or since `at`; one that is over already stays as it is.

        Errors: NotKept.
        """
        known = self.session(session_id)
        if known.ended is not None:
            return known
        with self._audit.act(by) as act:
            before = session_at(act.connection, known.id)
            kept = replace(
                before, ended=before.ended or at or datetime.now(UTC), version=before.version + 1
            )
            act.connection.exec_driver_sql(
                "UPDATE dyno_session SET ended = ?, version = ? WHERE id = ?",
                (instant_or_none(kept.ended), kept.version, kept.id),
            )
            runs = count_runs(act.connection, kept.id)
            act.record(Entry("dyno.session_stop", of_session(kept), after={"runs": runs}))
        return kept

    # Runs

    def add_run(
        self, run: DynoRun, by: Actor, *, session: DynoSession | None = None, reason: str = ""
    ) -> DynoRun:
        """Keep a run that begins or was imported; `id`, `number`, `name` are given where empty.

        `session` is one that begins with it: both are kept or neither. Errors: NotKept for its
        session or vehicle.
        """
        with self._audit.act(by) as act:
            if session is None:
                session = session_at(act.connection, run.session)
            else:
                session = insert_session(act.connection, session)
            kept = insert_run(act.connection, replace(run, session=session.id), session)
            let_run_be_found(act.connection, kept, session)
            imported = kept.ending is RunEnding.IMPORTED
            if not imported:
                note_record(act.connection, "run", kept.id, session.vehicle_id, kept.started)
            act.record(
                Entry(
                    "dyno.run_import" if imported else "dyno.run_start",
                    of_run(kept, session),
                    after=told_run(kept) | (told_end(kept) if imported else {}),
                    reason=reason,
                )
            )
        return kept

    def end_run(self, run: DynoRun, by: Actor) -> DynoRun:
        """Keep how a run ended, its stretch, summary and hash. Errors: NotKept.

        A name and a note that it was given meanwhile stay.
        """
        with self._audit.act(by) as act:
            before = run_at(act.connection, run.id)
            session = session_at(act.connection, before.session)
            kept = replace(
                run,
                session=before.session,
                number=before.number,
                name=before.name,
                note=before.note or run.note,
                facts=before.facts,
                deleted=before.deleted,
                version=before.version + 1,
            )
            update_run(act.connection, kept)
            let_run_be_found(act.connection, kept, session)
            act.record(Entry("dyno.run_stop", of_run(kept, session), after=told_end(kept)))
        return kept

    def seal_run(self, run: DynoRun, by: Actor) -> DynoRun:
        """Keep the summary and the hash of a run that has ended; one that has a hash keeps it.

        Its version stays: whoever looks at it meanwhile may still change it. Errors: NotKept.
        """
        with self._audit.act(by) as act:
            before = run_at(act.connection, run.id)
            if before.samples_sha256 or before.ending is RunEnding.OPEN:
                return before
            kept = replace(before, summary=run.summary, samples_sha256=run.samples_sha256)
            update_run(act.connection, kept)
            session = session_at(act.connection, before.session)
            told = {"recording": kept.recording_id, "samples_sha256": kept.samples_sha256}
            act.record(Entry("dyno.run_seal", of_run(kept, session), after=told))
        return kept

    def change_run(self, run: DynoRun, by: Actor, reason: str = "") -> DynoRun:
        """Keep a run's new name, note or set-up. Errors: NotKept; Changed."""
        with self._audit.act(by) as act:
            before = run_at(act.connection, run.id)
            same_version("The run", before.version, run.version)
            session = session_at(act.connection, before.session)
            kept = replace(
                run,
                session=before.session,
                number=before.number,
                summary=before.summary if run.summary == RunSummary() else run.summary,
                samples_sha256=before.samples_sha256,
                deleted=before.deleted,
                version=before.version + 1,
            )
            update_run(act.connection, kept)
            let_run_be_found(act.connection, kept, session)
            changed = difference(told_run(before), told_run(kept))
            act.record(Entry("dyno.run_change", of_run(kept, session), *changed, reason))
        return kept

    def move_run(
        self,
        run: DynoRun,
        to: DynoSession,
        by: Actor,
        reason: str = "",
        *,
        facts: RunFacts | None = None,
    ) -> DynoRun:
        """Let a run belong to another session, or to a new one (`to.id` empty), as its last.

        A session that is over and has no run left, deleted ones counted, goes off the list.
        `facts` None leaves what was kept with the run. Errors: NotKept; Changed.
        """
        with self._audit.act(by) as act:
            before = run_at(act.connection, run.id)
            same_version("The run", before.version, run.version)
            old = session_at(act.connection, before.session)
            new = session_at(act.connection, to.id) if to.id else insert_session(act.connection, to)
            kept = replace(
                before,
                session=new.id,
                number=last_number(act.connection, new.id) + 1,
                facts=facts or before.facts,
                version=before.version + 1,
            )
            update_run(act.connection, kept)
            act.connection.exec_driver_sql(
                "UPDATE dyno_run SET session = ?, number = ? WHERE id = ?",
                (kept.session, kept.number, kept.id),
            )
            if old.ended is not None and last_number(act.connection, old.id) == 0:
                act.connection.exec_driver_sql(
                    "UPDATE dyno_session SET deleted = ?, version = version + 1 WHERE id = ?",
                    (instant(datetime.now(UTC)), old.id),
                )
            let_run_be_found(act.connection, kept, new)
            changed = difference(told_whose(before, old), told_whose(kept, new))
            act.record(Entry("dyno.run_change", of_run(kept, new), *changed, reason))
        return kept

    def delete_run(self, run_id: str, by: Actor, reason: str = "") -> None:
        """Mark as deleted; its samples stay until the recording is deleted too. Errors: NotKept."""
        self._mark(run_id, by, instant(datetime.now(UTC)), "dyno.run_delete", reason)

    def restore_run(self, run_id: str, by: Actor) -> None:
        """Take a deletion back. Errors: NotKept."""
        self._mark(run_id, by, None, "dyno.run_restore", "")

    def _mark(self, run_id: str, by: Actor, deleted: str | None, action: str, reason: str) -> None:
        known = self.run(run_id)
        if known.deleted is (deleted is not None):
            return
        with self._audit.act(by) as act:
            run = run_at(act.connection, known.id)
            act.connection.exec_driver_sql(
                "UPDATE dyno_run SET deleted = ?, version = version + 1 WHERE id = ?",
                (deleted, run.id),
            )
            session = session_at(act.connection, run.session)
            let_run_be_found(act.connection, replace(run, deleted=deleted is not None), session)
            act.record(Entry(action, of_run(run, session), reason=reason))
