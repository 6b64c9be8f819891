import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.obd.address import FUNCTIONAL
from cartech_desk.domain.obd.codes import code_text, read_codes, read_uncounted_codes
from cartech_desk.domain.obd.decode import DecodeError, decode, decode_data, split_mode01
from cartech_desk.domain.obd.identity import (
    UnreadableIdentity,
    join_numbered,
    read_calibration_ids,
    read_cvns,
    read_ecu_name,
    read_vin,
)
from cartech_desk.domain.obd.pids import mode01_commands
from cartech_desk.domain.obd.signals import Command, Signal
from cartech_desk.domain.obd.support import supported_pids

RPM = mode01_commands()[0x0C]
VIN = "1HGCM82633A004352"


def command_of(*signals, length=None):
    return Command(FUNCTIONAL, bytes.fromhex("2210E5"), signals, length=length)


# -- decode ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", ["", "41", "410D1AF8", "420C1AF8", "410C1A", "410C1AF800", "7F0112", "0C1AF8"]
)
def test_an_answer_that_does_not_fit_is_no_number(answer):
    with pytest.raises(DecodeError) as caught:
        decode(RPM, bytes.fromhex(answer))
    assert caught.value.to_do


def test_data_alone_decodes_like_the_whole_answer():
    assert decode_data(RPM, b"\x1a\xf8") == {"RPM": 1726.0}


def test_outside_its_range_a_value_is_nan():
    signal = Signal("T", "T", "degC", 0, 8, add=-40, minimum=-40, maximum=120)
    command = command_of(signal)
    assert decode(command, bytes.fromhex("6210E5A0")) == {"T": 120.0}
    assert math.isnan(decode(command, bytes.fromhex("6210E5A1"))["T"])


def test_codes_for_no_value_are_nan():
    signal = Signal("T", "T", "none", 0, 8, null_min=0, null_max=255)
    command = command_of(signal)
    got = [decode(command, bytes.fromhex(f"6210E5{raw}"))["T"] for raw in ("00", "01", "FE", "FF")]
    assert math.isnan(got[0])
    assert got[1:3] == [1.0, 254.0]
    assert math.isnan(got[3])


def test_bytes_may_stand_least_significant_first():
    command = command_of(Signal("X", "X", "none", 8, 16, signed=True, lsb_first=True))
    assert decode(command, bytes.fromhex("6210E500FEFF")) == {"X": -2.0}


def test_what_lies_behind_an_answer_of_open_length_is_absent():
    command = command_of(Signal("A", "A", "none", 0, 8), Signal("B", "B", "none", 8, 8))
    assert decode(command, bytes.fromhex("6210E507")) == {"A": 7.0}
    with pytest.raises(DecodeError):
        decode(command, bytes.fromhex("6210E5"))


@given(
    st.integers(0, 40),
    st.integers(1, 32),
    st.booleans(),
    st.binary(min_size=10, max_size=10),
)
def test_any_bits_are_cut_out_as_a_bit_string_would(offset, length, signed, data):
    command = command_of(Signal("X", "X", "none", offset, length, signed=signed))
    digits = "".join(f"{byte:08b}" for byte in data)[offset : offset + length]
    raw = int(digits, 2)
    if signed and digits[0] == "1":
        raw -= 1 << length
    assert decode(command, command.echo + data)["X"] == raw


@given(st.binary(max_size=12))
def test_any_bytes_are_values_or_an_error(answer):
    for command in (RPM, mode01_commands()[0x06], mode01_commands()[0x8C]):
        try:
            values = decode(command, answer)
        except DecodeError:
            continue
        assert answer.startswith(command.echo)
        assert values.keys() <= {one.id for one in command.signals}


# -- packed answers ------------------------------------------------------------------------------

LENGTHS = {0x0C: 2, 0x0D: 1, 0x05: 1, 0x42: 2}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("41 0C 1AF8 0D 20 05 7B 42 3781", {0x0C: "1AF8", 0x0D: "20", 0x05: "7B", 0x42: "3781"}),
        ("41 42 3781 0C 1AF8", {0x42: "3781", 0x0C: "1AF8"}),
        ("41 0D 20", {0x0D: "20"}),
        ("41 0D 20 00 00 00", {0x0D: "20"}),
        ("41 0D 20 AA AA", {0x0D: "20"}),
        ("41 0D 20 55", {0x0D: "20"}),
    ],
)
def test_a_packed_answer_comes_apart_in_any_order(answer, expected):
    found = split_mode01(bytes.fromhex(answer), LENGTHS)
    assert found == {pid: bytes.fromhex(data) for pid, data in expected.items()}


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "41",
        "42 0C 1AF8",
        "41 0C 1A",  # cut off
        "41 0C 1AF8 0D",
        "41 0C 1AF8 0C 1AF8",  # twice
        "41 0C 1AF8 11 80",  # not asked for
        "41 00 00 00",  # nothing but padding
        "41 0D 20 00 00 01",
    ],
)
def test_an_inconsistent_packed_answer_is_refused_whole(answer):
    with pytest.raises(DecodeError):
        split_mode01(bytes.fromhex(answer), LENGTHS)


