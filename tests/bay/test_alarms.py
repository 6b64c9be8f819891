"""Alarms of the bay: from readings to what stands, what is kept, and what people do."""

import itertools
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from cartech_desk.bay.alarms import Alarms
from cartech_desk.bay.status import LinkState, RecordingStatus
from cartech_desk.domain.alarms.limit import Action, Comparison, Level, Limit
from cartech_desk.domain.alarms.state import AlarmRefused, AlarmState
from cartech_desk.domain.alarms.watch import SignalFault
from cartech_desk.domain.channels import Quality, Reading
from cartech_desk.domain.people import NOBODY, NotSignedIn
from cartech_desk.store.errors import DiskFull, NotKept
from cartech_desk.store.limits import UNREADABLE
from tests.bay.alarm_desk import (
    BOOST,
    HOT,
    MANAGER,
    OVER_BOOST,
    OVER_REV,
    RPM,
    TECHNICIAN,
    TEMP,
    AlarmDesk,
    S,
    wait,
)

MS = S // 1000
FULL = DiskFull("The disk is full.", kept="Nothing was changed.", to_do="Free some space.")


@pytest.fixture
def make(store):
    made = []

    def make(*limits, **named):
        made.append(AlarmDesk(store, *limits, **named))
        return made[-1]

    yield make
    for desk in made:
        desk.stop()


@pytest.fixture
def desk(make):
    desk = make(OVER_REV, HOT, OVER_BOOST)
    desk.watch(RPM, TEMP, BOOST)
    desk.later(6, rpm=3000, temp=90, boost=10)
    return desk


def over_rev(desk, rpm=6500):
    desk.later(0.1, rpm=rpm, temp=90, boost=10)
    return desk.one()


# What stands


def test_before_a_vehicle_is_named_nothing_is_watched(make):
    desk = make(OVER_REV)
    desk.alarms.expect({RPM: 10.0})
    desk.later(0.2, rpm=9000)
    assert desk.now.standing == ()
    assert desk.now.limits == ()


def test_an_alarm_carries_all_that_the_technician_needs(desk):
    alarm = over_rev(desk)
    assert alarm.key == "limit:rpm_high"
    assert (alarm.state, alarm.level) == (AlarmState.ACTIVE_UNACKNOWLEDGED, Level.WARNING)
    assert (alarm.label, alarm.to_do, alarm.unit) == ("Over-rev", "Lift off.", "rpm")
    assert (alarm.value, alarm.edge, alarm.first_out) == (6500, 6000, True)
    assert alarm.limit == OVER_REV


def test_a_warning_becomes_a_trip_and_the_peak_is_kept(desk):
    first = over_rev(desk)
    desk.later(0.1, rpm=7400)
    desk.later(0.1, rpm=7100)
    alarm = desk.one()
    assert alarm.id == first.id
    assert (alarm.level, alarm.edge) == (Level.TRIP, 7000)
    assert (alarm.value, alarm.worst_value) == (7100, 7400)


def test_the_peak_of_a_limit_below_is_its_lowest_value(make):
    low = Limit("oil_low", "oil", Comparison.BELOW, warning=150, trip=100)
    desk = make(low)
    desk.watch(replace(BOOST, name="oil"))
    for kpa in (140, 90, 120):
        desk.later(0.1, oil=kpa)
    assert desk.one().worst_value == 90


def test_the_peak_between_two_snapshots_is_not_missed_in_a_batch(desk):
    from cartech_desk.domain.channels import Reading

    over_rev(desk)
    values = [6600, 7900, 6700]
    desk.alarms.take([Reading("rpm", desk.ns + at, v) for at, v in enumerate(values, 1)])
    assert desk.one().worst_value == 7900


def test_first_out_is_the_one_that_came_alone(desk):
    desk.later(0.1, rpm=6500)
    desk.later(0.1, rpm=6500, temp=110)
    first, second = desk.now.standing
    assert (first.first_out, second.first_out) == (True, False)
    assert first.order < second.order


def test_one_that_came_before_the_first_was_acknowledged_is_not_the_first(desk):
    over_rev(desk)
    desk.later(0.1, rpm=3000, temp=90)
    desk.later(0.1, rpm=3000, temp=110)
    hot, revved = desk.now.standing
    assert revved.state is AlarmState.RETURNED_UNACKNOWLEDGED
    assert (hot.first_out, revved.first_out) == (False, True)


def test_the_worst_comes_first(desk):
    desk.later(0.1, temp=110)
    desk.later(0.1, temp=110, rpm=6500)
    assert [alarm.channel for alarm in desk.now.standing] == ["rpm", "temp"]  # higher priority
    desk.later(0.1, temp=116, rpm=6500)
    assert [alarm.channel for alarm in desk.now.standing] == ["temp", "rpm"]  # a trip
    desk.later(0.1, temp=90, rpm=6500)
    assert [alarm.channel for alarm in desk.now.standing] == ["rpm", "temp"]  # gone


