"""Estimates, invoices, credit notes, payments, and the series of their numbers."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.jobs.job import DocumentKind, IssuedDocument, LostPaper, Payment
from cartech_desk.store.job_rows import job_at
from cartech_desk.store.job_search import jobs_found
from cartech_desk.store.ordered_page import among, rowids
from cartech_desk.store.paper_logos import logo_kept
from cartech_desk.store.paper_rows import (
    ISSUED,
    issued_of,
    lost_papers,
    paper_at,
    papers_of,
    payments_of,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database

SORTS: Final = {
    "issued": "issued.issued",
    "issued_day": "issued.issued_day",
    "due_day": "issued.due_day",
    "number": "issued.series, issued.sequence",
    "kind": "issued.kind",
    "gross": "issued.gross",
}
"""What a list of papers can be sorted by."""
_OF_JOBS: Final = "SELECT issued.rowid FROM {tables} ON job.id = issued.job_id WHERE {jobs}"
"""Papers are found by their job: its number, its words, its car, its customer, its papers."""


@dataclass(frozen=True, slots=True)
class PaperQuery:
    """Which papers are wanted; `since` and `until` bound their day, the second one not included."""

    search: str = ""
    kinds: tuple[DocumentKind, ...] = ()
    job_id: str = ""
    customer_id: str = ""
    since: date | None = None
    until: date | None = None


class PaperStore:
    """Estimates, invoices, credit notes, payments, and the series of their numbers.

    Thread-safe; made lazily by `Store.papers`. They are written within `JobStore.act`.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged.
    """

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    def get(self, word: str) -> IssuedDocument:
        """Return one paper by its number, its id, an end of that, or “last”. Errors: NotKept."""
        with self._database.read() as connection:
            return paper_at(connection, word)

    def lost(self, word: str = "") -> tuple[LostPaper, ...]:
        """Return papers that were lost by restoring an older copy, of a number or id, or all."""
        wanted = word.strip().casefold()
        with self._database.read() as connection:
            every = lost_papers(connection)
        if not wanted:
            return every
        return tuple(
            one for one in every if wanted in (one.paper.number.casefold(), one.paper.id.casefold())
        )

    def of_job(self, job_id: str) -> tuple[IssuedDocument, ...]:
        """Return the papers of a job, the oldest first. Errors: NotKept."""
        with self._database.read() as connection:
            return papers_of(connection, job_at(connection, job_id).id)

    def logo(self, key: str) -> bytes:
        """Return the logo of an issued paper; none where it has none."""
        with self._database.read() as connection:
            return logo_kept(connection, key)

    def payments(self, job_id: str) -> tuple[Payment, ...]:
        """Return the payments of a job, the oldest first. Errors: NotKept."""
        with self._database.read() as connection:
            return payments_of(connection, job_at(connection, job_id).id)

    def list(
        self,
        query: PaperQuery,
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "issued",
        descending: bool = True,
    ) -> tuple[tuple[IssuedDocument, ...], int]:
        """Return papers, sorted by a name of `SORTS`, and how many there are."""
        where, parameters = _conditions(query)
        way = "DESC" if descending else "ASC"
        by = SORTS.get(sort, SORTS["issued"]).replace(",", f" {way},")
        with self._database.read() as connection:
            if query.search.strip():
                condition, found = among("issued", _papers_found(connection, query.search))
                where, parameters = f"{where} AND {condition}", (*parameters, found)
            (total,) = connection.exec_driver_sql(
                f"SELECT count(*) FROM issued WHERE {where}",  # noqa: S608 - words of ours
                parameters,
            ).one()
            # First which ones: their bodies are long, and would be sorted with them.
            rows = connection.exec_driver_sql(
                f"SELECT {ISSUED} FROM issued WHERE id IN (SELECT issued.id FROM issued "  # noqa: S608 - ours
                f"WHERE {where} ORDER BY {by} {way}, issued.id {way} LIMIT ? OFFSET ?) "
                f"ORDER BY {by} {way}, issued.id {way}",
                (*parameters, limit, offset),
            ).fetchall()
        return tuple(map(issued_of, rows)), int(total)


def _papers_found(connection: "Connection", search: str) -> set[int]:
    """Return the rowids of the papers of jobs in which every word is found."""
    jobs, values = among("job", jobs_found(connection, search))
    # Of many jobs papers are gone through as they lie, of few those of each are looked up.
    tables = "issued CROSS JOIN job" if jobs.startswith("+") else "job CROSS JOIN issued"
    return set(rowids(connection, _OF_JOBS.format(tables=tables, jobs=jobs), (values,)))


def _conditions(query: PaperQuery) -> tuple[str, tuple[Any, ...]]:
    parts, values = ["1"], []
    for words, value in (
        ("issued.job_id = ?", query.job_id),
        ("issued.customer_id = ?", query.customer_id),
        ("issued.issued_day >= ?", query.since.isoformat() if query.since else ""),
        ("issued.issued_day < ?", query.until.isoformat() if query.until else ""),
    ):
        if value:
            parts.append(words)
            values.append(value)
    if query.kinds:
        parts.append(f"issued.kind IN ({', '.join('?' * len(query.kinds))})")
        values += [kind.value for kind in query.kinds]
    return " AND ".join(parts), tuple(values)
