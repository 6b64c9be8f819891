"""What dyno runs ask of the recorder: a name before it is there, an anchor, durable until now."""

import pytest

from cartech_desk.bay.recorder import Recorder, RecordingRefused
from cartech_desk.domain.channels import Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.store import recording_writer
from cartech_desk.store.faults import disk_full
from cartech_desk.store.recordings import Ending

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
    from cartech_desk.bay.recording_run import RecorderBounds
    from cartech_desk.store.errors import DiskFull

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
