"""What the demo's shop is made of: people, cars, services and parts, read from `resources/demo`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from cartech_desk.domain.resources import resource


@dataclass(frozen=True, slots=True)
class Model:
    """A model of car as the shop sees it; `wmi` begins its VIN, `tuned` comes to the dyno."""

    make: str
    model: str
    engine: str
    fuel: str
    years: tuple[int, int]
    wmi: str
    tuned: bool = False
    boost_kpa: float = 105.0
    breath: float = 1.0
    """How well its engine fills, over that of the model that drives the pulls."""


@dataclass(frozen=True, slots=True)
class Stocked:
    """A part on the shelves: cost and price in cents, levels and quantities in its unit."""

    sku: str
    name: str
    category: str
    maker: str
    cost: int
    price: int
    opening: int
    quantity: int
    unit: str
    supplier: int
    place: str
    warning: int | None = None
    reorder: int | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A service: minutes, price in cents, the parts that it takes, how often it is asked for.

    `tuning` is the kind of modification that it fits, empty for none.
    """

    code: str
    name: str
    category: str
    minutes: int
    price: int
    often: int
    complaint: str
    tuning: str = ""
    fuel: str = ""
    """Only engines of this fuel get it; empty for all."""
    parts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """All of it."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]
    companies: tuple[str, ...]
    colours: tuple[str, ...]
    second: str
    suppliers: tuple[tuple[str, str, str, int], ...]
    models: tuple[Model, ...]
    parts: tuple[Stocked, ...]
    services: tuple[Offered, ...]


@cache
def names() -> Names:
    """Return what the demo's shop is made of."""
    read: dict[str, Any] = tomllib.loads(resource("demo/shop.toml").read_text("utf-8"))
    return Names(
        first=tuple(read["first"]),
        last=tuple(read["last"]),
        streets=tuple(read["streets"]),
        cities=tuple((code, city) for code, city in read["cities"]),
        companies=tuple(read["companies"]),
        colours=tuple(read["colours"]),
        second=read["second"],
        suppliers=tuple((name, mail, phone, days) for name, mail, phone, days in read["suppliers"]),
        models=tuple(
            Model(**{**row, "years": (row["years"][0], row["years"][1])}) for row in read["model"]
        ),
        parts=tuple(Stocked(**row) for row in read["part"]),
        services=tuple(
            Offered(**{**row, "parts": tuple((sku, many) for sku, many in row.get("parts", ()))})
            for row in read["service"]
        ),
    )
