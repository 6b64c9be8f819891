"""What the office refuses."""

import math
from collections.abc import Mapping
from typing import ClassVar

from cartech_desk.domain.errors import NOTHING_CHANGED, CarTechError


class FieldsRefused(CarTechError):
    """What was typed into a form cannot stand; each field says what is wrong with it.

    `wrong` holds a sentence for each wrong field; what to do about it may follow behind a line's
    end. `field` is the first of them. `code` is what `--json` says; a subclass may name its own.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, code: str, wrong: Mapping[str, str]) -> None:
        first = next(iter(wrong))
        happened, _, to_do = wrong[first].partition("\n")
        super().__init__(happened, kept=NOTHING_CHANGED, to_do=to_do)
        # One class serves every form; the name of the form is the error's, not the class's.
        self.code = code  # type: ignore[misc]
        self.field = first
        self.wrong = {name: sentence.replace("\n", " ") for name, sentence in wrong.items()}


class PersonRefused(FieldsRefused):
    """What was typed of a person or of the shop cannot stand.

    `field` is the first field that is wrong, `wrong` every field with its sentence: "shop",
    "units", "currency", "name", "email", "certification", "password", "old", "pin", "role",
    "standing".
    """

    code: ClassVar[str] = "person_refused"

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__(self.code, wrong)


class FoundedAlready(CarTechError):
    """The shop is set up already."""

    code: ClassVar[str] = "founded_already"


class NotFounded(CarTechError):
    """The shop is not set up yet."""

    code: ClassVar[str] = "not_founded"


class LastAdministrator(CarTechError):
    """Nobody could manage people any more."""

    code: ClassVar[str] = "last_administrator"


class SignInRefused(CarTechError):
    """Whoever it is was not let in."""

    code: ClassVar[str] = "sign_in_refused"


class NotAdmitted(SignInRefused):
    """The password was right, but the person may not sign in: waiting, or disabled."""

    code: ClassVar[str] = "not_admitted"


class SignInBusy(SignInRefused):
    """Another try for the same account is still under way: nothing was looked at or counted."""

    code: ClassVar[str] = "sign_in_busy"


class TooManyTries(SignInRefused):
    """Too many wrong passwords; `seconds` is how long to wait."""

    code: ClassVar[str] = "too_many_tries"

    def __init__(self, seconds: float) -> None:
        whole = max(1, math.ceil(seconds))
        super().__init__(
            "There were too many wrong passwords.",
            to_do=f"Wait {whole} s, then try again." if whole > 1 else "Wait a second, try again.",
        )
        self.seconds = seconds
