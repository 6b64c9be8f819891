"""A verdict on the audit log as a lamp and words."""

from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.people import NOBODY
from cartech_desk.office.audit_book import Verdict
from cartech_desk.office.session import AtDesk
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted


def verdict_words(verdict: Verdict | None, *, newest: int = 0) -> tuple[State, str]:
    """Return lamp and words of a verdict; `newest` is the last record there is, 0 if not known."""
    if verdict is None:
        return State.OFF, "not verified yet"
    when = f", verified {verdict.at.astimezone():%H:%M}" if verdict.at is not None else ""
    if not verdict.ok:
        record = verdict.first_bad_sequence
        return State.TRIP, f"broken{f' at record {record}' if record is not None else ''}{when}"
    since = newest - (verdict.head_sequence or verdict.records)
    whole = f"{counted(verdict.records, 'record')} whole{when}"
    if since > 0:
        whole += f", {since} more since"
    return (State.WARNING if verdict.warnings else State.CONNECTED), whole


def proof_words(verdict: Verdict, record: AuditRecord) -> str:
    """Say how far a verification proves a record; empty where the record speaks for itself."""
    broken = verdict.first_bad_sequence
    if verdict.ok or broken is None or record.sequence < broken:
        return ""
    if record.sequence == broken:
        return "not proven: see above what does not fit"
    return f"not proven: the log is broken before it, at record {broken}"


def refused_words(now: AtDesk) -> tuple[str, str]:
    """Say to whoever may not read the log who may, and what its button offers."""
    words = (
        "Managers and administrators read the audit log. Whether it is whole, anybody may verify."
    )
    if now.locked:
        return words, "Unlock"
    if now.person == NOBODY:
        return words, "Sign in"
    role = f" ({now.person.role.value})" if now.person.role is not None else ""
    return f"{words} {now.person.name}{role} is at the desk now.", "Let another person take over"
