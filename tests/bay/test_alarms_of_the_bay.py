"""The alarms inside a whole bay with a scripted car: polled, watched, lost, recorded, stopped."""

import threading
import time
from dataclasses import replace

import pytest

from cartech_desk.bay.alarms import Alarms
from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.bay.status import LinkState
from cartech_desk.bay.watch import Watch
from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.state import AlarmRefused, AlarmState
from cartech_desk.domain.channels import Channel, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import Actor, Role
from cartech_desk.domain.sources import build_catalogue
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import MarkKind
from tests.bay.alarm_desk import ScriptedLimits, ScriptedSpeaker
from tests.bay.conftest import ENGINE, GEARBOX

URL = "elm327:/dev/scripted"
TECHNICIAN = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)
CAR = build_catalogue({0x7E8: frozenset({0x0B, 0x0C, 0x33})})
SPEEDING = Limit(
    "speed_high", "speed", Comparison.ABOVE, warning=100, label="Too fast", rate_hz=20.0
)
OIL = Limit("oil_hot", "oil_temp", Comparison.ABOVE, warning=130)


@pytest.fixture
def watched(bay, store, until):
    store.limits = ScriptedLimits(SPEEDING, OIL)
    bay.connect(URL).result(5)
    bay.watch({"rpm": 10.0})
    bay.alarms.use_vehicle("")
    until(lambda: bay.alarms.snapshot().armed == 1)
    return bay


def drive(car, km_h):
    car.pids[0x7E8][0x0D] = bytes([km_h])


def switch_off_at_idle(bay, car, until):
    car.idle()
    until(lambda: value(bay, "speed") == 0 and value(bay, "rpm") == 850)
    car.key = False
    until(lambda: not bay.snapshot().connection.ignition_on)


def value(bay, name):
    values = bay.series(name, 1).values
    return values[-1] if values.size else None


def test_what_limits_need_is_polled_and_shown_on_no_tile(watched, until):
    until(lambda: watched.series("speed", 5).values.size >= 5)
    snapshot = watched.snapshot()
    assert set(snapshot.channels) == {"rpm"}
    assert [each.limit for each in snapshot.alarms.unwatched] == [OIL]
    watched.watch({"rpm": 10.0, "speed": 1.0})
    assert watched.snapshot().channels["speed"].asked_hz == 20.0  # the higher of both


def test_rates_merge_by_the_higher_one_and_go_with_the_limit():
    watch = Watch()
    watch.set_car(CAR, adapter_voltage=False)
    watch.set_rates({"rpm": 10.0, "map": 5.0})
    plan = watch.set_limit_rates({"rpm": 4.0, "map": 20.0, "boost": 5.0, "knock": 1.0})
    rates = {channel.name: rate for channel, rate in plan.asked.items()}
    assert (rates["rpm"], rates["map"], rates["boost"]) == (10.0, 20.0, 5.0)
    assert plan.missing == ()  # nobody asked for knock
    assert "boost" in plan.for_limits
    assert not plan.for_limits & {"rpm", "map"}
    plan = watch.set_limit_rates({})
    assert {channel.name for channel in plan.asked} == {"rpm", "map"}
    assert plan.for_limits == frozenset()


def test_a_limit_on_a_channel_that_nobody_looks_at_alarms(watched, car, until):
    drive(car, 150)
    alarm = until(lambda: watched.snapshot().alarms.worst)
    assert (alarm.label, alarm.value) == ("Too fast", 150)
    drive(car, 50)
    until(lambda: watched.snapshot().alarms.worst.state is AlarmState.RETURNED_UNACKNOWLEDGED)
    watched.alarms.acknowledge(alarm.id, TECHNICIAN).result(5)
    assert watched.snapshot().alarms.standing == ()


def test_a_cable_pulled_out_is_one_alarm(watched, car, until):
    until(lambda: watched.series("speed", 5).values.size >= 5)
    car.link_up = False
    until(lambda: watched.snapshot().connection.state is LinkState.LOST)
    alarm = until(lambda: watched.snapshot().alarms.worst)
    assert alarm.key == "desk:link"
    car.link_up = True
    until(lambda: watched.snapshot().alarms.worst.state is AlarmState.RETURNED_UNACKNOWLEDGED, 8)
    assert len(watched.snapshot().alarms.standing) == 1


def test_an_adapter_that_hangs_is_told(watched, car, until):
    until(lambda: watched.series("speed", 5).values.size >= 5)
    car.hang.set()
    alarm = until(lambda: watched.snapshot().alarms.worst)
    assert alarm.key == "desk:link"


