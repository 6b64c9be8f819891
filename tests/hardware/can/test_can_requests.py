"""Requests by frames, on a virtual bus."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.obd.address import FUNCTIONAL, FUNCTIONAL_29BIT, Address
from cartech_desk.hardware.adapter import Adapter, Request
from cartech_desk.hardware.errors import AdapterLacks, LinkLost, NoAnswer, Unreadable

Talk = Callable[..., None]

VIN = bytes.fromhex("490201") + b"WVWZZZ1KZAW000201"
ENGINE = Address(0x7E0)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy test machine is no slow ECU."""
    for name in ("FLOOR_S", "FIRST_S", "CEILING_S"):
        monkeypatch.setattr(f"cartech_desk.hardware.can.patience.{name}", 2.0)


def vin_frames(responder: str, lead: str = "", pad: str = "AA") -> list[str]:
    room, text = 8 - len(lead.split()), VIN
    frames = [f"{responder} {lead} 10 14 {text[: room - 2].hex(' ')}"]
    rest = text[room - 2 :]
    for number, start in enumerate(range(0, len(rest), room - 1), start=1):
        part = rest[start : start + room - 1].hex(" ")
        fill = f" {pad}" * (room - 1 - len(rest[start : start + room - 1]))
        frames.append(f"{responder} {lead} {0x20 + number:02X} {part}{fill}")
    return frames


def test_a_short_answer_comes_back_without_length_and_padding(adapter: Adapter, talk: Talk) -> None:
    talk(("7E0 02 01 0C", ["7E8 04 41 0C 1A F8 AA AA AA"]))
    before = monotonic_ns()
    reply = adapter.request(Request(ENGINE, b"\x01\x0c"))
    assert [(a.ecu, a.payload.hex()) for a in reply.answers] == [(0x7E8, "410c1af8")]
    assert before <= reply.t_sent_ns <= reply.answers[0].t_ns <= reply.t_done_ns


@pytest.mark.parametrize("padding", ["00", "AA", "55"])
def test_every_padding_is_accepted(adapter: Adapter, talk: Talk, padding: str) -> None:
    talk(("7E0 02 01 05", [f"7E8 03 41 05 7B {padding} {padding} {padding} {padding}"]))
    assert adapter.request(Request(ENGINE, b"\x01\x05")).answers[0].payload.hex() == "41057b"


def test_an_unpadded_answer_is_accepted(adapter: Adapter, talk: Talk) -> None:
    talk(("7E0 02 01 05", ["7E8 03 41 05 7B"]))
    assert adapter.request(Request(ENGINE, b"\x01\x05")).answers[0].payload.hex() == "41057b"


ADDRESSES = [
    (Address(0x7E0), "7E0", "7E8"),
    (Address(0x7E5, response_id=0x7ED), "7E5", "7ED"),
    (Address(0x710, response_id=0x77A), "710", "77A"),
    (Address(0x746, response_id=0x7B0), "746", "7B0"),
    (Address(0x18DA10F1, extended=True), "18DA10F1", "18DAF110"),
    (Address(0x17FC007C, response_id=0x17FE007C, extended=True), "17FC007C", "17FE007C"),
]


@pytest.mark.parametrize(("address", "tester", "ecu"), ADDRESSES)
def test_a_long_answer_is_granted_at_every_kind_of_address(
    adapter: Adapter, talk: Talk, address: Address, tester: str, ecu: str
) -> None:
    first, *rest = vin_frames(ecu)
    talk((f"{tester} 02 09 02", [first]), (f"{tester} 30 00 00", rest))
    reply = adapter.request(Request(address, b"\x09\x02"))
    assert [(a.ecu, a.payload) for a in reply.answers] == [(int(ecu, 16), VIN)]


@pytest.mark.parametrize("extension", ["2A", "40"])
def test_extended_addressing_puts_its_byte_before_every_frame(
    adapter: Adapter, talk: Talk, extension: str
) -> None:
    address = Address(0x750, response_id=0x758, extension=int(extension, 16))
    first, *rest = vin_frames("758", extension)
    other = "2B 02 49 02 00 00 00 00"
    talk(
        (f"750 {extension} 02 09 02", [f"758 {other}", first]),
        (f"750 {extension} 30 00 00", rest),
    )
    assert adapter.request(Request(address, b"\x09\x02")).answers[0].payload == VIN


def test_the_tester_byte_of_the_standard_is_accepted_in_an_answer(
    adapter: Adapter, talk: Talk
) -> None:
    address = Address(0x6F1, response_id=0x612, extension=0x12)
    talk(("6F1 12 02 21 01", ["612 F1 03 61 01 05 00 00 00"]))
    assert adapter.request(Request(address, b"\x21\x01")).answers[0].payload.hex() == "610105"


