"""Maker, country and year from a VIN, by the library vininfo; nothing where it does not know."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cartech_desk.domain.vin import check_vin

_NORTH_AMERICA: Final = frozenset("12345")
_FIRST_YEAR_OF_LETTERS: Final = 2010


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
    meant (49 CFR 565.15(b): a letter from 2010 on); elsewhere the tenth place is often the year
    and need not be.
    """
    checked = check_vin(vin)
    if not checked.well_formed:
        return VinFacts()
    from vininfo import Vin, VininfoException
    from vininfo.common import UnsupportedBrand

    try:
        found = Vin(checked.vin)
        known = not isinstance(found.assembler, UnsupportedBrand)
        return VinFacts(
            maker=str(found.manufacturer) if known else "",
            country=str(found.country or ""),
            region=str(found.region or ""),
            years=_years(checked.vin, found.years),
        )
    except (VininfoException, ValueError, LookupError):
        return VinFacts()  # the library's tables have no place for this one


def _years(vin: str, years: Iterable[int]) -> tuple[int, ...]:
    told = tuple(sorted(years, reverse=True))
    if vin[0] not in _NORTH_AMERICA:
        return told
    late = vin[6].isalpha()
    return tuple(year for year in told if (year >= _FIRST_YEAR_OF_LETTERS) == late) or told