@given(st.permutations(sorted(LENGTHS)), st.data())
def test_packing_and_splitting_are_inverse(order, draw):
    parts = {
        pid: draw.draw(st.binary(min_size=LENGTHS[pid], max_size=LENGTHS[pid])) for pid in order
    }
    answer = b"\x41" + b"".join(bytes((pid,)) + data for pid, data in parts.items())
    assert split_mode01(answer, LENGTHS) == parts


# -- support -------------------------------------------------------------------------------------


def test_the_bitmap_counts_from_the_most_significant_bit():
    found = supported_pids(0x00, bytes.fromhex("4100BE3EB811"))
    expected = [1, 3, 4, 5, 6, 7, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x11, 0x13, 0x14, 0x15, 0x1C, 0x20]
    assert sorted(found) == expected


def test_the_bitmap_of_a_freeze_frame_and_of_info_types():
    assert supported_pids(0x20, bytes.fromhex("42200080000000")) == {0x21}
    assert supported_pids(0x00, bytes.fromhex("490054000000")) == {2, 4, 6}
    assert supported_pids(0x00, bytes.fromhex("49000154000000")) == {2, 4, 6}


@pytest.mark.parametrize("answer", ["", "41", "4120BE3EB811", "4100BE3EB8", "4100BE3EB81100"])
def test_a_bitmap_that_does_not_fit_is_refused(answer):
    with pytest.raises(DecodeError):
        supported_pids(0x00, bytes.fromhex(answer))


@given(st.sampled_from([0x00, 0x20, 0xE0]), st.sets(st.integers(1, 32)))
def test_every_bit_stands_for_its_pid(base, offsets):
    bits = sum(1 << (32 - offset) for offset in offsets)
    answer = bytes((0x41, base)) + bits.to_bytes(4, "big")
    assert supported_pids(base, answer) == {base + offset for offset in offsets}


# -- identity ------------------------------------------------------------------------------------


def test_the_vin_is_whole_whatever_its_digits():
    for vin in (VIN, "0" * 17, "2" * 17, "10210210210210210"):
        assert read_vin(b"\x49\x02\x01" + vin.encode()) == vin


def test_only_too_many_nuls_are_padding():
    assert read_vin(b"\x49\x02\x01\x00\x00\x00" + VIN.encode()) == VIN
    assert read_vin(b"\x49\x02\x01" + VIN.encode() + b"\x00\x00") == VIN


@pytest.mark.parametrize(
    "vin",
    [
        b"1HGCM82633A00435",
        b"1HGCM82633A0043521",
        b"1HGCM82633A00435\x00",
        b"IHGCM82633A004352",
        b"1hgcm82633a004352",
        b"1HGCM82633A0043\xff\xff",
        b"",
        b"\x00" * 17,
    ],
)
def test_an_impossible_vin_is_reported_and_never_mended(vin):
    with pytest.raises((UnreadableIdentity, DecodeError)) as caught:
        read_vin(b"\x49\x02\x01" + vin)
    assert caught.value.to_do


def test_a_vin_of_zero_bytes_is_told_like_one_of_zeros():
    with pytest.raises(UnreadableIdentity, match="never told one"):
        read_vin(b"\x49\x02\x01" + b"\x00" * 17)


@pytest.mark.parametrize("answer", ["", "4902", "490A01", "4102013148"])
def test_an_answer_to_something_else_is_no_vin(answer):
    with pytest.raises(DecodeError):
        read_vin(bytes.fromhex(answer))