def test_interleaved_long_answers_are_granted_to_each_ecu(adapter: Adapter, talk: Talk) -> None:
    one, two = vin_frames("7E8"), vin_frames("7EA", pad="55")
    talk(
        ("7DF 02 09 02", ["7E9 03 7F 09 31 00 00 00 00", one[0], two[0]]),
        ("7E0 30 00 00", []),
        ("7E2 30 00 00", [one[1], two[1], two[2], one[2]]),
    )
    reply = adapter.request(Request(FUNCTIONAL, b"\x09\x02", expected=3))
    assert {a.ecu: a.payload for a in reply.answers} == {0x7E8: VIN, 0x7EA: VIN}
    assert [(r.ecu, r.service, r.nrc) for r in reply.refusals] == [(0x7E9, 0x09, 0x31)]


def test_29_bit_functional_answers_are_granted_physically(adapter: Adapter, talk: Talk) -> None:
    one, two = vin_frames("18DAF110"), vin_frames("18DAF128")
    talk(
        ("18DB33F1 02 09 02", [one[0], two[0]]),
        ("18DA10F1 30 00 00", one[1:]),
        ("18DA28F1 30 00 00", two[1:]),
    )
    reply = adapter.request(Request(FUNCTIONAL_29BIT, b"\x09\x02", expected=2))
    assert {a.ecu: a.payload for a in reply.answers} == {0x18DAF110: VIN, 0x18DAF128: VIN}


def test_one_answer_to_a_functional_request_is_granted_to_its_ecu(
    adapter: Adapter, talk: Talk
) -> None:
    first, *rest = vin_frames("7E8")
    talk(("7DF 02 09 02", [first]), ("7E0 30 00 00", rest))
    address = Address(0x7DF, response_id=0x7E8)
    assert adapter.request(Request(address, b"\x09\x02")).answers[0].payload == VIN


def test_frames_of_the_other_identifier_length_do_not_count(adapter: Adapter, talk: Talk) -> None:
    talk(("7E0 02 01 05", ["000007E8 03 41 05 00 00 00 00 00", "7E8 03 41 05 7B 00 00 00 00"]))
    assert adapter.request(Request(ENGINE, b"\x01\x05")).answers[0].payload.hex() == "41057b"


def test_a_known_count_ends_the_wait(adapter: Adapter, talk: Talk) -> None:
    talk(("7DF 02 01 05", ["7E8 03 41 05 7B 00 00 00 00"]))
    started = time.monotonic()
    adapter.request(Request(FUNCTIONAL, b"\x01\x05", expected=1, timeout_s=5))
    assert time.monotonic() - started < 2


def test_without_a_count_every_ecu_gets_its_time(adapter: Adapter, talk: Talk) -> None:
    talk(
        ("7DF 02 01 05", ["7E8 03 41 05 7B 00 00 00 00", 0.05, "7E9 03 41 05 7C 00 00 00 00"]),
    )
    reply = adapter.request(Request(FUNCTIONAL, b"\x01\x05", timeout_s=0.5))
    assert [a.ecu for a in reply.answers] == [0x7E8, 0x7E9]


def test_noise_behind_an_answer_does_not_count_for_another_ecu(
    adapter: Adapter, talk: Talk
) -> None:
    talk(
        (
            "7DF 02 01 05",
            [
                "7E8 03 41 05 7B 00 00 00 00",
                "7E8 10 03 41 05 7B 00 00 00",
                0.05,
                "7E9 03 41 05 7C 00 00 00 00",
            ],
        ),
    )
    reply = adapter.request(Request(FUNCTIONAL, b"\x01\x05", expected=2))
    assert [a.ecu for a in reply.answers] == [0x7E8, 0x7E9]
    assert reply.unreadable == ()


def test_pending_is_waited_out(adapter: Adapter, talk: Talk) -> None:
    pending = "7E8 03 7F 22 78 00 00 00 00"
    talk(("7E0 03 22 F1 90", [pending, 0.15, pending, 0.15, "7E8 04 62 F1 90 41 00 00 00"]))
    reply = adapter.request(Request(ENGINE, b"\x22\xf1\x90", timeout_s=0.05))
    assert reply.answers[0].payload.hex() == "62f19041"
    assert reply.refusals == ()


