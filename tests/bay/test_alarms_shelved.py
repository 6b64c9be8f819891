"""Shelving: reasons, times by role, restarts, and clocks that somebody sets. No alarm is lost."""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartech_desk.bay.alarm_shelves import remaining
from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.alarms.state import AlarmRefused, AlarmState
from cartech_desk.store.alarms import AlarmQuery, Shelf
from cartech_desk.store.errors import NotKept
from tests.bay.alarm_desk import MANAGER, OVER_REV, RPM, TECHNICIAN, AlarmDesk, S

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = 3600.0, 86400.0


@pytest.fixture
def make(store):
    made = []

    def make(**named):
        desk = AlarmDesk(store, OVER_REV, **named)
        made.append(desk)
        desk.watch(RPM)
        return desk

    yield make
    for desk in made:
        desk.stop()


@pytest.fixture
def desk(make):
    desk = make()
    desk.later(0.2, rpm=6500)
    return desk


def shelve(desk, seconds=HOUR, by=MANAGER):
    desk.alarms.shelve(desk.one().id, seconds, "sensor on order", by).result(5)


def restart(make, desk, *, wall, ns=5 * S):
    """Close the desk and start it anew with another wall clock; the monotonic one begins anew."""
    desk.stop()
    return make(wall=wall, ns=ns)


def test_a_shelved_alarm_is_put_aside_and_says_by_whom_and_until_when(desk):
    shelve(desk)
    alarm = desk.one()
    assert alarm.state is AlarmState.SHELVED
    assert (alarm.shelved_by, bool(alarm.shelved_reason)) == ("Mia Manager", True)
    assert abs(alarm.shelved_until - desk.wall - timedelta(hours=1)) < timedelta(seconds=1)
    assert desk.now.worst is None
    desk.later(0.1, rpm=6500)
    assert desk.speaker.level is Level.NONE


@pytest.mark.parametrize("reason", ["", "   ", "x" * 400, "line\nbreak"])
def test_a_reason_is_needed(desk, reason):
    with pytest.raises(AlarmRefused):
        desk.alarms.shelve(desk.one().id, HOUR, reason, MANAGER).result(5)
    assert desk.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf, 14 * DAY + 1])
def test_a_time_that_nobody_may_is_refused(desk, seconds):
    with pytest.raises(AlarmRefused, match="hours"):
        desk.alarms.shelve(desk.one().id, seconds, "why", MANAGER).result(5)


def test_a_technician_shelves_for_eight_hours_at_most(desk):
    with pytest.raises(AlarmRefused, match="8 hours"):
        shelve(desk, 8 * HOUR + 1, TECHNICIAN)
    shelve(desk, 8 * HOUR, TECHNICIAN)


def test_it_comes_back_by_itself_and_asks_anew(desk):
    shelve(desk, 60)
    first = desk.one().id
    desk.later(61, rpm=6500)
    alarm = desk.one()
    assert alarm.state is AlarmState.ACTIVE_UNACKNOWLEDGED
    assert alarm.id != first
    assert desk.audit() == ["alarm.raise", "alarm.shelve", "alarm.unshelve", "alarm.raise"]
    assert desk.store.alarms.shelves("") == ()


def test_a_person_takes_it_back_earlier(desk):
    shelve(desk)
    desk.alarms.unshelve(desk.one().id, TECHNICIAN).result(5)
    assert desk.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED
    assert desk.audit()[-2:] == ["alarm.unshelve", "alarm.raise"]
    with pytest.raises(AlarmRefused):
        desk.alarms.unshelve(desk.one().id, TECHNICIAN).result(5)


def test_a_limit_is_shelved_before_its_alarm_comes(make):
    desk = make()
    desk.alarms.shelve_limit("rpm_high", 60, "dyno day", MANAGER).result(5)
    assert desk.one().state is AlarmState.SHELVED
    desk.later(0.2, rpm=9000)
    assert desk.now.worst is None
    assert desk.kept() == ()
    desk.later(60, rpm=9000)
    assert desk.one().level is Level.TRIP
    with pytest.raises(NotKept):
        desk.alarms.shelve_limit("none_such", 60, "why", MANAGER).result(5)


def test_a_limit_is_not_shelved_for_a_vehicle_that_nobody_meant(make):
    desk = make()
    with desk.held():
        desk.alarms.use_vehicle("another")
        act = desk.alarms.shelve_limit("rpm_high", 60, "dyno day", MANAGER)
    with pytest.raises(AlarmRefused, match="Another vehicle"):
        act.result(5)
    assert desk.now.vehicle_id == "another"
    assert desk.now.standing == ()
    assert desk.store.alarms.shelves("another") == ()
    desk.alarms.shelve_limit("rpm_high", 60, "dyno day", MANAGER).result(5)
    assert desk.one().state is AlarmState.SHELVED


