"""What dyno runs ask of the recorder: a name before it is there, an anchor, durable until now."""

import pytest

from cartech_desk.bay.recorder import Recorder, RecordingRefused
from cartech_desk.bay.recording_run import RecorderBounds
from cartech_desk.domain.channels import Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.store import recording_writer
from cartech_desk.store.errors import DiskFull
from cartech_desk.store.faults import disk_full
from cartech_desk.store.recordings import Ending, MarkKind

S = 1_000_000_000
ID = "01a20000-0000-7000-8000-000000000001"


@pytest.fixture
def recorder(store):
    made = Recorder(store.recordings)
    made.start()
    yield made
    made.stop()


def test_a_recording_has_the_id_and_the_anchor_that_it_was_given(store, recorder):
    begun_ns = monotonic_ns()
    recorder.take([Reading("rpm", begun_ns - S, 1.0), Reading("rpm", begun_ns + 1, 2.0)])
    vehicle = store.vehicles.by_name("Blue Civic").id
    assert recorder.begin(vehicle, recording_id=ID, t_ns=begun_ns).result(5) == ID
    recorder.end().result(5)
    assert store.recordings.read(ID, "rpm", -2 * S, S).t_ns.tolist() == [-S, 1]


def test_settled_ends_once_all_that_was_taken_is_durable(store, recorder):
    vehicle = store.vehicles.by_name("Blue Civic").id
    recording_id = recorder.begin(vehicle).result(5)
    anchor_ns = recorder.status.started_ns
    recorder.take([Reading("rpm", anchor_ns + 7, 2.0)])
    assert recorder.settled().result(5) == recording_id
    assert store.recordings.read(recording_id, "rpm", 0, S).t_ns.tolist() == [7]
    assert recorder.status.id == recording_id  # it goes on


def test_settled_without_a_recording_is_refused(recorder):
    with pytest.raises(RecordingRefused):
        recorder.settled().result(5)


def test_settled_waits_for_a_disk_that_refuses_for_a_while(store, recorder):
    vehicle = store.vehicles.by_name("Blue Civic").id
    recorder.begin(vehicle).result(5)
    with pytest.MonkeyPatch.context() as patch:

        def full(*_args, **_more):
            raise disk_full(store.folder)

        patch.setattr(recording_writer.RecordingWriter, "write", full)
        recorder.take([Reading("rpm", recorder.status.started_ns + 7, 2.0)])
        waiting = recorder.settled()
        with pytest.raises(TimeoutError):
            waiting.result(0.6)
    waiting.result(5)


def test_settled_ends_with_what_was_lost_where_the_recording_ends_over_it(store):
    recorder = Recorder(store.recordings, bounds=RecorderBounds(give_up_s=0.2))
    recorder.start()
    recording_id = recorder.begin(store.vehicles.by_name("Blue Civic").id).result(5)
    with pytest.MonkeyPatch.context() as patch:

        def full(*_args, **_more):
            raise disk_full(store.folder)

        patch.setattr(recording_writer.RecordingWriter, "write", full)
        recorder.take([Reading("rpm", recorder.status.started_ns + 7, 2.0)])
        with pytest.raises(DiskFull):
            recorder.settled().result(5)
    assert store.recordings.get(recording_id).ending is Ending.DISK_FULL
    recorder.stop()


def refused_first(store, monkeypatch, times):
    begin, refusals = store.recordings.begin, []

    def late(*args, **more):
        if len(refusals) < times:
            refusals.append(args)
            raise disk_full(store.folder)
        return begin(*args, **more)

    monkeypatch.setattr(store.recordings, "begin", late)


def test_what_a_refused_recording_needs_is_held_until_it_begins(store, recorder, monkeypatch):
    refused_first(store, monkeypatch, 1)
    vehicle, begun_ns = store.vehicles.by_name("Blue Civic").id, monotonic_ns()
    recorder.pretrigger.set_length(0)
    recorder.take([Reading("rpm", begun_ns + 1, 1.0)])
    with pytest.raises(DiskFull):
        recorder.begin(vehicle, recording_id=ID, t_ns=begun_ns).result(5)
    for second in range(1, 26):  # more than the pre-trigger keeps
        recorder.take([Reading("rpm", begun_ns + second * S, 1.0)])
        recorder.begin("nobody").exception(5)
    recorder.begin(vehicle, recording_id=ID, t_ns=begun_ns).result(5)
    recorder.end().result(5)
    assert len(store.recordings.read(ID, "rpm", 0, 60 * S).t_ns) == 26


def test_what_does_not_fit_in_memory_is_marked_as_a_gap(store, monkeypatch):
    recorder = Recorder(store.recordings, bounds=RecorderBounds(unwritten_samples=10))
    recorder.start()
    refused_first(store, monkeypatch, 1)
    vehicle, begun_ns = store.vehicles.by_name("Blue Civic").id, monotonic_ns()
    with pytest.raises(DiskFull):
        recorder.begin(vehicle, recording_id=ID, t_ns=begun_ns).result(5)
    for second in range(1, 21):
        recorder.take([Reading("rpm", begun_ns + second * S, 1.0)])
        recorder.begin("nobody").exception(5)
    recorder.begin(vehicle, recording_id=ID, t_ns=begun_ns).result(5)
    recorder.stop()
    (gap,) = [one for one in store.recordings.get(ID).marks if one.kind is MarkKind.GAP]
    assert gap.t_end_ns == 10 * S
    assert store.recordings.read(ID, "rpm", 0, 60 * S).t_ns[0] == 11 * S


def test_nothing_is_held_for_a_recording_that_is_not_asked_for_again(store, recorder, monkeypatch):
    refused_first(store, monkeypatch, 1)
    vehicle, begun_ns = store.vehicles.by_name("Blue Civic").id, monotonic_ns()
    with pytest.raises(DiskFull):
        recorder.begin(vehicle, recording_id=ID, t_ns=begun_ns).result(5)
    for second in (1, 70, 140):
        recorder.take([Reading("rpm", begun_ns + second * S, 1.0)])
        recorder.begin("nobody").exception(5)
    assert [one.last_ns - begun_ns for one in recorder.pretrigger.since(0)] == [140 * S]
