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


def unlink(connection: "Connection", job_id: str) -> None:
    """Let no appointment name a job any more."""
    connection.exec_driver_sql(
        "UPDATE appointment SET job_id = '', version = version + 1 WHERE job_id = ?", (job_id,)
    )


def follow(act: "AuditedAct", job: Job) -> None:
    """Let a job's appointment, the last one where it was carried over, stand as the job does.

    One that was let go and whose place another has by now stays so when its car comes all the same.
    Errors: Taken where the job is to be booked again.
    """
    row = act.connection.exec_driver_sql(
        "SELECT id FROM appointment WHERE job_id = ? AND deleted IS NULL "
        "ORDER BY starts DESC LIMIT 1",
        (job.id,),
    ).fetchone()
    appointment_id = job.appointment_id if row is None else str(row[0])
    if not appointment_id:
        return
    try:
        with act.connection.begin_nested():
            follow_job(act, appointment_id, _STATUS[job.status], job_id=job.id)
    except Taken:
        if job.status is JobStatus.BOOKED:
            raise
