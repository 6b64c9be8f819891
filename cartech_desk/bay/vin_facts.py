"""Maker, country and year from a VIN, by the library vininfo; nothing where it does not know."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cartech_desk.domain.vin import VinCheck, VinState, check_vin, north_american

_FIRST_YEAR_OF_LETTERS: Final = 2010
_SERIES_OF_NEW_ZEALAND: Final = "7"
"""ISO 3780 gives 7A to 7E to New Zealand; the library takes them for the USA's 7F to 70."""


@dataclass(frozen=True, slots=True)
class VinFacts:
    """What a VIN tells; `years` may be two 30 years apart (the tenth place repeats)."""

    maker: str = ""
    country: str = ""
    region: str = ""
    years: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """In words: "Subaru, Japan, 2019 or 1989"; empty where nothing is known."""
        years = " or ".join(str(year) for year in self.years)
        return ", ".join(part for part in (self.maker, self.country or self.region, years) if part)


@lru_cache(maxsize=256)
def vin_facts(vin: str) -> VinFacts:
    """Return what the library knows of a well-formed VIN; empty fields for what it does not.

    The newest year stands first. In North America the seventh place tells which of two years is
    meant (49 CFR 565.15(b): a letter from 2010 on), where the check digit shows that the VIN
    follows that rule; elsewhere the tenth place is often the year and need not be.
    """
    checked = check_vin(vin)
    if not checked.well_formed:
        return VinFacts()
    from vininfo import Vin, VininfoException
    from vininfo.common import UnsupportedBrand

    try:
        found = Vin(checked.vin)
        known = not isinstance(found.assembler, UnsupportedBrand)
        zealand = checked.vin[0] == _SERIES_OF_NEW_ZEALAND and not north_american(checked.vin)
        return VinFacts(
            maker=str(found.manufacturer) if known else "",
            country="New Zealand" if zealand else str(found.country or ""),
            region="Oceania" if zealand else str(found.region or ""),
            years=_years(checked, found.years),
        )
    except (VininfoException, ValueError, LookupError):
        return VinFacts()  # the library's tables have no place for this one


def _years(checked: VinCheck, years: Iterable[int]) -> tuple[int, ...]:
    told = tuple(sorted(years, reverse=True))
    if checked.state is not VinState.GOOD or not north_american(checked.vin):
        return told
    late = checked.vin[6].isalpha()
    return tuple(year for year in told if (year >= _FIRST_YEAR_OF_LETTERS) == late) or told
