"""E-mails of the outbox as rows."""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.appointments.letters import Enclosure, Letter
from cartech_desk.domain.appointments.outbox import Mail, MailState
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.store.calendar_words import damaged
from cartech_desk.store.instants import instant, time_or_none
from cartech_desk.store.named_rows import Named, row_of
from cartech_desk.store.recording_words import storable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.audit import AuditedAct

NAMED: Final = Named("mail", "e-mail")
SELECT: Final = (
    "SELECT id, kind, to_address, to_name, subject, body, state, tries, next_try, created, sent, "
    "problem, message_id, appointment_id, job_id, attachments FROM mail"
)


def mail_at(connection: "Connection", mail_id: str) -> Mail:
    """Return one e-mail by its id, a start or end of it. Errors: NotKept."""
    return mail_of(row_of(connection, SELECT, NAMED, mail_id))


def letter_at(connection: "Connection", mail_id: str) -> Letter:
    """Return an e-mail as it leaves, with its files. Errors: NotKept, DatabaseCorrupt."""
    row = row_of(connection, SELECT, NAMED, mail_id)
    mail = mail_of(row)
    try:
        enclosures = tuple(
            Enclosure(
                str(each["name"]),
                str(each["type"]),
                base64.b64decode(str(each["content"]), validate=True),
            )
            for each in json.loads(row[15])
        )
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise damaged("the e-mail", row[0]) from error
    return Letter(
        mail.to_address, mail.subject, mail.body, mail.to_name, enclosures, mail.message_id
    )


def insert_mail(
    act: "AuditedAct",
    letter: Letter,
    kind: str,
    *,
    appointment_id: str = "",
    job_id: str = "",
) -> Mail:
    """Put a letter into the outbox, with its audit record, within the act's transaction."""
    key = str(uuid7())
    act.connection.exec_driver_sql(
        "INSERT INTO mail (id, kind, appointment_id, job_id, to_address, to_name, subject, body, "
        "attachments, state, created, message_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)",
        (
            key,
            kind,
            appointment_id,
            job_id,
            storable(letter.to_address),
            storable(letter.to_name),
            storable(letter.subject),
            storable(letter.body),
            enclosures_text(letter.enclosures),
            instant(datetime.now(UTC)),
            letter.message_id or f"<{key}@cartech-desk>",
        ),
    )
    if appointment_id:
        say_confirmation(act.connection, appointment_id, MailState.QUEUED)
    after = {"kind": kind, "to": letter.to_address, "subject": letter.subject}
    act.record(Entry("mail.queue", Entity("mail", key, letter.to_address), after=after))
    return mail_at(act.connection, key)


def withdraw_of(act: "AuditedAct", appointment_id: str) -> tuple[Mail, ...]:
    """Withdraw what waits about an appointment, with its records; returns it as it was."""
    waiting = tuple(
        mail_of(row)
        for row in act.connection.exec_driver_sql(
            f"{SELECT} WHERE appointment_id = ? AND state = 'queued' ORDER BY created",
            (appointment_id,),
        )
    )
    for mail in waiting:
        withdraw(act, mail)
    return waiting


def is_leaving(connection: "Connection", appointment_id: str) -> bool:
    """Tell whether a letter about an appointment is being handed over: it cannot be called back."""
    row = connection.exec_driver_sql(
        "SELECT 1 FROM mail WHERE appointment_id = ? AND state = 'sending' LIMIT 1",
        (appointment_id,),
    ).fetchone()
    return row is not None


def superseded(connection: "Connection", mail: Mail) -> bool:
    """Tell whether a newer letter says of an appointment what this one would have said."""
    if not mail.appointment_id or mail.kind not in _TELLING:
        return False
    marks = ", ".join("?" * len(_TELLING))
    row = connection.exec_driver_sql(
        f"SELECT 1 FROM mail WHERE appointment_id = ? AND id > ? AND kind IN ({marks}) "  # noqa: S608 - marks
        "AND state IN ('queued', 'sending', 'sent') LIMIT 1",
        (mail.appointment_id, mail.id, *_TELLING),
    ).fetchone()
    return row is not None


_TELLING: Final = ("confirmation", "moved", "cancelled")
"""Kinds of which the last one holds."""


def withdraw(act: "AuditedAct", mail: Mail) -> None:
    """Withdraw one e-mail, with its audit record."""
    act.connection.exec_driver_sql(
        "UPDATE mail SET state = 'cancelled', next_try = NULL WHERE id = ? "
        "AND state IN ('queued', 'failed')",
        (mail.id,),
    )
    if mail.appointment_id:
        act.connection.exec_driver_sql(
            "UPDATE appointment SET confirmation = 'cancelled' "
            "WHERE id = ? AND confirmation <> 'sent'",
            (mail.appointment_id,),
        )
    act.record(
        Entry(
            "mail.cancel",
            Entity("mail", mail.id, mail.to_address),
            {"state": mail.state.value},
            {"state": MailState.CANCELLED.value},
        )
    )


def say_confirmation(connection: "Connection", appointment_id: str, state: MailState) -> None:
    """Let an appointment say where the last letter about it stands."""
    connection.exec_driver_sql(
        "UPDATE appointment SET confirmation = ? WHERE id = ?", (state.value, appointment_id)
    )


def enclosures_text(enclosures: Iterable[Enclosure]) -> str:
    """Return files of a letter as they are kept."""
    return json.dumps(
        [
            {
                "name": storable(each.name),
                "type": each.media_type,
                "content": base64.b64encode(each.content).decode("ascii"),
            }
            for each in enclosures
        ]
    )


def mail_of(row: Sequence[Any]) -> Mail:
    """Return the e-mail of a row. Errors: DatabaseCorrupt."""
    try:
        return Mail(
            id=str(row[0]),
            kind=str(row[1]),
            to_address=str(row[2]),
            to_name=str(row[3]),
            subject=str(row[4]),
            body=str(row[5]),
            state=MailState(row[6]),
            tries=int(row[7]),
            next_try=time_or_none(row[8]),
            created=time_or_none(row[9]),
            sent=time_or_none(row[10]),
            problem=str(row[11]),
            message_id=str(row[12]),
            appointment_id=str(row[13]),
            job_id=str(row[14]),
            enclosures=tuple(str(each["name"]) for each in json.loads(row[15])),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise damaged("the e-mail", row[0]) from error
