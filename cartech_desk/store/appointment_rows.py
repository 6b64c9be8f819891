"""Appointments as rows, within one transaction of somebody's."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.appointments.booking import (
    HOLDING,
    Appointment,
    AppointmentStatus,
)
from cartech_desk.domain.appointments.hours import day_of, zone_of
from cartech_desk.domain.appointments.status import WORDS
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.store import finding
from cartech_desk.store.calendar_words import damaged, services_of, services_text, vehicle_words
from cartech_desk.store.errors import NotKept, StoreError
from cartech_desk.store.instants import instant, instant_or_none, time_or_none
from cartech_desk.store.named_rows import Named, row_of
from cartech_desk.store.recording_words import storable
from cartech_desk.store.versions import same_version

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.audit import AuditedAct

LONGEST: Final = timedelta(days=31)
"""No appointment holds its bay for longer, buffers included."""

NAMED: Final = Named("appointment", "appointment")
SELECT: Final = """
    SELECT appointment.id, appointment.customer_id, customer.name, customer.company,
        CASE WHEN customer.deleted IS NULL THEN customer.email END,
        appointment.vehicle_id, vehicle.name, vehicle.make, vehicle.model,
        vehicle.plate, appointment.job_id, appointment.starts, appointment.ends,
        appointment.zone, appointment.buffer_before_min, appointment.buffer_after_min,
        appointment.bay_id, appointment.technician_id, appointment.status,
        appointment.services, appointment.notes, appointment.confirmation, appointment.uid,
        appointment.sequence, appointment.version, appointment.carried_from,
        (SELECT id FROM appointment AS next WHERE next.carried_from = appointment.id
            AND next.carried_from <> '' AND next.status NOT IN ('cancelled', 'no_show')
            AND next.deleted IS NULL),
        appointment.created, appointment.deleted,
        (SELECT job.status FROM job WHERE job.id = appointment.job_id)
    FROM appointment
    LEFT JOIN customer ON customer.id = appointment.customer_id
    LEFT JOIN vehicle ON vehicle.id = appointment.vehicle_id
