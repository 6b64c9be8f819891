"""The outbox: e-mails on their way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MailState(StrEnum):
    """Where an e-mail stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail of the outbox; `enclosures` are the names of its files.

    `problem` says why it has not gone yet, or why it failed.
    """

    id: str
    kind: str
    to_address: str
    to_name: str
    subject: str
    body: str
    state: MailState
    tries: int = 0
    next_try: datetime | None = None
    created: datetime | None = None
    sent: datetime | None = None
    problem: str = ""
    message_id: str = ""
    appointment_id: str = ""
    job_id: str = ""
    enclosures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxState:
    """The outbox at a glance; `problem` is the last one of what waits.

    `withdrawn` were written and taken back before they left.
    """

    queued: int = 0
    failed: int = 0
    sent: int = 0
    last_sent: datetime | None = None
    problem: str = ""
    withdrawn: int = 0
