"""The rules of acts on people, checked within the transaction of the act."""

from datetime import datetime
from typing import Final

from cartech_desk.domain.audit import Entity
from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.people import Act, Actor, NotSignedIn, RightMissing, Role, require
from cartech_desk.office.errors import (
    LastAdministrator,
    NotAdmitted,
    PersonRefused,
)
from cartech_desk.office.person import Standing
from cartech_desk.office.person_fields import name_key
from cartech_desk.store.admission import Known
from cartech_desk.store.people import PeopleAct, PersonRow

TAKEN: Final = (
    "Somebody here has this e-mail address already.\n"
    "Give another one; an administrator can let a disabled person in again."
)
NAME_TAKEN: Final = (
    "Somebody here has this name already.\n"
    "Add what tells the two apart, as a second first name or the place of work."
)
_TOLD: Final = ("role", "standing")
"""What of a person may change by a decision."""


def text(at: datetime) -> str:
    """Return a time as it is kept."""
    return at.isoformat(timespec="microseconds")


def entity(row: PersonRow) -> Entity:
    """Return the person as what an act was done to."""
    return Entity("person", row.id, row.name)


def shown(row: PersonRow) -> dict[str, str]:
    """Return what the audit log keeps of a new person."""
    names = ("name", "email", "certification", "role", "standing")
    return {name: str(getattr(row, name)) for name in names}


def differing(row: PersonRow, other: PersonRow) -> dict[str, str]:
    """Return what a decision changed, as it is in `row`."""
    return {
        name: str(getattr(row, name))
        for name in _TOLD
        if getattr(row, name) != getattr(other, name)
    }


def need_new(act: PeopleAct, row: PersonRow) -> None:
    """Refuse an address that somebody has."""
    if act.by_email(row.email_key) is not None:
        raise PersonRefused({"email": TAKEN})


def need_new_name(act: PeopleAct, row: PersonRow, but: PersonRow | None) -> None:
    """Refuse a name that somebody else has: the audit log tells people apart by their names.

    `but` is who may have it.
    """
    wanted = name_key(row.name)
    for one in act.all():
        if name_key(one.name) == wanted and (but is None or one.id != but.id):
            raise PersonRefused({"name": NAME_TAKEN})


def need_person(by: Actor) -> None:
    """Refuse who is no person that signed in."""
    if not by.id:
        raise NotSignedIn(
            "Nobody is signed in.",
            kept=NOTHING_CHANGED,
            to_do="Sign in first; on the command line name yourself with --as E-MAIL.",
        )


def proved(act: PeopleAct, by: Actor) -> PersonRow:
    """Return the row of who acts, who must still be active."""
    need_person(by)
    row = act.get(by.id)
    if row.standing != Standing.ACTIVE:
        raise NotAdmitted(
            f"{row.name} may not sign in here any more.",
            kept=NOTHING_CHANGED,
            to_do="Ask an administrator.",
        )
    return row


def still_may_act(by: Actor, known: Known | None) -> None:
    """Refuse whom somebody disabled, or gave another role, since the sign-in.

    The rule of `store.admission`. Errors: NotAdmitted, RightMissing.
    """
    if known is None or known.standing != Standing.ACTIVE:
        raise NotAdmitted(
            f"{by.name} may not sign in here any more.",
            kept=NOTHING_CHANGED,
            to_do="Ask an administrator.",
        )
    if by.role is None or known.role != by.role.value:
        raise RightMissing(
            f"{by.name} is a {known.role} now.",
            kept=NOTHING_CHANGED,
            to_do="Try again; what the new role may not do is told then.",
        )


def manages_people(act: PeopleAct, by: Actor) -> None:
    """Let pass who manages people by what the store says now."""
    row = proved(act, by)
    require(Actor(row.id, row.name, Role(row.role)), Act.MANAGE_PEOPLE)


def keep_one_administrator(act: PeopleAct, row: PersonRow) -> None:
    """Refuse to take the last administrator who can sign in away."""
    left = act.with_standing(Role.ADMINISTRATOR.value, Standing.ACTIVE.value)
    if tuple(left) == (row.id,):
        raise LastAdministrator(
            f"{row.name} is the last administrator.",
            kept=NOTHING_CHANGED,
            to_do="Make somebody else administrator first.",
        )
