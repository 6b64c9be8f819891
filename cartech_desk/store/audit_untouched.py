"""Verifying the audit log of a folder as evidence: nothing there is made, migrated or written."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cartech_desk.domain.audit_chain import Anchor, Fault, Verdict
from cartech_desk.store.audit import AuditLog
from cartech_desk.store.audit_key import Entries, KeyTrouble, SystemKeyring
from cartech_desk.store.audit_pin import Pins, furthest
from cartech_desk.store.database import Database
from cartech_desk.store.migrations.desk.versions import v1_1_people_limits_alarms_audit
from cartech_desk.store.schema import check_header, in_words, version_number
from cartech_desk.store.store import DESK

_FIRST: Final = version_number(v1_1_people_limits_alarms_audit)
"""The first format of `desk.db` that holds an audit log."""


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
            return _without_log(folder, keys, keyring, "desk.db is gone")
        if path.stat().st_size == 0:  # a first start under way, or one that was killed
            return _without_log(folder, keys, keyring, "desk.db is empty")
        check_header(path, DESK)
    database = Database(path, read_only=True)
    try:
        ((number,),) = database.glance("PRAGMA user_version")
        if number < _FIRST:
            return _without_log(folder, keys, keyring, "desk.db is of an older format without one")
        return AuditLog(database, keys, keyring).verify(printed)
    finally:
        database.close()


def _without_log(folder: Path, keys: Path, keyring: Entries | None, why: str) -> Verdict:
    """Return the verdict on a folder that holds no log: all is well unless there was one."""
    pins = Pins(folder, keys, keyring)
    try:
        pins.load()
    except KeyTrouble as error:
        pins.fault = str(error)
    known = furthest(pins.known)
    problem = pins.fault
    if known is not None:
        problem = (
            f"A log of {known.sequence} records or more was in this folder; {why}. Put the last "
            "good copy back."
        )
    at = datetime.now(UTC)
    if problem:
        return Verdict(False, 0, None, problem, keyed=False, at=at, fault=Fault.REPLACED)
    return Verdict(True, 0, at=at, warnings=("There is no log in this folder yet.",))
