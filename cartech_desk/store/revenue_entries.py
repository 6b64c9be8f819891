"""Entries of what was earned: written within the transaction that settles or takes back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.jobs.job import Job
from cartech_desk.domain.revenue_entries import Share, shares_of, summed
from cartech_desk.store.instants import instant, time_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SUMS: Final = "net, labour_net, parts_net, other_net, parts_cost, tax, without_cost"
_SHARE: Final = f"service, technician_id, {_SUMS}"
SETTLED: Final = "done and paid"
"""Why a job counts."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Since when a job counts, and as which entry."""

    number: int
    at: datetime
    day: date


def counted(connection: "Connection", job_id: str) -> Counted | None:
    """Return as what a job counts now; None where it does not."""
    rows = connection.exec_driver_sql(
        "SELECT number, at, day, sign FROM revenue_entry WHERE job_id = ? ORDER BY number DESC",
        (job_id,),
    ).fetchall()
    if not rows or rows[0][3] < 0:
        return None
    number, at, day, _ = rows[0]
    return Counted(int(number), time_of(at), date.fromisoformat(day))


def count(connection: "Connection", job: Job, at: datetime, day: date) -> None:
    """Let a job count from a day on, with its lines as they are."""
    count_all(connection, [(job, at, day)])


def count_all(connection: "Connection", jobs: Iterable[tuple[Job, datetime, date]]) -> None:
    """Let many jobs count that never did, each from its day on."""
    last = connection.exec_driver_sql("SELECT coalesce(max(number), 0) FROM revenue_entry").scalar()
    entries: list[tuple[Any, ...]] = []
    shares: list[tuple[Any, ...]] = []
    for number, (job, at, day) in enumerate(jobs, int(last or 0) + 1):
        parts = shares_of(job)
        entries.append(
            (
                number,
                job.id,
                instant(at),
                day.isoformat(),
                SETTLED,
                job.bay_id,
                job.currency,
                *_sums(summed(parts)),
            )
        )
        shares += [(number, one.service, one.technician_id, *_sums(one)) for one in parts]
    _insert(
        connection,
        "INSERT INTO revenue_entry (number, job_id, sign, at, day, why, bay_id, currency, "  # noqa: S608 - ours
        f"{_SUMS}) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entries,
    )
    _insert(
        connection,
        f"INSERT INTO revenue_share (entry, {_SHARE}) "  # noqa: S608 - ours
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        shares,
    )


def take_back(connection: "Connection", entry: Counted, at: datetime, day: date, why: str) -> None:
    """Take an entry back on a day: all its sums, below zero."""
    minus = ", ".join(f"-{name}" for name in _SUMS.split(", "))
    made = connection.exec_driver_sql(
        "INSERT INTO revenue_entry (job_id, sign, at, day, why, bay_id, currency, "  # noqa: S608 - ours
        f"{_SUMS}) SELECT job_id, -1, ?, ?, ?, bay_id, currency, {minus} "
        "FROM revenue_entry WHERE number = ? RETURNING number",
        (instant(at), day.isoformat(), why, entry.number),
    ).scalar_one()
    connection.exec_driver_sql(
        f"INSERT INTO revenue_share (entry, {_SHARE}) "  # noqa: S608 - ours
        f"SELECT ?, service, technician_id, {minus} "
        "FROM revenue_share WHERE entry = ?",
        (made, entry.number),
    )


def _sums(one: Share) -> tuple[int, ...]:
    sold = (one.net, one.labour, one.parts, one.other)
    return (*sold, one.parts_cost, one.tax, one.without_cost)


def _insert(connection: "Connection", statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        connection.exec_driver_sql(statement, list(rows))
