"""From SQLite's result codes to what a person can mend."""

import shutil
import sqlite3
from pathlib import Path
from typing import Final

from cartech_desk.store.errors import (
    DatabaseCorrupt,
    DatabaseLocked,
    DatabaseReadOnly,
    DiskFull,
    StoreError,
)

_SPARE_BYTES: Final = 2_000_000
"""Below this much free space a failed write is put down to the full disk."""


def fault(error: BaseException, path: Path) -> StoreError | None:
    """Return the typed error that stands for a driver's error; None where it is a bug of ours.

    The primary result code is the low byte (sqlite.org/rescode.html, section 2).
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return not_a_database(path) if isinstance(error, UnicodeDecodeError) else None
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
        return DatabaseLocked(
            f"Another program holds {path}.",
            kept="Nothing was changed.",
            to_do="Close the program that uses it (a backup, a database browser) and try again.",
        )
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return read_only(path)
    if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and _is_full(path)):
        return disk_full(path)
    if primary == sqlite3.SQLITE_IOERR:
        return StoreError(
            f"The disk gave an error while {path} was used.",
            kept="Nothing was changed.",
            to_do="Check the disk and its cable, and copy the folder to another one.",
        )
    if primary == sqlite3.SQLITE_CORRUPT:
        return damaged(path)
    if primary == sqlite3.SQLITE_NOTADB:
        return not_a_database(path)
    return None


def read_only(path: Path) -> DatabaseReadOnly:
    """Say that a file or its folder cannot be written."""
    return DatabaseReadOnly(
        f"{path} or its folder cannot be written.",
        kept="Nothing was changed.",
        to_do="Give your user the right to write there, or choose another folder with --data.",
    )


def disk_full(path: Path) -> DiskFull:
    """Say that the disk has no room left."""
    return DiskFull(
        f"The disk that holds {path} is full.",
        kept="What was written before is kept.",
        to_do="Free some space on it and try again.",
    )


def damaged(path: Path) -> DatabaseCorrupt:
    """Say that a file of ours is damaged."""
    return DatabaseCorrupt(
        f"{path} is damaged.",
        kept="It was left as it is.",
        to_do="Move it away and put the last backup in its place, or start with a new one.",
    )


def not_a_database(path: Path) -> DatabaseCorrupt:
    """Say that a file is none of ours."""
    return DatabaseCorrupt(
        f"{path} is not a database of CarTech Desk.",
        kept="It was left as it is.",
        to_do="Move it away, or choose another folder with --data.",
    )


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _SPARE_BYTES
    except OSError:
        return False
