"""Where a backup is written before it counts: one at a time, and swept where a kill left it."""

import errno
import hashlib
import os
import platform
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from cartech_desk.store.errors import DatabaseLocked, StoreError
from cartech_desk.store.faults import disk_full
from cartech_desk.store.folder_locks import BACKUP, hold
from cartech_desk.store.own_files import opener
from cartech_desk.store.schema import in_words

_DRAFT: Final = ".cartech-draft-"
_NOTE: Final = "backup.draft"
"""In the folder of the databases: where the draft lies that is under way."""
_PATIENCE_S: Final = 120.0
_LOOK_S: Final = 0.1
ELSEWHERE: Final = "Choose another folder: under Settings, Backup, or by naming another file."


class TargetRefused(StoreError):
    """A backup cannot be written where it was to go."""

    code = "backup_target"


@contextmanager
def turn(data: Path, going_on: Callable[[], object]) -> Iterator[None]:
    """Make backups of this folder one at a time, in whatever process.

    `going_on` is called while others are waited for, and may raise. Errors: DatabaseLocked,
    StoreError.
    """
    with in_words(data / BACKUP):
        ends = time.monotonic() + _PATIENCE_S
        while (held := hold(data / BACKUP, alone=True)) is None:
            if time.monotonic() > ends:
                raise DatabaseLocked(
                    f"Another backup of {data} is being made.",
                    kept="Nothing was changed.",
                    to_do="Wait until it is done, then try again.",
                )
            going_on()
            time.sleep(_LOOK_S)
    try:
        _sweep(data)
        yield
    finally:
        held.release()


@contextmanager
def draft(data: Path, beside: Path) -> Iterator[Path]:
    """Return an empty folder beside a file to be written, gone at the end; within a `turn`."""
    folder = beside.parent / f"{_DRAFT}{_owner(data)}"
    note = data / _NOTE
    try:
        shutil.rmtree(folder, ignore_errors=True)
        with open(note, "wb", opener=opener) as file:
            file.write(os.fsencode(folder.absolute()))
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            note.unlink(missing_ok=True)


def sweep(data: Path) -> None:
    """Remove what a killed backup of this folder left, where none is under way; raises nothing."""
    try:
        held = hold(data / BACKUP, alone=True)
    except (OSError, sqlite3.Error):
        return
    if held is not None:
        _sweep(data)
        held.release()


def _sweep(data: Path) -> None:
    with suppress(OSError, ValueError):
        left = Path(os.fsdecode((data / _NOTE).read_bytes()))
        if left.name == f"{_DRAFT}{_owner(data)}":
            shutil.rmtree(left, ignore_errors=True)
        (data / _NOTE).unlink()


def _owner(data: Path) -> str:
    """Return what tells this folder of this machine from all others that write to one disk."""
    return hashlib.sha256(f"{platform.node()}\0{data.resolve()}".encode()).hexdigest()[:12]


def need_folder(path: Path) -> None:
    """Refuse where the folder of a file to be written is not there: it is never made.

    It may lie on a disk that is not plugged in; made, it would be on this machine's own.
    """
    if not path.parent.is_dir():
        raise TargetRefused(
            f"The folder {path.parent} is not there.",
            kept="No backup was made.",
            to_do=f"Plug in its disk, or make the folder. {ELSEWHERE}",
        )


@contextmanager
def in_words_of_target(path: Path) -> Iterator[None]:
    """Turn what the disk says of a backup's place into errors for a person."""
    try:
        yield
    except OSError as error:
        raise told_of_target(path, error) from error


def told_of_target(path: Path, error: OSError) -> StoreError:
    """Return what to say where writing a backup failed."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(path)
    if error.errno == errno.EFBIG:
        return TargetRefused(
            f"The disk takes no file as large as {path} would be.",
            kept="No backup was made.",
            to_do=f"Use one that takes files over 4 GB (exFAT, NTFS, ext4). {ELSEWHERE}",
        )
    return target_refused(path, error.strerror or str(error))


def target_refused(path: Path, why: str) -> TargetRefused:
    """Say that a backup cannot be written to its place, and why."""
    return TargetRefused(
        f"The backup {path} cannot be written ({why}).",
        kept="What lay there before is as it was.",
        to_do=f"Give your user the right to write there, or check the disk. {ELSEWHERE}",
    )