def test_what_came_and_went_on_the_shelf_asks_if_it_asked_before(desk):
    shelve(desk, 60)
    desk.later(1, rpm=3000)
    desk.later(60, rpm=3000)
    assert desk.one().state is AlarmState.RETURNED_UNACKNOWLEDGED


# Clocks


def test_setting_the_wall_clock_moves_nothing_while_the_desk_runs(desk):
    shelve(desk, HOUR)
    for jump in (timedelta(days=-30), timedelta(days=60)):
        desk.wall += jump
        desk.later(60, rpm=6500)
        assert desk.one().state is AlarmState.SHELVED
        left = desk.one().shelved_until - desk.wall  # told by the clock as it is now
        assert timedelta(minutes=57) < left < timedelta(hours=1)
    desk.later(HOUR, rpm=6500)
    assert desk.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED


def test_a_laptop_that_sleeps_sleeps_through_the_time_on_the_shelf(desk):
    shelve(desk, HOUR)
    desk.ns += round(2 * HOUR * S)
    desk.wall += timedelta(hours=2)
    desk.tick()
    assert desk.one().state is not AlarmState.SHELVED


def test_two_weeks_pass_and_it_is_back(desk):
    shelve(desk, 14 * DAY)
    for day in range(13):
        desk.later(DAY, rpm=6500)
        assert desk.one().state is AlarmState.SHELVED, day
    desk.later(DAY + 1, rpm=6500)
    assert desk.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED


def test_it_stays_on_the_shelf_over_a_restart_for_what_is_left(make, desk):
    shelve(desk, HOUR)
    again = restart(make, desk, wall=desk.wall + timedelta(minutes=40))
    again.later(0.2, rpm=6500)
    assert again.one().state is AlarmState.SHELVED
    assert again.one().shelved_by == "Mia Manager"
    again.later(21 * 60, rpm=6500)
    again.later(0.1, rpm=6500)
    assert again.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED


def test_after_a_restart_behind_its_time_it_is_back_and_that_is_recorded(make, desk):
    shelve(desk, HOUR)
    again = restart(make, desk, wall=desk.wall + timedelta(hours=2))
    again.later(0.2, rpm=6500)
    assert again.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED
    assert "alarm.unshelve" in again.audit()


def test_a_clock_that_was_set_back_brings_it_back_at_once(make, desk):
    shelve(desk, 14 * DAY)
    again = restart(make, desk, wall=desk.wall - timedelta(days=1))
    again.later(0.2, rpm=6500)
    assert again.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED
    assert again.audit().count("alarm.unshelve") == 1
    rows = again.store.audit._database.glance(
        "SELECT json_extract(body, '$.reason') FROM audit WHERE action = 'alarm.unshelve'"
    )
    assert rows == [("The clock was set back since it was shelved.",)]


def test_another_vehicle_and_back_after_the_clock_was_set_gives_no_more_time(make):
    desk = make()
    first, second = (desk.store.vehicles.by_name(name).id for name in ("First", "Second"))
    desk.watch(RPM, vehicle=first)
    desk.alarms.shelve_limit("rpm_high", HOUR, "dyno day", MANAGER).result(5)
    for minute, jump in ((20, -30), (40, 60)):
        desk.watch(RPM, vehicle=second)
        desk.later(20 * 60)
        desk.wall += timedelta(minutes=jump)
        desk.watch(RPM, vehicle=first)
        assert desk.one().state is AlarmState.SHELVED, minute
        assert len(desk.store.alarms.shelves(first)) == 1
    desk.watch(RPM, vehicle=second)
    desk.wall -= timedelta(minutes=50)
    desk.later(20 * 60 + 1)
    desk.watch(RPM, vehicle=first)
    assert desk.now.standing == ()
    assert desk.audit() == ["alarm.shelve", "alarm.unshelve"]


def test_limits_that_change_after_the_clock_was_set_take_nothing_off_the_shelf(desk):
    shelve(desk, HOUR)
    for jump in (timedelta(days=-30), timedelta(days=60)):
        desk.wall += jump
        desk.alarms.limits_changed()
        desk.settle()
        assert desk.one().state is AlarmState.SHELVED
        desk.audit()
        assert len(desk.store.alarms.shelves("")) == 1


def test_a_clock_that_is_earlier_than_what_was_kept_last_brings_it_back(make, desk):
    shelve(desk, 14 * DAY)
    shelved = desk.wall
    desk.watch(RPM, vehicle="another")
    desk.later(10 * DAY)
    desk.later(0.2, rpm=6500)
    desk.kept()
    again = restart(make, desk, wall=shelved + timedelta(days=1))
    again.later(0.2, rpm=6500)
    assert again.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED
    assert "alarm.unshelve" in again.audit()


def test_a_clock_that_is_earlier_than_the_audit_log_brings_it_back(make):
    desk = make(wall=datetime(2020, 1, 1, tzinfo=UTC))  # the log has the clock of the machine
    desk.later(0.2, rpm=6500)
    shelve(desk, 14 * DAY)
    again = restart(make, desk, wall=desk.wall + timedelta(days=1))
    again.later(0.2, rpm=6500)
    assert again.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED


