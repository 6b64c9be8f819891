"""Who acts on the command line: `--as E-MAIL`, and the password that proves it."""

import argparse
import getpass
import os
import sys
from typing import ClassVar, Final, Protocol

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import NOBODY, Actor
from cartech_desk.office.office import Office

PASSWORD: Final = "CARTECH_PASSWORD"  # noqa: S105 - the name of a variable, no password
"""The environment variable with the password of whom `--as` names."""


class PasswordNeeded(CarTechError):
    """A password is needed and nobody is there to type it."""

    code: ClassVar[str] = "password_needed"


class AtWork(Protocol):
    """A desk, as far as this needs it."""

    @property
    def office(self) -> Office:
        """Its office."""


def add_as(parser: argparse.ArgumentParser) -> None:
    """Let a command be told who acts."""
    parser.add_argument(
        "--as",
        dest="as_email",
        metavar="E-MAIL",
        help=f"who does this; the password comes from the variable {PASSWORD}, else it is asked",
    )


def acting(args: argparse.Namespace, desk: AtWork) -> Actor:
    """Return who acts, and make that person the operator of this command's own desk.

    Without `--as` it is whoever is at the desk already (the demo's technician), else the login of
    the system, who has no rights beyond those of reading. Errors: PasswordNeeded, SignInRefused,
    TooManyTries, NotAdmitted.
    """
    session = desk.office.session
    if getattr(args, "as_email", None) is not None:
        return acting_with_password(args, desk)[0]
    if session.operator == NOBODY:
        session.enter(Actor.at_command_line(_login()))
    return session.actor


def acting_with_password(args: argparse.Namespace, desk: AtWork) -> tuple[Actor, str]:
    """Return who acts and the password that proves it, asked once; errors as `acting`.

    Empty where no person acts.
    """
    email: str | None = getattr(args, "as_email", None)
    if email is not None:
        password = asked_password(PASSWORD, f"Password of {email}: ")
        return desk.office.people.sign_in(email, password).actor, password
    by = acting(args, desk)
    return by, asked_password(PASSWORD, f"Password of {by.name}: ") if by.id else ""


def asked_password(variable: str, prompt: str, *, twice: bool = False) -> str:
    """Return a password from the environment, else as typed unseen; a new one is typed `twice`.

    Errors: PasswordNeeded.
    """
    given = os.environ.get(variable)
    if given is not None:
        return given
    if not (sys.stdin is not None and sys.stdin.isatty()):
        raise PasswordNeeded(
            "A password is needed, and there is no terminal to ask on.",
            kept="Nothing was changed.",
            to_do=f"Put it into the environment variable {variable}, or run this on a terminal.",
        )
    try:
        typed = getpass.getpass(prompt)
        again = getpass.getpass("Once more: ") if twice else typed
    except EOFError:
        raise PasswordNeeded(
            "Nothing was typed.", kept="Nothing was changed.", to_do="Run it again and type it."
        ) from None
    if again != typed:
        raise PasswordNeeded(
            "The two did not agree.", kept="Nothing was changed.", to_do="Run it again."
        )
    return typed


def _login() -> str:
    """Return the account that this runs under, whatever the environment calls itself."""
    try:
        if sys.platform != "win32":
            import pwd

            return pwd.getpwuid(os.getuid()).pw_name
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        return "somebody"
