"""Jobs, their lines, history and what the bay recorded for them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.jobs.job import Job, JobRecord, JobRow, JobStatus, StatusChange
from cartech_desk.domain.jobs.states import LET_GO
from cartech_desk.store.deleted_rows import having
from cartech_desk.store.instants import time_of
from cartech_desk.store.job_act import JobAct
from cartech_desk.store.job_at_hand import Beside, job_at_hand, jobs_beside
from cartech_desk.store.job_catalogue import Offered, service_offered, told_of
from cartech_desk.store.job_records import records_of
from cartech_desk.store.job_rows import FROM, ROW, job_at, row_shown
from cartech_desk.store.job_search import conditions_of, jobs_found
from cartech_desk.store.ordered_page import Listed, among, page_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.domain.people import Actor
    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.database import Database

SORTS: Final = {
    "number": "job.number",
    "title": "job.words_key",
    "status": "job.status",
    "vehicle": "vehicle.name_key",
    "plate": "vehicle.plate_key",
    "customer": "customer.name_key",
    "opened": "job.opened",
    "promised": "job.promised",
    "done": "job.done",
    "gross": "job.gross",
    "paid": "job.paid",
}
"""What a list of jobs can be sorted by."""
_LISTED: Final = Listed("job", "number", "opened")
_ON_BOARD: Final = tuple(
    each for each in JobStatus if each not in LET_GO and each is not JobStatus.PAID
)


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs are wanted; `since` and `until` bound when they were opened, the second not in."""

    search: str = ""
    statuses: tuple[JobStatus, ...] = ()
    vehicle_id: str = ""
    customer_id: str = ""
    bay_id: str = ""
    technician_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    unpaid: bool = False


class JobStore:
    """Jobs, their lines, history and what the bay recorded for them.

    Thread-safe; made lazily by `Store.jobs`.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged.
    """

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    @contextmanager
    def act(self, by: "Actor") -> Iterator[JobAct]:
        """One audited act on jobs and their papers: all of it, its records included, or nothing."""
        with self._audit.act(by) as act:
            yield JobAct(act)

    def service(self, word: str) -> Offered:
        """Return the service of an id, a code or a name. Errors: NotKept."""
        with self._database.read() as connection:
            return service_offered(connection, word)

    def told(self, job: Job) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what a paper says of a job's customer and of its vehicle."""
        with self._database.read() as connection:
            return told_of(connection, job.customer_id, job.vehicle_id)

    def get(self, word: str) -> Job:
        """Return the job that a word means: its number, its id, an end of that, or “last”."""
        with self._database.read() as connection:
            return job_at(connection, word)

    def list(
        self,
        query: JobQuery,
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "opened",
        descending: bool = True,
    ) -> tuple[tuple[JobRow, ...], int]:
        """Return jobs, sorted by a name of `SORTS`, and how many there are."""
        where, parameters = conditions_of(query)
        by = SORTS.get(sort, SORTS["opened"])
        with self._database.read() as connection:
            if query.search.strip():
                condition, found = among("job", jobs_found(connection, query.search))
                where, parameters = f"{where} AND {condition}", (*parameters, found)
            (total,) = connection.exec_driver_sql(
                f"SELECT count(*) FROM job WHERE {where}",  # noqa: S608 - words of ours
                parameters,
            ).one()
            # First which ones, by what they are sorted by alone; then what is shown of those.
            wanted = page_of(
                connection,
                _LISTED,
                by,
                where,
                parameters,
                descending=descending,
                limit=limit,
                offset=offset,
                total=int(total),
            )
            rows = _rows(
                connection, "job.id IN (SELECT value FROM json_each(?))", (json.dumps(wanted),)
            )
        place = {key: n for n, key in enumerate(wanted)}
        return tuple(sorted(rows, key=lambda row: place[row.id])), int(total)

    def deleted(self, search: str, limit: int) -> tuple[JobRow, ...]:
        """Return what may be restored, deleted last first; every word of `search` is in each."""
        with self._database.read() as connection:
            rows = _rows(connection, "job.deleted IS NOT NULL ORDER BY job.deleted DESC", ())
        return having(
            rows,
            search,
            lambda one: (str(one.number), one.title, one.vehicle, one.plate, one.customer),
            limit,
        )

    def board(self, limit: int) -> dict[JobStatus, tuple[JobRow, ...]]:
        """Return unfinished jobs and those that are done and not paid, by status, oldest first."""
        with self._database.read() as connection:
            return {
                status: _rows(
                    connection,
                    "job.status = ? AND job.deleted IS NULL ORDER BY job.opened LIMIT ?",
                    (status.value, limit),
                )
                for status in _ON_BOARD
            }

    def standing(self) -> dict[JobStatus, int]:
        """Return how many unfinished jobs, and done ones not paid, there are of each status."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT status, count(*) FROM job WHERE deleted IS NULL AND status IN "
                "(SELECT value FROM json_each(?)) GROUP BY status",
                (json.dumps([one.value for one in _ON_BOARD]),),
            )
            return {JobStatus(status): int(number) for status, number in rows}

    def history(self, job_id: str) -> tuple[StatusChange, ...]:
        """Return how a job's status changed, the first change first. Errors: NotKept."""
        with self._database.read() as connection:
            job = job_at(connection, job_id)
            rows = connection.exec_driver_sql(
                "SELECT status, at, by_name, note FROM job_history WHERE job_id = ? "
                "ORDER BY at, rowid",
                (job.id,),
            ).fetchall()
        return tuple(StatusChange(JobStatus(r[0]), time_of(r[1]), r[2], r[3]) for r in rows)

    def records(self, job_id: str) -> tuple[JobRecord, ...]:
        """Return what the bay recorded for a job, in the order of time. Errors: NotKept.

        A recording is there by its reference alone: it lies in the other file, and one that a kill
        kept from beginning is in neither.
        """
        with self._database.read() as connection:
            return records_of(connection, job_at(connection, job_id).id)

    def at_hand(self, vehicle_id: str) -> Job | None:
        """Return the job that what is recorded of a vehicle belongs to now; None for none."""
        with self._database.read() as connection:
            job_id = job_at_hand(connection, vehicle_id)
            return None if job_id is None else job_at(connection, job_id)

    def beside(self, job: Job) -> tuple[Beside, ...]:
        """Return the other jobs of a job's vehicle that are not done yet."""
        with self._database.read() as connection:
            return tuple(jobs_beside(connection, job.vehicle_id, job.id))


def _rows(connection: "Connection", where: str, parameters: Sequence[Any]) -> tuple[JobRow, ...]:
    rows: Iterable[Any] = connection.exec_driver_sql(
        f"SELECT {ROW} FROM {FROM} WHERE {where}",  # noqa: S608 - words of ours
        tuple(parameters),
    )
    return tuple(map(row_shown, rows))
