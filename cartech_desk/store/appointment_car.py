"""When a car is booked already: nothing holds it, but it is in one bay at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.appointments.booking import HOLDING, Appointment
from cartech_desk.store.appointment_rows import LONGEST, SELECT, appointment_of
from cartech_desk.store.errors import StoreError
from cartech_desk.store.instants import instant

if TYPE_CHECKING:
    from sqlalchemy import Connection

_STANDS: Final = ", ".join(f"'{each.value}'" for each in sorted(HOLDING))
_MOST: Final = 3


class CarBooked(StoreError):
    """The car of an appointment is booked then already; `by` are those that it has."""

    code = "asked_first"

    def __init__(self, by: Sequence[Appointment]) -> None:
        super().__init__(
            "This car is booked at that time already.",
            kept="Nothing was changed.",
            to_do="Choose another time, or confirm it.",
        )
        self.by = tuple(by)


def need_car_free(
    connection: "Connection", kept: Appointment, before: Appointment | None = None
) -> None:
    """Refuse a second booking of a car within the act's transaction. Errors: CarBooked."""
    found = car_booked(connection, kept, before)
    if found:
        raise CarBooked(found)


def car_booked(
    connection: "Connection", wanted: Appointment, before: Appointment | None = None
) -> tuple[Appointment, ...]:
    """Return what its car is booked for at its time in another bay; the first three.

    Itself is left out, and what holds its own bay or technician then: that is an overlap. None
    where it stood like this `before`: that was answered then.
    """
    if not (wanted.vehicle_id and wanted.holds and wanted.starts and wanted.ends):
        return ()
    if before is not None and before.holds and _whole(before) == _whole(wanted):
        return ()
    found = car_held(connection, wanted.vehicle_id, wanted.starts, wanted.ends, but=wanted.id)
    own = set(wanted.resources)
    return tuple(one for one in found if own.isdisjoint(one.resources))[:_MOST]


def car_held(
    connection: "Connection",
    vehicle_id: str,
    since: datetime,
    until: datetime,
    *,
    but: str = "",
) -> tuple[Appointment, ...]:
    """Return a car's appointments within a stretch that are not off, by their start.

    `but` names one left out; what is kept free around them is the bay's, not the car's.
    """
    rows = connection.exec_driver_sql(
        f"{SELECT} WHERE appointment.vehicle_id = ? AND appointment.deleted IS NULL "
        f"AND appointment.status IN ({_STANDS}) AND appointment.id <> ? "
        "AND appointment.starts < ? AND appointment.starts > ? AND appointment.ends > ? "
        "ORDER BY appointment.starts, appointment.id",
        (vehicle_id, but, instant(until), instant(since - LONGEST), instant(since)),
    ).fetchall()
    return tuple(appointment_of(tuple(row)) for row in rows)


def _whole(one: Appointment) -> tuple[object, ...]:
    return one.vehicle_id, one.starts, one.ends
