"""Dyno sessions and runs in `desk.db`. Samples lie in `recordings.db`; a run names its stretch."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from uuid_utils import uuid7

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.people import Actor
from cartech_desk.store.admission import AdmittingLog
from cartech_desk.store.database import Database
from cartech_desk.store.dyno_rows import (
    DAMAGED,
    RUN_COLUMNS,
    SESSION_COLUMNS,
    SESSION_FROM,
    instant,
    run_of,
    run_values,
    session_of,
    session_text,
    session_values,
)
from cartech_desk.store.dyno_told import (
    difference,
    of_run,
    of_session,
    told_end,
    told_run,
    told_session,
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
from cartech_desk.store.errors import Changed, NotKept, StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

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


class DynoStore:
    """Sessions and runs. Every change goes with its audit record, in one transaction.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged; of changes
    also WrittenRefused for what cannot be written (a number that is not finite) and those of the
    audit log. Nothing was changed then.
    """

    def __init__(self, database: Database, audit: AdmittingLog) -> None:
        self._database = database
        self._audit = audit

    # Sessions

    def begin_session(self, session: DynoSession, by: Actor) -> DynoSession:
        """Keep a new session; `id` and the vehicle's name are given here.

        Errors: NotKept where its vehicle is unknown.
        """
        with self._audit.act(by) as act:
            kept = _insert_session(act.connection, session)
            act.record(Entry("dyno.session_start", of_session(kept), after=told_session(kept)))
        return kept

    def change_session(self, session: DynoSession, by: Actor, reason: str = "") -> DynoSession:
        """Keep a session's new facts; runs driven before keep theirs.

        Errors: NotKept; Changed where its version is another; StoreError for another vehicle once
        it has runs.
        """
        with self._audit.act(by) as act:
            before = _session(act.connection, session.id)
            _same_version("The session", before.version, session.version)
            if session.vehicle_id != before.vehicle_id:
                _refuse_vehicle(act.connection, before)
            kept = replace(
                session,
                vehicle_name=_vehicle_name(act.connection, session.vehicle_id),
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

    def end_session(self, session_id: str, by: Actor) -> DynoSession:
        """Note that it is over; one that is over already stays as it is. Errors: NotKept."""
        known = self.session(session_id)
        if known.ended is not None:
            return known
        with self._audit.act(by) as act:
            before = _session(act.connection, known.id)
            kept = replace(
                before, ended=before.ended or datetime.now(UTC), version=before.version + 1
            )
            act.connection.exec_driver_sql(
                "UPDATE dyno_session SET ended = ?, version = ? WHERE id = ?",
                (instant(kept.ended), kept.version, kept.id),
            )
            runs = _count(act.connection, kept.id)
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
                session = _session(act.connection, run.session)
            else:
                session = _insert_session(act.connection, session)
            kept = _insert_run(act.connection, replace(run, session=session.id), session)
            imported = kept.ending is RunEnding.IMPORTED
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
            before = _run(act.connection, run.id)
            session = _session(act.connection, before.session)
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
            _update_run(act.connection, kept)
            act.record(Entry("dyno.run_stop", of_run(kept, session), after=told_end(kept)))
        return kept

    def change_run(self, run: DynoRun, by: Actor, reason: str = "") -> DynoRun:
        """Keep a run's new name, note or set-up. Errors: NotKept; Changed."""
        with self._audit.act(by) as act:
            before = _run(act.connection, run.id)
            _same_version("The run", before.version, run.version)
            session = _session(act.connection, before.session)
            kept = replace(
                run,
                session=before.session,
                number=before.number,
                deleted=before.deleted,
                version=before.version + 1,
            )
            _update_run(act.connection, kept)
            changed = difference(told_run(before), told_run(kept))
            act.record(Entry("dyno.run_change", of_run(kept, session), *changed, reason))
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
            run = _run(act.connection, known.id)
            act.connection.exec_driver_sql(
                "UPDATE dyno_run SET deleted = ?, version = version + 1 WHERE id = ?",
                (deleted, run.id),
            )
            session = _session(act.connection, run.session)
            act.record(Entry(action, of_run(run, session), reason=reason))

    # Reading

    def sessions(self, search: str = "", *, vehicle_id: str = "") -> tuple[DynoSession, ...]:
        """Return sessions, the newest first; each word of `search` is found somewhere in them.

        That is vehicle, VIN, operator, customer, notes and such, the day, or names and notes of
        their runs. One that is damaged is there with what can be read of it.
        """
        words = search.casefold().split()
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT {SESSION_COLUMNS}, vehicle.vin FROM {SESSION_FROM} "  # noqa: S608
                "WHERE dyno_session.deleted IS NULL AND (? = '' OR vehicle_id = ?) "
                "ORDER BY started DESC, dyno_session.id DESC",
                (vehicle_id, vehicle_id),
            ).fetchall()
            runs = (
                connection.exec_driver_sql(
                    f"SELECT {RUN_COLUMNS} FROM dyno_run WHERE deleted IS NULL"  # noqa: S608
                ).fetchall()
                if words
                else ()
            )
        texts: dict[str, list[str]] = {}
        for run in (run_of(row, strict=False) for row in runs):
            texts.setdefault(run.session, []).extend((run.id, run.name, run.note, run.file))
        found = []
        for *row, vin in rows:
            session = session_of(row, strict=False)
            text = session_text(session, vin or "", texts.get(session.id, ()))
            if all(word in text for word in words):
                found.append(session)
        return tuple(found)

    def session(self, session_id: str) -> DynoSession:
        """Return one session by its id, how only it begins or ends, or “last”. Errors: NotKept."""
        with self._database.read() as connection:
            return _session(connection, session_id)

    def runs(self, session_id: str, *, deleted: bool = False) -> tuple[DynoRun, ...]:
        """Return the runs of a session by number; the deleted ones with `deleted`."""
        with self._database.read() as connection:
            session = _session(connection, session_id)
            return _runs(
                connection,
                "session = ? AND (deleted IS NULL OR ?) ORDER BY number",
                (session.id, deleted),
            )

    def all_runs(self) -> tuple[DynoRun, ...]:
        """Return every run that is not deleted, the newest first, for the tree."""
        with self._database.read() as connection:
            return _runs(connection, "deleted IS NULL ORDER BY started DESC, number DESC, id DESC")

    def deleted_runs(self) -> tuple[DynoRun, ...]:
        """Return runs that are deleted, the newest first."""
        with self._database.read() as connection:
            return _runs(connection, "deleted IS NOT NULL ORDER BY started DESC, number DESC")

    def run(self, run_id: str) -> DynoRun:
        """Return one run, deleted or not. Errors: NotKept.

        It is named by its id, by how only its id begins or ends, by a name that no other has, or
        by “last”, the one that was kept last.
        """
        with self._database.read() as connection:
            return _run(connection, run_id)

    def runs_of_file(self, sha256: str) -> tuple[DynoRun, ...]:
        """Return the runs that are not deleted and were read from a file of this content."""
        return tuple(run for run in self.all_runs() if sha256 and run.file_sha256 == sha256)

    def runs_of_recording(self, recording_id: str) -> tuple[DynoRun, ...]:
        """Return the runs whose samples lie in a recording, those that are deleted too."""
        with self._database.read() as connection:
            return _runs(connection, "recording_id = ? ORDER BY started, number", (recording_id,))

    def open_runs(self) -> tuple[DynoRun, ...]:
        """Return runs that are still marked as being driven, deleted ones too."""
        with self._database.read() as connection:
            return _runs(connection, "ending = 'open' ORDER BY started")


