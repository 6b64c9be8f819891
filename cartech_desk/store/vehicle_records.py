"""The office's half of a vehicle: record and modifications."""

import json
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.vehicles.doubles import Double, Pair
from cartech_desk.domain.vehicles.record import Modification, OdometerReading, VehicleRecord
from cartech_desk.domain.vehicles.search_words import plate_key
from cartech_desk.domain.vehicles.timeline import Happened, TimelinePage
from cartech_desk.store.customers import searched
from cartech_desk.store.deleted_rows import having, on_lists
from cartech_desk.store.errors import NotKept
from cartech_desk.store.modification_rows import modification_at, modifications_of
from cartech_desk.store.named_rows import LAST, Named, row_of
from cartech_desk.store.told_apart import pairs_apart
from cartech_desk.store.vehicle_doubles import SERIAL, titled
from cartech_desk.store.vehicle_rows import (
    COLUMNS,
    FROM,
    name_key,
    readings_of,
    record_of,
    vehicle_at,
)
from cartech_desk.store.vehicle_timeline import timeline_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from cartech_desk.domain.people import Actor
    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.audit import AuditedAct
    from cartech_desk.store.database import Database

_SELECT: Final = f"SELECT {COLUMNS} FROM {FROM}"  # noqa: S608 - names of ours
_ORDERS: Final = {
    "": "vehicle.used",
    "used": "vehicle.used",
    "name": "vehicle.name_key",
    "plate": "vehicle.plate_key",
    "make": "lower(vehicle.make)",
    "model": "lower(vehicle.model)",
    "year": "vehicle.year",
    "owner": "customer.name_key",
    "odometer": "vehicle.odometer_km",
    "vin": "vehicle.vin",
    "created": "vehicle.created",
}
_END_OF_VIN: Final = 4
"""An end of a VIN that is shorter says too little to be trusted."""
_NAMED: Final = Named("vehicle", "vehicle", "name")


class VehicleRecordStore:
    """The office's half of a vehicle: record and modifications.

    Thread-safe; made lazily by `Store.vehicle_records`.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged.
    """

    def __init__(self, database: "Database", audit: "AdmittingLog", samples: "Database") -> None:
        self._database = database
        self._audit = audit
        self._samples = samples

    def act(self, by: "Actor") -> "AbstractContextManager[AuditedAct]":
        """One audited act on vehicles: all of it, its records included, or nothing."""
        return self._audit.act(by)

    def get(self, vehicle_id: str) -> VehicleRecord:
        """Return one vehicle, also a deleted one; of one that was joined, with which. NotKept."""
        with self._database.read() as connection:
            return vehicle_at(connection, vehicle_id)

    def named(self, text: str, *, deleted: bool = False) -> VehicleRecord:
        """Return the vehicle of a plate, VIN or its end, name, id, its start or end, or "last".

        With `deleted` of those that may be restored.
        """
        wanted = text.strip()
        there = on_lists("vehicle", deleted=deleted)
        with self._database.read() as connection:
            for where, parameters in _ways(wanted):
                rows = connection.exec_driver_sql(
                    f"{_SELECT} WHERE {there} AND {where} LIMIT 2", parameters
                ).fetchall()
                if len(rows) == 1:
                    return record_of(tuple(rows[0]))
                if rows:
                    raise NotKept(
                        f"Several vehicles are meant by {wanted!r}.",
                        to_do="Give the VIN, or more of the id.",
                    )
            return vehicle_at(connection, str(row_of(connection, _SELECT, _NAMED, wanted)[0]))

    def list(
        self,
        search: str,
        *,
        limit: int,
        offset: int,
        sort: str,
        descending: bool,
        equal: dict[str, Any],
    ) -> tuple[tuple[VehicleRecord, ...], int]:
        """Return vehicles and how many there are; every word of `search` is found in each.

        `equal`: only those whose owner_id, make, model or year is this, whatever its case.
        """
        alike = ""
        for column in equal:
            if column not in ("owner_id", "make", "model", "year"):
                raise KeyError(column)
            alike += f" AND vehicle.{column} = ? COLLATE NOCASE"
        # Without an order of its own the last used stands first.
        down = descending if sort else not descending
        order = f"{_ORDERS[sort]} {'DESC' if down else 'ASC'}, vehicle.id {'DESC' if down else ''}"
        with self._database.read() as connection:
            asked = searched(connection, "vehicle", search)
            parameters = (*asked.parameters, *equal.values())
            where = f"WHERE vehicle.deleted IS NULL {asked.where}{alike}"
            total = None if alike else asked.found
            if total is None:
                total = connection.exec_driver_sql(
                    f"SELECT count(*) FROM vehicle {where}",  # noqa: S608 - names of ours
                    parameters,
                ).scalar_one()
            # First which ones, by what they are sorted by alone; then what is shown of those.
            beside = FROM if sort == "owner" else "vehicle"
            ids = connection.exec_driver_sql(
                f"SELECT vehicle.id FROM {beside} {where} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608 - names of ours
                (*parameters, limit, offset),
            ).fetchall()
            wanted = [str(key) for (key,) in ids]
            rows = connection.exec_driver_sql(
                f"{_SELECT} WHERE vehicle.id IN (SELECT value FROM json_each(?))",  # noqa: S608 - names of ours
                (json.dumps(wanted),),
            ).fetchall()
        shown = {one.id: one for one in (record_of(tuple(row)) for row in rows)}
        return tuple(shown[key] for key in wanted), int(total)

    def of(self, ids: "Sequence[str]") -> tuple[VehicleRecord, ...]:
        """Return those of these vehicles that are on the lists, in this order."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"{_SELECT} WHERE vehicle.deleted IS NULL "  # noqa: S608 - names of ours
                "AND vehicle.id IN (SELECT value FROM json_each(?))",
                (json.dumps([*ids]),),
            ).fetchall()
        found = {one.id: one for one in (record_of(tuple(row)) for row in rows)}
        return tuple(found[key] for key in ids if key in found)

    def deleted(self, search: str, limit: int) -> tuple[VehicleRecord, ...]:
        """Return what may be restored, deleted last first; every word of `search` is in each."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"{_SELECT} WHERE {on_lists('vehicle', deleted=True)} ORDER BY vehicle.deleted DESC"
            ).fetchall()
        found = (record_of(tuple(row)) for row in rows)
        return having(
            found,
            search,
            lambda one: (one.name, one.plate, one.vin or "", one.make, one.model, one.owner),
            limit,
        )

    def pairs(self, limit: int) -> tuple[Pair, ...]:
        """Return vehicles that may be one, those that were told apart left out."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT id, name, plate, plate_key, vin FROM vehicle WHERE deleted IS NULL"
            ).fetchall()
            apart = pairs_apart(connection, "vehicle")
        found = [
            pair
            for pair in (*_same_plates(rows), *_like_vins(rows))
            if frozenset((pair.id, pair.other.id)) not in apart
        ]
        return tuple(found[:limit])

    def odometer(self, vehicle_id: str) -> tuple[OdometerReading, ...]:
        """Return what the odometer showed, the newest first."""
        with self._database.read() as connection:
            return readings_of(connection, vehicle_id)

    def modifications(self, vehicle_id: str) -> tuple[Modification, ...]:
        """Return what was fitted, the newest first, also what was taken off again."""
        with self._database.read() as connection:
            return modifications_of(connection, vehicle_id)

    def modification(self, modification_id: str) -> Modification:
        """Return one modification. Errors: NotKept."""
        with self._database.read() as connection:
            return modification_at(connection, modification_id)

    def timeline(
        self,
        vehicle_id: str,
        *,
        kinds: tuple[Happened, ...] = (),
        before: str = "",
        limit: int = 100,
    ) -> TimelinePage:
        """Return what happened to a vehicle, the newest first; `before` is a page's `older`."""
        return timeline_of(
            self._database, self._samples, vehicle_id, kinds=kinds, before=before, limit=limit
        )

    def firsts(self, vehicle_id: str) -> tuple[str, str]:
        """Return the ids of the first check-up and the first dyno session, empty for none."""
        with self._database.read() as connection:
            checkup = connection.exec_driver_sql(
                "SELECT id FROM checkup WHERE vehicle_id = ? AND deleted IS NULL "
                "ORDER BY taken, id LIMIT 1",
                (vehicle_id,),
            ).fetchone()
            session = connection.exec_driver_sql(
                "SELECT id FROM dyno_session WHERE vehicle_id = ? AND deleted IS NULL AND EXISTS "
                "(SELECT 1 FROM dyno_run WHERE session = dyno_session.id AND "
                "dyno_run.deleted IS NULL) ORDER BY started, id LIMIT 1",
                (vehicle_id,),
            ).fetchone()
        return (str(checkup[0]) if checkup else "", str(session[0]) if session else "")


