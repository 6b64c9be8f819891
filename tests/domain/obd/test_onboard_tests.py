import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.obd.decode import DecodeError
from cartech_desk.domain.obd.onboard_tests import (
    monitor_requests,
    read_monitors,
    read_older_tests,
    read_tests,
)
from cartech_desk.domain.obd.oxygen_tests import (
    read_sensor_test,
    read_sensor_tests,
    sensor_name,
    sensor_requests,
    sensors_of,
    support_request,
)
from cartech_desk.domain.obd.scales import scales
from cartech_desk.domain.units import UNITS


def one_test(answer):
    payload = bytes.fromhex(answer)
    (result,) = read_tests(0x7E8, payload[1], payload)
    return result


# -- service 06 ----------------------------------------------------------------------------------


def test_a_record_is_a_value_with_limits_unit_and_names():
    got = one_test("46 01 07 0B 0078 0000 012C")
    assert (got.name, got.test_name) == (
        "Oxygen sensor, bank 1 sensor 1",
        "Least voltage in the test",
    )
    assert (got.value, got.minimum, got.maximum, got.unit) == (0.12, 0.0, 0.3, "V")
    assert got.passed is True


def test_the_example_of_the_standard_is_365_millivolt():
    got = one_test("46 01 01 0A 0BB0 0BB0 0BB0")
    assert (got.value, got.unit) == (pytest.approx(365.0, abs=0.1), "mV")
    assert (got.test_name, got.passed) == ("Voltage where rich turns to lean", True)


def test_a_value_outside_its_limits_fails():
    assert one_test("46 21 80 20 00F0 0000 00CD").passed is False
    assert one_test("46 21 80 20 000A 0014 00CD").passed is False


def test_signed_scales_are_twos_complement():
    got = one_test("46 81 80 AF FE0C F63C 09C4")
    assert (got.value, got.minimum, got.maximum, got.unit) == (-5.0, -25.0, 25.0, "percent")
    assert got.passed is True
    assert one_test("46 81 80 AF F5D8 F63C 09C4").passed is False


def test_an_end_of_the_range_is_no_limit():
    got = one_test("46 A2 0B 24 0003 0000 FFFF")
    assert (got.value, got.minimum, got.maximum, got.passed) == (3.0, None, None, None)
    lower = one_test("46 21 80 20 0100 0080 FFFF")
    assert (lower.minimum, lower.maximum, lower.passed) == (0.5, None, True)
    assert one_test("46 81 80 AF 0000 8000 09C4").minimum is None


def test_all_zeros_did_not_run_yet():
    assert one_test("46 01 05 10 0000 0000 0000").passed is None


def test_limits_that_contradict_each_other_are_no_verdict():
    assert one_test("46 01 05 10 0005 0009 0003").passed is None


def test_an_unknown_scale_gives_bare_counts():
    got = one_test("46 E1 91 7E 1234 0000 2000")
    assert (got.value, got.unit, got.name) == (4660.0, "count", "Monitor E1")
    assert got.test_name == "Test 91 (the maker's own), scale not known"


@given(st.integers(0, 255), st.integers(-0x8000, 0x7FFF))
def test_every_id_from_80_on_is_signed(number, raw):
    record = bytes((0x21, 0x80, number)) + raw.to_bytes(2, "big", signed=True) + bytes(4)
    (got,) = read_tests(1, 0x21, b"\x46" + record)
    if number >= 0x80:
        assert (got.value < 0) == (raw < 0)
    assert ("not known" in got.test_name) == (number not in scales())
    if number not in scales():
        assert got.value == (raw if number >= 0x80 else raw % 0x10000)


def test_several_records_come_together():
    payload = bytes.fromhex("46 A2 0B 24 0001 0000 FFFF A2 0C 24 0002 0000 FFFF")
    assert [one.value for one in read_tests(0x7E8, 0xA2, payload)] == [1.0, 2.0]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "46",
        "46 21",
        "46 21 80 20 00F0 0000 00",
        "46 21 80 20 00F0 0000 00CD 00",
        "46 22 80 20 00F0 0000 00CD",
        "46 21 80 20 00F0 0000 00CD 22 80 20 00F0 0000 00CD",
        "47 21 80 20 00F0 0000 00CD",
    ],
)
def test_a_damaged_record_is_no_result(answer):
    with pytest.raises(DecodeError):
        read_tests(0x7E8, 0x21, bytes.fromhex(answer))


