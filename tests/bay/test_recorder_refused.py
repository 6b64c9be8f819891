"""The recorder when a write is refused or fails: nothing is lost in silence, all has an end."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cartech_desk.bay.recorder import Recorder, RecorderBounds, RecordingRefused
from cartech_desk.domain.channels import Channel, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.store import recording_writer
from cartech_desk.store.errors import DatabaseLocked, StoreError
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


@contextmanager
def running(store: Store, **bounds: float) -> Iterator[Recorder]:
    made = Recorder(store.recordings, bounds=RecorderBounds(**bounds))  # type: ignore[arg-type]
    made.start()
    yield made
    made.stop()


@contextmanager
def held(store: Store) -> Iterator[Callable[[], None]]:
    """Hold the file as another program does, until what is given is called."""
    path = store.folder / "recordings.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")

        def let_go() -> None:
            other.execute("ROLLBACK")

        yield let_go


@contextmanager
def failing(fault: Exception) -> Iterator[None]:
    def fails(*args: object, **named: object) -> int:
        raise fault

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recording_writer.RecordingWriter, "write", fails)
        yield


def eventually(true: Callable[[], bool], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def begun(recorder: Recorder, vehicle: str) -> tuple[str, int]:
    recording_id = recorder.begin(vehicle).result(5)
    return recording_id, recorder.status.started_ns


def readings(first_ns: int, count: int) -> list[Reading]:
    return [Reading("rpm", first_ns + i * SECOND // 100, float(i)) for i in range(count)]


def test_a_stop_while_another_program_holds_the_file_waits_and_loses_nothing(
    store: Store, vehicle: str
) -> None:
    with running(store) as recorder:
        recording_id, anchor = begun(recorder, vehicle)
        recorder.take(readings(anchor, 100))
        eventually(lambda: recorder.status.samples == 100)
        with held(store) as let_go:
            recorder.take(readings(anchor + SECOND, 100))
            ended = recorder.end()
            eventually(lambda: "100 samples wait in memory" in recorder.status.problem)
            assert not ended.done()
            recorder.take(readings(anchor + 2 * SECOND, 100))
            again = recorder.end()
            with pytest.raises(RecordingRefused, match="still being written"):
                recorder.begin(vehicle).result(5)
            let_go()
        assert ended.result(5) == again.result(5) == recording_id
        assert recorder.status.problem == ""
        found = store.recordings.get(recording_id)
        assert found.ending is Ending.STOPPED
        assert found.channels[0].samples == 200


def test_a_stop_that_is_never_written_tells_why_and_what_is_lost(
    store: Store, vehicle: str
) -> None:
    with running(store, give_up_s=0.3) as recorder:
        recording_id, anchor = begun(recorder, vehicle)
        recorder.take(readings(anchor, 100))
        eventually(lambda: recorder.status.samples == 100)
        with held(store):
            recorder.take(readings(anchor + SECOND, 50))
            with pytest.raises(DatabaseLocked, match="its last 50 samples are lost"):
                recorder.end().result(10)
        assert "its last 50 samples are lost" in recorder.status.problem
        found = store.recordings.get(recording_id)
        assert found.ending is Ending.WRITE_FAILED
        assert found.channels[0].samples == 100
        assert begun(recorder, vehicle)[0] != recording_id


@pytest.mark.parametrize("fault", [ValueError("a bug"), MemoryError(), OverflowError("too large")])
def test_a_fault_in_the_writing_is_told_and_ends_the_recording_in_time(
    store: Store, vehicle: str, fault: Exception
) -> None:
    with running(store, give_up_s=0.3) as recorder:
        recording_id, anchor = begun(recorder, vehicle)
        recorder.take(readings(anchor, 100))
        eventually(lambda: recorder.status.samples == 100)
        with failing(fault):
            recorder.take(readings(anchor + SECOND, 50))
            eventually(lambda: "fault" in recorder.status.problem)
            eventually(lambda: recorder.status.id == "")
        assert "its last 50 samples are lost" in recorder.status.problem
        found = store.recordings.get(recording_id)
        assert found.ending is Ending.WRITE_FAILED
        assert found.channels[0].samples == 100
        assert begun(recorder, vehicle)[0] != recording_id


def test_a_fault_that_passes_costs_nothing(store: Store, vehicle: str) -> None:
    with running(store) as recorder:
        recording_id, anchor = begun(recorder, vehicle)
        with failing(ValueError("a bug")):
            recorder.take(readings(anchor, 50))
            eventually(lambda: "50 samples wait" in recorder.status.problem)
        assert recorder.end().result(10) == recording_id
        assert store.recordings.get(recording_id).channels[0].samples == 50


def test_a_stop_while_the_writing_fails_tells_it(store: Store, vehicle: str) -> None:
    with running(store, give_up_s=0.1) as recorder:
        recording_id, anchor = begun(recorder, vehicle)
        recorder.take(readings(anchor, 1))
        eventually(lambda: recorder.status.samples == 1)
        with failing(ValueError("a bug")):
            recorder.take(readings(anchor + SECOND, 50))
            recorder.mark(anchor + SECOND, "pull 1")
            with pytest.raises(StoreError, match="its last 50 samples and 1 mark are lost"):
                recorder.end().result(10)
        with pytest.raises(RecordingRefused, match="No recording"):
            recorder.end().result(10)
        assert store.recordings.get(recording_id).ending is Ending.WRITE_FAILED


def test_a_channel_with_half_a_surrogate_pair_in_its_label_is_recorded(
    store: Store, vehicle: str
) -> None:
    with running(store) as recorder:
        recorder.know([Channel("rpm", "Engine \ud83d speed", "rpm", 0, 8000)])
        recording_id, anchor = begun(recorder, vehicle)
        recorder.take(readings(anchor, 50))
        assert recorder.end().result(10) == recording_id
        assert store.recordings.get(recording_id).channels[0].samples == 50


def test_an_ending_that_is_refused_is_written_by_the_next_look(
    store: Store, vehicle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **named: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(recording_writer.RecordingWriter, "close", fails)
    with running(store) as recorder:
        recording_id, anchor = begun(recorder, vehicle)
        recorder.take(readings(anchor, 50))
        assert recorder.end().result(10) == recording_id
    found = store.recordings.get(recording_id)
    assert found.ending is Ending.STOPPED
    assert found.channels[0].samples == 50


def test_the_end_of_the_desk_waits_for_a_held_file_and_then_tells_what_is_lost(
    store: Store, vehicle: str
) -> None:
    with running(store, leave_s=0.5) as recorder:
        recording_id, anchor = begun(recorder, vehicle)
        recorder.take(readings(anchor, 100))
        eventually(lambda: recorder.status.samples == 100)
        with held(store):
            recorder.take(readings(anchor + SECOND, 50))
            start = time.monotonic()
            recorder.stop()
            assert time.monotonic() - start < 5.0
        assert "its last 50 samples are lost" in recorder.status.problem
        assert recorder.status.id == ""
        found = store.recordings.get(recording_id)
        assert (found.ending, found.channels[0].samples) == (Ending.WRITE_FAILED, 100)


def test_the_end_of_the_desk_loses_nothing_where_the_file_is_let_go_in_time(
    store: Store, vehicle: str
) -> None:
    with running(store) as recorder:
        recording_id, anchor = begun(recorder, vehicle)
        recorder.take(readings(anchor, 50))
        with held(store) as let_go:
            eventually(lambda: "wait in memory" in recorder.status.problem)
            stopping = threading.Thread(target=recorder.stop)
            stopping.start()
            let_go()
            stopping.join(5)
        assert not stopping.is_alive()
        found = store.recordings.get(recording_id)
        assert (found.ending, found.channels[0].samples) == (Ending.STOPPED, 50)


def notes(store: Store, recording_id: str) -> list[str]:
    return [m.note for m in store.recordings.get(recording_id).marks if m.kind is MarkKind.NOTE]


def test_marks_belong_to_the_recording_that_was_asked_for_before_them(
    store: Store, vehicle: str
) -> None:
    for _ in range(5):
        with running(store) as recorder:
            recorder.mark(monotonic_ns(), "before")
            first = recorder.begin(vehicle)
            recorder.mark(monotonic_ns(), "pull 1")
            ended = recorder.end()
            recorder.mark(monotonic_ns(), "between")
            second = recorder.begin(vehicle)
            recorder.mark(monotonic_ns(), "pull 2")
            assert recorder.end().result(5) == second.result(5)
            assert ended.result(5) == first.result(5)
        assert notes(store, first.result(5)) == ["pull 1"]
        assert notes(store, second.result(5)) == ["pull 2"]
