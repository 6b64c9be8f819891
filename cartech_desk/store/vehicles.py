"""Vehicles that this desk has met."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.store.database import Database
from cartech_desk.store.errors import NotKept, VehicleRefused
from cartech_desk.store.vehicle_rows import (
    let_vehicle_be_found,
    name_key,
    rename_vehicle,
    vehicle_at,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

_VIN: Final = re.compile(r"[A-Z0-9]{17}", re.ASCII)
_NAME_LENGTH: Final = 100
_COLUMNS: Final = "id, vin, name, created"


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle, known by its VIN or by a name that was typed."""

    id: str
    vin: str | None
    name: str
    created: datetime


class VehicleStore:
    """Vehicles in `desk.db`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_vin(self, vin: str) -> Vehicle:
        """Return the vehicle with this VIN, making it where it is new.

        Errors: VehicleRefused where it is not 17 letters and digits (ISO 3779).
        """
        known = vin.strip().upper()
        if not _VIN.fullmatch(known):
            raise VehicleRefused(
                f"{vin!r} is not a VIN: it needs 17 letters and digits.",
                to_do="Type it again, or give the vehicle a name instead.",
            )
        return self._find_or_make("vin = ?", known, vin=known, name=known)

    def by_name(self, name: str) -> Vehicle:
        """Return the vehicle with this typed name (whatever its case), making it where new.

        Errors: VehicleRefused where the name is empty or longer than 100 characters.
        """
        shown = _checked_name(name)
        return self._find_or_make(
            "vin IS NULL AND name_key = ?", name_key(shown), vin=None, name=shown
        )

    def get(self, vehicle_id: str) -> Vehicle:
        """Return one vehicle, of one that was joined with which; NotKept where there is none."""
        with self._database.read() as connection:
            row = connection.exec_driver_sql(
                f"SELECT {_COLUMNS} FROM vehicle WHERE deleted IS NULL AND id = coalesce("  # noqa: S608
                "(SELECT nullif(joined_into, '') FROM vehicle WHERE id = ?), ?)",
                (vehicle_id, vehicle_id),
            ).fetchone()
        if row is None:
            raise _not_kept(vehicle_id)
        return _vehicle(row)

    def list(self, search: str = "", *, limit: int = -1) -> tuple[Vehicle, ...]:
        """Vehicles whose VIN or name contains `search`, the most recently used first.

        A shop of ten years has thousands: who shows only the last ones says how many.
        """
        wanted = name_key(search)
        narrowed = "AND (instr(name_key, ?) > 0 OR instr(lower(vin), ?) > 0)" if wanted else ""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT {_COLUMNS} FROM vehicle WHERE deleted IS NULL {narrowed} "  # noqa: S608
                "ORDER BY used DESC, id DESC LIMIT ?",
                (*((wanted, wanted) if wanted else ()), limit),
            ).fetchall()
        return tuple(map(_vehicle, rows))

    def known(self, ids: Iterable[str]) -> dict[str, Vehicle]:
        """Return those of these vehicles that are kept here, by their ids."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT {_COLUMNS} FROM vehicle WHERE deleted IS NULL "  # noqa: S608
                "AND id IN (SELECT value FROM json_each(?))",
                (json.dumps([*ids]),),
            ).fetchall()
        return {vehicle.id: vehicle for vehicle in map(_vehicle, rows)}

    def called(self, likes: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of vehicles whose name or VIN is like one of these (as LIKE's words)."""
        wanted = tuple(likes)
        ways = " OR ".join("name LIKE ? ESCAPE '\\' OR vin LIKE ? ESCAPE '\\'" for _ in wanted)
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT id FROM vehicle WHERE deleted IS NULL AND ({ways})",  # noqa: S608
                tuple(like for like in wanted for _ in range(2)),
            ).fetchall()
        return tuple(str(row[0]) for row in rows)

    def called_so(self, name_or_vin: str) -> Vehicle | None:
        """Return the vehicle of exactly this name or VIN, whatever its case; the last used one."""
        wanted = name_key(name_or_vin)
        if not wanted:
            return None
        with self._database.read() as connection:
            row = connection.exec_driver_sql(
                f"SELECT {_COLUMNS} FROM vehicle WHERE deleted IS NULL "  # noqa: S608
                "AND (name_key = ? OR vin = ?) ORDER BY used DESC, id DESC LIMIT 1",
                (wanted, wanted.upper()),
            ).fetchone()
        return None if row is None else _vehicle(row)

    def rename(self, vehicle_id: str, name: str) -> Vehicle:
        """Give a vehicle another name.

        Errors: NotKept; VehicleRefused where the name is empty, too long, or already stands for
        another vehicle without a VIN.
        """
        shown = _checked_name(name)
        with self._database.write() as connection:
            row = connection.exec_driver_sql(
                "SELECT vin FROM vehicle WHERE id = ? AND deleted IS NULL", (vehicle_id,)
            ).fetchone()
            if row is None:
                raise _not_kept(vehicle_id)
            if row[0] is None:
                taken = connection.exec_driver_sql(
                    "SELECT 1 FROM vehicle WHERE vin IS NULL AND name_key = ? AND id <> ?",
                    (name_key(shown), vehicle_id),
                ).fetchone()
                if taken:
                    raise VehicleRefused(
                        f"Another vehicle is called {shown!r} already.",
                        kept="The name was not changed.",
                        to_do="Choose another name.",
                    )
            rename_vehicle(connection, vehicle_id, shown)
        return self.get(vehicle_id)

    def _find_or_make(self, where: str, key: str, *, vin: str | None, name: str) -> Vehicle:
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._database.write() as connection:
            row = connection.exec_driver_sql(
                f"SELECT {_COLUMNS}, joined_into FROM vehicle WHERE {where}",  # noqa: S608
                (key,),
            ).fetchone()
            if row is None:
                vehicle_id = str(uuid7())
                connection.exec_driver_sql(
                    "INSERT INTO vehicle (id, vin, name, name_key, created, used) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (vehicle_id, vin, name, name_key(name), now, now),
                )
                let_vehicle_be_found(connection, vehicle_id)
                return Vehicle(vehicle_id, vin, name, datetime.fromisoformat(now))
            if row[-1]:
                # It turned out to be another vehicle: that is the one that is meant.
                kept = vehicle_at(connection, row[0])
                _use(connection, kept.id, now)
                return Vehicle(kept.id, kept.vin, kept.name, kept.created or datetime.now(UTC))
            _use(connection, row[0], now)
            return _vehicle(row)


def _use(connection: "Connection", vehicle_id: str, now: str) -> None:
    connection.exec_driver_sql(
        "UPDATE vehicle SET used = ?, deleted = NULL WHERE id = ?", (now, vehicle_id)
    )
    let_vehicle_be_found(connection, vehicle_id)


def _vehicle(row: Any) -> Vehicle:
    return Vehicle(row[0], row[1], row[2], datetime.fromisoformat(row[3]))


def _checked_name(name: str) -> str:
    shown = " ".join(name.split())
    if not shown or len(shown) > _NAME_LENGTH or not shown.isprintable():
        raise VehicleRefused(
            "A vehicle's name needs between 1 and 100 characters.",
            to_do="Type another name.",
        )
    return shown


def _not_kept(vehicle_id: str) -> NotKept:
    return NotKept(
        f"No vehicle {vehicle_id!r} is kept here.", to_do="Look in the list of vehicles."
    )
