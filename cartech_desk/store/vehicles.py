"""Vehicles that this desk has met."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from uuid_utils import uuid7

from cartech_desk.store.database import Database
from cartech_desk.store.errors import NotKept, VehicleRefused

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
        return self._find_or_make("vin IS NULL AND name_key = ?", _key(shown), vin=None, name=shown)

    def get(self, vehicle_id: str) -> Vehicle:
        """Return one vehicle; NotKept where there is none."""
        with self._database.read() as connection:
            row = connection.exec_driver_sql(
                f"SELECT {_COLUMNS} FROM vehicle WHERE id = ? AND deleted IS NULL",  # noqa: S608
                (vehicle_id,),
            ).fetchone()
        if row is None:
            raise _not_kept(vehicle_id)
        return _vehicle(row)

    def list(self, search: str = "") -> tuple[Vehicle, ...]:
        """Vehicles whose VIN or name contains `search`, the most recently used first."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT {_COLUMNS} FROM vehicle WHERE deleted IS NULL "  # noqa: S608
                "ORDER BY used DESC, id DESC"
            ).fetchall()
        wanted = _key(search)
        found = [_vehicle(row) for row in rows]
        return tuple(v for v in found if wanted in _key(v.name) or wanted in _key(v.vin or ""))

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
                    (_key(shown), vehicle_id),
                ).fetchone()
                if taken:
                    raise VehicleRefused(
                        f"Another vehicle is called {shown!r} already.",
                        kept="The name was not changed.",
                        to_do="Choose another name.",
                    )
            connection.exec_driver_sql(
                "UPDATE vehicle SET name = ?, name_key = ?, version = version + 1 WHERE id = ?",
                (shown, _key(shown), vehicle_id),
            )
        return self.get(vehicle_id)

    def _find_or_make(self, where: str, key: str, *, vin: str | None, name: str) -> Vehicle:
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._database.write() as connection:
            row = connection.exec_driver_sql(
                f"SELECT {_COLUMNS} FROM vehicle WHERE {where}",  # noqa: S608
                (key,),
            ).fetchone()
            if row is None:
                vehicle_id = str(uuid7())
                connection.exec_driver_sql(
                    "INSERT INTO vehicle (id, vin, name, name_key, created, used) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (vehicle_id, vin, name, _key(name), now, now),
                )
                return Vehicle(vehicle_id, vin, name, datetime.fromisoformat(now))
            connection.exec_driver_sql(
                "UPDATE vehicle SET used = ?, deleted = NULL WHERE id = ?", (now, row[0])
            )
            return _vehicle(row)


def _vehicle(row: Any) -> Vehicle:
    return Vehicle(row[0], row[1], row[2], datetime.fromisoformat(row[3]))


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


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
