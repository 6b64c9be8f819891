"""What the bay recorded for a job: read, and given to a job by hand (see `store.job_at_hand`)."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.jobs.job import JobRecord
from cartech_desk.store.instants import instant, time_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

KINDS: Final = ("recording", "session", "run", "checkup", "alarm")
"""What the bay records."""

_WORDS: Final = {
    "session": "SELECT 'Dyno session' FROM dyno_session WHERE id = ? AND deleted IS NULL",
    "run": "SELECT name FROM dyno_run WHERE id = ? AND deleted IS NULL",
    "checkup": "SELECT CASE WHEN clean THEN 'no codes' WHEN codes = '[]' THEN 'no codes read' "
    "WHEN json_array_length(codes) = 1 THEN '1 code' "
    "ELSE json_array_length(codes) || ' codes' END FROM checkup WHERE id = ? AND deleted IS NULL",
    "alarm": "SELECT label FROM alarm WHERE id = ?",
}

_KEPT: Final = "job_id IN (SELECT id FROM job WHERE deleted IS NULL)"
"""A deleted job has its records again when it comes back, but those that another has by then."""


def give_record(
    connection: "Connection", kind: str, ref: str, job_id: str, at: datetime
) -> str | None:
    """Let a record belong to this job; returns the job that had it before, None for a deleted."""
    before = connection.exec_driver_sql(
        f"SELECT job_id FROM job_record WHERE kind = ? AND ref = ? AND {_KEPT}",  # noqa: S608 - ours
        (kind, ref),
    ).fetchone()
    connection.exec_driver_sql(
        "INSERT INTO job_record (kind, ref, job_id, at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (kind, ref) DO UPDATE SET job_id = excluded.job_id",
        (kind, ref, job_id, instant(at)),
    )
    return None if before is None else str(before[0])


def drop_record(connection: "Connection", kind: str, ref: str) -> str | None:
    """Let a record belong to no job; returns the job that had it."""
    row = connection.exec_driver_sql(
        f"DELETE FROM job_record WHERE kind = ? AND ref = ? AND {_KEPT} "  # noqa: S608 - ours
        "RETURNING job_id",
        (kind, ref),
    ).fetchone()
    return None if row is None else str(row[0])


def records_of(connection: "Connection", job_id: str) -> tuple[JobRecord, ...]:
    """Return what belongs to a job, in the order of time; what was deleted since is left out."""
    found = []
    for kind, ref, at in connection.exec_driver_sql(
        "SELECT kind, ref, at FROM job_record WHERE job_id = ? ORDER BY at, ref", (job_id,)
    ).fetchall():
        words = ""
        if kind in _WORDS:
            row = connection.exec_driver_sql(_WORDS[kind], (ref,)).fetchone()
            if row is None:
                continue
            words = str(row[0])
        found.append(JobRecord(kind, ref, time_of(at), words))
    return tuple(found)
