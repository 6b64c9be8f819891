"""Who may do what: roles, rights as a table, and the actor that every act carries."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError


class Role(StrEnum):
    """What a person is in the shop."""

    TECHNICIAN = "technician"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Act(StrEnum):
    """An act that needs a right."""

    CLEAR_CODES = "clear_codes"
    WRITE = "write"
    """Change a parameter of a control unit."""
    OVERRIDE = "override"
    """Write although a check speaks against it."""
    EDIT_LIMITS = "edit_limits"
    """Change, switch off and import limits; take an alarm out of service."""
    ACKNOWLEDGE = "acknowledge"
    """Acknowledge alarms, and clear latched ones."""
    SHELVE = "shelve"
    READ_AUDIT = "read_audit"
    MANAGE_PEOPLE = "manage_people"
    EXPORT = "export"
    DELETE = "delete"
    KEEP_RECORDS = "keep_records"
    """Change vehicles, customers, jobs and appointments; take parts from stock for a job."""
    KEEP_PARTS = "keep_parts"
    """Change the catalogue and its prices, order, receive, count and adjust stock."""
    BILL = "bill"
    """Issue estimates, invoices and credit notes; note payments."""
    SEE_REVENUE = "see_revenue"
    RUN_SHOP = "run_shop"
    """Change services, bays, hours, holidays and what customers are written."""
    BACK_UP = "back_up"
    RESTORE = "restore"

    @property
    def words(self) -> str:
        """The act as a person says it, after "may"."""
        return _WORDS[self]


_WORDS: Final = {
    Act.CLEAR_CODES: "clear fault codes",
    Act.WRITE: "write to a control unit",
    Act.OVERRIDE: "override a safety check",
    Act.EDIT_LIMITS: "edit limits",
    Act.ACKNOWLEDGE: "acknowledge and clear alarms",
    Act.SHELVE: "shelve alarms",
    Act.READ_AUDIT: "read the audit log",
    Act.MANAGE_PEOPLE: "manage people",
    Act.EXPORT: "export",
    Act.DELETE: "delete",
    Act.KEEP_RECORDS: "change vehicles, customers, jobs and appointments",
    Act.KEEP_PARTS: "change parts and their stock",
    Act.BILL: "issue invoices and note payments",
    Act.SEE_REVENUE: "see the revenue",
    Act.RUN_SHOP: "change services, bays and hours",
    Act.BACK_UP: "make backups",
    Act.RESTORE: "restore a backup",
}

_T, _M, _A = Role.TECHNICIAN, Role.MANAGER, Role.ADMINISTRATOR

RIGHTS: Final[dict[Act, frozenset[Role]]] = {
    Act.CLEAR_CODES: frozenset({_T, _M, _A}),
    Act.WRITE: frozenset({_T, _M, _A}),
    Act.OVERRIDE: frozenset({_M, _A}),
    Act.EDIT_LIMITS: frozenset({_M, _A}),
    Act.ACKNOWLEDGE: frozenset({_T, _M, _A}),
    Act.SHELVE: frozenset({_T, _M, _A}),
    Act.READ_AUDIT: frozenset({_M, _A}),
    Act.MANAGE_PEOPLE: frozenset({_A}),
    Act.EXPORT: frozenset({_T, _M, _A}),
    Act.DELETE: frozenset({_M, _A}),
    Act.KEEP_RECORDS: frozenset({_T, _M, _A}),
    Act.KEEP_PARTS: frozenset({_M, _A}),
    Act.BILL: frozenset({_M, _A}),
    Act.SEE_REVENUE: frozenset({_M, _A}),
    Act.RUN_SHOP: frozenset({_M, _A}),
    Act.BACK_UP: frozenset({_M, _A}),
    Act.RESTORE: frozenset({_A}),
}
"""Who may do what."""

SHELVE_MOST_S: Final = {_T: 8 * 3600.0, _M: 14 * 86400.0, _A: 14 * 86400.0}
"""For how long each role may shelve an alarm at once [s]."""


class NotSignedIn(CarTechError):
    """An act needs to know who does it."""

    code: ClassVar[str] = "not_signed_in"


class RightMissing(CarTechError):
    """Who is signed in may not do this."""

    code: ClassVar[str] = "right_missing"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person, the desk itself, or a command without a person.

    `id` is the person's, empty for all others; `role` is None where nobody is signed in.
    """

    id: str
    name: str
    role: Role | None = None

    @classmethod
    def at_command_line(cls, login: str) -> "Actor":
        """Return the actor of a command that nobody signed in for; `login` is the system's."""
        return cls("", f"{login} (command line)")


DESK: Final = Actor("", "CarTech Desk")
"""The desk by itself: alarms raised, deleted recordings removed for good."""

NOBODY: Final = Actor("", "nobody signed in")
"""The window before somebody signs in."""

_FREE: Final = frozenset({Act.EXPORT})
"""What a command may do without a person: its user can read the files anyway."""


def allowed(actor: Actor, act: Act) -> bool:
    """Tell whether this actor has the right."""
    if actor == DESK:
        return True
    if actor.role is None:
        return act in _FREE and actor != NOBODY
    return actor.role in RIGHTS[act]


def sees_cost(actor: Actor) -> bool:
    """Tell whether this actor may know what parts cost the shop, and what it earns with them.

    Prices are for whoever sells; what stands behind them is for who buys or sees the revenue.
    """
    return allowed(actor, Act.SEE_REVENUE) or allowed(actor, Act.KEEP_PARTS)


def require(actor: Actor, act: Act) -> None:
    """Let the act pass. Errors: NotSignedIn, RightMissing; nothing was changed then."""
    if not allowed(actor, act):
        raise _refused(actor, act, act.words)


def require_cost(actor: Actor) -> None:
    """Let pass who may know what parts cost, as `sees_cost` tells. Errors: as `require`."""
    if not sees_cost(actor):
        raise _refused(actor, Act.KEEP_PARTS, "see what parts cost the shop")


def _refused(actor: Actor, act: Act, words: str) -> NotSignedIn | RightMissing:
    if actor.role is None:
        return NotSignedIn(
            f"Nobody is signed in who may {words}.",
            kept="Nothing was changed.",
            to_do="Sign in first; on the command line name yourself with --as E-MAIL.",
        )
    who = " or ".join(role.value for role in Role if role in RIGHTS[act])
    return RightMissing(
        f"{actor.name} is {_a(actor.role.value)} and may not {words}.",
        kept="Nothing was changed.",
        to_do=f"Ask {_a(who)} to do it, or to sign in here.",
    )


def _a(who: str) -> str:
    return f"an {who}" if who[0] in "aeiou" else f"a {who}"
