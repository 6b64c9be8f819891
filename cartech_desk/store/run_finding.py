"""By what search finds a dyno run."""

from typing import TYPE_CHECKING

from cartech_desk.store.finding import Entry, drop_entry, keep_entry

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.dyno_words import DynoRun, DynoSession


def let_run_be_found(connection: "Connection", run: "DynoRun", session: "DynoSession") -> None:
    """Let search find a run by its name, vehicle, day, operator and note; a deleted one no more."""
    if run.deleted:
        drop_entry(connection, "run", run.id)
        return
    keep_entry(connection, found_of(run, session))


def found_of(run: "DynoRun", session: "DynoSession") -> Entry:
    """Return by what search finds a run."""
    return Entry(
        "run",
        run.id,
        run.name,
        f"{session.vehicle_name} · {run.started:%Y-%m-%d} · {session.operator.name}",
        run.note,
        run.started.isoformat(),
    )
