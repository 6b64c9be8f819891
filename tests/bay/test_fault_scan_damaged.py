"""What no scan may take for "no faults": damage, contradiction, silence, a car that goes."""

import itertools

import pytest

from cartech_desk.bay import fault_scan_asking
from cartech_desk.bay.fault_scan import CODES, read_faults
from cartech_desk.domain.faults.found import Answered, CodeStatus
from cartech_desk.hardware.errors import BusFault, LinkLost, NoAnswer, Unreadable
from tests.bay.fault_car import ENGINE, GEARBOX, FaultCar, told_status

STORED, PENDING, PERMANENT = CodeStatus


@pytest.fixture
def car():
    return FaultCar()


def scan(car, **more):
    return read_faults(car.ask, car.found, url="x", adapter="y", **more)


def told(found, ecu, kind):
    (one,) = [one for one in found.codes_told if (one.ecu, one.kind) == (ecu, kind)]
    return one


@pytest.mark.parametrize(
    "answer",
    ["43", "4301", "430203 01", "43010000", "430103010171", "4303030101710300FF", "43ZZ"],
)
def test_a_list_that_does_not_add_up_is_not_known(car, answer):
    if "Z" in answer:
        car.table[GEARBOX, b"\x03"] = Unreadable("43 ZZ came.", to_do="Again.")
    else:
        car.table[GEARBOX, b"\x03"] = bytes.fromhex(answer)
    found = scan(car, parts=CODES)
    one = told(found, GEARBOX, STORED)
    assert one.answered is Answered.UNKNOWN
    assert one.why
    assert not found.clean


def test_a_list_without_its_number_is_read_where_the_ecu_counts_as_many(car):
    car.table[ENGINE, b"\x01\x01"] = told_status(2, lamp=True)
    car.table[ENGINE, b"\x03"] = bytes.fromhex("4301430196")
    car.table[ENGINE, b"\x07"] = bytes.fromhex("470300")
    found = scan(car, parts=CODES)
    assert [code.code for code in found.codes] == ["P0143", "P0196", "P0300"]
    assert found.unknown == ()
    assert any("without their number" in text for text in found.warnings)


@pytest.mark.parametrize(
    "answer", ["43014301", "4301430000", "43014301960234", "430143", "4302013304"]
)
def test_a_list_without_its_number_that_nothing_bears_out_is_not_known(car, answer):
    car.table[ENGINE, b"\x01\x01"] = told_status(2, lamp=True)
    car.table[ENGINE, b"\x03"] = bytes.fromhex(answer)
    assert told(scan(car, parts=CODES), ENGINE, STORED).answered is Answered.UNKNOWN


def test_garbage_for_permanent_codes_is_not_a_car_without_them(car):
    car.table[GEARBOX, b"\x0a"] = b"\x4a\x02\x03\x01"
    found = scan(car, parts=CODES)
    assert told(found, GEARBOX, PERMANENT).answered is Answered.UNKNOWN
    assert not found.clean


def test_a_list_that_is_damaged_once_is_read_again(car):
    answers = itertools.chain([b"\x43\x02\x03\x01"] * 2, itertools.repeat(b"\x43\x01\x07\x00"))
    car.table[GEARBOX, b"\x03"] = lambda _: next(answers)
    car.table[GEARBOX, b"\x01\x01"] = told_status(1)
    found = scan(car, parts=CODES)
    assert told(found, GEARBOX, STORED).answered is Answered.TOLD
    assert [one.code for one in found.codes] == ["P0700"]


def test_fewer_codes_than_counted_are_kept_and_not_the_whole(car):
    car.table[ENGINE, b"\x01\x01"] = told_status(3, lamp=True)
    car.table[ENGINE, b"\x03"] = b"\x43\x01\x03\x01"
    found = scan(car, parts=CODES)
    one = told(found, ENGINE, STORED)
    assert one.answered is Answered.UNKNOWN
    assert "3" in one.why
    assert "1" in one.why
    assert [code.code for code in found.codes] == ["P0301"]


def test_no_codes_where_some_are_counted_are_not_none(car):
    car.table[ENGINE, b"\x01\x01"] = told_status(2)
    found = scan(car, parts=CODES)
    assert found.codes == ()
    assert not found.clean
    assert any("7E8" in text for text in found.warnings)


def test_a_count_that_was_read_amid_a_change_is_asked_again(car):
    counts = itertools.chain([told_status(2)], itertools.repeat(told_status(1)))
    car.table[ENGINE, b"\x01\x01"] = lambda _: next(counts)
    car.table[ENGINE, b"\x03"] = b"\x43\x01\x03\x01"
    found = scan(car, parts=CODES)
    assert told(found, ENGINE, STORED).answered is Answered.TOLD
    assert found.lamps[0].codes == 1
    assert found.warnings == ()


