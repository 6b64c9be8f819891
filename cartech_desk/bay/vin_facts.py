"""Maker, country and year from a VIN, by the library vininfo; nothing where it does not know."""

from dataclasses import dataclass


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
        raise NotImplementedError


def vin_facts(vin: str) -> VinFacts:
    """Return what the library knows of a well-formed VIN; empty fields for what it does not."""
    raise NotImplementedError
