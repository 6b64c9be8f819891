"""JETDRIVE's datagrams by their bytes; vectors of the specification's reference code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.hardware.dyno import jetdrive_wire as wire

VALUES = bytes.fromhex("0214003412 01 ffff 0100e80300000000b142 0200e80300000020a445")
PING = bytes.fromhex("0405000000 02 ffff 0140e20100")


def test_channel_values_are_id_milliseconds_and_value():
    datagram = wire.read_datagram(VALUES)
    assert datagram[:4] == (wire.Key.CHANNEL_VALUES, 0x1234, 1, wire.EVERYBODY)
    values = list(wire.VALUE.iter_unpack(datagram.value))
    assert values == [(1, 1000, 88.5), (2, 1000, 5252.0)]
    assert wire.datagram(2, 0x1234, 1, wire.channel_values(values)) == VALUES


def test_a_ping_is_version_and_clock():
    datagram = wire.read_datagram(PING)
    assert datagram.key == wire.Key.PING
    asked = wire.read_ping(datagram.value)
    assert asked == wire.Ping(1, 123456)
    assert wire.datagram(4, 0, 2, wire.ping(asked)) == PING


@pytest.mark.parametrize(
    "data",
    [b"", VALUES[:7], VALUES[:-1], VALUES + b"\0", VALUES[:3] + b"\xff\xff" + VALUES[5:]],
    ids=["empty", "header cut", "value cut", "grown", "sent by everybody"],
)
def test_what_is_no_datagram_is_refused_whole(data):
    assert wire.read_datagram(data) is None


def test_names_end_at_their_first_nul():
    info = wire.channel_info("WinPEP", [wire.NamedChannel(4, 0, "Speed", 2)])
    assert len(info) == 50 + 34
    assert wire.read_channel_info(memoryview(info)).channels[0].name == "Speed"
    dirty = bytearray(info)
    dirty[50 + 3 + 6 : 50 + 3 + 9] = b"old"
    assert wire.read_channel_info(memoryview(dirty)).channels[0].name == "Speed"


def test_a_name_without_room_for_a_nul_is_whole():
    name = "Ä" * 15
    info = wire.channel_info("P" * 60, [wire.NamedChannel(4, 0, name, 2)])
    read = wire.read_channel_info(memoryview(info))
    assert read.channels[0].name == name
    assert read.provider == "P" * 50


def test_channel_info_of_a_broken_length_is_refused():
    info = wire.channel_info("WinPEP", [wire.NamedChannel(4, 0, "Speed", 2)])
    assert wire.read_channel_info(memoryview(info[:-1])) is None
    assert wire.read_channel_info(memoryview(info[:49])) is None


@given(st.binary(max_size=200))
def test_no_bytes_make_a_decoder_fail(data):
    datagram = wire.read_datagram(data)
    value = memoryview(data) if datagram is None else datagram.value
    for read in (wire.read_channel_info, wire.read_ping, wire.read_pong):
        read(value)