@pytest.mark.parametrize("nrc", [0x11, 0x12, 0x21, 0x22, 0x31, 0x33, 0x7F])
def test_a_refusal_is_told_with_its_code(adapter: Adapter, talk: Talk, nrc: int) -> None:
    talk(("7E0 03 22 F1 90", [f"7E8 03 7F 22 {nrc:02X} 00 00 00 00"]))
    reply = adapter.request(Request(ENGINE, b"\x22\xf1\x90"))
    assert [(r.ecu, r.service, r.nrc) for r in reply.refusals] == [(0x7E8, 0x22, nrc)]
    assert reply.answers == ()


LATE = [
    "7E8 04 41 0C 1A F8 00 00 00",
    "7E8 03 7F 09 78 00 00 00 00",
    "7E8 03 7F 09 11 00 00 00 00",
    "7E8 04 43 01 03 01 00 00 00",
    "7E8 21 41 05 00 00 00 00 00",
    "7E9 03 41 05 00 00 00 00 00",
    "123 03 41 05 00 00 00 00 00",
]


@pytest.mark.parametrize("late", LATE)
def test_a_late_or_foreign_frame_is_not_this_answer(
    adapter: Adapter, talk: Talk, late: str
) -> None:
    talk(("7E0 02 01 05", [late, "7E8 03 41 05 7B 00 00 00 00", late]))
    reply = adapter.request(Request(ENGINE, b"\x01\x05"))
    assert [a.payload.hex() for a in reply.answers] == ["41057b"]
    assert reply.unreadable == ()


def test_what_waited_on_the_bus_before_the_request_is_not_its_answer(
    adapter: Adapter, car: Any, talk: Talk
) -> None:
    car.put("7E8 03 41 05 00 00 00 00 00")
    talk(("7E0 02 01 05", ["7E8 03 41 05 7B 00 00 00 00"]))
    assert adapter.request(Request(ENGINE, b"\x01\x05")).answers[0].payload.hex() == "41057b"


def test_a_late_long_answer_is_let_through_and_thrown_away(adapter: Adapter, talk: Talk) -> None:
    first, *rest = vin_frames("7E8")
    talk(
        ("7E0 02 09 02", []),
        ("7E0 02 01 05", [first]),
        ("7E0 30 00 00", [*rest, "7E8 03 41 05 7B 00 00 00 00"]),
    )
    with pytest.raises(NoAnswer):
        adapter.request(Request(ENGINE, b"\x09\x02", timeout_s=0.05))
    reply = adapter.request(Request(ENGINE, b"\x01\x05"))
    assert [a.payload.hex() for a in reply.answers] == ["41057b"]


def test_another_testers_long_answer_gets_no_flow_control(adapter: Adapter, talk: Talk) -> None:
    foreign = "7E8 10 14 62 F1 90 00 00 00"
    talk(("7E0 02 01 05", [foreign, "7E8 03 41 05 7B 00 00 00 00"]))
    assert adapter.request(Request(ENGINE, b"\x01\x05")).answers[0].payload.hex() == "41057b"


def test_duplicates_change_nothing(adapter: Adapter, talk: Talk) -> None:
    first, second, third = vin_frames("7E8")
    talk(("7E0 02 09 02", [first, first]), ("7E0 30 00 00", [second, second, third, third]))
    assert adapter.request(Request(ENGINE, b"\x09\x02")).answers[0].payload == VIN


FIRST, SECOND, THIRD = vin_frames("7E8")
BROKEN = {
    "a lost consecutive frame": [THIRD],
    "a wrong sequence": [THIRD, SECOND],
    "a last frame cut short": [SECOND, THIRD[:-6]],
    "a middle frame cut short": [SECOND[:-3], THIRD],
    "another first frame": [FIRST.replace("10 14", "10 15"), SECOND, THIRD],
    "a second answer within": [SECOND, "7E8 03 49 02 00 00 00 00 00", THIRD],
}


@pytest.mark.parametrize("rest", BROKEN.values(), ids=BROKEN.keys())
def test_a_long_answer_that_contradicts_itself_is_unreadable(
    adapter: Adapter, talk: Talk, rest: list[str]
) -> None:
    talk(("7E0 02 09 02", [FIRST]), ("7E0 30 00 00", rest))
    with pytest.raises(Unreadable, match="7E8"):
        adapter.request(Request(ENGINE, b"\x09\x02", timeout_s=0.25))


GARBAGE = [
    "7E8 00 00 00 00 00 00 00 00",
    "7E8 0F 41 05 7B 00 00 00 00",
    "7E8 03 41",
    "7E8",
    "7E8 10 07 41 05 7B 00 00 00",
    "7E8 10 00 00 00 10 00 41 05",
    "7E8 10 14 41 05 7B 00 00",
    "7E8 21 41 05 7B 00 00 00 00",
    "7E8 41 05 7B 00 00 00 00 00",
    "7E8 01 41 00 00 00 00 00 00",
    "7E8 02 7F 01 00 00 00 00 00",
]


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_neither_a_value_nor_nothing(adapter: Adapter, talk: Talk, text: str) -> None:
    talk(("7E0 02 01 05", [text]))
    with pytest.raises(Unreadable, match="7E8"):
        adapter.request(Request(ENGINE, b"\x01\x05", timeout_s=0.25))


