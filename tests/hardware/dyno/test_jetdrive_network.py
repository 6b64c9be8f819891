"""A JETDRIVE network that misbehaves: restarts, strangers, floods; by datagrams and times."""

import math
import time

import pytest

from cartech_desk.domain.channels import Quality
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno import jetdrive as module
from cartech_desk.hardware.dyno import jetdrive_voice
from cartech_desk.hardware.dyno import jetdrive_wire as wire
from cartech_desk.hardware.dyno.jetdrive import JetdriveSource
from cartech_desk.hardware.dyno.sources import BadSourceUrl, make_source

MS = 1_000_000
SECOND = 1000 * MS
BEGAN = 9_000_000 * MS
DYNO = (
    ("(DWRT CPU) Speed", 2),
    ("(DWRT CPU) Engine RPM", 8),
    ("(DWRT CPU) Power (uncorrected)", 4),
)
HERE = ("127.0.0.1", 1)


class Rig:
    """A source whose network and clock are in the test's hands."""

    multicast = True

    def __init__(self, monkeypatch):
        self.now = BEGAN
        self.sent = []
        self.queue = []
        self.sequences = {}
        monkeypatch.setattr(module, "monotonic_ns", lambda: self.now)
        monkeypatch.setattr(jetdrive_voice, "monotonic_ns", lambda: self.now)
        self.source = JetdriveSource("jetdrive:test", "dyno", self)

    def send(self, data, to=None):
        datagram = wire.read_datagram(data)
        self.sent.append((datagram._replace(value=bytes(datagram.value)), to))

    def receive(self, into, timeout_s=0.0):
        if not self.queue:
            return None
        data, who = self.queue.pop(0)
        into[: len(data)] = data
        return len(data), who

    def hear(self, key, host, value=b"", who=HERE, destination=wire.EVERYBODY, sequence=None):
        if sequence is None:
            sequence = self.sequences.get((who, host), 0)
            self.sequences[who, host] = sequence + 1
        self.queue.append((wire.datagram(key, host, sequence, value, destination), who))
        out = []
        self.source._hear(out)
        return [one for one in out if one.channel != "dyno_clock"]

    def names(self, host, channels, provider="WinPEP", first=1, **how):
        named = [wire.NamedChannel(n, 0, name, u) for n, (name, u) in enumerate(channels, first)]
        return self.hear(1, host, wire.channel_info(provider, named), **how)

    def values(self, host, ms, *values, **how):
        entries = [(number, ms, value) for number, value in enumerate(values, 1)]
        return self.hear(2, host, wire.channel_values(entries), **how)

    def pass_time(self, seconds):
        for _ in range(round(seconds)):
            self.now += SECOND
            self.source._turn(self.now)

    @property
    def roles(self):
        return {one.role: one.channel.name for one in self.source.channels if one.role}

    @property
    def words(self):
        return self.source.health.words

    def said(self, key):
        return [datagram for datagram, _ in self.sent if datagram.key == key]


@pytest.fixture
def rig(monkeypatch):
    return Rig(monkeypatch)


PLAYED = {
    Role.SPEED: "dyno_speed",
    Role.RPM: "dyno_engine_rpm",
    Role.POWER: "dyno_power_uncorrected",
    Role.CLOCK: "dyno_clock",
}


def test_software_that_begins_anew_as_another_host_gets_the_names_of_before(rig):
    rig.names(0x1111, DYNO)
    rig.values(0x1111, 1000, 50.0, 3000.0, 90.0)
    before = {one.channel for one in rig.source.channels}
    rig.pass_time(6)
    rig.names(0x2222, DYNO)
    assert rig.roles == PLAYED
    assert {one.channel for one in rig.source.channels} == before
    assert [one.channel for one in rig.values(0x2222, 5, 51.0)] == ["dyno_speed"]
    assert rig.words == ""


def test_it_gets_them_later_where_it_was_back_sooner(rig):
    rig.names(0x1111, DYNO)
    rig.pass_time(1)
    rig.names(0x2222, DYNO)
    assert rig.roles[Role.SPEED] == "dyno_speed"  # still the first one's
    for place in range(6):
        rig.pass_time(1)
        rig.values(0x2222, 5 + 1000 * place, 51.0)
    rig.pass_time(1)
    assert rig.roles == PLAYED
    assert [one.channel for one in rig.values(0x2222, 9000, 51.0)] == ["dyno_speed"]


