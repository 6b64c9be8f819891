"""What alarms tell of their limits: worst values, limits that go, units that differ."""

import pytest

from cartech_desk.domain.alarms.limit import Comparison, Limit
from cartech_desk.domain.channels import Channel
from tests.bay.alarm_desk import BOOST, RPM, AlarmDesk


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
