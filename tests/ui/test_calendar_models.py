"""The calendar's columns, blocks and landings, without a screen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cartech_desk.domain.appointments.booking import (
    Appointment,
    AppointmentStatus,
    Resource,
    ResourceKind,
)
from cartech_desk.domain.appointments.calendar import CalendarView, Clash, ForeignEvent, TimeOff
from cartech_desk.domain.appointments.hours import open_day
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.ui.models.appointment_words import in_words, length
from cartech_desk.ui.models.calendar_blocks import blocks_of
from cartech_desk.ui.models.calendar_columns import Plan, columns_of, days_of, plan_words, stepped
from cartech_desk.ui.models.calendar_drag import Grip, Ground, landed
from cartech_desk.ui.models.calendar_geometry import HEAD, RULER, Geometry
from cartech_desk.ui.models.calendar_time import instant_of, minute_of, snapped
from cartech_desk.ui.models.calendar_typed import clock_of, minutes_of
from cartech_desk.ui.models.work_states import BOOKINGS, WorkState, booking_state

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
SPRING = date(2026, 3, 29)  # 02:00 becomes 03:00
AUTUMN = date(2026, 10, 25)  # 03:00 becomes 02:00
RULES = ShopRules(zone="Europe/Berlin")
BAY, LIFT = Resource("b", name="Dyno bay"), Resource("l", name="Lift", place=1)
TOM = Resource("t", ResourceKind.TECHNICIAN, "Tom")


def at(hour, minute=0, day=MONDAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def booked(number, first, last, **more):
    facts = {"bay_id": "b", "vehicle": f"Car {number}"} | more
    return Appointment(str(number), starts=first, ends=last, **facts)


def view(*appointments, day=MONDAY, days=1, **more):
    opened = tuple(open_day(RULES, day + timedelta(days=n), {}) for n in range(days))
    return CalendarView(day, "Europe/Berlin", opened, (BAY, LIFT, TOM), tuple(appointments), **more)


def ground(shown, columns, now=None):
    names = {one.id: one.name for one in shown.resources}
    now = now or at(6, day=columns[0].day)
    return Ground(columns, shown.appointments, names, BERLIN, 15, now)


def test_a_day_has_a_column_for_each_bay_and_its_open_hours():
    columns = columns_of(view(), Plan.BAYS, MONDAY)
    assert [one.title for one in columns] == ["Dyno bay", "Lift"]
    assert columns[0].open == ((480, 720), (780, 1020))


def test_what_has_no_technician_yet_stands_in_a_column_of_its_own():
    shown = view(booked(1, at(8), at(9)))
    columns = columns_of(shown, Plan.TECHNICIANS, MONDAY)
    assert [one.title for one in columns] == ["No technician yet", "Tom"]
    assert [block.column for block in blocks_of(shown, columns)] == [0]


def test_a_shop_without_bays_has_one_column_all_the_same():
    bare = CalendarView(MONDAY, "UTC", (open_day(ShopRules(), MONDAY, {}),), (), ())
    assert [one.title for one in columns_of(bare, Plan.BAYS, MONDAY)] == ["No bay yet"]


def test_a_week_shows_its_weekend_only_where_there_is_something():
    assert len(columns_of(view(days=7), Plan.WEEK, MONDAY)) == 5
    saturday = MONDAY + timedelta(days=5)
    shown = view(booked(1, at(9, day=saturday), at(10, day=saturday)), days=7)
    assert [one.title for one in columns_of(shown, Plan.WEEK, MONDAY)][-1] == "Sat 28 Nov"


def test_a_closed_day_says_why():
    christmas = date(2026, 12, 25)
    shown = CalendarView(
        christmas,
        "Europe/Berlin",
        (open_day(RULES, christmas, {christmas: "Christmas Day"}),),
        (BAY,),
        (),
    )
    (column,) = columns_of(shown, Plan.BAYS, christmas)
    assert (column.open, column.closed) == ((), "closed: Christmas Day")


def test_time_off_stands_in_the_columns_that_it_is_for():
    off = (TimeOff("o", "l", at(15), at(17), "Inspection"), TimeOff("s", "", at(16), at(18)))
    columns = columns_of(view(time_off=off), Plan.BAYS, MONDAY)
    assert columns[0].off == ((960, 1080, "Time off"),)
    assert columns[1].off == ((900, 1020, "Inspection"), (960, 1080, "Time off"))


def test_what_overlaps_shares_the_width_and_what_does_not_has_all_of_it():
    shown = view(
        booked(1, at(8), at(10)),
        booked(2, at(9), at(11), status=AppointmentStatus.CANCELLED),
        booked(3, at(11), at(12)),
    )
    blocks = {one.id: one for one in blocks_of(shown, columns_of(shown, Plan.BAYS, MONDAY))}
    assert [(blocks[n].lane, blocks[n].lanes) for n in "123"] == [(0, 2), (1, 2), (0, 1)]


def test_an_event_of_others_that_overlaps_ours_says_so():
    ours = booked(1, at(13), at(15))
    event = ForeignEvent("c", "Tom", "", "u", at(14), at(15), "Dentist")
    shown = view(ours, foreign=(event,), clashes=(Clash(event, ours),))
    marked = [b for b in blocks_of(shown, columns_of(shown, Plan.BAYS, MONDAY)) if b.foreign]
    assert {one.clash for one in marked} == {"at the same time: Car 1"}


def test_a_week_is_narrowed_to_one_resource():
    shown = view(booked(1, at(8), at(9)), booked(2, at(8), at(9), bay_id="l"), days=7)
    columns = columns_of(shown, Plan.WEEK, MONDAY, only="l")
    assert [one.id for one in blocks_of(shown, columns, only="l")] == ["2"]


def test_an_appointment_over_midnight_is_cut_at_the_day():
    shown = view(booked(1, at(22), at(22) + timedelta(hours=4)))
    (block,) = blocks_of(shown, columns_of(shown, Plan.BAYS, MONDAY))
    assert (block.first, block.last) == (22 * 60, 24 * 60)


# Where a drag lands


def test_a_drag_snaps_keeps_the_length_and_takes_the_column_s_bay():
    one = booked(1, at(8), at(9, 30), technician_id="t")
    shown = view(one)
    columns = columns_of(shown, Plan.BAYS, MONDAY)
    landing = landed(ground(shown, columns), one, Grip.MOVE, 1, 607, from_column=0)
    assert (landing.starts, landing.ends) == (at(10), at(11, 30))
    assert (landing.bay_id, landing.technician_id) == ("l", "t")


@pytest.mark.parametrize(("column", "edge"), [(0, 22 * 60), (1, 0)])
def test_what_goes_on_over_midnight_stays_where_it_is_picked_up_and_moves_as_it_is_carried(
    column, edge
):
    one = booked(1, at(22), at(22) + timedelta(hours=14))
    shown = view(one, days=7)
    here = ground(shown, columns_of(shown, Plan.WEEK, MONDAY))
    picked = landed(here, one, Grip.MOVE, column, edge, from_column=column)
    assert not picked.changes(one)
    later = landed(here, one, Grip.MOVE, column + 2, edge + 30, from_column=column)
    assert later.starts == one.starts + timedelta(days=2, minutes=30)
    assert later.ends - later.starts == timedelta(hours=14)


def test_the_end_of_what_goes_on_over_midnight_is_not_brought_back_to_midnight_by_a_key():
    one = booked(1, at(22), at(22) + timedelta(hours=4))
    shown = view(one)
    here = ground(shown, columns_of(shown, Plan.BAYS, MONDAY))
    longer = landed(here, one, Grip.END, 0, 26 * 60 + 15, from_column=0)
    assert longer.ends == one.ends


def test_a_drag_in_the_week_keeps_bay_and_technician():
    one = booked(1, at(8), at(9), technician_id="t")
    shown = view(one, days=7)
    columns = columns_of(shown, Plan.WEEK, MONDAY)
    landing = landed(ground(shown, columns), one, Grip.MOVE, 3, 480, from_column=0)
    assert landing.starts == at(8, day=MONDAY + timedelta(days=3))
    assert (landing.bay_id, landing.technician_id) == ("b", "t")


@pytest.mark.parametrize(
    ("grip", "minute", "span"),
    [
        (Grip.END, 600, ((8, 0), (10, 0))),
        (Grip.END, 300, ((8, 0), (8, 15))),
        (Grip.START, 450, ((7, 30), (9, 0))),
        (Grip.START, 900, ((8, 45), (9, 0))),
    ],
)
def test_an_edge_that_is_dragged_stops_before_the_other(grip, minute, span):
    one = booked(1, at(8), at(9))
    shown = view(one)
    columns = columns_of(shown, Plan.BAYS, MONDAY)
    landing = landed(ground(shown, columns), one, grip, 1, minute, from_column=0)
    assert (landing.starts, landing.ends) == tuple(at(*each) for each in span)
    assert landing.column == 0


def test_a_drag_never_collides_with_itself_and_names_what_is_in_its_way():
    one, other = booked(1, at(8), at(9)), booked(2, at(10), at(11), buffer_before_min=15)
    shown = view(one, other)
    here = ground(shown, columns_of(shown, Plan.BAYS, MONDAY))
    assert landed(here, one, Grip.MOVE, 0, 495, from_column=0).wrong == ""
    wrong = landed(here, one, Grip.MOVE, 0, 540, from_column=0).wrong
    assert wrong == "Dyno bay is taken 10:00\N{EN DASH}11:00 by Car 2."


def test_what_ends_when_another_begins_is_not_in_its_way():
    one, other = booked(1, at(8), at(9)), booked(2, at(10), at(11))
    shown = view(one, other)
    here = ground(shown, columns_of(shown, Plan.BAYS, MONDAY))
    assert landed(here, one, Grip.MOVE, 0, 540, from_column=0).wrong == ""


def test_a_technician_who_is_busy_is_in_the_way_in_another_bay():
    one = booked(1, at(8), at(9), technician_id="t")
    other = booked(2, at(10), at(11), bay_id="l", technician_id="t")
    shown = view(one, other)
    here = ground(shown, columns_of(shown, Plan.BAYS, MONDAY))
    assert "Tom is taken" in landed(here, one, Grip.MOVE, 0, 600, from_column=0).wrong


@pytest.mark.parametrize(("minute", "words"), [(715, "closed"), (1200, "closed"), (300, "past")])
def test_closed_hours_and_the_past_are_said_while_it_is_carried(minute, words):
    one = booked(1, at(8), at(9))
    shown = view(one)
    here = ground(shown, columns_of(shown, Plan.BAYS, MONDAY))
    assert words in landed(here, one, Grip.MOVE, 0, minute, from_column=0).wrong


def test_an_hour_that_the_clock_leaves_out_is_no_time_to_land():
    one = booked(1, at(4, day=SPRING), at(5, day=SPRING))
    shown = view(one, day=SPRING)
    columns = columns_of(shown, Plan.BAYS, SPRING)
    landing = landed(ground(shown, columns), one, Grip.MOVE, 0, 150, from_column=0)
    assert landing.starts is None
    assert "leaves this hour out" in landing.wrong


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_a_drag_over_a_clock_change_keeps_the_real_length(day):
    one = booked(1, at(8, day=day), at(12, day=day))
    shown = view(one, day=day)
    columns = columns_of(shown, Plan.BAYS, day)
    landing = landed(ground(shown, columns, at(0, day=day)), one, Grip.MOVE, 0, 60, from_column=0)
    assert landing.ends - landing.starts == timedelta(hours=4)
    assert minute_of(landing.starts, day, BERLIN) == 60


# Times and places


def test_minutes_and_instants_are_each_other_s_but_in_the_hour_left_out():
    for day in (MONDAY, SPRING, AUTUMN):
        for minute in range(0, 24 * 60, 15):
            found = instant_of(day, minute, BERLIN)
            if found is None:
                assert (day, minute // 60) == (SPRING, 2)
            else:
                assert minute_of(found, day, BERLIN) == minute


def test_pixels_and_minutes_are_each_other_s():
    grid = Geometry(1000, 600, 3, 48.0, 0, 120)
    assert grid.minute_at(grid.y(615)) == 615
    assert grid.y(150) == HEAD
    assert grid.column_at(grid.left(2) + 1) == 2
    assert grid.column_at(RULER - 40) == 0
    assert (snapped(607, 15), snapped(608, 15)) == (600, 615)


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("8", 480),
        ("8:30", 510),
        ("830", 510),
        ("0830", 510),
        ("2 pm", 840),
        ("12 am", 0),
        ("14h", 840),
        ("24:00", None),
        ("8:75", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_time_is_read_as_people_type_it(text, minute):
    assert clock_of(text) == minute


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90),
        ("90 min", 90),
        ("1:30", 90),
        ("1 h 30", 90),
        ("1.5 h", 90),
        ("2 h", 120),
        ("0", None),
        ("99999", None),
        ("long", None),
    ],
)
def test_a_length_is_read_as_people_type_it(text, minutes):
    assert minutes_of(text) == minutes
    if minutes:
        assert minutes_of(length(minutes)) == minutes


def test_plans_step_by_their_length_and_name_themselves():
    assert days_of(Plan.WEEK, MONDAY + timedelta(days=3)) == (MONDAY, 7)
    assert stepped(Plan.WEEK, MONDAY, 1) - MONDAY == timedelta(days=7)
    assert plan_words(Plan.BAYS, MONDAY) == "Monday, 23 Nov 2026"
    assert plan_words(Plan.WEEK, MONDAY).startswith("Week 48, 23")


def test_each_state_has_a_shape_and_a_word_of_its_own():
    lamps = [BOOKINGS[status].lamp for status in AppointmentStatus]
    assert len({one.shape for one in lamps}) == len({one.word for one in lamps}) == 7


def test_an_appointment_is_said_in_one_line():
    one = booked(1, at(8), at(9), customer="Ada Example")
    assert in_words(one, BERLIN) == "Mon 23 Nov 08:00\N{EN DASH}09:00, Car 1, Ada Example, booked"


def test_an_appointment_that_is_done_stands_as_its_bill_does():
    done = replace(booked(1, at(8), at(9)), status=AppointmentStatus.DONE)
    billed = replace(done, job_id="j")
    states = [booking_state(one) for one in (done, billed, replace(billed, paid=True))]
    assert states == [WorkState.DONE, WorkState.UNPAID, WorkState.PAID]


def test_the_lamps_of_work_differ_where_somebody_has_to_act():
    shapes = [(one.lamp.shape, one.lamp.token) for one in WorkState if one is not WorkState.DONE]
    assert len(set(shapes)) == len(shapes)