def test_ignition_off_and_a_disconnection_alarm_nobody(watched, car, until):
    switch_off_at_idle(watched, car, until)
    until(lambda: watched.snapshot().alarms.armed == 0)
    watched.disconnect().result(5)
    until(lambda: not watched.snapshot().alarms.unwatched)
    assert watched.snapshot().alarms.standing == ()
    assert watched._link(0).state is LinkState.DISCONNECTED


def test_the_way_from_one_car_to_the_next_alarms_nobody(watched, car, until):
    until(lambda: watched.series("speed", 5).values.size >= 5)
    watched.connect(f"{URL}-2").result(5)  # while the first one runs
    until(lambda: watched.snapshot().alarms.armed == 1)
    switch_off_at_idle(watched, car, until)
    car.link_up = car.port_there = False  # the adapter is taken out
    until(lambda: watched.snapshot().connection.error_code == "port_not_found")
    seen_ns = monotonic_ns()
    until(lambda: watched.alarms._link._looked_ns > seen_ns)
    assert watched.snapshot().alarms.standing == ()
    car.link_up = car.port_there = car.key = True
    watched.connect(URL).result(10)
    until(lambda: watched.snapshot().alarms.armed == 1)
    assert watched.snapshot().alarms.standing == ()


@pytest.mark.parametrize("dead", [{ENGINE}, {ENGINE, GEARBOX}], ids=["engine", "all"])
def test_an_engine_that_falls_silent_at_speed_is_an_alarm_of_its_own(watched, car, until, dead):
    until(lambda: value(watched, "rpm") == 1726 and value(watched, "speed") == 50)
    car.dead = dead
    alarm = until(lambda: watched.snapshot().alarms.worst)
    assert (alarm.key, alarm.level) == ("desk:engine", Level.TRIP)
    assert "while the engine ran" in alarm.label
    assert "No limit is watched" in alarm.to_do
    snapshot = watched.snapshot()
    assert snapshot.alarms.armed == 0
    assert snapshot.connection.engine_gone
    assert snapshot.connection.ignition_on
    car.dead = set()
    until(lambda: watched.snapshot().alarms.worst.state is AlarmState.RETURNED_UNACKNOWLEDGED)
    until(lambda: watched.snapshot().alarms.armed == 1)
    assert len(watched.snapshot().alarms.standing) == 1


def test_a_car_that_is_silent_when_its_adapter_is_back_is_still_lost(watched, car, until):
    until(lambda: value(watched, "rpm") == 1726 and value(watched, "speed") == 50)
    car.link_up = car.key = False
    until(lambda: watched.snapshot().alarms.worst)
    car.link_up = True
    until(lambda: watched.snapshot().connection.error_code == "car_silent")
    seen_ns = monotonic_ns()
    until(lambda: watched.alarms._link._looked_ns > seen_ns)
    alarm = watched.snapshot().alarms.worst
    assert (alarm.key, alarm.state) == ("desk:link", AlarmState.ACTIVE_UNACKNOWLEDGED)


def test_an_engine_that_falls_silent_at_idle_alarms_where_another_unit_answers_on(
    watched, car, until
):
    car.idle()
    until(lambda: value(watched, "speed") == 0 and value(watched, "rpm") == 850)
    car.dead = {ENGINE}
    assert until(lambda: watched.snapshot().alarms.worst).key == "desk:engine"
    assert len(watched.snapshot().alarms.standing) == 1


def test_an_engine_that_fell_silent_marks_the_recording(watched, car, until, store):
    until(lambda: value(watched, "rpm") == 1726)
    recording = watched.start_recording(store.vehicles.by_name("Bench").id).result(5)
    car.dead = {ENGINE}
    until(lambda: watched.snapshot().alarms.worst)
    until(lambda: watched.snapshot().recording.marks >= 1)
    watched.stop_recording().result(5)
    marks = store.recordings.get(recording).marks
    assert any("stopped answering" in mark.note for mark in marks if mark.kind is MarkKind.ALARM)


def test_the_recording_carries_the_alarm_its_values_and_its_operator(watched, car, until, store):
    watched.use_operator(TECHNICIAN)
    vehicle = store.vehicles.by_name("Bench")
    recording = watched.start_recording(vehicle.id).result(5)
    drive(car, 150)
    until(lambda: watched.snapshot().alarms.worst)
    until(lambda: watched.snapshot().recording.marks >= 2)
    watched.stop_recording().result(5)
    kept = store.recordings.get(recording)
    (mark,) = (mark for mark in kept.marks if mark.kind is MarkKind.ALARM)
    assert mark.note == "Too fast"
    assert "speed" in {each.channel.name for each in kept.channels}
    (record,) = store.alarms.find()
    assert (record.recording_id, record.operator_name) == (recording, "Tom Technician")


