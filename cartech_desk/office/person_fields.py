"""What is typed of a person and of a shop, checked at the edge: every wrong field is named."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.currencies import CURRENCIES
from cartech_desk.domain.people import DESK, NOBODY
from cartech_desk.domain.plain_text import printable
from cartech_desk.office.errors import PersonRefused
from cartech_desk.office.passwords import weakness

MOST: Final = 100
"""Most characters of a name or a certification."""
_NOBODYS: Final = frozenset("".join(one.name.casefold().split()) for one in (DESK, NOBODY))
_COMMAND_LINE: Final = "(commandline)"
"""How the names of those end whom the system alone knows: `Actor.at_command_line`."""
UNITS: Final = ("metric", "imperial", "mixed")


@dataclass(frozen=True, slots=True)
class Fields:
    """A person's fields as they are kept; `email_key` is the address as it is compared."""

    name: str
    email: str
    email_key: str
    certification: str


def email_key(email: str) -> str:
    """Return an address as it is compared: whatever its case and its writing of letters.

    Empty, which nobody's is, where it holds what no address holds and no file takes.
    """
    key = unicodedata.normalize("NFKC", email).strip().casefold()
    return key if printable(key) else ""


def name_key(name: str) -> str:
    """Return a name as it is compared: whatever its case, its blanks and its writing of letters."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def line(text: str) -> str:
    """Return a line as it is kept: one form for each letter, single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split(" ")).strip()


def checked_person(
    *,
    name: str,
    email: str,
    certification: str,
    password: str,
    shop: str = "",
    wrong: dict[str, str] | None = None,
) -> Fields:
    """Return the fields of a person as they are kept.

    Errors: PersonRefused naming every wrong field, those in `wrong` first.
    """
    wrong = {} if wrong is None else wrong
    shown, about = line(name), line(certification)
    if not 1 <= len(shown) <= MOST or not printable(name):
        wrong["name"] = f"A name has 1 to {MOST} characters, all of them printable.\nType it anew."
    elif is_nobodys_name(shown):
        wrong["name"] = "This name is no person's: it stands for the desk itself.\nType your own."
    address = ""
    try:
        address = _address(email)
    except ValueError as error:
        wrong["email"] = str(error)
    if len(about) > MOST or not printable(certification):
        wrong["certification"] = (
            f"A certification has at most {MOST} characters, all of them printable.\nShorten it."
        )
    weak = weakness(password, (shown, address or email, shop, "CarTech Desk"))
    if weak:
        wrong["password"] = weak
    if wrong:
        raise PersonRefused(wrong)
    return Fields(shown, address, email_key(address), about)


def is_nobodys_name(name: str) -> bool:
    """Tell whether the audit log calls something by this name that is no person."""
    key = name_key(name)
    return key in _NOBODYS or key.endswith(_COMMAND_LINE)


def wrong_of_shop(shop: str, units: str, currency: str) -> dict[str, str]:
    """Return what is wrong with the fields of a shop."""
    wrong = {}
    if not 1 <= len(line(shop)) <= MOST or not printable(shop):
        wrong["shop"] = (
            f"The shop's name has 1 to {MOST} characters, all of them printable.\nType it anew."
        )
    if units not in UNITS:
        wrong["units"] = f"Units are {', '.join(UNITS[:-1])} or {UNITS[-1]}.\nChoose one of them."
    if currency not in CURRENCIES:
        wrong["currency"] = (
            "The currency is no code of ISO 4217 in use.\nGive its three capitals, as in EUR."
        )
    return wrong


def is_address(text: str) -> bool:
    """Tell whether a text has the form of an e-mail address."""
    try:
        _address(text)
    except ValueError:
        return False
    return True


def _address(email: str) -> str:
    """Return an e-mail address in its one form. Errors: ValueError with two lines of words."""
    from email_validator import EmailNotValidError, validate_email

    mend = "Give an address as in name@shop.com."
    if not email.strip():
        raise ValueError(f"The e-mail address is empty.\n{mend}")
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        # The library's sentence may repeat what was typed, which may be a password.
        raise ValueError(f"This is no e-mail address that mail could reach.\n{mend}") from None