def numbered(info_type, data):
    data = data.rjust(-(-len(data) // 4) * 4, b"\x00")
    return [
        bytes((0x49, info_type, at // 4 + 1)) + data[at : at + 4] for at in range(0, len(data), 4)
    ]


def test_the_five_messages_of_an_older_bus_make_one_vin():
    parts = numbered(0x02, VIN.encode())
    assert len(parts) == 5
    assert read_vin(join_numbered(parts)) == VIN
    assert read_vin(join_numbered(parts[::-1])) == VIN
    assert read_vin(join_numbered([*parts, parts[2]])) == VIN


def test_a_message_that_is_missing_or_contradicts_is_refused():
    parts = numbered(0x02, VIN.encode())
    for broken in (
        parts[:-2] + parts[-1:],
        parts[1:],
        [*parts, parts[0][:-1] + b"X"],
        [*parts[:-1], parts[-1][:-1]],
        [*parts, b"\x49\x04\x06abcd"],
        [],
    ):
        with pytest.raises(DecodeError):
            join_numbered(broken)


def test_an_answer_on_can_is_left_as_it_is():
    whole = b"\x49\x02\x01" + VIN.encode()
    assert join_numbered([whole]) == whole


def test_calibration_ids_are_sixteen_characters_each():
    one, two = b"37805-RAA-A910\x00\x00", b"37806-ABC-0102\x00\x00"
    assert read_calibration_ids(b"\x49\x04\x02" + one + two) == ("37805-RAA-A910", "37806-ABC-0102")
    assert read_calibration_ids(join_numbered(numbered(0x04, one))) == ("37805-RAA-A910",)


def test_cvns_are_four_bytes_each():
    assert read_cvns(bytes.fromhex("490602 1791BC82 16E062BE")) == ("1791BC82", "16E062BE")
    assert read_cvns(bytes.fromhex("490601 00000000")) == ("00000000",)


def test_the_ecu_name_loses_only_its_nuls():
    name = b"ECM\x00-EngineControl\x00\x00"
    assert read_ecu_name(b"\x49\x0a\x01" + name) == "ECM-EngineControl"


@pytest.mark.parametrize(
    ("reader", "answer"),
    [
        (read_calibration_ids, b"\x49\x04\x01" + b"A" * 15),
        (read_calibration_ids, b"\x49\x04\x02" + b"A" * 16),
        (read_calibration_ids, b"\x49\x04\x01" + b"\xff" * 16),
        (read_cvns, bytes.fromhex("490601123456")),
        (read_cvns, bytes.fromhex("49060212345678")),
        (read_ecu_name, b"\x49\x0a\x01" + b"A" * 21),
        (read_ecu_name, b"\x49\x0a\x01" + b"\x80" * 20),
    ],
)
def test_what_has_the_wrong_size_or_letters_is_refused(reader, answer):
    with pytest.raises((DecodeError, UnreadableIdentity)):
        reader(answer)


# -- codes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code"),
    [(0x0133, "P0133"), (0x2ABC, "P2ABC"), (0x4123, "C0123"), (0x9234, "B1234"), (0xF1FF, "U31FF")],
)
def test_a_code_is_spelled_by_its_bits(raw, code):
    assert code_text(raw) == code


@pytest.mark.parametrize(
    ("service", "answer", "codes"),
    [
        (0x03, "4300", ()),
        (0x03, "4302 0133 C155", ("P0133", "U0155")),
        (0x07, "4701 0301", ("P0301",)),
        (0x0A, "4A01 0420", ("P0420",)),
        (0x03, "4301 0133 0000 0000", ("P0133",)),
        (0x03, "4302 0133 0133", ("P0133",)),
    ],
)
def test_codes_on_can(service, answer, codes):
    assert read_codes(service, bytes.fromhex(answer)) == codes


@pytest.mark.parametrize(
    "answer",
    ["", "43", "4301", "430101", "43020133", "43010133C155", "43010000", "4700", "7F0311"],
)
def test_what_cannot_be_read_is_never_no_codes(answer):
    with pytest.raises(DecodeError):
        read_codes(0x03, bytes.fromhex(answer))


@given(st.lists(st.integers(1, 0xFFFF), max_size=40, unique=True))
def test_every_list_of_codes_comes_back(raws):
    answer = bytes((0x43, len(raws))) + b"".join(raw.to_bytes(2, "big") for raw in raws)
    assert read_codes(0x03, answer) == tuple(code_text(raw) for raw in raws)


@pytest.mark.parametrize(
    ("payload", "count"),
    [
        ("4302013304", 2),  # 43 02 0133 04.., cut by a byte
        ("430133", 1),
        ("4301017104", 1),
        ("43030133042003", 3),
        ("4302013304", None),
        ("430133", None),
    ],
)
def test_a_list_that_may_be_a_cut_one_with_its_number_invents_no_codes(payload, count):
    with pytest.raises(DecodeError):
        read_uncounted_codes(0x03, bytes.fromhex(payload), count)


def test_every_list_with_its_number_that_lost_its_end_is_refused():
    for number in range(1, 20):
        codes = b"".join((0x0133 + at).to_bytes(2, "big") for at in range(number))
        whole = bytes((0x43, number)) + codes
        for end in range(1, len(whole)):
            with pytest.raises(DecodeError):
                read_codes(0x03, whole[:end])
            with pytest.raises(DecodeError):
                read_uncounted_codes(0x03, whole[:end], number)


def test_codes_without_their_number_are_read_where_nothing_speaks_for_one():
    payload = bytes.fromhex("4301430196")
    assert read_uncounted_codes(0x03, payload, 2) == ("P0143", "P0196")