def _same_plates(rows: "Sequence[Any]") -> "list[Pair]":
    first: dict[str, Any] = {}
    found = []
    for row in rows:
        if row[3] and first.setdefault(row[3], row) is not row:
            one = first[row[3]]
            double = Double(row[0], titled(row[1], row[2]), ("the same plate",))
            found.append(Pair(one[0], titled(one[1], one[2]), double))
    return found


def _like_vins(rows: "Sequence[Any]") -> "list[Pair]":
    """Return vehicles whose VINs differ by one character, but those of one series."""
    from rapidfuzz.distance import OSA

    found: dict[tuple[str, str], Pair] = {}
    ends: dict[str, list[Any]] = {}
    for row in rows:
        if row[4]:
            ends.setdefault(row[4][SERIAL:], []).append(row)
    for alike in ends.values():
        # More would be numbers of one maker: near VINs say nothing there.
        for one, other in combinations(alike[:_SERIES], 2):
            if OSA.distance(one[4], other[4], score_cutoff=1) <= 1:
                double = Double(
                    other[0],
                    titled(other[1], other[2]),
                    ("a VIN that differs by one character",),
                )
                found[one[0], other[0]] = Pair(one[0], titled(one[1], one[2]), double)
    return list(found.values())


_SERIES: Final = 30


def _ways(wanted: str) -> "list[tuple[str, tuple[str, ...]]]":
    if not wanted or wanted == LAST:
        newest = "SELECT id FROM vehicle WHERE deleted IS NULL ORDER BY used DESC LIMIT 1"
        return [(f"vehicle.id = ({newest})", ())] if wanted else []
    ways: list[tuple[str, tuple[str, ...]]] = [
        ("vehicle.id = ?", (wanted,)),
        ("vehicle.vin = ?", (wanted.upper(),)),
        ("vehicle.plate_key = ?", (plate_key(wanted),)),
        ("vehicle.name_key = ?", (name_key(wanted),)),
    ]
    if len(wanted) >= _END_OF_VIN and wanted.isalnum():
        ways.append(("substr(vehicle.vin, ?) = ?", (str(-len(wanted)), wanted.upper())))
    return [way for way in ways if way[1][-1]]
