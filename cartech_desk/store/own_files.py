"""What the desk keeps is for its owner alone: no other user of the machine reads who did what."""

import os
import stat
import sys
from pathlib import Path
from typing import Final

_FILE: Final = 0o600
_FOLDER: Final = 0o700
_OTHERS: Final = 0o077


def make_folder(folder: Path) -> None:
    """Make a folder where there is none, for its owner alone; one that is there stays as it is.

    Errors: OSError.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=_FOLDER, exist_ok=True)


def opener(path: str, flags: int) -> int:
    """Open a file for `open(…, opener=opener)`: a new one is its owner's alone."""
    return os.open(path, flags, _FILE)


def make_file(path: Path) -> None:
    """Make an empty file for its owner alone; one that is there stays. Errors: OSError."""
    path.touch(mode=_FILE)


def close_to_others(*paths: Path) -> None:
    """Take others' rights from those of these files that are there and ours; never an error."""
    if sys.platform == "win32":  # the profile folder of a user is closed to others there
        return
    for path in paths:
        try:
            found = path.stat()
            if (
                stat.S_ISREG(found.st_mode)
                and found.st_mode & _OTHERS
                and found.st_uid == os.geteuid()
            ):
                path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
        except OSError:
            continue
