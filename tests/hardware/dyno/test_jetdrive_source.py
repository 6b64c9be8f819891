"""JETDRIVE over loopback: what is heard, and what is said."""

import contextlib
import math
import socket
import time

import pytest

from cartech_desk.domain.channels import Quality
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno import jetdrive_wire as wire
from cartech_desk.hardware.dyno.jetdrive import JetdriveSource
from cartech_desk.hardware.dyno.sources import make_source
from cartech_desk.hardware.errors import LinkLost, PortBusy, PortNotFound

SPEED = wire.NamedChannel(1, 0, "(DWRT CPU) Speed", 2)
RPM = wire.NamedChannel(2, 0, "(DWRT CPU) Engine RPM", 8)


class FarEnd:
    """A provider on this computer."""

    def __init__(self, place, host=0x1234, name="WinPEP"):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(3)
        self.place = place
        self.host = host
        self.name = name
        self.sequence = 0
        self.began = time.monotonic()

    def ms(self):
        return round((time.monotonic() - self.began) * 1000)

    def send(self, key, value=b"", destination=wire.EVERYBODY):
        data = wire.datagram(key, self.host, self.sequence, value, destination)
        self.socket.sendto(data, self.place)
        self.sequence += 1

    def name_channels(self, *channels):
        self.send(wire.Key.CHANNEL_INFO, wire.channel_info(self.name, channels))

    def tell(self, *values):
        told = [(number, self.ms(), value) for number, value in values]
        self.send(wire.Key.CHANNEL_VALUES, wire.channel_values(told))

    def heard(self, key):
        while True:
            datagram = wire.read_datagram(self.socket.recv(2000))
            # Nothing else is ever sent.
            assert datagram.key in {wire.Key.PING, wire.Key.REQUEST_CHANNEL_INFO}
            if datagram.key == key:
                return datagram


