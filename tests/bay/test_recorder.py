"""The recorder: pre-trigger, durability, marks, what happens when the disk refuses."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.bay.recorder import Recorder, RecorderBounds, RecordingRefused
from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.store import recording_writer
from cartech_desk.store.errors import DiskFull, NotKept
from cartech_desk.store.faults import disk_full
from cartech_desk.store.recordings import Ending, MarkKind
from cartech_desk.store.store import Store

ALL = (-(1 << 62), 1 << 62)
SECOND = 1_000_000_000


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
    made = Recorder(store.recordings)
    made.start()
    yield made
    made.stop()


def eventually(true: Callable[[], bool], within_s: float = 5.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def readings(first_ns: int, count: int, step_ns: int = SECOND // 10) -> list[Reading]:
    return [
        Reading(name, first_ns + i * step_ns, float(i))
        for i in range(count)
        for name in ("rpm", "map")
    ]


def refuse(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    def full(*args: object, **named: object) -> int:
        raise disk_full(store.folder)

    for method in ("write", "close", "add_channels"):
        monkeypatch.setattr(recording_writer.RecordingWriter, method, full)


def test_a_recording_begins_with_the_pre_trigger(
    store: Store, recorder: Recorder, vehicle: str
) -> None:
    now = monotonic_ns()
    recorder.take(readings(now - 40 * SECOND, 400))
    recorder.take(readings(now, 20, SECOND // 1000))
    recording_id = recorder.begin(vehicle, "pull 1").result(5)
    assert recorder.end().result(5) == recording_id
    found = store.recordings.get(recording_id)
    assert found.note == "pull 1"
    assert found.ending is Ending.STOPPED
    assert -30 * SECOND <= found.first_ns < -29.8 * SECOND
    assert [(m.t_ns, m.kind) for m in found.marks] == [(0, MarkKind.TRIGGER)]
    samples = store.recordings.read(recording_id, "rpm", *ALL)
    assert 300 < len(samples.t_ns) <= 320


def test_two_recordings_may_share_the_pre_trigger(
    store: Store, recorder: Recorder, vehicle: str
) -> None:
    recorder.take(readings(monotonic_ns(), 5, 1000))
    first = recorder.begin(vehicle).result(5)
    recorder.end().result(5)
    second = recorder.begin(vehicle).result(5)
    recorder.end().result(5)
    for recording_id in (first, second):
        assert len(store.recordings.read(recording_id, "rpm", *ALL).t_ns) == 5


def test_everything_that_was_taken_comes_back(
    store: Store, recorder: Recorder, vehicle: str
) -> None:
    recorder.know([Channel("rpm", "Engine speed", "rpm", 0, 8000, source="mode 01 PID 0C")])
    recording_id = recorder.begin(vehicle).result(5)
    anchor = recorder.status.started_ns
    taken = [
        Reading("rpm", anchor + 5, 800.25),
        Reading("afr", anchor + 6, float("nan"), Quality.INVALID),
        Reading("rpm", anchor + 3, 799.0),
        Reading("rpm", anchor + 9, 801.0, Quality.STALE),
    ]
    recorder.take(taken[:2])
    recorder.take(taken[2:])
    recorder.end().result(5)
    found = store.recordings.read(recording_id, "rpm", *ALL)
    assert found.t_ns.tolist() == [3, 5, 9]
    assert found.values.tolist() == [799.0, 800.25, 801.0]
    assert found.quality.tolist() == [0, 0, 1]
    assert np.isnan(store.recordings.read(recording_id, "afr", *ALL).values).all()
    summary = store.recordings.get(recording_id)
    assert [c.channel.source for c in summary.channels] == ["mode 01 PID 0C", ""]
    assert (summary.channels[0].minimum, summary.channels[0].maximum) == (799.0, 800.25)


def test_a_reading_is_durable_within_a_second(
    store: Store, recorder: Recorder, vehicle: str
) -> None:
    recording_id = recorder.begin(vehicle).result(5)
    other = Store(store.folder)
    for _ in range(3):
        before = sum(c.samples for c in other.recordings.get(recording_id).channels)
        recorder.take([Reading("rpm", monotonic_ns(), 1.0)])
        eventually(
            lambda before=before: (
                sum(c.samples for c in other.recordings.get(recording_id).channels) > before
            ),
            1.0,
        )
    eventually(lambda: recorder.status.samples == 3)  # counted after it is kept
    other.close()


def test_marks_and_gaps_are_kept_also_those_of_the_pre_trigger(
    store: Store, recorder: Recorder, vehicle: str
) -> None:
    now = monotonic_ns()
    recorder.gap(now - 100 * SECOND, now - 90 * SECOND, "long ago")
    recorder.gap(now - 10 * SECOND, now - 8 * SECOND, "cable out")
    recorder.mark(now, "nothing is recorded yet")
    recording_id = recorder.begin(vehicle).result(5)
    anchor = recorder.status.started_ns
    recorder.mark(anchor + SECOND, "full throttle")
    recorder.gap(anchor + 2 * SECOND, None)
    recorder.end().result(5)
    found = store.recordings.get(recording_id).marks
    assert [(m.kind, m.note) for m in found] == [
        (MarkKind.GAP, "cable out"),
        (MarkKind.TRIGGER, ""),
        (MarkKind.NOTE, "full throttle"),
        (MarkKind.GAP, ""),
    ]
    assert found[0].t_end_ns == now - 8 * SECOND - anchor
    assert (found[3].t_ns, found[3].t_end_ns) == (2 * SECOND, None)


def test_a_second_begin_and_an_end_of_nothing_are_refused(recorder: Recorder, vehicle: str) -> None:
    with pytest.raises(RecordingRefused, match="No recording"):
        recorder.end().result(5)
    with pytest.raises(NotKept):
        recorder.begin("nobody").result(5)
    recording_id = recorder.begin(vehicle).result(5)
    with pytest.raises(RecordingRefused, match="already"):
        recorder.begin(vehicle).result(5)
    assert recorder.status.id == recording_id


def test_a_recorder_that_does_not_run_says_so(store: Store, vehicle: str) -> None:
    recorder = Recorder(store.recordings)
    with pytest.raises(RecordingRefused, match="not running"):
        recorder.begin(vehicle).result(1)
    recorder.stop()


def test_stop_ends_the_recording_within_a_second(store: Store, vehicle: str) -> None:
    recorder = Recorder(store.recordings)
    recorder.start()
    recording_id = recorder.begin(vehicle).result(5)
    for second in range(120):
        recorder.take(readings(recorder.status.started_ns + second * SECOND, 10))
    start = time.monotonic()
    recorder.stop()
    assert time.monotonic() - start < 1.0
    found = store.recordings.get(recording_id)
    assert found.ending is Ending.STOPPED
    assert found.channels[0].samples == 1200


def test_what_does_not_fit_into_the_inbox_is_counted_and_marked(store: Store, vehicle: str) -> None:
    recorder = Recorder(store.recordings, bounds=RecorderBounds(inbox_readings=50))
    recorder.start()
    recording_id = recorder.begin(vehicle).result(5)
    anchor = recorder.status.started_ns
    recorder.take(readings(anchor, 100))
    eventually(lambda: "200 readings were lost" in recorder.status.problem)
    recorder.take(readings(anchor, 10))
    recorder.stop()
    found = store.recordings.get(recording_id)
    gaps = [mark for mark in found.marks if mark.kind is MarkKind.GAP]
    assert [(m.t_ns, m.t_end_ns) for m in gaps] == [(0, 99 * SECOND // 10)]
    assert "lost" in gaps[0].note
    assert found.channels[0].samples == 10


def test_take_does_not_wait_for_the_disk(
    store: Store, recorder: Recorder, vehicle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.begin(vehicle).result(5)
    entered, go_on = threading.Event(), threading.Event()
    write = recording_writer.RecordingWriter.write

    def slow(*args: object, **named: object) -> int:
        entered.set()
        go_on.wait(5)
        return write(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(recording_writer.RecordingWriter, "write", slow)
    recorder.take(readings(0, 1))
    assert entered.wait(5)
    start = time.monotonic()
    for _ in range(1000):
        recorder.take(readings(0, 1))
    assert time.monotonic() - start < 0.5
    go_on.set()
    recorder.end().result(5)


def test_what_the_disk_refuses_for_a_while_is_written_later(
    store: Store, recorder: Recorder, vehicle: str
) -> None:
    recording_id = recorder.begin(vehicle).result(5)
    recorder.take(readings(recorder.status.started_ns, 10))
    with pytest.MonkeyPatch.context() as patch:
        refuse(patch, store)
        eventually(lambda: "full" in recorder.status.problem)
        assert "wait in memory" in recorder.status.problem
        recorder.mark(recorder.status.started_ns + 7, "while full")
    eventually(lambda: recorder.status.problem == "")
    assert recorder.status.samples == 20
    recorder.end().result(5)
    found = store.recordings.get(recording_id)
    assert found.ending is Ending.STOPPED
    assert [c.samples for c in found.channels] == [10, 10]
    assert [m.note for m in found.marks] == ["", "while full"]


def test_a_disk_that_stays_full_ends_the_recording_and_keeps_what_was_written(
    store: Store, vehicle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(store.recordings, bounds=RecorderBounds(give_up_s=0.2))
    recorder.start()
    recording_id = recorder.begin(vehicle).result(5)
    recorder.take(readings(recorder.status.started_ns, 10))
    eventually(lambda: recorder.status.samples == 20)
    refuse(monkeypatch, store)
    recorder.take(readings(recorder.status.started_ns + SECOND, 10))
    eventually(lambda: recorder.status.id == "")
    assert "its last 20 samples are lost" in recorder.status.problem
    monkeypatch.undo()
    found = store.recordings.get(recording_id)
    assert found.ending is Ending.DISK_FULL
    assert found.channels[0].samples == 10
    assert recorder.begin(vehicle).result(5) != recording_id
    assert recorder.status.problem == ""
    recorder.stop()


def test_what_waits_for_a_full_disk_is_bounded(
    store: Store, vehicle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(store.recordings, bounds=RecorderBounds(unwritten_samples=100))
    recorder.start()
    recorder.begin(vehicle).result(5)
    refuse(monkeypatch, store)
    recorder.take(readings(recorder.status.started_ns, 60))
    eventually(lambda: recorder.status.id == "")
    assert "its last 120 samples are lost" in recorder.status.problem
    recorder.stop()


def test_a_recording_that_cannot_begin_tells_why(
    store: Store, recorder: Recorder, vehicle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **named: object) -> None:
        raise disk_full(store.folder)

    monkeypatch.setattr(store.recordings, "begin", full)
    with pytest.raises(DiskFull):
        recorder.begin(vehicle).result(5)
    assert recorder.status.id == ""


def test_a_fault_in_the_thread_is_told_and_the_recording_goes_on(
    store: Store, recorder: Recorder, vehicle: str
) -> None:
    recording_id = recorder.begin(vehicle).result(5)
    anchor = recorder.status.started_ns
    recorder.take([Reading("rpm", "no time", 1.0)])  # type: ignore[arg-type]
    eventually(lambda: "fault" in recorder.status.problem)
    recorder.take([Reading("rpm", anchor, 1.0)])
    recorder.end().result(5)
    assert len(store.recordings.read(recording_id, "rpm", *ALL).t_ns) == 1


def test_the_pre_trigger_holds_no_more_than_its_length(recorder: Recorder) -> None:
    for second in range(100):
        recorder.take(readings(second * SECOND, 10))
        recorder._inbox.wake.set()
        eventually(lambda: recorder._inbox.readings == 0)
    kept = recorder.pretrigger._stretches
    eventually(lambda: bool(kept) and kept[-1].last_ns > 99 * SECOND)
    assert kept[-1].last_ns - kept[0].first_ns < 42 * SECOND
