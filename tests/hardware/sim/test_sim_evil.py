"""Control units that answer wrongly, as asked: what a desk has to see through."""

import itertools

import pytest

from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.bus import Bus
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.options import parse_options

ENGINE, EVERYBODY = 0x7E0, 0x7DF


def car_with(evil: str, **more: str) -> SimulatedCar:
    return SimulatedCar(parse_options({"script": "idle", "evil": evil} | more).car)


def ask(car, request: str, to: int = ENGINE) -> list[str]:
    answers = car.handle(to, bytes.fromhex(request), extended=False, now_ns=0)
    return [answer.payload.hex(" ").upper() for answer in answers]


def test_an_ecu_that_is_pending_for_ever_asks_for_time_until_nobody_waits_any_more():
    answers = car_with("pending_forever:engine").handle(
        ENGINE, b"\x03", extended=False, now_ns=0
    )  # fmt: skip
    assert {answer.payload for answer in answers} == {b"\x7f\x03\x78"}
    assert answers[-1].delay_s > 60.0
    gaps = {b.delay_s - a.delay_s for a, b in itertools.pairwise(answers)}
    assert max(gaps) < 5.0, "P2* never runs out"


def test_it_still_tells_who_it_is():
    assert ask(car_with("pending_forever:engine"), "0902")[0].startswith("49 02 01")


@pytest.mark.parametrize(
    ("request_", "answer"), [("03", "47 00"), ("07", "4A 00"), ("0A", "43 00")]
)
def test_an_ecu_answers_with_what_another_request_asked_for(request_, answer):
    assert ask(car_with("anothers_data:engine"), request_) == [answer]


def test_a_freeze_frame_of_another_pid_comes_back():
    car = car_with("anothers_data:engine", faults="boost_leak")
    assert ask(car, "020C00")[0].startswith("42 0D 00")


def test_a_count_does_not_match():
    car = car_with("wrong_count:engine", faults="misfire")
    assert ask(car, "03") == ["43 03 03 01"]
    uds = car_with("wrong_count:engine", faults="misfire", speaks="uds")
    assert len(bytes.fromhex(ask(uds, "19423308FF")[0][18:])) % 5


def test_pid_01_contradicts_the_list():
    car = car_with("contradicts:engine", faults="misfire")
    assert ask(car, "0101")[0].startswith("41 01 82")
    assert ask(car, "03") == ["43 01 03 01"]


def test_forty_codes_come_and_a_frame_of_them_never():
    car = car_with("many_codes:engine,broken_frames:engine")
    assert ask(car, "03")[0].startswith("43 28 01 00 01 01 01 02")
    bus = Bus(car)
    [first] = bus.send(ENGINE, b"\x01\x03".ljust(8, b"\0"), extended=False, now_ns=0)
    assert first.data[:4] == b"\x10\x52\x43\x28"
    rest = bus.send(ENGINE, b"\x30\x00\x00".ljust(8, b"\0"), extended=False, now_ns=0)
    assert [frame.data[0] for frame in rest[:4]] == [0x21, 0x23, 0x24, 0x25]


def test_a_mute_ecu_says_nothing_of_codes():
    assert ask(car_with("mute:engine"), "03") == []
    assert len(ask(car_with("mute:engine"), "03", EVERYBODY)) == 2


def test_somebody_turns_the_key_off_in_the_middle():
    car = car_with("", off_after_requests="2")
    assert [len(ask(car, "0100", EVERYBODY)) for _ in range(4)] == [3, 3, 0, 0]
    assert car.ignition is False


@pytest.mark.parametrize("text", ["wrong_count", "wrong_count:door", "rude:engine"])
def test_an_evil_that_does_not_exist_is_refused(text):
    with pytest.raises(BadAdapterUrl):
        parse_options({"evil": text})
