"""A removal for good that is broken off leaves nothing that looks like a recording."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cartech_desk.domain.channels import Channel
from cartech_desk.store import database, purging
from cartech_desk.store.errors import DatabaseLocked, NotKept
from cartech_desk.store.recordings import Columns
from cartech_desk.store.store import Store

RPM = Channel("rpm", "Engine speed", "rpm", 0, 8000)
Make = Callable[..., Columns]

# Removes with two rows a time, and dies in the transaction whose number is given.
DIE = """
import os, sys
from pathlib import Path
from cartech_desk.store import database, purging
from cartech_desk.store.store import Store
store = Store(Path(sys.argv[1]))
purging._ROWS, left, write = 2, int(sys.argv[3]), database.Database.write
def dying(self, *args):
    global left
    left -= 1
    if left == 0:
        os._exit(9)
    return write(self, *args)
database.Database.write = dying
store.recordings.purge(sys.argv[2])
"""


def tables(folder: Path) -> dict[str, int]:
    names = ("recording", "channel", "mark", "journal", "clock", "block", "stretch")
    with closing(sqlite3.connect(folder / "recordings.db")) as connection:
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608
            for name in names
        }


@pytest.fixture
def deleted(store: Store, columns: Make) -> str:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [RPM], anchor_ns=0)
    writer.write({"rpm": columns(0, 640)})
    writer.close()
    store.recordings.delete(writer.id)
    return writer.id


def check_gone(store: Store, recording_id: str) -> None:
    assert store.recordings.list() == ()
    assert store.recordings.deleted() == ()
    for act in (store.recordings.get, store.recordings.restore, store.recordings.delete):
        with pytest.raises(NotKept, match="removed for good"):
            act(recording_id)
    with pytest.raises(NotKept, match="removed for good"):
        store.recordings.read(recording_id, "rpm", 0, 1 << 62)


@pytest.mark.parametrize("transaction", [2, 4, 9])
def test_a_desk_killed_while_it_removes_leaves_nothing_to_restore(
    store: Store, deleted: str, transaction: int
) -> None:
    child = [sys.executable, "-c", DIE, str(store.folder), deleted, str(transaction)]
    assert subprocess.run(child, check=False).returncode == 9
    again = Store(store.folder)
    check_gone(again, deleted)
    assert tables(store.folder)["recording"] == 1
    assert again.recordings.purge(deleted)
    again.close()
    assert set(tables(store.folder).values()) == {0}


def test_a_desk_killed_before_it_removes_anything_can_restore_all(
    store: Store, deleted: str
) -> None:
    child = [sys.executable, "-c", DIE, str(store.folder), deleted, "1"]
    assert subprocess.run(child, check=False).returncode == 9
    store.recordings.restore(deleted)
    assert len(store.recordings.read(deleted, "rpm", 0, 1 << 62).t_ns) == 64_000


def test_a_removal_held_up_half_way_says_that_the_recording_is_gone(
    store: Store, deleted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, calls = database.Database.write, iter(range(100))

    @contextmanager
    def held(self: database.Database, *args: float) -> Iterator[object]:
        if next(calls) >= 3:
            raise DatabaseLocked("Another program holds it.", kept="Nothing.", to_do="Close it.")
        with write(self, *args) as connection:
            yield connection

    monkeypatch.setattr(database.Database, "write", held)
    monkeypatch.setattr(purging, "_ROWS", 2)
    with pytest.raises(DatabaseLocked, match="gone for good, but not yet all of the space"):
        store.recordings.purge(deleted)
    monkeypatch.undo()
    check_gone(store, deleted)
    assert store.recordings.purge(deleted)
    assert set(tables(store.folder).values()) == {0}
