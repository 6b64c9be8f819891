"""`sim:NAME` as a source of the bench: the desk's own JETDRIVE source and the server behind it."""

import itertools
import time

import pytest

from cartech_desk.domain.channels import Quality
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno.sources import BadSourceUrl, make_source
from cartech_desk.hardware.sim.dyno_source import sim_source
from cartech_desk.hardware.sim.link import park, parked, tow_away
from cartech_desk.hardware.sim.options import parse_options

NAME = "dyno-source-test"


@pytest.fixture
def towed():
    yield
    tow_away(NAME)


@pytest.fixture
def opened(towed):
    """Open sources of `sim:`; all are closed in the end."""
    sources = []

    def open_one(options: str = "", alias: str = "dyno"):
        source = make_source(f"sim:{NAME}{options}", alias)
        sources.append(source)
        source.open()
        return source

    yield open_one
    for source in sources:
        source.close()


def read_until(source, done, seconds=8.0):
    """Read until `done(readings)`; returns them all."""
    readings = []
    deadline = time.monotonic() + seconds
    while not done(readings) and time.monotonic() < deadline:
        readings += source.read(0.2)
    return readings


def names(readings):
    return {one.channel for one in readings}


def test_readings_come_with_the_alias_in_front(opened):
    readings = read_until(opened(alias="rollers"), lambda seen: "rollers_speed" in names(seen))
    assert "rollers_speed" in names(readings)
    assert all(name.startswith("rollers_") for name in names(readings))


def test_uncorrected_power_plays_power_and_the_devices_own_does_not(opened):
    source = opened()
    read_until(source, lambda _: len(source.channels) > 10)
    roles = {one.role: one.channel.name for one in source.channels if one.role}
    assert roles[Role.POWER] == "dyno_power_uncorrected"
    assert roles[Role.CORRECTED_POWER] == "dyno_power"
    assert {
        *(Role.SPEED, Role.RPM, Role.FORCE, Role.ACCELERATION, Role.AFR, Role.BOOST),
        *(Role.TEMPERATURE, Role.PRESSURE, Role.HUMIDITY, Role.DEVICE_FACTOR),
    } <= set(roles)


def test_what_it_tells_is_what_its_car_does(opened):
    source = opened("?noise=0&slips=0")
    car = parked(NAME).car
    readings = read_until(
        source, lambda seen: sum(one.channel == "dyno_speed" for one in seen) > 99
    )
    speeds = [one.value for one in readings if one.channel == "dyno_speed"]
    assert speeds[0] == pytest.approx(34.0, abs=1.0)
    assert car.vehicle.state.speed_kmh == pytest.approx(speeds[-1], abs=2.0)


def test_it_says_that_it_is_simulated(opened):
    source = opened()
    read_until(source, bool)
    assert source.identity.model == "simulated dyno"
    assert source.identity.make == "CarTech Desk"


def test_the_car_that_stands_there_is_measured(opened):
    plug = park(NAME, parse_options({"script": "dyno_short", "seed": "4"}))
    opened("?noise=0")
    assert parked(NAME) is plug


def test_a_car_is_parked_that_the_adapter_finds_again(opened):
    opened()
    assert parked(NAME) is park(NAME, parse_options({"script": "dyno"}))


def test_it_can_be_opened_again_after_its_end(opened):
    source = opened()
    read_until(source, bool)
    source.close()
    source.close()
    source.open()
    assert read_until(source, lambda seen: "dyno_speed" in names(seen))


def test_two_providers_with_the_same_ids_are_kept_apart(opened):
    source = opened("?second=on")
    readings = read_until(source, lambda seen: {"dyno_speed", "dyno_temperature_1"} <= names(seen))
    latest = {one.channel: one.value for one in readings if one.quality is Quality.GOOD}
    assert latest["dyno_temperature_1"] == pytest.approx(19.0, abs=1.0)
    assert latest["dyno_speed"] > 25.0


def test_names_that_come_only_when_asked_are_asked_for(opened):
    source = opened("?names=asked")
    assert "dyno_speed" in names(read_until(source, lambda seen: "dyno_speed" in names(seen)))


def test_a_car_on_the_road_is_refused(towed):
    park(NAME, parse_options({"script": "demo"}))
    with pytest.raises(BadSourceUrl, match="on the road"):
        sim_source(f"sim:{NAME}", "dyno")


@pytest.mark.parametrize("options", ["?colour=red", "?rate=x", "?script=nowhere"])
def test_an_option_that_cannot_be_is_refused(towed, options):
    with pytest.raises(BadSourceUrl) as refused:
        sim_source(f"sim:{NAME}{options}", "dyno")
    assert refused.value.to_do


def test_a_clock_that_jumps_is_noticed_and_gives_no_wrong_time(opened):
    source = opened("?jump_at=1.0&noise=0&slips=0")
    readings = read_until(
        source, lambda seen: sum(one.channel == "dyno_speed" for one in seen) > 250
    )
    assert source.health.clock_jumps == 1
    times = [one.t_ns for one in readings if one.channel == "dyno_speed"]
    steps_s = [(later - earlier) / 1e9 for earlier, later in itertools.pairwise(times)]
    assert min(steps_s) > -0.05
    assert max(steps_s) < 1.0  # five seconds is what the clock says has passed


def test_lost_datagrams_are_counted_and_doubled_ones_tell_nothing_twice(opened):
    source = opened("?loss=0.2&double=0.2&noise=0&slips=0")
    readings = read_until(
        source, lambda seen: sum(one.channel == "dyno_speed" for one in seen) > 150
    )
    assert source.health.lost > 10
    times = [one.t_ns for one in readings if one.channel == "dyno_speed"]
    assert len(set(times)) == len(times)


def power_of(seen):
    return [one for one in seen if one.channel == "dyno_power_uncorrected"]


def test_a_dyno_that_gives_its_channels_other_ids_goes_on_under_their_names(opened):
    source = opened("?clear_at=1.5&noise=0&slips=0")
    read_until(source, power_of)
    before = {one.channel for one in source.channels}
    seen = read_until(source, lambda seen: len(power_of(seen)) > 250)
    assert {one.channel for one in source.channels} == before
    assert len(power_of(seen)) > 250
    assert {one.quality for one in seen} == {Quality.GOOD}
    times = [one.t_ns for one in power_of(seen)]
    assert max(later - one for one, later in itertools.pairwise(times)) < 50_000_000
    speeds = [one.value for one in seen if one.channel == "dyno_speed"]
    assert max(abs(later - one) for one, later in itertools.pairwise(speeds)) < 3.0


def test_a_dyno_whose_software_begins_anew_plays_its_part_again_under_its_names(opened):
    source = opened("?restart_at=1.0")
    read_until(source, power_of)
    before = source.identity.detail
    roles = {one.role: one.channel.name for one in source.channels if one.role}
    read_until(source, lambda _: source.identity.detail != before, 8.0)
    read_until(source, power_of, 8.0)
    assert source.identity.detail != before
    assert {one.role: one.channel.name for one in source.channels if one.role} == roles
