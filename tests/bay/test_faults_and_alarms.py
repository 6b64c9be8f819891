"""While faults are read live values wait: no sensor and no link is blamed for that."""

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

SPEEDING = Limit("speed_high", "speed", Comparison.ABOVE, warning=100, trip=200)


@pytest.fixture
def watched(bay, store, until):
    store.limits = ScriptedLimits(SPEEDING)
    bay.connect(URL).result(20)
    bay.watch({"rpm": 10.0, "speed": 10.0})
    bay.alarms.use_vehicle("")
    until(lambda: bay.alarms.snapshot().armed == 1)
    until(lambda: bay.series("speed", 5).values.size >= 5)
    return bay


@pytest.fixture
def reads(monkeypatch):
    reads = Reads()
    monkeypatch.setattr(fault_reader, "read_faults", reads)
    reads.held.set()
    yield reads
    reads.held.clear()


def heard_lately(bay):
    return monotonic_ns() - bay.feed.heard_ns < 200_000_000


def test_a_check_up_that_waits_long_blames_no_sensor_and_no_link(watched, reads, until):
    future = watched.faults.check_up("", by=AT_COMMAND_LINE)
    assert reads.begun.wait(20)
    assert watched.snapshot().connection.polling_rests
    until(lambda: monotonic_ns() - watched.feed.heard_ns > SILENT_NS * 1.3)
    now = watched.snapshot()
    assert [alarm.key for alarm in now.alarms.standing] == ["desk:waiting"]
    assert now.alarms.armed == 0
    assert now.connection.state is LinkState.CONNECTED
    reads.held.clear()
    future.result(20)
    until(lambda: heard_lately(watched))
    until(lambda: watched.alarms.snapshot().armed == 1)
    assert not watched.snapshot().connection.polling_rests
    assert {alarm.key for alarm in watched.snapshot().alarms.standing} <= {"desk:waiting"}


def test_a_limit_is_watched_again_right_after(watched, reads, car, until):
    future = watched.faults.check_up("", by=AT_COMMAND_LINE)
    assert reads.begun.wait(20)
    car.pids[0x7E8][0x0D] = b"\xf0"
    reads.held.clear()
    future.result(20)
    assert until(lambda: watched.snapshot().alarms.worst).key == "limit:speed_high"


def test_an_adapter_that_hangs_in_a_check_up_is_told_all_the_same(watched, car, until, monkeypatch):
    def hangs(ask, _found, **_named):
        car.hang.set()
        ask(Request(FUNCTIONAL, b"\x03"))

    monkeypatch.setattr(fault_reader, "read_faults", hangs)
    watched.faults.check_up("", by=AT_COMMAND_LINE)
    assert until(lambda: watched.snapshot().alarms.worst).key == "desk:link"
