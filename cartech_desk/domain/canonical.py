"""The table of canonical channels: what they are called, how they look, where they come from."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from cartech_desk.domain.channels import CANONICAL
from cartech_desk.domain.resources import resource
from cartech_desk.domain.units import known_unit


@dataclass(frozen=True, slots=True)
class Bands:
    """Edges of the bands in the channel's canonical unit; None where there is no such edge.

    Between `warn_low` and `warn_high` all is well; beyond `trip_low` or `trip_high` it is not.
    """

    trip_low: float | None = None
    warn_low: float | None = None
    warn_high: float | None = None
    trip_high: float | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to compute a channel: `says` is its source in words, empty for the expression.

    `optional` are names that it can do without; they count as NaN where they are missing.
    """

    expression: str
    says: str = ""
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Canonical:
    """One row: `sources` are signal ids, best first; `derived` the ways to compute it, in order."""

    name: str
    label: str
    unit: str
    minimum: float
    maximum: float
    decimals: int
    sources: tuple[str, ...]
    derived: tuple[Recipe, ...]
    bands: Bands | None


@cache
def canonical() -> Mapping[str, Canonical]:
    """Return the table in resources/channels.toml by name, the canonical names first."""
    with resource("channels.toml").open("rb") as file:
        table = {name: _row(name, row) for name, row in tomllib.load(file).items()}
    missing = [name for name in CANONICAL if name not in table]
    if missing:
        raise ValueError(f"resources/channels.toml lacks {', '.join(missing)}")
    return MappingProxyType({name: table[name] for name in (*CANONICAL, *table)})


def _row(name: str, row: Mapping[str, Any]) -> Canonical:
    known_unit(row["unit"])
    edges = row.get("bands")
    return Canonical(
        name=name,
        label=row["label"],
        unit=row["unit"],
        minimum=float(row["minimum"]),
        maximum=float(row["maximum"]),
        decimals=row["decimals"],
        sources=tuple(row.get("sources", ())),
        derived=tuple(_recipe(recipe) for recipe in row.get("derived", ())),
        bands=Bands(**{edge: float(value) for edge, value in edges.items()}) if edges else None,
    )


def _recipe(row: Mapping[str, Any]) -> Recipe:
    return Recipe(row["expression"], row.get("says", ""), tuple(row.get("optional", ())))
