"""What is asked before a job is opened, or taken up again: what else there is of its car.

What the bay records belongs to one job of a car: the one in the bay, else the one opened last (see
`store.job_at_hand`). With several open ones that is told.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.jobs.job import OPEN, Job, JobStatus
from cartech_desk.office.booking_rules import car_doubts
from cartech_desk.office.job_errors import CarBookedThen, JobOpenAlready
from cartech_desk.office.job_odometer import ask_odometer, odometer_words
from cartech_desk.store.appointment_car import car_booked
from cartech_desk.store.appointment_rows import appointment_at
from cartech_desk.store.calendar_rows import RESOURCES, resource_of
from cartech_desk.store.errors import NotKept
from cartech_desk.store.job_act import status_told
from cartech_desk.store.job_appointments import last_of
from cartech_desk.store.job_at_hand import Beside, jobs_beside

if TYPE_CHECKING:
    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.store.job_act import JobAct

_KEPT: Final = "Nothing was opened."
_NAMED: Final = 3


def ask_before_opened(act: "JobAct", job: Job, now: datetime) -> None:
    """Ask where the car of a new job has one that it may be, and of an odometer that goes back.

    Errors: JobOpenAlready, OdometerBack; of both doubts the first tells the other too.

    A car that comes later may be here with another job now: of those only one that is booked too
    is asked about.
    """
    beside = jobs_beside(act.connection, job.vehicle_id)
    if job.status is JobStatus.BOOKED:
        beside = [one for one in beside if one.status == JobStatus.BOOKED]
    back = odometer_words(act, job, now)
    if not beside:
        ask_odometer(back, kept=_KEPT)
        return
    raise JobOpenAlready(
        " ".join([*map(_standing, beside[:_NAMED]), back]).rstrip(),
        kept=_KEPT,
        to_do="Take that one, or open another even so. What the bay records belongs to the job in "
        "the bay, else to the one opened last.",
    )


def ask_before_back(act: "JobAct", job: Job, rules: "ShopRules") -> None:
    """Ask where a job that comes back brings a booking of a car that is elsewhere then.

    Errors: CarBookedThen.
    """
    key = last_of(act.connection, job)
    try:
        booking = appointment_at(act.connection, key) if key else None
    except NotKept:
        return
    found = () if booking is None else car_booked(act.connection, booking)
    if found:
        rows = act.connection.exec_driver_sql(RESOURCES).fetchall()
        places = [resource_of(tuple(row)) for row in rows]
        raise CarBookedThen(
            " ".join(sentence for _, sentence in car_doubts(found, rules, places)),
            kept="The job stays as it was.",
            to_do="Move or cancel that appointment, or take the job up again even so.",
        )


def recorded_words(job: Job, now: Job | None, beside: Sequence[Beside]) -> str:
    """Say to which job of its car the bay's recordings belong; empty where it is the only one.

    `now` is the job that they belong to, `beside` the car's others than `job`.
    """
    others = [one for one in beside if one.status in OPEN]
    if job.status not in OPEN or not others or now is None:
        return ""
    said = f"What the bay records of this car belongs to job {now.number}"
    why = "in the bay" if now.status is JobStatus.IN_BAY else "the one opened last"
    if now.id != job.id:
        return f"{said}, {why}."
    numbers = ", ".join(str(one.number) for one in others[:_NAMED])
    return f"{said}, {why}, and not to job {numbers}, which is open too."


def _standing(one: Beside) -> str:
    if one.status == JobStatus.BOOKED:
        return f"Job {one.number} of this car is booked already."
    return f"Job {one.number} of this car is open already ({status_told(JobStatus(one.status))})."
