"""What goes on with an appointment, comes back, or loses what it named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus, Resource
from cartech_desk.domain.appointments.calendar import Doubt, TimeOff, Waiting
from cartech_desk.office.booking_errors import AskedFirst
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.store.errors import NotKept

from .calendar_desk import MONDAY

Status = AppointmentStatus
DAY = timedelta(days=1)


@pytest.fixture
def bay(desk):
    """Give a bay that a test may take away."""
    kept = desk.calendar.keep_resource(desk.boss, Resource(name="Pit"))
    yield kept
    with desk.store._desk.write() as connection:
        connection.exec_driver_sql("DELETE FROM booking WHERE resource_id = ?", (kept.id,))
        connection.exec_driver_sql("DELETE FROM resource WHERE id = ?", (kept.id,))


def arrived(desk, *given, **more):
    kept = desk.book(*given, **more)
    return desk.calendar.set_status(desk.boss, kept.id, Status.ARRIVED)


def doubts(caught):
    return [doubt for doubt, _ in caught.value.doubts]


def test_what_was_removed_since_locks_no_appointment(desk):
    kept = desk.book(24, customer_id=desk.customer())
    with desk.store._desk.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET deleted = 'now'")
    assert desk.calendar.set_status(desk.boss, kept.id, Status.CANCELLED).status is Status.CANCELLED
    with pytest.raises(NotKept, match="customer"):
        desk.book(25, customer_id=kept.customer_id)


def test_what_is_to_come_of_a_customer_is_known(desk):
    who = desk.customer()
    desk.book(24, customer_id=who)
    off = desk.book(26, customer_id=who)
    desk.calendar.set_status(desk.boss, off.id, Status.CANCELLED)
    assert len(desk.calendar.coming_of(customer_id=who)) == 1
    desk.now = MONDAY + 3 * DAY
    assert desk.calendar.coming_of(customer_id=who) == ()


def test_a_bay_that_is_held_after_fifty_cancelled_ones_is_not_taken_away(desk, bay):
    for _ in range(51):
        kept = desk.book(24, bay_id=bay.id)
        desk.calendar.set_status(desk.boss, kept.id, Status.CANCELLED)
    desk.book(25, bay_id=bay.id)
    with pytest.raises(FieldsRefused, match="holds 1 appointment "):
        desk.calendar.remove_resource(desk.boss, bay.id, bay.version)


def test_a_bay_with_a_car_that_is_not_done_is_not_taken_away(desk, bay):
    kept = arrived(desk, 0, bay_id=bay.id)
    desk.now = MONDAY + 3 * DAY
    with pytest.raises(FieldsRefused, match="not done"):
        desk.calendar.remove_resource(desk.boss, bay.id, bay.version)
    desk.calendar.set_status(desk.boss, kept.id, Status.DONE)
    desk.calendar.remove_resource(desk.boss, bay.id, bay.version)
    assert desk.calendar.set_status(desk.boss, kept.id, Status.IN_BAY).bay_id == bay.id


def test_one_whose_continuation_is_off_is_unfinished_again(desk):
    kept = arrived(desk)
    desk.now = MONDAY + timedelta(hours=2)
    on = desk.calendar.carry_over(desk.boss, kept.id)
    assert desk.calendar.get(kept.id).carried_to == on.id
    desk.calendar.set_status(desk.boss, on.id, Status.CANCELLED)
    (left,) = desk.calendar.unfinished(MONDAY.date() + DAY)
    assert left.id == kept.id
    assert desk.calendar.carry_over(desk.boss, kept.id).carried_from == kept.id


def test_one_goes_on_right_after_itself_though_time_was_kept_free(desk):
    kept = arrived(desk, 0, 60, buffer_after_min=30)
    on = desk.calendar.carry_over(desk.boss, kept.id, starts=kept.ends, minutes=30)
    assert on.starts == kept.ends


def test_the_next_free_time_leaves_room_for_what_is_kept_free_after_it(desk):
    kept = arrived(desk, 0, 60, buffer_before_min=60, buffer_after_min=30)
    desk.book(2, 60)
    desk.now = MONDAY + timedelta(hours=1)
    on = desk.calendar.carry_over(desk.boss, kept.id)
    assert on.starts == MONDAY + timedelta(hours=3)


def test_one_over_night_goes_on_for_as_long_as_a_day_is(desk):
    kept = arrived(desk, 0, 26 * 60, even_so=True)
    desk.now = MONDAY + 2 * DAY
    on = desk.calendar.carry_over(desk.boss, kept.id)
    assert on.ends - on.starts == timedelta(hours=9)


def test_one_that_comes_back_is_asked_about_like_a_new_one(desk):
    kept = desk.book(24)
    desk.calendar.set_status(desk.boss, kept.id, Status.CANCELLED)
    off = TimeOff(resource_id=desk.bay.id, starts=kept.starts, ends=kept.ends, words="painted")
    desk.calendar.keep_time_off(desk.boss, off)
    with pytest.raises(AskedFirst) as caught:
        desk.calendar.set_status(desk.boss, kept.id, Status.BOOKED)
    assert doubts(caught) == [Doubt.TIME_OFF]
    desk.calendar.set_status(desk.boss, kept.id, Status.BOOKED, even_so=True)


def test_one_that_is_taken_off_every_bay_is_asked_about(desk):
    kept = desk.book(24)
    with pytest.raises(AskedFirst) as caught:
        desk.calendar.move(desk.boss, kept.id, kept.version, bay_id="")
    assert doubts(caught) == [Doubt.NO_RESOURCE]


def test_days_that_are_closed_in_between_are_asked_about(desk):
    starts = MONDAY + 4 * DAY
    wanted = Appointment(starts=starts, ends=starts + 2 * DAY, bay_id=desk.bay.id, notes="x")
    found = dict(desk.calendar.check(wanted).doubts)
    assert "Saturday, 7 March 2026" in found[Doubt.CLOSED]
    assert "Sunday, 8 March 2026" in found[Doubt.CLOSED]


def test_a_bay_that_is_switched_off_is_asked_about_and_never_offered(desk, bay):
    desk.calendar.keep_resource(desk.boss, replace(bay, active=False))
    with pytest.raises(AskedFirst) as caught:
        desk.book(24, bay_id=bay.id)
    assert doubts(caught) == [Doubt.SWITCHED_OFF]
    assert desk.calendar.next_free(60, bay_id=bay.id) == ()


def test_who_was_booked_by_mistake_waits_again(desk):
    one = desk.calendar.keep_waiting(desk.boss, Waiting(customer_id=desk.customer(), minutes=60))
    kept = desk.calendar.book(desk.boss, desk.appointment(24), waiting_id=one.id)
    assert desk.calendar.waiting() == ()
    desk.calendar.delete(desk.boss, kept.id, kept.version)
    (again,) = desk.calendar.waiting()
    assert again.id == one.id


def test_nobody_is_booked_for_who_left_the_list(desk):
    one = desk.calendar.keep_waiting(desk.boss, Waiting(customer_id=desk.customer(), minutes=60))
    desk.calendar.remove_waiting(desk.boss, one.id, one.version)
    with pytest.raises(NotKept, match="removed"):
        desk.calendar.book(desk.boss, desk.appointment(24), waiting_id=one.id)


@pytest.mark.parametrize("field", ["starts", "ends"])
def test_time_off_in_no_year_of_a_calendar_is_refused_and_not_kept(desk, field):
    when = {"starts": datetime(1, 1, 1, tzinfo=UTC), "ends": datetime(9999, 12, 31, tzinfo=UTC)}
    off = replace(TimeOff(starts=MONDAY, ends=MONDAY + DAY), **{field: when[field]})
    with pytest.raises(FieldsRefused) as caught:
        desk.calendar.keep_time_off(desk.boss, off)
    assert field in caught.value.wrong
    assert desk.calendar.time_off() == ()