def test_a_limit_watch_that_fails_is_told_and_readings_go_on(watched, until, monkeypatch):
    def fail(_):
        raise ZeroDivisionError

    monkeypatch.setattr(watched.alarms._book, "take", fail)
    alarm = until(lambda: watched.snapshot().alarms.worst)
    assert alarm.key == "desk:readings"
    assert "limit watch" in alarm.to_do
    before = watched.series("rpm", 60).values.size
    until(lambda: watched.series("rpm", 60).values.size > before)


def test_what_stood_when_the_desk_was_killed_is_settled_at_the_next_start(
    watched, car, until, store
):
    drive(car, 150)
    alarm = until(lambda: watched.snapshot().alarms.worst)
    until(store.alarms.find)
    store.alarms.leave_watch()  # what a kill does
    again = Bay(store, BaySettings(), adapters=car.adapter)
    again.start()
    until(lambda: store.alarms.get(alarm.id).never_acknowledged)
    again.alarms.acknowledge(alarm.id, TECHNICIAN).result(5)
    assert store.alarms.get(alarm.id).acknowledged_by == "Tom Technician"
    again.stop()


def test_the_voice_starts_and_stops_with_the_bay(store, car, until):
    speaker = ScriptedSpeaker()
    store.limits = ScriptedLimits(replace(SPEEDING, warning=10))
    bay = Bay(store, BaySettings(), adapters=car.adapter, sounder=speaker)
    bay.start()
    assert speaker.running
    bay.connect(URL).result(5)
    bay.alarms.use_vehicle("")
    until(lambda: speaker.level is Level.WARNING)
    began = time.monotonic()
    bay.stop()
    assert time.monotonic() - began < 2
    assert not speaker.running


def test_a_bay_that_was_never_started_refuses_acts_and_stops(store, car):
    bay = Bay(store, BaySettings(), adapters=car.adapter)
    bay.alarms.use_vehicle("")
    assert bay.alarms.acknowledge_all(TECHNICIAN).exception(1).code == "desk_closed"
    bay.stop()


def test_a_vehicle_named_before_the_start_is_in_force_after_it(store, car, until):
    store.limits = ScriptedLimits(SPEEDING)
    bay = Bay(store, BaySettings(), adapters=car.adapter)
    bay.alarms.use_vehicle("")
    bay.start()
    until(lambda: bay.alarms.snapshot().limits == (SPEEDING,))
    bay.stop()


def test_many_hands_at_once_break_nothing(store, until):
    """A driver whose values flap, people who act, vehicles that change: a second of all of it."""
    rpm = Channel("rpm", "Engine speed", "rpm", 0, 8000)
    limits = ScriptedLimits(Limit("rpm_high", "rpm", Comparison.ABOVE, warning=5000, trip=7000))
    store.limits = limits
    vehicles = [store.vehicles.by_name(name).id for name in ("First", "Second")]
    alarms = Alarms(store)
    alarms.start()
    alarms.use_vehicle("")
    alarms.expect({rpm: 100.0})
    over = time.monotonic() + 1.0
    failed = []

    def again(do):
        def run():
            try:
                while time.monotonic() < over:
                    do()
            except Exception as error:
                failed.append(error)

        return threading.Thread(target=run)

    def drive_on():
        for value in (3000, 6000, 8000, float("nan")):
            alarms.take([Reading("rpm", monotonic_ns(), value)])
            time.sleep(0.001)

    def act():
        for alarm in alarms.snapshot().standing:
            for future in (
                alarms.acknowledge(alarm.id, TECHNICIAN),
                alarms.shelve(alarm.id, 0.05, "noise", TECHNICIAN),
                alarms.unshelve(alarm.id, TECHNICIAN),
            ):
                error = future.exception(5)
                assert error is None or isinstance(error, (AlarmRefused, NotKept)), error
        alarms.acknowledge_all(TECHNICIAN).result(5)

    def change():
        for vehicle in (*vehicles, ""):
            alarms.use_vehicle(vehicle)
            alarms.silence(0.01)
            time.sleep(0.02)

    hands = [again(each) for each in (drive_on, act, act, change)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(10)
    assert failed == []
    assert alarms.snapshot().problem == ""
    alarms.stop()
    kept = store.alarms.find(limit=-1)
    assert kept
    assert all(record.cleared is not None for record in kept)
