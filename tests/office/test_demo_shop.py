"""The demo's shop: once, the same for the same day, and nothing in it that could not be."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from cartech_desk.domain.appointments.booking import AppointmentStatus
from cartech_desk.domain.dyno.run import Conditions
from cartech_desk.domain.jobs.job import Job, JobStatus
from cartech_desk.domain.jobs.totals import totals
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.domain.vin import check_vin
from cartech_desk.office import demo_people
from cartech_desk.office.audit_book import AuditBook
from cartech_desk.office.demo_base import Desk
from cartech_desk.office.demo_runs import Build, drive
from cartech_desk.office.demo_shop import Filled, fill, is_filled
from cartech_desk.office.demo_year import made
from cartech_desk.office.holidays_of import holidays_of
from cartech_desk.office.office import Office
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.appointment_rows import let_appointments_be_found
from cartech_desk.store.job_act import JobAct
from cartech_desk.store.part_rows import keep_found
from cartech_desk.store.part_writing import read_part
from cartech_desk.store.run_finding import let_run_be_found
from cartech_desk.store.store import Store

NOW = datetime(2026, 11, 20, 14, 20, tzinfo=UTC)
MINE = "Mine, while the shop is filled"
DESK = Desk("Europe/Berlin", ("t", "Technician"), ("m", "Manager"), 60)


@pytest.fixture(scope="module")
def year():
    return made(DESK, 6, NOW)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Return the office of a demo with few cars, filled."""
    store = Store(tmp_path_factory.mktemp("demo") / "desk")
    people = People(store, Session(), cost=4)
    demo_people.open_demo(people)
    opened = Office(Session(), people, AuditBook(store), store, ShopRules)
    stop = threading.Event()
    fill(opened, vehicles=20, sessions=2, now=NOW, stop=stop, told=lambda _w, s: s and stop.set())
    assert not is_filled(opened)  # it was broken off, and goes on: somebody works here meanwhile
    by = people.sign_in(demo_people.MANAGER.email, demo_people.PASSWORD).actor
    opened.jobs.open(Job(vehicle_id=store.vehicles.list()[0].id, title=MINE), by)
    filled = fill(opened, vehicles=20, sessions=2)
    assert filled.jobs > 50
    yield opened
    store.close()


def test_the_same_seed_and_day_make_the_same_year(year):
    again = made(DESK, 6, NOW)
    assert again == year
    assert made(DESK, 7, NOW) != year


def test_nobody_works_on_a_public_holiday_of_its_place():
    late = datetime(2026, 12, 26, 14, 20, tzinfo=UTC)  # a holiday too: today is not filled either
    months = made(replace(DESK, holidays_of="DE-HH"), 6, late).months.values()
    held = [one for month in months for one in month.appointments]
    days = {one.starts.date() for one in held}
    named = {day for year in (2025, 2026, 2027) for day in holidays_of("DE-HH", year)}
    assert len(days) > 200
    assert not days & named
    unfinished = {one.starts.date() for one in held if one.status is AppointmentStatus.WAITING}
    assert unfinished == {date(2026, 12, 24)}


def test_nothing_overlaps_on_a_bay_or_a_technician(year):
    held: dict[str, list] = {}
    for month in year.months.values():
        for one in month.appointments:
            if one.holds:
                for resource in one.resources:
                    held.setdefault(resource, []).append((one.starts, one.ends))
    assert len(held) == 4
    for stretches in held.values():
        stretches.sort()
        assert all(a[1] <= b[0] for a, b in pairwise(stretches))


def test_stock_never_falls_below_zero(year):
    on_hand: dict[str, object] = {}
    moves = [*year.base.moves, *(move for month in year.months.values() for move in month.moves)]
    for move in moves:
        on_hand[move.part_id] = on_hand.get(move.part_id, 0) + move.quantity
        assert on_hand[move.part_id] >= 0


