"""Which appointments a list shows, and in which order."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.appointments.booking import AppointmentStatus
from cartech_desk.store.appointment_rows import LONGEST
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
        for way, values in (*_ways(word), _of_services(word)):
            of_word.update(rowids(connection, way, values))
        found = of_word if found is None else found & of_word
    return found or set()


# Each table is looked through by itself: cars and customers are few beside their appointments.
_WAYS: Final = (
    ("SELECT rowid FROM appointment WHERE {}", ("notes",)),
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


def _of_services(word: str) -> tuple[str, list[str]]:
    """Return how a word is found in the names of services, and in nothing else kept of them."""
    # Most rows are left out by their text alone, in which letters beyond ASCII may stand escaped.
    escaped = (json.dumps(one)[1:-1] for one in cases(word))
    written, likes = holds(("services",), word, *escaped)
    named, names = holds(("json_extract(value, '$.name')",), word)
    return (
        f"SELECT rowid FROM appointment WHERE {written} AND json_valid(services) "  # noqa: S608 - of ours
        f"AND EXISTS (SELECT 1 FROM json_each(services) WHERE {named})",
        [*likes, *names],
    )
