"""Where the key of the audit log lies: the system's keyring, or a file that only its owner reads.

The entry is JSON: every key that this desk had, each with its number and the first record that
carries its MAC, so that a renewed key still proves the older records.
"""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from cartech_desk.domain.audit_chain import MacKey
from cartech_desk.store.private_file import NotPrivate, read_private, write_private

SERVICE: Final = "CarTech Desk audit"
"""Name of the service in the keyring; the name of the entry is the desk's id."""
SECRET_BYTES: Final = 32
_KEPT: Final = 6
"""Keys kept: an entry of Windows' store holds 2560 bytes."""
_MOST_BYTES: Final = 16_384

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
    """The keyring of the system. Either call may ask a person for a password, and hang on it.

    `service` is the name under which the entries are kept.
    """

    def __init__(self, service: str = SERVICE) -> None:
        self._service = service

    def load(self, desk: str) -> str | None:
        """Return the entry."""
        import keyring

        entry: str | None = self._asked(lambda: keyring.get_password(self._service, desk))
        return entry

    def save(self, desk: str, entry: str) -> None:
        """Keep the entry, and see that it was kept: some keyrings keep nothing."""
        import keyring

        self._asked(lambda: keyring.set_password(self._service, desk, entry))
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
    """A private file `<desk id>.key` in a folder, for systems without a keyring."""

    def __init__(self, folder: Path, ending: str = ".key") -> None:
        self._folder = folder
        self._ending = ending

    def path(self, desk: str) -> Path:
        """Return the file."""
        return self._folder / f"{desk}{self._ending}"

    def load(self, desk: str) -> str | None:
        """Return the entry. Errors: KeyTrouble where others than its owner could have read it."""
        path = self.path(desk)
        try:
            content = read_private(path, _MOST_BYTES)
            return None if content is None else content.decode("ascii")
        except NotPrivate as error:
            raise KeyTrouble(str(error)) from error
        except OSError as error:
            raise KeyTrouble(f"{path} cannot be read ({error.strerror or error}).") from error
        except UnicodeDecodeError as error:
            raise KeyTrouble(f"{path} does not hold what the desk keeps there.") from error

    def save(self, desk: str, entry: str) -> None:
        """Keep the entry in a new file that takes the place of the old one."""
        path = self.path(desk)
        try:
            write_private(path, entry.encode("ascii"))
        except NotPrivate as error:
            raise KeyTrouble(str(error)) from error
        except OSError as error:
            raise KeyTrouble(f"{path} cannot be written ({error.strerror or error}).") from error


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
