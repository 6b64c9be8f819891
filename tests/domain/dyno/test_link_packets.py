"""Packets out of bytes by a link definition: every cut, damage, and what is never a value."""

import math
import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.dyno.link_definition import Checksum
from cartech_desk.domain.dyno.link_document import read_definition
from cartech_desk.domain.dyno.link_packets import Packets, checksum_fits
from cartech_desk.domain.dyno.link_trial import try_on

BINARY = """
name = "binary"
[packet]
sync = "hex:80 A5"
length = 9
[checksum]
kind = "sum8"
at = -1
[[field]]
name = "rpm"
role = "rpm"
offset = 2
bits = 16
lowest = 0
highest = 12000
[[field]]
name = "force"
role = "force"
offset = 4
coding = "float"
bits = 32
"""
UNCHECKED = BINARY.replace('[checksum]\nkind = "sum8"\nat = -1\n', "")
LINES = r"""
name = "lines"
[packet]
terminator = "\r\n"
separator = ","
[[field]]
name = "rpm"
column = 0
[[field]]
name = "afr"
role = "afr"
column = 2
lowest = 5
highest = 30
"""


def packet(rpm, force, *, checked=True):
    body = b"\x80\xa5" + struct.pack("<Hf", rpm, force)
    return body + bytes([sum(body) & 0xFF if checked else 0x11])


def good(found):
    return [one.values for one in found if not one.why]


def all_of(definition, data, cuts=()):
    packets = Packets(definition)
    found, before = [], 0
    for index, cut in enumerate([*cuts, len(data)]):
        found += packets.feed(data[before:cut], index)
        before = cut
    return found + packets.quiet()


STREAM = b"".join(packet(1000 + 10 * n, 2.5 * n) for n in range(5))


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_packets_are_the_same_however_the_stream_is_cut(cuts):
    whole = good(all_of(read_definition(BINARY), STREAM))
    assert good(all_of(read_definition(BINARY), STREAM, sorted(cuts))) == whole
    assert [one["rpm"] for one in whole] == [1000, 1010, 1020, 1030, 1040]


def test_a_truncated_packet_followed_by_a_good_one_still_yields_the_good_one():
    found = all_of(read_definition(BINARY), packet(3000, 1.0)[:6] + packet(3100, 2.0))
    assert [one["rpm"] for one in good(found)] == [3100]


def test_without_a_checksum_a_truncated_packet_is_no_value_either():
    one, two, three = (packet(rpm, 1.0, checked=False) for rpm in (3000, 3100, 3200))
    found = all_of(read_definition(UNCHECKED), one + two[:5] + three + one)
    assert [each["rpm"] for each in good(found)] == [3000, 3200, 3000]


@pytest.mark.parametrize("definition", [BINARY, LINES])
def test_a_damaged_stream_never_stops_the_reader(definition):
    chance = random.Random(4)  # noqa: S311 - no secret
    read = read_definition(definition)
    line = b"1200,3.5,14.7\r\n"
    for _ in range(300):
        data = bytearray((STREAM if definition == BINARY else line * 6) * 2)
        for _ in range(chance.randrange(1, 5)):
            at = chance.randrange(len(data))
            act = chance.randrange(3)
            if act == 0:
                del data[at]
            elif act == 1:
                data.insert(at, data[at])
            else:
                data[at] ^= 1 << chance.randrange(8)
        tail = STREAM if definition == BINARY else line * 3
        found = good(all_of(read, bytes(data) + tail))
        assert found[-1]["rpm"] == (1040 if definition == BINARY else 1200)


def test_with_a_checksum_a_flipped_bit_is_never_a_value():
    read, sent = read_definition(BINARY), {1000.0 + 10 * n for n in range(5)}
    for place in range(len(STREAM) * 8):
        data = bytearray(STREAM)
        data[place // 8] ^= 1 << place % 8
        assert {one["rpm"] for one in good(all_of(read, bytes(data)))} <= sent


def test_the_first_line_is_not_trusted_since_nobody_saw_it_begin():
    found = all_of(read_definition(LINES), b"00,3.5,14.7\r\n1200,3.5,14.6\r\n")
    assert [one["rpm"] for one in good(found)] == [1200]
    assert found[0].why == "the first packet may be cut"


@pytest.mark.parametrize(
    "line",
    [b"1200,3.5,14.7x\r\n", b"1200,3.5\r\n", b"12 00,3.5,14\r\n", b"1200,3.5,\xff\r\n", b",,\r\n"],
)
def test_a_line_with_anything_but_numbers_is_thrown_away_whole(line):
    found = all_of(read_definition(LINES), b"1,1,14\r\n" + line)
    assert good(found) == []


def test_a_value_outside_its_limits_is_no_value_and_the_others_stay():
    (values,) = good(all_of(read_definition(LINES), b"1,1,14\r\n1200,3.5,99\r\n"))
    assert values["rpm"] == 1200
    assert math.isnan(values["afr"])


def test_a_packet_carries_the_time_of_its_first_byte():
    packets = Packets(read_definition(BINARY))
    data = packet(1000, 1.0)
    assert packets.feed(data[:4], 100) == []
    (found,) = packets.feed(data[4:], 200)
    assert found.t_ns == 100


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        # Published check values of "123456789".
        ("crc16_modbus", b"123456789", 0x4B37),
        ("crc16_ccitt", b"123456789", 0x29B1),
        ("sum8", b"123456789", 0xDD),
        ("sum16", b"123456789", 0x01DD),
        ("xor8", b"123456789", 0x31),
    ],
)
def test_checksums_have_their_published_values(kind, text, value):
    wide = 1 if kind in ("sum8", "xor8") else 2
    assert checksum_fits(Checksum(kind, at=-wide), text + value.to_bytes(wide, "big"))
    assert not checksum_fits(Checksum(kind, at=-wide), text + (value ^ 1).to_bytes(wide, "big"))


def test_a_trial_tells_a_definition_that_fits():
    trial = try_on(read_definition(BINARY), [(0, STREAM)])
    assert trial.fits
    assert (trial.packets, trial.skipped) == (5, 0)
    assert (trial.fields[0].lowest, trial.fields[0].highest) == (1000, 1040)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"\x01\x02\x03" * 20, "no byte sequence 80 A5"),
        (b"\x80\xa5\x01\x02\x03\x04\x05\x06\x07" * 20, "checksum"),
        (STREAM + b"\x00" * 40, "Only"),
    ],
)
def test_a_trial_says_why_a_definition_does_not_fit(data, told):
    trial = try_on(read_definition(BINARY), [(0, data)])
    assert not trial.fits
    assert told in trial.verdict
