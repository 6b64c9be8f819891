"""A sign that a recording's writer is alive, which the operating system takes down with it.

Each recording under way holds a lock on a small file beside the database. A killed process or a
power cut leaves the file but not the lock, on every system and at once; a process number may be
given anew and a heart-beat has to be waited for. The file's one word says how the recording ended
where even that no longer gets into the database: writing over bytes that the file has already
needs no space on a full disk, and nobody else holds it.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from cartech_desk.store.recording_words import Ending

_WORDS: Final = {
    Ending.OPEN: b"open     \n",
    Ending.STOPPED: b"stopped  \n",
    Ending.DISK_FULL: b"disk full\n",
    Ending.WRITE_FAILED: b"failed   \n",
}


class Presence:
    """The sign of one recording's writer; taken in the constructor.

    Errors: OSError where the file cannot be made or locked.
    """

    def __init__(self, database: Path, recording_id: str) -> None:
        self._path = sign_path(database, recording_id)
        self._file: IO[bytes] | None = self._path.open("wb+")
        self._file.write(_WORDS[Ending.OPEN])
        self._file.flush()
        os.fsync(self._file.fileno())
        if not _lock(self._file):
            self._file.close()
            raise OSError(f"{self._path.name} is held by another process")

    def note(self, ending: Ending) -> None:
        """Leave word of how the recording ended. Errors: OSError."""
        if self._file is not None:
            self._file.seek(0)
            self._file.write(_WORDS[ending])
            self._file.flush()
            os.fsync(self._file.fileno())

    def leave(self, *, keep_word: bool = False) -> None:
        """Take the sign down; `keep_word` leaves the file for the next start to read."""
        if self._file is not None:
            file, self._file = self._file, None
            with suppress(OSError):  # the lock goes even where the last bytes cannot be written
                file.close()
            if not keep_word:
                with suppress(OSError):  # a virus scanner may hold it; the next start removes it
                    self._path.unlink()


def sign_path(database: Path, recording_id: str) -> Path:
    """Return where the sign of a recording lies."""
    return database.with_name(f"{database.name}-writer-{recording_id}")


def is_alive(database: Path, recording_id: str) -> bool:
    """Whether a process holds the sign of this recording."""
    try:
        with sign_path(database, recording_id).open("rb+") as file:
            return not _lock(file)
    except FileNotFoundError:
        return False
    except PermissionError:
        return True  # Windows refuses to open what another process has locked or is removing


def ending_left(database: Path, recording_id: str) -> Ending:
    """Return the ending that a writer which is gone left word of; a power cut leaves none."""
    with suppress(OSError):
        word = sign_path(database, recording_id).read_bytes()
        for ending, known in _WORDS.items():
            if word == known and ending is not Ending.OPEN:
                return ending
    return Ending.POWER_CUT


def remove(database: Path, recording_id: str) -> None:
    """Remove the sign of a writer that is gone."""
    with suppress(OSError):
        sign_path(database, recording_id).unlink()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        # A byte far behind the word is locked: Windows keeps others from reading locked bytes.
        file.seek(1024)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
