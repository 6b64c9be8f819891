"""What Today shows of the work: the cars that are here, and those that are expected today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus
from cartech_desk.domain.jobs.job import JobRow, JobStatus
from cartech_desk.domain.parts.part import Level, StockAlert
from cartech_desk.ui.models.appointment_words import title, without_job
from cartech_desk.ui.models.job_words import refused
from cartech_desk.ui.models.work_states import BOOKINGS, JOBS, WorkState
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted

_HERE: Final = (JobStatus.IN_BAY, JobStatus.ARRIVED, JobStatus.WAITING)
LISTED: Final = (*_HERE, JobStatus.DONE)
"""Jobs that stand on Today; those that are only booked stand as their appointments."""
NONE_BEYOND: Final[Mapping[JobStatus, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One car of today; `page` and `opens` lead to it, `side` is its time."""

    state: WorkState
    words: str
    beneath: str
    side: str
    page: str
    opens: str


def work_lines(
    appointments: Sequence[Appointment],
    board: Mapping[JobStatus, tuple[JobRow, ...]],
    names: Mapping[str, str],
    now: datetime,
    zone: tzinfo,
) -> tuple[WorkLine, ...]:
    """Return the cars that are here, those expected today by time, then what is to be paid.

    `names` of bays and technicians by id. An appointment that became a job stands as that job; one
    whose car is here and that has none yet stands by itself.
    """
    today = {one.job_id: one for one in appointments if one.job_id}
    lines = []
    for status in _HERE:
        lines += [_job(one, names, today, now, zone) for one in board.get(status, ())]
    lines += [_come(one, names, zone) for one in appointments if without_job(one)]
    lines += [
        _booked(one, names, now, zone)
        for one in sorted(appointments, key=lambda one: one.starts or now)
        if one.status is AppointmentStatus.BOOKED
    ]
    lines += [_job(one, names, today, now, zone) for one in board.get(JobStatus.DONE, ())]
    return tuple(lines)


def sum_words(lines: Iterable[WorkLine], beyond: Mapping[JobStatus, int] = NONE_BEYOND) -> str:
    """Say how many of the lines are at work, expected, and to be paid; empty for none.

    `beyond` is how many more jobs there are of which no line was made.
    """
    states = [line.state for line in lines]
    expected = states.count(WorkState.BOOKED)
    unpaid = states.count(WorkState.UNPAID)
    here = len(states) - expected - unpaid + sum(beyond.get(status, 0) for status in _HERE)
    unpaid += beyond.get(JobStatus.DONE, 0)
    said = (
        f"{counted(here, 'car')} in work" if here else "",
        f"{expected} expected" if expected else "",
        f"{unpaid} to be paid" if unpaid else "",
    )
    return " · ".join(filter(None, said))


def _job(
    job: JobRow,
    names: Mapping[str, str],
    today: Mapping[str, Appointment],
    now: datetime,
    zone: tzinfo,
) -> WorkLine:
    standing = JOBS[job.status]
    booked = today.get(job.id)
    if booked is not None and booked.ends is not None and job.status in _HERE:
        side = f"until {booked.ends.astimezone(zone):%H:%M}"
    elif job.promised is not None and job.status in _HERE:
        late = "late: " if job.promised < now else ""
        side = f"{late}promised {_when(job.promised, now, zone)}"
    else:
        side = f"since {_when(job.opened, now, zone)}"
    place = " · ".join(filter(None, (names.get(job.bay_id, ""), names.get(job.technician_id, ""))))
    vehicle = " · ".join(dict.fromkeys(filter(None, (job.vehicle, job.plate))))
    words = " · ".join(filter(None, (vehicle, job.title)))
    no = WorkState.SAID_NO.lamp.word if refused(job) else ""
    parts = (standing.lamp.word, no, place, job.customer, f"job {job.number}")
    return WorkLine(standing, words, " · ".join(filter(None, parts)), side, "jobs", job.id)


def _come(one: Appointment, names: Mapping[str, str], zone: tzinfo) -> WorkLine:
    standing = BOOKINGS[one.status]
    place = " · ".join(filter(None, (names.get(one.bay_id, ""), names.get(one.technician_id, ""))))
    parts = (standing.lamp.word, "no job yet", place, one.customer if one.vehicle else "")
    words = " · ".join(filter(None, (title(one), one.work)))
    side = f"until {one.ends.astimezone(zone):%H:%M}" if one.ends is not None else ""
    return WorkLine(standing, words, " · ".join(filter(None, parts)), side, "calendar", one.id)


def _booked(one: Appointment, names: Mapping[str, str], now: datetime, zone: tzinfo) -> WorkLine:
    late = one.starts is not None and one.starts < now
    place = " · ".join(filter(None, (names.get(one.bay_id, ""), names.get(one.technician_id, ""))))
    parts = ("was to be here" if late else "booked", place, one.customer if one.vehicle else "")
    words = " · ".join(filter(None, (title(one), one.work)))
    side = f"{one.starts.astimezone(zone):%H:%M}" if one.starts is not None else ""
    return WorkLine(
        WorkState.BOOKED, words, " · ".join(filter(None, parts)), side, "calendar", one.id
    )


def _when(instant: datetime, now: datetime, zone: tzinfo) -> str:
    local, here = instant.astimezone(zone), now.astimezone(zone)
    if local.date() == here.date():
        return f"{local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b}"


@dataclass(frozen=True, slots=True)
class StockLine:
    """One part that runs low: lamp, name and what is left; `seen` where somebody knows."""

    state: State
    words: str
    beneath: str
    part_id: str
    seen: bool


def stock_lines(alerts: Iterable[StockAlert]) -> tuple[StockLine, ...]:
    """Return a line for each part, of its lower level; unseen ones and empty ones first."""
    worst: dict[str, StockAlert] = {}
    for alert in alerts:
        before = worst.get(alert.part_id)
        if before is None or alert.limit < before.limit:
            worst[alert.part_id] = alert
    ordered = sorted(
        worst.values(),
        key=lambda one: (
            one.acknowledged is not None,
            one.now > 0,
            one.level is not Level.REORDER,
        ),
    )
    return tuple(_stock(one) for one in ordered)


def _stock(alert: StockAlert) -> StockLine:
    seen = alert.acknowledged is not None
    word = "reorder" if alert.level is Level.REORDER else "low"
    if alert.now:
        state = State.WARNING_GONE if seen else State.WARNING
        words = f"{_plain(alert.now)} left, {word} at {_plain(alert.limit)}"
    else:
        state, words = (State.TRIP_GONE if seen else State.TRIP), "none left"
    return StockLine(
        state,
        alert.part,
        words,
        alert.part_id,
        seen,
    )


def _plain(quantity: Decimal) -> str:
    said = f"{quantity:f}"
    return said.rstrip("0").rstrip(".") if "." in said else said
