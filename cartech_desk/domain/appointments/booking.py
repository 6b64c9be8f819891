"""Appointments and what they take: a bay, a technician, a stretch of time.

All times are UTC; `zone` is the name (IANA) of the time zone that the appointment was made in.
Stretches are half-open: one that ends when another begins does not overlap it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cartech_desk.domain.appointments.hours import Stretch
from cartech_desk.domain.money import NOTHING, Money


class AppointmentStatus(StrEnum):
    """Where an appointment stands."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    IN_BAY = "in_bay"
    WAITING = "waiting_for_parts"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


HOLDING = frozenset(
    {
        AppointmentStatus.BOOKED,
        AppointmentStatus.ARRIVED,
        AppointmentStatus.IN_BAY,
        AppointmentStatus.WAITING,
        AppointmentStatus.DONE,
    }
)
"""An appointment that stands like this holds its bay and its technician."""


class ResourceKind(StrEnum):
    """What can be booked."""

    BAY = "bay"
    TECHNICIAN = "technician"


@dataclass(frozen=True, slots=True)
class Resource:
    """A bay or a technician; `person_id` where the technician is a person of the shop."""

    id: str = ""
    kind: ResourceKind = ResourceKind.BAY
    name: str = ""
    person_id: str = ""
    place: int = 0
    active: bool = True
    version: int = 1


@dataclass(frozen=True, slots=True)
class Service:
    """Something that the shop offers; `tax_bp` None takes the shop's rate."""

    id: str = ""
    code: str = ""
    name: str = ""
    category: str = ""
    minutes: int = 60
    price: Money = NOTHING
    tax_bp: int | None = None
    active: bool = True
    version: int = 1


@dataclass(frozen=True, slots=True)
class Booked:
    """One service of an appointment as it was agreed."""

    service_id: str
    name: str
    minutes: int
    price: Money
    tax_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment; `starts` and `ends` are without the buffers."""

    id: str = ""
    customer_id: str = ""
    customer: str = ""
    vehicle_id: str = ""
    vehicle: str = ""
    job_id: str = ""
    paid: bool = False
    """Whether its job is done and paid."""
    starts: datetime | None = None
    ends: datetime | None = None
    zone: str = "UTC"
    buffer_before_min: int = 0
    buffer_after_min: int = -1
    """Below 0: as the shop keeps free where nothing else is said."""
    bay_id: str = ""
    technician_id: str = ""
    status: AppointmentStatus = AppointmentStatus.BOOKED
    services: tuple[Booked, ...] = ()
    notes: str = ""
    confirmation: str = ""
    """As a `MailState`: where the last letter about it stands; empty where none was written."""
    uid: str = ""
    sequence: int = 0
    """As iCalendar counts changes."""
    version: int = 1
    carried_from: str = ""
    """The appointment that this one goes on with."""
    carried_to: str = ""
    """The appointment that goes on with this one; looked up."""
    email: str = ""
    """The customer's address, looked up."""
    created: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether it holds its bay and its technician."""
        return self.status in HOLDING

    @property
    def resources(self) -> tuple[str, ...]:
        """The ids of what it takes."""
        return tuple(filter(None, (self.bay_id, self.technician_id)))

    @property
    def held(self) -> "Stretch":
        """What it holds of them, buffers included; for one that has a time."""
        if self.starts is None or self.ends is None:
            raise ValueError("an appointment without a time holds nothing")
        before = timedelta(minutes=max(0, self.buffer_before_min))
        after = timedelta(minutes=max(0, self.buffer_after_min))
        return Stretch(self.starts - before, self.ends + after)

    @property
    def work(self) -> str:
        """What is to be done, in words."""
        return ", ".join(each.name for each in self.services)
