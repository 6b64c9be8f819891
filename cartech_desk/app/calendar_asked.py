"""What is asked of the calendar on the command line: times, customers, vehicles, services."""

import argparse
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from cartech_desk.app.numbers_asked import day_of, whole
from cartech_desk.domain.appointments.booking import Appointment, Booked, Service
from cartech_desk.domain.appointments.calendar import CalendarImport, Free, Offer
from cartech_desk.domain.appointments.hours import DAY_MIN, instant_of, is_on_wall, zone_of
from cartech_desk.domain.appointments.outbox import Mail
from cartech_desk.domain.appointments.said import span_words, when_words
from cartech_desk.domain.appointments.status import WORDS
from cartech_desk.domain.money import Money, decimals
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.office import Office

_FIRST, _LAST = 2000, 2099
_MOST_DIGITS = 9
minutes_of: Final = whole("how long it takes in minutes", 1, 30 * 24 * 60)
"""Reads a length in minutes."""
days_of: Final = whole("how many days", 1, 3_700)
"""Reads a number of days."""
buffer_of: Final = whole("what is kept free in minutes", 0, 480)
"""Reads what is kept free after an appointment."""


def when(text: str) -> str:
    """Check a time as typed, “2026-03-02 8:00” or with its offset. Errors: ArgumentTypeError."""
    try:
        at = _read(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text[:40]}” is no time: write it as in 2026-03-02T08:00"
        ) from None
    if not _FIRST <= at.year <= _LAST:
        raise argparse.ArgumentTypeError(
            f"“{text[:40]}” is not possible: a calendar goes from {_FIRST} to {_LAST}"
        )
    return text


def a_day(text: str) -> date:
    """Read a day. Errors: ArgumentTypeError."""
    day = day_of(text)
    if not _FIRST <= day.year <= _LAST:
        raise argparse.ArgumentTypeError(
            f"“{text[:40]}” is not possible: a calendar goes from {_FIRST} to {_LAST}"
        )
    return day


def instant(text: str | None, zone: str) -> datetime | None:
    """Return the instant of a time that was typed; without an offset it is the shop's own.

    Errors: FieldsRefused for one that the clock leaves out.
    """
    if text is None:
        return None
    at = _read(text)
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    minutes, own = at.hour * 60 + at.minute, zone_of(zone)
    if not is_on_wall(at.date(), minutes, own):
        words = f"There is no {at:%H:%M} on that day: the clock is changed.\nChoose another time."
        raise FieldsRefused("appointment_refused", {"starts": words})
    return instant_of(at.date(), minutes, own)


