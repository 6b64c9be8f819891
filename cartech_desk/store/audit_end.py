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
from cartech_desk.store.audit_verifying import guards
from cartech_desk.store.errors import AuditBroken

if TYPE_CHECKING:
    from sqlalchemy import Connection

LAST_NUMBER: Final = 2**63 - 1


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
    sequence = end.sequence + 1
    if sequence > LAST_NUMBER:
        raise broken("its numbers are used up")
    body = body_of(sequence, datetime.now(UTC), actor, entry, phase=phase, intent=intent)
    digest = chained(end.digest, body)
    mac = record_mac(end.key.secret, digest) if end.key is not None else None
    driver.execute(
        "INSERT INTO audit (sequence, body, previous, hash, mac) VALUES (?, ?, ?, ?, ?)",
        (sequence, body, end.digest, digest, mac),
    )
    end.sequence, end.digest = sequence, digest
    return sequence


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
    for name in made:
        driver.execute(f"DROP TRIGGER IF EXISTS {name}")
    driver.execute("DELETE FROM audit_head")
    driver.execute(
        "INSERT INTO audit_head (only_one, desk, sequence, hash, mac) VALUES (1, ?, ?, ?, ?)",
        (end.desk, end.sequence, end.digest, _signed(end)),
    )
    for statement in made.values():
        driver.execute(statement)


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
