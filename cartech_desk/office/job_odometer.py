"""What is asked where a job says less of the odometer than its car had before."""

from datetime import datetime
from typing import TYPE_CHECKING

from cartech_desk.domain.jobs.job import Job
from cartech_desk.domain.jobs.states import UNFINISHED
from cartech_desk.office.job_errors import OdometerBack
from cartech_desk.store.job_catalogue import odometer_before

if TYPE_CHECKING:
    from cartech_desk.store.job_act import JobAct


def odometer_words(act: "JobAct", job: Job, at: datetime | None) -> str:
    """Say that a job's reading of the odometer is less than its car had until then."""
    if job.odometer_km is None or at is None:
        return ""
    before = odometer_before(act.connection, job.vehicle_id, at)
    if before is None or before <= job.odometer_km:
        return ""
    return f"The odometer showed {before:,} km before, and {job.odometer_km:,} km is less."


def ask_odometer(words: str, *, kept: str) -> None:
    """Ask of an odometer that goes back, where there is something to say. Errors: OdometerBack."""
    if words:
        raise OdometerBack(
            words,
            kept=kept,
            to_do="Look at the odometer again, or keep it even so, as of one that was replaced.",
        )


def ask_before_changed(act: "JobAct", before: Job, after: Job, now: datetime) -> None:
    """Ask where a job is given a reading that goes back. Errors: OdometerBack."""
    if after.odometer_km == before.odometer_km:
        return
    # Of a car that has left, what was read since says nothing.
    at = now if after.status in UNFINISHED else after.opened
    ask_odometer(odometer_words(act, after, at), kept="Nothing was changed.")