def test_invoices_have_no_gap_and_what_is_paid_is_paid_in_full(year):
    numbers = []
    for month in year.months.values():
        for one in month.jobs:
            numbers += [paper.sequence for paper in one.papers]
            paid = sum(payment.amount.minor for payment in one.payments)
            gross = totals(one.job.lines, "EUR").gross.minor
            assert (one.recognised is not None) == (paid == gross and bool(one.payments))
            assert (one.job.status is JobStatus.PAID) == (one.recognised is not None)
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_vin_passes_the_check(year):
    assert not any(check_vin(car.vin).why for car in year.base.vehicles)


def test_nothing_is_paid_on_a_weekend(year):
    for month in year.months.values():
        days = [payment.at.weekday() for one in month.jobs for payment in one.payments]
        assert max(days, default=0) < 5


def test_diesels_get_no_spark_plugs_and_no_coils(year):
    diesels = {car.id for car in year.base.vehicles if car.fuel == "diesel"}
    titles = {
        one.job.title
        for month in year.months.values()
        for one in month.jobs
        if one.job.vehicle_id in diesels
    }
    assert titles
    assert not titles & {"Spark plugs", "Ignition coil", "Oxygen sensor"}


def test_each_car_is_driven_as_much_as_its_owner_drives(year):
    a_day = []
    for car in year.base.vehicles:
        read = sorted(
            (one.job.opened, one.job.odometer_km)
            for month in year.months.values()
            for one in month.jobs
            if one.job.vehicle_id == car.id
        )
        assert all(early[1] < late[1] for early, late in pairwise(read))
        if len(read) > 1:
            days = (read[-1][0] - read[0][0]).days
            a_day.append((read[-1][1] - read[0][1]) / days)
    assert max(a_day) > 1.5 * min(a_day)


def test_phone_numbers_are_those_that_nobody_has(year):
    kept = ("0171 39200", "0176 040690", "040 66969 ")
    numbers = [one.phone for one in (*year.base.customers, *year.base.suppliers)]
    assert all(one.startswith(kept) for one in numbers)
    assert len(set(numbers)) == len(numbers)


def test_the_model_drives_in_the_air_that_is_written_down():
    build = Build(frozenset())
    hot, cold = Conditions(35.0, 97.0, 50.0, "typed"), Conditions(5.0, 103.0, 50.0, "typed")
    peaks = []
    for air in (hot, cold):
        values = drive(build, 1, air).values
        power = values["dyno_force"] * values["dyno_speed"]
        peaks.append(np.sort(power)[-50:].mean())
    assert peaks[1] > 1.03 * peaks[0]


def test_numbers_go_on_behind_those_that_somebody_drew_meanwhile(office):
    rows = office.store._desk.glance("SELECT number, title FROM job ORDER BY number", ())
    assert [number for number, _ in rows] == list(range(1001, 1001 + len(rows)))
    places = [place for place, (_, title) in enumerate(rows) if title == MINE]
    assert 0 < places[0] < len(rows) - 1


def test_numbers_of_jobs_and_invoices_are_in_the_order_of_time(office):
    rows = office.store._desk.glance(
        "SELECT number, opened FROM job WHERE title <> ? ORDER BY number", (MINE,)
    )
    times = [opened for _, opened in rows]
    assert times == sorted(times)
    issued = office.store._desk.glance("SELECT sequence, issued FROM issued ORDER BY sequence", ())
    assert [sequence for sequence, _ in issued] == list(range(1, len(issued) + 1))
    assert [at for _, at in issued] == sorted(at for _, at in issued)


