"""What rows of the calendar have in common: services, vehicles as they are kept."""

import json
from collections.abc import Iterable
from typing import Any

from cartech_desk.domain.appointments.booking import Booked
from cartech_desk.domain.money import Money
from cartech_desk.store.errors import DatabaseCorrupt
from cartech_desk.store.recording_words import storable


def vehicle_words(name: Any, make: Any, model: Any, plate: Any) -> str:
    """Return a vehicle in words: make and model, else its name, and its plate, each once."""
    known = " ".join(str(part) for part in (make, model) if part) or str(name or "")
    plate = str(plate or "")
    return known if known == plate else ", ".join(filter(None, (known, plate)))


def services_text(services: Iterable[Booked]) -> str:
    """Return what was agreed as it is kept."""
    return json.dumps(
        [
            {
                "service": each.service_id,
                "name": storable(each.name),
                "minutes": each.minutes,
                "price": each.price.minor,
                "currency": each.price.currency,
                "tax_bp": each.tax_bp,
            }
            for each in services
        ]
    )


def services_of(text: Any) -> tuple[Booked, ...]:
    """Return what was agreed. Errors: ValueError, TypeError, KeyError where it is damaged."""
    return tuple(
        Booked(
            str(each["service"]),
            str(each["name"]),
            int(each["minutes"]),
            Money(int(each["price"]), str(each["currency"])),
            None if each.get("tax_bp") is None else int(each["tax_bp"]),
        )
        for each in json.loads(text)
    )


def damaged(what: str, key: object) -> DatabaseCorrupt:
    """Say that a row makes no sense."""
    return DatabaseCorrupt(
        f"What is kept of {what} {key} is damaged.",
        kept="It was not changed.",
        to_do="Bring the last backup back, or enter it anew.",
    )
