"""Free times: where a booking fits between what is held and into the hours of the shop."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from cartech_desk.domain.appointments.calendar import Free
from cartech_desk.domain.appointments.hours import OpenDay, Stretch


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be found room for: `minutes` of work between its buffers.

    `bays` and `technicians` are the ids of which one of each is needed; empty for none.
    """

    minutes: int
    bays: tuple[str, ...] = ()
    technicians: tuple[str, ...] = ()
    before_min: int = 0
    after_min: int = 0


def fits_hours(day: OpenDay, starts: datetime, ends: datetime) -> bool:
    """Tell whether work may begin and end then: it may go on over a break, not over the night."""
    begins = any(each.starts <= starts < each.ends for each in day.open)
    return begins and any(each.starts < ends <= each.ends for each in day.open)


def is_free(held: Iterable[Stretch], wanted: Stretch) -> bool:
    """Tell whether nothing that is held overlaps a stretch; both are half-open."""
    return not any(each.starts < wanted.ends and wanted.starts < each.ends for each in held)


def free_times(
    days: Iterable[OpenDay],
    wanted: Wanted,
    held: Mapping[str, Sequence[Stretch]],
    *,
    after: datetime,
    slot_min: int,
    zone: tzinfo,
) -> Iterator[Free]:
    """Yield the times at which it can be booked, not before `after`, the earliest first.

    `held` is by resource; what stands under "" holds the whole shop. Times begin at the steps of
    the calendar, counted from the hour on the clock of the wall.
    """
    length = timedelta(minutes=wanted.minutes)
    before, behind = timedelta(minutes=wanted.before_min), timedelta(minutes=wanted.after_min)
    for day in days:
        if not day.open or day.open[-1].ends <= after:
            continue
        whole = Stretch(day.starts - before, day.ends + behind)
        here = {
            resource: [each for each in stretches if not is_free((each,), whole)]
            for resource, stretches in held.items()
        }
        everywhere = here.get("", ())
        for stretch in day.open:
            starts = _stepped(max(stretch.starts, after), slot_min, zone)
            while starts < stretch.ends:
                ends = starts + length
                taken = Stretch(starts - before, ends + behind)
                if fits_hours(day, starts, ends) and is_free(everywhere, taken):
                    bay = _first_free(wanted.bays, here, taken)
                    technician = _first_free(wanted.technicians, here, taken)
                    if bay is not None and technician is not None:
                        yield Free(starts, ends, bay, technician)
                starts += timedelta(minutes=slot_min)


def _first_free(
    candidates: Sequence[str], held: Mapping[str, Sequence[Stretch]], taken: Stretch
) -> str | None:
    """Return the first that is free; empty where none is needed, None where none is free."""
    if not candidates:
        return ""
    return next((one for one in candidates if is_free(held.get(one, ()), taken)), None)


def _stepped(at: datetime, slot_min: int, zone: tzinfo) -> datetime:
    """Return the next step of the calendar that is not before an instant."""
    local = at.astimezone(zone)
    over = timedelta(
        minutes=local.minute % slot_min, seconds=local.second, microseconds=local.microsecond
    )
    return at if not over else at - over + timedelta(minutes=slot_min)
