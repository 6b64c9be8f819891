"""What goes into a backup: which files, and what has to be said of those that are amiss."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from cartech_desk.store.backup_manifest import (
    DATABASES,
    KEPT_FOLDERS,
    LOGO,
    SETTINGS,
    Packed,
    packable,
)
from cartech_desk.store.backup_named import packed_name, signal_sets_of
from cartech_desk.store.database import connect

_DIGEST: Final = re.compile(r"attachments/(?:[^/]+/)?([0-9a-f]{64})")
_MOST: Final = 20
"""More sentences than that nobody reads."""


class Sources:
    """The files of a backup by their names in it, and sentences on what is amiss.

    `copies` is the folder with the copies of the databases.
    """

    def __init__(
        self, folder: Path, copies: Path, settings: Path | None, logo: Path | None
    ) -> None:
        self.files = {name: copies / name for name in DATABASES}
        self._amiss: list[str] = []
        self._named = _attachments(copies / "desk.db")
        if settings is not None and settings.exists():
            self.files[SETTINGS] = settings
            self._take_signal_sets(settings)
        for name, file in _found(folder):
            self._take(name, file)
        if logo is not None:
            self._take_logo(logo)
        there = {_digest(name) for name in self.files}
        for digest, shown in self._named.items():
            if digest not in there:
                self._amiss.append(f"The file of “{shown}” is gone: add it anew.")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be told of the backup."""
        more = len(self._amiss) - _MOST
        told = self._amiss[:_MOST]
        return (*told, f"And {more} more.") if more > 0 else tuple(told)

    def gone(self, name: str) -> None:
        """Note that a file was taken away before its turn came."""
        shown = self._named.get(_digest(name), "")
        if shown or _digest(name) == "":
            self._amiss.append(f"{shown or name} was taken away while the backup was made.")

    def packed(self, one: Packed) -> None:
        """Compare what was packed with what its name says."""
        digest = _digest(one.name)
        if digest and digest != one.sha256:
            shown = self._named.get(digest, one.name)
            self._amiss.append(
                f"The file of “{shown}” is not what was added (it was damaged on this disk): "
                "add it anew."
            )

    def _take(self, name: str, file: Path) -> None:
        if file.is_symlink():
            self._amiss.append(f"{name} is not in it: it only points to another file.")
        elif not packable(name):
            shown = name.encode("utf-8", "backslashreplace").decode()
            self._amiss.append(
                f"{shown!r} is not in it: not every system takes such a name. Rename the file."
            )
        else:
            self.files[name] = file

    def _take_logo(self, logo: Path) -> None:
        name = f"{LOGO}/logo{logo.suffix.casefold()}"
        if not logo.is_file():
            self._amiss.append(f"The logo {logo} is not in it: it is not there.")
        elif packable(name):
            self.files[name] = logo
        else:
            self._amiss.append(f"The logo {logo} is not in it: its name has a strange ending.")

    def _take_signal_sets(self, settings: Path) -> None:
        try:
            named = signal_sets_of(settings)
        except (OSError, ValueError) as error:
            self._amiss.append(
                f"The signal sets that the settings name are not in it: {settings} cannot be read "
                f"({error})."
            )
            return
        for place, path in enumerate(named, 1):
            name = packed_name(place, path)
            if not path.is_file():
                self._amiss.append(f"The signal set {path} is not in it: it is not there.")
            elif packable(name):
                self.files[name] = path
            else:
                self._amiss.append(
                    f"The signal set {path} is not in it: not every system takes such a name. "
                    "Rename the file."
                )


def _found(folder: Path) -> Iterator[tuple[str, Path]]:
    for name in KEPT_FOLDERS:
        for pattern in ("*", "*/*"):
            for file in sorted((folder / name).glob(pattern)):
                inside = file.relative_to(folder)
                hidden = any(part.startswith(".") for part in inside.parts)
                if not hidden and (file.is_symlink() or file.is_file()):
                    yield inside.as_posix(), file


def _attachments(desk: Path) -> dict[str, str]:
    """Return the digests of the files that rows name, each with a name for people."""
    with closing(connect(desk, read_only=True)) as driver:
        try:
            rows = driver.execute(
                "SELECT sha256, name FROM attachment WHERE deleted IS NULL ORDER BY added, id"
            ).fetchall()
        except sqlite3.OperationalError:
            return {}  # a desk of before there were attachments
    return {str(digest): str(name) for digest, name in rows}


def _digest(name: str) -> str:
    found = _DIGEST.fullmatch(name)
    return found[1] if found is not None else ""
