"""Customers, vehicles and modifications as the audit log calls them and tells of them."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final
from zoneinfo import ZoneInfo

from cartech_desk.domain.audit import Entity
from cartech_desk.domain.errors import NOTHING_CHANGED, CarTechError
from cartech_desk.domain.money import Money
from cartech_desk.domain.vehicles.record import (
    Attachment,
    Customer,
    Modification,
    VehicleRecord,
)
from cartech_desk.store.appointment_coming import coming_of
from cartech_desk.store.customer_rows import open_job_of

if TYPE_CHECKING:
    from cartech_desk.store.audit import AuditedAct

_NOT_TOLD: Final = frozenset({"id", "version", "created", "vehicle_id", "owner"})

Kept = Customer | VehicleRecord | Modification | Attachment


class RecordInUse(CarTechError):
    """A job of it is open, or it is awaited: it cannot be taken off the lists."""

    code: ClassVar[str] = "record_in_use"

    def __init__(self, happened: str, to_do: str) -> None:
        super().__init__(happened, kept=NOTHING_CHANGED, to_do=to_do)


def refuse_in_use(act: "AuditedAct", what: str, key: str, name: str, zone: str) -> None:
    """Refuse to take a vehicle or customer off the lists that somebody counts on.

    Errors: RecordInUse while a job is open or an appointment is to come.
    """
    column = f"{what}_id"
    job = open_job_of(act.connection, column, key)
    if job is not None:
        raise RecordInUse(
            f"Job {job} of the {what} {name} is open.", "Finish the job first, or cancel it."
        )
    wanted = {"customer_id": key} if what == "customer" else {"vehicle_id": key}
    coming = coming_of(act.connection, datetime.now(UTC), **wanted)
    if coming:
        starts = coming[0].starts
        day = f" on {starts.astimezone(ZoneInfo(zone)):%Y-%m-%d at %H:%M}" if starts else ""
        many = "an appointment" if len(coming) == 1 else f"{len(coming)} appointments, the first"
        raise RecordInUse(
            f"The {what} {name} has {many}{day}.",
            "Cancel what is booked first, or move it to another one.",
        )


def customer_entity(customer: Customer) -> Entity:
    """Return what the audit log calls a customer."""
    return Entity("customer", customer.id, customer.name)


def vehicle_entity(record: VehicleRecord) -> Entity:
    """Return what the audit log calls a vehicle."""
    return Entity("vehicle", record.id, record.name, record.id)


def told(kept: Kept) -> dict[str, Any]:
    """Return what the audit log tells of something new: what is known of it."""
    values = {one.name: _plain(getattr(kept, one.name)) for one in fields(kept)}
    return {name: value for name, value in values.items() if name not in _NOT_TOLD and value}


def difference(before: Kept, after: Kept) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what was before and is after, of what changed."""
    names = [
        one.name
        for one in fields(after)
        if one.name not in _NOT_TOLD and getattr(before, one.name) != getattr(after, one.name)
    ]
    return (
        {name: _plain(getattr(before, name)) for name in names},
        {name: _plain(getattr(after, name)) for name in names},
    )


def _plain(value: object) -> Any:
    if isinstance(value, Money):
        return f"{value.major} {value.currency}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
