"""ECUs that nobody looked for, and adapters that do not show who answers."""

from dataclasses import replace

import pytest

from cartech_desk.bay.fault_scan import CODES, read_faults
from cartech_desk.domain.faults.found import Answered, CodeStatus
from cartech_desk.hardware.errors import Unreadable
from tests.bay.fault_car import ENGINE, GEARBOX, ISO, FaultCar

STORED, PENDING, PERMANENT = CodeStatus
LATE = 0x7ED
LISTED, KEPT = bytes.fromhex("1942330C1E"), bytes.fromhex("195533")


@pytest.fixture
def known():
    """The car as it was found: by an engine and a gearbox."""
    return FaultCar().found


@pytest.fixture
def car():
    """The same car with one more ECU, which answers 03 and not 01 00."""
    car = FaultCar(ENGINE, GEARBOX, LATE)
    for payload in (b"\x01\x00", b"\x01\x01"):
        del car.table[LATE, payload]
    return car


def in_a_hurry(car):
    """Ask as drivers do: whoever comes last is not heard once as many came as were expected."""

    def ask(request):
        reply = car.ask(request)
        answers = reply.answers[: request.expected] if request.expected else reply.answers
        return replace(reply, answers=answers)

    return ask


def scan(ask, found, **more):
    return read_faults(ask, found, url="x", adapter="y", **more)


def told(found, ecu, kind):
    (one,) = [one for one in found.codes_told if (one.ecu, one.kind) == (ecu, kind)]
    return one


@pytest.mark.parametrize("parts", [{"parts": CODES}, {}])
def test_the_only_code_in_an_ecu_that_did_not_answer_01_00_is_told(car, known, parts):
    car.table[LATE, b"\x03"] = b"\x43\x01\x40\x31"
    found = scan(in_a_hurry(car), known, **parts)
    assert [(one.code, one.ecu) for one in found.codes] == [("C0031", LATE)]
    assert not found.clean
    assert [told(found, LATE, kind).answered for kind in CodeStatus] == [Answered.TOLD] * 3
    assert LATE in {one.address for one in found.ecus}
    assert any("ECU 7ED answers that was not heard" in text for text in found.warnings)


def test_an_ecu_heard_first_by_its_codes_is_asked_for_every_kind(car, known):
    car.table[LATE, b"\x0a"] = b"\x4a\x01\x40\x31"
    found = scan(in_a_hurry(car), known, parts=CODES)
    assert [(one.code, one.ecu, one.status) for one in found.codes] == [
        ("C0031", LATE, (PERMANENT,))
    ]


def test_an_ecu_heard_first_by_its_codes_is_named_where_it_tells(car, known):
    car.table[LATE, b"\x09\x0a"] = b"\x49\x0a\x01" + b"BCM\0-BodyControl".ljust(20, b"\0")
    found = scan(in_a_hurry(car), known)
    assert [one.name for one in found.ecus] == ["ECU-7E8", "ECU-7E9", "BCM-BodyControl"]


def test_a_newcomer_is_heard_beside_the_only_ecu_that_was_known():
    car, alone = FaultCar(ENGINE, LATE), FaultCar(ENGINE).found
    car.table[LATE, b"\x03"] = b"\x43\x01\x40\x31"
    assert [one.code for one in scan(in_a_hurry(car), alone).codes] == ["C0031"]


def test_a_newcomer_is_heard_before_can_too():
    car, alone = FaultCar(0x10, 0x28, protocol=ISO), FaultCar(0x10, protocol=ISO).found
    car.table[0x28, b"\x03"] = b"\x43\x01\x40\x31"
    found = scan(car.ask, alone)
    assert [(one.code, one.ecu) for one in found.codes] == [("C0031", 0x28)]


