"""Corrections for weather: a table of forms, each with its exact name, reference and validity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from cartech_desk.domain.dyno.run import Conditions, RunSetup
from cartech_desk.domain.errors import CarTechError


class NoCorrection(CarTechError):
    """A correction cannot be made: unknown form, or weather that is missing or absurd."""

    code: ClassVar[str] = "no_correction"


@dataclass(frozen=True, slots=True)
class Correction:
    """One form. `name` is printed in full; `evidence` tells how far it is verified.

    `valid` is the range of factors that its standard allows; outside it is warned, not blocked.
    """

    key: str
    name: str
    short: str
    formula: str
    evidence: str
    valid: tuple[float, float] | None = (0.93, 1.07)


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor as it was used, with all that a sheet prints beside it.

    `warnings` are sentences (outside validity, pressure that looks like sea level at altitude);
    `why_not` a sentence where the factor could not be made and 1.0 stands instead: the correction
    is then "none" and every face says so.
    """

    correction: Correction
    value: float
    conditions: Conditions
    vapour_kpa: float | None = None
    dry_kpa: float | None = None
    warnings: tuple[str, ...] = ()
    why_not: str = ""


CORRECTIONS: Final[Mapping[str, Correction]] = {}
"""By key: none, sae, sae2004, std, din, iso1585, r85, eec, iso_diesel, jis."""


def saturation_kpa(temperature_c: float) -> float:
    """Saturation pressure of water vapour [kPa] (IAPWS-95 auxiliary equation)."""
    raise NotImplementedError


def factor(correction: str, conditions: Conditions, setup: RunSetup) -> Factor:
    """Return the factor of a form under these conditions.

    Errors: NoCorrection for an unknown key; weather that lacks or is absurd gives `why_not`.
    """
    raise NotImplementedError
