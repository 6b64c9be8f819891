"""A shop with two bays and a technician, on a Monday morning in March."""

from datetime import UTC, datetime, timedelta

from cartech_desk.domain.appointments.booking import (
    Appointment,
    Booked,
    Resource,
    ResourceKind,
    Service,
)
from cartech_desk.domain.appointments.letters import NotNow
from cartech_desk.domain.money import Money
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.appointments import Appointments
from cartech_desk.office.mailing import Mailing
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store

MONDAY = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""Eight o'clock in Berlin, when the shop opens."""


class CalendarDesk:
    """The calendar and the outbox over a store of its own, with a clock that a test sets."""

    def __init__(self, folder):
        self.store = Store(folder / "desk")
        self.folder = folder
        self.now = MONDAY - timedelta(minutes=30)
        self.mail_now = MONDAY - timedelta(minutes=30)
        self.rules = ShopRules(zone="Europe/Berlin", address="Main Street 1", phone="0170 1")
        people = People(self.store, Session(), cost=4)
        self.boss = people.found(
            shop="Blue Dyno",
            units="metric",
            currency="EUR",
            name="Ada Administrator",
            email="ada@shop.example",
            password="four loud turbos hum",  # noqa: S106 - of a made-up person
        ).actor
        self.calendar = Appointments(self.store, lambda: self.rules, lambda: self.now)
        self.mailing = Mailing(self.store, lambda: self.rules, lambda: self.mail_now)
        keep = self.calendar.keep_resource
        self.bay = keep(self.boss, Resource(name="Bay 1"))
        self.other_bay = keep(self.boss, Resource(name="Bay 2", place=1))
        self.tom = keep(self.boss, Resource(name="Tom", kind=ResourceKind.TECHNICIAN))
        service = Service(code="DYNO", name="Dyno run", minutes=90, price=Money(15_000, "EUR"))
        self.service = self.calendar.keep_service(self.boss, service)

    def customer(self, name="Mia Miller", email="mia@example.com"):
        """Add a customer as a row; returns the id."""
        with self.store._desk.write() as connection:
            (number,) = connection.exec_driver_sql("SELECT count(*) + 1 FROM customer").one()
            key = f"customer-{number}"
            connection.exec_driver_sql(
                "INSERT INTO customer (id, number, name, name_key, email, created) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (key, number, name, name.casefold(), email, "2026-01-01T00:00:00.000000+00:00"),
            )
        return key

    def appointment(self, hour=0.0, minutes=60, **given):
        """Return an appointment so many hours after eight, in the first bay."""
        starts = MONDAY + timedelta(hours=hour)
        given = {"bay_id": self.bay.id, "notes": "Golf"} | given
        return Appointment(starts=starts, ends=starts + timedelta(minutes=minutes), **given)

    def book(self, hour=0.0, minutes=60, **given):
        """Book one."""
        confirm = given.pop("confirm", False)
        even_so = given.pop("even_so", False)
        return self.calendar.book(
            self.boss,
            self.appointment(hour, minutes, **given),
            confirm=confirm,
            even_so=even_so,
        )

    def agreed(self):
        """Return the service as it is agreed."""
        one = self.service
        return (Booked(one.id, one.name, one.minutes, one.price),)

    def mail_states(self):
        """Return where each letter of the outbox stands, the oldest first."""
        return [one.state for one in self.mailing.list(descending=False)[0]]

    def bookings(self):
        """Return every row that holds a resource: (resource, starts, ends)."""
        with self.store._desk.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT resource_id, starts, ends FROM booking ORDER BY resource_id, starts"
            ).fetchall()
        return [tuple(row) for row in rows]

    def clear(self):
        """Take everything off the calendar again, for the next test."""
        with self.store._desk.write() as connection:
            for table in (
                "booking",
                "mail",
                "waiting",
                "time_off",
                "foreign_event",
                "foreign_calendar",
                "appointment",
                "customer",
            ):
                connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - of the above
        self.now = MONDAY - timedelta(minutes=30)
        self.mail_now = MONDAY - timedelta(minutes=30)
        self.rules = ShopRules(zone="Europe/Berlin", address="Main Street 1", phone="0170 1")


class Taker:
    """A mail server of the test: takes letters, or does what it is told."""

    def __init__(self, *fates):
        self.fates = list(fates)
        self.taken = []

    def send(self, letter, leaving, taken):
        fate = self.fates.pop(0) if self.fates else None
        if isinstance(fate, NotNow) and fate.everyone:
            raise fate
        if not leaving():
            return False
        if fate is not None:
            raise fate
        self.taken.append(letter)
        taken()
        return True
