"""Deleted recordings leave the disk after 30 days, and never while something is recorded."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.bay.removal import Removal
from cartech_desk.domain.channels import Channel
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import KEPT_DELETED, Columns
from cartech_desk.store.store import Store

RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


def recorded(store: Store) -> str:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=0)
    times = np.arange(1000) * 10_000_000
    writer.write({"rpm": Columns(times, times * 0.5, np.zeros(1000, np.uint8))})
    return writer.close().id


def after(days: float) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + timedelta(days=days)


def eventually(true: Callable[[], bool], within_s: float = 5.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def ids(store: Store) -> set[str]:
    return {kept.id for kept in (*store.recordings.list(), *store.recordings.deleted())}


def test_only_what_was_deleted_30_days_ago_is_due(store: Store) -> None:
    kept, deleted = recorded(store), recorded(store)
    store.recordings.delete(deleted)
    assert store.recordings.due(after(29.9)()) == ()
    assert store.recordings.due(after(30.1)()) == (deleted,)
    assert timedelta(days=30) == KEPT_DELETED
    assert ids(store) == {kept, deleted}


def test_what_is_due_is_removed_after_the_start_and_the_rest_is_spared(store: Store) -> None:
    kept, deleted = recorded(store), recorded(store)
    store.recordings.delete(deleted)
    removal = Removal(store, lambda: False, first_after_s=0.0, now=after(31))
    removal.start()
    eventually(lambda: ids(store) == {kept})
    removal.stop()
    assert len(store.recordings.read(kept, "rpm", 0, 1 << 62).t_ns) == 1000


def test_nothing_is_removed_while_something_is_recorded(store: Store) -> None:
    deleted = recorded(store)
    store.recordings.delete(deleted)
    asked = threading.Event()

    def is_recording() -> bool:
        asked.set()
        return True

    removal = Removal(store, is_recording, first_after_s=0.0, now=after(31))
    removal.start()
    assert asked.wait(5)
    start = time.monotonic()
    removal.stop()
    assert time.monotonic() - start < 1.0
    assert ids(store) == {deleted}
    assert store.recordings.due(after(31)()) == (deleted,)
    store.recordings.restore(deleted)
    assert len(store.recordings.read(deleted, "rpm", 0, 1 << 62).t_ns) == 1000


def test_a_removal_pauses_for_a_recording_and_ends_after_it(store: Store) -> None:
    deleted = recorded(store)
    store.recordings.delete(deleted)
    looks = iter([False, False, False, True])
    over = threading.Event()
    paused = threading.Event()

    def is_recording() -> bool:
        if next(looks, True):
            paused.set()
            return not over.is_set()
        return False

    removal = Removal(store, is_recording, first_after_s=0.0, now=after(31))
    removal.start()
    assert paused.wait(5)
    assert store.recordings.due(datetime.now(UTC)) == (deleted,)
    assert ids(store) == set()
    over.set()
    eventually(lambda: store.recordings.due(datetime.now(UTC)) == ())
    removal.stop()
    with pytest.raises(NotKept):
        store.recordings.get(deleted)


def test_what_is_removed_in_part_cannot_be_restored_and_is_due_again(store: Store) -> None:
    deleted = recorded(store)
    store.recordings.delete(deleted)
    answers = iter([True, True, False])
    assert not store.recordings.purge(deleted, lambda: next(answers))
    with pytest.raises(NotKept, match="removed for good"):
        store.recordings.restore(deleted)
    assert store.recordings.deleted() == ()
    assert store.recordings.due(datetime.now(UTC)) == (deleted,)
    assert store.recordings.purge(deleted)
    assert store.recordings.due(after(31)()) == ()
