"""Damaged answers, very many: an error that says so, or values that the bytes really hold."""

import random

import pytest

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.codes import read_codes
from cartech_desk.domain.obd.freeze_frames import frame_values, read_frame, read_frame_support
from cartech_desk.domain.obd.onboard_tests import read_monitors, read_older_tests, read_tests
from cartech_desk.domain.obd.oxygen_tests import read_sensor_test, read_sensor_tests
from cartech_desk.domain.obd.readiness import read_lamp, read_readiness
from cartech_desk.domain.obd.uds_codes import codes_request, permanent_request, read_uds_codes
from cartech_desk.domain.obd.uds_identifiers import (
    PIDS,
    read_pids,
    read_support,
    read_uds_calibration_ids,
    read_uds_cvns,
    read_uds_ecu_name,
    read_uds_tests,
    read_uds_vin,
)
from cartech_desk.domain.obd.uds_snapshots import (
    read_snapshot_ids,
    read_snapshots,
)

FRAME = bytes.fromhex("02 0C00 0500 0D00")
SNAPSHOT = bytes.fromhex("19 04 029900 FF")
PIDS_ASKED = bytes.fromhex("22 F40C F40D F405")

# A whole answer, the reader, and whether a shorter or longer one can be right as well.
ANSWERS = {
    "stored": ("43 03 0299 0301 C100", lambda a: read_codes(0x03, a), False),
    "pending": ("47 01 0299", lambda a: read_codes(0x07, a), False),
    "permanent": ("4A 02 0299 0301", lambda a: read_codes(0x0A, a), False),
    "frame support": ("42 0000 7E1F8000", lambda a: read_frame_support(a, 0), False),
    "frame": ("42 0C00 1AF8 0500 7B 0D00 20", lambda a: read_frame(FRAME, a), True),
    "monitors": ("46 00 C0000001", read_monitors, False),
    "tests": ("46 21 80 20 0050 0000 00CD", lambda a: read_tests(1, 0x21, a), False),
    "older test": ("46 03 11 0040 0050", lambda a: read_older_tests(1, 3, [a]), False),
    "sensor tests": ("45 00 01 FFC00000", lambda a: read_sensor_tests(1, a), False),
    "sensor test": (
        "45 05 01 0F 00 19",
        lambda a: read_sensor_test(1, b"\x05\x05\x01", a, four_banks=False),
        False,
    ),
    "readiness": ("00 07 65 01", lambda a: read_readiness(1, a), False),
    "lamp": ("81 07 65 01", lambda a: read_lamp(1, a), False),
    "codes by mask": (
        "59 42 33 FF FF 04 02 029900 08 04 24631F 04",
        lambda a: read_uds_codes(codes_request(0x0C), a),
        True,
    ),
    "permanent by UDS": (
        "59 55 33 FF 04 029900 08 030100 08",
        lambda a: read_uds_codes(permanent_request(), a),
        True,
    ),
    "snapshots": (
        "59 04 029900 08 00 03 F40C 1AF8 F405 7B F40D 20",
        lambda a: [frame_values(one.pids) for one in read_snapshots(SNAPSHOT, a)],
        True,
    ),
    "snapshot ids": ("59 03 029900 00 C10000 01", read_snapshot_ids, True),
    "PIDs by UDS": ("62 F40C 1AF8 F40D 20 F405 7B", lambda a: read_pids(PIDS_ASKED, a), True),
    "support by UDS": ("62 F400 00180001", lambda a: read_support(PIDS, a), False),
    "VIN by UDS": ("62 F802" + b"1HGCM82633A004352".hex(), read_uds_vin, False),
    "calibration ids": (
        "62 F804" + b"CAL-1".ljust(16, b"\0").hex(),
        read_uds_calibration_ids,
        False,
    ),
    "CVNs": ("62 F806 01020304", read_uds_cvns, False),
    "name": ("62 F80A" + b"ECM\0-EngineControl\0\0".hex(), read_uds_ecu_name, False),
    "tests by UDS": ("62 F621 80 20 0050 0000 00CD", lambda a: read_uds_tests(1, 0x21, a), False),
}
CASES = [pytest.param(*case, id=name) for name, case in ANSWERS.items()]


@pytest.mark.parametrize(("answer", "reader", "open_end"), CASES)
def test_the_whole_answer_is_read(answer, reader, open_end):
    assert reader(bytes.fromhex(answer)) is not None


@pytest.mark.parametrize(("answer", "reader", "open_end"), CASES)
def test_no_cut_answer_is_taken_for_a_whole_one(answer, reader, open_end):
    payload = bytes.fromhex(answer)
    for end in range(len(payload)):
        try:
            reader(payload[:end])
        except CarTechError:
            continue
        # Lists without a count may end behind any of their records, and nowhere else.
        assert open_end, payload[:end].hex(" ")


@pytest.mark.parametrize(("answer", "reader", "open_end"), CASES)
def test_another_first_byte_is_never_an_answer(answer, reader, open_end):
    payload = bytes.fromhex(answer)
    if payload[0] in (0x00, 0x81):
        return  # data bytes without a head
    for first in range(256):
        if first != payload[0]:
            with pytest.raises(CarTechError):
                reader(bytes((first,)) + payload[1:])


@pytest.mark.parametrize("reader", [case[1] for case in ANSWERS.values()], ids=list(ANSWERS))
def test_nothing_at_all_and_a_refusal_are_no_answer(reader):
    for answer in (b"", b"\x7f\x19\x31", b"\x7f\x22\x11\x00\x00\x00\x00\x00"):
        with pytest.raises(CarTechError):
            reader(answer)


@pytest.mark.long
@pytest.mark.parametrize(("answer", "reader", "open_end"), CASES)
def test_very_many_damaged_answers_are_values_or_an_error(answer, reader, open_end):
    chance = random.Random(answer)  # noqa: S311 - no secret
    whole = bytes.fromhex(answer)
    for _ in range(20_000):
        payload = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            act, at = chance.randrange(4), chance.randrange(len(payload) + 1)
            if act == 0 and at < len(payload):
                payload[at] ^= 1 << chance.randrange(8)
            elif act == 1 and at < len(payload):
                payload[at] = chance.choice((0x00, 0x55, 0xAA, 0xFF, chance.randrange(256)))
            elif act == 2:
                del payload[at : at + chance.randint(1, 3)]
            else:
                payload[at:at] = chance.randbytes(chance.randint(1, 3))
        try:
            reader(bytes(payload))
        except CarTechError:
            continue
