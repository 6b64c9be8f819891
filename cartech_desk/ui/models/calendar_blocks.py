"""What stands in the columns of the calendar, side by side where it overlaps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from cartech_desk.domain.appointments.booking import Appointment
from cartech_desk.domain.appointments.calendar import CalendarView, ForeignEvent
from cartech_desk.domain.appointments.hours import zone_of
from cartech_desk.ui.models.appointment_words import title
from cartech_desk.ui.models.calendar_columns import Column, held_by
from cartech_desk.ui.models.calendar_time import DAY_MIN, minute_of


@dataclass(frozen=True, slots=True)
class Block:
    """One rectangle of the calendar: minutes of its column's day, and its lane of several.

    `before` and `after` are where its buffers reach. Exactly one of `appointment` and `foreign`.
    """

    column: int
    first: int
    last: int
    before: int
    after: int
    appointment: Appointment | None = None
    foreign: ForeignEvent | None = None
    clash: str = ""
    """What of ours an event of others overlaps, in words."""
    lane: int = 0
    lanes: int = 1

    @property
    def id(self) -> str:
        """Id of the appointment; empty for others' events."""
        return self.appointment.id if self.appointment is not None else ""

    @property
    def holds(self) -> bool:
        """Whether it holds its bay and technician."""
        return self.appointment is not None and self.appointment.holds


def blocks_of(
    view: CalendarView, columns: Sequence[Column], *, only: str = ""
) -> tuple[Block, ...]:
    """Return the blocks of these columns; a week can be narrowed to one resource (`only`)."""
    zone = zone_of(view.zone)
    clashes = {
        (clash.event.calendar_id, clash.event.uid, clash.event.starts): clash.appointment
        for clash in view.clashes
    }
    found: list[Block] = []
    for place, column in enumerate(columns):
        here = [
            block
            for one in view.appointments
            if _stands_in(one, column, columns, only)
            and (block := _own(one, place, column, zone)) is not None
        ]
        for event in view.foreign:
            block = _other(event, place, column, zone) if _foreign_in(event, column, only) else None
            if block is not None:
                clash = clashes.get((event.calendar_id, event.uid, event.starts))
                words = "" if clash is None else f"at the same time: {title(clash)}"
                here.append(replace(block, clash=words))
        found += laid_side_by_side(here)
    return tuple(found)


def laid_side_by_side(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks of one column with their lanes: what overlaps shares the width."""
    done: list[Block] = []
    group: list[Block] = []
    ends: list[int] = []
    until = -1
    for block in sorted(blocks, key=lambda one: (one.first, -one.last, one.id)):
        if block.first >= until and group:
            done += [replace(one, lanes=len(ends)) for one in group]
            group, ends = [], []
        lane = next((at for at, end in enumerate(ends) if end <= block.first), len(ends))
        ends[lane : lane + 1] = [block.last]
        group.append(replace(block, lane=lane))
        until = max(until, block.last)
    return done + [replace(one, lanes=len(ends)) for one in group]


def _stands_in(one: Appointment, column: Column, columns: Sequence[Column], only: str) -> bool:
    if column.kind is None:
        return not only or only in (one.bay_id, one.technician_id)
    held = held_by(one, column.kind)
    if column.resource_id:
        return held == column.resource_id
    return held not in {each.resource_id for each in columns if each.resource_id}


def _foreign_in(event: ForeignEvent, column: Column, only: str) -> bool:
    if column.kind is None:
        return not only or event.resource_id in ("", only)
    return event.resource_id in ("", column.resource_id)


def _own(one: Appointment, place: int, column: Column, zone: tzinfo) -> Block | None:
    if one.starts is None or one.ends is None:
        return None
    span = _minutes(one.starts, one.ends, column, zone)
    if span is None:
        return None
    first, last = span
    return Block(
        place,
        first,
        last,
        max(0, first - one.buffer_before_min),
        min(DAY_MIN, last + one.buffer_after_min),
        appointment=one,
    )


def _other(event: ForeignEvent, place: int, column: Column, zone: tzinfo) -> Block | None:
    span = _minutes(event.starts, event.ends, column, zone)
    return None if span is None else Block(place, *span, *span, foreign=event)


def _minutes(
    starts: datetime, ends: datetime, column: Column, zone: tzinfo
) -> tuple[int, int] | None:
    first = minute_of(starts, column.day, zone)
    last = minute_of(ends, column.day, zone)
    if last <= first < DAY_MIN and ends > starts:
        # An hour that comes twice: what begins in the first and ends in the second is seen.
        last = first + 15
    if first >= DAY_MIN or last <= 0:
        return None
    return max(0, first), min(DAY_MIN, last)
