"""The calendar as a page shows it, and what stands in it beside appointments."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cartech_desk.domain.appointments.booking import Appointment, Booked, Resource
from cartech_desk.domain.appointments.hours import OpenDay, Stretch


@dataclass(frozen=True, slots=True)
class TimeOff:
    """When a bay or a technician cannot be had; `resource_id` empty: the whole shop is closed."""

    id: str = ""
    resource_id: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    words: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who would come sooner; `minutes` is how long it takes.

    `earliest` and `latest` are UTC; `appointment_id` is what it was booked as.
    """

    id: str = ""
    customer_id: str = ""
    customer: str = ""
    vehicle_id: str = ""
    vehicle: str = ""
    services: tuple[Booked, ...] = ()
    minutes: int = 60
    earliest: datetime | None = None
    latest: datetime | None = None
    notes: str = ""
    created: datetime | None = None
    appointment_id: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Free:
    """A time that can be booked, with what is free then."""

    starts: datetime
    ends: datetime
    bay_id: str = ""
    technician_id: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody of the waiting list whom a gap would fit."""

    waiting: Waiting
    free: Free


class Doubt(StrEnum):
    """Why a time is asked about before it is booked."""

    PAST = "past"
    CLOSED = "closed"
    """Outside the shop's hours, on a holiday or another closed day."""
    MIDNIGHT = "midnight"
    """It goes on over the night."""
    TIME_OFF = "time_off"
    SWITCHED_OFF = "switched_off"
    """A bay or technician that is named is not in use."""
    ANOTHER_DAY = "another_day"
    """Its car is said to be here on a day for which it is not booked."""
    CAR_TWICE = "car_twice"
    """Its car is booked at that time already."""
    NO_RESOURCE = "no_resource"
    """Neither a bay nor a technician is named: nothing keeps the time free."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that holds a bay or a technician at a time that is wanted."""

    appointment: Appointment
    resource: Resource


@dataclass(frozen=True, slots=True)
class Check:
    """What stands against a booking, asked without booking it.

    `overlaps` keep it from being booked; `doubts` are asked about (each with its sentence);
    `notes` are told (another's calendar has something then). `next_free` is set with overlaps.
    """

    overlaps: tuple[Conflict, ...] = ()
    doubts: tuple[tuple[Doubt, str], ...] = ()
    notes: tuple[str, ...] = ()
    next_free: Free | None = None

    @property
    def ok(self) -> bool:
        """Whether it can be booked without a question."""
        return not self.overlaps and not self.doubts


@dataclass(frozen=True, slots=True)
class ForeignCalendar:
    """Somebody else's calendar that was imported; `resource_id` is whose it is, empty for none."""

    id: str
    name: str
    file: str
    resource_id: str
    imported: datetime
    events: int = 0


@dataclass(frozen=True, slots=True)
class ForeignEvent:
    """One event of an imported calendar."""

    calendar_id: str
    calendar: str
    resource_id: str
    uid: str
    starts: datetime
    ends: datetime
    title: str
    all_day: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """An imported event and an appointment at the same time: a warning, never a refusal."""

    event: ForeignEvent
    appointment: Appointment


@dataclass(frozen=True, slots=True)
class CalendarView:
    """Some days of the calendar, whole: appointments of every status, by their start.

    `unfinished` began before the first day and are neither done nor gone: to be carried over.
    """

    first: date
    zone: str
    days: tuple[OpenDay, ...]
    resources: tuple[Resource, ...]
    appointments: tuple[Appointment, ...]
    time_off: tuple[TimeOff, ...] = ()
    foreign: tuple[ForeignEvent, ...] = ()
    clashes: tuple[Clash, ...] = ()
    unfinished: tuple[Appointment, ...] = ()

    @property
    def span(self) -> Stretch:
        """From the first midnight to the last."""
        return Stretch(self.days[0].starts, self.days[-1].ends)


@dataclass(frozen=True, slots=True)
class ImportLine:
    """Something of an imported file that was left out, and why."""

    line: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class CalendarImport:
    """What an imported file gives; `calendar` is None where it was only looked at."""

    name: str
    events: tuple[ForeignEvent, ...]
    left_out: tuple[ImportLine, ...]
    clashes: tuple[Clash, ...]
    calendar: ForeignCalendar | None = None
    notes: tuple[ImportLine, ...] = ()
    """What is kept otherwise than it was meant, and why."""
