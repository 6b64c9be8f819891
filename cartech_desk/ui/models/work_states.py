"""How work stands: one lamp and one word for the board, the calendar, the history and Today."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus
from cartech_desk.domain.jobs.job import JobStatus
from cartech_desk.ui.theme.states import Lamp


class WorkState(Enum):
    """The lamps of work, from the booking to the money."""

    BOOKED = Lamp("○", "accent", "booked")
    ARRIVED = Lamp("◐", "accent", "arrived")
    IN_BAY = Lamp("●", "accent", "in the bay")
    WAITING = Lamp("▲", "warn", "waiting for parts")
    UNPAID = Lamp("△", "warn", "done, to be paid")
    DONE = Lamp("■", "good", "done")
    """An appointment that is over and left no bill."""
    PAID = Lamp("■", "good", "paid")
    NO_SHOW = Lamp("✕", "warn", "no show")
    CANCELLED = Lamp("▽", "muted", "cancelled")
    SAID_NO = Lamp("✕", "trip", "customer said no")
    """No standing of its own: a job to whose estimate the customer did not agree."""

    @property
    def lamp(self) -> Lamp:
        """Shape, colour and word."""
        return self.value


JOBS: Final[Mapping[JobStatus, WorkState]] = {
    JobStatus.BOOKED: WorkState.BOOKED,
    JobStatus.ARRIVED: WorkState.ARRIVED,
    JobStatus.IN_BAY: WorkState.IN_BAY,
    JobStatus.WAITING: WorkState.WAITING,
    JobStatus.DONE: WorkState.UNPAID,
    JobStatus.PAID: WorkState.PAID,
    JobStatus.NO_SHOW: WorkState.NO_SHOW,
    JobStatus.CANCELLED: WorkState.CANCELLED,
}
"""How a job stands."""
BOOKINGS: Final[Mapping[AppointmentStatus, WorkState]] = {
    AppointmentStatus.BOOKED: WorkState.BOOKED,
    AppointmentStatus.ARRIVED: WorkState.ARRIVED,
    AppointmentStatus.IN_BAY: WorkState.IN_BAY,
    AppointmentStatus.WAITING: WorkState.WAITING,
    AppointmentStatus.DONE: WorkState.DONE,
    AppointmentStatus.NO_SHOW: WorkState.NO_SHOW,
    AppointmentStatus.CANCELLED: WorkState.CANCELLED,
}
"""How an appointment stands whose job nobody asks for: on buttons that bring it there."""
BY_WORD: Final[Mapping[str, WorkState]] = {state.lamp.word: state for state in WorkState}


def booking_state(appointment: Appointment) -> WorkState:
    """Return how an appointment stands; one that is done stands as its job does."""
    if appointment.status is AppointmentStatus.DONE and appointment.job_id:
        return WorkState.PAID if appointment.paid else WorkState.UNPAID
    return BOOKINGS[appointment.status]


def state_words(status: JobStatus) -> str:
    """Return how a job stands as a list or a heading has it: "In the bay"."""
    return JOBS[status].lamp.word.capitalize()