def test_monitors_are_asked_six_bitmaps_at_once():
    assert [one.hex() for one in monitor_requests(packed=True)] == ["060020406080a0", "06c0e0"]
    told = read_monitors(bytes.fromhex("46 00 C0000001 20 80000001"))
    assert told == {0x00: {1, 2, 0x20}, 0x20: {0x21, 0x40}}


def test_before_can_a_filler_stands_before_the_bitmap():
    assert read_monitors(bytes.fromhex("46 00 FF C0000000")) == {0x00: {1, 2}}


@pytest.mark.parametrize("answer", ["", "46", "46 00 C00000", "46 01 C0000000", "41 00 C0000000"])
def test_a_damaged_bitmap_names_no_monitors(answer):
    with pytest.raises(DecodeError):
        read_monitors(bytes.fromhex(answer))


def test_before_can_a_test_has_one_limit_in_counts():
    most, least = read_older_tests(
        0x10, 0x03, [bytes.fromhex("46 03 11 0040 0050"), bytes.fromhex("46 03 92 0040 0050")]
    )
    assert (most.value, most.minimum, most.maximum, most.passed) == (64.0, None, 80.0, True)
    assert (least.value, least.minimum, least.maximum, least.passed) == (64.0, 80.0, None, False)
    assert (least.test, least.unit) == (0x12, "count")


@pytest.mark.parametrize("kind", ["11", "91"])
def test_before_can_all_zeros_did_not_run_yet(kind):
    (got,) = read_older_tests(0x10, 0x03, [bytes.fromhex(f"46 03 {kind} 0000 0000")])
    assert got.passed is None
    (ran,) = read_older_tests(0x10, 0x03, [bytes.fromhex(f"46 03 {kind} 0000 0001")])
    assert ran.passed is not None


@pytest.mark.parametrize("answer", ["46 03 11 0040 00", "46 04 11 0040 0050", "46 03", ""])
def test_a_damaged_older_test_is_no_result(answer):
    with pytest.raises(DecodeError):
        read_older_tests(0x10, 0x03, [bytes.fromhex(answer)])


def test_every_scale_has_a_unit_that_is_known():
    assert len(scales()) > 85
    assert {one.unit for one in scales().values()} <= UNITS.keys()
    assert all(one.signed == (number >= 0x80) for number, one in scales().items())


@given(st.binary(max_size=40))
def test_any_bytes_are_results_or_an_error(answer):
    try:
        results = read_tests(1, 0x21, answer)
    except DecodeError:
        return
    assert len(results) * 9 + 1 == len(answer)
    for one in results:
        if one.passed is True:
            assert one.minimum is None or one.value >= one.minimum
            assert one.maximum is None or one.value <= one.maximum


# -- service 05 ----------------------------------------------------------------------------------


def test_sensors_are_counted_as_the_pid_counts_them():
    assert sensors_of(0x13, b"\x33") == (0x01, 0x02, 0x10, 0x20)
    assert sensor_name(0x10, four_banks=False) == "Oxygen sensor, bank 2 sensor 1"
    assert sensor_name(0x10, four_banks=True) == "Oxygen sensor, bank 3 sensor 1"
    with pytest.raises(DecodeError):
        sensors_of(0x13, b"")


def test_tests_of_a_sensor_with_a_known_meaning_are_asked():
    told = read_sensor_tests(0x01, bytes.fromhex("45 00 01 FFC00001"))
    assert told == frozenset(range(1, 11))
    assert support_request(0x01).hex() == "050001"
    assert sensor_requests(0x01, {5, 7, 0x30}) == (b"\x05\x05\x01", b"\x05\x07\x01")


def test_a_sensor_test_has_its_scale_and_limits():
    got = read_sensor_test(
        0x10, b"\x05\x05\x01", bytes.fromhex("45 05 01 0F 00 19"), four_banks=False
    )
    assert (got.value, got.minimum, got.maximum, got.unit) == (0.06, 0.0, 0.1, "s")
    assert got.passed is True
    constant = read_sensor_test(
        0x10, b"\x05\x01\x01", bytes.fromhex("45 01 01 5A"), four_banks=False
    )
    assert (constant.value, constant.unit, constant.passed) == (0.45, "V", None)


@pytest.mark.parametrize("answer", ["", "45 05 01 0F", "45 06 01 0F 00 19", "45 05 02 0F 00 19"])
def test_a_damaged_sensor_test_is_no_result(answer):
    with pytest.raises(DecodeError):
        read_sensor_test(0x10, b"\x05\x05\x01", bytes.fromhex(answer), four_banks=False)
