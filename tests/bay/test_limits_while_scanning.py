"""Limits go on being watched while faults are read; what is watched changes without an alarm."""

import time

import pytest

from cartech_desk.bay import fault_reader
from cartech_desk.bay.alarm_conditions import SILENT_NS
from cartech_desk.bay.status import LinkState
from cartech_desk.domain.alarms.limit import Comparison, Limit
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.obd.address import FUNCTIONAL
from cartech_desk.hardware.adapter import Request
from tests.bay.alarm_desk import ScriptedLimits
from tests.bay.fault_desk import AT_COMMAND_LINE, URL, Reads

SPEEDING = Limit("speed_high", "speed", Comparison.ABOVE, warning=100, trip=200, rate_hz=10.0)
OVER_REV = Limit("rpm_high", "rpm", Comparison.ABOVE, warning=6000, trip=7000, rate_hz=10.0)
ENGINE = 0x7E8
STORED = Request(FUNCTIONAL, b"\x03", expected=1)


class Asks(Reads):
    """As `Reads`, asking the car for its codes again and again while it is held."""

    def __call__(self, ask, found, *, cancelled, **told):
        def asked():
            ask(STORED)
            return cancelled()

        return super().__call__(ask, found, cancelled=asked, **told)


@pytest.fixture
def watched(bay, store, car, until):
    car.others[ENGINE, b"\x03"] = b"\x43\x00"
    store.limits = ScriptedLimits(SPEEDING, OVER_REV)
    bay.connect(URL).result(20)
    bay.watch({"rpm": 10.0, "load": 10.0})
    bay.alarms.use_vehicle("")
    until(lambda: bay.alarms.snapshot().armed == 2)
    until(lambda: bay.series("rpm", 5).values.size >= 5)
    return bay


@pytest.fixture
def asks(monkeypatch):
    asks = Asks()
    monkeypatch.setattr(fault_reader, "read_faults", asks)
    asks.held.set()
    yield asks
    asks.held.clear()


def scanning(bay, asks):
    future = bay.faults.check_up("", by=AT_COMMAND_LINE)
    assert asks.begun.wait(20)
    return future


def test_what_is_out_while_faults_are_read_alarms(watched, asks, car, until):
    future = scanning(watched, asks)
    car.pids[ENGINE][0x0D] = b"\xf0"
    assert until(lambda: watched.snapshot().alarms.worst, 2).key == "limit:speed_high"
    assert watched.snapshot().connection.polling_rests
    asks.held.clear()
    future.result(20)


def test_nothing_is_missed_while_faults_are_read_and_afterwards(watched, asks, car, until):
    car.latency_s = 0.07
    future = scanning(watched, asks)
    began = monotonic_ns()
    while monotonic_ns() - began < SILENT_NS * 1.4:
        assert watched.snapshot().alarms.standing == ()
        time.sleep(0.02)
    assert watched.snapshot().alarms.armed == 2
    assert watched.snapshot().connection.limits_asked
    asks.held.clear()
    future.result(20)
    size = watched.series("load", 60).values.size
    until(lambda: watched.series("load", 60).values.size > size + 5)
    assert watched.snapshot().alarms.standing == ()
    assert not watched.snapshot().connection.limits_asked


def test_limits_share_one_request_twice_a_second(watched, asks, car, until):
    future = scanning(watched, asks)
    since = len(car.requests)
    until(lambda: len(car.requests) > since + 400)
    some = car.requests[since:]
    seconds = (some[-1][0] - some[0][0]) / 1e9
    turns = [request.payload for _, request in some if request.payload[0] == 1]
    assert {frozenset(payload[1:]) for payload in turns} == {frozenset((0x0C, 0x0D))}
    assert 1.8 * seconds - 1 <= len(turns) <= 2.6 * seconds + 2
    asks.held.clear()
    future.result(20)


def test_an_ecu_that_keeps_the_wire_means_that_limits_are_not_watched(watched, asks, car, until):
    future = scanning(watched, asks)
    car.pending_s = SILENT_NS / 1e9 * 1.3
    worst = until(lambda: watched.snapshot().alarms.worst)
    assert worst.key == "desk:waiting"
    assert watched.snapshot().alarms.armed == 0
    assert watched.snapshot().connection.state is LinkState.CONNECTED
    car.pending_s = 0.0
    asks.held.clear()
    future.result(20)
    until(lambda: watched.snapshot().alarms.armed == 2)


def test_without_limits_nothing_is_asked_between(bay, car, asks, until):
    car.others[ENGINE, b"\x03"] = b"\x43\x00"
    bay.connect(URL).result(20)
    bay.watch({"rpm": 10.0})
    until(lambda: bay.series("rpm", 5).values.size >= 5)
    future = scanning(bay, asks)
    since = len(car.requests)
    until(lambda: len(car.requests) > since + 200)
    assert {request.payload for _, request in car.requests[since:]} == {b"\x03"}
    asks.held.clear()
    future.result(20)


def test_more_channels_on_a_slow_wire_make_no_channel_missed(watched, car):
    car.latency_s = 0.07
    for pid in range(0x42, 0x5F):
        car.pids[ENGINE][pid] = b"\x10\x00\x00\x00"
    watched.disconnect().result(20)
    watched.connect(URL).result(20)
    names = [channel.name for channel in watched.available()]
    for many in (3, len(names), 2, len(names)):
        watched.watch(dict.fromkeys(names[:many], 10.0))
        began = time.monotonic()
        while time.monotonic() - began < 2.0:
            assert watched.snapshot().alarms.standing == ()
            time.sleep(0.02)


def test_a_channel_that_dies_as_others_are_asked_too_is_missed_within_its_time(watched, car, until):
    car.latency_s = 0.02
    del car.pids[ENGINE][0x0D]
    watched.watch({"rpm": 10.0, "load": 10.0, "throttle": 10.0})
    assert until(lambda: watched.snapshot().alarms.worst, 8).key == "signal:speed"