def test_a_returned_alarm_stays_until_acknowledged(desk):
    alarm = over_rev(desk)
    desk.later(0.1, rpm=3000)
    assert desk.one().state is AlarmState.RETURNED_UNACKNOWLEDGED
    assert desk.one().returned is not None
    desk.alarms.acknowledge(alarm.id, TECHNICIAN).result(5)
    assert desk.now.standing == ()
    (record,) = desk.kept()
    assert record.acknowledged_by == record.cleared_by == "Tom Technician"
    assert record.comparison is Comparison.ABOVE
    assert record.state is AlarmState.NORMAL


def test_a_latched_alarm_stays_until_cleared(desk):
    desk.later(0.1, boost=130)
    alarm = desk.one()
    desk.later(0.1, boost=10)
    desk.alarms.acknowledge(alarm.id, TECHNICIAN).result(5)
    assert desk.one().state is AlarmState.LATCHED
    desk.alarms.clear(alarm.id, TECHNICIAN, "hose replaced").result(5)
    assert desk.now.standing == ()
    assert desk.audit()[-1] == "alarm.clear"


def test_flapping_is_one_occurrence_and_floods_neither_audit_log_nor_disk(desk, monkeypatch):
    keep, writes = desk.store.alarms.keep, []

    def counted(*words):
        writes.append(words)
        keep(*words)

    monkeypatch.setattr(desk.store.alarms, "keep", counted)
    over_rev(desk)
    for _ in range(200):
        desk.later(0.1, rpm=3000, temp=90, boost=10)
        desk.later(0.1, rpm=6500, temp=90, boost=10)
    alarm = desk.one()
    assert alarm.times == 201
    assert len(writes) <= 8  # two that told something, and one a second at most
    assert desk.audit() == ["alarm.raise", "alarm.return"]
    assert len(desk.kept()) == 1
    assert len(desk.marks) == 1
    desk.later(0.1, rpm=3000)
    desk.later(11, rpm=3000, temp=90, boost=10)
    assert desk.audit() == ["alarm.raise", "alarm.return", "alarm.return"]
    assert desk.kept()[0].times == 201


def test_an_alarm_carries_the_operator_and_the_recording(desk):
    desk.alarms.use_operator(MANAGER)
    desk.recording = RecordingStatus("rec-1")
    over_rev(desk)
    (record,) = desk.kept()
    assert (record.operator_name, record.recording_id) == ("Mia Manager", "rec-1")


def test_a_recording_that_begins_while_an_alarm_stands_is_named_too(desk):
    desk.later(1, rpm=7500)
    assert desk.kept()[-1].recording_id == ""
    desk.recording = RecordingStatus("rec-2")
    for _ in range(3):
        desk.later(2, rpm=7500)
    desk.settle()
    assert desk.kept()[-1].recording_id == "rec-2"


def test_the_recording_is_marked_from_ten_seconds_before_to_ten_after(desk):
    over_rev(desk)
    raised_ns = desk.ns
    ((name, (t0_ns, t1_ns, note)),) = desk.marks.items()
    assert (t0_ns, t1_ns, note) == (raised_ns - 10 * S, raised_ns + 10 * S, "Over-rev")
    desk.later(20, rpm=6500, temp=90, boost=10)
    assert desk.marks[name][1] >= desk.ns + 5 * S  # extended meanwhile, for a power cut's sake
    desk.later(0.1, rpm=3000)
    assert desk.marks[name][1] == desk.ns + 10 * S


# What is watched


def test_the_car_is_asked_for_what_limits_need(make):
    gated = Limit(
        "lean", "lambda", Comparison.ABOVE, warning=1.0, gate="map > 95 and rpm > 2000", rate_hz=20
    )
    desk = make(OVER_REV, gated, replace(HOT, in_service=False))
    desk.watch()
    assert desk.polled[-1] == {"rpm": 20.0, "lambda": 20.0, "map": 20.0}


def test_limits_that_another_process_changed_are_in_force_within_seconds(desk):
    desk.limits.by_vehicle[""] = (replace(OVER_REV, warning=2500, trip=2800), HOT)
    desk.later(2, rpm=2700, temp=90, boost=10)
    desk.settle()
    assert len(desk.now.limits) == 2
    desk.later(0.1, rpm=2700, temp=90, boost=10)
    assert desk.one().edge == 2500


def test_limits_that_nobody_changed_are_not_read_again(desk, monkeypatch):
    monkeypatch.setattr(desk.alarms, "_load", lambda: pytest.fail("read again"))
    desk.later(10, rpm=3000, temp=90, boost=10)
    desk.settle()
    assert len(desk.now.limits) == 3


