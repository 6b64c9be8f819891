"""A car that is booked twice at one time: asked about, and done where it is meant."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cartech_desk.domain.appointments.booking import AppointmentStatus as Status
from cartech_desk.domain.appointments.calendar import Doubt, Waiting
from cartech_desk.domain.jobs.job import JobStatus
from cartech_desk.office.booking_errors import AskedFirst, Overlap
from cartech_desk.office.job_errors import CarBookedThen
from cartech_desk.office.jobs import Jobs

from .calendar_desk import MONDAY, CalendarDesk

HOUR = timedelta(hours=1)
SAID = "This car is booked Monday, 2 March 2026, 10:00 to 11:00 in Bay 1 already."


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    made = CalendarDesk(tmp_path_factory.mktemp("car"))
    yield made
    made.store.close()


@pytest.fixture
def desk(opened):
    opened.clear()
    return opened


@pytest.fixture
def car(desk):
    return desk.store.vehicles.by_name("Golf R").id


def asked(act):
    """Return what was asked, which is of the car alone."""
    with pytest.raises(AskedFirst) as caught:
        act()
    assert [doubt for doubt, _ in caught.value.doubts] == [Doubt.CAR_TWICE]
    return caught.value.happened


def beside(desk, car, hour=2.0, **given):
    return desk.book(hour, 60, bay_id=desk.other_bay.id, vehicle_id=car, **given)


def test_a_car_in_two_bays_at_a_time_is_asked_about_and_booked_even_so(desk, car):
    desk.book(2, 60, vehicle_id=car)
    assert asked(lambda: beside(desk, car, 2.5)) == SAID
    assert len(desk.bookings()) == 1
    again = desk.appointment(2.5, 60, bay_id=desk.other_bay.id, vehicle_id=car)
    assert desk.calendar.check(again).doubts == ((Doubt.CAR_TWICE, SAID),)
    beside(desk, car, 2.5, even_so=True)
    assert len(desk.bookings()) == 2


def test_right_after_and_another_car_are_nobodys_question(desk, car):
    desk.book(2, 60, vehicle_id=car, buffer_after_min=30)
    beside(desk, car, 3)
    beside(desk, desk.store.vehicles.by_name("Polo").id, 2)
    assert len(desk.bookings()) == 3


def test_one_that_is_off_and_the_waiting_list_are_no_bookings_of_a_car(desk, car):
    kept = desk.book(2, 60, vehicle_id=car)
    desk.calendar.keep_waiting(desk.boss, Waiting(vehicle_id=car, minutes=60))
    desk.calendar.set_status(desk.boss, kept.id, Status.CANCELLED)
    other = beside(desk, car)
    assert asked(lambda: desk.calendar.set_status(desk.boss, kept.id, Status.BOOKED)).startswith(
        "This car is booked Monday, 2 March 2026, 10:00 to 11:00 in Bay 2 already."
    )
    assert desk.calendar.get(kept.id).status is Status.CANCELLED
    desk.calendar.delete(desk.boss, other.id, other.version)
    assert desk.calendar.set_status(desk.boss, kept.id, Status.BOOKED).holds


def test_one_that_did_not_come_and_comes_all_the_same_is_asked_about(desk, car):
    kept = desk.book(0, 60, vehicle_id=car)
    desk.now = MONDAY + 2 * HOUR
    desk.calendar.set_status(desk.boss, kept.id, Status.NO_SHOW)
    beside(desk, car, 0.5, even_so=True)
    set_status = desk.calendar.set_status
    assert "in Bay 2 already" in asked(lambda: set_status(desk.boss, kept.id, Status.ARRIVED))
    assert set_status(desk.boss, kept.id, Status.ARRIVED, even_so=True).status is Status.ARRIVED


def test_moving_and_stretching_ask_and_what_was_answered_is_not_asked_again(desk, car):
    desk.book(2, 60, vehicle_id=car)
    kept = beside(desk, car, 3)
    move = desk.calendar.move
    asked(lambda: move(desk.boss, kept.id, kept.version, starts=MONDAY + 2 * HOUR))
    asked(lambda: move(desk.boss, kept.id, kept.version, starts=MONDAY + 1.5 * HOUR))
    moved = move(desk.boss, kept.id, kept.version, starts=MONDAY + 1.5 * HOUR, even_so=True)
    changed = desk.calendar.change(desk.boss, replace(moved, notes="Another word"))
    assert changed.notes == "Another word"
    asked(lambda: move(desk.boss, kept.id, changed.version, ends=MONDAY + 2.75 * HOUR))


def test_another_car_put_into_an_appointment_is_asked_about(desk, car):
    desk.book(2, 60, vehicle_id=car)
    kept = beside(desk, "", notes="Somebody")
    asked(lambda: desk.calendar.change(desk.boss, replace(kept, vehicle_id=car)))


def test_who_booked_between_the_look_and_the_act_is_found_within_it(desk, car, monkeypatch):
    desk.book(2, 60, vehicle_id=car)
    monkeypatch.setattr(desk.store.appointments, "car_booked", lambda *_: ())
    assert asked(lambda: beside(desk, car)) == SAID
    assert len(desk.bookings()) == 1


def test_the_next_free_time_is_one_at_which_the_car_is_not_elsewhere(desk, car):
    desk.book(1, 60, notes="somebody else")
    beside(desk, car, 2)
    with pytest.raises(Overlap) as caught:
        desk.book(1, 60, vehicle_id=car)
    assert caught.value.next_free.starts == MONDAY + 3 * HOUR
    with pytest.raises(Overlap) as caught:
        desk.book(1, 60)
    assert caught.value.next_free.starts == MONDAY + 2 * HOUR


def test_one_with_a_job_that_comes_back_is_asked_about_too(desk, car):
    kept = desk.book(2, 60, vehicle_id=car)
    Jobs(desk.store, lambda: desk.rules).open_from(kept.id, desk.boss)
    desk.calendar.set_status(desk.boss, kept.id, Status.CANCELLED)
    beside(desk, car)
    asked(lambda: desk.calendar.set_status(desk.boss, kept.id, Status.BOOKED))
    back = desk.calendar.set_status(desk.boss, kept.id, Status.BOOKED, even_so=True)
    assert back.status is Status.BOOKED


def test_a_job_that_is_taken_up_again_asks_for_its_appointment(desk, car):
    kept = desk.book(2, 60, vehicle_id=car)
    jobs = Jobs(desk.store, lambda: desk.rules)
    job = jobs.open_from(kept.id, desk.boss, asked=True)
    jobs.set_status(job.id, JobStatus.CANCELLED, desk.boss)
    beside(desk, car)
    with pytest.raises(CarBookedThen, match="10:00 to 11:00 in Bay 2 already"):
        jobs.set_status(job.id, JobStatus.BOOKED, desk.boss)
    assert jobs.get(job.id).status is JobStatus.CANCELLED
    assert not desk.calendar.get(kept.id).holds
    jobs.set_status(job.id, JobStatus.BOOKED, desk.boss, even_so=True)
    assert desk.calendar.get(kept.id).holds
