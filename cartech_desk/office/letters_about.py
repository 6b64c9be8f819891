"""The letter that a customer is written about an appointment."""

import re
from datetime import UTC, datetime
from typing import Final

from cartech_desk.domain.appointments.booking import Appointment
from cartech_desk.domain.appointments.calendar_text import WrittenEvent, calendar_text
from cartech_desk.domain.appointments.hours import zone_of
from cartech_desk.domain.appointments.letters import (
    TEMPLATES,
    Enclosure,
    Letter,
    LetterKind,
    fill,
    one_line,
)
from cartech_desk.domain.appointments.said import clock_words, day_words, when_words
from cartech_desk.domain.appointments.status import WORDS
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.person_fields import is_address

_METHODS: Final = {LetterKind.CANCELLED: "CANCEL"}
_PLACE: Final = re.compile(r"\s*\n\s*")


def letter_about(
    kind: LetterKind, appointment: Appointment, rules: ShopRules, shop: str
) -> Letter | None:
    """Return what the customer is written; None where there is no address that mail could reach."""
    if not is_address(appointment.email) or appointment.starts is None or appointment.ends is None:
        return None
    zone = zone_of(appointment.zone)
    template = rules.templates.get(kind.value) or TEMPLATES.get(kind, "")
    if not template:
        return None
    until = clock_words(appointment.ends, zone)
    if day_words(appointment.starts, zone) != day_words(appointment.ends, zone):
        until = when_words(appointment.ends, zone)
    subject, body = fill(
        template,
        {
            "customer": one_line(appointment.customer),
            "shop": one_line(shop),
            "date": day_words(appointment.starts, zone),
            "time": clock_words(appointment.starts, zone),
            "until": until,
            "vehicle": one_line(appointment.vehicle),
            "services": one_line(appointment.work),
            "address": rules.address.strip(),
            "phone": one_line(rules.phone),
            "email": one_line(rules.email),
        },
    )
    event = WrittenEvent(
        uid=appointment.uid or f"{appointment.id}@cartech-desk",
        sequence=appointment.sequence,
        changed=datetime.now(UTC),
        starts=appointment.starts,
        ends=appointment.ends,
        title=one_line(f"{shop}: {appointment.work or 'appointment'}"),
        place=_PLACE.sub(", ", rules.address.strip()),
        cancelled=kind is LetterKind.CANCELLED,
        organizer=next(filter(is_address, (rules.email, rules.sender)), ""),
        organizer_name=one_line(shop),
    )
    method = _METHODS.get(kind, "PUBLISH")
    content = calendar_text([event], method=method)
    # RFC 6047, section 2.4: the method stands in the header too.
    media_type = f"text/calendar; charset=utf-8; method={method}"
    return Letter(
        appointment.email,
        subject,
        body,
        one_line(appointment.customer),
        (Enclosure("appointment.ics", media_type, content.encode("utf-8")),),
    )


def untrue(kind: LetterKind, appointment: Appointment, now: datetime) -> str:
    """Return why a letter of this kind must not be sent about an appointment; empty for nothing."""
    if kind is LetterKind.CANCELLED and appointment.holds:
        return "The appointment is not cancelled."
    if kind is not LetterKind.CANCELLED and not appointment.holds:
        return f"The appointment is off ({WORDS[appointment.status]})."
    if appointment.ends is not None and appointment.ends <= now:
        return "The appointment is over."
    return ""
