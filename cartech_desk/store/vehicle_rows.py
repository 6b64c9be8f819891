"""Vehicle records as rows of `desk.db`, written within the transaction of whoever acts."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.vehicles.record import OdometerReading, Told, VehicleRecord
from cartech_desk.domain.vehicles.search_words import plate_key
from cartech_desk.store.deleted_rows import is_deleted, refuse_deleted
from cartech_desk.store.errors import NotKept
from cartech_desk.store.finding import Entry, drop_entry, keep_entries, keep_entry
from cartech_desk.store.instants import instant, instant_or_none
from cartech_desk.store.joined_rows import Owned, give
from cartech_desk.store.versions import changed

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KEPT: Final = (
    "id",
    "vin",
    "name",
    "make",
    "model",
    "year",
    "engine",
    "fuel",
    "odometer_km",
    "odometer_read",
    "plate",
    "colour",
    "owner_id",
    "note",
    "vin_kept",
    "baseline_checkup",
    "baseline_session",
    "created",
    "version",
)
COLUMNS: Final = ", ".join(f"vehicle.{name}" for name in _KEPT) + (
    ", coalesce(customer.name || iif(customer.deleted IS NULL, '', ' (deleted)'), '')"
)
FROM: Final = "vehicle LEFT JOIN customer ON customer.id = vehicle.owner_id"
_WHOLE: Final = f"SELECT {COLUMNS}, vehicle.used, vehicle.joined_into FROM {FROM}"  # noqa: S608 - names of ours
_TYPED: Final = (
    "vin",
    "name",
    "make",
    "model",
    "year",
    "engine",
    "fuel",
    "plate",
    "colour",
    "note",
    "vin_kept",
)
_OF_A_VEHICLE: Final = (
    *(
        Owned(table, "vehicle_id", versioned=True)
        for table in ("job", "appointment", "waiting", "modification", "dyno_session")
    ),
    *(Owned(table, "vehicle_id") for table in ("checkup", "attachment", "alarm", "odometer")),
)
"""What moves where two vehicles are joined."""


def record_of(row: Sequence[Any]) -> VehicleRecord:
    """Return the record of a row of `COLUMNS`."""
    named = dict(zip(_KEPT, row[:-1], strict=True))
    read = named.pop("odometer_read")
    made = named.pop("created")
    return VehicleRecord(
        **{**named, "owner_id": named["owner_id"] or ""},
        owner=row[-1],
        odometer_read=None if read is None else datetime.fromisoformat(read),
        created=datetime.fromisoformat(made),
    )


def vehicle_at(connection: "Connection", vehicle_id: str) -> VehicleRecord:
    """Return one vehicle, also a deleted one; of one that was joined, with which. NotKept."""
    return _at(connection, vehicle_id)[0]


def live_vehicle(connection: "Connection", vehicle_id: str) -> VehicleRecord:
    """Return one vehicle that is on the lists. Errors: NotKept, RecordDeleted."""
    record = vehicle_at(connection, vehicle_id)
    refuse_deleted(connection, "vehicle", record.id, record.name)
    return record


def name_key(name: str) -> str:
    """Return a vehicle's name as it is compared."""
    return " ".join(name.split()).casefold()


def name_taken_by(connection: "Connection", record: VehicleRecord) -> str:
    """Return the id of another vehicle without a VIN of this name, also of a deleted one.

    They are known by it alone. Empty where there is none.
    """
    row = connection.exec_driver_sql(
        "SELECT id FROM vehicle WHERE vin IS NULL AND name_key = ? AND id <> ?",
        (name_key(record.name), record.id),
    ).fetchone()
    return "" if row is None else str(row[0])


def rename_vehicle(connection: "Connection", vehicle_id: str, name: str) -> None:
    """Give a vehicle another name; whether it is free was asked before."""
    connection.exec_driver_sql(
        "UPDATE vehicle SET name = ?, name_key = ?, version = version + 1 WHERE id = ?",
        (name, name_key(name), vehicle_id),
    )
    let_vehicle_be_found(connection, vehicle_id)


