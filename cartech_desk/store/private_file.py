"""Small files that only their owner may read or change: key, anchor and pin of the audit log.

Owner and rights of folder and file are checked each time (POSIX), and no link is followed. On
Windows the folder is in the profile of the user, which others but administrators cannot read.
"""

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from cartech_desk.store.own_files import make_folder

_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_BINARY: Final = getattr(os, "O_BINARY", 0)


class NotPrivate(PermissionError):
    """Others than its owner could have read or changed a file; the text says why."""


def read_private(path: Path, most: int) -> bytes | None:
    """Return the first `most` bytes; None where there is no file. Errors: NotPrivate, OSError."""
    try:
        _check(path.parent, path.parent.lstat(), "folder")
        handle = os.open(path, os.O_RDONLY | _NO_FOLLOW | _BINARY)
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as file:
        _check(path, os.fstat(handle), "file")
        return file.read(most)


def write_private(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Put a new file in the place of the old one. Errors: NotPrivate, OSError.

    Without `durable` a power cut may leave the old one.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        folder = path.parent.lstat()
    except FileNotFoundError:
        make_folder(path.parent)
        folder = path.parent.lstat()
    _check(path.parent, folder, "folder")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY
    try:
        handle = os.open(part, flags, 0o600)
    except FileExistsError:
        with suppress(FileNotFoundError):
            part.unlink()  # of a process that was killed, or a link that somebody laid there
        handle = os.open(part, flags, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    part.replace(path)


def _check(path: Path, found: os.stat_result, what: str) -> None:
    if sys.platform == "win32":
        return
    right = stat.S_ISDIR if what == "folder" else stat.S_ISREG
    if not right(found.st_mode):
        raise NotPrivate(f"{path} is no {what}.")
    if found.st_uid != os.geteuid():
        raise NotPrivate(f"The {what} {path} belongs to another user of this machine.")
    if found.st_mode & 0o077:
        mode = "700" if what == "folder" else "600"
        raise NotPrivate(
            f"The {what} {path} can be used by others than its owner. Set its rights to "
            f"{mode} (chmod {mode}), and renew the key if somebody may have read it."
        )
