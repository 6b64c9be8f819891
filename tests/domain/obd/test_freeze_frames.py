import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.obd.decode import DecodeError
from cartech_desk.domain.obd.freeze_frames import (
    frame_requests,
    frame_values,
    read_frame,
    read_frame_code,
    read_frame_support,
    support_requests,
)
from cartech_desk.domain.obd.pids import mode01_pids


def values_of(**parts):
    """Decode PIDs given as P0C="1AF8", by name."""
    data = {int(pid[1:], 16): bytes.fromhex(text) for pid, text in parts.items()}
    return {one.name: one for one in frame_values(data)}


def test_up_to_three_pairs_share_a_request_on_can():
    assert [one.hex() for one in frame_requests({0x0C, 0x02, 0x0D, 0x05}, 1, packed=True)] == [
        "02020105010c01",
        "020d01",
    ]


def test_before_can_each_pid_is_asked_alone_the_code_first():
    assert [one.hex() for one in frame_requests({0x0C, 0x02}, 0, packed=False)] == [
        "020200",
        "020c00",
    ]


def test_bitmaps_and_unknown_pids_are_not_fetched():
    assert frame_requests({0x00, 0x20, 0xC5, 0x0C}, 0, packed=True) == (b"\x02\x0c\x00",)


def test_pids_of_open_length_are_asked_alone():
    assert mode01_pids()[0x68].length is None
    requests = frame_requests({0x68, 0x0C, 0x0D}, 0, packed=True)
    assert [one.hex() for one in requests] == ["020c000d00", "026800"]


def test_support_of_a_frame_comes_packed_or_alone():
    assert support_requests(0, packed=True)[0].hex() == "02000020004000"
    assert len(support_requests(0, packed=False)) == 8
    told = read_frame_support(bytes.fromhex("42 0000 7E1F8001 2000 00000001"), 0)
    assert told[0x00] >= {0x02, 0x03, 0x04, 0x0C, 0x20}
    assert told[0x20] == {0x40}


def test_a_packed_answer_comes_apart_whatever_its_order():
    request = bytes.fromhex("02 0400 0500 0C00")
    got = read_frame(request, bytes.fromhex("42 0C00 1AF8 0400 80 0500 7B"))
    assert got == {0x04: b"\x80", 0x05: b"\x7b", 0x0C: b"\x1a\xf8"}


def test_what_the_frame_has_not_got_is_left_out():
    request = bytes.fromhex("02 0400 0500")
    assert read_frame(request, bytes.fromhex("42 0500 7B")) == {0x05: b"\x7b"}


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "42",
        "41 0400 80",
        "42 0401 80",  # another frame
        "42 0400",
        "42 0400 80 0500",
        "42 0400 80 0400 81",
        "42 0400 80 0C00 1AF8",  # not asked for
        "42 0400 80 05",
        "7F 02 12",
    ],
)
def test_a_damaged_answer_gives_no_values(answer):
    with pytest.raises(DecodeError) as caught:
        read_frame(bytes.fromhex("02 0400 0500"), bytes.fromhex(answer))
    assert caught.value.to_do


def test_an_answer_of_open_length_must_fit_the_table():
    request = bytes.fromhex("02 6800")
    assert read_frame(request, bytes.fromhex("42 6800 0145 00")) == {0x68: bytes.fromhex("014500")}
    for answer in ("42 6800 01", "42 6801 014500", "42 6800" + " 00" * 8):
        with pytest.raises(DecodeError):
            read_frame(request, bytes.fromhex(answer))


def test_the_code_of_a_frame_is_empty_where_there_is_none():
    assert read_frame_code(b"\x01\x33") == "P0133"
    assert read_frame_code(b"\x00\x00") == ""
    with pytest.raises(DecodeError):
        read_frame_code(b"\x01")


def test_values_are_those_of_the_live_table():
    got = values_of(P0C="1AF8", P05="7B", P06="80", P03="0200")
    assert got["rpm"].value == 1726.0
    assert got["rpm"].unit == "rpm"
    assert got["temp"].value == 83.0
    assert got["FUELSYS1"].state == "CL"
    assert got["FUELSYS1"].label == "Fuel system 1 status"
    trims = [one.value for one in frame_values({0x06: b"\x80"})]
    assert trims == [0.0]


def test_not_available_is_nan_with_no_state():
    got = values_of(P14="5AFF")
    assert got["SHRTFT11"].state == ""
    assert math.isnan(got["SHRTFT11"].value)


def test_trims_have_two_bytes_where_the_car_counts_four_banks():
    two = frozenset({0x1D})
    assert [one.value for one in frame_values({0x06: b"\x80\x90"}, two)] == [0.0, 12.5]
    with pytest.raises(DecodeError):
        frame_values({0x06: b"\x80"}, two)


def test_full_scales_change_values():
    usual = frame_values({0x0B: b"\xff"})[0].value
    wide = frame_values({0x0B: b"\xff"}, frozenset({0x4F}), {"map_max_kpa": 510.0})[0].value
    assert (usual, wide) == (255.0, 510.0)


def test_two_signals_of_one_channel_keep_apart():
    got = frame_values({0x0B: b"\x64", 0x87: bytes.fromhex("03 0C80 0D00")})
    assert len({one.name for one in got}) == len(got) == 3


def test_bytes_of_another_length_are_no_value():
    with pytest.raises(DecodeError):
        frame_values({0x0C: b"\x1a"})


@given(st.binary(max_size=24))
def test_any_bytes_are_a_frame_or_an_error(answer):
    request = bytes.fromhex("02 0C00 0500 0300")
    try:
        parts = read_frame(request, answer)
    except DecodeError:
        return
    assert answer[:1] == b"\x42"
    assert parts
    assert parts.keys() <= {0x0C, 0x05, 0x03}
    frame_values(parts)
