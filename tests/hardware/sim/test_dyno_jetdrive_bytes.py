"""The simulated dyno's JETDRIVE, byte by byte, and read by the desk's own reader."""

import itertools
import struct

import numpy as np
import pytest

from cartech_desk.hardware.dyno.jetdrive_wire import (
    Key,
    read_channel_info,
    read_datagram,
    read_pong,
)
from cartech_desk.hardware.sim.dyno_jetdrive import (
    MOST_VALUES,
    PROVIDER,
    WEATHER_PROVIDER,
    JetdriveDyno,
    Provider,
)
from cartech_desk.hardware.sim.dyno_options import DynoOptions
from cartech_desk.hardware.sim.dyno_sensors import SENSORS, Sample, Sensor
from tests.hardware.sim.dyno_drive import BEGAN_NS, car, datagrams

PING = bytes.fromhex("04 0500 0000 02 ffff 01 40e20100".replace(" ", ""))
"""The published example: version 1, 123456 ms."""
REQUEST = struct.pack("<BHHBH", 6, 0, 0x0042, 0, 0xFFFF)


def dyno(**options: object) -> JetdriveDyno:
    return JetdriveDyno(car("dyno_short"), DynoOptions(**options))  # type: ignore[arg-type]


def keys(sent: list[bytes]) -> list[int]:
    return [one[0] for one in sent]


def values(sent: list[bytes]) -> list[tuple[int, int, int, float]]:
    """Return (host, id, milliseconds, value) of everything."""
    found = []
    for one in sent:
        read = read_datagram(one)
        assert read is not None
        if read.key == Key.CHANNEL_VALUES:
            found += [(read.host, *entry) for entry in struct.iter_unpack("<HIf", read.value)]
    return found


def test_values_are_laid_out_as_published():
    sensors = (Sensor("AFR", 11, 0, 0.0), Sensor("RPM", 8, 0, 0.0))
    provider = Provider("Somebody", 0x1234, sensors, 1000)
    provider.names()  # takes sequence 0
    samples = [Sample("AFR", BEGAN_NS, 88.5), Sample("RPM", BEGAN_NS, 5252.0)]
    assert [one.hex(" ") for one in provider.values(samples, 0)] == [
        "02 14 00 34 12 01 ff ff 01 00 e8 03 00 00 00 00 b1 42 02 00 e8 03 00 00 00 20 a4 45"
    ]


def test_names_come_first_and_hold_every_channel():
    first = datagrams(dyno(), 0.1)[0]
    read = read_datagram(first)
    assert read is not None
    assert read.key == Key.CHANNEL_INFO
    info = read_channel_info(read.value)
    assert info is not None
    assert info.provider == PROVIDER
    assert [(one.name, one.unit) for one in info.channels] == [
        (one.name, one.unit) for one in SENSORS
    ]


def test_names_come_again_every_30_seconds():
    sent = datagrams(dyno(rate=10), 61.0)
    assert keys(sent).count(Key.CHANNEL_INFO) == 3


def test_one_datagram_holds_what_was_measured_within_10_ms():
    sent = [one for one in datagrams(dyno(), 2.0) if one[0] == Key.CHANNEL_VALUES]
    assert len(sent) == pytest.approx(200, abs=2)
    fast = [sum(1 for _ in struct.iter_unpack("<HIf", one[8:])) for one in sent]
    assert min(fast) == 9  # all that come at every sample
    assert max(fast) == len(SENSORS)


def test_a_fast_dyno_fits_its_datagrams_into_a_frame_of_ethernet():
    sent = datagrams(dyno(rate=1000), 1.0)
    assert max(map(len, sent)) <= 8 + MOST_VALUES * 10
    assert len(values(sent)) > 8 * 1000


def test_the_sequence_counts_on_and_wraps():
    sequence = [one[5] for one in datagrams(dyno(), 4.0)]
    assert sequence == [number & 0xFF for number in range(len(sequence))]


def test_the_providers_clock_begins_anywhere_and_goes_with_the_samples():
    times = [ms for _, number, ms, _ in values(datagrams(dyno(), 3.0)) if number == 1]
    assert set(np.diff(times)) == {10}
    assert times[0] != 0


def test_a_ping_is_answered_with_its_own_time_and_the_providers():
    device = dyno()
    datagrams(device, 1.0)
    (answer,) = device.hear(PING, BEGAN_NS + 1_000_000_000)
    read = read_datagram(answer)
    assert read is not None
    pong = read_pong(read.value)
    assert pong is not None
    assert pong.host_ms == 123456
    last = [ms for _, number, ms, _ in values(datagrams(device, 1.01, 1.0)) if number == 1][-1]
    assert abs(pong.remote_ms - last) <= 20


