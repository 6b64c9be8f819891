"""What stands in the calendar beside appointments, as rows: services, bays, time off, who waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from uuid_utils import uuid7

from cartech_desk.domain.appointments.booking import Resource, ResourceKind, Service
from cartech_desk.domain.appointments.calendar import TimeOff, Waiting
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.money import Money
from cartech_desk.store.calendar_words import damaged, services_of, services_text, vehicle_words
from cartech_desk.store.errors import NotKept, StoreError
from cartech_desk.store.instants import instant, instant_or_none, time_or_none
from cartech_desk.store.named_rows import Named, row_of
from cartech_desk.store.recording_words import storable
from cartech_desk.store.versions import same_version

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.audit import AuditedAct

SERVICES: Final = (
    "SELECT id, code, name, category, minutes, price, currency, tax_bp, active, version "
    "FROM service"
)
RESOURCES: Final = "SELECT id, kind, name, person_id, place, active, version FROM resource"
TIME_OFF: Final = "SELECT id, resource_id, starts, ends, words, version FROM time_off"
WAITING: Final = """
    SELECT waiting.id, waiting.customer_id, customer.name, customer.company, waiting.vehicle_id,
        vehicle.name, vehicle.make, vehicle.model, vehicle.plate, waiting.services,
        waiting.minutes, waiting.earliest, waiting.latest, waiting.notes, waiting.created,
        waiting.appointment_id, waiting.version
    FROM waiting
    LEFT JOIN customer ON customer.id = waiting.customer_id
    LEFT JOIN vehicle ON vehicle.id = waiting.vehicle_id
