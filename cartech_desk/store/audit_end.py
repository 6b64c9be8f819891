"""The end of the audit log within a transaction: what the next record follows, and its head."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, cast

from cartech_desk.domain.audit import Entry, Phase, body_of, chained
from cartech_desk.domain.audit_chain import MacKey, head_mac, record_mac
from cartech_desk.domain.people import Actor
from cartech_desk.store.audit_verifying import guards, triggers
from cartech_desk.store.database import Passage
from cartech_desk.store.errors import AuditBroken

if TYPE_CHECKING:
    from sqlalchemy import Connection

LAST_NUMBER: Final = 2**63 - 1

BEHIND: Final = Passage(
    (
        """
        CREATE TEMP VIEW audit_behind AS SELECT
            0 AS sequence, '' AS body, x'' AS previous, x'' AS hash, x'' AS mac,
            x'' AS head_mac, 0 AS number
        """,
        """
        CREATE TEMP TRIGGER audit_behind_head INSTEAD OF INSERT ON audit_behind BEGIN
            INSERT INTO audit (sequence, body, previous, hash, mac)
            VALUES (NEW.sequence, NEW.body, NEW.previous, NEW.hash, NEW.mac);
            UPDATE audit_head SET sequence = NEW.sequence, hash = NEW.hash, mac = NEW.head_mac
            WHERE sequence = NEW.sequence - 1 AND hash = NEW.previous
                AND NEW.number = (SELECT number FROM audit_key);
            SELECT RAISE(ABORT, 'the log ends elsewhere') WHERE changes() = 0;
        END
        """,
    ),
    "INSERT INTO audit_behind VALUES (?, ?, ?, ?, ?, ?, ?)",
)
"""One record and its head in a single statement, or neither where the log ends elsewhere by now or
has another key (IntegrityError)."""


@dataclass(slots=True)
class End:
    """Where the log ends within a transaction: what the next record follows."""

    sequence: int
    digest: bytes
    desk: str
    key: MacKey | None
    grows_from: tuple[int, bytes] | None
    """The head as it was; None where it does not fit the last record and stays as it is, to tell
    of what was cut off."""


def driver_of(connection: "Connection") -> sqlite3.Connection:
    """Return the driver's connection: its prepared statements cost a fraction of a wrapped one."""
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def append(  # noqa: PLR0917 (what a record is made of)
    driver: sqlite3.Connection,
    end: End,
    actor: Actor,
    entry: Entry,
    phase: Phase,
    intent: int | None = None,
) -> int:
    """Write the record that follows this end, which moves on to it. Errors: AuditBroken."""
    row = following(end, actor, entry, phase, intent)
    driver.execute(
        "INSERT INTO audit (sequence, body, previous, hash, mac) VALUES (?, ?, ?, ?, ?)", row
    )
    end.sequence, _, _, end.digest, _ = row
    return end.sequence


def following(
    end: End, actor: Actor, entry: Entry, phase: Phase, intent: int | None = None
) -> tuple[int, str, bytes, bytes, bytes | None]:
    """Return the row that follows this end: sequence, body, previous, hash, MAC.

    Errors: AuditBroken.
    """
    sequence = end.sequence + 1
    if sequence > LAST_NUMBER:
        raise broken("its numbers are used up")
    body = body_of(sequence, datetime.now(UTC), actor, entry, phase=phase, intent=intent)
    digest = chained(end.digest, body)
    mac = record_mac(end.key.secret, digest) if end.key is not None else None
    return sequence, body, end.digest, digest, mac


def grow_head(driver: sqlite3.Connection, end: End) -> bool:
    """Let the head grow with the log; False where it is not as it was read, or the key is not."""
    if end.grows_from is None:
        return False
    number = end.key.number if end.key is not None else None
    done = driver.execute(
        "UPDATE audit_head SET sequence = ?, hash = ?, mac = ? WHERE sequence = ? AND hash = ? "
        "AND (?6 IS NULL OR ?6 = (SELECT number FROM audit_key))",
        (end.sequence, end.digest, _signed(end), *end.grows_from, number),
    )
    return done.rowcount == 1


def _signed(end: End) -> bytes | None:
    if end.key is None:
        return None
    return head_mac(end.key.secret, end.desk, end.sequence, end.digest)


def begin_head_anew(driver: sqlite3.Connection, end: End) -> None:
    """Put head and guards back as they should be, whatever was done to them."""
    head = driver.execute("SELECT count(*) FROM audit_head").fetchone()
    if not head[0]:
        end.desk = driver.execute("SELECT lower(hex(randomblob(16)))").fetchone()[0]
    made = guards()
    for name in triggers(driver):
        quoted = name.replace('"', '""')
        driver.execute(f'DROP TRIGGER "{quoted}"')
    driver.execute("DELETE FROM audit_head")
    driver.execute(
        "INSERT INTO audit_head (only_one, desk, sequence, hash, mac) VALUES (1, ?, ?, ?, ?)",
        (end.desk, end.sequence, end.digest, _signed(end)),
    )
    for statement in made.values():
        driver.execute(statement)


def hex_of(digest: object) -> str:
    """Say a hash that a hand may have changed."""
    return digest.hex() if isinstance(digest, bytes) else "none"


@contextmanager
def words_for_damage() -> Iterator[None]:
    """Say in words that the log's own tables were damaged by hand: the file itself is sound."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise broken(str(error)) from error


def broken(why: str) -> AuditBroken:
    """Say that no record can follow the last one."""
    return AuditBroken(
        f"The audit log in desk.db was damaged by hand: {why}.",
        kept="Nothing was changed. Recordings go on.",
        to_do="Verify the audit log, and put the last good copy of desk.db back.",
    )
