"""Trouble codes as SAE J2012 writes them: P0299, and P0299-1C with a failure type byte."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError

_TEXT: Final = re.compile(r"([PCBU])([0-3])([0-9A-F]{3})(?:-([0-9A-F]{2}))?")


_GENERIC_P3: Final = "P3400"


class NoCode(CarTechError):
    """What was given is no trouble code."""

    code: ClassVar[str] = "no_code"


class Origin(StrEnum):
    """Who says what a code means."""

    GENERIC = "generic"
    """SAE J2012: the same in every car."""
    MAKER = "maker"
    """The maker of the car: its own table is needed."""
    RESERVED = "reserved"
    """Kept free by SAE J2012."""


_ORIGINS: Final = {
    **dict.fromkeys(("P0", "P2", "C0", "B0", "U0", "U3"), Origin.GENERIC),
    **dict.fromkeys(("C3", "B3"), Origin.RESERVED),
}


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """One code: `text` of five characters; `failure_type` the third byte, None where not told."""

    text: str
    failure_type: int | None = None

    @property
    def family(self) -> str:
        """Its first two characters, as P0."""
        return self.text[:2]

    @property
    def origin(self) -> Origin:
        """Who defines it: P0, P2, P3400 on, C0, B0, U0, U3 are generic (SAE J2012, table 1)."""
        if self.family == "P3":
            return Origin.GENERIC if self.text >= _GENERIC_P3 else Origin.MAKER
        return _ORIGINS.get(self.family, Origin.MAKER)

    @property
    def number(self) -> int:
        """Its four digits as a number, the second character included: P0299 is 0x0299."""
        return int(self.text[1:], 16)

    def __str__(self) -> str:
        return self.text if self.failure_type is None else f"{self.text}-{self.failure_type:02X}"


def parse_code(text: str) -> Code:
    """Read a code as a person types it (any case, spaces around). Errors: NoCode."""
    found = _TEXT.fullmatch(text.strip().upper())
    if found is None:
        raise NoCode(
            f"“{text[:40]}” is no trouble code.",
            to_do="Type one letter of P, C, B or U and four digits, as in P0299.",
        )
    failure = found[4]
    return Code(f"{found[1]}{found[2]}{found[3]}", None if failure is None else int(failure, 16))
