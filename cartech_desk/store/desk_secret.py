"""A random secret of one desk, which lies beside the keys and in no database.

What must be told apart in `desk.db` but not found by trying what it may be (an address that nobody
has, under which somebody may have typed a password) is kept there as a code under this secret.
"""

import hashlib
import hmac
import logging
import os
import secrets
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from cartech_desk.store.own_files import make_folder

_BYTES: Final = 32
_NAME: Final = "strangers.secret"

_LOG = logging.getLogger(__name__)


class DeskSecret:
    """Read or made when first needed. Thread-safe.

    Where its folder refuses, one is made up that this process alone knows.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._secret: bytes | None = None

    def code(self, text: str) -> str:
        """Return the code of a text: the same one for the same text, on this desk alone."""
        return hmac.new(self._known(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def _known(self) -> bytes:
        with self._lock:
            if self._secret is None:
                try:
                    self._secret = self._read() or self._make()
                except OSError as error:
                    _LOG.warning("the secret of this desk cannot be kept: %s", error)
                    self._secret = secrets.token_bytes(_BYTES)
            return self._secret

    def _read(self) -> bytes | None:
        try:
            found = (self._folder / _NAME).read_bytes()
        except FileNotFoundError:
            return None
        return found if len(found) == _BYTES else None

    def _make(self) -> bytes:
        """Write a new one; of two programs at once, both go on with the one that stands."""
        make_folder(self._folder)
        made = secrets.token_bytes(_BYTES)
        part = self._folder / f".{_NAME}.{os.getpid()}.part"
        with suppress(FileNotFoundError):
            part.unlink()
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, made)
        finally:
            os.close(handle)
        part.replace(self._folder / _NAME)
        return self._read() or made
