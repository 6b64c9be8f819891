"""Looking at dyno sessions and runs: lists, searches, and what is not settled yet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cartech_desk.store.database import Database
from cartech_desk.store.dyno_rows import (
    DAMAGED,
    LOST,
    RUN_COLUMNS,
    SESSION_COLUMNS,
    SESSION_FROM,
    run_of,
    session_of,
    session_text,
)
from cartech_desk.store.dyno_tables import run_at, runs_where, session_at
from cartech_desk.store.dyno_words import DynoRun, DynoSession

if TYPE_CHECKING:
    from cartech_desk.store.dyno_latest import Latest


class DynoReading:
    """Sessions and runs as they are kept. Thread-safe.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

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
            return session_at(connection, session_id)

    def runs(self, session_id: str, *, deleted: bool = False) -> tuple[DynoRun, ...]:
        """Return the runs of a session by number; the deleted ones with `deleted`."""
        with self._database.read() as connection:
            session = session_at(connection, session_id)
            return runs_where(
                connection,
                "session = ? AND (deleted IS NULL OR ?) ORDER BY number",
                (session.id, deleted),
            )

    def all_runs(self) -> tuple[DynoRun, ...]:
        """Return every run that is not deleted, the newest first, for the tree."""
        with self._database.read() as connection:
            return runs_where(
                connection, "deleted IS NULL ORDER BY started DESC, number DESC, id DESC"
            )

    def deleted_runs(self) -> tuple[DynoRun, ...]:
        """Return runs that are deleted, the newest first."""
        with self._database.read() as connection:
            return runs_where(connection, "deleted IS NOT NULL ORDER BY started DESC, number DESC")

    def run(self, run_id: str) -> DynoRun:
        """Return one run, deleted or not. Errors: NotKept.

        It is named by its id, by how only its id begins or ends, by a name that no other has, or
        by “last”, the one that was kept last.
        """
        with self._database.read() as connection:
            return run_at(connection, run_id)

    def runs_of_file(self, sha256: str) -> tuple[DynoRun, ...]:
        """Return the runs that are not deleted and were read from a file of this content."""
        with self._database.read() as connection:
            found = runs_where(
                connection,
                "deleted IS NULL AND body LIKE ? ORDER BY started DESC, number DESC, id DESC",
                (f"%{sha256}%",),
            )
        return tuple(run for run in found if sha256 and run.file_sha256 == sha256)

    def latest(self, most: int, with_runs: Sequence[str] = (), search: str = "") -> "Latest":
        """Return the last sessions with their runs, and those of these runs; see `dyno_latest`."""
        from cartech_desk.store.dyno_latest import latest

        with self._database.read() as connection:
            return latest(connection, most, with_runs, search)

    def runs_of_recording(self, recording_id: str) -> tuple[DynoRun, ...]:
        """Return the runs whose samples lie in a recording, those that are deleted too."""
        with self._database.read() as connection:
            return runs_where(
                connection, "recording_id = ? ORDER BY started, number", (recording_id,)
            )

    def open_runs(self) -> tuple[DynoRun, ...]:
        """Return runs that are still marked as being driven, deleted ones too."""
        with self._database.read() as connection:
            return runs_where(connection, "ending = 'open' ORDER BY started")

    def unsettled_runs(self) -> tuple[DynoRun, ...]:
        """Return runs of which an end, a summary or a hash may be lacking, the oldest first.

        Those that are marked as being driven or as never recorded, and those without a hash.
        """
        with self._database.read() as connection:
            found = runs_where(
                connection,
                "ending IN ('open', 'not_recorded') "
                'OR body LIKE \'%"samples_sha256":""%\' ORDER BY started',
            )
        damaged = (DAMAGED, DAMAGED, True)
        return tuple(run for run in found if damaged not in run.summary.quality)

    def open_sessions(self) -> tuple[DynoSession, ...]:
        """Return sessions that have not ended."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT {SESSION_COLUMNS} FROM {SESSION_FROM} "  # noqa: S608 (words of ours)
                "WHERE dyno_session.deleted IS NULL AND ended IS NULL "
                "ORDER BY started DESC, dyno_session.id DESC"
            ).fetchall()
        found = (session_of(row, strict=False) for row in rows)
        return tuple(one for one in found if one.ended is None and one.notes != LOST)
