"""Codes that a damaged answer has lost are never told as none, nor as all there are."""

import itertools

import pytest

from cartech_desk.bay.fault_scan import CODES, read_faults
from cartech_desk.domain.faults.found import Answered, CodeStatus
from cartech_desk.hardware.adapter import Answer, Reply
from cartech_desk.hardware.elm.text import Framing, Line, parse_lines
from cartech_desk.hardware.errors import NoAnswer, Unreadable
from tests.bay.fault_car import ENGINE, ISO, STATUS, FaultCar, told_status

STORED, PENDING, PERMANENT = CodeStatus
K_LINE = 0x10


def scan(car, ask=None):
    return read_faults(ask or car.ask, car.found, url="u", adapter="a", parts=CODES)


def answered(found, ecu, kind):
    return next(one for one in found.codes_told if (one.ecu, one.kind) == (ecu, kind))


def line(payload, *, spoilt=False):
    data = bytes((0x48, 0x6B, K_LINE)) + payload
    return (data + bytes(((sum(data) + spoilt) & 0xFF,))).hex().upper()


FIRST, SECOND = bytes.fromhex("47013301340135"), bytes.fromhex("47030100000000")


class KLine:
    """A car before CAN, as an adapter prints its lines; `lists` are those of service 07."""

    def __init__(self, *lists):
        self.car = FaultCar(K_LINE, protocol=ISO)
        self._pending = itertools.chain(lists, itertools.repeat(lists[-1]))

    def ask(self, request):
        told = {
            b"\x01\x00": [line(bytes.fromhex("410080000000"))],
            b"\x01\x01": [line(bytes.fromhex("41010007E500"))],
            b"\x03": [line(b"\x43" + bytes(6))],
            b"\x07": None,
        }.get(request.payload, [])
        texts = next(self._pending) if told is None else told
        parsed = parse_lines(
            [Line(text) for text in texts],
            address=request.address,
            request=request.payload,
            framing=Framing.ISO,
        )
        if not (parsed.messages or parsed.unreadable):
            raise NoAnswer("No ECU answered.", to_do="Ignition on?")
        answers = tuple(Answer(one.ecu, one.payload, 0) for one in parsed.messages)
        return Reply(request, answers, (), parsed.unreadable)


@pytest.mark.parametrize("spoilt", [(True, False), (False, True)])
def test_before_can_a_list_with_a_spoilt_line_is_not_known(spoilt):
    lines = [line(FIRST, spoilt=spoilt[0]), line(SECOND, spoilt=spoilt[1])]
    k_line = KLine(lines)
    found = scan(k_line.car, k_line.ask)
    told = answered(found, K_LINE, PENDING)
    assert told.answered is Answered.UNKNOWN
    assert "cannot be read" in told.why
    assert not found.clean


def test_before_can_a_list_with_a_spoilt_line_is_asked_for_again():
    k_line = KLine([line(FIRST), line(SECOND, spoilt=True)], [line(FIRST), line(SECOND)])
    found = scan(k_line.car, k_line.ask)
    assert answered(found, K_LINE, PENDING).answered is Answered.TOLD
    assert [one.code for one in found.codes] == ["P0133", "P0134", "P0135", "P0301"]


def test_stored_codes_beside_a_spoilt_line_are_not_known_either():
    k_line = KLine([line(SECOND)])

    def ask(request):
        reply = k_line.ask(request)
        if request.payload != b"\x03":
            return reply
        return Reply(request, reply.answers, (), ("48 6B 10 43, of wrong checksum",))

    found = scan(k_line.car, ask)
    assert answered(found, K_LINE, STORED).answered is Answered.UNKNOWN


def test_codes_that_were_counted_and_whose_number_cannot_be_read_again_are_not_none():
    car = FaultCar(ENGINE)
    first = itertools.chain([told_status(3)], itertools.repeat(Unreadable("Noise.", to_do="Again")))
    car.table[ENGINE, STATUS] = lambda _: next(first)
    found = scan(car)
    told = answered(found, ENGINE, STORED)
    assert told.answered is Answered.UNKNOWN
    assert told.why == "It says that it holds 3, and tells 0."
