"""Who is at the folder of a desk: all that have it open side by side, or a restore alone.

Each lock is an empty file that SQLite locks, since that works alike on every system and goes with
the process, however that ends. The files stay: one that is removed could be locked twice.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from cartech_desk.store.backup_pending import undecided
from cartech_desk.store.errors import DatabaseLocked
from cartech_desk.store.own_files import make_folder, opener

OPEN: Final = "open.lock"
"""Shared by each desk that has the folder open; a restore takes it alone."""
RESTORE: Final = "restore.lock"
"""Whoever unpacks a backup here, until it is in place or given up."""
BACKUP: Final = "backup.lock"
"""Whoever makes a backup of this folder."""

BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_PATIENCE_S: Final = 5.0


class Held:
    """A lock that is held until it is released; may be released twice, from any thread."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver

    def release(self) -> None:
        """Let others in."""
        self._driver.close()


def hold(path: Path, *, alone: bool, patience_s: float = 0.0) -> Held | None:
    """Take a lock, shared or alone; None where others hold it. Errors: OSError, sqlite3.Error."""
    # Opening one that is there and closing it again would drop the locks that other connections of
    # this process hold on it (sqlite.org/howtocorrupt.html, 2.2).
    with suppress(FileExistsError):
        os.close(opener(str(path), os.O_RDWR | os.O_CREAT | os.O_EXCL))
    driver = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw",
        uri=True,
        timeout=patience_s,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        driver.execute("BEGIN EXCLUSIVE" if alone else "BEGIN")
        driver.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        driver.close()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in BUSY:
            return None
        raise
    return Held(driver)


def attend(folder: Path) -> Held | None:
    """Say that a desk has this folder open; None where no lock can be kept here.

    A folder that takes no file is told by whoever opens the databases next. Errors: DatabaseLocked
    while a restore is at it, or where one was broken off.
    """
    try:
        make_folder(folder)
        held = hold(folder / OPEN, alone=False, patience_s=_PATIENCE_S)
    except (OSError, sqlite3.Error):
        return None
    if held is None:
        raise DatabaseLocked(
            f"A backup is being put in the place of what is in {folder}.",
            kept="Nothing was changed.",
            to_do="Wait until that is done, then start again.",
        )
    if not undecided(folder):
        held.release()
        raise DatabaseLocked(
            f"A restore in {folder} was broken off.",
            kept="Nothing was changed.",
            to_do="Start again: it goes on.",
        )
    return held
