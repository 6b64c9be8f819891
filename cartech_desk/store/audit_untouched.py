"""Verifying the audit log of a folder as evidence: nothing there is made, migrated or written."""

from datetime import UTC, datetime
from pathlib import Path

from cartech_desk.domain.audit_chain import Anchor, Fault, Verdict
from cartech_desk.store.audit import AuditLog
from cartech_desk.store.audit_key import Entries, KeyTrouble, SystemKeyring
from cartech_desk.store.audit_pin import Pins, furthest
from cartech_desk.store.database import Database
from cartech_desk.store.schema import check_header, in_words
from cartech_desk.store.store import DESK


def verify_untouched(
    folder: Path, keys: Path | None = None, printed: Anchor | None = None
) -> Verdict:
    """Verify the log in this folder; folders as for `Store`.

    Errors: DatabaseNewer, DatabaseCorrupt, DatabaseLocked.
    """
    path = folder / "desk.db"
    keyring = SystemKeyring() if keys is not None else None
    keys = keys if keys is not None else folder / "keys"
    with in_words(path):
        if not path.exists():
            return _without_file(folder, keys, keyring)
        check_header(path, DESK)
    database = Database(path, read_only=True)
    try:
        return AuditLog(database, keys, keyring).verify(printed)
    finally:
        database.close()


def _without_file(folder: Path, keys: Path, keyring: Entries | None) -> Verdict:
    pins = Pins(folder, keys, keyring)
    try:
        pins.load()
    except KeyTrouble as error:
        pins.fault = str(error)
    known = furthest(pins.known)
    problem = pins.fault
    if known is not None:
        problem = (
            f"A log of {known.sequence} records or more was in this folder; desk.db is gone. Put "
            "the last good copy back."
        )
    at = datetime.now(UTC)
    if problem:
        return Verdict(False, 0, None, problem, keyed=False, at=at, fault=Fault.REPLACED)
    return Verdict(True, 0, at=at, warnings=("There is no log in this folder yet.",))