@pytest.fixture
def network():
    """A source at a free port of loopback, and a maker of providers that speak to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        place = probe.getsockname()
    source = make_source(f"jetdrive://127.0.0.1:{place[1]}", "dyno")
    source.open()
    ends = []

    def provider(**options):
        ends.append(FarEnd(place, **options))
        return ends[-1]

    yield source, provider
    source.close()
    for end in ends:
        end.socket.close()


def read_until(source, wanted, seconds=3.0):
    """Read until `wanted(all readings)`."""
    found = []
    deadline = time.monotonic() + seconds
    while not wanted(found):
        assert time.monotonic() < deadline, f"only {found}; {source.health}"
        found += source.read(0.05)
    return found


def values(readings, channel):
    return [r.value for r in readings if r.channel == channel]


def test_values_before_names_are_asked_for_and_delivered(network):
    source, provider = network
    far = provider()
    far.tell((1, 88.5), (2, 5252.0))
    assert source.read(0.2) == ()
    assert "no name yet" in source.health.words
    source.read(0.05)
    asked = far.heard(wire.Key.REQUEST_CHANNEL_INFO)
    assert asked.host not in {0, wire.EVERYBODY}
    far.name_channels(SPEED, RPM)
    found = read_until(source, lambda all_: len(all_) >= 2)
    assert values(found, "dyno_speed") == [88.5]
    assert values(found, "dyno_engine_rpm") == [5252.0]
    assert source.health.words == ""
    assert source.identity.tier is Tier.DOCUMENTED
    assert "WinPEP" in source.identity.model
    assert {Role.SPEED, Role.RPM, Role.CLOCK} == set(source.capabilities)


def test_pings_that_are_answered_give_the_latency(network):
    source, provider = network
    far = provider()
    far.name_channels(SPEED)
    far.socket.settimeout(0.001)

    def answers(_):
        with contextlib.suppress(TimeoutError):
            asked = far.heard(wire.Key.PING)
            ping = wire.read_ping(asked.value)
            assert ping.version == 1
            answer = wire.pong(wire.Pong(1, ping.host_ms, far.ms()))
            far.send(wire.Key.PONG, answer, destination=asked.host)
        return not math.isnan(source.health.latency_s)

    read_until(source, answers, 10.0)
    assert 0 <= source.health.latency_s < 0.2


def test_two_providers_with_the_same_ids_are_kept_apart_and_told(network):
    source, provider = network
    one, other = provider(name="One"), provider(host=0x77, name="Other")
    for far, number in ((one, 10.0), (other, 99.0)):
        far.name_channels(SPEED)
        far.tell((1, number))
    found = read_until(source, lambda all_: len([r for r in all_ if "speed" in r.channel]) >= 2)
    assert values(found, "dyno_speed") == [10.0]
    assert values(found, "dyno_speed_2") == [99.0]
    roles = [entry.role for entry in source.channels if "speed" in entry.channel.name]
    assert roles == [Role.SPEED, None]
    words = source.health.words
    assert "“One”" in words
    assert "“Other”" in words
    assert "channel 1" in words
    assert "kept apart" in words


@pytest.mark.parametrize("key", [wire.Key.PING, wire.Key.PONG])
def test_a_breaking_version_stops_everything_and_is_said(network, key):
    source, provider = network
    far = provider()
    far.name_channels(SPEED)
    source.read(0.1)
    source.read(0.1)
    host = far.heard(wire.Key.PING).host
    far.send(key, bytes((10,)) + bytes(8), destination=host)
    read_until(source, lambda _: "version 10" in source.health.words)
    far.tell((1, 5.0))
    assert source.read(0.1) == ()
    far.socket.settimeout(0.05)
    with pytest.raises(TimeoutError):
        far.heard(0)


def test_channels_that_are_cleared_are_asked_for_anew(network):
    source, provider = network
    far = provider()
    far.name_channels(SPEED)
    far.tell((1, 5.0))
    before = read_until(source, lambda all_: values(all_, "dyno_speed"))
    assert before
    told = source.channels
    far.send(wire.Key.CLEAR_CHANNEL_INFO)
    read_until(source, lambda _: source.channels == ())
    far.name_channels(RPM._replace(id=1), SPEED._replace(id=7))
    far.tell((7, 6.0), (1, 900.0))
    found = read_until(source, lambda all_: values(all_, "dyno_engine_rpm"))
    assert values(found, "dyno_engine_rpm") == [900.0]
    assert source.channels is not told


def test_names_that_come_again_change_nothing(network):
    source, provider = network
    far = provider()
    far.name_channels(SPEED, RPM)
    read_until(source, lambda _: source.channels)
    before = source.channels
    far.name_channels(RPM, SPEED)
    far.tell((1, 5.0))
    read_until(source, lambda all_: values(all_, "dyno_speed"))
    assert source.channels is before


def test_dynojets_plain_power_is_corrected_and_never_the_one_for_the_sums(network):
    source, provider = network
    far = provider(name="DynoWare RT")
    names = ("Power", "Power (uncorrected)", "Correction Factor", "Power Drum 1 (uncorrected)")
    far.name_channels(
        *(
            wire.NamedChannel(number, 0, f"(DWRT CPU) {name}", 255 if "Factor" in name else 4)
            for number, name in enumerate(names)
        )
    )
    read_until(source, lambda _: source.channels)
    roles = {one.channel.label: one.role for one in source.channels}
    assert roles["Power"] is Role.CORRECTED_POWER
    assert roles["Power (uncorrected)"] is Role.POWER
    assert roles["Correction Factor"] is Role.DEVICE_FACTOR
    assert roles["Power Drum 1 (uncor"] is None
    assert source.health.words == ""


def test_power_without_any_sign_of_a_correction_is_taken_and_that_is_said(network):
    source, provider = network
    far = provider(name="Home-made")
    far.name_channels(wire.NamedChannel(1, 0, "Power", 4))
    read_until(source, lambda _: source.channels)
    assert source.channels[0].role is Role.POWER
    assert "taken as uncorrected" in source.health.words


def test_what_is_no_datagram_is_counted_and_nothing_else(network):
    source, provider = network
    far = provider()
    far.name_channels(SPEED)
    far.socket.sendto(b"\x02\xff\xff" + bytes(20), far.place)
    far.socket.sendto(b"", far.place)
    far.send(wire.Key.CHANNEL_VALUES, bytes(13))
    far.tell((1, 7.0))
    found = read_until(source, lambda all_: values(all_, "dyno_speed"))
    assert values(found, "dyno_speed") == [7.0]
    assert source.health.bad_bytes == 23 + 13 + 8


def test_rates_are_learned(network):
    source, provider = network
    far = provider()
    far.name_channels(SPEED)
    read_until(source, lambda _: source.channels)
    before = source.channels
    told_s = []

    def fast(_):
        far.tell((1, 5.0 + far.sequence))
        told_s.append(time.monotonic())
        time.sleep(0.005)
        return source.channels is not before

    read_until(source, fast, 8.0)
    told_hz = len(told_s) / (told_s[-1] - told_s[0])  # below 200, as busy as the computer is
    assert 0.6 * told_hz < source.channels[0].rate_hz < 1.6 * told_hz
    assert source.channels[0].rate_hz != before[0].rate_hz


def test_times_are_close_to_now_and_the_clock_is_told(network):
    source, provider = network
    far = provider()
    far.name_channels(SPEED)
    far.tell((1, 5.0))
    (reading, clock) = read_until(source, lambda all_: len(all_) >= 2)[:2]
    assert reading.quality is Quality.GOOD
    assert 0 <= monotonic_ns() - reading.t_ns < 1e9
    assert clock.channel == "dyno_clock"
    assert 0 <= clock.value < 10


def test_one_wire_has_one_owner(network):
    source, _ = network
    second = make_source(source.url, "dyno2")
    with pytest.raises(PortBusy):
        second.open()
    source.close()
    second.open()
    second.close()
    second.close()


def test_an_interrupted_read_ends_as_lost(network):
    source, _ = network
    source.interrupt()
    with pytest.raises(LinkLost):
        source.read(5.0)


def test_an_address_of_somebody_else_is_not_found():
    source = make_source("jetdrive://192.0.2.1:22344", "dyno")
    with pytest.raises(PortNotFound) as caught:
        source.open()
    assert "multicast" in caught.value.to_do


def test_no_group_is_joined_for_an_address_that_is_none():
    for address, joins in (("127.0.0.1", False), ("192.0.2.1", False), ("224.0.2.10", True)):
        source = make_source(f"jetdrive://{address}:22344", "dyno")
        assert isinstance(source, JetdriveSource)
        assert source._port.multicast is joins
