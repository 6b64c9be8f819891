"""The calendar: what is booked, refused, asked about, carried over and offered."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cartech_desk.domain.appointments.booking import (
    Appointment,
    AppointmentStatus,
    Booked,
    Resource,
    Service,
)
from cartech_desk.domain.appointments.calendar import Doubt, TimeOff, Waiting
from cartech_desk.domain.appointments.status import NEXT
from cartech_desk.domain.money import Money
from cartech_desk.domain.people import Actor, NotSignedIn
from cartech_desk.office.booking_errors import AskedFirst, Overlap, StatusRefused
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.store.errors import Changed, NotKept

from .calendar_desk import MONDAY

Status = AppointmentStatus


def test_an_appointment_comes_back_as_it_was_booked(desk):
    kept = desk.book(services=desk.agreed(), technician_id=desk.tom.id, notes="Golf, cold start")
    again = desk.calendar.get(kept.id[-8:])
    assert again == kept
    assert (again.starts, again.zone, again.work) == (MONDAY, "Europe/Berlin", "Dyno run")
    assert again.services[0].price == Money(15_000, "EUR")


def test_without_an_end_it_takes_as_long_as_its_services(desk):
    given = replace(desk.appointment(services=desk.agreed()), ends=None)
    kept = desk.calendar.book(desk.boss, given)
    assert kept.ends - kept.starts == timedelta(minutes=90)


def test_what_overlaps_is_refused_with_what_is_in_the_way_and_the_next_free_time(desk):
    desk.book(1, 60, notes="Mr Miller")
    with pytest.raises(Overlap) as caught:
        desk.book(1.5, 60)
    assert "Bay 1 is taken Monday, 2 March 2026, 9:00 to 10:00 by Mr Miller" in str(caught.value)
    assert "10:00" in caught.value.to_do
    assert caught.value.next_free.starts == MONDAY + timedelta(hours=2)
    assert caught.value.in_way[0].resource == desk.bay
    assert len(desk.bookings()) == 1


def test_one_that_ends_when_another_begins_does_not_overlap_it(desk):
    desk.book(1, 60)
    desk.book(0, 60)
    desk.book(2, 60)
    assert len(desk.bookings()) == 3


def test_one_that_needs_two_is_checked_against_both(desk):
    desk.book(1, 60, technician_id=desk.tom.id)
    with pytest.raises(Overlap) as caught:
        desk.book(1, 60, bay_id=desk.other_bay.id, technician_id=desk.tom.id)
    assert [one.resource.name for one in caught.value.in_way] == ["Tom"]
    desk.book(1, 60, bay_id=desk.other_bay.id)


def test_buffers_are_kept_free_too(desk):
    desk.rules = replace(desk.rules, buffer_min=30)
    kept = desk.book(0, 60)
    assert kept.buffer_after_min == 30
    with pytest.raises(Overlap):
        desk.book(1, 60)
    desk.book(1.5, 60, buffer_after_min=0)
    desk.book(2.5, 30, buffer_after_min=0)


def test_a_move_is_not_refused_because_of_itself(desk):
    kept = desk.book(0, 60)
    moved = desk.calendar.move(
        desk.boss, kept.id, kept.version, starts=MONDAY + timedelta(minutes=30)
    )
    assert moved.ends - moved.starts == timedelta(hours=1)
    assert (moved.version, moved.sequence) == (2, 1)
    resized = desk.calendar.move(desk.boss, kept.id, 2, ends=moved.ends + timedelta(minutes=30))
    assert resized.ends - resized.starts == timedelta(minutes=90)


def test_a_drag_into_another_bay_asks_that_bay(desk):
    desk.book(1, 60, bay_id=desk.other_bay.id)
    kept = desk.book(1, 60)
    wanted = replace(kept, bay_id=desk.other_bay.id)
    assert desk.calendar.check(wanted).overlaps[0].resource == desk.other_bay
    with pytest.raises(Overlap):
        desk.calendar.move(desk.boss, kept.id, 1, bay_id=desk.other_bay.id)
    assert desk.calendar.get(kept.id) == kept


@pytest.mark.parametrize(
    ("hour", "minutes", "doubt", "words"),
    [
        (-3, 60, Doubt.PAST, "past"),
        (10, 60, Doubt.CLOSED, "outside the hours"),
        (4, 30, Doubt.CLOSED, "outside the hours"),
        (8.5, 24 * 60, Doubt.MIDNIGHT, "midnight"),
        (5 * 24, 60, Doubt.CLOSED, "closed on Saturday"),
        (9 * 24, 60, Doubt.CLOSED, "Women's Day"),
    ],
)
def test_what_may_be_meant_is_asked_first_and_done_with_even_so(desk, hour, minutes, doubt, words):
    desk.rules = replace(desk.rules, holidays_of="DE-BE")
    if doubt is Doubt.CLOSED and "Women" in words:
        desk.now, hour = datetime(2027, 3, 1, tzinfo=UTC), 371 * 24
        words = "closed on Monday, 8 March 2027"
    with pytest.raises(AskedFirst) as caught:
        desk.book(hour, minutes)
    assert doubt in [one for one, _ in caught.value.doubts]
    assert words in str(caught.value)
    assert desk.bookings() == []
    desk.book(hour, minutes, even_so=True)
    assert len(desk.bookings()) == 1


def test_what_is_taken_and_closed_is_refused_with_both_for_confirming_would_not_help(desk):
    desk.book(10, 60, notes="Mr Miller", even_so=True)
    with pytest.raises(Overlap) as caught:
        desk.book(10, 60)
    assert "Bay 1 is taken" in caught.value.happened
    assert "outside the hours" in caught.value.happened
    with pytest.raises(Overlap) as caught:
        desk.book(10, 60, even_so=True)
    assert "outside the hours" not in caught.value.happened


def test_what_stood_like_this_before_is_not_asked_again(desk):
    kept = desk.book(10, 60, even_so=True)
    desk.now = MONDAY + timedelta(days=1)
    changed = desk.calendar.change(desk.boss, replace(kept, notes="Another word"))
    assert changed.notes == "Another word"


def test_time_off_is_asked_about_and_names_who_is_off(desk):
    off, within = desk.calendar.keep_time_off(
        desk.boss,
        TimeOff(
            resource_id=desk.tom.id, starts=MONDAY, ends=MONDAY + timedelta(hours=4), words="ill"
        ),
    )
    assert (off.version, within) == (1, ())
    with pytest.raises(AskedFirst, match=r"Tom is off .*\(ill\)"):
        desk.book(1, 60, technician_id=desk.tom.id)
    desk.book(1, 60)


def test_time_off_of_the_shop_names_the_appointments_that_lie_in_it(desk):
    kept = desk.book(1, 60)
    _, within = desk.calendar.keep_time_off(
        desk.boss, TimeOff(starts=MONDAY, ends=MONDAY + timedelta(hours=9), words="moving house")
    )
    assert [one.id for one in within] == [kept.id]
    assert desk.calendar.next_free(60, limit=1)[0].starts == MONDAY + timedelta(hours=24)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"starts": None}, "starts"),
        ({"ends": MONDAY}, "ends"),
        ({"ends": MONDAY + timedelta(days=60)}, "ends"),
        ({"starts": datetime(1999, 1, 1, tzinfo=UTC)}, "starts"),
        ({"notes": ""}, "customer"),
        ({"notes": "x" * 3000}, "notes"),
        ({"notes": "a\x00b"}, "notes"),
        ({"buffer_before_min": -5}, "buffers"),
        ({"services": (Booked("", "Free", 10, Money(-1, "EUR")),)}, "services"),
    ],
)
def test_what_cannot_stand_names_its_field_and_changes_nothing(desk, given, field):
    with pytest.raises(FieldsRefused) as caught:
        desk.calendar.book(desk.boss, replace(desk.appointment(), **given))
    assert field in caught.value.wrong
    assert desk.calendar.list()[1] == 0


@pytest.mark.parametrize(("minutes", "words"), [(0, "as soon as"), (-30, "before")])
def test_one_that_takes_no_time_is_not_said_to_end_before_it_begins(desk, minutes, words):
    with pytest.raises(FieldsRefused) as caught:
        desk.book(1, minutes)
    assert caught.value.wrong["ends"].startswith(f"It ends {words} it begins.")


@pytest.mark.parametrize("field", ["bay_id", "technician_id", "customer_id", "vehicle_id"])
def test_what_is_not_kept_here_cannot_be_booked(desk, field):
    with pytest.raises(NotKept):
        desk.book(**{field: "nothing"})
    assert desk.bookings() == []


def test_an_older_version_changes_nothing(desk):
    kept = desk.book()
    desk.calendar.change(desk.boss, replace(kept, notes="first"))
    with pytest.raises(Changed):
        desk.calendar.change(desk.boss, replace(kept, notes="second"))
    assert desk.calendar.get(kept.id).notes == "first"


def test_nobody_books_without_a_right(desk):
    with pytest.raises(NotSignedIn):
        desk.calendar.book(Actor.at_command_line("root"), desk.appointment())


def test_every_change_is_in_the_audit_log_with_what_was_confirmed(desk):
    desk.book(10, 60, even_so=True)
    with desk.store._desk.read() as connection:
        (body,) = connection.exec_driver_sql(
            "SELECT body FROM audit ORDER BY sequence DESC LIMIT 1"
        ).one()
    assert '"action":"appointment.book"' in body
    assert "Confirmed: " in body


@pytest.mark.parametrize("status", list(Status))
def test_a_status_goes_where_the_table_says_and_nowhere_else(desk, status):
    kept = desk.book()
    desk.now = MONDAY + timedelta(hours=2)
    if status in NEXT[Status.BOOKED]:
        assert desk.calendar.set_status(desk.boss, kept.id, status).status is status
    else:
        with pytest.raises(StatusRefused, match="may become"):
            desk.calendar.set_status(desk.boss, kept.id, status)


def test_one_that_is_off_frees_its_bay_and_takes_it_again_only_where_it_is_free(desk):
    kept = desk.book()
    desk.calendar.set_status(desk.boss, kept.id, Status.CANCELLED)
    assert desk.bookings() == []
    other = desk.book()
    with pytest.raises(Overlap):
        desk.calendar.set_status(desk.boss, kept.id, Status.BOOKED)
    desk.calendar.delete(desk.boss, other.id, other.version)
    assert desk.calendar.set_status(desk.boss, kept.id, Status.BOOKED).holds


def test_nobody_failed_to_come_before_it_begins(desk):
    kept = desk.book(1)
    with pytest.raises(StatusRefused, match="not begun"):
        desk.calendar.set_status(desk.boss, kept.id, Status.NO_SHOW)


def test_a_deleted_one_is_gone_from_every_list(desk):
    kept = desk.book()
    desk.calendar.delete(desk.boss, kept.id, kept.version)
    assert desk.calendar.list() == ((), 0)
    assert desk.calendar.view(date(2026, 3, 2)).appointments == ()
    with pytest.raises(NotKept):
        desk.calendar.get(kept.id)


def test_an_unfinished_one_goes_on_and_what_it_used_stays(desk):
    kept = desk.book(7, 60)
    desk.calendar.set_status(desk.boss, kept.id, Status.IN_BAY)
    desk.now = MONDAY + timedelta(days=1)
    assert [one.id for one in desk.calendar.unfinished()] == [kept.id]
    assert desk.calendar.view(date(2026, 3, 3)).unfinished[0].id == kept.id
    on = desk.calendar.carry_over(desk.boss, kept.id)
    assert on.starts == MONDAY + timedelta(days=1)
    assert (on.status, on.carried_from, on.bay_id) == (Status.IN_BAY, kept.id, desk.bay.id)
    assert desk.calendar.get(kept.id).carried_to == on.id
    assert desk.calendar.unfinished() == ()
    assert len(desk.bookings()) == 2
    with pytest.raises(StatusRefused):
        desk.calendar.carry_over(desk.boss, kept.id)
    with pytest.raises(StatusRefused, match="goes on"):
        desk.calendar.set_status(desk.boss, kept.id, Status.DONE)


def test_a_gap_is_offered_to_whom_it_fits(desk):
    kept = desk.book(0, 120)
    desk.book(2, 120, notes="after")
    wait = desk.calendar.keep_waiting
    fits = wait(desk.boss, Waiting(notes="Mia", minutes=60))
    wait(desk.boss, Waiting(notes="too long", minutes=180))
    wait(desk.boss, Waiting(notes="later", minutes=60, earliest=MONDAY + timedelta(hours=5)))
    assert desk.calendar.offers(kept.id) == ()
    desk.calendar.set_status(desk.boss, kept.id, Status.CANCELLED)
    (offer,) = desk.calendar.offers(kept.id)
    assert (offer.waiting.id, offer.free.starts) == (fits.id, MONDAY)
    desk.calendar.book(desk.boss, desk.appointment(0, 60), waiting_id=fits.id)
    assert fits.id not in {one.id for one in desk.calendar.waiting()}
    with pytest.raises(NotKept):
        desk.calendar.book(desk.boss, desk.appointment(1, 60), waiting_id=fits.id)
    assert len(desk.bookings()) == 2


def test_a_view_holds_what_touches_its_days(desk):
    inside = desk.book(1)
    desk.book(24 + 1)
    over = desk.calendar.book(
        desk.boss, desk.appointment(-12, 13 * 60, bay_id=desk.other_bay.id), even_so=True
    )
    view = desk.calendar.view(date(2026, 3, 2))
    assert {one.id for one in view.appointments} == {inside.id, over.id}
    assert [one.name for one in view.resources] == ["Bay 1", "Bay 2", "Tom"]
    assert view.days[0].minutes == 8 * 60


def test_a_list_is_searched_sorted_and_cut(desk):
    mia = desk.customer("Mia Müller", "")
    for hour in range(4):
        desk.book(hour, customer_id=mia if hour % 2 else "", notes=f"note 100% {hour}")
    found, count = desk.calendar.list("Müller", sort="starts", limit=1)
    assert (len(found), count, found[0].customer) == (1, 2, "Mia Müller")
    assert desk.calendar.list("100%")[1] == 4
    assert desk.calendar.list("100_")[1] == 0
    newest, _ = desk.calendar.list(descending=True, limit=1)
    assert newest[0].starts == MONDAY + timedelta(hours=3)
    assert desk.calendar.list(status=[Status.DONE])[1] == 0
    assert desk.calendar.list(resource_id=desk.tom.id)[1] == 0


def test_search_finds_an_appointment_by_its_note(desk):
    kept = desk.book(notes="squeaking wastegate")
    with desk.store._desk.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT ref FROM find_entry WHERE kind = 'appointment' AND ref = ?", (kept.id,)
        ).fetchall()
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "a b"}, "code"),
        ({"code": "dyno", "id": ""}, "code"),
        ({"name": ""}, "name"),
        ({"minutes": 0}, "minutes"),
        ({"price": Money(-1, "EUR")}, "price"),
        ({"tax_bp": 20_000}, "tax_bp"),
    ],
)
def test_a_service_that_cannot_stand_names_its_field(desk, given, field):
    one = replace(Service(code="OIL", name="Oil", price=Money(1, "EUR")), **given)
    with pytest.raises(FieldsRefused) as caught:
        desk.calendar.keep_service(desk.boss, one)
    assert field in caught.value.wrong


def test_two_bays_have_two_names_and_a_bay_is_no_person(desk):
    with pytest.raises(FieldsRefused) as caught:
        desk.calendar.keep_resource(desk.boss, Resource(name="bay 1"))
    assert "name" in caught.value.wrong
    with pytest.raises(FieldsRefused) as caught:
        desk.calendar.keep_resource(desk.boss, Resource(name="Bay 9", person_id="x"))
    assert "person" in caught.value.wrong


def test_a_bay_that_holds_appointments_to_come_is_not_taken_away(desk):
    made = desk.calendar.keep_resource(desk.boss, Resource(name="Lift"))
    desk.book(1, bay_id=made.id)
    with pytest.raises(FieldsRefused, match="1 appointment to come"):
        desk.calendar.remove_resource(desk.boss, made.id, made.version)
    desk.now = MONDAY + timedelta(days=2)
    desk.calendar.remove_resource(desk.boss, made.id, made.version)
    assert made.id not in {one.id for one in desk.calendar.resources()}


def test_free_times_pass_by_what_is_booked_and_who_is_off(desk):
    desk.book(0, 60)
    desk.calendar.keep_time_off(
        desk.boss,
        TimeOff(resource_id=desk.other_bay.id, starts=MONDAY, ends=MONDAY + timedelta(hours=2)),
    )
    free = desk.calendar.next_free(60, limit=2)
    assert (free[0].starts, free[0].bay_id) == (MONDAY + timedelta(hours=1), desk.bay.id)
    with_tom = desk.calendar.next_free(60, bay_id=desk.bay.id, technician_id=desk.tom.id, limit=1)
    assert (with_tom[0].bay_id, with_tom[0].technician_id) == (desk.bay.id, desk.tom.id)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_on_a_day_with_a_clock_change_what_is_booked_stays_apart(desk, day):
    desk.rules = replace(desk.rules, hours=(((0, 1440),),) * 7)
    desk.now = datetime(2026, 1, 1, tzinfo=UTC)
    opened = desk.calendar.open_day(day)
    hours = round((opened.ends - opened.starts) / timedelta(hours=1))
    for hour in range(hours):
        starts = opened.starts + timedelta(hours=hour)
        desk.calendar.book(
            desk.boss,
            Appointment(
                starts=starts, ends=starts + timedelta(hours=1), bay_id=desk.bay.id, notes="x"
            ),
        )
    assert len(desk.calendar.view(day).appointments) == hours
    free = desk.calendar.next_free(60, after=opened.starts, bay_id=desk.bay.id, limit=1)
    assert free[0].starts == opened.ends