def test_a_newcomer_of_a_uds_car_is_heard():
    car = FaultCar(ENGINE, LATE, uds=True)
    for ecu in car.ecus:
        car.table[ecu, LISTED] = bytes.fromhex("594233FF1E04")
        car.table[ecu, KEPT] = bytes.fromhex("595533FF04")
    car.table[LATE, LISTED] += bytes.fromhex("02 403113AF")
    name = b"BCM\0-BodyControl".ljust(20, b"\0")
    car.table[LATE, bytes.fromhex("22F80A")] = bytes.fromhex("62F80A") + name
    found = scan(in_a_hurry(car), FaultCar(ENGINE, uds=True).found)
    assert [(one.code, one.ecu) for one in found.codes] == [("C0031", LATE)]
    assert [one.name for one in found.ecus] == ["ECU-7E8", "BCM-BodyControl"]


def test_who_only_says_that_it_knows_no_such_service_is_no_newcomer(car, known):
    for service in (0x03, 0x07, 0x0A):
        car.table[LATE, bytes((service,))] = bytes((0x7F, service, 0x11))
    found = scan(car.ask, known, parts=CODES)
    assert {one.ecu for one in found.codes_told} == {ENGINE, GEARBOX}
    assert found.clean


def test_a_newcomer_whose_list_is_damaged_is_not_known(car, known):
    car.table[LATE, b"\x03"] = b"\x43\x02\x40\x31"
    found = scan(car.ask, known, parts=CODES)
    assert told(found, LATE, STORED).answered is Answered.UNKNOWN
    assert not found.clean


def test_a_newcomer_that_is_legible_only_alone_is_told(car, known):
    car.table[LATE, b"\x03"] = lambda request: (
        Unreadable("frames are missing at the end.", to_do="Again.")
        if request.address.functional
        else b"\x43\x01\x40\x31"
    )
    found = scan(car.ask, known, parts=CODES)
    assert [(one.code, one.ecu) for one in found.codes] == [("C0031", LATE)]


def test_what_nobody_knows_to_be_whose_and_cannot_be_read_is_never_clean(known):
    car = FaultCar()

    def ask(request):
        reply = car.ask(request)
        if request.payload == b"\x03" and request.address.functional:
            return replace(reply, unreadable=("“?ED 06 43 02”: a digit is missing",))
        return reply

    found = scan(ask, known, parts=CODES)
    assert found.codes == ()
    assert not found.clean
    assert {one.ecu for one in found.unknown} == {0x7DF}
    (warning,) = found.warnings
    assert warning.startswith("The codes of other control units are not known.")


def test_what_cannot_be_read_once_and_then_can_leaves_no_doubt(known):
    car = FaultCar()
    texts = [("“noise”: a digit is missing",)]

    def ask(request):
        reply = car.ask(request)
        if request.payload == b"\x03":
            return replace(reply, unreadable=texts.pop() if texts else ())
        return reply

    assert scan(ask, known, parts=CODES).clean


def test_what_is_not_known_can_be_told_apart_from_other_warnings(car, known):
    car.table[LATE, b"\x03"] = b"\x43\x02\x40\x31"
    found = scan(car.ask, known, parts=CODES)
    assert [one.sentence for one in found.unknown] == [
        text for text in found.warnings if text not in found.other_warnings
    ]
    assert [text for text in found.other_warnings if "not known" in text] == []


@pytest.mark.parametrize("uds", [False, True])
def test_an_adapter_that_asks_the_engine_alone_makes_no_car_clean(uds):
    car = FaultCar(ENGINE, uds=uds)
    found = car.found
    found = replace(found, link=replace(found.link, shows_who=False))
    read = scan(car.ask, found, parts=CODES)
    assert not read.clean
    assert read.complete
    assert {one.ecu for one in read.unknown} >= {0x7DF}
    assert any("only the engine can be asked" in text for text in read.warnings)


def test_before_can_it_is_said_that_codes_of_all_ecus_are_mixed():
    car = FaultCar(0x10, protocol=ISO)
    car.table[0x10, b"\x03"] = b"\x43\x01\x03\x01"
    found = replace(car.found, link=replace(car.link, shows_who=False))
    read = scan(car.ask, found, parts=CODES)
    assert [one.code for one in read.codes] == ["P0301"]
    assert any("ECU 10" in text and "cannot be told which" in text for text in read.warnings)