"""


class Taken(StoreError):
    """What was to be booked is held by other appointments; `by` are (resource id, appointment)."""

    code = "overlap"

    def __init__(self, by: Sequence[tuple[str, Appointment]]) -> None:
        super().__init__(
            "Something else is booked there at that time.",
            kept="Nothing was changed.",
            to_do="Choose another time, bay or technician.",
        )
        self.by = tuple(by)


def appointment_at(connection: "Connection", word: str) -> Appointment:
    """Return one appointment by its id, a start or end of one, or “last”. Errors: NotKept."""
    row = row_of(connection, SELECT, NAMED, word)
    if row[28] is not None:
        raise NotKept("This appointment was deleted.", to_do="Look in the calendar.")
    return appointment_of(row)


def insert_appointment(act: "AuditedAct", appointment: Appointment) -> Appointment:
    """Keep a new appointment and what it holds; its id and uid are given here where empty.

    The caller writes the audit record. Errors: Taken; NotKept for customer, vehicle or resource.
    """
    connection = act.connection
    key = appointment.id or str(uuid7())
    kept = replace(
        appointment,
        id=key,
        customer_id=appointment.customer_id or _owner(connection, appointment.vehicle_id),
        uid=appointment.uid or f"{key}@cartech-desk",
        created=appointment.created or datetime.now(UTC),
        version=1,
    )
    _need_known(connection, kept, None)
    connection.exec_driver_sql(
        f"INSERT INTO appointment ({', '.join(_WRITTEN)}, uid, created, created_by, "  # noqa: S608 - ours
        f"carried_from, id) VALUES ({', '.join('?' * len(_WRITTEN))}, ?, ?, ?, ?, ?)",
        (
            *_values(kept),
            kept.uid,
            instant_or_none(kept.created),
            storable(act.actor.name),
            kept.carried_from,
            key,
        ),
    )
    return _after(connection, key)


def update_appointment(act: "AuditedAct", appointment: Appointment) -> Appointment:
    """Keep an appointment's new facts, and hold anew what it holds.

    The caller writes the audit record. Errors: Changed, Taken, NotKept.
    """
    connection = act.connection
    before = appointment_at(connection, appointment.id)
    same_version("The appointment", before.version, appointment.version)
    _need_known(connection, appointment, before)
    written = ", ".join(f"{name} = ?" for name in _WRITTEN)
    connection.exec_driver_sql(
        f"UPDATE appointment SET {written}, version = version + 1 WHERE id = ?",  # noqa: S608 - ours
        (*_values(appointment), before.id),
    )
    return _after(connection, before.id)


def follow_job(
    act: "AuditedAct", appointment_id: str, status: AppointmentStatus, *, job_id: str = ""
) -> Appointment | None:
    """Let an appointment stand where its job stands, within the act's transaction.

    Writes its own audit record, and withdraws what still waits to be written about one that is
    off. Does nothing for one that stands there already or is not kept any more, returning None.
    Errors: Taken where one that held nothing cannot hold it again.
    """
    try:
        before = appointment_at(act.connection, appointment_id)
    except NotKept:
        return None
    job = job_id or before.job_id
    if before.status is status and before.job_id == job:
        return None
    kept = update_appointment(
        act, replace(before, status=status, job_id=job, sequence=before.sequence + 1)
    )
    act.record(
        Entry(
            "appointment.status",
            entity(kept),
            {"status": before.status.value, "job": before.job_id},
            {"status": status.value, "job": job},
        )
    )
    if not kept.holds:
        from cartech_desk.store.mail_rows import withdraw_of  # which needs this module

        withdraw_of(act, kept.id)
    return kept


def delete_appointment(act: "AuditedAct", appointment: Appointment) -> None:
    """Delete an appointment and free what it held. Errors: Changed, NotKept."""
    before = appointment_at(act.connection, appointment.id)
    same_version("The appointment", before.version, appointment.version)
    act.connection.exec_driver_sql(
        "UPDATE appointment SET deleted = ?, version = version + 1 WHERE id = ?",
        (instant(datetime.now(UTC)), before.id),
    )
    act.connection.exec_driver_sql("DELETE FROM booking WHERE appointment_id = ?", (before.id,))
    finding.drop_entry(act.connection, "appointment", before.id)


def let_appointments_be_found(
    connection: "Connection", *, customer_id: str = "", vehicle_id: str = ""
) -> None:
    """Let search find a customer's, or a vehicle's, appointments by what both are called now."""
    column, key = ("customer_id", customer_id) if customer_id else ("vehicle_id", vehicle_id)
    rows = connection.exec_driver_sql(
        f"{SELECT} WHERE appointment.{column} = ? AND appointment.deleted IS NULL "
        "ORDER BY appointment.starts, appointment.id",
        (key,),
    ).fetchall()
    for row in rows:
        finding.keep_entry(connection, found_of(appointment_of(tuple(row))))


def conflicts(
    connection: "Connection", appointment: Appointment, most: int = 10
) -> tuple[tuple[str, Appointment], ...]:
    """Return what holds its bay or its technician at its time: (resource id, appointment)."""
    if not appointment.resources or not appointment.holds:
        return ()
    held = appointment.held
    marks = ", ".join("?" * len(appointment.resources))
    rows = connection.exec_driver_sql(
        f"SELECT resource_id, appointment_id FROM booking WHERE resource_id IN ({marks}) "  # noqa: S608 - marks
        "AND appointment_id <> ? AND starts < ? AND starts > ? AND ends > ? "
        "ORDER BY starts, resource_id LIMIT ?",
        (
            *appointment.resources,
            appointment.id,
            instant(held.ends),
            instant(held.starts - LONGEST),
            instant(held.starts),
            most,
        ),
    ).fetchall()
    return tuple((str(row[0]), appointment_at(connection, str(row[1]))) for row in rows)


def entity(appointment: Appointment) -> Entity:
    """Return the appointment as what an act was done to."""
    return Entity("appointment", appointment.id, called(appointment), appointment.vehicle_id)


def called(appointment: Appointment) -> str:
    """Return how an appointment is called in a list: who, with what."""
    parts = filter(None, (appointment.customer, appointment.vehicle))
    return storable(", ".join(parts) or appointment.work or "Appointment")


def told(appointment: Appointment) -> dict[str, Any]:
    """Return what the audit log keeps of an appointment."""
    return {
        "starts": instant_or_none(appointment.starts),
        "ends": instant_or_none(appointment.ends),
        "zone": appointment.zone,
        "status": WORDS[appointment.status],
        "bay": appointment.bay_id,
        "technician": appointment.technician_id,
        "customer": appointment.customer_id,
        "vehicle": appointment.vehicle_id,
        "services": [each.name for each in appointment.services],
        "buffers": f"{appointment.buffer_before_min}, {appointment.buffer_after_min} min",
        "notes": appointment.notes,
    }


def appointment_of(row: Sequence[Any]) -> Appointment:
    """Return the appointment of a row of SELECT. Errors: DatabaseCorrupt."""
    try:
        return Appointment(
            id=str(row[0]),
            customer_id=str(row[1] or ""),
            customer=str(row[2] or row[3] or ""),
            email=str(row[4] or ""),
            vehicle_id=str(row[5] or ""),
            vehicle=vehicle_words(row[6], row[7], row[8], row[9]),
            job_id=str(row[10]),
            paid=row[29] == "paid",
            starts=time_or_none(row[11]),
            ends=time_or_none(row[12]),
            zone=str(row[13]),
            buffer_before_min=int(row[14]),
            buffer_after_min=int(row[15]),
            bay_id=str(row[16]),
            technician_id=str(row[17]),
            status=AppointmentStatus(row[18]),
            services=services_of(row[19]),
            notes=str(row[20]),
            confirmation=str(row[21]),
            uid=str(row[22]),
            sequence=int(row[23]),
            version=int(row[24]),
            carried_from=str(row[25]),
            carried_to=str(row[26] or ""),
            created=time_or_none(row[27]),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise damaged("the appointment", row[0]) from error


_WRITTEN: Final = (
    "customer_id",
    "vehicle_id",
    "job_id",
    "starts",
    "ends",
    "zone",
    "buffer_before_min",
    "buffer_after_min",
    "bay_id",
    "technician_id",
    "status",
    "services",
    "notes",
    "sequence",
)


def _values(one: Appointment) -> tuple[Any, ...]:
    return (
        one.customer_id or None,
        one.vehicle_id or None,
        one.job_id,
        instant_or_none(one.starts),
        instant_or_none(one.ends),
        one.zone,
        max(0, one.buffer_before_min),
        max(0, one.buffer_after_min),
        one.bay_id,
        one.technician_id,
        one.status.value,
        services_text(one.services),
        storable(one.notes),
        one.sequence,
    )


def _owner(connection: "Connection", vehicle_id: str) -> str:
    """Return who owns a vehicle, empty where nobody is known."""
    row = connection.exec_driver_sql(
        "SELECT owner_id FROM vehicle WHERE id = ?", (vehicle_id,)
    ).fetchone()
    return "" if row is None else str(row[0] or "")


def _need_known(connection: "Connection", one: Appointment, before: Appointment | None) -> None:
    """Refuse customers, vehicles, bays and technicians that are not kept. Errors: NotKept.

    What stood there `before` may stay, though it was removed since.
    """
    asked = [
        ("customer", "customer", one.customer_id, ""),
        ("vehicle", "vehicle", one.vehicle_id, ""),
        ("bay", "resource", one.bay_id, " AND kind = 'bay'"),
        ("technician", "resource", one.technician_id, " AND kind = 'technician'"),
    ]
    stood = () if before is None else (before.customer_id, before.vehicle_id, *before.resources)
    for what, table, key, more in asked:
        if key in stood:
            continue
        statement = f"SELECT 1 FROM {table} WHERE id = ? AND deleted IS NULL{more}"  # noqa: S608 - ours
        if key and connection.exec_driver_sql(statement, (key,)).fetchone() is None:
            raise NotKept(
                f"This {what} is not kept here.",
                kept="Nothing was changed.",
                to_do=f"Choose the {what} anew; somebody may have removed it.",
            )


def _after(connection: "Connection", key: str) -> Appointment:
    """Hold what an appointment holds now, let search find it, and return it as it is kept."""
    kept = appointment_at(connection, key)
    connection.exec_driver_sql("DELETE FROM booking WHERE appointment_id = ?", (key,))
    if kept.status in HOLDING and kept.resources:
        taken = conflicts(connection, kept)
        if taken:
            raise Taken(taken)
        held = kept.held
        try:
            connection.exec_driver_sql(
                "INSERT INTO booking (appointment_id, resource_id, starts, ends) "
                "VALUES (?, ?, ?, ?)",
                [
                    (key, resource, instant(held.starts), instant(held.ends))
                    for resource in dict.fromkeys(kept.resources)
                ],
            )
        except Exception as error:
            # The file's own trigger, which nothing here should ever reach.
            if isinstance(getattr(error, "orig", None), sqlite3.IntegrityError):
                raise Taken(()) from error
            raise
    finding.keep_entry(connection, found_of(kept))
    return kept


def found_of(one: Appointment) -> finding.Entry:
    """Return by what search finds an appointment."""
    starts = one.starts or datetime.now(UTC)
    day = day_of(starts, zone_of(one.zone)).isoformat()
    return finding.Entry(
        "appointment",
        one.id,
        called(one),
        detail=", ".join(filter(None, (day, one.work, WORDS[one.status]))),
        words=one.notes,
        used=instant(starts) or "",
    )