def test_a_clock_that_was_set_forward_brings_it_back_early_and_never_late(make, desk):
    shelve(desk, HOUR)
    again = restart(make, desk, wall=desk.wall + timedelta(days=400))
    again.later(0.2, rpm=6500)
    assert again.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED


@pytest.mark.parametrize(
    "shelved",
    [datetime(2026, 3, 29, 1, 30), datetime(2026, 10, 25, 2, 30)],
    ids=["spring forward", "fall back"],
)
def test_daylight_saving_moves_nothing(shelved):
    at = shelved.replace(tzinfo=ZoneInfo("Europe/Berlin"))
    began = at.astimezone(UTC)
    shelf = Shelf("", "limit:rpm_high", began, began + timedelta(hours=2), "why", "", "")
    hour_later = (began + timedelta(hours=1)).astimezone(at.tzinfo)
    assert remaining(shelf, hour_later, began) == timedelta(hours=1)


@given(
    granted=st.floats(1, 14 * DAY),
    jumps=st.lists(st.floats(-20 * DAY, 20 * DAY), max_size=6),
)
def test_no_clock_keeps_it_longer_than_was_granted_at_any_start(granted, jumps):
    shelf = Shelf("", "k", NOON, NOON + timedelta(seconds=granted), "why", "", "")
    now = newest = NOON
    for jump in jumps:
        now += timedelta(seconds=jump)
        newest = max(newest, now)
        left = remaining(shelf, now, newest)
        assert timedelta(0) <= left <= timedelta(seconds=granted)
        if now < newest - timedelta(seconds=2):
            assert left == timedelta(0)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.sampled_from(["hour", "back", "forward", "restart"]), max_size=6))
def test_whatever_happens_to_the_clocks_an_alarm_that_is_out_is_back_in_the_end(make, steps):
    desk = make()
    desk.later(0.2, rpm=6500)
    if desk.now.worst is None:  # still on the shelf from the example before
        desk.later(15 * DAY, rpm=6500)
    desk.alarms.shelve(desk.now.worst.id, 5 * HOUR, "why", MANAGER).result(5)
    for step in steps:
        if step == "hour":
            desk.later(HOUR, rpm=6500)
        elif step == "restart":
            desk = restart(make, desk, wall=desk.wall)
            desk.later(0.2, rpm=6500)
        else:
            desk.wall += timedelta(hours=-3 if step == "back" else 3)
    desk.later(5 * HOUR + 1, rpm=6500)
    desk.later(0.2, rpm=6500)
    assert any(
        alarm.state is AlarmState.ACTIVE_UNACKNOWLEDGED and alarm.key == "limit:rpm_high"
        for alarm in desk.now.standing
    )
    desk.stop()


def test_one_that_was_shelved_unacknowledged_is_not_forgotten_when_the_desk_is_closed(desk):
    shelve(desk)
    desk.stop()
    (record,) = desk.store.alarms.find(AlarmQuery(never_acknowledged=True))
    assert record.never_acknowledged
    assert desk.store.alarms.acknowledge(record.id, TECHNICIAN).acknowledged is not None


# Vehicles


def test_a_shelf_belongs_to_its_vehicle(desk):
    first, second = (desk.store.vehicles.by_name(name) for name in ("First", "Second"))
    desk.watch(RPM, vehicle=first.id)
    desk.alarms.shelve_limit("rpm_high", HOUR, "why", MANAGER).result(5)
    desk.watch(RPM, vehicle=second.id)
    desk.later(0.2, rpm=6500)
    loud = [alarm for alarm in desk.now.announced if alarm.vehicle_name == "Second"]
    assert [alarm.state for alarm in loud] == [AlarmState.ACTIVE_UNACKNOWLEDGED]
    desk.watch(RPM, vehicle=first.id)
    desk.later(0.2, rpm=6500)
    mine = [alarm for alarm in desk.now.standing if alarm.vehicle_name == "First"]
    assert [alarm.state for alarm in mine] == [AlarmState.SHELVED]


def test_a_shelved_alarm_of_a_car_that_left_is_taken_back_with_its_shelf(desk):
    first = desk.store.vehicles.by_name("First")
    desk.watch(RPM, vehicle=first.id)
    desk.later(0.2, rpm=6500)
    alarm = next(one for one in desk.now.announced if one.vehicle_id == first.id)
    desk.alarms.shelve(alarm.id, HOUR, "why", MANAGER).result(5)
    desk.watch(RPM)
    desk.alarms.unshelve(alarm.id, MANAGER).result(5)
    back = next(one for one in desk.now.standing if one.id == alarm.id)
    assert back.state is AlarmState.RETURNED_UNACKNOWLEDGED
    assert desk.store.alarms.shelves(first.id) == ()