def test_it_gets_them_after_a_clear_too_however_long_it_was_away(rig):
    rig.names(0x1111, DYNO)
    rig.hear(3, 0x1111)
    rig.pass_time(30)
    assert rig.source.channels == ()
    rig.names(0x2222, DYNO)
    assert rig.roles == PLAYED


def test_two_that_are_alike_side_by_side_keep_their_own_names(rig):
    for place in range(8):
        for host in (1, 2):
            rig.names(host, DYNO)
            rig.values(host, 1000 + place, 50.0 + place)
        rig.pass_time(1)
    rig.pass_time(6)
    rig.now += MS
    assert [one.channel for one in rig.values(2, 90_000, 51.0)] == ["dyno_speed_2"]


def test_who_is_silent_plays_no_part_until_it_speaks_again(rig):
    rig.names(0x1111, DYNO)
    rig.names(0x3333, (("Engine RPM", 8),), "ECU bridge")
    for _ in range(6):
        rig.pass_time(1)
        rig.values(0x3333, 1000, 900.0)
    assert rig.roles == {Role.RPM: "dyno_engine_rpm_2", Role.CLOCK: "dyno_clock"}
    assert "plays no part" in rig.words
    rig.values(0x1111, 1000, 50.0)
    assert rig.roles == PLAYED


def test_an_intake_is_not_the_air_of_the_cell_and_the_weather_is_one_providers(rig):
    air = (
        ("(DWRT ATMO) Temperature 1", 6),
        ("(DWRT ATMO) Pressure", 7),
        ("(DWRT ATMO) Humidity", 16),
    )
    rig.names(0x3333, (("Intake Air Temp", 6), ("Air Temp", 6), ("Barometric Pressure", 7)), "ECU")
    assert rig.roles[Role.TEMPERATURE] == "dyno_air_temp"
    rig.names(0x1111, DYNO + air)
    assert rig.roles[Role.TEMPERATURE] == "dyno_temperature_1"
    assert rig.roles[Role.PRESSURE] == "dyno_pressure"
    assert rig.roles[Role.HUMIDITY] == "dyno_humidity"


def test_a_second_machine_under_one_host_id_is_kept_apart_and_said(rig):
    rig.names(0x1111, DYNO, who=("192.168.1.2", 22344))
    rig.names(0x1111, DYNO, who=("192.168.1.3", 22344))
    for place in range(20):
        ours = rig.values(0x1111, 1000 + place, 50.0, who=("192.168.1.2", 22344))
        other = rig.values(0x1111, 7000 + place, 12.8, who=("192.168.1.3", 22344))
        assert [(one.channel, one.value) for one in ours] == [("dyno_speed", 50.0)]
        assert {one.channel for one in other} == {"dyno_speed_2"}
        rig.now += MS
    assert rig.roles == PLAYED
    assert "192.168.1.2, 192.168.1.3" in rig.words
    assert rig.source.health.lost == 0


def test_another_unit_is_another_channel(rig):
    rig.names(1, (("Boost", 7),))
    assert rig.values(1, 1000, 100.0)[0].channel == "dyno_boost"
    rig.names(1, (("Boost", 16),))
    rig.now += 10 * MS
    assert rig.values(1, 1010, 50.0)[0].channel == "dyno_boost_2"
    rig.names(1, (("Boost", 7),))
    rig.now += 10 * MS
    assert rig.values(1, 1020, 101.0)[0].channel == "dyno_boost"


def test_thousands_of_names_are_cut_at_once_and_said(rig):
    began = time.process_time()
    for first in range(1, 5701, 1900):
        rig.names(1, [(f"c{first + n}", 255) for n in range(1900)], first=first)
    for turn in range(3000):
        rig.names(1, ((f"n{turn}", 255),))
    assert time.process_time() - began < 5.0  # 7 s for three of these datagrams it once was
    assert len(rig.source.channels) == 513
    assert "More than 512 channels" in rig.words
    names = rig.source._company.names
    assert len(names._taken) <= 2049
    assert sum(map(len, names._names.values())) <= 2049


