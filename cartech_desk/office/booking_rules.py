"""The rules of a booking: what cannot stand, what is asked about first, and in which words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus, Resource
from cartech_desk.domain.appointments.calendar import (
    Conflict,
    Doubt,
    ForeignEvent,
    Free,
    TimeOff,
)
from cartech_desk.domain.appointments.free import fits_hours
from cartech_desk.domain.appointments.hours import DAY_MIN, day_of, hours_text, instant_of, zone_of
from cartech_desk.domain.appointments.said import clock_words, day_words, span_words, when_words
from cartech_desk.domain.appointments.status import WORDS
from cartech_desk.domain.plain_text import printable
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.booking_errors import Overlap
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.opening import Opening

MOST_NOTES: Final = 2_000
MOST_BUFFER_MIN: Final = 480
LONGEST: Final = timedelta(days=30)
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
_USUAL_MIN: Final = 60
"""How long an appointment is where neither an end nor a service says it."""


def resolved(appointment: Appointment, rules: ShopRules) -> Appointment:
    """Return an appointment with what was left out filled in, its times in UTC to the minute.

    Errors: FieldsRefused naming every field that cannot stand.
    """
    wrong: dict[str, str] = {}
    starts, ends = _utc(appointment.starts), _utc(appointment.ends)
    if starts is None:
        wrong["starts"] = "The appointment has no time.\nSay when it begins."
    elif not EARLIEST <= starts < LATEST:
        wrong["starts"] = "This is no year for an appointment.\nType the date anew."
    if starts is not None and ends is None:
        minutes = sum(each.minutes for each in appointment.services) or _USUAL_MIN
        ends = starts + timedelta(minutes=minutes)
    if starts is not None and ends is not None:
        if ends <= starts:
            how = "as soon as" if ends == starts else "before"
            wrong["ends"] = f"It ends {how} it begins.\nChoose a later end."
        elif ends - starts > LONGEST:
            wrong["ends"] = f"An appointment lasts {LONGEST.days} days at most.\nChoose less."
    after = rules.buffer_min if appointment.buffer_after_min < 0 else appointment.buffer_after_min
    if not 0 <= appointment.buffer_before_min <= MOST_BUFFER_MIN or after > MOST_BUFFER_MIN:
        wrong["buffers"] = f"What is kept free is 0 to {MOST_BUFFER_MIN} min.\nType it anew."
    if len(appointment.notes) > MOST_NOTES or not _shown(appointment.notes):
        wrong["notes"] = f"Notes have at most {MOST_NOTES} printable characters.\nShorten them."
    if any(each.minutes < 0 or each.price.minor < 0 for each in appointment.services):
        wrong["services"] = "A service takes no time or costs less than nothing.\nCorrect it."
    if not (
        appointment.customer_id
        or appointment.vehicle_id
        or appointment.services
        or appointment.notes.strip()
    ):
        wrong["customer"] = (
            "Nobody and nothing is named.\nChoose a customer, a vehicle or a service, or write a "
            "note."
        )
    if wrong:
        raise FieldsRefused("appointment_refused", wrong)
    return replace(
        appointment,
        starts=starts,
        ends=ends,
        zone=rules.zone,
        buffer_after_min=after,
        notes=appointment.notes.strip(),
    )


def doubts(
    wanted: Appointment,
    before: Appointment | None,
    *,
    rules: ShopRules,
    time_off: Iterable[TimeOff],
    resources: Sequence[Resource],
    now: datetime,
    of_car: Iterable[Appointment] = (),
) -> tuple[tuple[Doubt, str], ...]:
    """Return what is to be asked about; nothing is asked again that stood like this before.

    `of_car` is what its car is booked for at that time already.
    """
    if wanted.starts is None or wanted.ends is None:
        return ()
    zone = zone_of(rules.zone)
    found: list[tuple[Doubt, str]] = []
    moved = before is None or (before.starts, before.ends) != (wanted.starts, wanted.ends)
    begins_anew = before is None or before.starts != wanted.starts
    if begins_anew and wanted.starts <= now - timedelta(minutes=rules.slot_min):
        words = f"{when_words(wanted.starts, zone)} is past."
        found.append((Doubt.PAST, words))
    if moved:
        found += _hours_doubts(wanted.starts, wanted.ends, rules)
    if moved or before is None or before.resources != wanted.resources:
        names = {each.id: each.name for each in resources}
        held = wanted.held
        for off in time_off:
            if off.starts is None or off.ends is None:
                continue
            if off.resource_id and off.resource_id not in wanted.resources:
                continue
            if off.starts < held.ends and held.starts < off.ends:
                who = names.get(off.resource_id, "The shop")
                why = f" ({off.words})" if off.words else ""
                stretch = span_words(off.starts, off.ends, zone)
                found.append((Doubt.TIME_OFF, f"{who} is off {stretch}{why}."))
        for one in resources:
            new = before is None or one.id not in before.resources
            if one.id in wanted.resources and not one.active and (new or moved):
                found.append((Doubt.SWITCHED_OFF, f"{one.name} is switched off."))
    found += car_doubts(of_car, rules, resources)
    if (before is None or before.resources) and not wanted.resources and resources:
        found.append(
            (Doubt.NO_RESOURCE, "Neither a bay nor a technician is named: nothing is kept free.")
        )
    return tuple(found)


def car_doubts(
    of_car: Iterable[Appointment], rules: ShopRules, resources: Sequence[Resource]
) -> list[tuple[Doubt, str]]:
    """Return what is asked where a car is booked already, by what it is booked for."""
    zone, names = zone_of(rules.zone), {each.id: each.name for each in resources}
    found = []
    for one in of_car:
        if one.starts is None or one.ends is None:
            continue
        bay, hand = names.get(one.bay_id), names.get(one.technician_id)
        where = f" in {bay}" if bay else f" with {hand}" if hand else ""
        stands = "" if one.status is AppointmentStatus.BOOKED else f" ({WORDS[one.status]})"
        stretch = span_words(one.starts, one.ends, zone)
        found.append((Doubt.CAR_TWICE, f"This car is booked {stretch}{where} already{stands}."))
    return found


def _hours_doubts(starts: datetime, ends: datetime, rules: ShopRules) -> list[tuple[Doubt, str]]:
    zone = zone_of(rules.zone)
    first, last = day_of(starts, zone), day_of(ends - timedelta(microseconds=1), zone)
    opening = Opening(rules)
    day = opening.day(first)
    found: list[tuple[Doubt, str]] = []
    if first != last:
        until = when_words(ends, zone)
        found.append((Doubt.MIDNIGHT, f"It goes on over midnight, until {until}."))
    if day.closed:
        words = f"The shop is closed on {day_words(starts, zone)} ({day.closed})."
        found.append((Doubt.CLOSED, words))
    elif first == last and not fits_hours(day, starts, ends):
        hours = hours_text(rules.hours[first.weekday()])
        words = (
            f"{clock_words(starts, zone)} to {clock_words(ends, zone)} is outside the hours of "
            f"{day_words(starts, zone)} ({hours})."
        )
        found.append((Doubt.CLOSED, words))
    elif first != last and not any(each.starts <= starts < each.ends for each in day.open):
        found.append((Doubt.CLOSED, f"The shop is closed {when_words(starts, zone)}."))
    if first != last:
        others = opening.days(first + timedelta(days=1), (last - first).days)
        shut = [f"{_midday(each.day, zone)} ({each.closed})" for each in others if each.closed]
        if shut:
            more = f" and {len(shut) - 3} days more" if len(shut) > 3 else ""
            found.append((Doubt.CLOSED, f"The shop is closed on {'; '.join(shut[:3])}{more}."))
    return found


def _midday(day: date, zone: tzinfo) -> str:
    return day_words(instant_of(day, DAY_MIN // 2, zone), zone)


_HERE: Final = (AppointmentStatus.ARRIVED, AppointmentStatus.IN_BAY, AppointmentStatus.WAITING)
"""The car is here."""


def here_doubts(
    one: Appointment, status: AppointmentStatus, rules: ShopRules, now: datetime
) -> tuple[tuple[Doubt, str], ...]:
    """Return what is asked about one that is booked and whose car is said to be here by now."""
    if status not in _HERE or one.status is not AppointmentStatus.BOOKED:
        return ()
    if one.starts is None or one.ends is None:
        return ()
    zone = zone_of(rules.zone)
    if day_of(one.starts, zone) <= day_of(now, zone) <= day_of(one.ends, zone):
        return ()
    words = f"It is booked for {when_words(one.starts, zone)}. {WORDS[status].capitalize()} now?"
    return ((Doubt.ANOTHER_DAY, words),)


def foreign_notes(
    wanted: Appointment, events: Iterable[ForeignEvent], rules: ShopRules
) -> tuple[str, ...]:
    """Return what others' calendars have at that time."""
    zone = zone_of(rules.zone)
    return tuple(
        f"{event.calendar}: {event.title}, {span_words(event.starts, event.ends, zone)}."
        for event in events
        if clashes(event, wanted)
    )


