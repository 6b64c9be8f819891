"""The appointment of a job: found, and standing where its job stands."""

from typing import TYPE_CHECKING, Final

from cartech_desk.domain.appointments.booking import AppointmentStatus as Kept
from cartech_desk.domain.jobs.job import Job, JobStatus
from cartech_desk.store.appointment_rows import Taken, follow_job

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.audit import AuditedAct

_STATUS: Final = {
    JobStatus.BOOKED: Kept.BOOKED,
    JobStatus.ARRIVED: Kept.ARRIVED,
    JobStatus.IN_BAY: Kept.IN_BAY,
    JobStatus.WAITING: Kept.WAITING,
    JobStatus.DONE: Kept.DONE,
    JobStatus.PAID: Kept.DONE,
    JobStatus.NO_SHOW: Kept.NO_SHOW,
    JobStatus.CANCELLED: Kept.CANCELLED,
}

_CARRIED: Final = (
    "WITH RECURSIVE carried (id) AS (SELECT ?1 WHERE ?1 <> '' UNION SELECT appointment.id "
    "FROM appointment JOIN carried ON appointment.carried_from = carried.id)"
)
"""An appointment and those that it was carried over to."""


def unlink(connection: "Connection", job_id: str) -> None:
    """Let no appointment name a job any more."""
    connection.exec_driver_sql(
        "UPDATE appointment SET job_id = '', version = version + 1 WHERE job_id = ?", (job_id,)
    )


def relink(connection: "Connection", job: Job) -> bool:
    """Let a job have the appointment again that it came from, and what that was carried over to.

    Returns False where another job has one of them by now; then none is changed.
    """
    other = connection.exec_driver_sql(
        f"{_CARRIED} SELECT 1 FROM appointment "  # noqa: S608 - words of ours
        "WHERE id IN carried AND job_id NOT IN ('', ?2) AND deleted IS NULL LIMIT 1",
        (job.appointment_id, job.id),
    ).fetchone()
    if other is not None:
        return False
    connection.exec_driver_sql(
        f"{_CARRIED} UPDATE appointment SET job_id = ?2, version = version + 1 "  # noqa: S608 - ours
        "WHERE id IN carried AND job_id = '' AND deleted IS NULL",
        (job.appointment_id, job.id),
    )
    return True


def last_of(connection: "Connection", job: Job) -> str:
    """Return the id of a job's appointment, the last one where it was carried over; else empty."""
    row = connection.exec_driver_sql(
        "SELECT id FROM appointment WHERE job_id = ? AND deleted IS NULL "
        "ORDER BY starts DESC LIMIT 1",
        (job.id,),
    ).fetchone()
    return job.appointment_id if row is None else str(row[0])


def follow(act: "AuditedAct", job: Job) -> None:
    """Let a job's appointment, the last one where it was carried over, stand as the job does.

    One that was let go and whose place another has by now stays so when its car comes all the same.
    Errors: Taken where the job is to be booked again.
    """
    appointment_id = last_of(act.connection, job)
    if not appointment_id:
        return
    try:
        with act.connection.begin_nested():
            follow_job(act, appointment_id, _STATUS[job.status], job_id=job.id)
    except Taken:
        if job.status is JobStatus.BOOKED:
            raise