def test_who_names_all_and_sends_nothing_makes_room_for_the_dyno(rig):
    rig.names(1, [(f"c{n}", 255) for n in range(600)], "hog")
    rig.values(2, 1000, 50.0)
    rig.names(2, DYNO)
    assert rig.roles == PLAYED


def test_a_stranger_of_another_version_is_refused_and_the_dyno_goes_on(rig):
    rig.names(0x1111, DYNO)
    rig.hear(4, 0x7777, bytes((10, 0, 0, 0, 0)), who=("10.0.0.66", 999))
    assert rig.values(0x1111, 1000, 50.0)
    assert "Host 7777 at 10.0.0.66 speaks JETDRIVE version 10" in rig.words


def test_the_dynos_own_other_version_stops_all(rig):
    rig.names(0x1111, DYNO)
    rig.hear(4, 0x1111, bytes((11, 0, 0, 0, 0)))
    assert rig.values(0x1111, 1000, 50.0) == []
    assert "version 11" in rig.words


def test_version_0_is_none(rig):
    rig.names(0x1111, DYNO)
    rig.hear(4, 0x1111, bytes(5))
    assert rig.source.health.bad_bytes == 13
    assert rig.said(wire.Key.PONG) == []


def test_many_hosts_do_not_shut_the_dyno_out_and_are_said_in_short(rig):
    for host in range(1, 65):
        rig.names(host, ((f"c{host}", 255),), "x")
        rig.now += MS
    rig.names(0x9999, DYNO)
    assert rig.values(0x9999, 1000, 50.0)
    for host in range(100, 300):
        rig.names(host, ((f"c{host}", 255),), "x")
        rig.now += MS
    assert rig.roles == PLAYED
    assert len(rig.source._network.everybody) == 64
    assert "and 60 more" in rig.words
    assert len(rig.words) < 400


def test_pings_of_others_are_answered_to_the_asker_with_what_came(rig):
    rig.hear(4, 0x2222, bytes((1, 7, 0, 0, 0)) + b"echo", who=("10.0.0.9", 5))
    rig.hear(4, wire.NOBODY, bytes((1, 8, 0, 0, 0)))
    (one, other) = rig.said(wire.Key.PONG)
    assert (one.destination, other.destination) == (0x2222, wire.NOBODY)
    answer = wire.read_pong(memoryview(one.value))
    assert (answer.version, answer.host_ms, answer.data) == (1, 7, b"echo")


def test_nobody_makes_this_desk_shout(rig):
    for _ in range(500):
        rig.hear(4, 0x2222, bytes((1, 7, 0, 0, 0)))
    assert len(rig.said(wire.Key.PONG)) == 20


def test_another_id_is_drawn_where_somebody_else_speaks_under_ours(rig):
    rig.source._turn(rig.now)
    ours = rig.source._voice.host
    datagram, _ = rig.sent[-1]
    rig.hear(datagram.key, ours, datagram.value, sequence=datagram.sequence)  # the group's echo
    assert rig.source._voice.host == ours
    rig.names(ours, DYNO, who=("10.0.0.9", 5))
    assert rig.source._voice.host != ours
    assert rig.roles == PLAYED


def test_names_are_asked_of_those_alone_whose_values_wait_and_ever_more_seldom(rig):
    rig.hear(4, 0x2222, bytes((1, 7, 0, 0, 0)))
    for place in range(60):
        rig.values(0x1111, 1000 * place, 1.0)
        rig.pass_time(1)
    asked = rig.said(wire.Key.REQUEST_CHANNEL_INFO)
    assert {one.destination for one in asked} == {0x1111}
    assert 4 <= len(asked) <= 7


def test_an_answer_that_comes_late_moves_no_reading(rig):
    rig.names(0x1111, (("Speed", 2),))
    rig.source._turn(rig.now)
    asked = wire.read_ping(memoryview(rig.said(wire.Key.PING)[-1].value))
    rig.now += SECOND
    for _ in range(3):
        answer = wire.pong(wire.Pong(1, asked.host_ms, 1000))
        rig.hear(5, 0x1111, answer, destination=rig.source._voice.host)
    assert math.isnan(rig.source.health.latency_s)
    assert rig.values(0x1111, 1000, 50.0)[0].t_ns == rig.now