def test_a_limit_whose_channel_the_car_lacks_is_told_and_not_armed(make):
    desk = make(OVER_REV, HOT)
    desk.watch(RPM)
    desk.later(0.2, rpm=3000)
    assert desk.now.armed == 1
    (unwatched,) = desk.now.unwatched
    assert unwatched.limit == HOT
    assert "Coolant" in unwatched.why
    assert unwatched.absent
    assert desk.now.missed == ()


def test_a_limit_that_cannot_be_read_is_told_as_such_and_asks_for_nothing(make):
    desk = make(OVER_REV, replace(HOT, watches=UNREADABLE, label="Not watched: it is damaged"))
    desk.watch(RPM)
    desk.later(0.2, rpm=3000)
    (missed,) = desk.now.missed
    assert missed.why == "What is kept of it cannot be read: set it anew."
    assert UNREADABLE not in desk.polled[-1]
    desk.link(LinkState.DISCONNECTED)
    desk.later(5)
    assert desk.now.missed == (missed,)  # a car is not needed to know that


def test_a_channel_that_dies_alarms_once_and_disarms_its_limits(desk):
    desk.later(3, rpm=3000, boost=10)
    alarm = desk.one()
    assert (alarm.key, alarm.fault) == ("signal:temp", SignalFault.STALE)
    assert alarm.label == "Coolant"
    assert alarm.to_do == (
        "Coolant has had no value for more than 0.5 s: the sensor or its wire may be gone. "
        "Limits on it are not watched."
    )
    assert desk.now.armed == 2
    assert [each.limit for each in desk.now.missed] == [HOT]
    desk.later(0.3, rpm=3000, boost=10, temp=90)
    assert desk.one().state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_answers_that_are_no_values_are_told_as_such(desk):
    for _ in range(30):
        desk.take(Quality.INVALID, temp=float("nan"))
        desk.later(0.1, rpm=3000, boost=10)
    assert desk.one().fault is SignalFault.INVALID


# The link


def test_a_lost_link_is_one_alarm_and_no_sensor_is_blamed(desk):
    desk.link(LinkState.LOST, happened="The cable is out.")
    desk.later(6)
    alarm = desk.one()
    assert alarm.key == "desk:link"
    assert alarm.label == "The link to the car is lost"
    assert "The cable is out." in alarm.to_do
    assert desk.now.armed == 0
    desk.link(LinkState.CONNECTED, happened="")
    desk.later(0.2, rpm=3000, boost=10, temp=90)
    assert desk.one().state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_a_thread_that_hangs_is_noticed_though_it_says_nothing(desk):
    desk.later(3.5)
    alarm = desk.one()
    assert alarm.key == "desk:link"
    assert "Nothing has come from the car for" in alarm.to_do


def test_a_breath_of_the_adapter_alarms_nobody(desk):
    desk.later(1.5)
    desk.later(3, rpm=3000, temp=90, boost=10)
    assert desk.now.standing == ()


def test_a_silence_of_all_blames_not_the_sensor_that_was_read_first_before_it(desk):
    desk.later(1, rpm=3000, temp=90, boost=10)
    desk.take(temp=90)
    desk.ns += 90 * MS
    desk.take(rpm=3000, boost=10)
    for _ in range(100):  # the key was turned: more than half a second without a coolant value
        desk.ns += 10 * MS
        desk.tick()
    assert desk.now.standing == ()


def test_a_pause_that_began_and_ended_between_two_looks_blames_nobody(desk):
    """As when the machine had no time: the last answer is heard, its readings are on their way."""
    desk.later(1, rpm=3000, temp=90, boost=10)
    desk.ns += 700 * MS
    desk.link(LinkState.CONNECTED, last_answer_ns=desk.ns - 10 * MS)
    desk.tick()
    assert desk.now.standing == ()
    desk.later(1, rpm=3000, temp=90, boost=10)
    assert desk.now.standing == ()


def test_a_pause_in_which_the_adapter_answered_for_nobody_counts_against_the_silent(desk):
    desk.later(1, rpm=3000, temp=90, boost=10)
    for _ in range(7):
        desk.ns += 100 * MS
        desk.link(LinkState.CONNECTED, last_answer_ns=desk.ns)
        desk.tick()
    assert {one.key for one in desk.now.standing} == {"signal:rpm", "signal:temp", "signal:boost"}


def test_a_stamp_from_the_future_hides_no_dead_sensor(desk):
    desk.later(1, rpm=3000, temp=90, boost=10)
    ahead = [Reading("rpm", desk.ns + 3600 * S, 3000, Quality.GOOD)]
    desk.alarms.take(ahead)
    desk.later(7, rpm=3000, boost=10)  # time for a first value is granted anew
    assert desk.one().key == "signal:temp"


