"""Opening a file: made where there is none, migrated where it is older, refused where newer.

The version of a file is `major.minor`, kept as `1000 * major + minor` in SQLite's `user_version`:
the major part changes where what is there changes its meaning, the minor one where something is
added. A file newer in either is refused, since this desk would not fill what the newer one added.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from cartech_desk.store.database import Database, connect
from cartech_desk.store.errors import DatabaseNewer, StoreError
from cartech_desk.store.faults import damaged, disk_full, fault, not_a_database, read_only
from cartech_desk.store.own_files import close_to_others, make_file, make_folder

_HEADER_BYTES: Final = 100
_BROKEN_OFF: Final = (sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY)
"""A journal lies there that only a connection which may write can play back."""
_SMALL_BYTES: Final = 2_000_000
"""Files up to this size are checked from end to end at every start (some milliseconds)."""


class Step(Protocol):
    """One migration: a module of `migrations/*/versions`, as Alembic knows it."""

    @property
    def revision(self) -> str:
        """Its name in Alembic's table."""

    @property
    def version(self) -> tuple[int, int]:
        """Major and minor version that it brings a file to."""

    @property
    def STATEMENTS(self) -> Sequence[str]:  # noqa: N802 (a constant of the module)
        """What it does to the structure; a new file gets those of all steps in a row."""

    def upgrade(self) -> None:
        """Bring a file of the version before to this one, its rows included."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file of one kind looks like in this version of the desk."""

    application_id: int
    steps: Sequence[Step]
    page_bytes: int = 4096

    @property
    def number(self) -> int:
        """The version as it stands in the file."""
        return version_number(self.steps[-1])


def version_number(step: Step) -> int:
    """Return `user_version` of a file that this step has brought up."""
    major, minor = step.version
    return 1000 * major + minor


def version_text(number: int) -> str:
    """Return a version as people read it."""
    return f"{number // 1000}.{number % 1000}"


def open_database(path: Path, plan: Plan) -> Database:
    """Open one file of the desk.

    Errors: DatabaseNewer, DatabaseReadOnly, DatabaseCorrupt, DiskFull, DatabaseLocked,
    MigrationFailed; the file is then as it was.
    """
    with in_words(path):
        _check_rights(path)
        _close_to_others(path)
        if not path.exists() or path.stat().st_size == 0:
            _create(path, plan)
            return Database(path)
        check_header(path, plan)
        number = _check_version(path, plan)
        if number == 0:
            _create(path, plan)
        elif number < plan.number:
            from cartech_desk.store.migrate import migrate

            migrate(path, plan, number)
    return Database(path)


def _check_rights(path: Path) -> None:
    make_folder(path.parent)
    targets = [target for target in (path.parent, path) if target.exists()]
    if not all(os.access(target, os.W_OK) for target in targets):
        raise read_only(path)


def _close_to_others(path: Path) -> None:
    """Close a file of an older desk to others, what SQLite keeps beside it, and its copies."""
    beside = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    close_to_others(path, *beside, *path.parent.glob(f"{path.stem}-*-backup{path.suffix}"))


def check_header(path: Path, plan: Plan) -> None:
    """Refuse what is not ours, or newer, before more of it is read.

    Through SQLite, never by opening the file itself: closing that would drop every lock which
    another connection of this process holds on it (sqlite.org/howtocorrupt.html, 2.2). A
    connection that only reads leaves a file of another program as it is.
    """
    if path.stat().st_size < _HEADER_BYTES:
        raise not_a_database(path)
    application_id, number = _header(path)
    if application_id not in {0, plan.application_id}:
        raise not_a_database(path)
    if application_id == plan.application_id:
        _refuse_newer(path, plan, number)


def _header(path: Path) -> tuple[int, int]:
    """Return application id and version number, after undoing what a kill broke off."""
    try:
        with closing(connect(path, read_only=True)) as connection:
            return _numbers(connection)
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) not in _BROKEN_OFF:
            raise
    with closing(connect(path)) as connection:
        return _numbers(connection)


def _numbers(connection: sqlite3.Connection) -> tuple[int, int]:
    ((application_id,),) = connection.execute("PRAGMA application_id").fetchall()
    ((number,),) = connection.execute("PRAGMA user_version").fetchall()
    return int(application_id), int(number)


def _check_version(path: Path, plan: Plan) -> int:
    """Return the file's version number; 0 where it holds nothing yet."""
    with closing(connect(path, read_only=True)) as connection:
        application_id, number = _numbers(connection)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if not tables:
            return 0
        if application_id != plan.application_id or "alembic_version" not in tables:
            raise not_a_database(path)
        _refuse_newer(path, plan, number)
        known = {step.revision: version_number(step) for step in plan.steps}
        revisions = [name for (name,) in connection.execute("SELECT * FROM alembic_version")]
        if len(revisions) != 1 or revisions[0] not in known:
            raise _newer(path, plan, number)
        if path.stat().st_size <= _SMALL_BYTES:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchall()
            if verdict != [("ok",)]:
                raise damaged(path)
        return known[revisions[0]]


def _refuse_newer(path: Path, plan: Plan, number: int) -> None:
    if number > plan.number:
        raise _newer(path, plan, number)


def _newer(path: Path, plan: Plan, number: int) -> DatabaseNewer:
    return DatabaseNewer(
        f"{path} was written by a newer version of the desk (its format is "
        f"{version_text(number)}, this version reads {version_text(plan.number)}).",
        kept="It was left untouched.",
        to_do="Update CarTech Desk, or choose another folder with --data.",
    )


def _create(path: Path, plan: Plan) -> None:
    """Make a file of this version; where another process was quicker, its file stands."""
    was_there = path.exists()
    make_file(path)  # what SQLite makes beside it has its rights
    try:
        with closing(connect(path)) as connection:
            connection.execute(f"PRAGMA page_size = {plan.page_bytes:d}")
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                for step in plan.steps:
                    for statement in step.STATEMENTS:
                        connection.execute(statement)
                # Alembic's own table, as it would make it: the next migration starts from here.
                connection.execute(
                    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
                    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
                )
                connection.execute(
                    "INSERT INTO alembic_version VALUES (?)", (plan.steps[-1].revision,)
                )
                connection.execute(f"PRAGMA application_id = {plan.application_id:d}")
                connection.execute(f"PRAGMA user_version = {plan.number:d}")
            connection.execute("COMMIT")
    except sqlite3.Error:
        if not was_there:
            # An empty file would be taken for a new one next time; if it stays, nothing is lost.
            with suppress(OSError):
                path.unlink()
        raise


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say of a file into errors for a person."""
    try:
        yield
    except sqlite3.Error as error:
        told = fault(error, path)
        if told is None:
            raise
        raise told from error
    except PermissionError as error:
        raise read_only(path) from error
    except OSError as error:
        if shutil.disk_usage(path.anchor or ".").free == 0:
            raise disk_full(path) from error
        raise StoreError(
            f"{path} cannot be opened: {error.strerror or error}.",
            to_do="Choose another folder with --data.",
        ) from error
