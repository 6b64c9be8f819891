"""Modifications as rows of `desk.db`, written within the transaction of whoever acts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.money import Money
from cartech_desk.domain.vehicles.record import Modification, ModificationType
from cartech_desk.store.errors import NotKept
from cartech_desk.store.instants import instant
from cartech_desk.store.versions import changed

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SELECT: Final = (
    "SELECT id, vehicle_id, type, brand, model, fitted, removed, price, currency, done_by, "
    "job_id, odometer_km, note, created, version FROM modification"
)


def modification_of(row: Sequence[Any]) -> Modification:
    """Return the modification of a row; a type of another version is "other"."""
    key, vehicle, type_, brand, model, fitted, removed, price, currency, *rest = row
    done_by, job, odometer, note, created, version = rest
    known = type_ in ModificationType.__members__.values()
    return Modification(
        key,
        vehicle,
        ModificationType(type_) if known else ModificationType.OTHER,
        brand,
        model,
        None if fitted is None else date.fromisoformat(fitted),
        None if removed is None else date.fromisoformat(removed),
        None if price is None else Money(price, currency),
        done_by,
        job,
        odometer,
        note,
        datetime.fromisoformat(created),
        version,
    )


def modification_at(connection: "Connection", modification_id: str) -> Modification:
    """Return one modification. Errors: NotKept."""
    row = connection.exec_driver_sql(
        f"{_SELECT} WHERE id = ? AND deleted IS NULL", (modification_id,)
    ).fetchone()
    if row is None:
        raise NotKept(
            f"No modification {modification_id!r} is kept here.",
            to_do="Look in the vehicle's list of modifications.",
        )
    return modification_of(tuple(row))


def modifications_of(connection: "Connection", vehicle_id: str) -> tuple[Modification, ...]:
    """Return what was fitted to a vehicle, the newest first; undated ones by when they were noted.

    What was taken off again is there too.
    """
    rows = connection.exec_driver_sql(
        f"{_SELECT} WHERE vehicle_id = ? AND deleted IS NULL "
        "ORDER BY coalesce(fitted, substr(created, 1, 10)) DESC, id DESC",
        (vehicle_id,),
    ).fetchall()
    return tuple(modification_of(tuple(row)) for row in rows)


def insert_modification(connection: "Connection", modification: Modification) -> Modification:
    """Keep a new modification; id and day of noting are given where they are not."""
    kept = replace(
        modification,
        id=modification.id or str(uuid7()),
        created=modification.created or datetime.now(UTC),
        version=1,
    )
    made = kept.created or datetime.now(UTC)
    connection.exec_driver_sql(
        "INSERT INTO modification (type, brand, model, fitted, removed, price, currency, done_by, "
        "job_id, odometer_km, note, id, vehicle_id, created) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *_values(kept),
            kept.id,
            kept.vehicle_id,
            instant(made),
        ),
    )
    return kept


def update_modification(connection: "Connection", modification: Modification) -> Modification:
    """Keep what changed, if nobody else changed it since. Errors: Changed."""
    done = connection.exec_driver_sql(
        "UPDATE modification SET type = ?, brand = ?, model = ?, fitted = ?, removed = ?, "
        "price = ?, currency = ?, done_by = ?, job_id = ?, odometer_km = ?, note = ?, "
        "version = version + 1 WHERE id = ? AND version = ? AND deleted IS NULL",
        (*_values(modification), modification.id, modification.version),
    )
    if done.rowcount != 1:
        raise changed("The modification")
    return replace(modification, version=modification.version + 1)


def delete_modification(connection: "Connection", modification_id: str) -> None:
    """Take back what was noted by mistake."""
    connection.exec_driver_sql(
        "UPDATE modification SET deleted = ?, version = version + 1 WHERE id = ?",
        (instant(datetime.now(UTC)), modification_id),
    )


def _values(one: Modification) -> tuple[Any, ...]:
    return (
        one.type.value,
        one.brand,
        one.model,
        None if one.fitted is None else one.fitted.isoformat(),
        None if one.removed is None else one.removed.isoformat(),
        None if one.price is None else one.price.minor,
        "" if one.price is None else one.price.currency,
        one.done_by,
        one.job_id,
        one.odometer_km,
        one.note,
    )
