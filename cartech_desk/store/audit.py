"""The audit log in `desk.db`: written in the transaction of the act that it describes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cartech_desk.domain.audit import GENESIS, Entry, body_of, chained
from cartech_desk.domain.people import Actor
from cartech_desk.store.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(slots=True)
class AuditedAct:
    """One transaction of `desk.db` and the records that describe it.

    `connection` is for the change itself; `record` describes it. An act without a record is a
    mistake of ours and is rolled back.
    """

    connection: "Connection"
    actor: Actor
    _log: "AuditLog"
    sequences: list[int] = field(default_factory=list)

    def record(self, entry: Entry, *, actor: Actor | None = None) -> int:
        """Write the record of what this transaction does; returns its sequence number."""
        sequence = self._log._append(self.connection, actor or self.actor, entry)  # noqa: SLF001
        self.sequences.append(sequence)
        return sequence


class AuditLog:
    """The log of one desk. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def act(self, actor: Actor) -> Iterator[AuditedAct]:
        """One audited act: change and record are both there or both not.

        Durable when the block has ended. Errors: those of `Database.write`; nothing is kept then.
        """
        with self._database.write() as connection:
            act = AuditedAct(connection, actor, self)
            yield act
            if not act.sequences:
                raise RuntimeError("an audited act wrote no record")

    def note(self, actor: Actor, entry: Entry) -> int:
        """Record something that changes nothing in `desk.db` itself; returns its sequence."""
        with self.act(actor) as act:
            return act.record(entry)

    def _append(self, connection: "Connection", actor: Actor, entry: Entry) -> int:
        row = connection.exec_driver_sql(
            "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        sequence, previous = (row[0] + 1, row[1]) if row is not None else (1, GENESIS)
        body = body_of(sequence, datetime.now(UTC), actor, entry)
        connection.exec_driver_sql(
            "INSERT INTO audit (sequence, body, previous, hash) VALUES (?, ?, ?, ?)",
            (sequence, body, previous, chained(previous, body)),
        )
        return sequence
