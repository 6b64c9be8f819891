"""The demo's filling goes on whatever is done in its shop meanwhile, and after a kill."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cartech_desk.domain.appointments.booking import AppointmentStatus
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office import demo_people, demo_shop
from cartech_desk.office.audit_book import AuditBook
from cartech_desk.office.demo_base import Desk
from cartech_desk.office.demo_shop import fill, is_filled
from cartech_desk.office.demo_year import made
from cartech_desk.office.office import Office
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store

NOW = datetime(2026, 11, 20, 14, 20, tzinfo=UTC)


@pytest.fixture
def begun(tmp_path):
    """Return the office of a demo that was broken off after its parts, and its manager."""
    store = Store(tmp_path / "desk")
    people = People(store, Session(), cost=4)
    demo_people.open_demo(people)
    office = Office(Session(), people, AuditBook(store), store, ShopRules)
    stop = threading.Event()
    fill(office, vehicles=6, sessions=0, now=NOW, stop=stop, told=lambda _w, s: s and stop.set())
    yield office, people.sign_in(demo_people.MANAGER.email, demo_people.PASSWORD).actor
    store.close()


def goes_on(office, sessions=0):
    assert fill(office, vehicles=6, sessions=sessions).jobs
    return is_filled(office)


def test_parts_that_were_taken_are_delivered_anew(begun):
    office, by = begun
    for part in office.parts.list("", limit=100)[0]:
        if part.on_hand:
            office.parts.adjust(part.id, -part.on_hand, by, reason="all gone")
    assert goes_on(office)
    moves = office.store._desk.glance("SELECT quantity_milli, reason FROM stock_move", ())
    assert any(reason == "Delivered beside the orders" for _quantity, reason in moves)
    shelf = sum(part.on_hand for part in office.parts.list("", limit=100)[0])
    assert shelf * 1000 == sum(quantity for quantity, _reason in moves)


def test_a_part_that_was_counted_is_as_it_was_counted(begun):
    office, by = begun
    part = max(office.parts.list("", limit=100)[0], key=lambda one: one.on_hand)
    count = office.parts.counts.start(by)
    office.parts.counts.set(count.id, part.id, Decimal(77), by)
    office.parts.counts.finish(count.id, by, even_so=True)
    assert goes_on(office)
    assert office.parts.get(part.id).on_hand == 77


def test_a_time_that_somebody_took_today_stays_theirs(begun):
    office, by = begun
    ids = {one.email: (one.id, one.name) for one in office.people.list()}
    both = (ids[demo_people.TECHNICIAN.email], ids[demo_people.MANAGER.email])
    year = made(Desk(office.rules().zone, *both, vehicles=6), demo_shop.SEED, NOW)
    begins = [
        one
        for month in year.months.values()
        for one in month.appointments
        if one.holds and one.starts.date() == NOW.date()
    ]
    booked = replace(begins[0], id="", uid="", job_id="", status=AppointmentStatus.BOOKED)
    kept = office.store.appointments.book(booked, by)
    assert goes_on(office)
    assert office.store.appointments.get(kept.id).bay_id == begins[0].bay_id


def test_a_car_that_was_deleted_is_not_driven(begun):
    office, by = begun
    for car in office.vehicles.list(limit=100)[0]:
        office.vehicles.delete(by, car.id)
    assert goes_on(office, sessions=1)
    assert not office.store.dyno.all_runs()


def test_a_session_whose_writing_was_killed_is_driven_again(begun, monkeypatch):
    office, _by = begun
    write = demo_shop._write

    def killed(store, name, began, put):
        if name.startswith("session"):
            raise KeyboardInterrupt
        write(store, name, began, put)

    monkeypatch.setattr(demo_shop, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        fill(office, vehicles=6, sessions=1)
    monkeypatch.undo()
    assert goes_on(office, sessions=1)
    assert len(office.store.recordings.list()) == 1
    assert office.store.dyno.all_runs()
