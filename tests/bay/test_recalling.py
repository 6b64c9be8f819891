"""Recalling a car: its software is read of all control units at once, or of each where need be."""

import pytest

from cartech_desk.bay.identification import Identification
from cartech_desk.bay.recalling import recall
from cartech_desk.bay.status import CarIdentity, EcuIdentity
from cartech_desk.hardware.adapter import Answer, CarLink, Reply
from cartech_desk.hardware.errors import NoAnswer

ENGINE, GEARBOX = 0x7E8, 0x7E9
ONE, TWO = "ENG-01", "TCM-01"
LINK = CarLink(
    "ISO 15765-4 CAN, 11 bit, 500 kbit/s",
    False,
    (ENGINE, GEARBOX),
    first_bitmaps={ENGINE: bytes(4), GEARBOX: bytes(4)},
)
BEFORE = Identification(
    LINK,
    CarIdentity(
        "SZZCT0SM5N0012047", (EcuIdentity(ENGINE, "", (ONE,)), EcuIdentity(GEARBOX, "", (TWO,)))
    ),
    {ENGINE: frozenset(), GEARBOX: frozenset()},
)


def told(ecu, calibration):
    return Answer(ecu, b"\x49\x04\x01" + calibration.encode().ljust(16, b"\0"), 0)


class Car:
    """Answers 09 04; `together` is who answers the request to everybody."""

    def __init__(self, together, software=(ONE, TWO)):
        self.together = together
        self.software = dict(zip((ENGINE, GEARBOX), software, strict=True))
        self.asked = []

    def __call__(self, request):
        assert request.payload == b"\x09\x04"
        self.asked.append(request.address.request_id)
        who = self.together if request.address.functional else [request.address.request_id + 8]
        if not who:
            raise NoAnswer("Nobody answers.", to_do="Ask again.")
        return Reply(request, tuple(told(ecu, self.software[ecu]) for ecu in who))


def recalled(car):
    return recall(car, LINK, BEFORE, lambda _step: None)


def test_all_control_units_are_asked_at_once():
    car = Car([ENGINE, GEARBOX])
    assert recalled(car) is not None
    assert car.asked == [0x7DF]


def test_who_keeps_silent_when_everybody_is_asked_is_asked_alone():
    car = Car([ENGINE])
    assert recalled(car) is not None
    assert car.asked == [0x7DF, 0x7E1]


def test_each_is_asked_alone_where_nobody_answers_everybodys_request():
    car = Car([])
    assert recalled(car) is not None
    assert car.asked == [0x7DF, 0x7E0, 0x7E1]


@pytest.mark.parametrize("together", [[ENGINE, GEARBOX], [ENGINE], []])
def test_software_of_another_version_in_any_unit_is_no_recall(together):
    assert recalled(Car(together, (ONE, "TCM-02"))) is None
