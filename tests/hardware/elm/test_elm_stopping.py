"""A request that is asked once: the adapter is stopped when all that is expected has come."""

import time

import pytest

from cartech_desk.domain.obd.address import FUNCTIONAL, Address
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.elm.adapter import ElmAdapter

ENGINE = Address(0x7E0)
AIMED = [("ATSH7E0", "OK"), ("ATCRA7E8", "OK")]
CONNECT = [("ATSP0", "OK"), ("0100", "7E8 06 41 00 BE 3E B8 11"), ("ATDPN", "A6")]
VIN = [b"7E8 10 14 49 02 01 31 4D 38\r", b"7E8 21 47 44 4D 39 41 58 4B\r"]
LAST = b"7E8 22 50 30 34 32 37 38 38\r"
STOPPED = b"STOPPED\r\r>"


@pytest.fixture
def asked(expected_wire, setup_script, monkeypatch):
    monkeypatch.setattr(ElmAdapter, "_last_protocol", {})
    adapters = []

    def make(*script):
        link = expected_wire([*setup_script, *CONNECT, *AIMED, *script])
        adapter = ElmAdapter("elm327:scripted", link)
        adapters.append(adapter)
        adapter.open()
        adapter.connect_car()
        return adapter, link

    yield make
    for adapter in adapters:
        adapter.close()


def test_it_is_stopped_once_the_whole_answer_has_come_and_not_before(asked):
    adapter, link = asked(("0902", [*VIN, b"", LAST, STOPPED]))
    reply = adapter.request(Request(ENGINE, b"\x09\x02", expected=1, once=True))
    assert reply.answers[0].payload[3:] == b"1M8GDM9AXKP042788"
    assert reply.unreadable == ()
    assert link.sent[-2:] == ["0902", " "]


def test_its_word_for_that_is_no_reason_to_doubt_the_next_answer(asked):
    adapter, link = asked(
        ("03", [b"7E8 02 43 00\r", STOPPED]), ("07", [b"7E8 02 47 00\r", STOPPED])
    )
    for service in (b"\x03", b"\x07"):
        reply = adapter.request(Request(ENGINE, service, expected=1, once=True))
        assert reply.answers[0].payload == bytes((service[0] | 0x40, 0))
    assert "ATI" not in link.sent[link.sent.index("03") :]


def test_an_adapter_that_has_just_finished_is_not_hurt(asked):
    adapter, _ = asked(("03", [b"7E8 02 43 00\r", b"\r>"]), ("07", "7E8 02 47 00"))
    assert adapter.request(Request(ENGINE, b"\x03", expected=1, once=True)).answers
    assert adapter.request(Request(ENGINE, b"\x07", expected=1, once=True)).answers


def test_one_that_is_to_be_asked_again_is_not_stopped(asked):
    adapter, link = asked(("03", [b"7E8 02 43 00\r", b"\r>"]))
    adapter.request(Request(ENGINE, b"\x03", expected=1))
    assert " " not in link.sent


def test_an_ecu_that_asks_for_time_is_waited_for(asked):
    adapter, _ = asked(("03", [b"7E8 03 7F 03 78\r", b"", b"7E8 04 43 01 03 01\r", STOPPED]))
    reply = adapter.request(Request(ENGINE, b"\x03", expected=1, once=True))
    assert [one.payload for one in reply.answers] == [b"\x43\x01\x03\x01"]


def test_an_adapter_that_does_not_stop_is_left_alone_after_a_few(asked):
    late = [b""] * 20
    told = {"03": "02 43 00", "07": "02 47 00", "0A": "02 4A 00", "010D": "03 41 0D 32"}
    adapter, link = asked(
        *((ask, [f"7E8 {answer}\r".encode(), *late, b"\r>"]) for ask, answer in told.items())
    )
    for ask in told:
        adapter.request(Request(ENGINE, bytes.fromhex(ask), expected=1, once=True))
    assert link.sent.count(" ") == 3


def test_the_simulated_adapter_answers_without_waiting_for_more():
    with make_adapter("sim:?latency_ms=5&faults=misfire") as adapter:
        adapter.connect_car()
        adapter.request(Request(FUNCTIONAL, b"\x01\x01", expected=3, once=True))
        took = []
        for payload in (b"\x03", b"\x07", b"\x0a", b"\x01\x0d"):
            began = time.monotonic()
            reply = adapter.request(Request(FUNCTIONAL, payload, expected=3, once=True))
            took.append(time.monotonic() - began)
            assert len(reply.answers) == 3
            assert reply.unreadable == ()
        assert min(took) < 0.1, "it waited as long as an ECU may take"
