"""No recording is late, lost or refused for the sake of its job."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cartech_desk.domain.jobs.job import JobStatus
from cartech_desk.store.database import Database
from cartech_desk.store.recording_jobs import RecordingJobs
from cartech_desk.store.store import Store
from tests.office.jobs.counter_book import TECHNICIAN, Counter
from tests.office.jobs.test_job_records import kinds, record


@contextmanager
def held(database: Database) -> Iterator[None]:
    """Another program writes to a file and does not come to an end."""
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def words_left(store: Store) -> list[str]:
    return [path.name for path in store.folder.glob("recordings.db-job-*")]


def killed(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> str:
    """Record the car, and leave its job as a kill does that comes before it is given."""
    with monkeypatch.context() as patch:
        patch.setattr(RecordingJobs, "began", lambda *_: None)
        return record(counter, counter.car())


def started_anew(counter: Counter, keys: Path) -> Iterator[Counter]:
    counter.store.close()
    store = Store(counter.store.folder, keys)
    yield Counter(store)
    store.close()


def test_a_recording_does_not_wait_for_a_desk_that_is_held(counter: Counter) -> None:
    job, car = counter.open(), counter.car()
    with held(counter.store._desk):
        since = time.monotonic()
        record(counter, car)
        assert time.monotonic() - since < 1.5
        assert len(counter.store.recordings.list()) == 1
        assert not counter.store.recordings.jobs_given(0.6)  # longer than its first attempt
    assert counter.store.recordings.jobs_given(10)
    assert kinds(counter, job.id) == ["recording"]
    assert words_left(counter.store) == []


def test_a_recording_does_not_wait_for_a_long_act_of_our_own(counter: Counter) -> None:
    job, car = counter.open(), counter.car()
    begun, over = threading.Event(), threading.Event()

    def act() -> None:
        with counter.store._desk.write():
            begun.set()
            over.wait(10)

    thread = threading.Thread(target=act)
    thread.start()
    assert begun.wait(5)
    since = time.monotonic()
    record(counter, car)
    assert time.monotonic() - since < 1.5
    over.set()
    thread.join()
    assert counter.store.recordings.jobs_given(10)
    assert kinds(counter, job.id) == ["recording"]


def test_what_a_kill_left_is_given_to_the_job_that_was_open_then(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.now = datetime.now(UTC) - timedelta(hours=1)
    first = counter.open()
    killed(counter, monkeypatch)
    assert len(words_left(counter.store)) == 1
    counter.now = datetime.now(UTC) + timedelta(hours=1)
    counter.jobs.set_status(first.id, JobStatus.DONE, TECHNICIAN)
    later = counter.open()
    for anew in started_anew(counter, tmp_path / "keys"):
        assert anew.store.recordings.jobs_given(10)
        assert (kinds(anew, first.id), kinds(anew, later.id)) == (["recording"], [])
        assert words_left(anew.store) == []


def test_a_recording_that_never_began_belongs_to_no_job(counter: Counter, tmp_path: Path) -> None:
    job = counter.open()
    counter.store.recordings._jobs.begins("0198c0de-0000-7000-8000-000000000000")  # then a kill
    for anew in started_anew(counter, tmp_path / "keys"):
        assert anew.store.recordings.jobs_given(10)
        assert kinds(anew, job.id) == []
        assert anew.store.jobs.records(job.id) == ()
        assert words_left(anew.store) == []


def test_one_that_could_not_begin_leaves_no_word(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, car = counter.open(), counter.car()
    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            record(counter, car)
    assert words_left(counter.store) == []
    assert counter.store.recordings.jobs_given(10)
    assert counter.store.jobs.records(job.id) == ()


def test_a_fault_that_nobody_thought_of_keeps_no_recording_back(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job, car = counter.open(), counter.car()
    with monkeypatch.context() as patch:
        patch.setattr(RecordingJobs, "_job_of", lambda *_: 1 / 0)
        record(counter, car)
        assert counter.store.recordings.jobs_given(10)
    assert "given to no job yet" in caplog.text
    record(counter, car)
    assert kinds(counter, job.id) == ["recording"]
    assert len(words_left(counter.store)) == 1  # for the next start