def insert_vehicle(
    connection: "Connection", record: VehicleRecord, *, findable: bool = True, used: str = ""
) -> VehicleRecord:
    """Keep a new vehicle; id and day are given where they are not.

    Without `findable` the caller lets search find it (`found_of`), with many others at once.
    """
    made = record.created or datetime.now(UTC)
    kept = replace(record, id=record.id or str(uuid7()), created=made, version=1)
    at = instant(made)
    connection.exec_driver_sql(
        "INSERT INTO vehicle (id, vin, name, make, model, year, engine, fuel, plate, colour, note, "
        "vin_kept, name_key, plate_key, owner_id, odometer_km, odometer_read, baseline_checkup, "
        "baseline_session, created, used) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            kept.id,
            *(getattr(kept, name) for name in _TYPED),
            name_key(kept.name),
            plate_key(kept.plate),
            kept.owner_id or None,
            kept.odometer_km,
            instant_or_none(kept.odometer_read),
            kept.baseline_checkup,
            kept.baseline_session,
            at,
            used or at,
        ),
    )
    if findable:
        let_vehicle_be_found(connection, kept.id)
    return kept


def update_vehicle(connection: "Connection", record: VehicleRecord) -> VehicleRecord:
    """Keep what changed, if nobody else changed it since. Errors: Changed.

    What the odometer shows goes by `note_reading`.
    """
    # A VIN that one of those still has that turned out to be this vehicle.
    for (row_id,) in connection.exec_driver_sql(
        "SELECT id FROM vehicle WHERE vin = ? AND joined_into = ?", (record.vin, record.id)
    ).fetchall():
        drop_vin(connection, row_id)
    done = connection.exec_driver_sql(
        "UPDATE vehicle SET vin = ?, name = ?, make = ?, model = ?, year = ?, engine = ?, "
        "fuel = ?, plate = ?, colour = ?, note = ?, vin_kept = ?, name_key = ?, plate_key = ?, "
        "owner_id = ?, baseline_checkup = ?, baseline_session = ?, version = version + 1 "
        "WHERE id = ? AND version = ? AND joined_into = '' AND deleted IS NULL",
        (
            *(getattr(record, name) for name in _TYPED),
            name_key(record.name),
            plate_key(record.plate),
            record.owner_id or None,
            record.baseline_checkup,
            record.baseline_session,
            record.id,
            record.version,
        ),
    )
    if done.rowcount != 1:
        raise changed("The vehicle")
    let_vehicle_be_found(connection, record.id)
    return replace(record, version=record.version + 1)


def mark_vehicle(
    connection: "Connection", vehicle_id: str, *, deleted: bool, joined_into: str = ""
) -> None:
    """Take a vehicle off the lists, for good into another one, or put it back."""
    at = instant(datetime.now(UTC)) if deleted else None
    connection.exec_driver_sql(
        "UPDATE vehicle SET deleted = ?, joined_into = ?, version = version + 1 WHERE id = ?",
        (at, joined_into, vehicle_id),
    )
    if deleted:
        drop_entry(connection, "vehicle", vehicle_id)
    else:
        let_vehicle_be_found(connection, vehicle_id)


def drop_vin(connection: "Connection", vehicle_id: str) -> None:
    """Take a VIN off a vehicle whose row only leads to another one, which has it now."""
    connection.exec_driver_sql(
        "UPDATE vehicle SET vin = NULL, name = ?, name_key = ? WHERE id = ?",
        (vehicle_id, vehicle_id, vehicle_id),
    )


def give_to_vehicle(connection: "Connection", kept_id: str, other_id: str) -> dict[str, int]:
    """Let everything that is one vehicle's in this file be another's; returns how much of what."""
    return give(connection, "vehicle", _OF_A_VEHICLE, kept_id, other_id)


def note_reading(connection: "Connection", reading: OdometerReading) -> OdometerReading:
    """Keep what the odometer showed; the newest reading stands in the vehicle's record."""
    read = reading.read or datetime.now(UTC)
    kept = replace(reading, id=reading.id or str(uuid7()), read=read)
    connection.exec_driver_sql(
        "INSERT INTO odometer (id, vehicle_id, km, read, told, by_name, reason) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (kept.id, kept.vehicle_id, kept.km, instant(read), kept.told, kept.by, kept.reason),
    )
    renew_odometer(connection, kept.vehicle_id)
    return kept


