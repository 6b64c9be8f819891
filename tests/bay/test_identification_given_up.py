"""An identification ends: ECUs that ask for time for ever, a person who has enough, a run."""

import threading
import time
from types import SimpleNamespace

import pytest

from cartech_desk.bay import inquiry
from cartech_desk.bay.dyno_at_hand import DynoAtHand
from cartech_desk.bay.fault_errors import RunUnderway
from cartech_desk.bay.fault_scan import ScanCancelled
from cartech_desk.bay.identification import identify
from cartech_desk.hardware.adapter import Answer, CarLink, Reply
from cartech_desk.hardware.errors import Unreadable
from tests.bay.conftest import bitmap
from tests.bay.fault_desk import AT_COMMAND_LINE
from tests.bay.known_desk import URL, make_connected, telling, with_two_tellers

PENDING_S = 12.0
ANSWERS = {
    b"\x01\x00": b"\x41\x00" + bitmap(0, {0x0C, 0x20}),
    b"\x01\x20": b"\x41\x20" + bitmap(0x20, {0x40}),
    b"\x01\x40": b"\x41\x40" + bitmap(0x40, {0x42}),
    b"\x09\x00": b"\x49\x00" + bitmap(0, {2, 4}),
    b"\x09\x02": b"\x49\x02\x01WVWZZZ1KZ6W000001",
    b"\x09\x04": b"\x49\x04\x01CALIBRATION-0001",
}


class Evil:
    """Three ECUs, of which some ask for time for ever until the adapter gives up."""

    def __init__(self, *evil):
        self.evil, self.now_s = evil, 0.0

    def ask(self, request):
        asked = [one for one in (0x7E8, 0x7E9, 0x7EA) if request.address.accepts(one)]
        pending = [ecu for ecu in asked if ecu in self.evil]
        self.now_s += PENDING_S if pending else 0.02
        answer = ANSWERS.get(request.payload)
        told = [Answer(ecu, answer, 0) for ecu in asked if ecu not in self.evil and answer]
        unreadable = tuple(f"{ecu:X} asked for time" for ecu in pending)
        if not told:
            raise Unreadable("It asked for time and never answered.", to_do="Wait.")
        return Reply(request, tuple(told), (), unreadable)


@pytest.mark.parametrize(
    ("evil", "most_waits", "vin"),
    [
        ((), 0, "WVWZZZ1KZ6W000001"),
        ((0x7EA,), 1, "WVWZZZ1KZ6W000001"),
        ((0x7E8,), 1, "WVWZZZ1KZ6W000001"),
        ((0x7E9, 0x7EA), 3, "WVWZZZ1KZ6W000001"),
        ((0x7E8, 0x7E9, 0x7EA), 4, None),
    ],
)
def test_nobody_waits_again_for_an_ecu_that_asks_for_time_for_ever(
    monkeypatch, evil, most_waits, vin
):
    car = Evil(*evil)
    monkeypatch.setattr(inquiry, "time", SimpleNamespace(monotonic=lambda: car.now_s))
    link = CarLink("ISO 15765-4 CAN, 11 bit, 500 kbit/s", False, (0x7E8, 0x7E9, 0x7EA))
    found = identify(car.ask, link, lambda _: None)
    assert car.now_s < most_waits * PENDING_S + 1.0
    assert found.car.vin == vin
    for ecu in evil:
        assert any(f"ECU {ecu:X} asks for more time" in told for told in found.car.warnings)
    for ecu in {0x7E8, 0x7E9, 0x7EA} - set(evil):
        assert found.supported[ecu] == {0x0C, 0x42}


@pytest.fixture
def recalled(car, store, bay, until):
    """A bay with a car that was recalled, and slow from now on."""
    make_connected(with_two_tellers(car), store)()
    bay._adapters = lambda url: telling(car, url)
    bay.connect(URL).result(20)
    assert bay._owner._car.found.recalled
    car.latency_s = 0.3
    return bay


def asked_anew(bay, car, until):
    since = len(car.requests)
    future = bay.faults.check_up("", by=AT_COMMAND_LINE)
    until(lambda: len(car.requests) > since)
    return future


def test_a_cancel_ends_asking_a_recalled_car_anew_within_a_request(recalled, car, until):
    future = asked_anew(recalled, car, until)
    began = time.monotonic()
    recalled.faults.cancel()
    with pytest.raises(ScanCancelled):
        future.result(20)
    assert time.monotonic() - began < 1.0
    assert recalled._owner._car.found.recalled
    assert not recalled.snapshot().connection.polling_rests
    assert recalled.snapshot().connection.step == ""


def test_an_armed_run_ends_asking_a_recalled_car_anew(recalled, car, until, monkeypatch):
    future = asked_anew(recalled, car, until)
    driven = threading.Event()
    monkeypatch.setattr(DynoAtHand, "busy", property(lambda _: driven.is_set()))
    began = time.monotonic()
    driven.set()
    with pytest.raises(RunUnderway):
        future.result(20)
    assert time.monotonic() - began < 1.0
