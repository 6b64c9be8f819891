"""What is asked of runs over time: the runs of a vehicle with what was fitted by then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.store.dyno_rows import (
    RUN_COLUMNS,
    SESSION_COLUMNS,
    SESSION_FROM,
    run_of,
    session_of,
)
from cartech_desk.store.dyno_words import DynoRun, DynoSession
from cartech_desk.store.errors import NotKept
from cartech_desk.store.like_words import holds

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.database import Database

_CALLED: Final = "coalesce(nullif(trim(v.make || ' ' || v.model), ''), v.name)"
_WORDS: Final = (
    "(v.name || ' ' || v.make || ' ' || v.model || ' ' || v.plate || ' ' || "
    "v.plate_key || ' ' || coalesce(v.vin, '') || ' ' || coalesce(c.name, ''))"
)
"""In which each word of a search is found."""


@dataclass(frozen=True, slots=True)
class KeptVehicle:
    """What heads a vehicle's history and report."""

    id: str
    name: str
    vin: str
    plate: str
    owner: str
    year: int | None


@dataclass(frozen=True, slots=True)
class KeptModification:
    """A modification as its row has it; `noted` is when that row was made."""

    id: str
    type: str
    brand: str
    model: str
    fitted: date | None
    removed: date | None
    noted: datetime


@dataclass(frozen=True, slots=True)
class OnDyno:
    """A vehicle in the list of those that were on a dyno."""

    vehicle_id: str
    vehicle: str
    plate: str
    owner: str
    sessions: int
    last: datetime


class PerformanceStore:
    """Runs over time. Thread-safe. Errors of all: those of `Database`, and DatabaseCorrupt."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    def vehicle(self, vehicle_id: str) -> KeptVehicle:
        """Return what heads a vehicle's history. Errors: NotKept."""
        with self._database.read() as connection:
            row = connection.exec_driver_sql(
                f"SELECT v.id, {_CALLED}, coalesce(v.vin, ''), v.plate, "  # noqa: S608 - ours
                "coalesce(c.name, ''), v.year "
                "FROM vehicle v LEFT JOIN customer c ON c.id = v.owner_id WHERE v.id = ?",
                (vehicle_id,),
            ).fetchone()
        if row is None:
            raise NotKept(
                f"No vehicle {vehicle_id!r} is kept here.", to_do="Look in the list of vehicles."
            )
        return KeptVehicle(*row)

    def runs(self, vehicle_id: str) -> tuple[tuple[DynoSession, tuple[DynoRun, ...]], ...]:
        """Return the sessions of a vehicle, the oldest first, with their runs by number."""
        with self._database.read() as connection:
            sessions = connection.exec_driver_sql(
                f"SELECT {SESSION_COLUMNS} FROM {SESSION_FROM} "  # noqa: S608 - words of ours
                "WHERE dyno_session.vehicle_id = ? AND dyno_session.deleted IS NULL "
                "ORDER BY started, dyno_session.id",
                (vehicle_id,),
            ).fetchall()
            runs = connection.exec_driver_sql(
                f"SELECT {RUN_COLUMNS} FROM dyno_run WHERE deleted IS NULL AND session IN ("  # noqa: S608
                "SELECT id FROM dyno_session WHERE vehicle_id = ? AND deleted IS NULL) "
                "ORDER BY session, number",
                (vehicle_id,),
            ).fetchall()
        of: dict[str, list[DynoRun]] = {}
        for run in (run_of(row, strict=False) for row in runs):
            of.setdefault(run.session, []).append(run)
        found = (session_of(row, strict=False) for row in sessions)
        return tuple((one, tuple(of.get(one.id, ()))) for one in found)

    def modifications(self, vehicle_id: str) -> tuple[KeptModification, ...]:
        """Return what was fitted to a vehicle, the oldest first."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT id, type, brand, model, fitted, removed, created FROM modification "
                "WHERE vehicle_id = ? AND deleted IS NULL ORDER BY fitted, created, id",
                (vehicle_id,),
            ).fetchall()
        return tuple(
            KeptModification(
                key,
                kind,
                brand,
                model,
                _day(fitted),
                _day(removed),
                datetime.fromisoformat(noted).astimezone(UTC),
            )
            for key, kind, brand, model, fitted, removed, noted in rows
        )

    def on_dyno(
        self, search: str = "", *, limit: int = 200, offset: int = 0
    ) -> tuple[tuple[OnDyno, ...], int]:
        """Return vehicles with a session, the last one first, and how many there are.

        Each word of `search` is found in name, make, model, plate, VIN or owner.
        """
        where, values = ["v.deleted IS NULL"], list[Any]()
        for word in search.split():
            condition, some = holds((_WORDS,), word)
            where.append(condition)
            values += some
        tables = (
            "FROM (SELECT vehicle_id, count(*) AS sessions, max(started) AS last "
            "FROM dyno_session WHERE deleted IS NULL GROUP BY vehicle_id) s "
            "JOIN vehicle v ON v.id = s.vehicle_id "
            + ("LEFT JOIN customer c ON c.id = v.owner_id " if values else "")
            + f"WHERE {' AND '.join(where)}"
        )
        with self._database.read() as connection:
            total = _count(connection, tables, values)
            # What is told of a vehicle is read for the page alone, not for all that are sorted.
            rows = connection.exec_driver_sql(
                f"SELECT v.id, {_CALLED}, v.plate, coalesce(c.name, ''), p.sessions, p.last "  # noqa: S608 - words of ours
                "FROM ("
                f"SELECT s.vehicle_id, s.sessions, s.last {tables} "
                "ORDER BY s.last DESC, s.vehicle_id LIMIT ? OFFSET ?) p "
                "JOIN vehicle v ON v.id = p.vehicle_id LEFT JOIN customer c ON c.id = v.owner_id "
                "ORDER BY p.last DESC, v.id",
                (*values, limit, offset),
            ).fetchall()
        found = tuple(
            OnDyno(
                str(key),
                str(name),
                str(plate),
                str(owner),
                int(sessions),
                datetime.fromisoformat(last).astimezone(UTC),
            )
            for key, name, plate, owner, sessions, last in rows
        )
        return found, total


def _count(connection: "Connection", tables: str, values: Sequence[Any]) -> int:
    (total,) = connection.exec_driver_sql(f"SELECT count(*) {tables}", tuple(values)).one()
    return int(total)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text[:10])
