"""Vehicles and customers off the lists, and those that became one: nothing of them is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cartech_desk.domain.jobs.job import Job
from cartech_desk.domain.people import Actor, RightMissing, Role
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.domain.vehicles.record import (
    Customer,
    Modification,
    ModificationType,
    VehicleRecord,
)
from cartech_desk.office.doubles import DoubleFound
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.jobs import Jobs
from cartech_desk.office.record_words import RecordInUse
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.deleted_rows import NotDeleted, RecordDeleted
from tests.office.vehicles.vehicle_book import MIA, Counter

GOLF = VehicleRecord(make="VW", model="Golf", plate="M-AB 1234", vin="WVWZZZ1JZXW000001")
TOM = Actor("", "Tom", Role.TECHNICIAN)


def found(counter: Counter, typed: str) -> list[str]:
    return [one.ref for one in counter.store.finding.find(typed)]


def awaited(counter: Counter, vehicle_id: str, customer_id: str) -> None:
    """Book an appointment of tomorrow."""
    begins = datetime.now(UTC) + timedelta(days=1)
    with counter.store._desk.write() as connection:
        columns = connection.exec_driver_sql("PRAGMA table_info(appointment)").fetchall()
        known = {
            "id": "a-1",
            "vehicle_id": vehicle_id,
            "customer_id": customer_id,
            "starts": begins.isoformat(),
            "ends": (begins + timedelta(hours=1)).isoformat(),
            "status": "booked",
        }
        for _, name, type_, needed, default, _ in columns:
            if needed and default is None and name not in known:
                known[name] = (
                    begins.isoformat()
                    if name in ("created", "updated")
                    else ("" if type_ == "TEXT" else 0)
                )
        connection.exec_driver_sql(
            f"INSERT INTO appointment ({', '.join(known)}) "  # noqa: S608 - names of ours
            f"VALUES ({', '.join('?' * len(known))})",
            tuple(known.values()),
        )


# Deleted ones


def test_a_deleted_vehicle_that_is_added_again_is_offered_to_be_restored(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    counter.vehicles.delete(MIA, kept.id)
    with pytest.raises(DoubleFound) as error:
        counter.vehicles.add(MIA, GOLF, even_so=True)
    assert "deleted" in error.value.happened
    assert kept.id in (error.value.to_do or "")
    assert error.value.doubles[0].deleted


def test_the_name_of_a_deleted_vehicle_is_told_with_its_id(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, VehicleRecord(name="Track car"))
    counter.vehicles.delete(MIA, kept.id)
    with pytest.raises(FieldsRefused) as error:
        counter.vehicles.add(MIA, VehicleRecord(name="Track car"))
    assert "deleted" in error.value.wrong["name"]
    assert kept.id in error.value.wrong["name"]


@pytest.mark.parametrize(
    "act",
    [
        lambda rooms, car, _other: rooms.vehicles.change(MIA, replace(car, colour="red")),
        lambda rooms, car, _other: rooms.vehicles.rename(MIA, car.id, "Another"),
        lambda rooms, car, _other: rooms.vehicles.note_odometer(MIA, car.id, 1000),
        lambda rooms, car, _other: rooms.vehicles.modify(MIA, Modification(vehicle_id=car.id)),
        lambda rooms, car, other: rooms.vehicles.join(MIA, car.id, other.id),
        lambda rooms, car, other: rooms.vehicles.join(MIA, other.id, car.id),
        lambda rooms, car, other: rooms.vehicles.tell_apart(MIA, other.id, car.id),
        lambda rooms, car, _other: rooms.vehicles.delete(MIA, car.id),
    ],
)
def test_nothing_is_done_to_a_deleted_vehicle(
    counter: Counter, act: Callable[[Counter, VehicleRecord, VehicleRecord], object]
) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    other = counter.vehicles.add(MIA, VehicleRecord(plate="B-XY 1", make="Audi"))
    counter.vehicles.delete(MIA, kept.id)
    deleted = counter.vehicles.get(kept.id)
    with pytest.raises(RecordDeleted) as error:
        act(counter, deleted, other)
    assert kept.id in (error.value.to_do or "")
    assert found(counter, "golf") == []
    assert counter.vehicles.list("audi")[1] == 1


def test_nothing_is_done_to_a_deleted_customer(counter: Counter) -> None:
    kept = counter.customers.add(MIA, Customer(name="Anna Kraus"))
    other = counter.customers.add(MIA, Customer(name="Tom Berg"))
    counter.customers.delete(MIA, kept.id)
    deleted = counter.customers.get(kept.id)
    for act in (
        lambda: counter.customers.change(MIA, replace(deleted, city="Bonn")),
        lambda: counter.customers.join(MIA, kept.id, other.id),
        lambda: counter.customers.join(MIA, other.id, kept.id),
        lambda: counter.customers.delete(MIA, kept.id),
    ):
        with pytest.raises(RecordDeleted):
            act()
    assert found(counter, "kraus") == []
    assert counter.customers.list()[1] == 1


def test_what_is_on_the_lists_is_not_restored_once_more(counter: Counter) -> None:
    car = counter.vehicles.add(MIA, GOLF)
    anna = counter.customers.add(MIA, Customer(name="Anna Kraus"))
    with pytest.raises(NotDeleted):
        counter.vehicles.restore(MIA, car.id)
    with pytest.raises(NotDeleted):
        counter.customers.restore(MIA, anna.id)
    assert not counter.store.audit.find(Query(action="vehicle.restore"))
    assert not counter.store.audit.find(Query(action="customer.restore"))


def test_who_is_awaited_is_not_deleted(counter: Counter) -> None:
    anna = counter.customers.add(MIA, Customer(name="Anna Kraus"))
    car = counter.vehicles.add(MIA, replace(GOLF, owner_id=anna.id))
    awaited(counter, car.id, anna.id)
    with pytest.raises(RecordInUse, match="appointment"):
        counter.vehicles.delete(MIA, car.id)
    with pytest.raises(RecordInUse, match="appointment"):
        counter.customers.delete(MIA, anna.id)
    assert (counter.vehicles.list()[1], counter.customers.list()[1]) == (1, 1)


# Those that became one


def test_a_technician_joins_neither_vehicles_nor_customers(counter: Counter) -> None:
    cars = [counter.vehicles.add(MIA, VehicleRecord(plate=plate)) for plate in ("K-B 2", "K-C 3")]
    people = [counter.customers.add(MIA, Customer(name=name)) for name in ("Anna K", "Tom B")]
    with pytest.raises(RightMissing):
        counter.vehicles.join(TOM, cars[0].id, cars[1].id)
    with pytest.raises(RightMissing):
        counter.customers.join(TOM, people[0].id, people[1].id)


def test_a_joined_vehicle_is_found_by_both_plates(counter: Counter) -> None:
    one = counter.vehicles.add(MIA, VehicleRecord(plate="K-B 2", name="A"))
    other = counter.vehicles.add(MIA, VehicleRecord(plate="K-C 3", name="B"))
    third = counter.vehicles.add(MIA, VehicleRecord(plate="K-D 4", name="C"))
    counter.vehicles.join(MIA, other.id, third.id)
    joined = counter.vehicles.join(MIA, one.id, other.id)
    for plate in ("K-B 2", "K-C 3", "KC3", "K-D 4"):
        assert found(counter, plate)[:1] == [joined.id], plate
    counter.vehicles.change(MIA, replace(counter.vehicles.get(one.id), colour="red"))
    assert found(counter, "K-C 3") == [joined.id]
    assert "K-C 3" in joined.note


def test_a_joined_customer_is_found_by_both_numbers(counter: Counter) -> None:
    one = counter.customers.add(MIA, Customer(name="Anna Kraus", phone="0711 111111"))
    other = counter.customers.add(MIA, Customer(name="A. K.", phone="0711 222222"))
    third = counter.customers.add(MIA, Customer(name="Ann", phone="0711 333333"))
    counter.customers.join(MIA, other.id, third.id)
    joined = counter.customers.join(MIA, one.id, other.id)
    assert joined.phone == "0711 111111"
    assert "0711 222222" in joined.note
    for phone in ("0711 111111", "0711222222", "0711 333333"):
        assert found(counter, phone) == [joined.id], phone


def test_notes_that_are_too_long_for_one_are_refused_and_not_cut(counter: Counter) -> None:
    one = counter.customers.add(MIA, Customer(name="Anna Kraus", note="a" * 3990))
    other = counter.customers.add(MIA, Customer(name="Tom Berg", note="b" * 3990))
    with pytest.raises(FieldsRefused) as error:
        counter.customers.join(MIA, one.id, other.id)
    assert error.value.field == "note"
    assert counter.customers.list()[1] == 2


def test_what_is_one_already_is_not_joined(counter: Counter) -> None:
    car = counter.vehicles.add(MIA, GOLF)
    anna = counter.customers.add(MIA, Customer(name="Anna Kraus"))
    with pytest.raises(FieldsRefused, match="one vehicle already"):
        counter.vehicles.join(MIA, car.id, car.id)
    with pytest.raises(FieldsRefused, match="one customer already"):
        counter.customers.join(MIA, anna.id, anna.id)


# What hangs together with them


def test_another_change_chooses_no_baseline(counter: Counter) -> None:
    kept = counter.vehicles.add(MIA, GOLF)
    shown = replace(kept, baseline_checkup="c-1", baseline_session="s-1", colour="red")
    counter.vehicles.change(MIA, shown)
    stored = counter.store.vehicle_records.get(kept.id)
    assert (stored.colour, stored.baseline_checkup, stored.baseline_session) == ("red", "", "")


def test_jobs_are_found_by_the_new_owner_and_plate_alone(counter: Counter) -> None:
    olaf = counter.customers.add(MIA, Customer(name="Olaf Oldname"))
    car = counter.vehicles.add(MIA, VehicleRecord(plate="OLD-P 1", owner_id=olaf.id))
    jobs = Jobs(counter.store, lambda: ShopRules(zone="Europe/Berlin"))
    job = jobs.open(Job(vehicle_id=car.id, customer_id=olaf.id, title="Service"), MIA)
    counter.customers.change(MIA, replace(counter.customers.get(olaf.id), name="Nina Newname"))
    counter.vehicles.change(MIA, replace(counter.vehicles.get(car.id), plate="NEW-Q 2", name=""))
    assert job.id in found(counter, "Newname")
    assert job.id in found(counter, "NEW-Q 2")
    assert job.id not in found(counter, "Oldname")
    assert job.id not in found(counter, "OLD-P 1")


def test_a_name_that_a_person_gives_is_audited(counter: Counter) -> None:
    met = counter.store.vehicles.by_vin("WVWZZZ1JZXW000001")
    assert counter.vehicles.rename(TOM, met.id, "Blue Golf").name == "Blue Golf"
    (record,) = counter.store.audit.find(Query(action="vehicle.change"))
    assert (record.before["name"], record.after["name"]) == ("WVWZZZ1JZXW000001", "Blue Golf")
    assert found(counter, "blue golf") == [met.id]


def test_a_part_that_was_taken_off_is_not_taken_off_again(counter: Counter) -> None:
    car = counter.vehicles.add(MIA, GOLF)
    turbo = Modification(vehicle_id=car.id, type=ModificationType.TURBO, fitted=date(2020, 1, 1))
    made = counter.vehicles.modify(MIA, turbo).modification
    counter.vehicles.take_off(MIA, made.id, day=date(2021, 1, 1))
    with pytest.raises(FieldsRefused, match="2021-01-01"):
        counter.vehicles.take_off(MIA, made.id)
    (one,) = counter.vehicles.modifications(car.id)
    assert one.removed == date(2021, 1, 1)
