"""Verifying a folder as evidence changes no file of it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.audit_chain import Fault
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.audit_untouched import verify_untouched
from cartech_desk.store.migrations.desk.versions import v1_0_vehicles_and_layouts
from cartech_desk.store.store import DESK, Store

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


def older(folder: Path) -> None:
    """Lay a file of the format before the audit log there."""
    Store(folder).close()
    (folder / "desk.db").unlink()
    with closing(sqlite3.connect(folder / "desk.db", isolation_level=None)) as connection:
        for statement in v1_0_vehicles_and_layouts.STATEMENTS:
            connection.execute(statement)
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('desk_1_0')")
        connection.execute(f"PRAGMA application_id = {DESK.application_id}")
        connection.execute("PRAGMA user_version = 1000")


def emptied(folder: Path) -> None:
    (folder / "desk.db").write_bytes(b"")


@pytest.mark.parametrize("lay", [older, emptied])
def test_a_folder_without_a_log_yet_is_no_broken_one(
    tmp_path: Path, lay: Callable[[Path], None]
) -> None:
    lay(tmp_path)
    before = files(tmp_path)
    found = verify_untouched(tmp_path)
    assert (found.ok, found.records, found.problem) == (True, 0, "")
    assert found.warnings == ("There is no log in this folder yet.",)
    assert files(tmp_path) == before


def test_an_older_file_in_the_place_of_a_log_is_told(tmp_path: Path) -> None:
    filled(tmp_path)
    for path in tmp_path.glob("desk.db*"):
        path.unlink()
    other = tmp_path / "other"
    other.mkdir()
    older(other)
    (other / "desk.db").rename(tmp_path / "desk.db")
    found = verify_untouched(tmp_path)
    assert (found.ok, found.fault) == (False, Fault.REPLACED)
    assert "older format" in found.problem


def test_a_log_that_is_written_meanwhile_is_verified(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.audit.note(ADA, Entry("limit.set", Entity("limit")))
    assert verify_untouched(tmp_path).ok
    store.close()