def day_span(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the instants between which days lie, both included."""
    return instant_of(first, 0, zone), instant_of(last, DAY_MIN, zone)


def _read(text: str) -> datetime:
    """Read a time whose hour may have one digit. Errors: ValueError."""
    day, _, clock = text.strip().replace(" ", "T").partition("T")
    if not clock:
        return datetime.combine(date.fromisoformat(day), time())
    if clock[1:2] == ":":
        clock = f"0{clock}"
    return datetime.fromisoformat(f"{day}T{clock}")


def booked(office: Office, words: list[str]) -> tuple[Booked, ...]:
    """Return the services of these codes as they are agreed now. Errors: NotKept."""
    found = [office.appointments.service(word) for word in words]
    return tuple(Booked(one.id, one.name, one.minutes, one.price, one.tax_bp) for one in found)


def price(text: str, currency: str) -> Money:
    """Return a price that was typed. Errors: FieldsRefused."""
    try:
        typed = Decimal(text.replace(",", "."))
        if not typed.is_finite() or typed.adjusted() > _MOST_DIGITS:
            raise ValueError
        amount = typed.scaleb(decimals(currency))
        if amount != amount.to_integral_value():
            raise ValueError
    except (InvalidOperation, ValueError):
        words = f"“{text}” is no price in {currency}.\nWrite it as in 95.00."
        raise FieldsRefused("service_refused", {"price": words}) from None
    return Money(int(amount), currency)


# Documents: the contract's keys are `date`, `customer`, `service`


def appointment_document(one: Appointment) -> dict[str, Any]:
    """Return an appointment as `--json` has it."""
    return {
        "id": one.id,
        "date": _iso(one.starts),
        "ends": _iso(one.ends),
        "zone": one.zone,
        "customer": one.customer,
        "customer_id": one.customer_id,
        "vehicle": one.vehicle,
        "vehicle_id": one.vehicle_id,
        "service": one.work,
        "services": [
            {
                "service_id": each.service_id,
                "name": each.name,
                "minutes": each.minutes,
                "price": str(each.price.major),
                "currency": each.price.currency,
            }
            for each in one.services
        ],
        "status": one.status.value,
        "bay_id": one.bay_id,
        "technician_id": one.technician_id,
        "buffer_before_min": max(0, one.buffer_before_min),
        "buffer_after_min": max(0, one.buffer_after_min),
        "notes": one.notes,
        "job_id": one.job_id,
        "confirmation": one.confirmation,
        "carried_from": one.carried_from,
        "carried_to": one.carried_to,
        "version": one.version,
    }


def appointment_line(one: Appointment) -> str:
    """Return an appointment on one line."""
    who = ", ".join(filter(None, (one.customer, one.vehicle)))
    zone = zone_of(one.zone)
    if one.starts is None or one.ends is None:
        return f"{one.id[-8:]}  {who}"
    stretch = span_words(one.starts, one.ends, zone)
    parts = (f"{one.id[-8:]}  {stretch}", WORDS[one.status], who, one.work, one.notes[:60])
    return "  ".join(filter(None, parts))


def free_document(free: Free) -> dict[str, Any]:
    """Return a free time as `--json` has it."""
    return {
        "date": _iso(free.starts),
        "ends": _iso(free.ends),
        "bay_id": free.bay_id,
        "technician_id": free.technician_id,
    }


def free_line(free: Free, names: dict[str, str], zone: tzinfo) -> str:
    """Return a free time on one line."""
    who = ", ".join(names[key] for key in (free.bay_id, free.technician_id) if key in names)
    return f"{when_words(free.starts, zone)}  {who}".rstrip()


def offer_document(offer: Offer) -> dict[str, Any]:
    """Return an offer to somebody who waits as `--json` has it."""
    one = offer.waiting
    return {
        "waiting_id": one.id,
        "customer": one.customer,
        "vehicle": one.vehicle,
        "minutes": one.minutes,
        "free": free_document(offer.free),
    }


def service_document(one: Service) -> dict[str, Any]:
    """Return a service as `--json` has it."""
    return {
        "id": one.id,
        "code": one.code,
        "name": one.name,
        "category": one.category,
        "minutes": one.minutes,
        "price": str(one.price.major),
        "currency": one.price.currency,
        "active": one.active,
        "version": one.version,
    }


def mail_document(one: Mail) -> dict[str, Any]:
    """Return an e-mail as `--json` has it."""
    return {
        "id": one.id,
        "kind": one.kind,
        "to": one.to_address,
        "subject": one.subject,
        "state": one.state.value,
        "tries": one.tries,
        "next_try": _iso(one.next_try),
        "created": _iso(one.created),
        "sent": _iso(one.sent),
        "problem": one.problem,
        "appointment_id": one.appointment_id,
        "job_id": one.job_id,
    }


def import_document(read: CalendarImport) -> dict[str, Any]:
    """Return what an import gave as `--json` has it."""
    return {
        "calendar": read.name,
        "id": read.calendar.id if read.calendar else None,
        "events": len(read.events),
        "left_out": [{"line": one.line, "what": one.what, "why": one.why} for one in read.left_out],
        "notes": [{"line": one.line, "what": one.what, "why": one.why} for one in read.notes],
        "warnings": [
            {
                "event": one.event.title,
                "date": _iso(one.event.starts),
                "appointment_id": one.appointment.id,
            }
            for one in read.clashes
        ],
    }


def next_days(first: date | None, today: date, days: int) -> tuple[date, date]:
    """Return the first and the last of some days."""
    begin = first or today
    return begin, begin + timedelta(days=max(1, days) - 1)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