def _insert_session(connection: "Connection", session: DynoSession) -> DynoSession:
    kept = replace(
        session,
        id=session.id or str(uuid7()),
        vehicle_name=_vehicle_name(connection, session.vehicle_id),
        version=1,
        deleted=False,
    )
    connection.exec_driver_sql(
        "INSERT INTO dyno_session (vehicle_id, vehicle_name, operator_id, operator_name, "
        "test_type, started, ended, body, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*session_values(kept), kept.id),
    )
    return kept


def _insert_run(connection: "Connection", run: DynoRun, session: DynoSession) -> DynoRun:
    (last,) = connection.exec_driver_sql(
        "SELECT coalesce(max(number), 0) FROM dyno_run WHERE session = ?", (session.id,)
    ).one()
    number = run.number or last + 1
    kept = replace(
        run,
        id=run.id or str(uuid7()),
        number=number,
        name=run.name or f"{session.run_prefix} {number}".strip(),
        facts=run.facts or facts_of(session),
        version=1,
        deleted=False,
    )
    connection.exec_driver_sql(
        "INSERT INTO dyno_run (name, recording_id, first_ns, last_ns, started, ending, tier, body, "
        "session, number, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*run_values(kept), kept.session, kept.number, kept.id),
    )
    return kept


def _update_run(connection: "Connection", run: DynoRun) -> None:
    connection.exec_driver_sql(
        "UPDATE dyno_run SET name = ?, recording_id = ?, first_ns = ?, last_ns = ?, started = ?, "
        "ending = ?, tier = ?, body = ?, version = ? WHERE id = ?",
        (*run_values(run), run.version, run.id),
    )


