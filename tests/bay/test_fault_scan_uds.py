import pytest

from cartech_desk.bay.fault_scan import CODES, read_faults
from cartech_desk.domain.faults.found import Answered, CodeStatus
from tests.bay.fault_car import ENGINE, GEARBOX, FaultCar

STORED, PENDING, PERMANENT = CodeStatus
LISTED, KEPT = bytes.fromhex("1942330C1E"), bytes.fromhex("195533")
PLAIN = bytes.fromhex("19020C")
STATUS = b"\x22\xf4\x01"


def status(count=0, lamp=False):
    return b"\x62\xf4\x01" + bytes((count | (0x80 if lamp else 0), 0x07, 0xE5, 0x00))


@pytest.fixture
def car():
    car = FaultCar(uds=True)
    for ecu in car.ecus:
        car.table[ecu, STATUS] = status()
        car.table[ecu, LISTED] = bytes.fromhex("594233FF1E04")
        car.table[ecu, KEPT] = bytes.fromhex("595533FF04")
    return car


def scan(car, **more):
    return read_faults(car.ask, car.found, url="x", adapter="y", **more)


def told(found, ecu, kind):
    (one,) = [one for one in found.codes_told if (one.ecu, one.kind) == (ecu, kind)]
    return one


def test_codes_come_with_failure_type_and_status_byte(car):
    car.table[ENGINE, STATUS] = status(1, lamp=True)
    car.table[ENGINE, LISTED] = bytes.fromhex("594233FF1E04 02 030111AF 02 01711C04")
    car.table[ENGINE, KEPT] = bytes.fromhex("595533FF04 030111AF")
    found = scan(car, parts=CODES)
    assert [(one.code, one.failure_type, one.status_byte, one.status) for one in found.codes] == [
        ("P0301", 0x11, 0xAF, (STORED, PENDING, PERMANENT)),
        ("P0171", 0x1C, 0x04, (PENDING,)),
    ]
    assert found.uds
    assert found.mil is True
    assert found.warnings == ()


def test_a_car_without_codes_is_clean_after_three_requests(car):
    found = scan(car, parts=CODES)
    assert found.clean
    assert car.payloads() == [STATUS, LISTED, KEPT]


def test_an_ecu_older_than_functional_groups_is_asked_by_19_02(car):
    car.table[ENGINE, STATUS] = status(1)
    car.table[ENGINE, LISTED] = b"\x7f\x19\x12"
    car.table[ENGINE, PLAIN] = bytes.fromhex("5902FF 03011108")
    found = scan(car, parts=CODES)
    assert [(one.code, one.status) for one in found.codes] == [("P0301", (STORED,))]
    assert found.unknown == ()


def test_an_ecu_that_keeps_no_pending_bit_has_no_pending_codes(car):
    car.table[GEARBOX, LISTED] = bytes.fromhex("594233FB1E04")
    found = scan(car, parts=CODES)
    assert told(found, GEARBOX, PENDING).answered is Answered.UNSUPPORTED
    assert found.clean


def test_an_ecu_that_keeps_no_confirmed_bit_is_not_known(car):
    car.table[GEARBOX, LISTED] = bytes.fromhex("594233F71E04")
    assert told(scan(car, parts=CODES), GEARBOX, STORED).answered is Answered.UNKNOWN


def test_a_refusal_of_permanent_codes_is_a_car_without_them(car):
    car.table[GEARBOX, KEPT] = b"\x7f\x19\x12"
    found = scan(car, parts=CODES)
    assert told(found, GEARBOX, PERMANENT).answered is Answered.UNSUPPORTED
    assert found.clean


@pytest.mark.parametrize("answer", ["594233FF1E", "594233FF1E0402030111", "594233FF1E0202030111AF"])
def test_a_damaged_list_is_not_known(car, answer):
    car.table[ENGINE, LISTED] = bytes.fromhex(answer)
    found = scan(car, parts=CODES)
    assert told(found, ENGINE, STORED).answered is Answered.UNKNOWN
    assert not found.clean