def test_search_finds_it_as_if_each_thing_had_been_kept_by_itself(office):
    store, kinds = office.store, ("job", "appointment", "part", "run")

    def found(connection):
        rows = connection.exec_driver_sql("SELECT kind, ref, title, detail, words FROM find_entry")
        return {(kind, ref): rest for kind, ref, *rest in rows if kind in kinds}

    with store._desk.write() as connection:
        before = found(connection)
        nested, run = connection.begin_nested(), connection.exec_driver_sql
        for (job_id,) in run("SELECT id FROM job").fetchall():
            JobAct(SimpleNamespace(connection=connection)).let_find(job_id)
        for (key,) in run("SELECT DISTINCT customer_id FROM appointment").fetchall():
            let_appointments_be_found(connection, customer_id=key)
        for (part_id,) in run("SELECT id FROM part").fetchall():
            keep_found(connection, read_part(connection, part_id), "")
        for session in store.dyno.sessions():
            for one in store.dyno.runs(session.id):
                let_run_be_found(connection, one, session)
        after = found(connection)
        nested.rollback()
    assert {kind for kind, _ in before} == set(kinds)
    assert after == before


def test_two_that_fill_one_folder_make_one_shop(tmp_path):
    store = Store(tmp_path / "desk")
    people = People(store, Session(), cost=4)
    demo_people.open_demo(people)
    offices = [Office(Session(), people, AuditBook(store), store, ShopRules) for _ in range(2)]
    with ThreadPoolExecutor() as both:
        told = list(both.map(lambda one: fill(one, vehicles=6, sessions=0, now=NOW), offices))
    assert sorted(bool(one.jobs) for one in told) == [False, True]
    store.close()


def test_a_time_that_somebody_gave_away_meanwhile_stays_theirs(tmp_path):
    store = Store(tmp_path / "desk")
    people = People(store, Session(), cost=4)
    demo_people.open_demo(people)
    opened = Office(Session(), people, AuditBook(store), store, ShopRules)
    stop = threading.Event()
    fill(opened, vehicles=20, sessions=0, now=NOW, stop=stop, told=lambda _w, s: s and stop.set())
    ids = {one.email: (one.id, one.name) for one in people.list()}
    both = (ids[demo_people.TECHNICIAN.email], ids[demo_people.MANAGER.email])
    desk = Desk(opened.rules().zone, *both, vehicles=20)
    coming = [
        one
        for month in made(desk, 6, NOW).months.values()
        for one in month.appointments
        if one.status is AppointmentStatus.BOOKED
    ]
    by = people.sign_in(demo_people.MANAGER.email, demo_people.PASSWORD).actor
    theirs = replace(coming[-1], id="", uid="")
    kept = store.appointments.book(theirs, by)
    assert fill(opened, vehicles=20, sessions=0).jobs
    assert is_filled(opened)
    assert store.appointments.get(kept.id).bay_id == theirs.bay_id
    store.close()


def test_the_demo_that_another_process_founds_meanwhile_is_opened(tmp_path, monkeypatch):
    store = Store(tmp_path / "desk")
    session = Session()
    people = People(store, session, cost=4)
    demo_people.open_demo(people)
    people.sign_out()
    kept = people.list()
    monkeypatch.setattr(people, "founded", lambda: False)
    demo_people.open_demo(people)
    assert people.list() == kept
    assert session.actor.name == demo_people.TECHNICIAN.name
    store.close()


def test_it_is_made_once(office):
    assert is_filled(office)
    assert fill(office) == Filled()


def test_the_stores_read_what_was_written(office):
    jobs, total = office.jobs.list("", limit=5)
    assert total > 50
    assert office.jobs.get(str(jobs[0].number)).vehicle
    assert office.customers.list("", limit=5)[1] == 15
    assert office.parts.list("", limit=5)[1] == 38
    assert office.finding.find("golf")
    assert office.audit.verify().ok


def test_runs_of_the_demo_have_curves_that_were_driven(office):
    runs = office.store.dyno.all_runs()
    assert len(runs) >= 4
    for run in runs:
        assert 80.0 < run.summary.peak_power_kw < 400.0
        assert not any(grave for _, _, grave in run.summary.quality)
        samples = office.store.recordings.read(
            run.recording_id, "dyno_force", run.first_ns, run.last_ns
        )
        assert len(samples.t_ns) > 400
