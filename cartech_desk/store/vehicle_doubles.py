"""Vehicles here that may be one that is to be kept."""

from typing import TYPE_CHECKING, Final

from cartech_desk.domain.vehicles.doubles import Double
from cartech_desk.domain.vehicles.likeness import like_vins
from cartech_desk.domain.vehicles.search_words import plate_key
from cartech_desk.store.told_apart import apart_from

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.domain.vehicles.record import VehicleRecord

SERIAL: Final = 13
"""From here on a VIN counts the cars of one series."""


def like_vehicles(connection: "Connection", record: "VehicleRecord") -> tuple[Double, ...]:
    """Return what may be this vehicle, within a transaction; the surest first.

    VINs of one series differ in their last four places and are two cars, unless they have one
    owner. Of deleted ones the same VIN alone counts: only one row can have it.
    """
    plate, vin = plate_key(record.plate), record.vin or ""
    rows = connection.exec_driver_sql(
        "SELECT id, name, plate, plate_key, vin, owner_id, joined_into, deleted FROM vehicle "
        "WHERE id <> ? AND joined_into <> ? AND (vin = ? OR (deleted IS NULL AND "
        "((plate_key = ? AND ? <> '') OR "
        "(? <> '' AND (substr(vin, -4) = ? OR (owner_id = ? AND ? <> ''))))))",
        (
            *(record.id, record.id or "-", vin),
            *(plate, plate, vin, vin[-4:], record.owner_id, record.owner_id),
        ),
    ).fetchall()
    apart = apart_from(connection, "vehicle", record.id) if record.id else frozenset()
    found = []
    for row_id, name, shown, other_plate, other_vin, owner, joined, deleted in rows:
        key = joined or row_id
        sure = bool(vin) and other_vin == vin
        reasons = ["the same VIN"] if sure else []
        if plate and other_plate == plate:
            reasons.append("the same plate")
        own = bool(record.owner_id) and owner == record.owner_id
        if (
            vin
            and other_vin
            and like_vins(vin, other_vin)
            and (own or vin[SERIAL:] == other_vin[SERIAL:])
        ):
            reasons.append("a VIN that differs by one character")
        if reasons and (sure or key not in apart):
            gone = bool(deleted) and not joined
            found.append(Double(key, titled(name, shown), tuple(reasons), sure, gone))
    found.sort(key=lambda double: (not double.sure, -len(double.reasons)))
    return tuple(found)


def titled(name: str, plate: str) -> str:
    """Return a vehicle as it is named beside another one."""
    return name if not plate or plate in name else f"{name} ({plate})"
