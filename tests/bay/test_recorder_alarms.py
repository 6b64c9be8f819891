"""Alarms in recordings: marked from before they came, in the pre-trigger too, until they go."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cartech_desk.bay.bay import Bay
from cartech_desk.bay.recorder import Recorder
from cartech_desk.domain.channels import Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import NOBODY, Actor, Role
from cartech_desk.store.recordings import MarkKind
from cartech_desk.store.store import Store

SECOND = 1_000_000_000
ADA = Actor("0192-a", "Ada Administrator", Role.ADMINISTRATOR)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def vehicle(store: Store) -> str:
    return store.vehicles.by_name("Blue Golf").id


@pytest.fixture
def recorder(store: Store) -> Iterator[Recorder]:
    made = Recorder(store.recordings, pretrigger_s=30.0)
    made.start()
    yield made
    made.stop()


def eventually(true: Callable[[], bool], within_s: float = 5.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_an_alarm_while_recording_is_durable_and_grows(
    store: Store, vehicle: str, recorder: Recorder
) -> None:
    recording_id = recorder.begin(vehicle, operator=ADA).result(5)
    anchor = recorder.status.started_ns
    recorder.mark_alarm("a", anchor + SECOND, anchor + 20 * SECOND, "Over-boost")
    eventually(lambda: len(store.recordings.get(recording_id).alarms) == 1)
    recorder.extend_alarm("a", anchor + 45 * SECOND)
    recorder.extend_alarm("a", anchor + 40 * SECOND)
    recorder.end().result(5)
    kept = store.recordings.get(recording_id)
    (mark,) = kept.alarms
    assert (mark.t_ns, mark.t_end_ns, mark.note) == (SECOND, 45 * SECOND, "Over-boost")
    assert kept.operator == ADA.name


def test_an_alarm_before_the_recording_is_in_its_pretrigger_and_goes_on_growing(
    store: Store, vehicle: str, recorder: Recorder
) -> None:
    now = monotonic_ns()
    recorder.take([Reading("rpm", now - 5 * SECOND, 1.0)])
    recorder.mark_alarm("a", now - 15 * SECOND, now + 5 * SECOND, "Coolant hot")
    recording_id = recorder.begin(vehicle).result(5)
    anchor = recorder.status.started_ns
    recorder.extend_alarm("a", anchor + 60 * SECOND)
    recorder.end().result(5)
    (mark,) = store.recordings.get(recording_id).alarms
    assert mark.t_ns == now - 15 * SECOND - anchor
    assert mark.t_end_ns == 60 * SECOND


def test_the_mark_begins_where_the_recording_does(
    store: Store, vehicle: str, recorder: Recorder
) -> None:
    plugged_in = monotonic_ns()
    recorder.mark_alarm("a", plugged_in - 10 * SECOND, plugged_in + 10 * SECOND, "Lean")
    recording_id = recorder.begin(vehicle, not_before_ns=plugged_in).result(5)
    anchor = recorder.status.started_ns
    recorder.end().result(5)
    (mark,) = store.recordings.get(recording_id).alarms
    assert mark.t_ns == plugged_in - anchor


def test_alarms_of_the_car_before_are_left_out(
    store: Store, vehicle: str, recorder: Recorder
) -> None:
    now = monotonic_ns()
    recorder.mark_alarm("a", now - 10 * SECOND, now + 10 * SECOND, "Lean")
    recording_id = recorder.begin(vehicle, not_before_ns=monotonic_ns()).result(5)
    recorder.end().result(5)
    assert store.recordings.get(recording_id).alarms == ()


def test_an_alarm_that_is_over_longer_than_the_pretrigger_is_left_out(
    store: Store, vehicle: str, recorder: Recorder
) -> None:
    now = monotonic_ns()
    recorder.mark_alarm("a", now - 60 * SECOND, now - 40 * SECOND, "Lean")
    recording_id = recorder.begin(vehicle).result(5)
    recorder.end().result(5)
    assert [mark.kind for mark in store.recordings.get(recording_id).marks] == [MarkKind.TRIGGER]


def test_extending_what_is_not_known_does_nothing(
    store: Store, vehicle: str, recorder: Recorder
) -> None:
    recording_id = recorder.begin(vehicle).result(5)
    recorder.extend_alarm("never", monotonic_ns())
    recorder.end().result(5)
    assert store.recordings.get(recording_id).alarms == ()


def test_two_recordings_both_have_the_alarm_that_stands(
    store: Store, vehicle: str, recorder: Recorder
) -> None:
    first = recorder.begin(vehicle).result(5)
    now = monotonic_ns()
    recorder.mark_alarm("a", now - 10 * SECOND, now + 10 * SECOND, "Coolant hot")
    recorder.end().result(5)
    second = recorder.begin(vehicle).result(5)
    recorder.extend_alarm("a", now + 20 * SECOND)
    recorder.end().result(5)
    assert [len(store.recordings.get(one).alarms) for one in (first, second)] == [1, 1]


def test_whoever_takes_over_a_recording_is_marked_in_it(store: Store, vehicle: str) -> None:
    bay = Bay(store)
    bay.start()
    bay.use_operator(ADA)
    recording_id = bay.start_recording(vehicle).result(5)
    bay.use_operator(Actor(ADA.id, ADA.name, Role.MANAGER))  # another role, the same person
    bay.use_operator(NOBODY)
    bay.use_operator(Actor("0192-t", "Tom Technician", Role.TECHNICIAN))
    bay.stop_recording().result(5)
    bay.stop()
    kept = store.recordings.get(recording_id)
    assert kept.operator == ADA.name
    notes = [mark.note for mark in kept.marks if mark.kind is MarkKind.NOTE]
    assert notes == ["Operator: Tom Technician"]
