"""After a loss: a car that is off is left to sleep, and a fault of the desk's own is no end."""

import math
import time

import pytest

from cartech_desk.bay import poller as poller_module
from cartech_desk.bay.connection import SILENT_CAR_S, silent_car_s
from cartech_desk.bay.status import LinkState
from cartech_desk.store.recordings import MarkKind
from tests.bay.conftest import ENGINE, GEARBOX

URL = "elm327:/dev/scripted"


@pytest.fixture
def connected(bay, until):
    bay.connect(URL).result(5)
    bay.watch({"rpm": 20.0})
    until(lambda: not math.isnan(bay.snapshot().channels["rpm"].value))
    return bay


@pytest.fixture
def searches(car, monkeypatch):
    """Every search for the car, as its kind."""
    kinds = []
    adapter = type(car.adapter("elm327:/dev/unused"))
    car.adapters.clear()
    search = adapter._connect_car

    def noted(kind):
        def look(self):
            kinds.append((kind, time.monotonic()))
            return search(self)

        return look

    monkeypatch.setattr(adapter, "_connect_car", noted("full"))
    monkeypatch.setattr(adapter, "_call_car", noted("gentle"))
    return kinds


@pytest.fixture
def off(connected, car, searches, until):
    """A bay whose adapter went away at speed and came back, and whose car does not answer."""
    searches.clear()
    car.link_up = False
    until(lambda: connected.snapshot().connection.state is not LinkState.CONNECTED)
    car.key = False
    car.link_up = True
    until(lambda: connected.snapshot().connection.error_code == "car_silent")
    return connected


def connection(bay):
    return bay.snapshot().connection


def test_a_car_that_is_silent_after_a_loss_is_not_called_off(off):
    status = connection(off)
    assert status.state is LinkState.LOST
    assert status.ignition_on


def test_a_car_that_was_off_before_the_loss_is_off_on_the_way_back(connected, car, until):
    car.idle()
    until(lambda: connected.snapshot().channels["rpm"].value == 850)
    car.key = False
    until(lambda: not connection(connected).ignition_on)
    car.link_up = False
    until(lambda: connection(connected).state is not LinkState.CONNECTED)
    car.link_up = True
    until(lambda: connection(connected).error_code == "car_silent")
    assert not connection(connected).ignition_on


def test_a_car_that_comes_back_without_its_engine_s_unit_is_not_back(connected, car, until):
    car.link_up = False
    until(lambda: connection(connected).state is not LinkState.CONNECTED)
    car.ecus = (GEARBOX,)
    car.link_up = True
    until(lambda: connection(connected).error_code == "car_silent")
    assert "engine" in connection(connected).happened
    assert connection(connected).ignition_on
    car.ecus = (ENGINE, GEARBOX)
    until(lambda: connection(connected).state is LinkState.CONNECTED, 6)


def test_a_car_that_is_off_is_called_gently_through_the_open_adapter(off, car, searches, until):
    adapters = len(car.adapters)
    until(lambda: len(searches) >= 3, 10)
    assert [kind for kind, _ in searches[:3]] == ["full", "gentle", "gentle"]
    first, second, third = (at_s for _, at_s in searches[:3])
    assert second - first > 1.9
    assert third - second > 3.9
    assert len(car.adapters) == adapters
    assert not car.adapters[-1].closed


def test_a_car_that_is_switched_on_is_back_at_the_next_call(off, car, until):
    car.key = True
    until(lambda: connection(off).state is LinkState.CONNECTED, 5)
    assert connection(off).ignition_on
    assert connection(off).error_code == ""
    until(lambda: not math.isnan(off.snapshot().channels["rpm"].value))


def test_an_adapter_that_goes_while_its_car_is_off_is_back_within_five_seconds(
    off, car, searches, until
):
    until(lambda: len(searches) >= 2, 10)  # the next call is four seconds away
    car.link_up = False
    until(lambda: connection(off).error_code == "link_lost", 2)
    assert connection(off).ignition_on
    car.key = car.link_up = True
    until(lambda: connection(off).state is LinkState.CONNECTED, 5)


def test_a_person_who_connects_does_not_wait_for_the_next_call(off, car, searches, until):
    until(lambda: len(searches) >= 2, 10)
    car.key = True
    before = time.monotonic()
    off.connect(URL).result(2)
    assert time.monotonic() - before < 2


def test_the_waits_for_a_silent_car_grow_to_half_a_minute():
    assert [silent_car_s(calls) for calls in range(7)] == [*SILENT_CAR_S, 30.0, 30.0]


def test_a_fault_of_the_desk_is_shown_and_ends_neither_connection_nor_honesty(
    connected, store, until, monkeypatch
):
    vehicle = store.vehicles.by_vin("WVWZZZ1KZ6W000001")
    recording = connected.start_recording(vehicle.id).result(5)
    until(lambda: connected.snapshot().recording.samples > 5)
    decode = poller_module.decode

    def fails(command, payload):
        monkeypatch.setattr(poller_module, "decode", decode)
        raise KeyError("boost")

    monkeypatch.setattr(poller_module, "decode", fails)
    until(lambda: connection(connected).state is LinkState.LOST)
    assert connection(connected).error_code == "desk_fault"
    assert "KeyError" in connection(connected).happened
    until(lambda: connection(connected).state is LinkState.CONNECTED, 6)
    until(lambda: not math.isnan(connected.snapshot().channels["rpm"].value))
    connected.stop_recording().result(5)
    marks = store.recordings.get(recording).marks
    assert len([mark for mark in marks if mark.kind is MarkKind.GAP]) == 1
