"""Everything that a desk keeps, in one file that is read back before it counts."""

import hashlib
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Final

from cartech_desk import __version__
from cartech_desk.store.backup_drafts import (
    draft,
    in_words_of_target,
    need_folder,
    target_refused,
)
from cartech_desk.store.backup_manifest import (
    DATABASES,
    KEPT_FOLDERS,
    NAME,
    SETTINGS,
    SIGNALS,
    Manifest,
    Packed,
    written,
)
from cartech_desk.store.backup_reading import check_whole
from cartech_desk.store.backup_sources import Sources
from cartech_desk.store.backup_state import head_of
from cartech_desk.store.database import connect
from cartech_desk.store.errors import StoreError
from cartech_desk.store.faults import disk_full, fault
from cartech_desk.store.own_files import make_file, opener

GoOn = Callable[[float], bool]
"""Hears which share is done (0 to 1); False ends the work, and nothing is left of it."""

_BLOCK: Final = 1_048_576
_PAGES: Final = 1000
"""Copied between two questions whether to go on."""
SPARE_BYTES: Final = 20_000_000
"""Left free on the disk, so that the desk can go on."""
_WRITING: Final = (
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_DELETE,
)
_NOT_OURS: Final = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_LATEST: Final = (2107, 12, 31, 23, 59, 58)
"""What a ZIP file can say of a time (PKWARE APPNOTE, 4.4.6)."""


class Ended(Exception):
    """The work was ended before it was done; nothing is left of it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made and read back."""

    path: Path
    manifest: Manifest
    bytes: int


def always(_share: float) -> bool:
    """Go on."""
    return True


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be backed up: the databases' folder, and files that lie elsewhere, if any."""

    folder: Path
    settings: Path | None = None
    logo: Path | None = None
    shop: str = ""


@contextmanager
def drafted(wish: Wish, path: Path, go_on: GoOn = always) -> Iterator[Made]:
    """Write a backup beside `path`, and check it; it counts at the end.

    Within the block the file is whole but not yet in its place: whoever records that it was made
    does so there. What lay at `path` is replaced. To be called within `backup_drafts.turn`.
    Errors: TargetRefused, DiskFull, DatabaseCorrupt, DatabaseLocked, StoreError; Ended where
    `go_on` said no.
    """
    need_folder(path)
    with in_words_of_target(path), draft(wish.folder, path) as held:
        part = held / "backup.part"
        manifest = _write(wish, held, part, path, go_on)
        check_whole(part, path.name, lambda share: go_on(0.7 + 0.3 * share) or _end())
        yield Made(path, manifest, part.stat().st_size)
        part.replace(path)
        settle_folder(path.parent)


def _write(wish: Wish, held: Path, part: Path, path: Path, go_on: GoOn) -> Manifest:
    _need_room(wish.folder, part)
    _copy_databases(wish.folder, held, path, go_on)
    try:
        versions = {name: _version(held / name) for name in DATABASES}
        made = datetime.now(UTC).replace(microsecond=0)
        about = Manifest(made, __version__, wish.shop, head_of(held / "desk.db"), versions, ())
        sources = Sources(wish.folder, held, wish.settings, wish.logo)
    except sqlite3.Error as error:  # of the copies
        raise target_refused(path, str(error)) from error
    return _pack(sources, part, about, go_on)


def _need_room(folder: Path, part: Path) -> None:
    """Refuse where copies and file together would not fit; better before than half way."""
    files = [folder / name for name in DATABASES]
    files += [folder / f"{name}-wal" for name in DATABASES]
    kept = [file for name in KEPT_FOLDERS for file in (folder / name).rglob("*")]
    bytes_ = 2 * sum(file.stat().st_size for file in files if file.exists())
    bytes_ += sum(file.stat().st_size for file in kept if file.is_file())
    if shutil.disk_usage(part.parent).free < bytes_ + SPARE_BYTES:
        raise disk_full(part)


