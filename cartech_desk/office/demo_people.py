"""The people of the demo, which founds its own shop: a technician at the desk, and two to ask.

Password and PIN are shown wherever somebody may need them: the demo keeps nothing of a shop.
"""

import time
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.people import Role
from cartech_desk.office.errors import FoundedAlready, SignInRefused
from cartech_desk.office.people import People


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One of them."""

    name: str
    email: str
    role: Role


PASSWORD: Final = "loud-lathe-42-hums"  # noqa: S105 - shown to everybody who starts the demo
PIN: Final = "7305"
COST: Final = 4
"""Rounds of bcrypt, few: there is nothing to protect, and the demo shall start at once."""
SHOP: Final = "CarTech Demo"
TAX_BP: Final = 1900
"""Its usual rate of tax in hundredths of a per cent, where the settings have none."""
HOLIDAYS_OF: Final = "DE-HH"
"""Where it stands (ISO 3166), where the settings do not say it: its customers live around there."""
_PATIENCE_S: Final = 5.0

TECHNICIAN: Final = DemoPerson("Demo technician", "technician@demo.example", Role.TECHNICIAN)
MANAGER: Final = DemoPerson("Demo manager", "manager@demo.example", Role.MANAGER)
ADMINISTRATOR: Final = DemoPerson(
    "Demo administrator", "administrator@demo.example", Role.ADMINISTRATOR
)
EVERYBODY: Final = (TECHNICIAN, MANAGER, ADMINISTRATOR)


def open_demo(people: People) -> None:
    """Found the demo's shop where it is new, and let its technician at the desk.

    Where somebody has changed that in the demo (another password, disabled), nobody is signed in.
    Errors: StoreError.
    """
    if not people.founded():
        try:
            _found(people)
        except FoundedAlready:
            _wait_for_others(people)
        else:
            return
    try:
        people.sign_in(TECHNICIAN.email, PASSWORD)
    except SignInRefused:
        people.sign_out()


def _wait_for_others(people: People) -> None:
    """Wait until another process, which founds it at this moment, has let everybody in."""
    until = time.monotonic() + _PATIENCE_S
    last = EVERYBODY[0].email  # the technician comes last
    while time.monotonic() < until and last not in {one.email for one in people.list()}:
        time.sleep(0.05)


def _found(people: People) -> None:
    """Found it; the technician comes last and stays at the desk."""
    first = people.found(
        shop=SHOP,
        units="metric",
        currency="EUR",
        name=ADMINISTRATOR.name,
        email=ADMINISTRATOR.email,
        password=PASSWORD,
    ).actor
    people.set_pin(first, PIN, PASSWORD)
    for one in (MANAGER, TECHNICIAN):
        added = people.add(
            first,
            name=one.name,
            email=one.email,
            certification="",
            password=PASSWORD,
            role=one.role,
        )
        people.sign_in(one.email, PASSWORD)  # once, or its PIN would not serve yet
        people.set_pin(added.actor, PIN, PASSWORD)
