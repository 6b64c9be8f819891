"""What alarms tell of their limits: worst values, limits that go, units that differ."""

from dataclasses import replace

import pytest

from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.sources import build_catalogue
from tests.bay.alarm_desk import BOOST, OVER_REV, RPM, TECHNICIAN, AlarmDesk


@pytest.fixture
def make(store):
    made = []

    def make(*limits, **named):
        made.append(AlarmDesk(store, *limits, **named))
        return made[-1]

    yield make
    for desk in made:
        desk.stop()


def test_the_worst_value_of_an_expression_is_followed(make):
    fuel = Channel("fuel_pressure", "Fuel pressure", "kPa", 0, 800)
    low = Limit(
        "fuel_low",
        "fuel_pressure - boost",
        Comparison.BELOW,
        warning=260,
        trip=230,
        gate="rpm > 2000",
        unit="kPa",
    )
    desk = make(low)
    desk.watch(fuel, BOOST, RPM)
    for pressure in (300.0, 255.0, 10.0, 40.0):
        desk.later(1, fuel_pressure=pressure, boost=0.0, rpm=3000.0)
    desk.later(1, fuel_pressure=300.0, boost=0.0, rpm=3000.0)
    assert desk.one().worst_value == 10.0
    assert desk.kept()[-1].worst_value == 10.0


def test_what_was_measured_while_the_limit_did_not_count_is_not_the_worst_value(make):
    hot = Limit("egt_high", "egt", Comparison.ABOVE, trip=900, off_delay_s=5, gate="rpm > 2000")
    desk = make(hot)
    desk.watch(Channel("egt", "Exhaust", "degC", 0, 1200), RPM)
    desk.later(1, egt=910.0, rpm=3000.0)
    desk.later(1, egt=990.0, rpm=1000.0)
    desk.later(1, egt=920.0, rpm=3000.0)
    assert desk.one().worst_value == 920.0


def test_a_trip_stays_until_it_is_acknowledged_though_its_limit_was_removed(make):
    desk = make(OVER_REV)
    desk.watch(RPM)
    desk.later(1, rpm=7500.0)
    desk.limits.by_vehicle[""] = ()
    desk.alarms.limits_changed()
    desk.settle()
    one = desk.one()
    assert (one.state, one.worst) == (AlarmState.RETURNED_UNACKNOWLEDGED, Level.TRIP)
    assert desk.audit()[-1] == "alarm.return"
    desk.alarms.acknowledge(one.id, TECHNICIAN).result(5)
    assert desk.now.standing == ()
    assert desk.kept()[-1].acknowledged_by == TECHNICIAN.name


def test_a_trip_stays_until_it_is_acknowledged_though_its_limit_went_out_of_service(make):
    desk = make(OVER_REV)
    desk.watch(RPM)
    desk.later(1, rpm=7500.0)
    desk.limits.by_vehicle[""] = (replace(OVER_REV, in_service=False),)
    desk.alarms.limits_changed()
    desk.settle()
    trip, aside = desk.now.standing
    assert (trip.state, trip.worst) == (AlarmState.RETURNED_UNACKNOWLEDGED, Level.TRIP)
    assert aside.state is AlarmState.OUT_OF_SERVICE
    assert desk.audit()[-2:] == ["alarm.return", "alarm.out_of_service"]
    desk.alarms.acknowledge(trip.id, TECHNICIAN).result(5)
    assert [one.state for one in desk.now.standing] == [AlarmState.OUT_OF_SERVICE]
    assert len(desk.kept()) == 1


def test_a_latched_trip_is_cleared_though_its_limit_was_removed(make):
    desk = make(replace(OVER_REV, latch=True))
    desk.watch(RPM)
    desk.later(1, rpm=7500.0)
    desk.alarms.acknowledge(desk.one().id, TECHNICIAN).result(5)
    desk.limits.by_vehicle[""] = ()
    desk.alarms.limits_changed()
    desk.settle()
    assert desk.one().state is AlarmState.LATCHED
    desk.alarms.clear(desk.one().id, TECHNICIAN).result(5)
    assert desk.now.standing == ()


OIL = Limit(
    "oil_low", "oil_pressure", Comparison.BELOW, warning=150, trip=110, deadband=20, unit="kPa"
)
OIL_PSI = Channel("oil_pressure", "Oil pressure", "psi", 0, 120)
FUEL_PSI = Channel("fuel_pressure", "Fuel pressure", "psi", 0, 120)
FUEL = Limit("fuel_low", "fuel_pressure - boost", Comparison.BELOW, trip=230, unit="kPa")


def test_a_channel_in_another_unit_is_judged_in_that_unit(make):
    desk = make(OIL)
    desk.watch(OIL_PSI)
    desk.later(1, oil_pressure=60.0)  # 414 kPa
    assert desk.now.standing == ()
    assert desk.now.armed == 1
    desk.later(1, oil_pressure=15.0)  # 103 kPa
    one = desk.one()
    assert (one.worst, one.unit, one.value) == (Level.TRIP, "psi", 15.0)
    assert one.edge == pytest.approx(110 / 6.894757)


def test_a_channel_in_a_unit_of_another_kind_is_not_watched_and_says_so(make):
    desk = make(OIL)
    desk.watch(Channel("oil_pressure", "Oil pressure", "V", 0, 5))
    desk.later(1, oil_pressure=1.0)
    assert desk.now.standing == ()
    assert desk.now.armed == 0
    (unwatched,) = desk.now.unwatched
    assert unwatched.why == "Oil pressure comes in V here, and this limit is in kPa: set it anew."


def test_an_expression_over_a_channel_in_another_unit_is_not_watched_and_says_so(make):
    desk = make(FUEL)
    desk.watch(FUEL_PSI, BOOST)
    desk.later(1, fuel_pressure=45.0, boost=0.0)
    assert desk.now.standing == ()
    assert "comes in psi here, and this limit takes it in kPa" in desk.now.unwatched[0].why


def test_a_limit_beyond_what_the_car_can_tell_is_said_not_to_be_watched(make):
    cars = build_catalogue({0x7E8: frozenset({0x0B, 0x0C, 0x33})}).channels()
    boost = next(channel for channel in cars if channel.name == "boost")
    limit = Limit("boost_high", "boost", Comparison.ABOVE, warning=130, trip=170)
    desk = make(limit)
    desk.watch(boost)
    desk.later(1, boost=140.0)
    assert desk.now.armed == 0
    assert desk.now.unwatched[0].why == (
        "It cannot trip at 170 kPa: this car tells at most 155 kPa of Boost."
    )
    assert desk.one().worst is Level.WARNING  # what it can do it does all the same


def test_an_alarm_names_the_edge_that_it_was_raised_at_though_the_limit_was_edited_since(make):
    desk = make(OVER_REV)
    desk.watch(RPM)
    desk.later(1, rpm=7500.0)
    before = desk.one()
    desk.limits.by_vehicle[""] = (replace(OVER_REV, warning=9000.0, trip=9500.0),)
    desk.alarms.limits_changed()
    desk.settle()
    assert before.edge == OVER_REV.trip
    assert desk.one().edge == OVER_REV.trip
    assert desk.kept()[-1].edge == OVER_REV.trip
