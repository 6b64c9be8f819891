"""A full disk: simulated by SQLite's own limit of pages, which gives the same SQLITE_FULL.

A small file system of its own would need rights that a test must not ask for.
"""

from collections.abc import Callable

import numpy as np
import pytest

from cartech_desk.store import database, recording_writer
from cartech_desk.store.errors import DiskFull
from cartech_desk.store.faults import disk_full
from cartech_desk.store.recordings import Columns, Ending
from cartech_desk.store.store import Store

Make = Callable[..., Columns]


def limit_pages(store: Store, monkeypatch: pytest.MonkeyPatch, pages: int) -> None:
    pragmas = (*database.PRAGMAS[:5], f"PRAGMA max_page_count = {pages}")
    monkeypatch.setattr(database, "PRAGMAS", pragmas)
    store._samples._engine.dispose()


def test_a_full_disk_refuses_a_write_whole_and_takes_it_again(
    store: Store, columns: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    limit_pages(store, monkeypatch, 60)
    second = 0

    def fill() -> None:
        nonlocal second
        while second < 10_000:
            writer.write({"rpm": columns(second, second + 1, 1000)})
            second += 1

    with pytest.raises(DiskFull) as refused:
        fill()
    assert "Free some space" in refused.value.to_do
    assert second > 3
    assert store.recordings.get(writer.id).channels[0].samples == second * 1000
    limit_pages(store, monkeypatch, 100_000)
    writer.write({"rpm": columns(second, second + 1, 1000)})
    summary = writer.close()
    assert summary.channels[0].samples == (second + 1) * 1000
    found = store.recordings.read(writer.id, "rpm", 0, 1 << 62)
    assert np.array_equal(found.t_ns, np.arange((second + 1) * 1000) * 1_000_000)


def test_blocks_take_the_room_of_the_journal_that_they_replace(
    store: Store, columns: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    for second in range(60):
        writer.write({"rpm": columns(second, second + 1, 100)})
    with store._samples.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    limit_pages(store, monkeypatch, pages + 3)
    for second in range(60, 70):
        writer.write({"rpm": columns(second, second + 1, 100)})
    assert writer.postponed is None
    assert writer.close().channels[0].samples == 7000


def test_blocks_that_do_not_fit_wait_in_the_journal(
    store: Store, columns: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **named: object) -> bool:
        raise disk_full(store.folder)

    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    monkeypatch.setattr(recording_writer, "compact", full)
    for second in range(70):
        writer.write({"rpm": columns(second, second + 1, 100)})
    assert isinstance(writer.postponed, DiskFull)
    assert writer.close().ending is Ending.STOPPED
    again = Store(store.folder)
    assert again.recordings.get(writer.id).ending is Ending.STOPPED
    assert len(again.recordings.read(writer.id, "rpm", 0, 1 << 62).t_ns) == 7000
    with again._samples.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM journal").scalar() == 0
    again.close()
