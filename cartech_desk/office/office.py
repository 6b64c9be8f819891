"""The office of one desk: who is at it, the people of the shop, the audit log."""

from dataclasses import dataclass

from cartech_desk.office.audit_book import AuditBook
from cartech_desk.office.people import People
from cartech_desk.office.session import Session


@dataclass(frozen=True, slots=True)
class Office:
    """What the counter's half of the desk offers; pages and commands call this."""

    session: Session
    people: People
    audit: AuditBook
