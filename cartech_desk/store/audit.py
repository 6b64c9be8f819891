"""The audit log in `desk.db`: written in the transaction of the act that it describes."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.audit import (
    GENESIS,
    AuditRecord,
    BodyRefused,
    Entity,
    Entry,
    Phase,
    read_body,
)
from cartech_desk.domain.audit_chain import Anchor, MacKey, Verdict, head_mac
from cartech_desk.domain.people import DESK, Actor
from cartech_desk.store.audit_anchor import AnchorFile
from cartech_desk.store.audit_end import (
    BEHIND,
    End,
    append,
    begin_head_anew,
    broken,
    driver_of,
    following,
    grow_head,
    words_for_damage,
)
from cartech_desk.store.audit_keeper import PATIENCE_S, KeyKeeper
from cartech_desk.store.audit_key import Entries, KeyTrouble
from cartech_desk.store.audit_key_row import KEY_CHANGED, KEY_FIRST
from cartech_desk.store.audit_outside import Outside
from cartech_desk.store.audit_reading import Query, actions, actors, find
from cartech_desk.store.audit_verifying import OUTSIDE, verify
from cartech_desk.store.database import Database
from cartech_desk.store.errors import KeyRefused, NotKept

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOMENT_S: Final = 0.2

_LOG = logging.getLogger(__name__)


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
    _end: End | None = None

    def record(
        self,
        entry: Entry,
        *,
        actor: Actor | None = None,
        phase: Phase = Phase.ACT,
        intent: int | None = None,
    ) -> int:
        """Write the record of what this transaction does; returns its sequence number."""
        driver = driver_of(self.connection)
        if self._end is None:
            self._end = self._log._end(driver)  # noqa: SLF001
        sequence = append(driver, self._end, actor or self.actor, entry, phase, intent)
        self.sequences.append(sequence)
        return sequence


class AuditLog:
    """The log of one desk. Thread-safe.

    `keys` is the folder of the anchor, and of the key where `keyring` is None or the system has
    none. Nothing of them is read before the log is first used.
    """

    def __init__(
        self,
        database: Database,
        keys: Path,
        keyring: Entries | None = None,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._database = database
        self._keeper = KeyKeeper(database, keys, keyring, patience_s=patience_s)
        self._anchor = AnchorFile(keys)
        self._outside = Outside(database, self._anchor, self._keeper)
        self._told_unkeyed = False
        self._noting = threading.Lock()
        self._ends_at: End | None = None

    # Writing

    def act(self, actor: Actor) -> AbstractContextManager[AuditedAct]:
        """One audited act: change and record are both there or both not.

        Durable when the block has ended. Waits at most two seconds for the key, once. Errors:
        those of `Database.write` and AuditBroken; nothing is kept then.
        """
        return self._act(actor)

    @contextmanager
    def _act(self, actor: Actor) -> Iterator[AuditedAct]:
        with words_for_damage():
            self._outside.make_ready()
        with words_for_damage(), self._database.write() as connection:
            act = AuditedAct(connection, actor, self)
            yield act
            if not act.sequences or act._end is None:  # noqa: SLF001
                raise RuntimeError("an audited act wrote no record")
            end = act._end  # noqa: SLF001
            grow_head(driver_of(connection), end)
        self._outside.follow(end)

    def note(self, actor: Actor, entry: Entry) -> int:
        """Record something that changes nothing in `desk.db` itself; returns its sequence.

        Durable when this returns. Waits and errors as `act`.
        """
        return self._note(actor, entry, Phase.ACT)

    def intent(self, actor: Actor, entry: Entry) -> int:
        """Record what is about to be done outside `desk.db`; returns its sequence for `result`.

        Durable when this returns: begin the act only then.
        """
        return self._note(actor, entry, Phase.INTENT)

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
        try:
            return self._end_intent(intent, done, after or {}, reason, actor)
        except _Ended as ended:
            return int(ended.args[0])

    def _end_intent(
        self, intent: int, done: bool, after: Mapping[str, Any], reason: str, actor: Actor | None
    ) -> int:
        begun = self._intent(intent)
        entry = Entry(
            begun.action,
            begun.entity,
            before=begun.before,
            after={**(begun.after or {}), **after, "done": done},
            reason=reason,
        )
        with self._act(actor or begun.actor) as act:
            ended = act.connection.exec_driver_sql(
                "SELECT sequence FROM audit WHERE phase = 'result' AND intent = ?", (intent,)
            ).fetchone()
            if ended is not None:
                raise _Ended(int(ended[0]))
            return act.record(entry, phase=Phase.RESULT, intent=intent)

    def _intent(self, sequence: int) -> AuditRecord:
        rows = self._database.glance(
            "SELECT body FROM audit WHERE sequence = ? AND phase = 'intent'", (sequence,)
        )
        if not rows:
            raise NotKept(
                f"The audit log holds no intent with the number {sequence}.",
                to_do="Verify the audit log.",
            )
        return read_body(rows[0][0])

    def unsettled(self) -> Sequence[AuditRecord]:
        """Intents without a result, the oldest first: what was cut short, or is under way now."""
        with words_for_damage():
            rows = self._database.glance(
                "SELECT body FROM audit WHERE phase = 'intent' AND sequence NOT IN ("
                "SELECT intent FROM audit WHERE phase = 'result' AND intent IS NOT NULL"
                ") ORDER BY sequence"
            )
        return tuple(filter(None, (_readable(body) for (body,) in rows)))

    def close(self) -> None:
        """Let what is under way with anchor and key end; it may take two seconds."""
        self._outside.close()

    # Reading

    def find(
        self, query: Query, *, limit: int = 500, before_sequence: int | None = None
    ) -> Sequence[AuditRecord]:
        """Return matching records, the newest first, those before `before_sequence`."""
        with words_for_damage():
            return find(self._database, query, limit=limit, before_sequence=before_sequence)

    def actions(self) -> Sequence[str]:
        """Every action that stands in the log, in alphabetical order."""
        with words_for_damage():
            return actions(self._database)

    def actors(self) -> Sequence[Actor]:
        """Everybody who stands in the log, by the newest name, in alphabetical order."""
        with words_for_damage():
            return actors(self._database)

    # Verifying

    @property
    def key_problem(self) -> str:
        """Why new records are not keyed now; empty while they are. Quick, any thread."""
        return self._keeper.problem

    @property
    def key_place(self) -> str:
        """Where the key is: "keyring" or "file"; empty while it is not known."""
        return self._keeper.place

    def keys(self) -> Sequence[MacKey]:
        """Return the keys, the newest last; waits for them as an append does."""
        return self._keeper.keys()

    def verify(self, printed: Anchor | None = None) -> Verdict:
        """Verify the whole log against chain, key, head and anchor, and one that was printed.

        Tampering is a verdict, never an error. Makes and changes nothing. Errors: DatabaseLocked,
        DatabaseReadOnly.
        """
        self._anchor.flush()
        verdict = verify(self._database, self._keeper.all_known(), self._anchor, printed)
        if verdict.fault in OUTSIDE:
            # Another process may be at renewing the key: then all agree a moment later.
            time.sleep(_MOMENT_S)
            self._keeper.look_again()
            verdict = verify(self._database, self._keeper.all_known(), self._anchor, printed)
        return verdict

    def renew_key(self, actor: Actor, reason: str) -> int:
        """Begin with a new key, and a new head and anchor; returns the record's sequence.

        What the old head and anchor said stands in the record. Errors: KeyRefused.
        """
        self._keeper.keys()
        rows = self._database.glance("SELECT coalesce(max(number), 0) FROM audit_key")
        before = int(rows[0][0])
        try:
            key, place = self._keeper.renewed(before)
        except KeyTrouble as error:
            raise KeyRefused(
                f"No new key could be kept: {error}",
                kept="Nothing was changed.",
                to_do="Unlock the keyring, or mend the folder of the key, and try again.",
            ) from error
        with self.act(actor) as act:
            driver = driver_of(act.connection)
            made = datetime.now(UTC).isoformat(timespec="seconds")
            driver.execute(KEY_CHANGED if before else KEY_FIRST, (place, key.number, made))
            end = act._end = self._end(driver, turning=False)  # noqa: SLF001
            end.key = key
            was = {"key": before or None, **self._outside.words(driver, end.desk)}
            entity = Entity("audit", end.desk, "The audit log")
            sequence = act.record(
                Entry("audit.key", entity, was, {"key": key.number, "place": place}, reason)
            )
            begin_head_anew(driver, end)
            end.grows_from = None
        self._outside.begin_anew(end)
        try:
            self._keeper.take(key, place, sequence, end.digest)
        except KeyTrouble as error:
            # The key is kept and counts; its first record is found in the log at the next start.
            _LOG.warning("the new audit key is not pinned yet: %s", error)
        return sequence

    # How it is done

    def _note(self, actor: Actor, entry: Entry, phase: Phase) -> int:
        with self._noting:
            end = self._ends_at
            if end is None or not self._follow(end, actor, entry, phase):
                end = self._note_anew(actor, entry, phase)
            self._outside.follow(end)
            return end.sequence

    def _note_anew(self, actor: Actor, entry: Entry, phase: Phase) -> End:
        with words_for_damage():
            self._outside.make_ready()
            with self._database.write_plainly() as driver:
                end = self._end(driver)
                append(driver, end, actor, entry, phase)
                fits = grow_head(driver, end)
        # The next note tries to follow this one: it need not read the end of the log again.
        self._ends_at = end if fits and end.key is not None else None
        return end

    def _follow(self, end: End, actor: Actor, entry: Entry, phase: Phase) -> bool:
        """Append behind this end; False where the log ends elsewhere by now, or the key changed."""
        if end.key is None:
            return False
        row = following(end, actor, entry, phase)
        sequence, _, _, digest, _ = row
        signed = head_mac(end.key.secret, end.desk, sequence, digest)
        try:
            self._database.write_through(BEHIND, (*row, signed, end.key.number))
        except sqlite3.DatabaseError:
            return False  # the long way tells what is wrong, if anything is
        end.sequence, end.digest = sequence, digest
        return True

    def _end(self, driver: sqlite3.Connection, *, turning: bool = True) -> End:
        """Read where the log ends; where it turns unkeyed or keyed there, that is recorded."""
        last = driver.execute(
            "SELECT sequence, hash, mac IS NOT NULL FROM audit ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        last = last if last is not None and last[0] > 0 else (0, GENESIS, None)
        sequence, digest, was_keyed = last
        if type(digest) is not bytes:
            raise broken("the hash of its last record is none")
        head = driver.execute(
            "SELECT desk, sequence, hash, (SELECT number FROM audit_key) FROM audit_head"
        ).fetchone()
        if head is None:
            return End(sequence, digest, "", None, None)
        desk, head_sequence, head_hash, number = head
        key = self._key(number)
        fits = (head_sequence, head_hash) == (sequence, digest)
        end = End(sequence, digest, str(desk), key, (sequence, digest) if fits else None)
        if turning and number is not None:
            self._record_turn(driver, end, was_keyed)
        return end

    def _key(self, number: object) -> MacKey | None:
        """Return the key that `desk.db` names, also where another process has renewed it."""
        if not self._outside.signs:
            return None
        key = next((key for key in self._keeper.known if key.number == number), None)
        if key is None and number is not None and self._keeper.known:
            self._keeper.look_again()
            key = next((key for key in self._keeper.known if key.number == number), None)
        return key

    def _record_turn(self, driver: sqlite3.Connection, end: End, was_keyed: int | None) -> None:
        """Record that records carry no MAC from here on, or carry one again."""
        entity = Entity("audit", end.desk, "The audit log")
        if end.key is not None and was_keyed == 0:
            append(driver, end, DESK, Entry("audit.keyed", entity), Phase.ACT)
        elif end.key is None and (was_keyed or not self._told_unkeyed):
            why = self._keeper.problem
            append(driver, end, DESK, Entry("audit.unkeyed", entity, reason=why), Phase.ACT)
        self._told_unkeyed = end.key is None


class _Ended(Exception):
    """An intent has this result already; rolls the new one back."""


def _readable(body: str) -> AuditRecord | None:
    try:
        return read_body(body)
    except BodyRefused:
        return None  # changed by hand: a verification names it, and nobody can settle it
