import pytest

from cartech_desk.bay.codes import StoredCode, read_stored_codes
from cartech_desk.hardware.adapter import Answer, CarLink, Reply
from cartech_desk.hardware.elm.older_buses import checksum_sum
from cartech_desk.hardware.elm.text import Framing, parse_text
from cartech_desk.hardware.errors import LinkLost, NoAnswer, Unreadable

CAN = CarLink("ISO 15765-4 CAN, 11 bit, 500 kbit/s", False, (0x7E8, 0x7E9))
ISO = CarLink("ISO 9141-2, slow start, 10.4 kbit/s", False, (0x10,))
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


def elm_on_iso_9141(*answers):
    """Return an `ask` that reads these answers of ECU 10 as the ELM driver does."""

    def ask(request):
        lines = []
        for answer in answers:
            line = bytes((0x48, 0x6B, 0x10)) + bytes.fromhex(answer)
            lines.append((line + bytes((checksum_sum(line),))).hex(" ").upper())
        parsed = parse_text(
            "\r".join(lines) + "\r\r>",
            address=request.address,
            request=request.payload,
            framing=Framing.ISO,
            headers=True,
        )
        told = tuple(Answer(one.ecu, one.payload, 0) for one in parsed.messages)
        return Reply(request, told, (), parsed.unreadable)

    return ask


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        (["43 0133 0244 0000"], ["P0133", "P0244"]),
        (["43 0133 0420 0301", "43 0171 0000 0000"], ["P0133", "P0420", "P0301", "P0171"]),
        (["43 0000 0000 0000"], []),
        (["43"], []),
    ],
)
def test_before_can_codes_are_told_as_the_elm_driver_hands_them_on(answers, codes):
    found = read_stored_codes(elm_on_iso_9141(*answers), ISO)
    assert [code.code for code in found.codes] == codes
    assert found.warnings == ()


def test_before_can_half_a_code_is_not_without_codes():
    found = read_stored_codes(elm_on_iso_9141("43 0133 02"), ISO)
    assert found.codes == ()
    assert "not known" in found.warnings[0]
