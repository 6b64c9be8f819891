"""Verifying a folder as evidence changes no file of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.audit_chain import Fault
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.audit_untouched import verify_untouched
from cartech_desk.store.store import Store

ADA = Actor("0192-a", "Ada Administrator", Role.ADMINISTRATOR)


def filled(folder: Path) -> None:
    store = Store(folder)
    for number in range(5):
        store.audit.note(ADA, Entry("limit.set", Entity("limit", f"l{number}")))
    store.close()


def files(folder: Path) -> dict[str, bytes]:
    """What lies there, but for what SQLite lays beside a file that is open."""
    return {
        str(path): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_a_whole_log_is_verified_and_left_as_it_is(tmp_path: Path) -> None:
    filled(tmp_path)
    before = files(tmp_path)
    found = verify_untouched(tmp_path)
    assert (found.ok, found.records, found.keyed) == (True, 5, True)
    assert files(tmp_path) == before


def test_a_broken_log_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET body = '{}' WHERE sequence = 3")
    before = files(tmp_path)
    found = verify_untouched(tmp_path)
    assert (found.ok, found.first_bad_sequence) == (False, 3)
    assert files(tmp_path) == before


def test_a_log_that_is_gone_is_told_and_none_is_made(tmp_path: Path) -> None:
    assert verify_untouched(tmp_path).ok
    filled(tmp_path)
    for path in tmp_path.glob("desk.db*"):
        path.unlink()
    found = verify_untouched(tmp_path)
    assert (found.ok, found.fault) == (False, Fault.REPLACED)
    assert "5 records or more" in found.problem
    assert not (tmp_path / "desk.db").exists()


def test_a_log_that_is_written_meanwhile_is_verified(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.audit.note(ADA, Entry("limit.set", Entity("limit")))
    assert verify_untouched(tmp_path).ok
    store.close()
