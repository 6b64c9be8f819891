"""The columns of the calendar: bays or technicians of a day, or the days of a week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from cartech_desk.domain.appointments.booking import Appointment, Resource, ResourceKind
from cartech_desk.domain.appointments.calendar import CalendarView
from cartech_desk.domain.appointments.hours import OpenDay, zone_of
from cartech_desk.domain.shop_rules import Opening
from cartech_desk.ui.models.calendar_time import DAY_MIN, minute_of, monday_of

WEEK: Final = 7
_SATURDAY: Final = 5


class Plan(StrEnum):
    """What the columns are."""

    BAYS = "bays"
    TECHNICIANS = "technicians"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind` is None for a day of the week: what is dropped there keeps its resources.

    `resource_id` is empty in the column of those that have no bay or technician yet. `off` is
    stretches of minutes with their words, `open` those in which the shop is open.
    """

    day: date
    title: str
    kind: ResourceKind | None = None
    resource_id: str = ""
    open: Opening = ()
    closed: str = ""
    off: tuple[tuple[int, int, str], ...] = ()


def columns_of(view: CalendarView, plan: Plan, day: date, *, only: str = "") -> tuple[Column, ...]:
    """Return the columns of a plan that holds `day`.

    A week shows its days; Saturday and Sunday only where the shop is open or something is booked.
    `only` is the resource that a week is narrowed to. The column of those without a bay (or
    technician) comes first, where there are such.
    """
    zone = zone_of(view.zone)
    days = {one.day: one for one in view.days}
    if plan is Plan.WEEK:
        return _week(view, monday_of(day), day, only)
    kind = ResourceKind.BAY if plan is Plan.BAYS else ResourceKind.TECHNICIAN
    here = [one for one in view.appointments if on_day(one, day, zone)]
    own = [
        one
        for one in view.resources
        if one.kind is kind and (one.active or any(one.id == held_by(each, kind) for each in here))
    ]
    own.sort(key=lambda one: (one.place, one.name.casefold(), one.id))
    known = {one.id for one in own}
    if not own or any(held_by(one, kind) not in known for one in here):
        word = "bay" if kind is ResourceKind.BAY else "technician"
        own.insert(0, Resource(kind=kind, name=f"No {word} yet"))
    return tuple(_column(view, days.get(day), day, one, kind) for one in own)


def held_by(appointment: Appointment, kind: ResourceKind) -> str:
    """Return the id of the bay or technician that an appointment takes; empty for none."""
    return appointment.bay_id if kind is ResourceKind.BAY else appointment.technician_id


def days_of(plan: Plan, day: date) -> tuple[date, int]:
    """Return the first day of a plan and how many it has."""
    return (monday_of(day), WEEK) if plan is Plan.WEEK else (day, 1)


def stepped(plan: Plan, day: date, by: int) -> date:
    """Return the day that so many plans further on is looked at."""
    return day + timedelta(days=by * (WEEK if plan is Plan.WEEK else 1))


def plan_words(plan: Plan, day: date) -> str:
    """Name the day or the week that is looked at."""
    if plan is not Plan.WEEK:
        return f"{day:%A}, {day.day} {day:%b %Y}"
    first = monday_of(day)
    last = first + timedelta(days=WEEK - 1)
    week = first.isocalendar().week
    begins = f"{first.day} {first:%b}" if first.month != last.month else f"{first.day}"
    return f"Week {week}, {begins} \N{EN DASH} {last.day} {last:%b %Y}"


def on_day(appointment: Appointment, day: date, zone: tzinfo) -> bool:
    """Tell whether an appointment touches a day."""
    if appointment.starts is None or appointment.ends is None:
        return False
    first = minute_of(appointment.starts, day, zone)
    return first < DAY_MIN and minute_of(appointment.ends, day, zone) > 0


def _week(view: CalendarView, monday: date, day: date, only: str) -> tuple[Column, ...]:
    zone = zone_of(view.zone)
    columns = []
    for place in range(WEEK):
        one = monday + timedelta(days=place)
        opened = next((each for each in view.days if each.day == one), None)
        wanted = place < _SATURDAY or one == day or (opened is not None and opened.open)
        if not wanted and not any(on_day(each, one, zone) for each in view.appointments):
            continue
        resource = Resource(only, name=f"{one:%a} {one.day} {one:%b}")
        columns.append(_column(view, opened, one, resource, None))
    return tuple(columns)


def _column(
    view: CalendarView,
    opened: OpenDay | None,
    day: date,
    resource: Resource,
    kind: ResourceKind | None,
) -> Column:
    zone = zone_of(view.zone)
    stretches: Opening = ()
    closed = ""
    if opened is not None:
        stretches = tuple(_minutes(one.starts, one.ends, day, zone) for one in opened.open)
        named = opened.closed not in ("", "closed")
        closed = f"closed: {opened.closed}" if named else opened.closed
    off = []
    for one in view.time_off:
        if one.starts is None or one.ends is None or one.resource_id not in ("", resource.id):
            continue
        first, last = _minutes(one.starts, one.ends, day, zone)
        if first < last:
            off.append((first, last, one.words or "Time off"))
    return Column(
        day,
        resource.name,
        kind,
        resource.id if kind is not None else "",
        stretches,
        closed,
        tuple(sorted(off)),
    )


def _minutes(starts: datetime, ends: datetime, day: date, zone: tzinfo) -> tuple[int, int]:
    first, last = minute_of(starts, day, zone), minute_of(ends, day, zone)
    return min(max(0, first), DAY_MIN), min(max(0, last), DAY_MIN)
