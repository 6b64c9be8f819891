"""Quantities of parts: at most three decimals, kept as whole thousandths, never a float."""

from decimal import Decimal
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.typed_numbers import NumberRefused, typed_decimal

MOST: Final = Decimal(1_000_000)
"""No shelf holds more of one part; what is typed above it is a slip."""
_THOUSAND: Final = 1000
_COUNTED: Final = frozenset(
    {
        "pc",
        "pcs",
        "pce",
        "piece",
        "pieces",
        "ea",
        "each",
        "unit",
        "units",
        "item",
        "items",
        "set",
        "sets",
        "pair",
        "pairs",
        "kit",
        "kits",
        "st",
        "stk",
        "stck",
        "stück",
        "szt",
        "paar",
        "satz",
        "sätze",
        "kpl",
    }
)
"""Units in which things are counted, as parts and papers of the trade have them."""


class QuantityRefused(CarTechError):
    """What was typed is no quantity."""

    code: ClassVar[str] = "quantity_refused"


def milli_of(quantity: Decimal) -> int:
    """Return a quantity in thousandths. Errors: QuantityRefused, never a rounded number."""
    if not quantity.is_finite() or abs(quantity) > MOST:
        raise QuantityRefused(
            f"{quantity} is no quantity of a part: at most {MOST} can be kept.",
            kept="Nothing was changed.",
            to_do="Type it again.",
        )
    return kept_milli(quantity)


def kept_milli(quantity: Decimal) -> int:
    """Return in thousandths what the desk reckoned itself, however much it is.

    Errors: QuantityRefused for more than three decimals.
    """
    milli = quantity * _THOUSAND
    if milli != milli.to_integral_value():
        raise QuantityRefused(
            f"{quantity} has more than three decimals.",
            kept="Nothing was changed.",
            to_do="Type it with three decimals at most.",
        )
    return int(milli)


def is_counted(unit: str) -> bool:
    """Tell whether there are only whole ones of a unit: pieces, sets, pairs, and no litres."""
    return unit.strip().rstrip(".").casefold() in _COUNTED


def refuse_part_of_one(quantity: Decimal, unit: str) -> None:
    """Let whole numbers pass, and fractions of what is measured. Errors: QuantityRefused."""
    if is_counted(unit) and quantity.is_finite() and quantity != quantity.to_integral_value():
        raise QuantityRefused(
            f"{quantity_text(quantity, unit)} is not possible: “{unit.strip()}” is counted in "
            "whole numbers.",
            kept="Nothing was changed.",
            to_do="Type a whole number; a part that is measured has a unit such as l, m or kg.",
        )


def quantity_of(milli: int) -> Decimal:
    """Return thousandths as a quantity without needless zeros: 2500 is 2.5, 2000 is 2."""
    if milli % _THOUSAND == 0:
        return Decimal(milli // _THOUSAND)
    return Decimal(milli).scaleb(-3).normalize()


def quantity_text(quantity: Decimal, unit: str = "") -> str:
    """Return a quantity as people read it: “2.5 l”. Never refuses: what is kept can be shown."""
    plain = f"{quantity:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return f"{plain} {unit}".rstrip()


def parse_quantity(text: str) -> Decimal:
    """Return a typed quantity: “2”, “0.5”, “0,5”; never a guess.

    “1,250” could be two quantities and is refused; “1.250” is one and a quarter, as the desk
    itself writes it. Errors: QuantityRefused.
    """
    try:
        typed = typed_decimal(text, decimals=3, point_first=True)
    except NumberRefused as error:
        raise QuantityRefused(
            error.happened, kept="Nothing was changed.", to_do=error.to_do
        ) from error
    return quantity_of(milli_of(typed))
