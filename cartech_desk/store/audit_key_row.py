"""What `desk.db` says of the audit key: which one it is, where, and whether that can be true."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from cartech_desk.domain.audit_chain import MacKey
from cartech_desk.store.audit_key import FILE, KEYRING, KeyTrouble
from cartech_desk.store.database import Database

KEY_FIRST: Final = "INSERT INTO audit_key (only_one, place, number, made) VALUES (1, ?, ?, ?)"
KEY_CHANGED: Final = "UPDATE audit_key SET place = ?, number = ?, made = ?"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """Place, number and time of the newest key, as they stand in `desk.db`."""

    place: str
    number: int
    made: str

    def age(self) -> timedelta:
        """Return how long ago the key was begun to be made."""
        try:
            return abs(datetime.now(UTC) - datetime.fromisoformat(self.made))
        except (ValueError, TypeError):
            return timedelta.max


class SaysOfKey:
    """The part of `desk.db` that the key depends on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def row(self) -> KeyRow | None:
        """Return what it says of the key; None where it never had one."""
        for place, number, made in self._database.glance(
            "SELECT place, number, made FROM audit_key"
        ):
            return KeyRow(str(place), number if isinstance(number, int) else 0, str(made))
        return None

    def desk(self) -> str:
        """Return the id of the desk. Errors: KeyTrouble."""
        rows = self._database.glance("SELECT desk FROM audit_head")
        desk = rows[0][0] if rows else None
        if not isinstance(desk, str) or not desk.isalnum() or not desk.isascii():
            raise KeyTrouble("The head of the audit log is gone from desk.db: no key goes with it.")
        return desk

    def is_empty(self) -> bool:
        """Whether the log has and had no record."""
        return not self._database.glance(
            "SELECT 1 FROM audit UNION ALL SELECT 1 FROM audit_head WHERE sequence > 0 LIMIT 1"
        )

    def ever_keyed(self) -> bool:
        """Whether any record carries a MAC."""
        return bool(self._database.glance("SELECT 1 FROM audit WHERE mac IS NOT NULL LIMIT 1"))

    def claim(self, place: str, before: int, number: int) -> int | None:
        """Write down where the key is and which; returns the last record before it.

        None where another process was quicker.
        """
        values = (place, number, datetime.now(UTC).isoformat(timespec="seconds"))
        with self._database.write_plainly() as driver:
            rows = driver.execute("SELECT number FROM audit_key").fetchall()
            if rows and rows[0][0] != before:
                return None
            driver.execute(KEY_CHANGED if rows else KEY_FIRST, values)
            last = driver.execute("SELECT coalesce(max(sequence), 0) FROM audit").fetchone()
            return int(last[0])

    def fitting(
        self, row: KeyRow, kept: tuple[MacKey, ...], *, from_ring: bool
    ) -> tuple[tuple[MacKey, ...], str]:
        """Return the keys that go with this row, or all of them and what is wrong."""
        if not kept:
            return kept, ""
        used = [key for key in kept if key.since is not None and key.number > row.number]
        if from_ring and row.place != KEYRING:
            return kept, (
                "desk.db says that the audit key is in a file, but the system's keyring holds it: "
                "desk.db was edited by hand."
            )
        if used:
            return kept, (
                f"desk.db names key {row.number} of the audit log, but key {used[-1].number} has "
                f"been in use since record {used[-1].since}: an older copy of desk.db was put in "
                "its place."
            )
        if all(key.number != row.number for key in kept):
            return kept, (
                f"desk.db names key {row.number} of the audit log, but the newest one that was "
                f"made is key {kept[-1].number}: desk.db was edited by hand."
            )
        return self._with_since(tuple(key for key in kept if key.number <= row.number)), ""

    def _with_since(self, keys: tuple[MacKey, ...]) -> tuple[MacKey, ...]:
        """Find the first record of a renewed key where a kill kept that from being kept with it."""
        newest = keys[-1]
        if newest.since is not None:
            return keys
        rows = self._database.glance(
            "SELECT max(sequence) FROM audit WHERE action = 'audit.key' "
            "AND json_extract(body, '$.after.key') = ?",
            (str(newest.number),),
        )
        since = rows[0][0]
        return (*keys[:-1], replace(newest, since=since)) if isinstance(since, int) else keys


def gone(place: str) -> str:
    """Say that the key of a log that had one is gone."""
    where = {
        KEYRING: " from the system's keyring",
        FILE: " from its file",
    }.get(place, "")
    return (
        f"The key of the audit log is gone{where}. An administrator can renew it: "
        "cartech-desk audit key --renew."
    )
