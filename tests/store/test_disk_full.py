"""A full disk: by SQLite's own limit of pages, which gives the same SQLITE_FULL, and a real one.

The real one is a file system of some megabytes that a user may mount in a name space of his own,
where the system lets him; elsewhere that test is skipped.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

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


# Records random numbers until the disk is full; with "free" it then removes a file that is in the
# way and goes on until that has been written.
FILL = """
import json, random, sys, threading, time
from pathlib import Path
from cartech_desk.bay.recorder import Recorder, RecorderBounds
from cartech_desk.domain.channels import Reading
from cartech_desk.store.store import Store
folder, free = Path(sys.argv[1]), sys.argv[2] == "free"
(folder / "in the way").write_bytes(bytes(12_000_000))
store = Store(folder)
recorder = Recorder(store.recordings, bounds=RecorderBounds(give_up_s=20.0 if free else 0.5))
recorder.start()
recording_id = recorder.begin(store.vehicles.by_name("x").id).result(5)
anchor, taken, rng, tick = recorder.status.started_ns, 0, random.Random(1), threading.Event()
deadline = time.monotonic() + 60
def wait(true):
    while not true():
        assert time.monotonic() < deadline, recorder.status
        tick.wait(0.02)
def feed(count):
    global taken
    recorder.take([Reading("a", anchor + (taken + i) * 10**6, rng.random()) for i in range(count)])
    taken += count
while not recorder.status.problem:
    assert time.monotonic() < deadline
    feed(30_000)
    tick.wait(0.05)
problem = recorder.status.problem
if free:
    (folder / "in the way").unlink()
    wait(lambda: feed(1) or not recorder.status.problem)
    recorder.end().result(10)
else:
    wait(lambda: feed(30_000) or not recorder.status.id)
recorder.stop()
store.close()
store = Store(folder)
found = store.recordings.get(recording_id)
read = store.recordings.read(recording_id, "a", 0, 1 << 62)
print(json.dumps([problem, found.ending, taken, found.channels[0].samples, len(read.t_ns)]))
"""
MOUNT = 'mount -t tmpfs -o size=16m none "$1" && exec "$2" -c "$3" "$1" "$4"'


@pytest.mark.parametrize("then", ["free", "stay full"])
def test_a_disk_that_is_really_full(tmp_path: Path, then: str) -> None:
    unshare = shutil.which("unshare")
    own = [str(unshare), "--map-root-user", "--mount"]
    if (
        unshare is None
        or subprocess.run([*own, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("the system lets no user mount a file system of his own")
    done = subprocess.run(
        [*own, "sh", "-c", MOUNT, "sh", str(tmp_path), sys.executable, FILL, then],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    problem, ending, taken, kept, read = json.loads(done.stdout)
    assert "is full" in problem
    assert kept == read
    if then == "free":
        assert (ending, kept) == ("stopped", taken)
    else:
        assert ending == "disk_full"
        assert 0 < kept < taken
