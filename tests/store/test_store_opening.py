"""Opening both databases: new, current, older, newer, foreign, damaged, locked, read-only."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cartech_desk.store import database as database_module
from cartech_desk.store.database import Database
from cartech_desk.store.errors import (
    DatabaseCorrupt,
    DatabaseLocked,
    DatabaseNewer,
    DatabaseReadOnly,
    MigrationFailed,
    StoreError,
)
from cartech_desk.store.schema import Plan, open_database
from cartech_desk.store.store import DESK, Store

FILES = ("desk.db", "recordings.db")


def made(folder: Path) -> Path:
    store = Store(folder)
    store.vehicles.by_name("Blue Golf")
    store.close()
    return folder


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def structure(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT type, name, sql FROM sqlite_master ORDER BY name"
        ).fetchall()


def test_a_new_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    made(tmp_path / "a" / "b")
    assert all((tmp_path / "a" / "b" / name).exists() for name in FILES)


def test_both_files_are_wal_and_vacuum_in_steps(tmp_path: Path) -> None:
    made(tmp_path)
    for name in FILES:
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)


def test_connections_hold_foreign_keys_and_sync_each_commit(store: Store) -> None:
    with store._samples.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_current_file_opens_without_sqlalchemy_and_alembic(tmp_path: Path) -> None:
    made(tmp_path)
    program = (
        "import sys; from pathlib import Path; from cartech_desk.store.store import Store\n"
        "store = Store(Path(sys.argv[1])); store.layouts.load('window', 'main')\n"
        "print([m for m in ('sqlalchemy', 'alembic') if m in sys.modules])"
    )
    for folder in (tmp_path, tmp_path / "new"):
        done = subprocess.run(
            [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA user_version = 1099",
        "PRAGMA user_version = 2000",
        "UPDATE alembic_version SET version_num = 'from_the_future'",
    ],
)
def test_a_newer_file_is_refused_and_untouched(tmp_path: Path, name: str, statement: str) -> None:
    path = made(tmp_path) / name
    change(path, statement)
    before = path.read_bytes()
    with pytest.raises(DatabaseNewer) as refused:
        Store(tmp_path)
    assert str(path) in refused.value.happened
    assert "Update" in refused.value.to_do
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"x", b"not a database at all" * 100, b"\x00" * 4096])
def test_a_file_of_another_kind_is_refused_and_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(content)
    with pytest.raises(DatabaseCorrupt, match="not a database of CarTech Desk"):
        Store(tmp_path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    change(tmp_path / "desk.db", "CREATE TABLE theirs (a)")
    with pytest.raises(DatabaseCorrupt, match="not a database of CarTech Desk"):
        Store(tmp_path)


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "desk.db").touch()
    made(tmp_path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path) / "desk.db"
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(DatabaseCorrupt) as refused:
        Store(tmp_path)
    assert "backup" in refused.value.to_do


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path) / "recordings.db"
    path.write_bytes(path.read_bytes()[: 3 * 8192])
    with pytest.raises(DatabaseCorrupt):
        Store(tmp_path)


def test_a_file_held_by_another_program_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path)
    monkeypatch.setattr(database_module, "PATIENCE_S", 0.05)
    store = Store(tmp_path)
    with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLocked) as refused, store._desk.write(0.05):
            pass
        assert "Another program" in refused.value.happened
        assert [vehicle.name for vehicle in store.vehicles.list()] == ["Blue Golf"]
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX drops locks with any descriptor")
def test_opening_a_file_again_leaves_the_locks_of_this_process_on_it(tmp_path: Path) -> None:
    made(tmp_path)
    store = Store(tmp_path)
    program = (
        "import fcntl, sys\n"
        "with open(sys.argv[1], 'r+b') as file:\n"
        "    try:\n"
        "        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)\n"
        "        print('free')\n"
        "    except OSError: print('held')\n"
    )
    with store._desk.write():
        Store(tmp_path).close()
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "desk.db")],
            capture_output=True,
            text=True,
            check=True,
        )
    store.close()
    assert done.stdout.strip() == "held"


def test_one_writer_at_a_time_in_the_process(store: Store) -> None:
    with (
        store._desk.write(),
        pytest.raises(DatabaseLocked, match="writes to"),
        store._desk.write(0.01),
    ):
        pass


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.vehicles.list()


@pytest.mark.skipif(sys.platform == "win32", reason="rights are held by access lists there")
@pytest.mark.parametrize("what", ["file", "folder", "new"])
def test_a_read_only_place_is_told(what: str) -> None:
    # Not tmp_path: its parents keep other users out, and root may write anywhere.
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        if what != "new":
            made(folder)
        for path in folder.iterdir():
            path.chmod(0o666 if what == "folder" else 0o444)
        folder.chmod(0o777 if what == "file" else 0o555)
        assert _opened_without_rights(folder) == 7
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def _opened_without_rights(folder: Path) -> int:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            Store(folder)
        except DatabaseReadOnly:
            status = 7
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


LAST: Any = DESK.steps[-1]
MAJOR, MINOR = LAST.version


def step(upgrade: Any, *statements: str) -> Any:
    """Return a step that is made up, behind the last real one."""
    return SimpleNamespace(
        revision="desk_made_up",
        down_revision=LAST.revision,
        version=(MAJOR, MINOR + 1),
        STATEMENTS=statements,
        upgrade=upgrade,
    )


ADDED = "ALTER TABLE vehicle ADD COLUMN paint TEXT NOT NULL DEFAULT ''"


def add_paint() -> None:
    from alembic import op

    op.execute(ADDED)
    op.execute("UPDATE vehicle SET paint = 'blue'")


def test_an_older_file_is_migrated_after_a_backup_copy(tmp_path: Path) -> None:
    path = made(tmp_path) / "desk.db"
    plan = Plan(DESK.application_id, (*DESK.steps, step(add_paint, ADDED)))
    open_database(path, plan).close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name, paint FROM vehicle").fetchall() == [
            ("Blue Golf", "blue")
        ]
        assert connection.execute("PRAGMA user_version").fetchone() == (MAJOR * 1000 + MINOR + 1,)
    backup = tmp_path / f"desk-{MAJOR}.{MINOR}-backup.db"
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT name FROM vehicle").fetchall() == [("Blue Golf",)]
        assert connection.execute("PRAGMA user_version").fetchone() == (MAJOR * 1000 + MINOR,)
    open_database(path, plan).close()


def test_a_migrated_file_has_the_structure_of_a_new_one(tmp_path: Path) -> None:
    old = made(tmp_path) / "desk.db"
    plan = Plan(DESK.application_id, (*DESK.steps, step(add_paint, ADDED)))
    open_database(old, plan).close()
    open_database(tmp_path / "new.db", plan).close()
    assert structure(old) == structure(tmp_path / "new.db")


def test_a_failed_migration_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = made(tmp_path) / "desk.db"
    before = structure(path)

    def fail() -> None:
        add_paint()
        raise RuntimeError("a step of the migration broke")

    plan = Plan(DESK.application_id, (*DESK.steps, step(fail, ADDED)))
    with pytest.raises(MigrationFailed, match="broke") as failed:
        open_database(path, plan)
    assert "as it was" in failed.value.kept
    assert str(tmp_path / f"desk-{MAJOR}.{MINOR}-backup.db") in failed.value.kept
    assert structure(path) == before
    store = Store(tmp_path)
    assert [vehicle.name for vehicle in store.vehicles.list()] == ["Blue Golf"]
    store.close()


def test_a_migration_that_breaks_references_is_taken_back(tmp_path: Path) -> None:
    path = made(tmp_path) / "desk.db"

    def orphan() -> None:
        from alembic import op

        op.execute("CREATE TABLE child (vehicle TEXT REFERENCES vehicle (id))")
        op.execute("INSERT INTO child VALUES ('nobody')")

    with pytest.raises(MigrationFailed, match="point to rows that are gone"):
        open_database(path, Plan(DESK.application_id, (*DESK.steps, step(orphan))))
    Store(tmp_path).close()


def test_every_step_of_a_file_follows_the_one_before() -> None:
    from cartech_desk.store.store import RECORDINGS

    for plan in (DESK, RECORDINGS):
        revisions = [None, *(s.revision for s in plan.steps)]
        assert [s.down_revision for s in plan.steps] == revisions[:-1]  # type: ignore[attr-defined]
        versions = [s.version for s in plan.steps]
        assert versions == sorted(set(versions))


def test_what_the_driver_calls_a_bug_stays_one(tmp_path: Path) -> None:
    made(tmp_path)
    with pytest.raises(sqlite3.OperationalError):
        Database(tmp_path / "desk.db").glance("SELECT nothing FROM nowhere")


def test_each_version_that_was_published_becomes_this_one(tmp_path: Path) -> None:
    from cartech_desk.store.store import RECORDINGS

    for name, plan in (("desk.db", DESK), ("recordings.db", RECORDINGS)):
        for count in range(1, len(plan.steps)):
            folder = tmp_path / str(count)
            old = Plan(plan.application_id, plan.steps[:count], page_bytes=plan.page_bytes)
            open_database(folder / name, old).close()
        new = tmp_path / "new" / name
        open_database(new, plan).close()
        for count in range(1, len(plan.steps)):
            path = tmp_path / str(count) / name
            open_database(path, plan).close()
            assert structure(path) == structure(new)