def clashes(event: ForeignEvent, appointment: Appointment) -> bool:
    """Tell whether an imported event is in the way of an appointment.

    One of a bay or technician is for those alone; one of nobody in particular is for all, but a
    whole day of it (a birthday, a holiday elsewhere) is for none.
    """
    if appointment.starts is None or appointment.ends is None or not appointment.holds:
        return False
    if event.resource_id:
        concerned = event.resource_id in appointment.resources
    else:
        concerned = not event.all_day
    return concerned and event.starts < appointment.ends and appointment.starts < event.ends


def overlap(
    in_way: Sequence[Conflict],
    free: Free | None,
    rules: ShopRules,
    resources: Sequence[Resource],
    asked: Iterable[tuple[Doubt, str]] = (),
) -> Overlap:
    """Return the refusal that names what is in the way, and the next free time.

    `asked` is what else speaks against that time: it is said at once, not after the next try.
    """
    zone = zone_of(rules.zone)
    sentences = []
    for one in in_way[:3]:
        held = one.appointment.held
        sentences.append(
            f"{one.resource.name} is taken {span_words(held.starts, held.ends, zone)} by "
            f"{_who(one.appointment)} ({WORDS[one.appointment.status]})."
        )
    names = {each.id: each.name for each in resources}
    to_do = "Choose another time, bay or technician."
    if free is not None:
        who = " and ".join(filter(None, (names.get(free.bay_id), names.get(free.technician_id))))
        verb = "are" if " and " in who else "is"
        to_do = f"{who} {verb} free next on {when_words(free.starts, zone)}."
    sentences = sentences or ["Something else is booked there at that time."]
    happened = " ".join((*sentences, *(sentence for _, sentence in asked)))
    return Overlap(happened, to_do, in_way, free)


def _who(one: Appointment) -> str:
    return (
        ", ".join(filter(None, (one.customer, one.vehicle)))
        or one.work
        or one.notes[:40]
        or ("another appointment")
    )


def _utc(at: datetime | None) -> datetime | None:
    """Return an instant in UTC to the minute. Errors: ValueError for one without a time zone."""
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValueError("an appointment needs instants with a time zone")
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def _shown(text: str) -> bool:
    return all(printable(line.replace("\t", " ")) for line in text.splitlines())
