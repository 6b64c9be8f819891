"""Which appointments a list shows, and in which order."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.appointments.booking import AppointmentStatus
from cartech_desk.store.appointment_rows import LONGEST
from cartech_desk.store.calendar_words import services_of
from cartech_desk.store.instants import instant
from cartech_desk.store.like_words import cases, holds
from cartech_desk.store.ordered_page import rowids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

SORTS: Final = {
    "starts": "appointment.starts",
    "created": "appointment.created",
    "customer": "customer.name_key",
    "vehicle": "vehicle.name_key",
    "status": "appointment.status",
    "bay": "appointment.bay_id",
    "technician": "appointment.technician_id",
}
"""What a list may be ordered by."""


@dataclass(frozen=True, slots=True)
class AppointmentQuery:
    """Which appointments, in which order; those that touch [since, until)."""

    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    status: tuple[AppointmentStatus, ...] = ()
    resource_id: str = ""
    vehicle_id: str = ""
    customer_id: str = ""
    sort: str = "starts"
    descending: bool = False
    limit: int = 200
    offset: int = 0


def selected(query: AppointmentQuery) -> tuple[str, list[Any]]:
    """Return the condition of a query but its words, and its parameters."""
    said, parameters = ["appointment.deleted IS NULL"], []
    if query.since is not None:
        said.append("appointment.ends > ? AND appointment.starts > ?")
        parameters += [instant(query.since), instant(query.since - LONGEST)]
    if query.until is not None:
        said.append("appointment.starts < ?")
        parameters.append(instant(query.until))
    if query.status:
        said.append(f"appointment.status IN ({', '.join('?' * len(query.status))})")
        parameters += [each.value for each in query.status]
    if query.resource_id:
        said.append("(appointment.bay_id = ? OR appointment.technician_id = ?)")
        parameters += [query.resource_id, query.resource_id]
    for name in ("vehicle_id", "customer_id"):
        if getattr(query, name):
            said.append(f"appointment.{name} = ?")
            parameters.append(getattr(query, name))
    return " AND ".join(said), parameters


def with_words(connection: "Connection", search: str) -> set[int]:
    """Return the rowids of the appointments in which every word is found."""
    found: set[int] | None = None
    for word in search.split()[:8]:
        of_word = set[int]()
        for way, values in _ways(word):
            of_word.update(rowids(connection, way, values))
        of_word |= _with_word_of_its_own(connection, word)
        found = of_word if found is None else found & of_word
    return found or set()


# Each table is looked through by itself: cars and customers are few beside their appointments.
_WAYS: Final = (
    (
        "SELECT rowid FROM appointment WHERE customer_id IN (SELECT id FROM customer WHERE {})",
        ("name", "company"),
    ),
    (
        "SELECT rowid FROM appointment WHERE vehicle_id IN (SELECT id FROM vehicle WHERE {})",
        ("name", "make", "model", "plate"),
    ),
)


def _ways(word: str) -> "Iterator[tuple[str, list[str]]]":
    for select, columns in _WAYS:
        condition, values = holds(columns, word)
        yield select.format(condition), values


def _with_word_of_its_own(connection: "Connection", word: str) -> set[int]:
    """Return the rowids of those in whose notes or names of services a word stands."""
    noted, in_notes = holds(("notes",), word)
    # Letters beyond ASCII may stand escaped there.
    agreed, in_services = holds(
        ("services",), word, *(json.dumps(one)[1:-1] for one in cases(word))
    )
    rows = connection.exec_driver_sql(
        f"SELECT rowid, {noted}, services FROM appointment WHERE {noted} OR {agreed}",  # noqa: S608 - ours
        (*in_notes, *in_notes, *in_services),
    ).fetchall()
    # What else is kept of a service is nobody's word; most agree on one of a few.
    named = {text: _names(text, word) for text in {row[2] for row in rows}}
    return {int(rowid) for rowid, by_note, text in rows if by_note or named[text]}


def _names(services: str, word: str) -> bool:
    """Tell whether a word stands in the name of a service; not where the row is damaged."""
    try:
        return any(word.casefold() in one.name.casefold() for one in services_of(services))
    except (ValueError, TypeError, KeyError):
        return False
