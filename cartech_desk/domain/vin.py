"""Vehicle identification numbers: form, check digit (49 CFR 565), and what is wrong with one.

17 characters, capital letters without I, O and Q, and digits (ISO 3779). The first two name the
country (ISO 3780). The ninth is a check digit in North America (49 CFR 565.15; 1 to 5, and 7F to
70 of the USA) and in China (GB 16735; L, and HA to H0); elsewhere it is the maker's, and often
fits by agreement with the rule and as often does not. Cars made there for another market may follow
that market's rule: a ninth character that is no check digit at all says so.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LENGTH: Final = 17
CHECK_PLACE: Final = 9
"""Where the check digit stands, from 1."""

_LETTERS: Final = re.compile(r"[A-HJ-NPR-Z0-9]")
_DIGITS: Final = frozenset("0123456789X")
_NORTH_AMERICA: Final = frozenset("12345")
_NEWER_USA: Final = "7"
_NEW_ZEALAND: Final = frozenset("ABCDE")
_CHINA: Final = frozenset("LH")
_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VALUES: Final = {
    **{digit: int(digit) for digit in "0123456789"},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    **{"P": 7, "R": 9},
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_MOST_SHOWN: Final = 40


class VinState(StrEnum):
    """What the check of a VIN says."""

    GOOD = "good"
    """The check digit is right."""
    UNCHECKED = "unchecked"
    """Well formed; it has no check digit, and where this car was made none is required or others
    are built without."""
    WRONG_CHECK = "wrong_check"
    """The check digit is wrong where it is required (North America, China)."""
    MALFORMED = "malformed"
    """Another length, or characters that no VIN has."""
    PLACEHOLDER = "placeholder"
    """Zeros, one letter throughout and the like: what units say that were never told."""


@dataclass(frozen=True, slots=True)
class VinCheck:
    """One VIN as checked; `why` is a sentence for a person, empty where all is well."""

    vin: str
    state: VinState
    why: str = ""
    wrong_at: int | None = None
    """Place of the first wrong character, from 1."""

    @property
    def well_formed(self) -> bool:
        """Whether it can be a car's number at all."""
        return self.state not in (VinState.MALFORMED, VinState.PLACEHOLDER)


def check_vin(text: str) -> VinCheck:
    """Check what was read or typed; never raises.

    Spaces around it are left out and small letters made capital; nothing else is mended.
    """
    vin = text.strip().upper()
    if not vin:
        return VinCheck(vin, VinState.MALFORMED, "There is no VIN.")
    # No VIN begins with three zeros (ISO 3780 gives 0 to nobody); older, shorter numbers do.
    if len(vin) == LENGTH and (len(set(vin)) == 1 or vin.startswith("000")):
        said = f"“{_shown(vin)}” is no VIN but what a control unit says that was never told one."
        return VinCheck(vin, VinState.PLACEHOLDER, said, 1)
    for place, letter in enumerate(vin, start=1):
        if not _LETTERS.fullmatch(letter):
            named = letter if letter.isprintable() else f"the code {ord(letter):02X}"
            why = f"Character {place} of the VIN “{_shown(vin)}” is {named}, which no VIN has."
            return VinCheck(vin, VinState.MALFORMED, why, place)
    if len(vin) != LENGTH:
        why = f"The VIN “{_shown(vin)}” has {len(vin)} characters; a VIN has {LENGTH}."
        place = min(len(vin), LENGTH) + 1
        return VinCheck(vin, VinState.MALFORMED, why, place)
    due = check_digit(vin)
    if vin[CHECK_PLACE - 1] == due:
        return VinCheck(vin, VinState.GOOD)
    if vin[CHECK_PLACE - 1] not in _DIGITS or not (north_american(vin) or vin[0] in _CHINA):
        return VinCheck(vin, VinState.UNCHECKED)
    why = (
        f"The check digit of the VIN {vin}, its ninth character, is {vin[CHECK_PLACE - 1]} where "
        f"{due} is due: a character is wrong, or the car was built for another market."
    )
    return VinCheck(vin, VinState.WRONG_CHECK, why, CHECK_PLACE)


def north_american(vin: str) -> bool:
    """Whether a VIN's first two characters are those of the USA, Canada or Mexico."""
    return vin[:1] in _NORTH_AMERICA or (
        vin[:1] == _NEWER_USA and vin[1:2] not in _NEW_ZEALAND and len(vin) > 1
    )


def check_digit(vin: str) -> str:
    """Return the check digit that 17 characters ask for (49 CFR 565.15(c)): 0 to 9 or X.

    Errors: ValueError for another length or characters that no VIN has.
    """
    if len(vin) != LENGTH or any(letter not in _VALUES for letter in vin):
        raise ValueError(f"{vin!r} is no VIN")
    total = sum(_VALUES[letter] * weight for letter, weight in zip(vin, _WEIGHTS, strict=True))
    return "0123456789X"[total % 11]


def _shown(vin: str) -> str:
    """Return what was read without what would spoil a line."""
    shown = "".join(letter if letter.isprintable() else "�" for letter in vin[:_MOST_SHOWN])
    return shown + "…" * (len(vin) > _MOST_SHOWN)
