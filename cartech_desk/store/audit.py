"""The audit log in `desk.db`: written in the transaction of the act that it describes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cartech_desk.domain.audit import (
    GENESIS,
    AuditRecord,
    Entry,
    Phase,
    body_of,
    chained,
    read_body,
)
from cartech_desk.domain.people import Actor
from cartech_desk.store.database import Database
from cartech_desk.store.errors import NotKept

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

    def record(
        self,
        entry: Entry,
        *,
        actor: Actor | None = None,
        phase: Phase = Phase.ACT,
        intent: int | None = None,
    ) -> int:
        """Write the record of what this transaction does; returns its sequence number."""
        who = actor or self.actor
        sequence = self._log._append(self.connection, who, entry, phase, intent)  # noqa: SLF001
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

    def intent(self, actor: Actor, entry: Entry) -> int:
        """Record what is about to be done outside `desk.db`; returns its sequence for `result`.

        Durable when this returns: begin the act only then.
        """
        with self.act(actor) as act:
            return act.record(entry, phase=Phase.INTENT)

    def result(
        self,
        intent: int,
        *,
        done: bool,
        after: Mapping[str, Any] | None = None,
        reason: str = "",
        actor: Actor | None = None,
    ) -> int:
        """Record how an act ended whose intent has this sequence; returns the result's sequence.

        Action, entity and actor are those of the intent (`actor` names another one, as the desk
        itself where it settles at its start what was cut short). An intent that has its result
        already keeps that one. Errors: NotKept where there is no such intent.
        """
        with self._database.write() as connection:
            rows = connection.exec_driver_sql(
                "SELECT body FROM audit WHERE sequence = ? AND phase = 'intent'", (intent,)
            ).fetchall()
            if not rows:
                raise NotKept(
                    f"The audit log holds no intent with the number {intent}.",
                    to_do="Verify the audit log.",
                )
            ended = connection.exec_driver_sql(
                "SELECT sequence FROM audit WHERE phase = 'result' AND intent = ?", (intent,)
            ).fetchone()
            if ended is not None:
                return int(ended[0])
            begun = read_body(rows[0][0])
            entry = Entry(
                begun.action,
                begun.entity,
                before=begun.before,
                after={**(begun.after or {}), **(after or {}), "done": done},
                reason=reason,
            )
            act = AuditedAct(connection, actor or begun.actor, self)
            return act.record(entry, phase=Phase.RESULT, intent=intent)

    def unsettled(self) -> Sequence[AuditRecord]:
        """Intents without a result, the oldest first: what was cut short, or is under way now."""
        rows = self._database.glance(
            "SELECT body FROM audit WHERE phase = 'intent' AND sequence NOT IN ("
            "SELECT intent FROM audit WHERE phase = 'result' AND intent IS NOT NULL"
            ") ORDER BY sequence"
        )
        return tuple(read_body(body) for (body,) in rows)

    def _append(
        self,
        connection: "Connection",
        actor: Actor,
        entry: Entry,
        phase: Phase,
        intent: int | None,
    ) -> int:
        row = connection.exec_driver_sql(
            "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        sequence, previous = (row[0] + 1, row[1]) if row is not None else (1, GENESIS)
        body = body_of(sequence, datetime.now(UTC), actor, entry, phase=phase, intent=intent)
        connection.exec_driver_sql(
            "INSERT INTO audit (sequence, body, previous, hash) VALUES (?, ?, ?, ?)",
            (sequence, body, previous, chained(previous, body)),
        )
        return sequence