"""
_SERVICE: Final = Named("service", "service", "code")
_RESOURCE: Final = Named(
    "resource", "bay or technician", "name", many="bays and technicians", begun=True
)
_TIME_OFF: Final = Named("time_off", "time off", many="time off")
_WAITING: Final = Named("waiting", "entry of the waiting list", many="entries of the waiting list")


class CodeTaken(StoreError):
    """Another service has this code."""

    code = "code_taken"


def service_at(connection: "Connection", word: str) -> Service:
    """Return a service by its id, a start or end of it, or its code. Errors: NotKept."""
    return service_of(row_of(connection, SERVICES, _SERVICE, word))


def resource_at(connection: "Connection", word: str) -> Resource:
    """Return a bay or technician by its id, a start or end of it, or its name. Errors: NotKept."""
    return resource_of(row_of(connection, RESOURCES, _RESOURCE, word))


def time_off_at(connection: "Connection", word: str) -> TimeOff:
    """Return time off by its id. Errors: NotKept."""
    return time_off_of(row_of(connection, TIME_OFF, _TIME_OFF, word))


def waiting_at(connection: "Connection", word: str) -> Waiting:
    """Return an entry of the waiting list by its id. Errors: NotKept."""
    return waiting_of(row_of(connection, WAITING, _WAITING, word))


def keep_service(act: "AuditedAct", service: Service) -> Service:
    """Add a service or change it, with its audit record. Errors: CodeTaken, Changed, NotKept."""
    code_key = service.code.casefold()
    other = act.connection.exec_driver_sql(
        "SELECT name FROM service WHERE code_key = ? AND id <> ?", (code_key, service.id)
    ).fetchone()
    if other is not None:
        raise CodeTaken(
            f"The service “{other[0]}” has this code already.",
            kept="Nothing was changed.",
            to_do="Give another code.",
        )
    values = {
        "code": storable(service.code),
        "code_key": code_key,
        "name": storable(service.name),
        "category": storable(service.category),
        "minutes": service.minutes,
        "price": service.price.minor,
        "currency": service.price.currency,
        "tax_bp": service.tax_bp,
        "active": int(service.active),
    }
    return _keep(act, _SERVICE_KEPT, service, values)


def keep_resource(act: "AuditedAct", resource: Resource) -> Resource:
    """Add a bay or technician or change it, with its audit record. Errors: Changed, NotKept."""
    values = {
        "kind": resource.kind.value,
        "name": storable(resource.name),
        "person_id": resource.person_id,
        "place": resource.place,
        "active": int(resource.active),
    }
    return _keep(act, _RESOURCE_KEPT, resource, values)


def keep_time_off(act: "AuditedAct", off: TimeOff) -> TimeOff:
    """Keep time off, with its audit record. Errors: Changed, NotKept."""
    if off.resource_id:
        resource_at(act.connection, off.resource_id)
    values = {
        "resource_id": off.resource_id,
        "starts": instant_or_none(off.starts),
        "ends": instant_or_none(off.ends),
        "words": storable(off.words),
    }
    return _keep(act, _TIME_OFF_KEPT, off, values)


def keep_waiting(act: "AuditedAct", waiting: Waiting) -> Waiting:
    """Add somebody to the waiting list or change it, with its audit record.

    Errors: Changed, NotKept.
    """
    values: dict[str, Any] = {
        "customer_id": waiting.customer_id or None,
        "vehicle_id": waiting.vehicle_id or None,
        "services": services_text(waiting.services),
        "minutes": waiting.minutes,
        "earliest": instant_or_none(waiting.earliest),
        "latest": instant_or_none(waiting.latest),
        "notes": storable(waiting.notes),
        "appointment_id": waiting.appointment_id,
    }
    if not waiting.id:
        values["created"] = instant(waiting.created or datetime.now(UTC))
    return _keep(act, _WAITING_KEPT, waiting, values)


def leave_list(act: "AuditedAct", waiting_id: str, appointment_id: str) -> None:
    """Note that somebody of the waiting list has an appointment now. Errors: NotKept."""
    waiting = waiting_at(act.connection, waiting_id)
    there = act.connection.exec_driver_sql(
        "SELECT 1 FROM waiting WHERE id = ? AND deleted IS NULL", (waiting.id,)
    ).fetchone()
    if waiting.appointment_id or there is None:
        raise NotKept(
            "Somebody booked or removed this entry of the waiting list meanwhile.",
            kept="Nothing was changed.",
            to_do="Look at the waiting list as it is now.",
        )
    keep_waiting(act, replace(waiting, appointment_id=appointment_id))


def back_on_list(act: "AuditedAct", appointment_id: str) -> None:
    """Let who was booked from the waiting list wait again: the appointment was a mistake."""
    for row in act.connection.exec_driver_sql(
        f"{WAITING} WHERE waiting.appointment_id = ? AND waiting.deleted IS NULL",
        (appointment_id,),
    ).fetchall():
        keep_waiting(act, replace(waiting_of(tuple(row)), appointment_id=""))


def remove(
    act: "AuditedAct", kind: str, key: str, version: int
) -> "Service | Resource | TimeOff | Waiting":
    """Remove a service, resource, time off or waiting entry, with its audit record.

    `kind` is the table. Errors: Changed, NotKept.
    """
    of = _KEPT[kind]
    known: Service | Resource | TimeOff | Waiting = of.at(act.connection, key)
    same_version("It", known.version, version)
    act.connection.exec_driver_sql(
        # A code is free again for another service.
        f"UPDATE {kind} SET deleted = ?, version = version + 1"  # noqa: S608 - one of the above
        + (", code_key = code_key || ' ' || id" if kind == "service" else "")
        + " WHERE id = ?",
        (instant(datetime.now(UTC)), known.id),
    )
    act.record(Entry(of.action, of.entity(known), {"kept": True}, {"kept": False}))
    return known


def service_of(row: Sequence[Any]) -> Service:
    """Return the service of a row. Errors: DatabaseCorrupt."""
    try:
        return Service(
            str(row[0]),
            str(row[1]),
            str(row[2]),
            str(row[3]),
            int(row[4]),
            Money(int(row[5]), str(row[6])),
            None if row[7] is None else int(row[7]),
            bool(row[8]),
            int(row[9]),
        )
    except (ValueError, TypeError) as error:
        raise damaged("the service", row[0]) from error


def resource_of(row: Sequence[Any]) -> Resource:
    """Return the bay or technician of a row. Errors: DatabaseCorrupt."""
    try:
        return Resource(
            str(row[0]),
            ResourceKind(row[1]),
            str(row[2]),
            str(row[3]),
            int(row[4]),
            bool(row[5]),
            int(row[6]),
        )
    except (ValueError, TypeError) as error:
        raise damaged("the bay or technician", row[0]) from error


def time_off_of(row: Sequence[Any]) -> TimeOff:
    """Return the time off of a row. Errors: DatabaseCorrupt."""
    try:
        return TimeOff(
            str(row[0]),
            str(row[1]),
            time_or_none(row[2]),
            time_or_none(row[3]),
            str(row[4]),
            int(row[5]),
        )
    except (ValueError, TypeError) as error:
        raise damaged("the time off", row[0]) from error


def waiting_of(row: Sequence[Any]) -> Waiting:
    """Return the entry of the waiting list of a row. Errors: DatabaseCorrupt."""
    try:
        return Waiting(
            id=str(row[0]),
            customer_id=str(row[1] or ""),
            customer=str(row[2] or row[3] or ""),
            vehicle_id=str(row[4] or ""),
            vehicle=vehicle_words(*row[5:9]),
            services=services_of(row[9]),
            minutes=int(row[10]),
            earliest=time_or_none(row[11]),
            latest=time_or_none(row[12]),
            notes=str(row[13]),
            created=time_or_none(row[14]),
            appointment_id=str(row[15]),
            version=int(row[16]),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise damaged("the waiting list's entry", row[0]) from error


_Row = TypeVar("_Row", Service, Resource, TimeOff, Waiting)


@dataclass(frozen=True, slots=True)
class _Kept(Generic[_Row]):
    """A table of the calendar: its name, the audit log's word for a change of it, how one is read.

    `told` is what the log keeps of one, `entity` what a change was done to.
    """

    table: str
    action: str
    at: Callable[["Connection", str], _Row]
    told: Callable[[_Row], dict[str, Any]]
    entity: Callable[[_Row], Entity]


def _keep(act: "AuditedAct", of: _Kept[_Row], given: _Row, values: dict[str, Any]) -> _Row:
    """Write a row, a new one where it has no id yet, with its audit record. Errors: Changed."""
    before = of.at(act.connection, given.id) if given.id else None
    kept = of.at(act.connection, _write(act.connection, of.table, given, before, values))
    act.record(
        Entry(
            of.action,
            of.entity(kept),
            None if before is None else of.told(before),
            of.told(kept),
        )
    )
    return kept


def _write(
    connection: "Connection",
    table: str,
    given: _Row,
    before: _Row | None,
    values: dict[str, Any],
) -> str:
    if before is None:
        key = str(uuid7())
        names = ", ".join((*values, "id"))
        marks = ", ".join("?" * (len(values) + 1))
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - our own names
            (*values.values(), key),
        )
        return key
    same_version("It", before.version, given.version)
    written = ", ".join(f"{name} = ?" for name in values)
    connection.exec_driver_sql(
        f"UPDATE {table} SET {written}, version = version + 1 WHERE id = ?",  # noqa: S608 - ours
        (*values.values(), before.id),
    )
    return before.id


def _told_service(one: Service) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "category": one.category,
        "minutes": one.minutes,
        "price": f"{one.price.major} {one.price.currency}",
        "tax": one.tax_bp,
        "active": one.active,
    }


def _told_resource(one: Resource) -> dict[str, Any]:
    return {"kind": one.kind.value, "name": one.name, "active": one.active, "place": one.place}


def _told_off(one: TimeOff) -> dict[str, Any]:
    return {
        "of": one.resource_id or "the shop",
        "starts": instant_or_none(one.starts),
        "ends": instant_or_none(one.ends),
        "words": one.words,
    }


def _told_waiting(one: Waiting) -> dict[str, Any]:
    return {
        "customer": one.customer_id,
        "vehicle": one.vehicle_id,
        "minutes": one.minutes,
        "earliest": instant_or_none(one.earliest),
        "latest": instant_or_none(one.latest),
        "notes": one.notes,
        "appointment": one.appointment_id,
    }


_SERVICE_KEPT: Final = _Kept(
    "service",
    "service.change",
    service_at,
    _told_service,
    lambda one: Entity("service", one.id, one.name),
)
_RESOURCE_KEPT: Final = _Kept(
    "resource",
    "resource.change",
    resource_at,
    _told_resource,
    lambda one: Entity("resource", one.id, one.name),
)
_TIME_OFF_KEPT: Final = _Kept(
    "time_off",
    "hours.change",
    time_off_at,
    _told_off,
    lambda one: Entity("time_off", one.id, one.words),
)
_WAITING_KEPT: Final = _Kept(
    "waiting",
    "waiting.change",
    waiting_at,
    _told_waiting,
    lambda one: Entity("waiting", one.id, one.customer or one.vehicle, one.vehicle_id),
)
_KEPT: Final[dict[str, _Kept[Any]]] = {
    one.table: one for one in (_SERVICE_KEPT, _RESOURCE_KEPT, _TIME_OFF_KEPT, _WAITING_KEPT)
}
