"""Opening hours: as people write them, and on days with a clock change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.appointments.hours import (
    DAY_MIN,
    HoursRefused,
    hours_text,
    instant_of,
    open_day,
    parse_hours,
    zone_of,
)
from cartech_desk.domain.appointments.said import clock_words, span_words
from cartech_desk.domain.shop_rules import ShopRules

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("8:00-12:00, 13:00-17:00", ((480, 720), (780, 1020))),
        ("13.00 \u2013 17.00; 8-12", ((480, 720), (780, 1020))),
        ("8 to 24", ((480, 1440),)),
        ("", ()),
        ("closed", ()),
    ],
)
def test_hours_are_read_as_people_write_them(text, opening):
    assert parse_hours(text) == opening


@pytest.mark.parametrize(
    "text", ["8", "8-25", "12-8", "8-8", "8:60-9", "8-12, 11-17", "from 8 on", "8-9," * 8]
)
def test_what_says_no_hours_is_refused_with_how_to_write_them(text):
    with pytest.raises(HoursRefused) as caught:
        parse_hours(text)
    assert "8:00-12:00" in caught.value.to_do


@given(st.lists(st.integers(0, DAY_MIN), min_size=2, max_size=8, unique=True))
def test_hours_written_are_read_again(edges):
    ordered = sorted(edges[: len(edges) // 2 * 2])
    opening = tuple(zip(ordered[::2], ordered[1::2], strict=True))
    assert parse_hours(hours_text(opening)) == opening


def test_a_time_that_the_clock_leaves_out_is_when_it_goes_on():
    at = instant_of(SPRING, 2 * 60 + 30, BERLIN)
    assert at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert at.astimezone(BERLIN).hour == 3


def test_of_a_time_that_comes_twice_the_first_is_taken():
    assert instant_of(AUTUMN, 2 * 60 + 30, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 7, 1), 24)])
def test_a_day_with_a_clock_change_is_an_hour_shorter_or_longer(day, hours):
    rules = ShopRules(zone="Europe/Berlin", hours=(((0, DAY_MIN),),) * 7)
    opened = open_day(rules, day, {})
    assert opened.ends - opened.starts == timedelta(hours=hours)
    assert opened.minutes == hours * 60


def test_hours_over_the_clock_change_last_as_long_as_they_do():
    rules = ShopRules(zone="Europe/Berlin", hours=(((60, 4 * 60),),) * 7)
    assert open_day(rules, SPRING, {}).minutes == 120
    assert open_day(rules, AUTUMN, {}).minutes == 240


@given(st.dates(date(2000, 1, 1), date(2099, 12, 30)), st.integers(0, DAY_MIN))
def test_later_on_the_wall_is_never_earlier_in_time(day, minutes):
    for zone in (BERLIN, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/New_York")):
        assert instant_of(day, 0, zone) <= instant_of(day, minutes, zone)
        assert instant_of(day, minutes, zone) <= instant_of(day, DAY_MIN, zone)


def test_a_holiday_and_a_closed_day_say_why_the_shop_is_closed():
    rules = ShopRules(closed=(date(2026, 3, 3),))
    assert open_day(rules, date(2026, 3, 2), {date(2026, 3, 2): "Founders' day"}).closed == (
        "Founders' day"
    )
    assert open_day(rules, date(2026, 3, 3), {}).closed == "closed"
    assert open_day(rules, date(2026, 3, 8), {}).closed == "Sunday"
    assert open_day(rules, date(2026, 3, 4), {}).closed == ""


def test_a_time_zone_that_is_not_known_is_utc():
    assert zone_of("Moon/Tranquility") is UTC
    assert zone_of("../../etc/passwd") is UTC


def test_of_two_equal_times_the_words_say_which():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert clock_words(first, BERLIN) == "2:30 CEST"
    assert clock_words(first + timedelta(hours=1), BERLIN) == "2:30 CET"
    assert clock_words(first + timedelta(hours=2), BERLIN) == "3:30"


def test_a_stretch_over_midnight_names_both_days():
    starts = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    words = span_words(starts, starts + timedelta(hours=5), BERLIN)
    assert words == "Monday, 2 March 2026, 22:00 to Tuesday, 3 March 2026, 3:00"
