"""Vehicle identification numbers: form, check digit (49 CFR 565), and what is wrong with one."""

from dataclasses import dataclass
from enum import StrEnum


class VinState(StrEnum):
    """What the check of a VIN says."""

    GOOD = "good"
    """The check digit is right."""
    UNCHECKED = "unchecked"
    """Well formed; no check digit is required where this car was made, and it does not fit."""
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


def check_vin(text: str) -> VinCheck:
    """Check what was read or typed; never raises."""
    raise NotImplementedError