def test_a_ping_of_a_breaking_version_is_not_answered():
    device = dyno()
    datagrams(device, 0.1)
    assert device.hear(PING[:8] + b"\x0a" + PING[9:], BEGAN_NS) == []


@pytest.mark.parametrize("junk", [b"", b"\x04", PING[:-1], PING + b"!", b"\x10" + PING[1:]])
def test_what_is_no_question_is_not_answered(junk):
    device = dyno()
    datagrams(device, 0.1)
    assert device.hear(junk, BEGAN_NS) == []


def test_a_request_for_names_is_answered_with_them():
    device = dyno(names="asked")
    assert Key.CHANNEL_INFO not in keys(datagrams(device, 1.0))
    assert keys(device.hear(REQUEST, BEGAN_NS + 1_000_000_000)) == [Key.CHANNEL_INFO]


def test_late_names_are_not_told_before_their_time_even_when_asked():
    device = dyno(names_after=2.0)
    assert Key.CHANNEL_INFO not in keys(datagrams(device, 1.9))
    assert device.hear(REQUEST, BEGAN_NS + 1_900_000_000) == []
    assert Key.CHANNEL_INFO in keys(datagrams(device, 2.1, 1.9))


def test_a_second_provider_uses_ids_of_the_first():
    sent = datagrams(dyno(second=True), 3.0)
    infos = [read_datagram(one) for one in sent if one[0] == Key.CHANNEL_INFO]
    named = {}
    for read in infos:
        assert read is not None
        info = read_channel_info(read.value)
        assert info is not None
        named[info.provider] = {channel.id for channel in info.channels}
    assert set(named) == {PROVIDER, WEATHER_PROVIDER}
    assert named[WEATHER_PROVIDER] < named[PROVIDER]
    assert len({host for host, *_ in values(sent)}) == 2


def test_a_silent_dyno_says_nothing_at_all():
    device = dyno(silent_at=2.0, silent_s=1.0)
    datagrams(device, 2.1)
    assert datagrams(device, 2.9, 2.1) == []
    assert device.hear(PING, BEGAN_NS + 2_900_000_000) == []
    assert datagrams(device, 3.2, 2.9)


def test_software_that_begins_anew_is_another_host_after_a_while_and_says_no_farewell():
    device = dyno(restart_at=1.0)
    (before,) = {host for host, *_ in values(datagrams(device, 1.5))}
    assert datagrams(device, 3.9, 1.5) == []
    sent = datagrams(device, 5.0, 3.9)
    assert {host for host, *_ in values(sent)} & {before} == set()
    assert Key.CLEAR_CHANNEL_INFO not in keys(sent)
    assert keys(sent)[0] == Key.CHANNEL_INFO


def test_channels_that_are_cleared_come_with_other_ids_and_the_same_values():
    sent = datagrams(dyno(clear_at=1.0), 2.0)
    (at,) = [place for place, key in enumerate(keys(sent)) if key == Key.CLEAR_CHANNEL_INFO]
    assert sent[at][1:3] == bytes(2)
    lists = []
    for one in (sent[0], sent[at + 1]):
        info = read_channel_info(read_datagram(one).value)
        lists.append({channel.name: channel.id for channel in info.channels})
    assert lists[0].keys() == lists[1].keys()
    assert all(lists[0][name] != lists[1][name] for name in ("Speed", "Engine RPM", "Force"))
    assert [one[5] for one in sent] == [number & 0xFF for number in range(len(sent))]


def test_the_clock_jumps_once_and_by_as_much_as_it_was_told():
    sent = values(datagrams(dyno(jump_at=1.0, jump_s=5.0), 2.0))
    steps = np.diff([ms for _, number, ms, _ in sent if number == 1])
    assert sorted(set(steps)) == [10, 5010]
    assert np.count_nonzero(steps == 5010) == 1


def test_lost_datagrams_leave_holes_in_the_sequence():
    sequence = [one[5] for one in datagrams(dyno(loss=0.2), 4.0)]
    assert len(sequence) == pytest.approx(320, abs=40)
    assert set(np.diff(sequence) % 256) > {1}


def test_doubled_datagrams_come_twice():
    sent = datagrams(dyno(double=0.2), 4.0)
    twice = sum(one == following for one, following in itertools.pairwise(sent))
    assert twice == pytest.approx(80, abs=30)


def test_the_same_seed_sends_the_same_bytes():
    assert datagrams(dyno(loss=0.1), 2.0) == datagrams(dyno(loss=0.1), 2.0)
    assert datagrams(dyno(seed=5), 2.0) != datagrams(dyno(), 2.0)
