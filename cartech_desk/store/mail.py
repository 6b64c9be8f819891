"""The outbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.appointments.letters import Letter
from cartech_desk.domain.appointments.outbox import Mail, MailState, OutboxState
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import Actor
from cartech_desk.store.errors import StoreError
from cartech_desk.store.instants import instant, instant_or_none, time_or_none
from cartech_desk.store.like_words import holds
from cartech_desk.store.mail_rows import (
    SELECT,
    enclosures_text,
    insert_mail,
    letter_at,
    mail_at,
    mail_of,
    say_confirmation,
    superseded,
    withdraw,
)
from cartech_desk.store.recording_words import storable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database

SORTS: Final = {
    "created": "created",
    "sent": "sent",
    "state": "state",
    "to": "to_address",
    "subject": "subject",
    "kind": "kind",
    "next_try": "next_try",
}
"""What a list may be ordered by."""


class MailGone(StoreError):
    """An e-mail has left, or is leaving right now."""

    code = "mail_gone"


@dataclass(frozen=True, slots=True)
class MailQuery:
    """Which e-mails, in which order."""

    search: str = ""
    state: tuple[MailState, ...] = ()
    appointment_id: str = ""
    job_id: str = ""
    sort: str = "created"
    descending: bool = True
    limit: int = 200
    offset: int = 0


class MailStore:
    """The outbox.

    Thread-safe; made lazily by `Store.mail`. What a person does with it is audited; how far the
    desk has come with sending is bookkeeping, and is not.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged.
    """

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    # Looking

    def get(self, word: str) -> Mail:
        """Return an e-mail by its id, a start or end of it, or “last”. Errors: NotKept."""
        with self._database.read() as connection:
            return mail_at(connection, word)

    def letter(self, mail_id: str) -> Letter:
        """Return an e-mail as it leaves, with its files. Errors: NotKept."""
        with self._database.read() as connection:
            return letter_at(connection, mail_id)

    def page(self, query: MailQuery) -> tuple[tuple[Mail, ...], int]:
        """Return the e-mails that were asked for, and how many fit in all."""
        said, parameters = ["deleted IS NULL"], []
        if query.state:
            said.append(f"state IN ({', '.join('?' * len(query.state))})")
            parameters += [each.value for each in query.state]
        for name in ("appointment_id", "job_id"):
            if getattr(query, name):
                said.append(f"{name} = ?")
                parameters.append(getattr(query, name))
        for word in query.search.split()[:8]:
            condition, values = holds(("to_address", "to_name", "subject"), word)
            said.append(condition)
            parameters += values
        where = " AND ".join(said)
        way = "DESC" if query.descending else "ASC"
        order = SORTS.get(query.sort, SORTS["created"])
        with self._database.read() as connection:
            (count,) = connection.exec_driver_sql(
                f"SELECT count(*) FROM mail WHERE {where}",  # noqa: S608 - our own words
                tuple(parameters),
            ).one()
            rows = connection.exec_driver_sql(
                f"{SELECT} WHERE {where} ORDER BY {order} {way}, id {way} LIMIT ? OFFSET ?",
                (*parameters, query.limit, query.offset),
            ).fetchall()
        return tuple(mail_of(tuple(row)) for row in rows), int(count)

    def state(self) -> OutboxState:
        """Return the outbox at a glance. Quick."""
        counts = {
            str(row[0]): (int(row[1]), row[2])
            for row in self._database.glance(
                "SELECT state, count(*), max(sent) FROM mail WHERE deleted IS NULL GROUP BY state"
            )
        }
        waits = self._database.glance(
            "SELECT problem FROM mail WHERE state = 'queued' AND problem <> '' "
            "ORDER BY next_try DESC LIMIT 1"
        )
        sent = counts.get("sent", (0, None))
        return OutboxState(
            queued=counts.get("queued", (0,))[0] + counts.get("sending", (0,))[0],
            failed=counts.get("failed", (0,))[0],
            sent=sent[0],
            last_sent=time_or_none(sent[1]),
            problem=str(waits[0][0]) if waits else "",
            withdrawn=counts.get("cancelled", (0,))[0],
        )

    # What a person does

    def add(
        self,
        letter: Letter,
        kind: str,
        by: Actor,
        *,
        appointment_id: str = "",
        job_id: str = "",
    ) -> Mail:
        """Put a letter into the outbox; one that waits with the same words is returned instead."""
        with self._audit.act(by) as act:
            for row in act.connection.exec_driver_sql(
                f"{SELECT} WHERE appointment_id = ? AND job_id = ? AND kind = ? AND state IN "
                "('queued', 'sending')",
                (appointment_id, job_id, kind),
            ).fetchall():
                there = mail_of(tuple(row))
                if (there.to_address, there.subject, there.body) == (
                    letter.to_address,
                    letter.subject,
                    letter.body,
                ):
                    entity = Entity("mail", there.id, there.to_address)
                    act.record(Entry("mail.queue", entity, after={"waits": True}))
                    return there
            return insert_mail(act, letter, kind, appointment_id=appointment_id, job_id=job_id)

    def cancel(self, word: str, by: Actor) -> Mail:
        """Withdraw one that waits or failed. Errors: NotKept; MailGone."""
        with self._audit.act(by) as act:
            mail = mail_at(act.connection, word)
            if mail.state not in (MailState.QUEUED, MailState.FAILED):
                raise _gone(mail)
            withdraw(act, mail)
            return mail_at(act.connection, mail.id)

    def again(self, word: str, by: Actor) -> Mail:
        """Let one that waits, failed or was withdrawn go at once. Errors: NotKept; MailGone."""
        with self._audit.act(by) as act:
            mail = mail_at(act.connection, word)
            if mail.state in (MailState.SENT, MailState.SENDING):
                raise _gone(mail)
            if superseded(act.connection, mail):
                raise MailGone(
                    "A newer letter about this appointment took its place.",
                    kept="Nothing was changed.",
                    to_do="Look at the newest one, or write another.",
                )
            act.connection.exec_driver_sql(
                "UPDATE mail SET state = 'queued', tries = 0, next_try = NULL, problem = '' "
                "WHERE id = ?",
                (mail.id,),
            )
            if mail.appointment_id:
                say_confirmation(act.connection, mail.appointment_id, MailState.QUEUED)
            act.record(
                Entry(
                    "mail.queue",
                    Entity("mail", mail.id, mail.to_address),
                    {"state": mail.state.value},
                    {"state": MailState.QUEUED.value},
                )
            )
            return mail_at(act.connection, mail.id)

    # How far the desk has come with sending

    def due(self, now: datetime, most: int = 20) -> tuple[Mail, ...]:
        """Return what is to be tried now, the longest waiting first; one that is new at once."""
        rows = self._database.glance(
            f"{SELECT} WHERE state = 'queued' AND (next_try IS NULL OR next_try <= ?) "
            "ORDER BY created, id LIMIT ?",
            (instant(now), most),
        )
        return tuple(map(mail_of, rows))

    def hurry(self) -> None:
        """Let all that wait be tried now."""
        with self._database.write() as connection:
            connection.exec_driver_sql("UPDATE mail SET next_try = NULL WHERE state = 'queued'")

    def wait(self, until: datetime, problem: str) -> None:
        """Let all that wait be tried no sooner, for a trouble that each of them would have."""
        with self._database.write() as connection:
            connection.exec_driver_sql(
                "UPDATE mail SET problem = ?, next_try = max(coalesce(next_try, ''), ?) "
                "WHERE state = 'queued'",
                (storable(problem), instant(until)),
            )

    def rewrite(self, mail_id: str, letter: Letter) -> None:
        """Let one that waits say what is so by now."""
        with self._database.write() as connection:
            connection.exec_driver_sql(
                "UPDATE mail SET to_address = ?, to_name = ?, subject = ?, body = ?, "
                "attachments = ? WHERE id = ? AND state = 'queued'",
                (
                    storable(letter.to_address),
                    storable(letter.to_name),
                    storable(letter.subject),
                    storable(letter.body),
                    enclosures_text(letter.enclosures),
                    mail_id,
                ),
            )

    def lapse(self, mail_id: str, why: str) -> None:
        """Note that one that waits is not sent any more, and why."""
        with self._database.write() as connection:
            _lapse(connection, mail_at(connection, mail_id), why)

    def superseded(self, mail: Mail) -> bool:
        """Tell whether a newer letter says what this one would have said."""
        with self._database.read() as connection:
            return superseded(connection, mail)

    def unsaid(self, appointment_id: str) -> bool:
        """Tell whether a customer was to be written about an appointment, and never was."""
        rows = self._database.glance(
            "SELECT sum(state = 'sent'), sum(state = 'cancelled') FROM mail "
            "WHERE appointment_id = ? AND kind = 'confirmation'",
            (appointment_id,),
        )
        return bool(rows and not rows[0][0] and rows[0][1])

    def settle(self, now: datetime, problem: str) -> int:
        """Say of those whose sender never came back that they may have gone; returns how many."""
        overdue = self._database.glance(
            "SELECT id FROM mail WHERE state = 'sending' AND next_try < ?", (instant(now),)
        )
        return sum(self._move(str(row[0]), "sending", "failed", problem) for row in overdue)

    def claim(self, mail_id: str, until: datetime, *, sequence: int | None = None) -> bool:
        """Take one for sending; False where it was withdrawn or somebody else has it.

        `sequence` is that of the appointment which the letter tells of: where it is another by
        now, what the letter says is not so any more, and it stays. Whoever has taken it says
        `sent`, `later` or `failed` before `until`.
        """
        if sequence is None:
            return self._move(mail_id, "queued", "sending", "", until, tried=True)
        with self._database.write() as connection:
            moved: Any = connection.exec_driver_sql(
                "UPDATE mail SET state = 'sending', next_try = ?, problem = '', tries = tries + 1 "
                "WHERE id = ? AND state = 'queued' AND EXISTS (SELECT 1 FROM appointment "
                "WHERE appointment.id = mail.appointment_id AND appointment.deleted IS NULL "
                "AND appointment.sequence = ?)",
                (instant(until), mail_id, sequence),
            )
        return bool(moved.rowcount)

    def sent(self, mail_id: str, at: datetime) -> None:
        """Note that the server has taken it."""
        with self._database.write() as connection:
            connection.exec_driver_sql(
                "UPDATE mail SET state = 'sent', sent = ?, next_try = NULL, problem = '' "
                "WHERE id = ?",
                (instant(at), mail_id),
            )
            _tell(connection, mail_id)

    def later(self, mail_id: str, at: datetime, problem: str, *, claimed: bool) -> None:
        """Note why it did not go, and when it is tried again."""
        state = "sending" if claimed else "queued"
        self._move(mail_id, state, "queued", problem, at, tried=not claimed)
        with self._database.write() as connection:
            mail = mail_at(connection, mail_id)
            if mail.state is MailState.QUEUED and superseded(connection, mail):
                _lapse(connection, mail, "A newer letter took its place.")

    def failed(self, mail_id: str, problem: str, *, claimed: bool) -> None:
        """Note that it cannot go, or that nobody knows whether it went."""
        state = "sending" if claimed else "queued"
        self._move(mail_id, state, "failed", problem, tried=not claimed)

    def _move(
        self,
        mail_id: str,
        here: str,
        there: str,
        problem: str,
        next_try: datetime | None = None,
        *,
        tried: bool = False,
    ) -> bool:
        with self._database.write() as connection:
            moved: Any = connection.exec_driver_sql(
                "UPDATE mail SET state = ?, next_try = ?, problem = ?, tries = tries + ? "
                "WHERE id = ? AND state = ?",
                (there, instant_or_none(next_try), storable(problem), int(tried), mail_id, here),
            )
            if there == "failed" and moved.rowcount:
                _tell(connection, mail_id)
        return bool(moved.rowcount)


def _lapse(connection: "Connection", mail: Mail, why: str) -> None:
    moved: Any = connection.exec_driver_sql(
        "UPDATE mail SET state = 'cancelled', next_try = NULL, problem = ? "
        "WHERE id = ? AND state = 'queued'",
        (storable(why), mail.id),
    )
    if mail.appointment_id and moved.rowcount:
        connection.exec_driver_sql(
            "UPDATE appointment SET confirmation = 'cancelled' "
            "WHERE id = ? AND confirmation = 'queued' AND NOT EXISTS (SELECT 1 FROM mail "
            "WHERE appointment_id = appointment.id AND state IN ('queued', 'sending'))",
            (mail.appointment_id,),
        )


def _tell(connection: "Connection", mail_id: str) -> None:
    """Let the appointment of a letter know where it stands."""
    mail = mail_at(connection, mail_id)
    if mail.appointment_id:
        say_confirmation(connection, mail.appointment_id, mail.state)


def _gone(mail: Mail) -> MailGone:
    gone = {MailState.SENT: "has gone", MailState.CANCELLED: "is withdrawn already"}
    return MailGone(
        f"The e-mail to {mail.to_address} {gone.get(mail.state, 'is leaving right now')}.",
        kept="Nothing was changed.",
        to_do="Write another one where something is to be said.",
    )