def test_a_code_that_is_neither_stored_nor_pending_leaves_both_unknown(car):
    car.table[ENGINE, LISTED] = bytes.fromhex("5942330C1E04 02 01331C01 02 03011108")
    found = scan(car, parts=CODES)
    for kind in (STORED, PENDING):
        assert told(found, ENGINE, kind).answered is Answered.UNKNOWN
        assert "P0133-1C" in told(found, ENGINE, kind).why
    assert [one.code for one in found.codes] == ["P0301"]
    alone = bytes.fromhex("5942330C1E04 02 01331C01")
    car.table[ENGINE, LISTED] = alone
    assert not scan(car, parts=CODES).clean


def test_fewer_codes_than_counted_are_not_the_whole(car):
    car.table[ENGINE, STATUS] = status(2)
    car.table[ENGINE, LISTED] = bytes.fromhex("594233FF1E04 02030111AF")
    found = scan(car, parts=CODES)
    assert told(found, ENGINE, STORED).answered is Answered.UNKNOWN
    assert [one.code for one in found.codes] == ["P0301"]


def test_snapshots_are_freeze_frames_of_their_code(car):
    car.table[ENGINE, STATUS] = status(1)
    car.table[ENGINE, LISTED] = bytes.fromhex("594233FF1E04 02030111AF")
    car.table[ENGINE, bytes.fromhex("1904030111FF")] = bytes.fromhex(
        "5904030111AF 00 02 F40C1C98 F40D32".replace(" ", "")
    )
    (frame,) = scan(car).frames
    assert (frame.code, frame.ecu, frame.frame) == ("P0301", ENGINE, 0)
    assert {one.name: one.value for one in frame.values} == {"rpm": 0x1C98 / 4, "speed": 50}


def test_a_part_of_a_snapshot_that_nobody_can_read_is_said(car):
    car.table[ENGINE, STATUS] = status(1)
    car.table[ENGINE, LISTED] = bytes.fromhex("594233FF1E04 02030111AF")
    car.table[ENGINE, bytes.fromhex("1904030111FF")] = bytes.fromhex(
        "5904030111AF 00 02 F40C1C98 123455"
    )
    found = scan(car)
    assert [one.name for one in found.frames[0].values] == ["rpm"]
    assert any("maker's own form" in text for text in found.warnings)


def test_counters_come_three_to_a_request_that_every_adapter_can_send(car):
    car.supported[ENGINE] = frozenset({0x01, 0x21, 0x30, 0x31, 0x41, 0x4D, 0x4E})
    car.table[ENGINE, bytes.fromhex("22F421F430F431")] = bytes.fromhex(
        "62 F4210025 F43026 F43104EF"
    )
    car.table[ENGINE, bytes.fromhex("22F441F44DF44E")] = bytes.fromhex(
        "62 F4410007E500 F44D0029 F44E07DA"
    )
    found = scan(car)
    assert (found.counters.lamp_km, found.counters.warm_ups) == (37, 38)
    assert [one.ecu for one in found.this_cycle] == [ENGINE]
    assert all(len(payload) <= 7 for payload in car.payloads())


def test_on_board_tests_are_identifiers_f6xx(car):
    car.table[ENGINE, bytes.fromhex("22F600F620F640")] = bytes.fromhex(
        "62 F60000000001 F62080000000"
    )
    car.table[ENGINE, b"\x22\xf6\x21"] = bytes.fromhex("62F6218020005C000000CD")
    (test,) = scan(car).tests
    assert (test.ecu, test.monitor, test.test, test.passed) == (ENGINE, 0x21, 0x80, True)


def test_a_car_that_is_switched_off_is_told_by_its_own_question(car):
    car.before = lambda _: car.silent.update(car.ecus) if len(car.asked) > 2 else None
    found = scan(car)
    assert not found.complete
    assert car.payloads()[-1] == b"\x22\xf8\x10"
