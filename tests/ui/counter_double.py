"""A small shop's calendar and shelves in a real store, for the tests of their pages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from cartech_desk.domain.appointments.booking import (
    Appointment,
    AppointmentStatus,
    Booked,
    Resource,
    ResourceKind,
    Service,
)
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import Part


def monday(weeks=2):
    """Return a Monday that lies ahead: nothing booked on it is in the past."""
    today = datetime.now(UTC).date()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def at(day: date, hour, minute=0):
    """Return an instant of a day of a shop whose clock is UTC's."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


class Shop:
    """Two bays, two technicians, two services, and what is booked on `day`."""

    def __init__(self, office, by, day=None):
        self.office, self.by = office, by
        self.day = day or monday()
        calendar = office.appointments
        self.dyno, self.lift = (
            calendar.keep_resource(by, Resource(kind=ResourceKind.BAY, name=name, place=place))
            for place, name in enumerate(("Dyno bay", "Lift"))
        )
        self.ada, self.tom = (
            calendar.keep_resource(
                by, Resource(kind=ResourceKind.TECHNICIAN, name=name, place=place)
            )
            for place, name in enumerate(("Ada", "Tom"))
        )
        self.oil, self.run = (
            calendar.keep_service(
                by, Service(code=code, name=name, minutes=minutes, price=Money(price, "EUR"))
            )
            for code, name, minutes, price in (
                ("OIL", "Oil change", 60, 12900),
                ("DYNO", "Dyno run", 90, 19900),
            )
        )

    def book(self, hour, minutes=60, *, bay=None, technician=None, day=None, **more):
        """Book something; returns it as kept."""
        starts = at(day or self.day, int(hour), round(hour % 1 * 60))
        return self.office.appointments.book(
            self.by,
            Appointment(
                starts=starts,
                ends=starts + timedelta(minutes=minutes),
                bay_id=(bay or self.dyno).id,
                technician_id=technician.id if technician is not None else "",
                **({"notes": "to do"} | more),
            ),
        )

    def booked(self, service):
        """Return a service as it is agreed."""
        return Booked(service.id, service.name, service.minutes, service.price)

    def get(self, one):
        """Return an appointment as it is now."""
        return self.office.appointments.get(one.id)

    def set_status(self, one, status: AppointmentStatus):
        """Bring an appointment into a state."""
        return self.office.appointments.set_status(self.by, one.id, status, even_so=True)


def part(office, by, sku="OF-1", name="Oil filter", **more):
    """Keep a part; `on_hand` of it lie on the shelf already."""
    on_hand = Decimal(more.pop("on_hand", 0))
    facts = {"cost": Money(650, "EUR"), "price": Money(1290, "EUR")} | more
    return office.parts.add(Part(sku=sku, name=name, **facts), by, on_hand=on_hand)
