import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.faults.found import CodeStatus
from cartech_desk.domain.obd.decode import DecodeError
from cartech_desk.domain.obd.freeze_frames import frame_values
from cartech_desk.domain.obd.identity import UnreadableIdentity
from cartech_desk.domain.obd.uds_codes import (
    CLEAR_EMISSIONS,
    CONFIRMED,
    PENDING,
    UdsCode,
    codes_request,
    permanent_request,
    plain_codes_request,
    read_cleared,
    read_uds_codes,
)
from cartech_desk.domain.obd.uds_identifiers import (
    INFO,
    PIDS,
    pid_requests,
    read_identifier,
    read_pids,
    read_support,
    read_uds_calibration_ids,
    read_uds_cvns,
    read_uds_ecu_name,
    read_uds_tests,
    read_uds_vin,
    support_requests,
)
from cartech_desk.domain.obd.uds_snapshots import (
    read_snapshot_ids,
    read_snapshots,
    snapshot_ids_request,
    snapshot_request,
)

VIN = "1HGCM82633A004352"
STORED, PEND, PERMANENT = CodeStatus


def codes_of(request, answer):
    return read_uds_codes(request, bytes.fromhex(answer)).codes


# -- codes ---------------------------------------------------------------------------------------


def test_requests_are_those_of_the_emissions_group():
    assert codes_request(CONFIRMED).hex(" ") == "19 42 33 08 1e"
    assert codes_request(CONFIRMED | PENDING).hex(" ") == "19 42 33 0c 1e"
    assert permanent_request().hex(" ") == "19 55 33"
    assert plain_codes_request(CONFIRMED).hex(" ") == "19 02 08"
    assert CLEAR_EMISSIONS.hex(" ") == "14 ff ff 33"


def test_records_by_mask_have_a_severity_before_the_code():
    request = codes_request(CONFIRMED | PENDING)
    confirmed, pending = codes_of(request, "59 42 33 FF FF 04 02 042000 08 04 24631F 04")
    assert confirmed == UdsCode("P0420", 0x00, 0x08, severity=0x02)
    assert confirmed.statuses == (STORED,)
    assert (pending.code, pending.failure_type) == ("P2463", 0x1F)
    assert pending.statuses == (PEND,)
    assert pending.raw == bytes.fromhex("24631F")


def test_permanent_and_plain_records_have_no_severity():
    permanent = codes_of(permanent_request(), "59 55 33 FF 04 042000 88 017100 08")
    assert [one.code for one in permanent] == ["P0420", "P0171"]
    assert permanent[0].lights_lamp
    (plain,) = codes_of(plain_codes_request(0x0C), "59 02 FF C1008F 0C")
    assert (plain.code, plain.failure_type, plain.statuses) == ("U0100", 0x8F, (STORED, PEND))


def test_other_lists_repeat_what_was_asked():
    group = codes_of(bytes.fromhex("19 56 33 01"), "59 56 33 FF 04 01 042000 08")
    record = codes_of(bytes.fromhex("19 1A 91"), "59 1A FF 91 042000 08")
    assert group == record == (UdsCode("P0420", 0, 8),)
    for request, answer in (
        ("19 56 33 01", "59 56 33 FF 04 02 042000 08"),
        ("19 1A 91", "59 1A FF 92 042000 08"),
    ):
        with pytest.raises(DecodeError):
            codes_of(bytes.fromhex(request), answer)


def test_a_head_alone_means_no_codes():
    assert codes_of(codes_request(CONFIRMED), "59 42 33 FF FF 04") == ()
    assert codes_of(permanent_request(), "59 55 33 FF 04") == ()
    assert codes_of(plain_codes_request(8), "59 02 FF") == ()


def test_a_code_told_twice_stands_once_with_all_its_bits():
    (one,) = codes_of(plain_codes_request(0x0C), "59 02 FF 042000 08 042000 04")
    assert one.statuses == (STORED, PEND)


def test_failure_types_tell_codes_apart():
    assert len(codes_of(plain_codes_request(8), "59 02 FF 029911 08 02991C 08")) == 2


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "59",
        "59 42",
        "59 42 33 FF FF",
        "59 42 D0 FF FF 04",  # another group
        "59 55 33 FF 04",
        "59 42 33 FF FF 04 02 0420",
        "59 42 33 FF FF 04 02 042000 08 AA",
        "59 42 33 FF FF 04 00 000000 00",
        "59 42 33 FF FF 02 02 9A0C04 08",  # lorries
        "59 42 33 FF FF 01 02 042000 08",
        "43 00",
        "7F 19 12",
    ],
)
def test_a_damaged_list_is_never_no_codes(answer):
    with pytest.raises(DecodeError) as caught:
        codes_of(codes_request(CONFIRMED), answer)
    assert caught.value.to_do


