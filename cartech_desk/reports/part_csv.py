"""The catalogue as CSV: the same headings that an import understands."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import Part
from cartech_desk.reports.spreadsheet import harmless

_COST: Final = 7
"""The place of what a part costs."""


def parts_csv(parts: Iterable[Part], currency: str, *, costs: bool = True) -> tuple[bytes, int]:
    """Return a CSV file of parts and how many they are; UTF-8 with a mark for spreadsheets.

    `costs`: with the column of what they cost.
    """
    headings = _headings(currency)
    cost = len(headings) if costs else _COST
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings[:cost] + headings[cost + 1 :])
    count = 0
    for part in parts:
        cells = _cells(part)
        writer.writerow(cells[:cost] + cells[cost + 1 :])
        count += 1
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8"), count


def _headings(currency: str) -> tuple[str, ...]:
    return (
        "SKU",
        "Name",
        "Category",
        "Maker",
        "Barcodes",
        "Supplier",
        "Supplier's number",
        f"Cost [{currency}]",
        f"Price [{currency}]",
        "Tax [%]",
        "Unit",
        "Place",
        "Warning level",
        "Reorder level",
        "Reorder quantity",
        "On hand",
        "On order",
        "In use",
        "Note",
    )


def _cells(part: Part) -> tuple[str, ...]:
    return (
        *map(harmless, (part.sku, part.name, part.category, part.maker)),
        harmless(" ".join(part.barcodes)),
        *map(harmless, (part.supplier, part.supplier_sku)),
        _sum(part.cost),
        _sum(part.price),
        "" if part.tax_bp is None else f"{Decimal(part.tax_bp) / 100:f}",
        harmless(part.unit),
        harmless(part.location),
        *map(_quantity, (part.warning_level, part.reorder_level, part.reorder_quantity)),
        *map(_quantity, (part.on_hand, part.on_order)),
        "yes" if part.active else "no",
        harmless(part.note),
    )


def _sum(money: Money) -> str:
    return f"{money.major:f}"


def _quantity(quantity: Decimal | None) -> str:
    return "" if quantity is None else f"{quantity:f}"
