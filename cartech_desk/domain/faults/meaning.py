"""What a code means: text, system, severity with its reason, likely causes, first checks.

Texts of generic codes are composed from the tables in `resources/codes` (component, circuit,
failure type), all in our own words. Codes of a maker come from tables that the shop imports and
are told apart by `origin` and `source`; without one, the meaning says so and never guesses.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from cartech_desk.domain.faults.advice import advice_on
from cartech_desk.domain.faults.code import Code, Origin
from cartech_desk.domain.faults.failure_types import failure_words
from cartech_desk.domain.faults.generic import GenericCode, generic_table
from cartech_desk.domain.faults.notes import note_on
from cartech_desk.domain.faults.severity import Severity, severity_of

__all__ = [
    "FAMILY_SYSTEMS",
    "MakerCode",
    "Meaning",
    "Severity",
    "generic_codes",
    "is_known_generic",
    "meaning_of",
    "same_maker",
]

FAMILY_SYSTEMS: Final[Mapping[str, str]] = MappingProxyType(
    {"P": "Powertrain", "C": "Chassis", "B": "Body", "U": "Network"}
)
"""What a code's letter says of its system where nothing else does (SAE J2012, 5)."""

_KEPT: Final = 256
"""Meanings that are kept once they are composed: those of a few cars."""

_UNKNOWN_REASON: Final = (
    "What it means is not known, so it is not known either how much it matters."
)
_MAKER_REASON: Final = "The maker's table does not say how much it matters."


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of one code.

    `severity_reason` says in a sentence why; `source` names the table of a maker, empty for
    generic ones; `known` False where nobody said what it means: description and severity then
    say that, and causes and checks are empty.
    """

    code: Code
    description: str
    system: str
    severity: Severity
    severity_reason: str
    causes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    origin: Origin = Origin.GENERIC
    source: str = ""
    known: bool = True
    failure: str = ""
    """The failure type byte in words (SAE J2012-DA), empty where there is none."""
    note: str = ""
    """What else is to be known, as that some cars mean another thing by it; mostly empty."""


@dataclass(frozen=True, slots=True)
class MakerCode:
    """One row of an imported table: what a maker's code means."""

    maker: str
    code: str
    description: str
    severity: Severity | None = None
    system: str = ""
    causes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    source: str = ""


def meaning_of(code: Code, makers: Sequence[MakerCode] = (), maker: str = "") -> Meaning:
    """Return what a code means; `makers` are rows for this very code, of any maker.

    Of several makers the one named `maker` (of the car) is used; where there is none of that name,
    no row is used, but the description says which makers have one. Rows of generic codes count
    only where the generic tables say nothing.
    """
    generic = generic_table().get(code.text)
    if generic is not None:
        return replace(_of_generic(generic), code=code, failure=failure_words(code.failure_type))
    rows = [row for row in makers if row.code == code.text]
    for row in rows:
        if maker and same_maker(row.maker, maker):
            return _of_maker(code, row)
    return _unknown(code, sorted({row.maker for row in rows}))


def generic_codes() -> Mapping[str, Meaning]:
    """Return every generic code that the tables cover, by its text; composed when asked for."""
    return _GenericMeanings()


def is_known_generic(code: str) -> bool:
    """Tell whether the generic tables say what this code means."""
    return code in generic_table()


def same_maker(one: str, other: str) -> bool:
    """Tell whether two names mean one maker: equal, or one is the beginning of the other in words.

    "Volkswagen" and "VOLKSWAGEN AG" are one, "Ford" and "Fordson" are not.
    """
    first, second = _words(one), _words(other)
    shorter = min(len(first), len(second))
    return bool(shorter) and first[:shorter] == second[:shorter]


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.casefold())


class _GenericMeanings(Mapping[str, Meaning]):
    def __getitem__(self, code: str) -> Meaning:
        return _of_generic(generic_table()[code])

    def __iter__(self) -> Iterator[str]:
        return iter(generic_table())

    def __len__(self) -> int:
        return len(generic_table())


@lru_cache(maxsize=_KEPT)
def _of_generic(generic: GenericCode) -> Meaning:
    severity, reason = severity_of(generic)
    advice = advice_on(generic)
    return Meaning(
        code=Code(generic.code),
        description=generic.description,
        system=generic.component.system,
        severity=severity,
        severity_reason=reason,
        causes=advice.causes,
        checks=advice.checks,
        note=note_on(generic.code),
    )


def _of_maker(code: Code, row: MakerCode) -> Meaning:
    reason = "So the maker's table says." if row.severity is not None else _MAKER_REASON
    return Meaning(
        code=code,
        description=row.description,
        system=row.system or FAMILY_SYSTEMS[code.text[0]],
        severity=row.severity or Severity.WARNING,
        severity_reason=reason,
        causes=row.causes,
        checks=row.checks,
        origin=code.origin,
        source=f"{row.maker}: {row.source}" if row.source else row.maker,
        failure=failure_words(code.failure_type),
    )


_UNKNOWN: Final = {
    Origin.GENERIC: "Generic code that this desk's tables do not hold",
    Origin.MAKER: "Maker's own code",
    Origin.RESERVED: "Code that SAE J2012 keeps free",
}


def _unknown(code: Code, others: Sequence[str]) -> Meaning:
    told = f" for this car; imported tables of {', '.join(others)} have it" if others else ""
    return Meaning(
        code=code,
        description=f"{_UNKNOWN[code.origin]}: nothing is known of it{told}",
        system=FAMILY_SYSTEMS[code.text[0]],
        severity=Severity.WARNING,
        severity_reason=_UNKNOWN_REASON,
        origin=code.origin,
        known=False,
        failure=failure_words(code.failure_type),
    )