@pytest.mark.parametrize("filler", ["AA", "55", "CC", "FF", "00"])
def test_padding_is_never_a_code(filler):
    for request, answer in (
        (plain_codes_request(8), "59 02 FF" + filler * 4),
        (plain_codes_request(8), "59 02 FF 029911 08" + filler * 4),
        (codes_request(8), "59 42 33 FF FF 04" + filler * 5),
        (permanent_request(), "59 55 33 FF 04 042000 08" + filler * 4),
    ):
        with pytest.raises(DecodeError):
            codes_of(request, answer)


@given(st.integers(1, 255), st.lists(st.integers(0, 255), max_size=5))
def test_a_code_with_none_of_the_bits_asked_for_is_told_apart(asked, statuses):
    records = [bytes((0x02, 0x99, 0x10 + n, status)) for n, status in enumerate(statuses)]
    told = read_uds_codes(plain_codes_request(asked), b"\x59\x02\xff" + b"".join(records))
    assert [one.status for one in told.codes] == statuses
    assert [one.status for one in told.strange] == [one for one in statuses if not one & asked]


def test_lists_that_ask_for_no_bits_have_no_strange_codes():
    told = read_uds_codes(permanent_request(), bytes.fromhex("59 55 33 FF 04 042000 00"))
    assert told.codes
    assert told.strange == ()


@given(st.binary(max_size=40), st.sampled_from([codes_request(8), permanent_request()]))
def test_any_bytes_are_codes_or_an_error(answer, request):
    try:
        got = read_uds_codes(request, answer)
    except DecodeError:
        return
    assert answer.startswith(bytes((0x59,)) + request[1:3])
    assert all(one.raw != b"\0\0\0" for one in got.codes)


@given(st.integers(1, 0xFFFF), st.integers(0, 255))
def test_the_bytes_of_a_code_come_back(number, failure):
    raw = number.to_bytes(2, "big") + bytes((failure,))
    (one,) = read_uds_codes(plain_codes_request(8), b"\x59\x02\xff" + raw + b"\x08").codes
    assert one.raw == raw


def test_only_a_confirmation_is_cleared():
    read_cleared(b"\x54")
    for answer in (b"", b"\x44", b"\x7f\x14\x22"):
        with pytest.raises(DecodeError):
            read_cleared(answer)


# -- snapshots -----------------------------------------------------------------------------------

CODE = UdsCode("P0299", 0x00, 0x08)


def test_snapshots_are_parted_by_the_table_of_service_01():
    request = snapshot_request(CODE)
    assert request.hex(" ") == "19 04 02 99 00 ff"
    (got,) = read_snapshots(
        request, bytes.fromhex("59 04 029900 08 00 03 F40C 1AF8 F405 7B F40D 20")
    )
    assert (got.code.code, got.record, got.left) == ("P0299", 0, b"")
    assert {one.name: one.value for one in frame_values(got.pids)} == {
        "temp": 83.0,
        "rpm": 1726.0,
        "speed": 32.0,
    }


def test_a_code_may_have_several_records_or_none():
    request = snapshot_request(CODE)
    two = read_snapshots(request, bytes.fromhex("59 04 029900 08 00 01 F405 7B F0 01 F405 7C"))
    assert [one.record for one in two] == [0x00, 0xF0]
    assert read_snapshots(request, bytes.fromhex("59 04 029900 08")) == ()


def test_behind_an_unknown_identifier_nothing_is_decoded():
    (got,) = read_snapshots(
        snapshot_request(CODE), bytes.fromhex("59 04 029900 08 00 03 F405 7B 1234 AA F40C 1AF8")
    )
    assert got.pids == {0x05: b"\x7b"}
    assert got.left.hex() == "1234aaf40c1af8"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "59 04",
        "59 04 030100 08 00 01 F405 7B",  # another code
        "59 04 029900",
        "59 04 029900 08 00",
        "59 04 029900 08 00 02 F405 7B",
        "59 04 029900 08 00 01 F40C 1A",
        "59 04 029900 08 00 02 F405 7B F405 7B",
        "59 04 029900 08 00 01 F405 7B 00 01 F405 7C",  # one record twice
        "59 04 029900 08 00 00",  # more than a byte counts, and nothing there
        "59 04 029900 08 00 00 AA AA AA",
        "59 04 029900 08 AA AA AA AA",
        "59 04 029900 08 00 02 F405 7B AA AA AA",
    ],
)
def test_a_damaged_snapshot_is_no_frame(answer):
    with pytest.raises(DecodeError):
        read_snapshots(snapshot_request(CODE), bytes.fromhex(answer))


@given(st.sampled_from([0x00, 0x55, 0xAA, 0xCC, 0xFF]), st.integers(0, 7))
def test_padding_behind_the_last_record_is_no_record(filler, count):
    answer = bytes.fromhex("59 04 029900 08 03 01 F40D 20") + bytes((filler,)) * count
    (got,) = read_snapshots(snapshot_request(CODE), answer)
    assert (got.record, got.pids, got.left) == (3, {0x0D: b"\x20"}, b"")


