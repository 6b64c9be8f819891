"""Damage to JETDRIVE's datagrams.

A datagram has no checksum of its own: UDP's guards it (RFC 768, a sum over the whole datagram,
which every system makes and checks), so what reaches a program was lost, doubled or late, but not
altered. Both are held here: behind a UDP that checks, no reading differs at all; without it, damage
to what the format itself can tell (lengths, keys, hosts, sequence, destination, whole entries)
never makes a wrong value, and damage within one entry makes no other wrong.
"""

import random
import struct

import pytest

from cartech_desk.domain.channels import Quality
from cartech_desk.hardware.dyno import jetdrive as module
from cartech_desk.hardware.dyno import jetdrive_wire as wire
from cartech_desk.hardware.dyno.jetdrive import JetdriveSource

MS = 1_000_000
BEGAN = 9_000_000 * MS
CHANNELS = tuple(
    wire.NamedChannel(number, 0, name, unit)
    for number, (name, unit) in enumerate(
        (("Speed", 2), ("Engine RPM", 8), ("Force", 3), ("Power (uncorrected)", 4)), 1
    )
)
HOST = 0x1234


class QuietPort:
    """A port whose datagrams a test hands on itself."""

    multicast = True
    wire = "udp:test"

    def send(self, data, to=None):
        """Send to nobody."""


def heard(datagrams, monkeypatch):
    """Return the readings of datagrams, each with when it came."""
    source = JetdriveSource("jetdrive:test", "dyno", QuietPort())
    out = []
    for arrival_ns, data in datagrams:
        queue = [data]

        def receive(into, timeout_s, queue=queue):
            if not queue:
                return None
            one = queue.pop()
            into[: len(one)] = one
            return len(one), ("127.0.0.1", 1)

        source._port.receive = receive
        monkeypatch.setattr(module, "monotonic_ns", lambda arrival_ns=arrival_ns: arrival_ns)
        source._hear(out)
    return source, out


def pull(count):
    """Datagrams of a pull: names, then all channels every ten milliseconds."""
    datagrams = [wire.datagram(1, HOST, 0, wire.channel_info("WinPEP", CHANNELS))]
    for place in range(count):
        values = [
            (number, 50_000 + 10 * place, 10.0 * number + 0.5 * place) for number in range(1, 5)
        ]
        datagrams.append(wire.datagram(2, HOST, place + 1, wire.channel_values(values)))
    return [(BEGAN + place * 10 * MS, data) for place, data in enumerate(datagrams)]


def told(readings):
    return {
        (r.channel, r.value): r.t_ns
        for r in readings
        if r.quality is Quality.GOOD and not r.channel.endswith("_clock")
    }


def internet_sum(data):
    """The checksum of RFC 1071."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def altered(data, rng):
    hurt = bytearray(data)
    place = rng.randrange(len(hurt))
    kind = rng.randrange(5)
    if kind == 0:
        del hurt[place]
    elif kind == 1:
        hurt.insert(place, hurt[place])
    elif kind == 2:
        hurt[place] ^= 1 << rng.randrange(8)
    elif kind == 3:
        hurt[place] = rng.randrange(256)
    else:
        del hurt[place:]
    return bytes(hurt)


def behind_udp(count, seed, monkeypatch):
    """Damage bytes and datagrams; UDP drops what fails its checksum or length."""
    rng = random.Random(seed)  # noqa: S311 - repeatable damage
    clean = pull(30)
    true = told(heard(clean, monkeypatch)[1])
    damages = 0
    while damages < count:
        arriving = []
        for place, (arrival_ns, data) in enumerate(clean):
            # The first one comes in time: by it the clock is known.
            if 1 < place < 24 and rng.random() < 0.3:
                damages += 1
                kind = rng.randrange(4)
                if kind == 0:
                    continue
                if kind == 1:
                    arriving += [(arrival_ns, data), (arrival_ns + MS, data)]
                    continue
                if kind == 2:
                    arriving.append((arrival_ns + 25 * MS, data))
                    continue
                hurt = altered(data, rng)
                if len(hurt) != len(data) or internet_sum(hurt) != internet_sum(data):
                    continue
                data = hurt  # noqa: PLW2901 - what UDP lets through
            arriving.append((arrival_ns, data))
        arriving.sort(key=lambda one: one[0])
        source, out = heard(arriving, monkeypatch)
        got = told(out)
        assert set(got) <= set(true)
        assert all(abs(t_ns - true[key]) < MS for key, t_ns in got.items())
        assert {key for key in true if true[key] > BEGAN + 265 * MS} <= set(got)
        assert source.health.clock_jumps == 0
    return damages


def test_behind_udps_checksum_no_reading_differs_and_none_is_at_another_time(monkeypatch):
    behind_udp(600, 5, monkeypatch)


@pytest.mark.long
def test_nor_after_ten_thousand_damages(monkeypatch):
    assert behind_udp(10_000, 77, monkeypatch) >= 10_000


def test_without_udps_checksum_damage_to_the_frame_makes_no_value(monkeypatch):
    clean = pull(30)
    true = told(heard(clean, monkeypatch)[1])
    rng = random.Random(3)  # noqa: S311 - repeatable damage
    for _ in range(400):
        hurt = [list(one) for one in clean]
        place = rng.randrange(1, 24)
        data = bytearray(hurt[place][1])
        if rng.random() < 0.5:
            data[rng.randrange(wire.HEADER.size)] ^= 1 << rng.randrange(8)
        elif rng.random() < 0.5:
            del data[rng.randrange(len(data)) :]
        else:
            at = rng.randrange(len(data))
            data.insert(at, data[at])
        hurt[place][1] = bytes(data)
        got = told(heard(hurt, monkeypatch)[1])
        assert set(got) <= set(true)
        assert {key for key in true if true[key] > BEGAN + 265 * MS} <= set(got)


def test_without_udps_checksum_damage_to_an_entry_makes_no_other_wrong(monkeypatch):
    clean = pull(30)
    true = told(heard(clean, monkeypatch)[1])
    rng = random.Random(4)  # noqa: S311 - repeatable damage
    for _ in range(400):
        hurt = [list(one) for one in clean]
        data = bytearray(hurt[rng.randrange(1, 24)][1])
        place = next(n for n, one in enumerate(hurt) if one[1] == bytes(data))
        data[rng.randrange(wire.HEADER.size, len(data))] = rng.randrange(256)
        hurt[place][1] = bytes(data)
        _, out = heard(hurt, monkeypatch)
        got = told(out)
        assert len(set(got) - set(true)) <= 1
        assert len(set(true) - set(got)) <= 5 * len(CHANNELS)
        assert all(r.value == r.value or r.quality is Quality.INVALID for r in out)
