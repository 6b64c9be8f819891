"""The list of people: what its columns say, and what they are sorted by."""

from collections.abc import Mapping, Sequence
from typing import Final

from cartech_desk.domain.people import Role
from cartech_desk.office.people import Person, Standing
from cartech_desk.ui.models.record_table import Column
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import local_time

STANDINGS: Final[Mapping[Standing, tuple[State, str]]] = {
    Standing.WAITING: (State.WARNING, "waits for approval"),
    Standing.ACTIVE: (State.CONNECTED, "active"),
    Standing.DISABLED: (State.OUT_OF_SERVICE, "disabled"),
}
"""Shape, colour and word of each standing."""
_STANDING_ORDER: Final = list(STANDINGS)
_ROLE_ORDER: Final = list(Role)


class PeopleRows:
    """Who is listed; `yours` is the id of who looks at it."""

    def __init__(self) -> None:
        self.people: Sequence[Person] = ()
        self.yours = ""

    def read(self) -> Sequence[Person]:
        """Return who is listed, in the office's order."""
        return self.people

    def name(self, one: Person) -> str:
        """Return a person's name, and whether it is one's own."""
        return f"{one.name} (you)" if one.id == self.yours else one.name


def people_columns(rows: PeopleRows) -> tuple[Column[Person], ...]:
    """Return the columns; those of one standing or role stand by their names."""
    return (
        Column[Person]("name", "Name", rows.name, 175, order=lambda one: one.name.casefold()),
        Column[Person](
            "standing",
            "Standing",
            lambda one: STANDINGS[one.standing][1],
            150,
            lamp=lambda one: STANDINGS[one.standing][0],
            tip=lambda one: f"Decided by {one.decided_by}" if one.decided_by else "",
            order=lambda one: (_STANDING_ORDER.index(one.standing), one.name.casefold()),
        ),
        Column[Person](
            "role",
            "Role",
            lambda one: one.role.value,
            105,
            order=lambda one: (_ROLE_ORDER.index(one.role), one.name.casefold()),
        ),
        Column[Person](
            "certification", "Certification", lambda one: one.certification or "\N{EN DASH}", 95
        ),
        Column[Person]("email", "E-mail", lambda one: one.email, 205),
        Column[Person](
            "registered",
            "Registered",
            lambda one: local_time(one.registered),
            120,
            order=lambda one: one.registered.timestamp(),
        ),
    )
