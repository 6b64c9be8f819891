"""Appointments are found by what their customer and their vehicle are called now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cartech_desk.domain.appointments.booking import Appointment
from cartech_desk.domain.audit import Entry
from cartech_desk.domain.vehicles.record import Customer, VehicleRecord
from cartech_desk.store.appointment_rows import entity, insert_appointment
from tests.office.vehicles.vehicle_book import MIA, Counter

STARTS = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def book(counter: Counter, customer: Customer, car: VehicleRecord) -> None:
    one = Appointment(
        customer_id=customer.id,
        vehicle_id=car.id,
        starts=STARTS,
        ends=STARTS + timedelta(hours=1),
        zone="Europe/Berlin",
        notes="cold start",
    )
    with counter.store.customers.act(MIA) as act:
        kept = insert_appointment(act, one)
        act.record(Entry("appointment.book", entity(kept)))


def titles(counter: Counter, typed: str) -> list[str]:
    return [one.title for one in counter.store.finding.find(typed, kinds=("appointment",))]


def _customer_changed(counter: Counter, customer: Customer, car: VehicleRecord) -> None:
    counter.customers.change(MIA, replace(customer, name="Anna Weber"))


def _vehicle_renamed(counter: Counter, customer: Customer, car: VehicleRecord) -> None:
    counter.vehicles.rename(MIA, car.id, "Silver Bullet")


def _vehicle_changed(counter: Counter, customer: Customer, car: VehicleRecord) -> None:
    counter.vehicles.change(MIA, replace(car, make="Saab", model="900"))


def _customer_joined(counter: Counter, customer: Customer, car: VehicleRecord) -> None:
    kept = counter.customers.add(MIA, Customer(name="Oskar Linde"))
    counter.customers.join(MIA, kept.id, customer.id)


def _vehicle_joined(counter: Counter, customer: Customer, car: VehicleRecord) -> None:
    kept = counter.vehicles.add(MIA, VehicleRecord(name="Trabant"))
    counter.vehicles.join(MIA, kept.id, car.id)


@pytest.mark.parametrize(
    ("happens", "now", "title"),
    [
        (_customer_changed, "weber", "Anna Weber, Herbie"),
        (_vehicle_renamed, "silver bullet", "Anna Kraus, Silver Bullet"),
        (_vehicle_changed, "saab", "Anna Kraus, Saab 900"),
        (_customer_joined, "linde", "Oskar Linde, Herbie"),
        (_vehicle_joined, "trabant", "Anna Kraus, Trabant"),
    ],
)
def test_an_appointment_is_found_by_the_names_of_now(
    counter: Counter,
    happens: Callable[[Counter, Customer, VehicleRecord], None],
    now: str,
    title: str,
) -> None:
    customer = counter.customers.add(MIA, Customer(name="Anna Kraus"))
    car = counter.vehicles.add(MIA, VehicleRecord(name="Herbie"))
    book(counter, customer, car)
    assert titles(counter, "cold start") == ["Anna Kraus, Herbie"]
    happens(counter, customer, car)
    assert titles(counter, now) == [title]
    assert titles(counter, "cold start") == [title]