def drop_reading(connection: "Connection", reading: OdometerReading) -> None:
    """Take back a reading; the newest of the others stands in the vehicle's record."""
    connection.exec_driver_sql("DELETE FROM odometer WHERE id = ?", (reading.id,))
    renew_odometer(connection, reading.vehicle_id)


def renew_odometer(connection: "Connection", vehicle_id: str) -> None:
    """Let the newest reading stand in a vehicle's record."""
    connection.exec_driver_sql(
        "UPDATE vehicle SET (odometer_km, odometer_read) = (SELECT km, read FROM odometer "
        "WHERE vehicle_id = vehicle.id ORDER BY read DESC, id DESC LIMIT 1), "
        "version = version + 1 WHERE id = ?",
        (vehicle_id,),
    )


def readings_of(connection: "Connection", vehicle_id: str) -> tuple[OdometerReading, ...]:
    """Return what the odometer showed, the newest first."""
    rows = connection.exec_driver_sql(
        "SELECT id, vehicle_id, km, read, told, by_name, reason FROM odometer "
        "WHERE vehicle_id = ? ORDER BY read DESC, id DESC",
        (vehicle_id,),
    ).fetchall()
    return tuple(
        OdometerReading(key, vehicle, km, datetime.fromisoformat(read), Told(told), by_name, reason)
        for key, vehicle, km, read, told, by_name, reason in rows
    )


def let_vehicle_be_found(connection: "Connection", vehicle_id: str) -> None:
    """Let search find a vehicle by what stands in its row now, and not where it is deleted.

    Also by plate and name of those that turned out to be this one.
    """
    record, used = _at(connection, vehicle_id)
    if is_deleted(connection, "vehicle", record.id):
        return
    joined = connection.exec_driver_sql(
        "SELECT plate, CASE name WHEN id THEN '' ELSE name END, coalesce(vin, '') FROM vehicle "
        "WHERE joined_into = ?",
        (record.id,),
    ).fetchall()
    once = " ".join(
        part for plate, *rest in joined for part in (plate, plate_key(plate), *rest) if part
    )
    keep_entry(connection, found_of(record, used, once))


def let_vehicles_be_found(connection: "Connection") -> None:
    """Let search find every vehicle, where none is found yet: the last used one comes last."""
    rows = connection.exec_driver_sql(
        f"{_WHOLE} WHERE vehicle.deleted IS NULL ORDER BY vehicle.used, vehicle.id"
    ).fetchall()
    keep_entries(connection, (found_of(record_of(row[:-2]), row[-2]) for row in rows))


def vehicles_owned(connection: "Connection", customer_id: str) -> Iterable[str]:
    """Return the ids of a customer's vehicles."""
    rows = connection.exec_driver_sql(
        "SELECT id FROM vehicle WHERE owner_id = ? AND deleted IS NULL", (customer_id,)
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def found_of(record: VehicleRecord, used: str = "", once: str = "") -> Entry:
    """Return by what search finds a vehicle; `once` are words of those that turned out to be it."""
    what = " ".join(filter(None, (record.make, record.model, str(record.year or ""))))
    what = what.removeprefix(record.name).strip()  # its name is what it is called by: said once
    told = [part for part in (record.plate, what, record.owner) if part and part != record.name]
    words = f"{record.vin or ''} {record.colour} {record.engine} {plate_key(record.plate)} {once}"
    return Entry("vehicle", record.id, record.name, " · ".join(told), words, used)


def _at(connection: "Connection", vehicle_id: str) -> tuple[VehicleRecord, str]:
    wanted = vehicle_id
    for _ in range(20):  # a ring, which only a hand can make, ends
        row = connection.exec_driver_sql(f"{_WHOLE} WHERE vehicle.id = ?", (wanted,)).fetchone()
        if row is None:
            break
        if not row[-1]:
            return record_of(row[:-2]), str(row[-2])
        wanted = row[-1]
    raise NotKept(f"No vehicle {vehicle_id!r} is kept here.", to_do="Look in the list of vehicles.")
