"""`cartech-desk people`: who may sign in at this desk, and with which role."""

import argparse
from collections.abc import Callable
from typing import Any, ClassVar, Final

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.operator import PASSWORD, acting, acting_with_password, add_as, asked_password
from cartech_desk.app.output import emit
from cartech_desk.domain.errors import NOTHING_CHANGED, CarTechError
from cartech_desk.domain.people import RIGHTS, Role
from cartech_desk.office.errors import NotFounded
from cartech_desk.office.people import Person
from cartech_desk.office.person_fields import UNITS, email_key
from cartech_desk.store.errors import NotKept

NEW_PASSWORD: Final = "CARTECH_NEW_PASSWORD"  # noqa: S105 - the name of a variable, no password
"""The environment variable with the password that a person gets."""
NEW_PIN: Final = "CARTECH_NEW_PIN"
"""The environment variable with the PIN that a person gets."""

_Act = Callable[[Counter, argparse.Namespace], None]


class FoundingNeedsMore(CarTechError):
    """The first person of a desk founds the shop, and some of what that needs is missing."""

    code: ClassVar[str] = "founding_needs_more"


class RoleNotChosen(CarTechError):
    """Who registers does not choose the role."""

    code: ClassVar[str] = "role_not_chosen"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `people` understands; without an act it lists."""
    parser.set_defaults(act=_list)
    acts = parser.add_subparsers(metavar="act")

    adding = _act(acts, "add", "add a person; the first one founds the shop", _add)
    adding.description = (
        "The first person of a desk founds the shop and has to be an administrator. After that, "
        "without --as: somebody registers and waits for approval; with --as of an administrator: "
        f"active at once. The new person's password comes from {NEW_PASSWORD}, else it is asked."
    )
    adding.add_argument("--name", required=True)
    adding.add_argument("--email", required=True, metavar="E-MAIL")
    adding.add_argument("--certification", default="", metavar="TEXT", help="as on the certificate")
    _role(adding, default=Role.TECHNICIAN)
    founding = adding.add_argument_group("when the shop is founded")
    founding.add_argument("--shop", metavar="NAME", help="the shop's name")
    founding.add_argument("--units", choices=UNITS, default="metric", help="metric")
    founding.add_argument("--currency", default="EUR", metavar="CODE", help="ISO 4217 (EUR)")

    _act(acts, "list", "everybody, those who wait first", _list, as_whom=False)
    _of_one(acts, "show", "one person, and what the role may do", _show, as_whom=False)
    _role(_of_one(acts, "approve", "let a person in who waits", _approve), default=None)
    _role(_of_one(acts, "enable", "let a disabled person in again", _approve), default=None)
    disabling = _of_one(acts, "disable", "shut a person out", _disable)
    disabling.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    changing = _of_one(acts, "role", "give a person another role", _change_role)
    changing.add_argument("role", type=_known_role, metavar="ROLE", help=_ROLES)
    password = _of_one(acts, "password", "change one's own password, or give another's", _password)
    password.description = (
        f"The new password comes from {NEW_PASSWORD}, else it is asked. One's own is changed with "
        "the old one; an administrator can give another person a new one."
    )
    pin = _act(acts, "pin", "set the own PIN of whom --as names", _pin)
    pin.description = f"The PIN comes from {NEW_PIN}, else it is asked."


def run(args: argparse.Namespace) -> int:
    """Do one act on people. Errors: CarTechError."""
    with open_counter(args, demo=args.demo) as counter:
        act: _Act = args.act
        act(counter, args)
    return 0


_ROLES: Final = ", ".join(Role)


def _act(
    acts: Any, name: str, words: str, act: _Act, *, as_whom: bool = True
) -> argparse.ArgumentParser:
    parser = add_act(acts, name, words, act)
    if as_whom:
        add_as(parser)
    return parser


def _of_one(
    acts: Any, name: str, words: str, act: _Act, *, as_whom: bool = True
) -> argparse.ArgumentParser:
    parser = _act(acts, name, words, act, as_whom=as_whom)
    parser.add_argument("person", metavar="E-MAIL|ID", help="e-mail address or id of the person")
    return parser


def _role(parser: argparse.ArgumentParser, *, default: Role | None) -> None:
    parser.add_argument(
        "--role", type=_known_role, default=default, metavar="ROLE", help=f"one of {_ROLES}"
    )


def _known_role(text: str) -> Role:
    try:
        return Role(text.casefold())
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no role: {_ROLES}") from None


def _add(counter: Counter, args: argparse.Namespace) -> None:
    people = counter.office.people
    if not people.founded():
        _found(counter, args)
        return
    if args.as_email is None:
        if args.role is not Role.TECHNICIAN:
            raise RoleNotChosen(
                f"Nobody registers in the role {args.role.value}: it is given, not chosen.",
                kept=NOTHING_CHANGED,
                to_do="Register without --role: an administrator gives the role with the approval.",
            )
        made = people.register(
            name=args.name,
            email=args.email,
            certification=args.certification,
            password=_new_password(args.email),
        )
        told = f"{made.name} is registered, and waits for the approval of an administrator."
    else:
        by = acting(args, counter)
        made = people.add(
            by,
            name=args.name,
            email=args.email,
            certification=args.certification,
            password=_new_password(args.email),
            role=args.role,
        )
        told = f"{made.name} may sign in as {made.role.value} now."
    emit(args, {"person": _entry(made)}, told)


def _found(counter: Counter, args: argparse.Namespace) -> None:
    missing = [] if args.shop else ["the shop's name (--shop NAME)"]
    if args.role is not Role.ADMINISTRATOR:
        missing.append("an administrator (--role administrator)")
    if missing:
        raise FoundingNeedsMore(
            "Nobody is known at this desk yet: the first person founds the shop.",
            kept=NOTHING_CHANGED,
            to_do=f"That needs {' and '.join(missing)}.",
        )
    made = counter.office.people.found(
        shop=args.shop,
        units=args.units,
        currency=args.currency.upper(),
        name=args.name,
        email=args.email,
        password=_new_password(args.email),
    )
    shop = counter.office.people.shop()
    document: dict[str, Any] = {"person": _entry(made)}
    if shop is not None:
        document["shop"] = {
            "id": shop.id,
            "name": shop.name,
            "units": shop.units,
            "currency": shop.currency,
        }
    emit(args, document, f"{args.shop} is founded; {made.name} is its first administrator.")


def _list(counter: Counter, args: argparse.Namespace) -> None:
    found = counter.office.people.list()
    emit(
        args,
        {"people": [_entry(one) for one in found]},
        "\n".join(_line(one) for one in found) or "Nobody is known at this desk yet.",
    )


def _show(counter: Counter, args: argparse.Namespace) -> None:
    one = _named(counter, args.person)
    may = [act for act, roles in RIGHTS.items() if one.role in roles]
    lines = [_line(one), "may:", *(f"  {act.words}" for act in may)]
    emit(args, {"person": _entry(one) | {"may": [act.value for act in may]}}, "\n".join(lines))


def _approve(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    one = counter.office.people.approve(by, _named(counter, args.person).id, args.role)
    emit(args, {"person": _entry(one)}, f"{one.name} may sign in as {one.role.value} now.")


def _disable(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    one = counter.office.people.disable(by, _named(counter, args.person).id, args.reason)
    emit(args, {"person": _entry(one)}, f"{one.name} may not sign in any more.")


def _change_role(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    one = counter.office.people.change_role(by, _named(counter, args.person).id, args.role)
    emit(args, {"person": _entry(one)}, f"{one.name} is a {one.role.value} now.")


def _password(counter: Counter, args: argparse.Namespace) -> None:
    people = counter.office.people
    one = _named(counter, args.person)
    if args.as_email is None or email_key(args.as_email) == email_key(one.email):
        args.as_email = one.email
        old = asked_password(PASSWORD, f"Old password of {one.email}: ")
        by = people.sign_in(one.email, old).actor
        people.change_password(by, old, _new_password(one.email))
    else:
        by = acting(args, counter)
        people.reset_password(by, one.id, _new_password(one.email))
    emit(args, {"person": _entry(one)}, f"{one.name} has another password now.")


def _pin(counter: Counter, args: argparse.Namespace) -> None:
    by, password = acting_with_password(args, counter)
    pin = asked_password(NEW_PIN, "New PIN (4 to 8 digits): ", twice=True)
    counter.office.people.set_pin(by, pin, password)
    one = _named(counter, by.id)
    emit(args, {"person": _entry(one)}, f"{one.name} can take over with a PIN now.")


def _new_password(email: str) -> str:
    return asked_password(NEW_PASSWORD, f"New password for {email}: ", twice=True)


def _named(counter: Counter, text: str) -> Person:
    """Return who has this e-mail address or id. Errors: NotKept, NotFounded."""
    people = counter.office.people
    if not people.founded():
        raise NotFounded(
            "Nobody is known at this desk yet.",
            kept=NOTHING_CHANGED,
            to_do="Found the shop: cartech-desk people add --role administrator --shop NAME …",
        )
    key = email_key(text)
    for one in people.list():
        if one.id == text or email_key(one.email) == key:
            return one
    raise NotKept(
        f"Nobody here has the e-mail address or id “{text}”.",
        kept=NOTHING_CHANGED,
        to_do="cartech-desk people list names everybody.",
    )


def _entry(one: Person) -> dict[str, Any]:
    return {
        "id": one.id,
        "email": one.email,
        "name": one.name,
        "role": one.role.value,
        "certification": one.certification,
        "standing": one.standing.value,
        "registered": one.registered.isoformat(),
        "decided_by": one.decided_by,
        "has_pin": one.has_pin,
    }


def _line(one: Person) -> str:
    certified = f"  ({one.certification})" if one.certification else ""
    return f"{one.standing.value:<8}  {one.role.value:<13}  {one.email:<32}  {one.name}{certified}"
