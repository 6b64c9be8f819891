"""The mail server's password: in the system's keyring, or in a file that only its owner reads."""

import json
from pathlib import Path
from typing import Final

from cartech_desk.store.audit_key import Entries, KeyFile, KeyTrouble, NoKeyring, SystemKeyring
from cartech_desk.store.errors import StoreError

SERVICE: Final = "CarTech Desk mail"
_ENTRY: Final = "smtp"


class PasswordNotKept(StoreError):
    """The password can be kept nowhere, or what is kept cannot be read."""

    code = "password_not_kept"


class MailPassword:
    """The password of one desk. Any call may ask a person to unlock the keyring, and wait.

    `keyring` is None where the desk keeps out of it (the demo, tests).
    """

    def __init__(self, folder: Path, keyring: Entries | None) -> None:
        self._keyring = keyring
        self._file = KeyFile(folder, ".mail")

    def keep(self, password: str, account: str = "") -> None:
        """Keep the password of an account; an empty one takes its place as none.

        Errors: PasswordNotKept.
        """
        entry = json.dumps({"password": password, "account": account})
        try:
            if self._keyring is not None:
                try:
                    self._keyring.save(_ENTRY, entry)
                    self._file.path(_ENTRY).unlink(missing_ok=True)
                    return
                except NoKeyring:
                    pass
            self._file.save(_ENTRY, entry)
        except (KeyTrouble, OSError) as error:
            raise PasswordNotKept(
                f"The password could not be kept. {error}",
                kept="Nothing was changed.",
                to_do="Unlock the keyring of the system, then try again.",
            ) from None

    def read(self, account: str = "") -> str:
        """Return the password; empty where none is kept, or that of another account.

        Whoever can name another server in the settings must not be sent what this one knows.
        Errors: PasswordNotKept.
        """
        entry = None
        try:
            if self._keyring is not None:
                try:
                    entry = self._keyring.load(_ENTRY)
                except NoKeyring:
                    entry = None
            if entry is None:
                entry = self._file.load(_ENTRY)
        except KeyTrouble as error:
            raise PasswordNotKept(
                f"The mail server's password cannot be read. {error}",
                to_do="Unlock the keyring of the system, or set the password anew.",
            ) from None
        if entry is None:
            return ""
        try:
            kept = json.loads(entry)
            return str(kept["password"]) if kept.get("account", "") == account else ""
        except (ValueError, TypeError, KeyError, AttributeError):
            # Without the cause: its text would hold what is kept.
            raise PasswordNotKept(
                "What is kept as the mail server's password is none.", to_do="Set it anew."
            ) from None


def system_keyring() -> SystemKeyring:
    """Return the keyring of the system, for this password."""
    return SystemKeyring(SERVICE)