def test_another_record_than_asked_is_refused():
    with pytest.raises(DecodeError):
        read_snapshots(snapshot_request(CODE, 0), bytes.fromhex("59 04 029900 08 01 01 F405 7B"))


def test_snapshot_ids_name_codes_and_records():
    assert snapshot_ids_request() == b"\x19\x03"
    ids = read_snapshot_ids(bytes.fromhex("59 03 029900 00 C10000 01"))
    assert [(code.code, record) for code, record in ids] == [("P0299", 0), ("U0100", 1)]
    for answer in ("59 03 0299", "59 04", "59 03 000000 00", "59 03 029900 00 AAAAAAAA"):
        with pytest.raises(DecodeError):
            read_snapshot_ids(bytes.fromhex(answer))


@given(st.binary(max_size=40))
def test_any_bytes_are_snapshots_or_an_error(tail):
    try:
        got = read_snapshots(snapshot_request(CODE), bytes.fromhex("59 04 029900 08") + tail)
    except DecodeError:
        return
    assert len({one.record for one in got}) == len(got)
    for one in got:
        assert one.parts or one.left
        frame_values(one.pids)


# -- identifiers ---------------------------------------------------------------------------------


def test_pids_are_asked_six_at_a_time():
    requests = pid_requests({0x0C, 0x0D, 0x05, 0x04, 0x0B, 0x0F, 0x11, 0x00, 0x68})
    assert [one.hex() for one in requests] == [
        "22f404f405f40bf40cf40df40f",
        "22f411",
        "22f468",
    ]


def test_several_pids_come_apart():
    request = bytes.fromhex("22 F40C F40D F405")
    assert read_pids(request, bytes.fromhex("62 F40D 20 F40C 1AF8")) == {
        0x0D: b"\x20",
        0x0C: b"\x1a\xf8",
    }
    for answer in ("", "62", "62 F40C 1A", "62 F410 0000", "61 F40C 1AF8", "62 F40D 20 F40D 21"):
        with pytest.raises(DecodeError):
            read_pids(request, bytes.fromhex(answer))


def test_bitmaps_are_those_of_service_01():
    assert support_requests(PIDS)[0].hex() == "22f400f420f440f460f480f4a0"
    told = read_support(PIDS, bytes.fromhex("62 F400 00180001 F420 80000000"))
    assert told == {0x00: {0x0C, 0x0D, 0x20}, 0x20: {0x21}}
    with pytest.raises(DecodeError):
        read_support(INFO, bytes.fromhex("62 F400 00180001"))


def test_one_identifier_has_any_length_but_none():
    assert read_identifier(0xF810, bytes.fromhex("62 F810 01")) == b"\x01"
    for answer in ("62 F810", "62 F811 01", "7F 22 31", ""):
        with pytest.raises(DecodeError):
            read_identifier(0xF810, bytes.fromhex(answer))


@pytest.mark.parametrize("count", [b"", b"\x01"])
def test_the_vin_comes_with_a_count_or_without(count):
    assert read_uds_vin(b"\x62\xf8\x02" + count + VIN.encode()) == VIN


@pytest.mark.parametrize("count", [b"", b"\x02"])
def test_software_ids_come_with_a_count_or_without(count):
    names = b"CAL-A".ljust(16, b"\0") + b"CAL-B".ljust(16, b"\0")
    assert read_uds_calibration_ids(b"\x62\xf8\x04" + count + names) == ("CAL-A", "CAL-B")
    assert read_uds_cvns(b"\x62\xf8\x06" + count + bytes(range(8))) == ("00010203", "04050607")


def test_the_name_of_an_ecu():
    name = b"ECM\0-EngineControl\0\0"
    assert read_uds_ecu_name(b"\x62\xf8\x0a" + name) == "ECM-EngineControl"


def test_a_vin_cut_short_or_garbled_is_none():
    with pytest.raises(DecodeError):
        read_uds_vin(b"\x62\xf8\x02" + VIN[:-1].encode())
    with pytest.raises(UnreadableIdentity):
        read_uds_vin(b"\x62\xf8\x02" + VIN[:-1].encode() + b"\xff")
    with pytest.raises(DecodeError):
        read_uds_cvns(bytes.fromhex("62 F806 010203"))


@pytest.mark.parametrize(
    "answer", ["62 F621 80 20 0050 0000 00CD", "62 F621 21 80 20 0050 0000 00CD"]
)
def test_records_of_tests_come_with_the_monitor_or_without(answer):
    (got,) = read_uds_tests(0x7E8, 0x21, bytes.fromhex(answer))
    assert (got.monitor, got.test, got.value, got.passed) == (0x21, 0x80, 0.3125, True)


def test_damaged_records_of_tests_are_no_results():
    for answer in ("62 F621", "62 F622 80 20 0050 0000 00CD", "62 F621 80 20 0050 0000 00"):
        with pytest.raises(DecodeError):
            read_uds_tests(0x7E8, 0x21, bytes.fromhex(answer))