def _session(connection: "Connection", session_id: str) -> DynoSession:
    row = _one(
        connection,
        f"SELECT {SESSION_COLUMNS} FROM {SESSION_FROM} "  # noqa: S608
        "WHERE substr(dyno_session.id, 1, ?) = ? ORDER BY dyno_session.id = ? DESC LIMIT 2",
        session_id,
        "dyno session",
    )
    return session_of(row)


def _run(connection: "Connection", run_id: str) -> DynoRun:
    row = _one(
        connection,
        f"SELECT {RUN_COLUMNS} FROM dyno_run WHERE substr(id, 1, ?) = ? "  # noqa: S608
        "ORDER BY id = ? DESC LIMIT 2",
        run_id,
        "dyno run",
    )
    return run_of(row)


def _runs(
    connection: "Connection", where: str, parameters: tuple[Any, ...] = ()
) -> tuple[DynoRun, ...]:
    rows = connection.exec_driver_sql(
        f"SELECT {RUN_COLUMNS} FROM dyno_run WHERE {where}",  # noqa: S608 (words of ours)
        parameters,
    ).fetchall()
    return tuple(run_of(row, strict=False) for row in rows)


def _one(connection: "Connection", statement: str, start: str, what: str) -> tuple[Any, ...]:
    """Return the row whose id is this or alone begins so. Errors: NotKept."""
    wanted = start.strip().lower()
    rows = connection.exec_driver_sql(statement, (len(wanted), wanted, wanted)).fetchall()
    if wanted and (len(rows) == 1 or (rows and rows[0][0] == wanted)):
        return tuple(rows[0])
    if wanted and rows:
        raise NotKept(f"Several {what}s begin with {start!r}.", to_do="Give more of the id.")
    raise NotKept(f"No {what} {start!r} is kept here.", to_do=f"Look in the list of {what}s.")


def _vehicle_name(connection: "Connection", vehicle_id: str) -> str:
    row = connection.exec_driver_sql(
        "SELECT name FROM vehicle WHERE id = ? AND deleted IS NULL", (vehicle_id,)
    ).fetchone()
    if row is None:
        raise NotKept(
            f"No vehicle {vehicle_id!r} is kept here.",
            kept="Nothing was changed.",
            to_do="Give the car a name, or look in the list of vehicles.",
        )
    return str(row[0])


def _refuse_vehicle(connection: "Connection", session: DynoSession) -> None:
    """Refuse another vehicle for a session in which this one was driven, deleted runs too."""
    (runs,) = connection.exec_driver_sql(
        "SELECT count(*) FROM dyno_run WHERE session = ?", (session.id,)
    ).one()
    if runs:
        raise StoreError(
            f"In this session {session.vehicle_name} was driven already.",
            kept="It stays the session's vehicle.",
            to_do="End the session, and begin another one for the other vehicle.",
        )


def _count(connection: "Connection", session_id: str) -> int:
    (runs,) = connection.exec_driver_sql(
        "SELECT count(*) FROM dyno_run WHERE session = ? AND deleted IS NULL", (session_id,)
    ).one()
    return int(runs)


def _same_version(what: str, kept: int, given: int) -> None:
    if kept != given:
        raise Changed(
            f"{what} was changed by somebody else meanwhile.",
            kept="It stays as it is now.",
            to_do="Look at it as it is now, then change it again.",
        )
