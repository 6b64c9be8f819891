"""What of the tables is asked for a list of jobs."""

from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.vehicles.search_words import compact
from cartech_desk.store.instants import instant
from cartech_desk.store.like_words import holds
from cartech_desk.store.ordered_page import rowids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from cartech_desk.store.jobs import JobQuery

# Each looks into one index, or one small table: together they are far quicker than a look at every
# job with all of them.
_WORDS: Final = "SELECT rowid FROM job WHERE instr(words_key, ?)"
_VEHICLE: Final = (
    "SELECT rowid FROM job WHERE vehicle_id IN (SELECT id FROM vehicle "
    "WHERE instr(name_key, ?) OR instr(plate_key, ?) OR instr(vin, ?))"
)
_CUSTOMER: Final = (
    "SELECT rowid FROM job WHERE customer_id IN "
    "(SELECT id FROM customer WHERE instr(name_key, ?) OR {company})"
)
_PAPER: Final = (
    "SELECT rowid FROM job WHERE id IN (SELECT job_id FROM issued "
    "WHERE kind IN ('estimate', 'invoice', 'credit_note') AND number IN (?, ?))"
)
_NUMBER: Final = "SELECT rowid FROM job WHERE number BETWEEN ? AND ?"
_DELETED: Final = "SELECT rowid FROM job WHERE deleted IS NOT NULL"
_MOST_WORDS: Final = 8
_DIGITS: Final = 8
"""A job's number has fewer."""


def conditions_of(query: "JobQuery") -> tuple[str, tuple[Any, ...]]:
    """Return the condition of a query but its words, in words of ours, and its parameters."""
    parts = ["job.deleted IS NULL"]
    values: list[Any] = []

    def also(words: str, *parameters: Any) -> None:
        parts.append(words)
        values.extend(parameters)

    if query.statuses:
        marks = ", ".join("?" * len(query.statuses))
        also(f"job.status IN ({marks})", *(each.value for each in query.statuses))
    for column in ("vehicle_id", "customer_id", "bay_id", "technician_id"):
        wanted = getattr(query, column)
        if wanted:
            also(f"job.{column} = ?", wanted)
    if query.since is not None:
        also("job.opened >= ?", instant(query.since))
    if query.until is not None:
        also("job.opened < ?", instant(query.until))
    if query.unpaid:
        also("job.status = 'done' AND job.gross > job.paid")
    return " AND ".join(parts), tuple(values)


def jobs_found(connection: "Connection", search: str) -> set[int]:
    """Return the rowids of the jobs in which every word is found."""
    (every,) = connection.exec_driver_sql("SELECT count(*) FROM job").one()
    found: set[int] | None = None
    for word in search.split()[:_MOST_WORDS]:
        of_word = set[int]()
        for way, *values in _ways(word):
            if len(of_word) < every:
                of_word.update(rowids(connection, way, values))
        found = of_word if found is None else found & of_word
    return (found or set()) - set(rowids(connection, _DELETED))


def _ways(word: str) -> "Iterator[tuple[Any, ...]]":
    small = word.casefold()
    key = compact(word) or small
    yield _WORDS, small
    yield _VEHICLE, small, key, word.upper()
    company, likes = holds(("company",), word)
    yield _CUSTOMER.format(company=company), key, *likes
    if any(letter.isdigit() for letter in small):
        yield _PAPER, word.upper(), word
    number = small.lstrip("#")
    if number.isascii() and number.isdigit() and len(number) < _DIGITS:
        for more in range(_DIGITS - len(number)):
            first = int(number) * 10**more
            yield _NUMBER, first, first + 10**more - 1
