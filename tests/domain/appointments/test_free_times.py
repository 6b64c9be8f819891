"""Free times: where a booking fits."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.appointments.free import Wanted, free_times, is_free
from cartech_desk.domain.appointments.hours import Stretch, open_day
from cartech_desk.domain.shop_rules import ShopRules

RULES = ShopRules(zone="Europe/Berlin")
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)
EIGHT = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


def days(count=3):
    return [open_day(RULES, MONDAY + timedelta(days=number), {}) for number in range(count)]


def found(wanted, held=None, after=EIGHT, count=3):
    times = free_times(days(count), wanted, held or {}, after=after, slot_min=15, zone=BERLIN)
    return list(times)


def hour(number, length=60):
    starts = EIGHT + timedelta(hours=number)
    return Stretch(starts, starts + timedelta(minutes=length))


def test_the_first_free_time_is_when_the_shop_opens():
    assert found(Wanted(60, ("bay",)))[0].starts == EIGHT


def test_now_is_rounded_up_to_the_next_step_of_the_calendar():
    after = EIGHT + timedelta(minutes=7, seconds=3)
    assert found(Wanted(60, ("bay",)), after=after)[0].starts == EIGHT + timedelta(minutes=15)


def test_what_is_held_is_passed_by():
    times = found(Wanted(60, ("bay",)), {"bay": [hour(0), hour(1)]})
    assert times[0].starts == EIGHT + timedelta(hours=2)


def test_of_two_bays_the_free_one_is_offered():
    assert found(Wanted(60, ("one", "two")), {"one": [hour(0)]})[0].bay_id == "two"


def test_a_bay_and_a_technician_are_to_be_free_together():
    held = {"bay": [hour(0)], "tom": [hour(1)]}
    assert found(Wanted(60, ("bay",), ("tom",)), held)[0].starts == EIGHT + timedelta(hours=2)


def test_a_shop_that_is_closed_offers_nothing():
    held = {"": [Stretch(EIGHT, EIGHT + timedelta(days=1))]}
    assert found(Wanted(60, ("bay",)), held)[0].starts == EIGHT + timedelta(days=1)


def test_work_may_go_on_over_the_break_but_not_over_the_night():
    assert found(Wanted(6 * 60, ("bay",)))[0].starts == EIGHT
    assert found(Wanted(10 * 60, ("bay",))) == []


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 20)), max_size=12),
    st.integers(1, 12),
    st.integers(0, 4),
)
def test_whatever_is_held_a_free_time_overlaps_none_of_it(held, slots, buffer):
    kept = [
        Stretch(EIGHT + timedelta(minutes=15 * at), EIGHT + timedelta(minutes=15 * (at + length)))
        for at, length in held
    ]
    wanted = Wanted(slots * 15, ("bay",), (), buffer * 15, buffer * 15)
    for free in found(wanted, {"bay": kept}):
        around = timedelta(minutes=buffer * 15)
        assert is_free(kept, Stretch(free.starts - around, free.ends + around))
