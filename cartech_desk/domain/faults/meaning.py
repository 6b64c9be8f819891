"""What a code means: text, system, severity with its reason, likely causes, first checks.

Texts of generic codes are composed from the tables in `resources/codes` (component, circuit,
failure type), all in our own words. Codes of a maker come from tables that the shop imports and
are told apart by `origin` and `source`; without one, the meaning says so and never guesses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cartech_desk.domain.faults.code import Code, Origin


class Severity(StrEnum):
    """How much a code matters."""

    CRITICAL = "critical"
    """Do not drive or load the engine before it was looked at."""
    WARNING = "warning"
    """To be mended soon; the car can be moved."""
    INFORMATION = "information"


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
    no row is used, but the description says which makers have one.
    """
    raise NotImplementedError


def generic_codes() -> Mapping[str, Meaning]:
    """Return every generic code that the tables cover, by its text."""
    raise NotImplementedError
