"""What is asked of the tables of dyno sessions and runs, within one transaction of somebody's."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.store.dyno_rows import (
    RUN_COLUMNS,
    SESSION_COLUMNS,
    SESSION_FROM,
    run_of,
    run_values,
    session_of,
    session_values,
)
from cartech_desk.store.dyno_words import DynoRun, DynoSession, facts_of
from cartech_desk.store.errors import NotKept, StoreError
from cartech_desk.store.named_rows import Named, row_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SESSIONS: Final = Named("dyno_session", "dyno session")
_RUNS: Final = Named("dyno_run", "dyno run", "name")


def insert_session(connection: "Connection", session: DynoSession) -> DynoSession:
    """Keep a new session; its id and the name of its vehicle are given here. Errors: NotKept."""
    kept = replace(
        session,
        id=session.id or str(uuid7()),
        vehicle_name=vehicle_name_of(connection, session.vehicle_id),
        version=1,
        deleted=False,
    )
    connection.exec_driver_sql(
        "INSERT INTO dyno_session (vehicle_id, vehicle_name, operator_id, operator_name, "
        "test_type, started, ended, body, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*session_values(kept), kept.id),
    )
    return kept


def insert_run(connection: "Connection", run: DynoRun, session: DynoSession) -> DynoRun:
    """Keep a new run; what is empty of its id, number, name and facts is given here."""
    number = run.number or last_number(connection, session.id) + 1
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


def last_number(connection: "Connection", session_id: str) -> int:
    """Return the number of a session's last run, deleted ones counted; 0 where there is none."""
    (last,) = connection.exec_driver_sql(
        "SELECT coalesce(max(number), 0) FROM dyno_run WHERE session = ?", (session_id,)
    ).one()
    return int(last)


def update_run(connection: "Connection", run: DynoRun) -> None:
    """Keep a run in the place of what was kept of it."""
    connection.exec_driver_sql(
        "UPDATE dyno_run SET name = ?, recording_id = ?, first_ns = ?, last_ns = ?, started = ?, "
        "ending = ?, tier = ?, body = ?, version = ? WHERE id = ?",
        (*run_values(run), run.version, run.id),
    )


def session_at(connection: "Connection", word: str) -> DynoSession:
    """Return the session that a word means (see `row_of`). Errors: NotKept, DatabaseCorrupt."""
    select = f"SELECT {SESSION_COLUMNS} FROM {SESSION_FROM}"  # noqa: S608 (words of ours)
    return session_of(row_of(connection, select, _SESSIONS, word))


def run_at(connection: "Connection", word: str) -> DynoRun:
    """Return the run that a word means (see `row_of`). Errors: NotKept, DatabaseCorrupt."""
    select = f"SELECT {RUN_COLUMNS} FROM dyno_run"  # noqa: S608 (words of ours)
    return run_of(row_of(connection, select, _RUNS, word))


def runs_where(
    connection: "Connection", where: str, parameters: tuple[Any, ...] = ()
) -> tuple[DynoRun, ...]:
    """Return runs of a condition in words of ours; a damaged one with what can be read of it."""
    rows = connection.exec_driver_sql(
        f"SELECT {RUN_COLUMNS} FROM dyno_run WHERE {where}",  # noqa: S608 (words of ours)
        parameters,
    ).fetchall()
    return tuple(run_of(row, strict=False) for row in rows)


def vehicle_name_of(connection: "Connection", vehicle_id: str) -> str:
    """Return the name of a vehicle. Errors: NotKept."""
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


def refuse_vehicle(connection: "Connection", session: DynoSession) -> None:
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


def count_runs(connection: "Connection", session_id: str) -> int:
    """Return how many runs a session has, without those that are deleted."""
    (runs,) = connection.exec_driver_sql(
        "SELECT count(*) FROM dyno_run WHERE session = ? AND deleted IS NULL", (session_id,)
    ).one()
    return int(runs)
