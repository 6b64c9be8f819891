"""Which job what is recorded now belongs to: the open one of its vehicle.

Whatever is written into `desk.db` is given to the job in the same transaction. Recordings lie in
the other file: see `store.recording_jobs`.

Read at every start: nothing of the office is imported here.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from cartech_desk.store.instants import instant

if TYPE_CHECKING:
    from sqlalchemy import Connection

AT_HAND: Final = (
    "SELECT id FROM job WHERE vehicle_id = ? "
    "AND status IN ('arrived', 'in_bay', 'waiting_for_parts') "  # domain.jobs.job.OPEN
    "AND deleted IS NULL ORDER BY status = 'in_bay' DESC, opened DESC, number DESC LIMIT 1"
)
"""The open job of a vehicle: the one in the bay, else the newest."""
_BESIDE: Final = (
    "SELECT id, number, status FROM job WHERE vehicle_id = ? AND id <> ? "
    "AND status IN ('booked', 'arrived', 'in_bay', 'waiting_for_parts') AND deleted IS NULL "
    "ORDER BY status = 'booked', status = 'in_bay' DESC, opened DESC, number DESC"
)
_GIVE: Final = "INSERT OR IGNORE INTO job_record (kind, ref, job_id, at) VALUES (?, ?, ?, ?)"


def job_at_hand(connection: "Connection", vehicle_id: str) -> str | None:
    """Return the id of the job that what is recorded of a vehicle belongs to now."""
    row = connection.exec_driver_sql(AT_HAND, (vehicle_id,)).fetchone()
    return None if row is None else str(row[0])


class Beside(NamedTuple):
    """Another job of the same car that is not done yet."""

    id: str
    number: int
    status: str
    """One of `JobStatus`."""


def jobs_beside(connection: "Connection", vehicle_id: str, job_id: str = "") -> list[Beside]:
    """Return the jobs of a vehicle that are not done yet, but one; the one at hand comes first."""
    rows = connection.exec_driver_sql(_BESIDE, (vehicle_id, job_id))
    return [Beside(str(row[0]), int(row[1]), str(row[2])) for row in rows]


def note_record(
    connection: "Connection", kind: str, ref: str, vehicle_id: str, at: datetime
) -> None:
    """Let what is recorded now belong to the open job of its vehicle, if there is one.

    Within the transaction of whoever writes the record.
    """
    job_id = job_at_hand(connection, vehicle_id) if vehicle_id else None
    if job_id is not None:
        connection.exec_driver_sql(_GIVE, (kind, ref, job_id, instant(at)))
