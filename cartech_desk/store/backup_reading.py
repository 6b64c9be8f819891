"""Reading a backup: whole or not at all, and nothing outside the folder that it is unpacked in."""

import hashlib
import os
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import IO, Final

from cartech_desk.store.backup_manifest import (
    DATABASES,
    MOST_BYTES,
    NAME,
    BackupRefused,
    Manifest,
    Packed,
    damaged_backup,
    no_backup,
    packable,
    read,
)
from cartech_desk.store.database import connect
from cartech_desk.store.own_files import make_folder, opener

Share = Callable[[float], object]
"""Hears which share is done (0 to 1)."""

_BLOCK: Final = 1_048_576
_BROKEN: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,  # "is encrypted"
    struct.error,
)
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL: Final = struct.Struct("<4s22xH2x")
"""What stands before each file: its sign, and how long its name is (PKWARE APPNOTE, 4.3.7)."""
_LOCAL_SIGN: Final = b"PK\3\4"
_ENCRYPTED: Final = 0x1
"""Bit of the general purpose flag (PKWARE APPNOTE, 4.4.4)."""


def manifest_of(path: Path, named: str = "") -> Manifest:
    """Return what a backup says of itself, without reading the rest.

    Errors: BackupRefused, BackupNewer, OSError.
    """
    named = named or path.name
    try:
        with zipfile.ZipFile(path) as archive:
            return _manifest(archive, named)
    except _BROKEN as error:
        raise _unreadable(path, named, "its list of files cannot be read") from error


def check_whole(path: Path, named: str, told: Share = lambda _share: None) -> Manifest:
    """Read every byte of a backup, and compare. Errors: as `manifest_of`."""
    return _gone_through(path, named, None, told)


def unpack(path: Path, folder: Path, told: Share = lambda _share: None) -> Manifest:
    """Unpack a backup into a new folder, comparing every byte. Errors: as `manifest_of`."""
    return _gone_through(path, path.name, folder, told)


def unpack_one(path: Path, name: str, folder: Path) -> None:
    """Unpack one file of a backup that was checked into a new folder. Errors: as `manifest_of`."""
    with zipfile.ZipFile(path) as archive:
        one = next(each for each in _manifest(archive, path.name).files if each.name == name)
        with archive.open(name) as source:
            _laid_down(source, folder / name, one, path.name)


def check_database(path: Path, named: str) -> None:
    """Let SQLite look through an unpacked database. Errors: BackupRefused."""
    try:
        with closing(connect(path)) as driver:
            ((application_id,),) = driver.execute("PRAGMA application_id").fetchall()
            verdict = driver.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.DatabaseError as error:
        raise damaged_backup(named, f"{path.name} in it cannot be read ({error})") from error
    if application_id != DATABASES[path.name].application_id:
        raise damaged_backup(named, f"{path.name} in it is no database of the desk")
    if verdict != [("ok",)]:
        raise damaged_backup(named, f"{path.name} in it is not whole ({verdict[0][0]})")


def _gone_through(path: Path, named: str, folder: Path | None, share: Share) -> Manifest:
    manifest: Manifest | None = None
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, named)
            done = 0
            for one in manifest.files:
                with archive.open(one.name) as source:
                    if folder is None:
                        _compared(source, None, one, named)
                    else:
                        _laid_down(source, folder / one.name, one, named)
                done += one.bytes
                share(done / max(1, manifest.bytes))
    except (*_BROKEN, KeyError) as error:
        why = "its bytes are not those that were written"
        told = _unreadable(path, named, why) if manifest is None else damaged_backup(named, why)
        raise told from error
    except ValueError as error:  # a wrong header within the archive
        raise damaged_backup(named, "it cannot be unpacked") from error
    return manifest


def _unreadable(path: Path, named: str, why: str) -> BackupRefused:
    """Tell a backup that is damaged from a file that never was one, by how it begins."""
    try:
        with path.open("rb") as file:
            head = file.read(_LOCAL.size)
            sign, length = _LOCAL.unpack(head)
            first = file.read(length).decode("utf-8")
    except (struct.error, UnicodeDecodeError, OSError):
        return no_backup(named)
    ours = sign == _LOCAL_SIGN and (first == NAME or packable(first))
    return damaged_backup(named, why) if ours else no_backup(named)


def _manifest(archive: zipfile.ZipFile, named: str) -> Manifest:
    names = archive.namelist()
    # No backup is packed in another way, and the library's other ways have errors of their own.
    strange = any(
        one.flag_bits & _ENCRYPTED or one.compress_type not in _PACKINGS
        for one in archive.infolist()
    )
    if NAME not in names or strange:
        raise no_backup(named)
    with archive.open(NAME) as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise no_backup(named)
    manifest = read(raw, named)
    if sorted(names) != sorted([NAME, *(one.name for one in manifest.files)]):
        raise damaged_backup(named, "it holds other files than its list names")
    return manifest


def _laid_down(source: IO[bytes], target: Path, one: Packed, named: str) -> None:
    make_folder(target.parent)
    with open(target, "xb", opener=opener) as file:
        _compared(source, file, one, named)
        file.flush()
        os.fsync(file.fileno())


def _compared(source: IO[bytes], target: IO[bytes] | None, one: Packed, named: str) -> None:
    digest, bytes_ = hashlib.sha256(), 0
    while block := source.read(_BLOCK):
        bytes_ += len(block)
        if bytes_ > one.bytes:
            break  # no more is unpacked than the list says
        digest.update(block)
        if target is not None:
            target.write(block)
    if bytes_ != one.bytes or digest.hexdigest() != one.sha256:
        raise damaged_backup(named, f"{one.name} in it is not what was written")
