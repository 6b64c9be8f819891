import pytest

from cartech_desk.bay.codes import StoredCode, read_stored_codes
from cartech_desk.hardware.adapter import Answer, CarLink, Reply
from cartech_desk.hardware.errors import LinkLost, NoAnswer, Unreadable

CAN = CarLink("ISO 15765-4 CAN, 11 bit, 500 kbit/s", False, (0x7E8, 0x7E9))
KWP = CarLink("ISO 14230-4 KWP, fast start, 10.4 kbit/s", False, (0x10,))
NONE = b"\x43\x00"


def test_codes_stand_beside_the_ecu_that_told_them(car):
    car.others[0x7E8, b"\x03"] = b"\x43\x02\x01\x33\x04\x20"
    car.others[0x7E9, b"\x03"] = b"\x43\x01\x07\x00"
    with car.adapter("a") as adapter:
        found = read_stored_codes(adapter.request, CAN)
    assert found.codes == (
        StoredCode("P0133", 0x7E8),
        StoredCode("P0420", 0x7E8),
        StoredCode("P0700", 0x7E9),
    )
    assert found.warnings == ()


def test_a_car_without_codes_is_told_without_a_warning(car):
    car.others[0x7E8, b"\x03"] = car.others[0x7E9, b"\x03"] = NONE
    with car.adapter("a") as adapter:
        found = read_stored_codes(adapter.request, CAN)
    assert (found.codes, found.warnings) == ((), ())


def test_an_ecu_that_keeps_silent_is_not_without_codes(car):
    car.others[0x7E8, b"\x03"] = NONE
    with car.adapter("a") as adapter:
        found = read_stored_codes(adapter.request, CAN)
    assert found.codes == ()
    (warning,) = found.warnings
    assert "7E9" in warning
    assert "not known" in warning


def test_an_answer_that_does_not_add_up_is_not_without_codes(car):
    car.others[0x7E8, b"\x03"] = b"\x43\x02\x01\x33"
    car.others[0x7E9, b"\x03"] = NONE
    with car.adapter("a") as adapter:
        found = read_stored_codes(adapter.request, CAN)
    assert found.codes == ()
    assert "7E8" in found.warnings[0]


def test_a_refusal_is_said(car):
    car.others[0x7E8, b"\x03"] = NONE
    car.others[0x7E9, b"\x03"] = b"\x7f\x03\x11"
    with car.adapter("a") as adapter:
        found = read_stored_codes(adapter.request, CAN)
    assert "7E9" in found.warnings[0]
    assert "11" in found.warnings[0]


def test_an_ecu_that_is_heard_only_alone_counts(car):
    car.others[0x7E8, b"\x03"] = NONE
    car.others[0x7E9, b"\x03"] = b"\x43\x01\x07\x00"

    with car.adapter("a") as adapter:

        def ask(request):
            reply = adapter.request(request)
            if request.address.functional:
                return Reply(request, reply.answers[:1])
            return reply

        found = read_stored_codes(ask, CAN)
    assert found.codes == (StoredCode("P0700", 0x7E9),)
    assert found.warnings == ()


@pytest.mark.parametrize("error", [NoAnswer, Unreadable])
def test_a_car_that_says_nothing_useful_has_codes_that_are_not_known(error):
    def ask(request):
        raise error("Nothing useful came.", to_do="")

    found = read_stored_codes(ask, CAN)
    assert found.codes == ()
    assert len(found.warnings) == 2


def test_a_lost_wire_is_no_result():
    def ask(request):
        raise LinkLost("The cable is out.", to_do="Plug it in.")

    with pytest.raises(LinkLost):
        read_stored_codes(ask, CAN)


def test_before_can_the_frames_of_three_codes_are_joined():
    def ask(request):
        frames = (b"\x43\x01\x33\x04\x20\x00\x00", b"\x43\x01\x71\x00\x00\x00\x00")
        return Reply(request, tuple(Answer(0x10, frame, 0) for frame in frames))

    found = read_stored_codes(ask, KWP)
    assert [code.code for code in found.codes] == ["P0133", "P0420", "P0171"]