def test_more_codes_than_counted_are_a_warning(car):
    car.table[ENGINE, b"\x01\x01"] = told_status(1, lamp=True)
    car.table[ENGINE, b"\x03"] = b"\x43\x02\x03\x01\x01\x71"
    found = scan(car, parts=CODES)
    assert told(found, ENGINE, STORED).answered is Answered.TOLD
    assert any("counts 1" in text for text in found.warnings)


def test_two_different_answers_of_one_ecu_are_none(car):
    car.table[GEARBOX, b"\x01\x01"] = [told_status(0), told_status(1)]
    found = scan(car, parts=CODES)
    assert [lamp.ecu for lamp in found.lamps] == [ENGINE]
    assert any("different answers" in text for text in found.warnings)


@pytest.mark.parametrize("goes_after", range(0, 12))
def test_a_car_that_is_switched_off_in_the_middle_keeps_what_was_read(car, goes_after):
    car.table[ENGINE, b"\x01\x01"] = told_status(1, lamp=True)
    car.table[ENGINE, b"\x03"] = b"\x43\x01\x03\x01"
    car.table[ENGINE, bytes.fromhex("060020406080A0")] = bytes.fromhex("4600F8000000")
    for monitor in range(1, 6):
        answer = bytes((0x46, monitor, 0x80, 0x20, 0, 92, 0, 0, 0, 205))
        car.table[ENGINE, bytes((0x06, monitor))] = answer

    def go(_):
        if len(car.asked) > goes_after:
            car.silent = set(car.ecus)

    car.before = go
    found = scan(car)
    assert not found.complete
    assert not found.clean
    assert any("fell silent" in text for text in found.warnings)
    if goes_after >= 2:
        assert [code.code for code in found.codes] == ["P0301"]
    for one in found.codes_told:
        assert one.answered is Answered.UNKNOWN or one.kind is STORED or goes_after > 2
    assert len(car.asked) <= goes_after + 10


def test_a_wire_that_is_lost_in_the_middle_keeps_what_was_read(car):
    car.table[ENGINE, b"\x01\x01"] = told_status(1)
    car.table[ENGINE, b"\x03"] = b"\x43\x01\x03\x01"

    def lose(_):
        if len(car.asked) > 2:
            raise LinkLost("The cable is out.", to_do="Plug it in.")

    car.before = lose
    found = scan(car)
    assert [code.code for code in found.codes] == ["P0301"]
    assert not found.complete
    assert not found.clean
    assert any("The cable is out." in text for text in found.warnings)
    assert told(found, ENGINE, PENDING).answered is Answered.UNKNOWN


def test_an_ecu_that_falls_silent_is_not_asked_for_ever_and_the_others_are_read(car):
    car.before = lambda request: car.silent.add(GEARBOX) if request.payload == b"\x07" else None
    found = scan(car)
    assert found.complete
    assert told(found, ENGINE, PERMANENT).answered is Answered.TOLD
    assert told(found, GEARBOX, PENDING).answered is Answered.UNKNOWN
    assert not found.clean


def test_an_ecu_that_asks_for_time_for_ever_is_waited_for_once(car):
    clock = itertools.count()
    now = [0.0]

    def pending(_):
        now[0] += 5.2
        return NoAnswer("The ECU asked for more time and then did not answer.", to_do="Wait.")

    for payload in (b"\x01\x01", b"\x03", b"\x07", b"\x0a"):
        car.table[GEARBOX, payload] = pending
    asking = fault_scan_asking.Asking(car.ask, car.link, lambda: False, clock=lambda: now[0])
    got = [
        asking.everybody(payload, car.ecus, lambda payloads: payloads[0])
        for payload in (b"\x03", b"\x07", b"\x0a")
    ]
    assert now[0] == 5.2
    assert all(one[ENGINE].value for one in got)
    assert all("for ever" in one[GEARBOX].why for one in got)
    assert list(asking.given_up) == [GEARBOX]
    assert next(clock) == 0


def test_what_is_not_known_of_an_ecu_that_is_given_up_is_named(car):
    car.table[ENGINE, bytes.fromhex("060020406080A0")] = bytes.fromhex("4600C0000000")
    for monitor in (1, 2):
        car.table[ENGINE, bytes((0x06, monitor))] = NoAnswer("Silence.", to_do="Again.")
    found = scan(car)
    assert found.complete
    (warning,) = [text for text in found.warnings if text.startswith("Not known of ECU 7E8")]
    assert "on-board tests" in warning
    assert "codes" not in warning


def test_trouble_on_the_bus_everywhere_is_a_car_that_is_gone(car):
    def fault(_):
        if len(car.asked) > 4:
            raise BusFault("CAN ERROR.", to_do="Check the wiring.")

    car.before = fault
    found = scan(car)
    assert not found.complete


def test_what_is_damaged_is_never_an_empty_success(car):
    for ecu, payload in itertools.product(car.ecus, (b"\x01\x01", b"\x03", b"\x07", b"\x0a")):
        car.table[ecu, payload] = Unreadable("Noise.", to_do="Again.")
    found = scan(car)
    assert len(found.unknown) == 6
    assert found.mil is None
    assert not found.clean
