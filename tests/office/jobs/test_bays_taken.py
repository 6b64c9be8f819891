"""How far bays were taken: by cars that came without an appointment, by what is booked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cartech_desk.domain.jobs.job import JobStatus
from cartech_desk.domain.revenue import BayUse
from cartech_desk.office.revenue import Revenue
from cartech_desk.store.revenue_bays import taken
from tests.office.jobs.counter_book import MANAGER, Counter, work

DAY = date(2026, 3, 2)  # a Monday, open 8:00 to 12:00 and 13:00 to 17:00


@pytest.fixture
def shop(counter: Counter) -> Counter:
    from dataclasses import replace

    counter.rules = replace(counter.rules, zone="UTC")
    counter.wall = lambda: counter.now
    counter.__post_init__()
    counter.resource("b1")
    counter.resource("b2")
    return counter


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def uses(shop: Counter, day: date = DAY) -> dict[str, BayUse]:
    room = Revenue(shop.store, lambda: shop.rules)
    return {one.bay_id: one for one in room.report(MANAGER, day, day).bays}


def booked(shop: Counter, starts: datetime, ends: datetime) -> None:
    with shop.store._desk.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO appointment (id, starts, ends, zone, bay_id, status, uid, created) "
            "VALUES (?, ?, ?, 'UTC', 'b1', 'booked', ?, '2026-01-01')",
            (str(starts), *(one.isoformat(timespec="microseconds") for one in (starts, ends)), "u"),
        )


def off(shop: Counter, starts: datetime, ends: datetime) -> None:
    with shop.store._desk.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO time_off (id, resource_id, starts, ends, words) "
            "VALUES ('o', 'b1', ?, ?, '')",
            tuple(one.isoformat(timespec="microseconds") for one in (starts, ends)),
        )


def test_a_walk_in_takes_each_bay_while_it_stands_in_it(shop: Counter) -> None:
    shop.now = at(8)
    job = shop.open(work(), bay_id="b1", status=JobStatus.IN_BAY)
    shop.now = at(12)
    shop.jobs.set_status(job.id, JobStatus.WAITING, MANAGER)
    shop.now = at(15)
    shop.jobs.set_status(job.id, JobStatus.IN_BAY, MANAGER, bay_id="b2")
    shop.now = at(16)
    shop.jobs.set_status(job.id, JobStatus.DONE, MANAGER)
    found = uses(shop)
    assert (found["b1"].worked_min, found["b2"].worked_min) == (240, 60)


@pytest.mark.parametrize("way", ["status", "change"])
def test_a_car_goes_from_one_bay_to_another(shop: Counter, way: str) -> None:
    from dataclasses import replace

    shop.now = at(8)
    job = shop.open(work(), bay_id="b1", status=JobStatus.IN_BAY)
    shop.now = at(10)
    if way == "status":
        shop.jobs.set_status(job.id, JobStatus.IN_BAY, MANAGER, bay_id="b2")
    else:
        shop.jobs.change(replace(shop.jobs.get(job.id), bay_id="b2"), MANAGER)
    shop.now = at(11)
    shop.jobs.set_status(job.id, JobStatus.DONE, MANAGER)
    found = uses(shop)
    assert (found["b1"].worked_min, found["b2"].worked_min) == (120, 60)


def test_a_car_that_has_been_here_for_months_takes_its_bay(shop: Counter) -> None:
    shop.now = datetime(2025, 10, 1, 8, tzinfo=UTC)
    job = shop.open(work(), bay_id="b1")
    shop.now = at(8)
    shop.jobs.set_status(job.id, JobStatus.IN_BAY, MANAGER)
    shop.now = at(9)
    shop.jobs.set_status(job.id, JobStatus.DONE, MANAGER)
    assert uses(shop)["b1"].worked_min == 60


@pytest.fixture
def came(shop: Counter):
    """Book a car into b1 from 9:00 to 11:00; it comes, and its job is returned."""
    from cartech_desk.domain.appointments.booking import Appointment
    from cartech_desk.office.appointments import Appointments

    shop.now = at(8)
    desk = Appointments(shop.store, lambda: shop.rules, wall=lambda: shop.now)
    wish = Appointment(vehicle_id=shop.car(), bay_id="b1", starts=at(9), ends=at(11))
    booking = desk.book(MANAGER, wish, even_so=True)
    shop.now = at(9)
    return desk, booking.id, lambda: shop.jobs.open_from(booking.id, MANAGER).id


@pytest.mark.parametrize(("bay", "b1", "b2"), [("b1", (60, 60), (0, 0)), ("b2", (0, 0), (0, 120))])
def test_a_booked_car_takes_the_bay_in_which_it_stood(shop: Counter, came, bay, b1, b2) -> None:
    _desk, _booking, begin = came
    job = begin()
    shop.now = at(10)
    shop.jobs.set_status(job, JobStatus.IN_BAY, MANAGER, bay_id=bay)
    shop.now = at(12)
    shop.jobs.set_status(job, JobStatus.DONE, MANAGER)
    found = uses(shop)
    assert (found["b1"].booked_min, found["b1"].worked_min) == b1
    assert (found["b2"].booked_min, found["b2"].worked_min) == b2


def test_a_car_that_stands_in_its_bay_keeps_it_for_the_rest_of_what_is_booked(
    shop: Counter, came
) -> None:
    _desk, _booking, begin = came
    job = begin()
    shop.jobs.set_status(job, JobStatus.IN_BAY, MANAGER, bay_id="b1")

    def kept() -> tuple[object, object]:
        with shop.store._desk.read() as connection:
            found = taken(connection, at(0), at(23), at(10))["b1"]
        return found.booked, found.stood

    nine, ten, eleven = (int(at(hour).timestamp()) for hour in (9, 10, 11))
    assert kept() == (((ten, eleven),), ((nine, ten),))
    shop.now = at(10)
    shop.jobs.set_status(job, JobStatus.WAITING, MANAGER)
    assert kept() == ((), ((nine, ten),))


def test_a_car_that_came_although_it_was_a_no_show_takes_its_bay(shop: Counter, came) -> None:
    from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus

    desk, booking, begin = came
    shop.now = at(9, 30)
    desk.set_status(MANAGER, booking, AppointmentStatus.NO_SHOW)
    other = Appointment(vehicle_id=shop.car("Red Car"), bay_id="b1", starts=at(9), ends=at(10))
    desk.book(MANAGER, other, even_so=True)
    shop.now = at(13)
    job = begin()
    shop.jobs.set_status(job, JobStatus.IN_BAY, MANAGER, bay_id="b1")
    shop.now = at(15)
    shop.jobs.set_status(job, JobStatus.DONE, MANAGER)
    assert (uses(shop)["b1"].booked_min, uses(shop)["b1"].worked_min) == (60, 120)


def test_a_car_that_stood_from_before_a_day_until_after_it_takes_all_of_it(shop: Counter) -> None:
    shop.now = at(9) - timedelta(days=3)
    job = shop.open(work(), bay_id="b1", status=JobStatus.IN_BAY)
    shop.now = at(9) + timedelta(days=3)
    assert uses(shop)["b1"].worked_min == 480
    shop.jobs.set_status(job.id, JobStatus.DONE, MANAGER)
    assert uses(shop)["b1"].worked_min == 480


def test_what_is_booked_over_nights_takes_each_of_its_days(shop: Counter) -> None:
    days = [DAY + timedelta(days=n) for n in range(4)]
    booked(shop, at(10), at(12, day=days[2]))
    found = [uses(shop, day)["b1"] for day in days]
    assert [one.booked_min for one in found] == [360, 480, 240, 0]
    assert [one.outside_min for one in found] == [8 * 60, 16 * 60, 8 * 60, 0]


def test_what_is_kept_on_belongs_to_no_stretch_before_it(shop: Counter, came) -> None:
    _desk, _booking, begin = came
    shop.jobs.set_status(begin(), JobStatus.IN_BAY, MANAGER, bay_id="b1")
    with shop.store._desk.read() as connection:
        now = at(10)
        before = taken(connection, at(0) - timedelta(days=7), at(0), now).get("b1")
        until = taken(connection, at(0), at(10, 30), now)["b1"]
    assert before is None
    assert until.booked == ((int(now.timestamp()), int(at(10, 30).timestamp())),)


def test_what_is_booked_over_lunch_is_outside_of_open_hours(shop: Counter) -> None:
    booked(shop, at(8), at(17))
    use = uses(shop)["b1"]
    assert (use.open_min, use.booked_min, use.outside_min, use.pct) == (480, 480, 60, 100.0)


def test_what_is_booked_in_time_off_is_outside_as_that_is(shop: Counter) -> None:
    booked(shop, at(8), at(17))
    off(shop, at(13), at(17))
    use = uses(shop)["b1"]
    assert (use.open_min, use.booked_min, use.outside_min, use.pct) == (240, 240, 300, 100.0)
    assert uses(shop)["b2"].open_min == 480