def test_answers_of_the_pace_before_do_not_make_the_new_one_too_slow(desk):
    """The wire goes on in its old pace for a moment after somebody asked for more."""
    desk.alarms.expect(dict.fromkeys((RPM, TEMP, BOOST), 10.0) | {replace(RPM, name="load"): 10.0})
    desk.later(0.3, rpm=3000, temp=90, boost=10)
    desk.link(LinkState.CONNECTED, paced_ns=desk.ns)
    desk.tick()
    for value in ({"rpm": 3000}, {"boost": 10}, {"temp": 90}) * 4:  # each in its turn from now on
        desk.later(0.3)
        desk.take(**value)
    assert desk.now.standing == ()


@pytest.mark.parametrize("silent_ms", [(210, 90), (230, 20), (440, 10), (300, 120, 50)])
def test_a_dead_sensor_is_missed_on_a_wire_that_is_often_silent_for_a_moment(desk, silent_ms):
    desk.later(1, rpm=3000, temp=90, boost=10)
    died_ns = desk.ns
    for wait_ms in itertools.islice(itertools.cycle(silent_ms), 40):
        desk.take(rpm=3000, boost=10)
        for _ in range(wait_ms // 10):
            desk.ns += 10 * MS
            desk.tick()
        if desk.now.standing:
            break
    assert desk.one().key == "signal:temp"
    assert desk.ns - died_ns < 1000 * MS


def test_on_a_slow_wire_delays_run_on_from_reading_to_reading(make):
    lean = Limit("lean", "lambda", Comparison.ABOVE, trip=1.1, trip_delay_s=1.5)
    desk = make(lean)
    desk.watch(replace(BOOST, name="lambda", unit="ratio"), rate_hz=10.0)
    for _ in range(10):  # asked ten times a second, answered every 0.6 s
        desk.take(**{"lambda": 1.0})
        desk.later(0.6)
    for _ in range(4):
        desk.take(**{"lambda": 1.3})
        desk.later(0.6)
    assert desk.one().key == "limit:lean"


def test_ignition_off_alarms_nobody(desk):
    desk.later(1.2)  # until that is known
    desk.link(LinkState.CONNECTED, ignition_on=False)
    desk.later(20)
    assert desk.now.standing == ()
    assert desk.now.armed == 0


def test_an_adapter_taken_out_of_a_car_that_is_off_alarms_nobody(desk):
    desk.link(LinkState.CONNECTED, ignition_on=False)
    desk.later(5)
    desk.link(LinkState.LOST)
    desk.later(1)
    desk.link(LinkState.RECONNECTING, ignition_on=True)  # as an attempt without an adapter tells
    desk.later(60)
    assert desk.now.standing == ()
    desk.connection = object()  # and a person connects another car
    desk.link(LinkState.CONNECTED)
    desk.later(1, rpm=3000, temp=90, boost=10)
    assert desk.now.standing == ()
    desk.link(LinkState.LOST)
    desk.later(1)
    assert desk.one().key == "desk:link"


def test_a_lost_link_stays_lost_whatever_is_said_of_the_ignition(desk):
    desk.link(LinkState.LOST, happened="The cable is out.")
    desk.later(1)
    for state in (LinkState.RECONNECTING, LinkState.LOST, LinkState.CONNECTED):
        desk.link(state, ignition_on=False, happened="The car is silent.")
        desk.later(5)
        assert desk.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED, state
    desk.link(LinkState.CONNECTED, ignition_on=True)
    desk.later(0.2, rpm=3000, temp=90, boost=10)
    assert desk.one().state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_a_silence_that_alarmed_is_no_ignition_off_afterwards(desk):
    desk.later(3.5)
    assert desk.one().key == "desk:link"
    desk.link(LinkState.CONNECTED, ignition_on=False)
    desk.later(20)
    assert desk.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED
    desk.link(LinkState.DISCONNECTED)
    desk.later(1)
    assert desk.one().state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_a_dead_engine_unit_stays_an_alarm_when_the_link_is_lost_too(desk):
    desk.link(LinkState.CONNECTED, engine_gone=True)
    desk.later(2)
    desk.link(LinkState.LOST, happened="The cable is out.")
    desk.later(20)
    states = {alarm.key: alarm.state for alarm in desk.now.standing}
    assert states == dict.fromkeys(("desk:engine", "desk:link"), AlarmState.ACTIVE_UNACKNOWLEDGED)


def test_another_car_connected_by_a_person_alarms_nobody(desk):
    desk.connection = object()
    desk.later(1)
    desk.link(LinkState.CONNECTING)
    desk.connection = object()
    desk.later(20)
    desk.link(LinkState.CONNECTED)
    desk.later(2, rpm=3000, temp=90, boost=10)
    assert desk.now.standing == ()


def test_a_dead_engine_unit_is_one_alarm_and_no_lost_link(desk):
    desk.link(LinkState.CONNECTED, engine_gone=True)
    desk.later(20)
    assert desk.one().key == "desk:engine"
    assert desk.now.armed == 0
    desk.link(LinkState.CONNECTED, engine_gone=False, ignition_on=False)
    desk.later(1)
    assert desk.one().state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_a_disconnection_by_a_person_alarms_nobody_and_ends_what_stood(desk):
    over_rev(desk)
    desk.link(LinkState.DISCONNECTED)
    desk.later(5)
    assert desk.one().state is AlarmState.RETURNED_UNACKNOWLEDGED
    assert desk.one().state is AlarmState.RETURNED_UNACKNOWLEDGED
    desk.ns -= 6 * S
    desk.take(rpm=9000)  # a last batch of a wire that was slow to let go
    assert desk.one().times == 1


def test_an_instrument_without_an_adapter_is_watched_after_a_disconnection(desk):
    desk.link(LinkState.DISCONNECTED)
    desk.later(5)
    assert desk.now.armed == 0
    desk.later(1, rpm=3000, temp=90, boost=10)
    assert desk.now.armed == 3
    desk.later(0.2, rpm=7500, temp=90, boost=10)
    assert desk.one().level is Level.TRIP
    desk.later(5)
    assert desk.now.armed == 0


def test_a_link_lost_without_armed_limits_alarms_nobody(make):
    desk = make()
    desk.watch(RPM)
    desk.later(1, rpm=3000)
    desk.link(LinkState.LOST)
    desk.later(6)
    assert desk.now.standing == ()


# The desk itself


def test_a_recording_that_cannot_be_written_alarms(desk):
    desk.recording = RecordingStatus("rec-1", problem="The disk is full. 12 samples wait.")
    desk.later(0.1, rpm=3000, temp=90, boost=10)
    assert desk.one().key == "desk:recording"
    assert "The disk is full" in desk.one().to_do
    desk.recording = RecordingStatus("rec-1")
    desk.later(0.1, rpm=3000, temp=90, boost=10)
    assert desk.one().state is AlarmState.RETURNED_UNACKNOWLEDGED
    assert desk.marks == {}


def test_a_failing_taker_of_readings_alarms(desk):
    desk.failures["recorder"] = "The recorder failed and may have missed readings."
    desk.later(0.1, rpm=3000, temp=90, boost=10)
    assert desk.one().key == "desk:readings"


def test_limits_that_cannot_be_read_alarm_and_are_read_once_they_can(desk):
    desk.limits.refuse = FULL
    desk.alarms.limits_changed()
    desk.settle()
    desk.later(0.1, rpm=3000, temp=90, boost=10)
    assert desk.one().key == "desk:limits"
    assert len(desk.now.limits) == 3  # those before stay in force
    desk.limits.refuse = None
    desk.later(1.2, rpm=3000, temp=90, boost=10)
    desk.settle()
    desk.later(0.1, rpm=3000, temp=90, boost=10)
    assert desk.one().state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_a_fault_while_limits_are_read_is_told_and_they_are_read_again(desk):
    desk.limits.refuse = ZeroDivisionError("of the desk")
    desk.alarms.use_vehicle("another")
    desk.settle()
    desk.later(0.1, rpm=3000, temp=90, boost=10)
    assert desk.one().key == "desk:limits"
    assert "ZeroDivisionError" in desk.now.problem
    desk.limits.refuse = None
    desk.later(1.2, rpm=3000, temp=90, boost=10)
    desk.settle()
    assert desk.now.vehicle_id == "another"
    assert desk.now.problem == ""


def test_limits_are_in_force_though_neither_shelf_nor_name_can_be_read(desk, monkeypatch):
    def fail(_):
        raise ZeroDivisionError

    monkeypatch.setattr(desk.store.alarms, "shelves", fail)
    monkeypatch.setattr(desk.limits, "profile_of", fail)
    desk.alarms.use_vehicle("another")
    desk.settle()
    assert desk.now.vehicle_id == "another"
    desk.later(0.2, rpm=7500, temp=90, boost=10)
    assert desk.one().level is Level.TRIP
    assert desk.now.problem == ""


def test_a_limit_watch_that_fails_always_sounds_and_says_so(desk, monkeypatch):
    def fail(_):
        raise ZeroDivisionError

    desk.later(0.1, rpm=3000, temp=90, boost=10)
    with monkeypatch.context() as broken:
        broken.setattr(desk.alarms._book, "tick", fail)
        watch = threading.Thread(target=Alarms._work, args=(desk.alarms,))
        watch.start()
        wait(lambda: desk.speaker.level is Level.TRIP)
        assert "limit watch fails" in desk.now.problem
        assert desk.now.sounding is Level.TRIP
        desk.alarms.silence(60)
        wait(lambda: desk.speaker.level is Level.NONE)
        desk.ns += 61 * S
        wait(lambda: desk.speaker.level is Level.TRIP)
    wait(lambda: desk.now.problem == "")
    desk.alarms._stopping.set()
    watch.join(5)


def test_while_the_disk_refuses_alarms_come_and_are_kept_when_it_is_back(desk, monkeypatch):
    keep = desk.store.alarms.keep

    def refuse(*_):
        raise FULL

    monkeypatch.setattr(desk.store.alarms, "keep", refuse)
    over_rev(desk)
    with pytest.raises(DiskFull):
        desk.kept()
    desk.later(0.1, rpm=7500)
    desk.later(0.1, rpm=3000, temp=90, boost=10)
    keys = {alarm.key for alarm in desk.now.standing}
    assert keys == {"limit:rpm_high", "desk:history"}
    assert "The disk is full." in desk.now.problem
    monkeypatch.setattr(desk.store.alarms, "keep", keep)
    assert {record.key for record in desk.kept()} == keys
    assert desk.audit()[:3] == ["alarm.raise", "alarm.escalate", "alarm.return"] or (
        sorted(desk.audit()[:4]) == ["alarm.escalate", "alarm.raise", "alarm.raise", "alarm.return"]
    )
    desk.later(0.1, rpm=3000, temp=90, boost=10)
    assert desk.now.problem == ""


# What people do


def test_an_act_needs_the_right(desk):
    alarm = over_rev(desk)
    with pytest.raises(NotSignedIn):
        desk.alarms.acknowledge(alarm.id, NOBODY).result(5)
    with pytest.raises(NotSignedIn):
        desk.alarms.shelve(alarm.id, 60, "noise", NOBODY).result(5)
    assert desk.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED


def test_an_act_that_the_disk_refuses_changes_nothing(desk, monkeypatch):
    alarm = over_rev(desk)
    desk.kept()

    def refuse(*_, **__):
        raise FULL

    monkeypatch.setattr(desk.store.alarms, "acted", refuse)
    for act in (
        desk.alarms.acknowledge(alarm.id, TECHNICIAN),
        desk.alarms.shelve(alarm.id, 60, "noise", TECHNICIAN),
    ):
        with pytest.raises(DiskFull):
            act.result(5)
    assert desk.one().state is AlarmState.ACTIVE_UNACKNOWLEDGED
    assert desk.audit() == ["alarm.raise"]


def test_an_act_is_durable_before_its_future_ends(desk):
    alarm = over_rev(desk)
    desk.alarms.acknowledge(alarm.id, TECHNICIAN).result(5)
    (row,) = desk.store.audit._database.glance(
        "SELECT state, acknowledged_by FROM alarm WHERE id = ?", (alarm.id,)
    )
    assert row == ("active_acknowledged", "Tom Technician")
    actions = desk.store.audit._database.glance("SELECT action FROM audit ORDER BY sequence")
    assert actions[-1] == ("alarm.acknowledge",)


def test_what_gets_worse_while_it_is_acknowledged_asks_on(desk, monkeypatch):
    alarm = over_rev(desk)
    acted = desk.store.alarms.acted

    def slow(*words, **named):
        acted(*words, **named)
        desk.take(rpm=7500)

    monkeypatch.setattr(desk.store.alarms, "acted", slow)
    with pytest.raises(AlarmRefused, match="got worse"):
        desk.alarms.acknowledge(alarm.id, TECHNICIAN).result(5)
    asks_on(desk, Level.TRIP)
    assert desk.audit() == ["alarm.raise", "alarm.acknowledge", "alarm.escalate"]


def asks_on(desk, level):
    now = desk.one()
    (record,) = desk.kept()
    assert (now.state, now.level) == (AlarmState.ACTIVE_UNACKNOWLEDGED, level)
    assert record.state is AlarmState.ACTIVE_UNACKNOWLEDGED
    assert (record.level, record.acknowledged, record.cleared) == (level, None, None)


@pytest.mark.parametrize("returns", [False, True], ids=["escalates", "returns and comes worse"])
def test_what_got_worse_before_the_keeper_came_to_it_is_not_acknowledged(desk, returns):
    alarm = over_rev(desk)
    desk.kept()
    with desk.held():
        acts = [
            desk.alarms.acknowledge(alarm.id, TECHNICIAN),
            desk.alarms.shelve(alarm.id, 60, "known", TECHNICIAN),
        ]
        everything = desk.alarms.acknowledge_all(TECHNICIAN)
        if returns:
            desk.later(0.1, rpm=3000)
        desk.later(0.1, rpm=7500)
    for act in acts:
        with pytest.raises(AlarmRefused, match="got worse"):
            act.result(5)
    assert everything.result(5) == 0
    asks_on(desk, Level.TRIP)
    assert "alarm.acknowledge" not in desk.audit()
    assert desk.audit()[-1] == "alarm.escalate"
    desk.alarms.acknowledge(alarm.id, TECHNICIAN).result(5)
    assert desk.one().state is AlarmState.ACTIVE_ACKNOWLEDGED


def test_one_that_flaps_as_bad_as_it_was_can_be_acknowledged(desk):
    alarm = over_rev(desk)
    with desk.held():
        act = desk.alarms.acknowledge(alarm.id, TECHNICIAN)
        desk.later(0.1, rpm=3000)
        desk.later(0.1, rpm=6500)
    act.result(5)
    assert desk.one().state is AlarmState.ACTIVE_ACKNOWLEDGED


def test_what_comes_again_while_its_return_is_acknowledged_asks_on(desk, monkeypatch):
    alarm = over_rev(desk)
    desk.later(0.1, rpm=3000)
    while_writing(desk, monkeypatch, rpm=6500)
    with pytest.raises(AlarmRefused, match="came again"):
        desk.alarms.acknowledge(alarm.id, TECHNICIAN).result(5)
    asks_on(desk, Level.WARNING)
    assert desk.audit()[-2:] == ["alarm.acknowledge", "alarm.raise"]


def while_writing(desk, monkeypatch, **values):
    acted = desk.store.alarms.acted

    def slow(*words, **named):
        acted(*words, **named)
        desk.take(**values)

    monkeypatch.setattr(desk.store.alarms, "acted", slow)


def latched(desk):
    desk.later(0.1, rpm=3000, temp=90, boost=130)
    alarm = desk.one()
    desk.alarms.acknowledge(alarm.id, TECHNICIAN).result(5)
    desk.later(0.1, rpm=3000, temp=90, boost=10)
    assert desk.one().state is AlarmState.LATCHED
    return alarm


def test_what_gets_worse_while_it_is_shelved_asks_on(desk, monkeypatch):
    alarm = over_rev(desk)
    while_writing(desk, monkeypatch, rpm=7500)
    with pytest.raises(AlarmRefused, match="got worse"):
        desk.alarms.shelve(alarm.id, 60, "known", TECHNICIAN).result(5)
    asks_on(desk, Level.TRIP)
    assert desk.store.alarms.shelves("") == ()
    assert sorted(desk.audit()[2:]) == ["alarm.escalate", "alarm.unshelve"]


def test_a_latched_one_that_came_again_since_is_not_cleared(desk):
    alarm = latched(desk)
    with desk.held():
        act = desk.alarms.clear(alarm.id, TECHNICIAN)
        desk.take(boost=140)
        everything = desk.alarms.acknowledge_all(TECHNICIAN)
        desk.take(boost=10)
    with pytest.raises(AlarmRefused, match="came again"):
        act.result(5)
    assert everything.result(5) == 1
    assert desk.one().state is AlarmState.LATCHED
    assert "alarm.clear" not in desk.audit()


def test_a_latched_one_that_comes_again_while_it_is_cleared_asks_on(desk, monkeypatch):
    alarm = latched(desk)
    while_writing(desk, monkeypatch, boost=140)
    with pytest.raises(AlarmRefused, match="came again"):
        desk.alarms.clear(alarm.id, TECHNICIAN).result(5)
    asks_on(desk, Level.TRIP)
    assert desk.audit()[-2:] == ["alarm.clear", "alarm.raise"]


def test_acknowledging_all_takes_what_asks_and_leaves_the_shelf(desk):
    desk.later(0.1, rpm=6500, temp=110, boost=10)
    first = desk.now.standing[0]
    desk.alarms.shelve(first.id, 60, "known", TECHNICIAN).result(5)
    assert desk.alarms.acknowledge_all(TECHNICIAN).result(5) == 1
    assert desk.alarms.acknowledge_all(TECHNICIAN).result(5) == 0
    states = [alarm.state for alarm in desk.now.standing]
    assert states == [AlarmState.ACTIVE_ACKNOWLEDGED, AlarmState.SHELVED]


def test_an_alarm_that_is_gone_is_said_to_be_gone(desk):
    with pytest.raises(NotKept):
        desk.alarms.acknowledge("none such", TECHNICIAN).result(5)
    with pytest.raises(NotKept):
        desk.alarms.clear("none such", TECHNICIAN).result(5)


def test_an_active_alarm_cannot_be_cleared(desk):
    alarm = over_rev(desk)
    with pytest.raises(AlarmRefused, match="cannot be cleared"):
        desk.alarms.clear(alarm.id, TECHNICIAN).result(5)


# Vehicles and limits that change


def test_what_asks_of_the_car_before_stays_listed_with_its_vehicle(desk):
    first = desk.store.vehicles.by_name("First")
    second = desk.store.vehicles.by_name("Second")
    desk.limits.by_vehicle = {"": (), first.id: (OVER_REV,), second.id: (OVER_REV, HOT)}
    desk.watch(RPM, TEMP, vehicle=first.id)
    desk.later(0.1, rpm=6500)
    desk.watch(RPM, TEMP, vehicle=second.id)
    assert desk.now.vehicle_id == second.id
    assert desk.now.profile == "turbo_petrol"
    old = desk.one()
    assert (old.vehicle_name, old.state) == ("First", AlarmState.RETURNED_UNACKNOWLEDGED)
    desk.later(0.1, rpm=6600)
    new = next(alarm for alarm in desk.now.standing if alarm.vehicle_name == "Second")
    assert new.id != old.id
    desk.alarms.acknowledge(old.id, TECHNICIAN).result(5)
    assert [alarm.id for alarm in desk.now.standing] == [new.id]


def test_an_alarm_of_the_desk_survives_a_change_of_vehicle(desk):
    desk.failures["recorder"] = "It failed."
    desk.later(0.1, rpm=3000, temp=90, boost=10)
    desk.watch(RPM, vehicle=desk.store.vehicles.by_name("Second").id)
    assert desk.one().key == "desk:readings"


def test_the_alarm_of_a_limit_that_is_removed_ends_where_it_was_acknowledged(desk):
    desk.alarms.acknowledge(over_rev(desk).id, TECHNICIAN).result(5)
    desk.limits.by_vehicle[""] = (HOT, OVER_BOOST)
    desk.alarms.limits_changed()
    desk.settle()
    assert desk.now.standing == ()
    (record,) = desk.kept()
    assert record.returned is not None
    assert record.cleared is not None
    assert desk.audit()[-1] == "alarm.return"


def test_a_limit_out_of_service_stands_last_and_raises_nothing(desk):
    desk.limits.by_vehicle[""] = (replace(OVER_REV, in_service=False), HOT, OVER_BOOST)
    desk.alarms.limits_changed()
    desk.settle()
    desk.later(0.1, rpm=9000, temp=110, boost=10)
    hot, aside = desk.now.standing
    assert hot.key == "limit:temp_high"
    assert aside.state is AlarmState.OUT_OF_SERVICE
    assert desk.now.announced == (hot,)
    assert [record.key for record in desk.kept()] == ["limit:temp_high"]


# Threads


def test_the_driver_never_waits_for_the_disk(desk, monkeypatch):
    held, entered = threading.Event(), threading.Event()
    acted = desk.store.alarms.acted

    def slow(*words, **named):
        entered.set()
        assert held.wait(5)
        acted(*words, **named)

    monkeypatch.setattr(desk.store.alarms, "acted", slow)
    alarm = over_rev(desk)
    act = desk.alarms.acknowledge(alarm.id, TECHNICIAN)
    assert entered.wait(5)
    desk.take(rpm=7500)
    assert desk.one().level is Level.TRIP
    held.set()
    assert isinstance(act.exception(5), AlarmRefused)


def test_nothing_that_a_snapshot_shows_changes_afterwards(desk):
    before = desk.now
    over_rev(desk)
    assert before.standing == ()


def test_a_lamp_only_alarm_is_not_heard(make):
    desk = make(replace(OVER_REV, action=Action.LAMP))
    desk.watch(RPM)
    desk.later(0.2, rpm=6500)
    assert desk.speaker.level is Level.NONE
    assert desk.one().level is Level.WARNING


def test_a_sound_is_silenced_and_comes_back_by_itself_or_for_something_new(desk):
    over_rev(desk)
    assert desk.speaker.level is Level.WARNING
    desk.alarms.silence(5)
    desk.later(0.1, rpm=6500, temp=90, boost=10)
    assert desk.speaker.level is Level.NONE
    assert desk.now.sounding is Level.WARNING
    assert desk.now.silent_until_ns > desk.ns
    desk.later(5, rpm=6500, temp=90, boost=10)
    assert desk.speaker.level is Level.WARNING
    desk.alarms.silence(60)
    desk.later(0.1, rpm=7500, temp=90, boost=10)
    assert desk.speaker.level is Level.TRIP


def test_a_desk_without_a_voice_says_so(desk):
    desk.speaker.problem = "No alarm can be heard."
    assert desk.now.sound_problem == "No alarm can be heard."


def test_what_stands_when_the_desk_is_closed_has_an_honest_ending(desk):
    over_rev(desk)
    desk.stop()
    (record,) = desk.store.alarms.find()
    assert record.cleared_by == "the desk was closed"
    assert record.never_acknowledged
    assert record.cleared - record.raised >= timedelta(0)
