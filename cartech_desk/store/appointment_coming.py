"""What is to come, or here and not done: of a bay or technician, of a customer, of a vehicle."""

from datetime import datetime
from typing import TYPE_CHECKING

from cartech_desk.domain.appointments.booking import Appointment
from cartech_desk.store.appointment_rows import SELECT, appointment_of
from cartech_desk.store.errors import StoreError
from cartech_desk.store.instants import instant

if TYPE_CHECKING:
    from sqlalchemy import Connection


class StillHeld(StoreError):
    """A bay or technician holds appointments; `count` says how many."""

    code = "still_held"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"It holds {count} appointment{'s' if count > 1 else ''} to come or not done.",
            kept="Nothing was changed.",
            to_do="Move them first, or only switch it off.",
        )
        self.count = count


def held_to_come(connection: "Connection", resource_id: str, now: datetime) -> int:
    """Return how many appointments a bay or technician has to come, or with a car not done."""
    (count,) = connection.exec_driver_sql(
        "SELECT count(*) FROM booking JOIN appointment ON appointment.id = booking.appointment_id "
        "WHERE booking.resource_id = ? AND appointment.deleted IS NULL "
        "AND (appointment.status IN ('arrived', 'in_bay', 'waiting_for_parts') "
        "OR (appointment.status = 'booked' AND booking.ends > ?)) "
        "AND NOT EXISTS (SELECT 1 FROM appointment AS next "
        "WHERE next.carried_from = appointment.id AND next.carried_from <> '' "
        "AND next.status NOT IN ('cancelled', 'no_show') AND next.deleted IS NULL)",
        (resource_id, instant(now)),
    ).one()
    return int(count)


def coming_of(
    connection: "Connection", now: datetime, *, customer_id: str = "", vehicle_id: str = ""
) -> tuple[Appointment, ...]:
    """Return what a customer or a vehicle has to come, or has here and not done; the next first.

    For whoever takes a customer or a vehicle out of the lists, within that transaction.
    """
    name, key = ("customer_id", customer_id) if customer_id else ("vehicle_id", vehicle_id)
    rows = connection.exec_driver_sql(
        f"{SELECT} WHERE appointment.{name} = ? AND appointment.deleted IS NULL "
        "AND (appointment.status IN ('arrived', 'in_bay', 'waiting_for_parts') "
        "OR (appointment.status = 'booked' AND appointment.ends > ?)) "
        "ORDER BY appointment.starts, appointment.id",
        (key, instant(now)),
    ).fetchall()
    found = (appointment_of(tuple(row)) for row in rows)
    return tuple(one for one in found if not one.carried_to)
