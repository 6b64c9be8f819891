"""One try at the door after another: who signs in twice side by side is no stranger who guesses.

The lock goes with the process, however that ends. It keeps tries in order and counts nothing.
"""

import hashlib
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cartech_desk.store.folder_locks import hold
from cartech_desk.store.own_files import make_folder

_FOLDER: Final = "signing-in"
_LOCKS: Final = 16
"""Files of locks; accounts share them, so that no file names anybody and they stay few."""

_LOG = logging.getLogger(__name__)


@contextmanager
def turn(folder: Path, account: str, patience_s: float) -> Iterator[bool]:
    """Wait until no other try for this account is under way; False where one still is.

    Where no lock can be kept the tries go side by side: each is counted all the same.
    """
    number = hashlib.sha256(account.encode("utf-8", "surrogatepass")).digest()[0] % _LOCKS
    try:
        make_folder(folder / _FOLDER)
        held = hold(folder / _FOLDER / f"{number}.lock", alone=True, patience_s=patience_s)
    except (OSError, sqlite3.Error) as error:
        _LOG.warning("tries to sign in cannot be kept in order: %s", error)
        yield True
        return
    try:
        yield held is not None
    finally:
        if held is not None:
            held.release()
