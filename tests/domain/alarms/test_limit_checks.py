"""Limits that make no sense, by themselves and beside others."""

from dataclasses import replace

import pytest

from cartech_desk.domain.alarms.limit import (
    Comparison,
    Limit,
    LimitRefused,
    check_limit,
    check_together,
)
from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.channels import Channel

ABOVE, BELOW = Comparison.ABOVE, Comparison.BELOW
RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)
HIGH = Limit("rpm_high", "rpm", ABOVE, 6500, 7000, deadband=50)


def refusal(limit, channels=None):
    with pytest.raises(LimitRefused) as refused:
        check_limit(limit, channels)
    assert refused.value.kept == "Nothing was changed."
    assert refused.value.to_do
    return refused.value.happened


def test_a_good_limit_passes():
    check_limit(HIGH, {"rpm": RPM})
    check_limit(replace(HIGH, watches="map - barometer", gate="rpm > 2000 and map > 95"))


@pytest.mark.parametrize("key", ["", "rpm high", "rpm-high", "höhe", "x" * 61, "a\n", "../x"])
def test_the_key_is_a_plain_name(key):
    assert "name of a limit" in refusal(replace(HIGH, key=key))


def test_a_limit_needs_an_edge():
    assert "neither" in refusal(replace(HIGH, warning=None, trip=None))
    check_limit(replace(HIGH, trip=None))
    check_limit(replace(HIGH, warning=None))


@pytest.mark.parametrize(
    "field",
    ["warning", "trip", "deadband", "warning_delay_s", "trip_delay_s", "off_delay_s", "rate_hz"],
)
@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_every_number_is_one(field, number):
    assert "not a number" in refusal(replace(HIGH, **{field: number}))


@pytest.mark.parametrize("field", ["deadband", "warning_delay_s", "trip_delay_s", "off_delay_s"])
def test_nothing_is_negative_that_cannot_be(field):
    refusal(replace(HIGH, **{field: -0.1}))


@pytest.mark.parametrize(
    "changes",
    [{"trip_delay_s": 3601}, {"rate_hz": 0}, {"rate_hz": 1001}],
)
def test_delays_and_rates_have_bounds(changes):
    refusal(replace(HIGH, **changes))


def test_it_warns_before_it_trips():
    assert "before it warns" in refusal(replace(HIGH, warning=7000, trip=6500))
    assert "before it warns" in refusal(replace(HIGH, comparison=BELOW))
    assert "before it warns" in refusal(replace(HIGH, trip=6500))
    check_limit(replace(HIGH, comparison=BELOW, warning=100, trip=50))


def test_the_deadband_fits_between_warning_and_trip():
    check_limit(replace(HIGH, deadband=500))
    assert "wider than" in refusal(replace(HIGH, deadband=501))


def test_a_deadband_wider_than_the_range_is_refused():
    wide = replace(HIGH, trip=None, deadband=8000)
    assert "could never go" in refusal(wide, {"rpm": RPM})
    assert "could never go" in refusal(replace(wide, deadband=6501), {"rpm": RPM})
    check_limit(replace(wide, deadband=6500), {"rpm": RPM})
    low = Limit("rpm_low", "rpm", BELOW, 500, deadband=7501)
    assert "could never go" in refusal(low, {"rpm": RPM})


@pytest.mark.parametrize("watches", ["", "  ", "1 + 2", "pi", "rpm >", "rpm; drop", "eval(rpm)"])
def test_what_is_watched_can_be_computed(watches):
    refusal(replace(HIGH, watches=watches))


def test_the_gate_can_be_computed():
    refusal(replace(HIGH, gate="rpm >"))
    check_limit(replace(HIGH, gate="  "))


@pytest.mark.parametrize("field", ["label", "to_do", "unit"])
def test_texts_can_be_shown(field):
    refusal(replace(HIGH, **{field: "x" * 301}))
    refusal(replace(HIGH, **{field: "a\x00b"}))


def test_limits_that_leave_no_right_value_contradict_each_other():
    low = Limit("rpm_low", "rpm", BELOW, 6460, deadband=0)
    with pytest.raises(LimitRefused, match="no value is right for both"):
        check_together([HIGH, low])
    check_together([HIGH, replace(low, warning=6440)])
    check_together([HIGH, replace(low, gate="map > 95")])
    check_together([HIGH, replace(low, in_service=False)])
    check_together([HIGH, replace(low, watches="speed")])


def test_one_name_stands_for_one_limit():
    with pytest.raises(LimitRefused, match="two limits"):
        check_together([HIGH, replace(HIGH, warning=6000)])


@pytest.mark.parametrize(("name", "trip"), [("rpm", 70_000.0), ("boost", 9999.0), ("temp", 1150.0)])
def test_an_edge_that_no_car_reaches_is_refused(name, trip):
    row = canonical()[name]
    channel = Channel(row.name, row.label, row.unit, row.minimum, row.maximum)
    with pytest.raises(LimitRefused, match="cannot be meant"):
        check_limit(Limit("high", name, Comparison.ABOVE, trip=trip), {name: channel})


def test_a_refused_edge_is_said_in_the_unit_as_people_write_it():
    temp = Channel("temp", "Coolant", "degC", -40, 130)
    with pytest.raises(LimitRefused, match=r"ranges from -40 to 130 °C\."):
        check_limit(Limit("hot", "temp", Comparison.ABOVE, trip=4000.0), {"temp": temp})
