"""Where an appointment would land: by a mouse that drags it, or by keys that carry it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from cartech_desk.domain.appointments.booking import (
    Appointment,
    AppointmentStatus,
    ResourceKind,
)
from cartech_desk.ui.models.appointment_words import span, title
from cartech_desk.ui.models.calendar_columns import Column
from cartech_desk.ui.models.calendar_time import DAY_MIN, instant_of, minute_of, snapped

MOVABLE: Final = frozenset(
    {
        AppointmentStatus.BOOKED,
        AppointmentStatus.ARRIVED,
        AppointmentStatus.IN_BAY,
        AppointmentStatus.WAITING,
    }
)
"""What is over is not dragged about."""


class Grip(StrEnum):
    """What of a block is held."""

    MOVE = "move"
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Landing:
    """Where it would be. `starts` is None where the clock leaves that time out.

    `wrong` says what is in its way, as far as the calendar in sight tells: the office has the last
    word when it lands.
    """

    column: int
    first: int
    last: int
    starts: datetime | None
    ends: datetime | None
    bay_id: str
    technician_id: str
    wrong: str = ""

    def changes(self, appointment: Appointment) -> bool:
        """Tell whether anything would be otherwise."""
        return (self.starts, self.ends, self.bay_id, self.technician_id) != (
            appointment.starts,
            appointment.ends,
            appointment.bay_id,
            appointment.technician_id,
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """What a drag is judged by: columns, appointments in sight, names of resources."""

    columns: Sequence[Column]
    appointments: Sequence[Appointment]
    names: Mapping[str, str]
    zone: tzinfo
    step: int
    now: datetime


def landed(
    ground: Ground, held: Appointment, grip: Grip, column: int, minute: float, *, from_column: int
) -> Landing:
    """Return where it lands with its upper edge (or the edge that is held) at a minute.

    Moved, it keeps its real length, also across a clock change; resized, it keeps its column. One
    that goes on over midnight is held by what of it stands in `from_column`.
    """
    starts, ends = held.starts or ground.now, held.ends or ground.now
    place = column if grip is Grip.MOVE else from_column
    day = ground.columns[place].day
    first = minute_of(starts, day, ground.zone)
    last = minute_of(ends, day, ground.zone)
    if grip is Grip.MOVE:
        length = max(ground.step, (ends - starts) // timedelta(minutes=1))
        held_day = ground.columns[from_column].day
        before = min(0, minute_of(starts, held_day, ground.zone))
        overnight = before < 0 or minute_of(ends, held_day, ground.zone) > DAY_MIN
        latest = DAY_MIN - ground.step if overnight else DAY_MIN - length
        first = min(max(0, snapped(minute, ground.step)), latest)
        begins = instant_of(day, first + before, ground.zone)
        over = begins + timedelta(minutes=length) if begins is not None else None
        last = minute_of(over, day, ground.zone) if over is not None else first + length
    else:
        edge = snapped(minute, ground.step)
        if grip is Grip.START:
            first = min(max(0, edge), last - ground.step)
        else:
            last = max(min(max(DAY_MIN, last), edge), first + ground.step)
        begins = starts if grip is Grip.END else instant_of(day, first, ground.zone)
        over = ends if grip is Grip.START else instant_of(day, last, ground.zone)
    bay, technician = _resources(held, ground.columns[place])
    found = Landing(place, first, last, begins, over, bay, technician)
    return Landing(place, first, last, begins, over, bay, technician, _wrong(ground, held, found))


def _resources(held: Appointment, column: Column) -> tuple[str, str]:
    if column.kind is ResourceKind.BAY:
        return column.resource_id, held.technician_id
    if column.kind is ResourceKind.TECHNICIAN:
        return held.bay_id, column.resource_id
    return held.bay_id, held.technician_id


def _wrong(ground: Ground, held: Appointment, landing: Landing) -> str:
    if landing.starts is None or landing.ends is None:
        return "The clock leaves this hour out on that day."
    if landing.ends <= landing.starts:
        return "It would end before it begins."
    if landing.starts < ground.now.astimezone(UTC) and landing.starts != held.starts:
        return "This lies in the past."
    first = landing.starts - timedelta(minutes=held.buffer_before_min)
    last = landing.ends + timedelta(minutes=held.buffer_after_min)
    for other in ground.appointments:
        if other.id == held.id or not other.holds:
            continue
        if other.starts is None or other.ends is None:
            continue
        shared = {landing.bay_id, landing.technician_id} & set(other.resources)
        if not shared:
            continue
        if other.held.starts < last and other.held.ends > first:
            name = ground.names.get(min(shared), "This place")
            when = span(other.starts, other.ends, ground.zone)
            return f"{name} is taken {when} by {title(other)}."
    column = ground.columns[landing.column]
    for begins, over, words in column.off:
        if landing.first < over and landing.last > begins:
            return f"{words}."
    if not any(begins <= landing.first and landing.last <= over for begins, over in column.open):
        return column.closed or "The shop is closed then."
    return ""
