"""A person of the shop, and the shop."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.people import PersonRow

PIN_TRIES: Final = 5
"""Wrong PINs in a row after which a PIN is off until the password is used."""
PIN_WRONG: Final = 4
"""What a wrong PIN adds to the count of a person; a right one takes 1 off.

So who slips once in five times keeps the PIN for ever, and who tries PINs between those of its
owner has a guess for every four of them, not four for each.
"""
PIN_OFF: Final = PIN_TRIES * PIN_WRONG
"""The count at which a PIN is off."""
PIN_SERVES: Final = timedelta(days=7)
"""For how long after the password was used here a PIN will do."""
_CLOCKS_DIFFER: Final = timedelta(minutes=5)


class Standing(StrEnum):
    """Whether a person may sign in."""

    WAITING = "waiting"
    """Registered, not yet approved by an administrator."""
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Person:
    """One person, without any secret. `has_pin` tells whether a PIN can be used now."""

    id: str
    email: str
    name: str
    certification: str
    role: Role
    standing: Standing
    registered: datetime
    decided_by: str = ""
    has_pin: bool = False

    @property
    def actor(self) -> Actor:
        """The person as the actor of an act."""
        return Actor(self.id, self.name, self.role)


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop: `units` metric, imperial or mixed; `currency` an ISO 4217 code."""

    id: str
    name: str
    units: str
    currency: str


def person_of(row: PersonRow, now: datetime) -> Person:
    """Return the person of a row."""
    return Person(
        row.id,
        row.email,
        row.name,
        row.certification,
        Role(row.role),
        Standing(row.standing),
        datetime.fromisoformat(row.registered),
        row.decided_by or "",
        pin_serves(row, now),
    )


def pin_serves(row: PersonRow, now: datetime) -> bool:
    """Tell whether this person may take over with a PIN now.

    A password used in the future means that the clock was set back: it has to be used again, or
    turning the clock would keep a PIN alive for ever.
    """
    if row.pin_hash is None or row.pin_failures >= PIN_OFF or row.standing != Standing.ACTIVE:
        return False
    if row.password_used is None:
        return False
    age = now - datetime.fromisoformat(row.password_used)
    return -_CLOCKS_DIFFER <= age <= PIN_SERVES
