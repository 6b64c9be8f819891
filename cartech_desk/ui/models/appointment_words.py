"""How an appointment is said."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final

from cartech_desk.domain.appointments.booking import Appointment
from cartech_desk.domain.appointments.status import UNFINISHED
from cartech_desk.ui.models.work_states import booking_state

CONFIRMATIONS: Final[Mapping[str, str]] = {
    "": "",
    "queued": "confirmation waits to be sent",
    "sending": "confirmation is being sent",
    "sent": "confirmation sent",
    "failed": "confirmation could not be sent",
    "cancelled": "a confirmation was written, and taken back before it left",
}


def title(appointment: Appointment) -> str:
    """Name an appointment by its vehicle, else its customer."""
    return appointment.vehicle or appointment.customer or "Without a vehicle"


def without_job(appointment: Appointment) -> bool:
    """Whether its car is here and nobody has begun its job."""
    here = appointment.status in UNFINISHED and not appointment.carried_to
    return here and not appointment.job_id


def closed_words(appointment: Appointment) -> str:
    """Say why nothing can become of it any more; empty where something can."""
    if not appointment.paid:
        return ""
    return "It is paid and closed. Take its invoice back with a credit note first."


def span(starts: datetime, ends: datetime, zone: tzinfo) -> str:
    """Write a stretch of the shop's clock: `08:00` to `09:30`, with the day where it is another."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    if first.date() == last.date():
        return f"{first:%H:%M}\N{EN DASH}{last:%H:%M}"
    return f"{first:%H:%M}\N{EN DASH}{last:%a %H:%M}"


def in_words(appointment: Appointment, zone: tzinfo) -> str:
    """Say an appointment in one line, as a screen reader or a copied row has it."""
    parts = []
    if appointment.starts is not None and appointment.ends is not None:
        day = f"{appointment.starts.astimezone(zone):%a %d %b} "
        parts.append(day + span(appointment.starts, appointment.ends, zone))
    parts += [title(appointment), appointment.customer if appointment.vehicle else ""]
    parts += [appointment.work, booking_state(appointment).lamp.word]
    return ", ".join(part for part in parts if part)


def length(minutes: int) -> str:
    """Write how long work takes, here and on a job: `45 min`, `1 h 30 min`, `2 h`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d} min" if rest else f"{hours} h"
