"""The limits that the desk brings along, and limits in writing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.alarms.limit import (
    Action,
    Comparison,
    Level,
    Limit,
    LimitRefused,
    Priority,
    check_limit,
    check_together,
)
from cartech_desk.domain.alarms.profiles import ANY, UnknownProfile, find_profile, profiles
from cartech_desk.domain.alarms.watch import LimitWatch
from cartech_desk.domain.alarms.written import as_plain, canonical_body, from_plain, read_body
from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.channels import Channel, Reading
from cartech_desk.domain.obd.pids import mode01_pids
from cartech_desk.domain.sources import build_catalogue
from cartech_desk.domain.units import known_unit

OWN = {"oil_pressure", "fuel_pressure", "egt", "knock"}
"""Channels that a shop makes for its own sensors: few cars tell them."""
EVERY = [(name, limit) for name, profile in profiles().items() for limit in profile.limits]


def test_there_is_a_profile_for_each_kind_of_engine():
    assert list(profiles()) == [ANY, "naturally_aspirated", "turbo_petrol", "diesel", "flex_fuel"]
    for profile in profiles().values():
        assert profile.label
        assert profile.words.endswith(".")


@pytest.mark.parametrize(("name", "limit"), EVERY, ids=[f"{n}-{one.key}" for n, one in EVERY])
def test_each_makes_sense_and_says_what_to_do(name, limit):
    channels = {
        row.name: Channel(row.name, row.label, row.unit, row.minimum, row.maximum)
        for row in canonical().values()
    }
    check_limit(limit, channels)
    assert limit.label
    assert limit.to_do.endswith(".")
    assert limit.in_service
    if limit.unit:
        known_unit(limit.unit)


@pytest.mark.parametrize("name", profiles())
def test_those_of_a_vehicle_do_not_contradict_each_other(name):
    own = profiles()[name].limits
    check_together([*profiles()[ANY].limits, *(own if name != ANY else ())])


def test_each_channel_is_one_that_cars_tell_or_that_a_shop_makes():
    told = {
        channel.name for channel in build_catalogue({0x7E8: frozenset(mode01_pids())}).channels()
    }
    for _, limit in EVERY:
        assert set(limit.channels) <= told | OWN, limit.key
        if set(limit.inputs) & OWN:
            assert limit.unit, f"nobody knows in what {limit.key} is measured"


@pytest.mark.parametrize("name", ["turbo_petrol", "flex_fuel", "naturally_aspirated"])
def test_lean_counts_above_95_kpa_and_2000_rpm_warns_at_once_and_trips_after_half_a_second(name):
    lean = [limit for limit in profiles()[name].limits if limit.key.startswith("lean")]
    assert lean
    for limit in lean:
        assert (limit.warning_delay_s, limit.trip_delay_s) == (0.0, 0.5)
        gate = limit.gate_expression
        assert not gate(map=94.0, rpm=3000.0)
        assert not gate(map=200.0, rpm=1900.0)
    for load in (96.0, 150.0, 151.0, 250.0):
        assert any(limit.gate_expression(map=load, rpm=2100.0) for limit in lean)


def of(profile, key):
    return next(limit for limit in profiles()[profile].limits if limit.key == key)


def gone_off(limits, seconds, values):
    """Feed `values(t)` ten times a second; return after how long which limit tripped."""
    watch, tripped = LimitWatch(limits), {}
    for at in range(round(seconds * 10)):
        t_ns = at * 100_000_000
        rows = values(at / 10)
        for change in watch.take([Reading(name, t_ns, value) for name, value in rows.items()]):
            if change.level is Level.TRIP:
                tripped.setdefault(change.key.removeprefix("limit:"), at / 10)
    return tripped


@pytest.mark.parametrize("name", ["turbo_petrol", "flex_fuel"])
@pytest.mark.parametrize("period_s", [0.2, 0.4, 1.0])
def test_lean_trips_in_half_a_second_while_load_goes_to_and_fro_over_the_border(name, period_s):
    lean = [of(name, "lean"), of(name, "lean_boost")]
    tripped = gone_off(
        lean,
        3,
        lambda t: (
            {"rpm": 3000.0, "map": 149.0 if t % period_s < period_s / 2 else 151.0}
            | {"lambda": 1.2}
        ),
    )
    assert tripped["lean"] == 0.5


@pytest.mark.parametrize("period_s", [0.2, 0.6, 2.0])
def test_lost_oil_pressure_trips_while_engine_speed_goes_to_and_fro_over_the_border(period_s):
    oil = [of(ANY, "oil_pressure_low"), of(ANY, "oil_pressure_idle")]
    tripped = gone_off(
        oil,
        5,
        lambda t: {"rpm": 1990.0 if t % period_s < period_s / 2 else 2010.0, "oil_pressure": 20.0},
    )
    assert tripped["oil_pressure_idle"] == 2.0


@pytest.mark.parametrize("name", ["naturally_aspirated", "turbo_petrol", "flex_fuel"])
def test_fuel_pressure_is_judged_over_the_manifolds(name):
    fuel = of(name, "fuel_pressure_low")
    followed = {"fuel_pressure": 300.0 - 66.0, "boost": -66.0, "rpm": 2500.0}
    assert not gone_off([fuel], 3, lambda _: followed)
    assert gone_off([fuel], 3, lambda _: {**followed, "fuel_pressure": 150.0})


def test_engine_speed_and_boost_come_at_once_and_go_late():
    for _, limit in EVERY:
        if limit.key in ("rpm_high", "boost_high"):
            assert (limit.warning_delay_s, limit.trip_delay_s) == (0.0, 0.0)
            assert limit.off_delay_s > 0
        if limit.key in ("coolant_high", "oil_temp_high"):
            assert limit.warning_delay_s > 0


def test_an_unknown_profile_is_refused():
    with pytest.raises(UnknownProfile):
        find_profile("steam")


LIMITS = st.builds(
    Limit,
    st.from_regex(r"[a-z0-9_]{1,20}", fullmatch=True),
    st.text(max_size=20),
    st.sampled_from(Comparison),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    deadband=st.floats(0, 1e9),
    latch=st.booleans(),
    priority=st.sampled_from(Priority),
    action=st.sampled_from(Action),
    label=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    in_service=st.booleans(),
)


@given(LIMITS)
def test_a_limit_in_writing_reads_back_the_same(limit):
    assert from_plain(as_plain(limit)) == limit
    if limit.watches.encode("utf-8", "ignore").decode() == limit.watches:
        body = canonical_body(limit)
        assert read_body(body) == limit
        assert canonical_body(read_body(body)) == body


GOOD = as_plain(Limit("rpm_high", "rpm", Comparison.ABOVE, 6500.0))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("warning", "6500", "the text “6500”"),
        ("warning", True, "is true"),
        ("trip", float("nan"), "no finite number"),
        ("trip", 10**400, "no finite number"),
        ("deadband", None, "is empty"),
        ("latch", 1, "is 1"),
        ("latch", "yes", "the text “yes”"),
        ("priority", "urgent", "cannot be the text “urgent”"),
        ("priority", 4, "cannot be 4"),
        ("comparison", "over", "cannot be the text “over”"),
        ("label", 5, "has to be text"),
        ("gate", ["rpm > 1"], "is a list"),
        ("colour", "red", "no field “colour”"),
    ],
)
def test_a_field_of_another_kind_is_refused_by_name(field, value, words):
    with pytest.raises(LimitRefused, match="rpm_high") as refused:
        from_plain({**GOOD, field: value})
    assert words in refused.value.happened


@pytest.mark.parametrize("field", ["key", "watches", "comparison"])
def test_what_a_limit_cannot_do_without_is_missed(field):
    with pytest.raises(LimitRefused, match="is missing"):
        from_plain({name: value for name, value in GOOD.items() if name != field})


@pytest.mark.parametrize("body", ["", "{", "[]", "7", "null", '{"key": 1}', None, "[" * 100_000])
def test_a_damaged_body_is_refused(body):
    with pytest.raises(LimitRefused):
        read_body(body)


def test_a_body_is_canonical():
    body = canonical_body(Limit("k", "rpm", Comparison.ABOVE, 0.1))
    assert list(json.loads(body)) == sorted(json.loads(body))
    assert ": " not in body
    assert '"warning":0.1' in body
