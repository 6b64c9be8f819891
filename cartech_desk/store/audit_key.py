"""Where the key of the audit log lies: the system's keyring, or a file that only its owner reads.

The entry is JSON: every key that this desk had, each with its number and the first record that
carries its MAC, so that a renewed key still proves the older records.
"""

import json
import os
import secrets
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

from cartech_desk.domain.audit_chain import MacKey
from cartech_desk.store.audit_anchor import make_folder

SERVICE: Final = "CarTech Desk audit"
"""Name of the service in the keyring; the name of the entry is the desk's id."""
SECRET_BYTES: Final = 32
_KEPT: Final = 6
"""Keys kept: an entry of Windows' store holds 2560 bytes."""
_MOST_BYTES: Final = 16_384
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_BINARY: Final = getattr(os, "O_BINARY", 0)

KEYRING: Final = "keyring"
FILE: Final = "file"


class NoKeyring(Exception):
    """This system has no keyring."""


class KeyTrouble(Exception):
    """The key cannot be read or kept; the text says why, for a person."""


class Entries(Protocol):
    """A place for entries by desk id."""

    def load(self, desk: str) -> str | None:
        """Return the entry; None where there is none. Errors: NoKeyring, KeyTrouble."""

    def save(self, desk: str, entry: str) -> None:
        """Keep the entry. Errors: NoKeyring, KeyTrouble."""


class SystemKeyring:
    """The keyring of the system. Either call may ask a person for a password, and hang on it."""

    def load(self, desk: str) -> str | None:
        """Return the entry."""
        import keyring

        entry: str | None = self._asked(lambda: keyring.get_password(SERVICE, desk))
        return entry

    def save(self, desk: str, entry: str) -> None:
        """Keep the entry, and see that it was kept: some keyrings keep nothing."""
        import keyring

        self._asked(lambda: keyring.set_password(SERVICE, desk, entry))
        if self.load(desk) != entry:
            raise NoKeyring

    @staticmethod
    def _asked(ask: Any) -> Any:
        from keyring.errors import InitError, KeyringLocked, NoKeyringError

        try:
            return ask()
        except NoKeyringError as error:
            raise NoKeyring from error
        except (KeyringLocked, InitError) as error:
            raise KeyTrouble(
                "The system's keyring is locked. Unlock it, as by signing in to the system."
            ) from error
        except Exception as error:
            # Each system's keyring has errors of its own; none may end the desk's work, and their
            # texts may hold what was to be kept.
            raise KeyTrouble(
                f"The system's keyring cannot be used ({type(error).__name__})."
            ) from error


class KeyFile:
    """A file `<desk id>.key` in a folder, mode 0600 in 0700, for systems without a keyring.

    Owner and rights of both are checked at every read (POSIX). On Windows the folder is in the
    profile of the user, which others but administrators cannot read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, desk: str) -> Path:
        """Return the file."""
        return self._folder / f"{desk}.key"

    def load(self, desk: str) -> str | None:
        """Return the entry. Errors: KeyTrouble where others than its owner could have read it."""
        path = self.path(desk)
        try:
            self._check(self._folder, self._folder.lstat(), "folder")
            handle = os.open(path, os.O_RDONLY | _NO_FOLLOW | _BINARY)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise KeyTrouble(f"{path} cannot be read ({error.strerror or error}).") from error
        with os.fdopen(handle, "rb") as file:
            self._check(path, os.fstat(handle), "file")
            try:
                return file.read(_MOST_BYTES).decode("ascii")
            except (OSError, UnicodeDecodeError) as error:
                raise KeyTrouble(f"{path} does not hold a key of the desk.") from error

    def save(self, desk: str, entry: str) -> None:
        """Keep the entry in a new file that takes the place of the old one."""
        path = self.path(desk)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            make_folder(self._folder)
            self._check(self._folder, self._folder.lstat(), "folder")
            with suppress(FileNotFoundError):
                part.unlink()
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY
            with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
                file.write(entry.encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            raise KeyTrouble(f"{path} cannot be written ({error.strerror or error}).") from error

    @staticmethod
    def _check(path: Path, found: os.stat_result, what: str) -> None:
        if sys.platform == "win32":
            return
        right = stat.S_ISDIR if what == "folder" else stat.S_ISREG
        if not right(found.st_mode):
            raise KeyTrouble(f"{path} is no {what}.")
        if found.st_uid != os.geteuid():
            raise KeyTrouble(f"The {what} {path} belongs to another user of this machine.")
        if found.st_mode & 0o077:
            mode = "700" if what == "folder" else "600"
            raise KeyTrouble(
                f"The {what} {path} can be used by others than its owner. Set its rights to "
                f"{mode} (chmod {mode}), and renew the key if somebody may have read it."
            )


def new_key(number: int) -> MacKey:
    """Make a key that no record carries yet."""
    return MacKey(secrets.token_bytes(SECRET_BYTES), None, number)


def entry_of(keys: Sequence[MacKey]) -> str:
    """Write the keys as they are kept, the newest last."""
    return json.dumps(
        {
            "keys": [
                {"number": key.number, "key": key.secret.hex(), "since": key.since}
                for key in sorted(keys, key=lambda key: key.number)[-_KEPT:]
            ]
        }
    )


def keys_of(entry: str) -> tuple[MacKey, ...]:
    """Read the keys that are kept, the newest last. Errors: KeyTrouble."""
    try:
        keys = tuple(
            MacKey(
                bytes.fromhex(row["key"]),
                None if row["since"] is None else int(row["since"]),
                int(row["number"]),
            )
            for row in json.loads(entry)["keys"]
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        keys = ()
    if not keys or any(len(key.secret) != SECRET_BYTES for key in keys):
        # Without the cause: its text would hold the key.
        raise KeyTrouble("What is kept as the key of the audit log is none.") from None
    return tuple(sorted(keys, key=lambda key: key.number))