def _copy_databases(folder: Path, copies: Path, path: Path, go_on: GoOn) -> None:
    """Copy both as of one moment: no writer comes between the two pictures."""
    with ExitStack() as stack:
        with _in_words_of_source(folder / "desk.db"):
            sources = {
                name: stack.enter_context(closing(connect(folder / name))) for name in DATABASES
            }
            locks = [stack.enter_context(closing(connect(folder / name))) for name in DATABASES]
            for lock in locks:
                lock.execute("BEGIN IMMEDIATE")
            for source in sources.values():
                source.execute("BEGIN")
                source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            for lock in locks:
                lock.execute("ROLLBACK")
        for place, (name, source) in enumerate(sources.items()):
            if not go_on(0.2 * place):
                _end()
            with _in_words_of_source(folder / name):
                _copy(source, copies / name, path, partial(_within, go_on, 0.2 * place, 0.2))


@contextmanager
def _in_words_of_source(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        told = fault(error, path)
        if told is None:
            raise
        raise told from error


def _within(go_on: GoOn, begin: float, length: float, share: float) -> bool:
    """Ask whether to go on where this share of a part of the work is done."""
    return go_on(begin + length * share)


def _copy(source: sqlite3.Connection, target: Path, path: Path, go_on: GoOn) -> None:
    def told(_status: int, left: int, pages: int) -> None:
        if not go_on(1.0 - left / max(1, pages)):
            _end()

    make_file(target)
    try:
        with closing(sqlite3.connect(target)) as copy:
            source.backup(copy, pages=_PAGES, progress=told)
            # One file, with nothing beside it; the desk that opens it goes on with a journal again.
            copy.execute("PRAGMA journal_mode = WAL")
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code == sqlite3.SQLITE_FULL:
            raise disk_full(path) from error
        # What was there is only read: what could not be written is the copy.
        if code in _WRITING or code & 0xFF in _NOT_OURS:
            raise target_refused(path, str(error)) from error
        raise


def _version(path: Path) -> int:
    with closing(connect(path, read_only=True)) as driver:
        ((number,),) = driver.execute("PRAGMA user_version").fetchall()
    return int(number)


def _pack(sources: Sources, part: Path, about: Manifest, go_on: GoOn) -> Manifest:
    whole = max(1, sum(path.stat().st_size for path in sources.files.values() if path.exists()))
    done = 0
    packed = []
    with (
        open(part, "wb", opener=opener) as file,
        zipfile.ZipFile(file, "w", allowZip64=True, compresslevel=1) as archive,
    ):
        for name, path in sources.files.items():
            try:
                source = path.open("rb")
            except FileNotFoundError:
                sources.gone(name)
                continue
            except OSError as error:
                raise _unreadable(path, error) from error
            entry = _entry(name, about.made)
            with source, archive.open(entry, "w", force_zip64=True) as target:
                one = _poured(name, source, target)
            packed.append(one)
            sources.packed(one)
            done += one.bytes
            if not go_on(0.4 + 0.3 * done / whole):
                _end()
        manifest = replace(about, files=tuple(packed), warnings=sources.warnings)
        archive.writestr(_entry(NAME, about.made), written(manifest))
        archive.close()
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _entry(name: str, made: datetime) -> zipfile.ZipInfo:
    # A clock without its battery begins in 1970; the list says the moment as it was.
    entry = zipfile.ZipInfo(name, min(max(made.timetuple()[:6], _EARLIEST), _LATEST))
    # Samples and pictures are packed already.
    tight = name in ("desk.db", SETTINGS, NAME) or name.startswith(("links/", f"{SIGNALS}/"))
    entry.compress_type = zipfile.ZIP_DEFLATED if tight else zipfile.ZIP_STORED
    entry.external_attr = 0o600 << 16
    return entry


def _poured(name: str, source: IO[bytes], target: IO[bytes]) -> Packed:
    digest, bytes_ = hashlib.sha256(), 0
    while block := _read(source):
        digest.update(block)
        target.write(block)
        bytes_ += len(block)
    return Packed(name, bytes_, digest.hexdigest())


def _read(source: IO[bytes]) -> bytes:
    try:
        return source.read(_BLOCK)
    except OSError as error:
        raise _unreadable(Path(source.name), error) from error


def _unreadable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be read ({error.strerror or error}), so it cannot be backed up.",
        kept="No backup was made.",
        to_do="Check the disk that it is on and your right to read it, then try again.",
    )


def settle_folder(folder: Path) -> None:
    """Let the new name reach the disk, where the system can be told to."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows opens no folder
    try:
        os.fsync(handle)
    except OSError:
        pass  # some network disks refuse; the file itself is there
    finally:
        os.close(handle)


def _end() -> bool:
    raise Ended
