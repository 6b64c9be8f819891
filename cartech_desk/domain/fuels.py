"""Fuels and the air that they need."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import ClassVar

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.resources import resource


class UnknownFuel(CarTechError):
    """A fuel that is not in the table."""

    code: ClassVar[str] = "unknown_fuel"


@dataclass(frozen=True, slots=True)
class Fuel:
    """A fuel; `stoich` is its stoichiometric air-fuel ratio by mass."""

    name: str
    label: str
    stoich: float


@cache
def fuels() -> Mapping[str, Fuel]:
    """Return the table in resources/obd/fuels.toml by name."""
    with resource("obd/fuels.toml").open("rb") as file:
        table = tomllib.load(file)
    return MappingProxyType({name: Fuel(name, **row) for name, row in table.items()})


def find_fuel(name: str) -> Fuel:
    """Return the fuel of this name, however it is capitalised; UnknownFuel where there is none."""
    for fuel in fuels().values():
        if fuel.name.casefold() == name.strip().casefold():
            return fuel
    raise UnknownFuel(
        f"“{name}” is not a fuel that the desk knows.",
        to_do="Choose one of: " + ", ".join(fuels()) + ".",
    )
