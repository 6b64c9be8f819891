"""ECUs that ask for time again and again: heard out, but not for ever, and told to nobody twice."""

import time

import pytest

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.elm import asking, conversation, hearing_out
from cartech_desk.hardware.elm.adapter import ElmAdapter
from cartech_desk.hardware.errors import StillPending

CONNECT = [("ATSP0", "OK"), ("0100", "7E8 06 41 00 BE 3E B8 11"), ("ATDPN", "A6")]
AIMED = [("ATSH7E0", "OK"), ("ATCRA7E8", "OK"), ("ATST49", "OK")]
CLEAR = Request(Address(0x7E0), b"\x04", 1, 0.3)
PENDING = b"7E8 03 7F 04 78\r"
A_WHILE = [b""] * 20
"""100 ms at least without anything; a busy machine may make three times as much of it."""
NAME = ("ATI", "ELM327 v1.5")


@pytest.fixture
def asked(expected_wire, setup_script, monkeypatch):
    """A car over an adapter, with P2* of 0.3 s, which is also the patience of the request."""
    monkeypatch.setattr(ElmAdapter, "_last_protocol", {})
    for module in (asking, hearing_out):
        monkeypatch.setattr(module, "P2_STAR_S", 0.3)
        monkeypatch.setattr(module, "MOST_ACTING_S", 5.0)
        monkeypatch.setattr(module, "MOST_PENDING_S", 0.4)
    monkeypatch.setattr(asking, "_LINK_S", 0.1)
    monkeypatch.setattr(conversation, "_CHATTER_S", 0.1)
    adapters = []

    def make(script):
        adapter = ElmAdapter("elm327:scripted", expected_wire([*setup_script, *CONNECT, *script]))
        adapters.append(adapter)
        adapter.open()
        adapter.connect_car()
        return adapter

    yield make
    for adapter in adapters:
        adapter.close()


def test_an_ecu_that_erases_for_long_is_heard_out_by_an_adapter_that_waits(asked):
    slow = [*[PENDING, *A_WHILE] * 12, b"7E8 01 44\r\r>"]
    adapter = asked([*AIMED, ("04", slow)])
    assert adapter.request(CLEAR).answers[0].payload == b"\x44"
    assert adapter.signs.asked_for_time == 12


def test_an_ecu_that_erases_for_long_is_heard_out_where_the_adapter_comes_back(asked):
    slow = [*[PENDING, *A_WHILE] * 12, b"7E8 01 44\r"]
    adapter = asked([*AIMED, ("04", "7E8 03 7F 04 78"), ("ATMA", slow)])
    assert adapter.request(CLEAR).answers[0].payload == b"\x44"
    assert adapter.signs.asked_for_time


def test_an_ecu_that_asks_for_time_for_ever_is_left_by_an_adapter_that_waits(asked, monkeypatch):
    monkeypatch.setattr(asking, "MOST_ACTING_S", 0.8)
    adapter = asked([*AIMED, ("04", [*[PENDING, *A_WHILE] * 8]), NAME])
    with pytest.raises(StillPending):
        adapter.request(CLEAR)


def test_an_ecu_that_asks_for_time_for_ever_is_left_where_the_adapter_comes_back(
    asked, monkeypatch
):
    monkeypatch.setattr(hearing_out, "MOST_ACTING_S", 0.8)
    adapter = asked([*AIMED, ("04", "7E8 03 7F 04 78"), ("ATMA", [PENDING, *A_WHILE] * 8)])
    began = time.monotonic()
    with pytest.raises(StillPending):
        adapter.request(CLEAR)
    assert time.monotonic() - began > 0.5
