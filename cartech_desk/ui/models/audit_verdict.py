"""A verdict on the audit log as a lamp and words."""

from cartech_desk.office.audit_book import Verdict
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted


def verdict_words(verdict: Verdict | None) -> tuple[State, str]:
    """Return lamp and words of a verdict."""
    if verdict is None:
        return State.OFF, "not verified yet"
    when = f", verified {verdict.at.astimezone():%H:%M}" if verdict.at is not None else ""
    if not verdict.ok:
        return State.TRIP, f"broken at record {verdict.first_bad_sequence}{when}"
    whole = f"{counted(verdict.records, 'record')} whole{when}"
    return (State.WARNING if verdict.warnings else State.CONNECTED), whole