def test_one_ecus_garbage_leaves_the_others_answer(adapter: Adapter, talk: Talk) -> None:
    talk(("7DF 02 01 05", ["7E9 0F 41 05 00 00 00 00 00", "7E8 03 41 05 7B 00 00 00 00"]))
    reply = adapter.request(Request(FUNCTIONAL, b"\x01\x05", timeout_s=0.25))
    assert [a.ecu for a in reply.answers] == [0x7E8]
    assert len(reply.unreadable) == 1
    assert "7E9" in reply.unreadable[0]


def test_silence_is_no_answer(adapter: Adapter, talk: Talk) -> None:
    talk(("7E0 02 01 05", []))
    with pytest.raises(NoAnswer, match="0105 at 7E0"):
        adapter.request(Request(ENGINE, b"\x01\x05", timeout_s=0.05))


def test_a_packed_request_fits_one_frame_and_its_answer_may_be_reordered(
    adapter: Adapter, talk: Talk
) -> None:
    talk(
        ("7E0 07 01 0C 0D 05 04 0B 11", ["7E8 10 0E 41 05 7B 0C 1A F8"]),
        ("7E0 30 00 00", ["7E8 21 0D 00 04 33 0B 20 11", "7E8 22 14 AA AA AA AA AA AA"]),
    )
    reply = adapter.request(Request(ENGINE, bytes.fromhex("010c0d05040b11")))
    assert reply.answers[0].payload.hex() == "41057b0c1af80d0004330b201114"


def test_a_long_request_obeys_block_size_and_pause(adapter: Adapter, talk: Talk) -> None:
    payload = bytes.fromhex("2ef190") + bytes(range(20))
    talk(
        ("7E0 10 17 2E F1 90 00 01 02", ["7E8 31 00 00", 0.02, "7E8 30 02 14 AA AA AA AA AA"]),
        ("7E0 21 03 04 05 06 07 08 09", []),
        ("7E0 22 0A 0B 0C 0D 0E 0F 10", ["7E8 30 00 F5"]),
        ("7E0 23 11 12 13", ["7E8 03 6E F1 90 00 00 00 00"]),
    )
    started = time.monotonic()
    reply = adapter.request(Request(ENGINE, payload))
    assert reply.answers[0].payload.hex() == "6ef190"
    assert time.monotonic() - started >= 0.06


def test_a_long_request_that_the_ecu_refuses_at_once_is_a_refusal(
    adapter: Adapter, talk: Talk
) -> None:
    talk(("7E0 10 08 2E F1 90 00 01 02", ["7E8 03 7F 2E 11 00 00 00 00"]))
    reply = adapter.request(Request(ENGINE, bytes.fromhex("2ef1900001020304")))
    assert reply.refusals[0].nrc == 0x11


def test_a_long_request_that_overflows_the_ecu_fails(adapter: Adapter, talk: Talk) -> None:
    talk(("7E0 10 08 2E F1 90 00 01 02", ["7E8 32 00 00 00 00 00 00 00"]))
    with pytest.raises(NoAnswer, match="did not take"):
        adapter.request(Request(ENGINE, bytes.fromhex("2ef1900001020304")))


@pytest.mark.parametrize("payload", [b"", bytes(8)])
def test_what_cannot_be_sent_to_everybody_is_refused_unsent(
    adapter: Adapter, talk: Talk, payload: bytes
) -> None:
    talk()
    with pytest.raises(AdapterLacks):
        adapter.request(Request(FUNCTIONAL, payload))


def test_a_request_on_a_closed_adapter_is_a_lost_link(adapter: Adapter) -> None:
    adapter.close()
    with pytest.raises(LinkLost):
        adapter.request(Request(ENGINE, b"\x01\x05"))


def test_an_interruption_ends_a_wait(adapter: Adapter, car: Any, talk: Talk) -> None:
    import threading

    talk(("7E0 02 01 05", []))
    timer = threading.Timer(0.1, adapter.interrupt)
    timer.start()
    started = time.monotonic()
    with pytest.raises(LinkLost, match="given up"):
        adapter.request(Request(ENGINE, b"\x01\x05", timeout_s=5))
    assert time.monotonic() - started < 1
    timer.join()
