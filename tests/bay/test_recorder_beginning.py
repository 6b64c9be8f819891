"""The desk ends while a recording is being begun: it waits for it, or says that it is lost."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cartech_desk.bay import recorder as recorders
from cartech_desk.bay.recorder import Recorder
from cartech_desk.store.errors import DatabaseLocked
from cartech_desk.store.recordings import Ending, RecordingStore
from cartech_desk.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "desk", tmp_path / "keys")
    yield made
    made.close()


class SlowDisk:
    """Lets a recording begin when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails: Exception | None = None) -> None:
        self.asked, self.answers = threading.Event(), threading.Event()
        begin = RecordingStore.begin

        def slowly(*args, **kwargs):
            self.asked.set()
            self.answers.wait(20)
            if fails is not None:
                raise fails
            return begin(*args, **kwargs)

        monkeypatch.setattr(RecordingStore, "begin", slowly)


def test_the_end_waits_for_a_recording_that_is_being_begun(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch)
    recorder = Recorder(store.recordings)
    recorder.start()
    begun = recorder.begin(store.vehicles.by_name("Blue Golf").id)
    assert disk.asked.wait(5)
    threading.Timer(0.2, disk.answers.set).start()
    recorder.stop(0.05)
    (kept,) = store.recordings.list()
    assert (kept.id, kept.ending) == (begun.result(0), Ending.STOPPED)
    assert recorder.status.problem == ""


def test_a_recording_that_could_not_begin_before_the_end_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch, DatabaseLocked("Another program holds it.", to_do="Wait."))
    recorder = Recorder(store.recordings)
    recorder.start()
    recorder.begin(store.vehicles.by_name("Blue Golf").id)
    assert disk.asked.wait(5)
    threading.Timer(0.2, disk.answers.set).start()
    recorder.stop(0.05)
    assert "to begin is lost" in recorder.status.problem
    assert "Another program holds it" in recorder.status.problem


def test_a_disk_that_never_answers_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = SlowDisk(monkeypatch)
    monkeypatch.setattr(recorders, "_JOIN_S", 0.1)
    recorder = Recorder(store.recordings)
    recorder.start()
    recorder.begin(store.vehicles.by_name("Blue Golf").id)
    assert disk.asked.wait(5)
    recorder.stop(0.05)
    assert "the recording that was to begin is lost" in recorder.status.problem
    disk.answers.set()
    for thread in threading.enumerate():
        if thread.name == "recorder":
            thread.join(5)