def test_the_same_answer_again_agrees_with_nothing(rig):
    rig.names(0x1111, (("Speed", 2),))
    rig.source._turn(rig.now)
    asked = wire.read_ping(memoryview(rig.said(wire.Key.PING)[-1].value))
    for _ in range(5):
        rig.now += MS
        answer = wire.pong(wire.Pong(1, asked.host_ms, 1000))
        rig.hear(5, 0x1111, answer, destination=rig.source._voice.host)
    assert math.isnan(rig.source.health.latency_s)


def test_values_that_a_clear_overtook_get_no_name_of_the_new_list(rig):
    rig.names(7, (("Speed", 2), ("AFR", 11)), sequence=0)
    rig.values(7, 1000, 80.0, 12.9, sequence=1)
    rig.hear(3, 7, sequence=3)
    rig.now += 50 * MS
    rig.values(7, 1050, 12.8, 82.0, sequence=4)  # of the new list, before its names
    assert rig.values(7, 1010, 81.0, 12.9, sequence=2) == []
    got = rig.names(7, (("AFR", 11), ("Speed", 2)), sequence=5)
    assert {one.channel: one.value for one in got} == {
        "dyno_afr": pytest.approx(12.8),
        "dyno_speed": 82.0,
    }


def test_a_list_of_other_ids_after_a_clear_keeps_the_names(rig):
    rig.names(7, (("Speed", 2), ("AFR", 11)))
    before = {one.channel.name for one in rig.source.channels}
    rig.hear(3, 7)
    assert {one.channel.name for one in rig.source.channels} == before
    rig.names(7, (("AFR", 11), ("Speed", 2)))
    assert {one.channel.name for one in rig.source.channels} == before


def test_a_second_provider_that_names_itself_makes_no_rate_of_the_first(rig):
    rig.names(1, (("Speed", 2),))
    rig.source._turn(rig.now)
    for place in range(200):
        rig.values(1, place * 10, float(place))
        rig.now += 10 * MS
    rig.names(2, (("AFR", 11),))
    rig.source._turn(rig.now)
    assert max(one.rate_hz for one in rig.source.channels) <= 100.0


def test_old_values_are_not_delivered_once_they_are_named(rig):
    rig.values(7, 1000, 80.0)
    assert "no name yet" in rig.words
    rig.pass_time(31)
    rig.values(7, 32_000, 81.0)
    got = rig.names(7, (("Speed", 2),))
    assert [one.value for one in got] == [81.0]


def test_what_is_overtaken_on_the_way_is_kept_in_order(rig):
    rig.names(7, (("Speed", 2),), sequence=9)
    got = []
    for sequence in (10, 12, 13, 11, 14):
        got += rig.values(7, 10 * sequence, float(sequence), sequence=sequence)
        rig.now += 10 * MS
    assert [one.value for one in got] == [10.0, 11.0, 12.0, 13.0, 14.0]
    assert [one.t_ns for one in got] == sorted(one.t_ns for one in got)
    assert {one.quality for one in got} == {Quality.GOOD}
    assert rig.source.health.lost == 0


def test_one_read_is_bounded_by_time(rig, monkeypatch):
    rig.names(7, (("Speed", 2),))
    data = [wire.datagram(2, 7, 1 + n, b"") for n in range(500)]
    rig.queue = [(one, HERE) for one in data]
    clock = iter(range(BEGAN, BEGAN + 10 * SECOND, MS))
    monkeypatch.setattr(module, "monotonic_ns", lambda: next(clock))
    rig.source._hear([])
    assert 470 < len(rig.queue) < 485


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0:22344", "255.255.255.255:22344", "127.0.0.1:22_344", "127.0.0.1:", "[::1]:5"],
)
def test_addresses_at_which_no_dyno_can_be_are_refused(address):
    with pytest.raises(BadSourceUrl):
        make_source(f"jetdrive://{address}", "dyno")
