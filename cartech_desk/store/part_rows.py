"""Parts as rows: columns, reading, and what search finds them by."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.money import Money
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.parts.quantity import milli_of, quantity_of
from cartech_desk.domain.vehicles.search_words import folded
from cartech_desk.store.errors import DatabaseCorrupt, NotKept, StoreError
from cartech_desk.store.finding import Entry, drop_entry, keep_entry
from cartech_desk.store.instants import time_or_none

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

ON_ORDER: Final = (
    "(SELECT coalesce(sum(max(quantity_milli - received_milli, 0)), 0) FROM order_line "
    "JOIN purchase_order ON purchase_order.id = order_id WHERE order_line.part_id = part.id "
    "AND purchase_order.status IN ('ordered', 'partly_received'))"
)
"""What is still to come of a part, in thousandths."""

SELECT: Final = (
    "SELECT part.id, sku, part.name, category, maker, "  # noqa: S608 - texts of our own
    "(SELECT json_group_array(barcode) FROM part_barcode WHERE part_id = part.id), "
    "part.supplier_id, coalesce(supplier.name, ''), supplier_sku, cost, price, currency, tax_bp, "
    "unit, location, warning_milli, reorder_milli, reorder_quantity_milli, on_hand_milli, "
    f"{ON_ORDER}, counted, moved, active, part.note, part.version "
    "FROM part LEFT JOIN supplier ON supplier.id = part.supplier_id"
)


class Taken(StoreError):
    """Something stands in the way of what was typed into `field`."""

    code = "taken"

    def __init__(self, field: str, happened: str, to_do: str) -> None:
        super().__init__(happened, kept=NOTHING_CHANGED, to_do=to_do)
        self.field = field


def part_of_row(row: Any) -> Part:
    """Return a part from a row of `SELECT`. Errors: DatabaseCorrupt."""
    import json

    try:
        currency = str(row[11])
        return Part(
            id=row[0],
            sku=row[1],
            name=row[2],
            category=row[3],
            maker=row[4],
            barcodes=tuple(sorted(json.loads(row[5]))),
            supplier_id=row[6] or "",
            supplier=row[7],
            supplier_sku=row[8],
            cost=Money(int(row[9]), currency),
            price=Money(int(row[10]), currency),
            tax_bp=row[12],
            unit=row[13],
            location=row[14],
            warning_level=optional_quantity(row[15]),
            reorder_level=optional_quantity(row[16]),
            reorder_quantity=optional_quantity(row[17]),
            on_hand=quantity_of(int(row[18])),
            on_order=quantity_of(int(row[19])),
            counted=time_or_none(row[20]),
            moved=time_or_none(row[21] or None),
            active=bool(row[22]),
            note=row[23],
            version=int(row[24]),
        )
    except (TypeError, ValueError) as error:
        raise DatabaseCorrupt(
            f"The part {row[1]!r} is damaged in the database.",
            kept="It was left as it is.",
            to_do="Restore the last backup.",
        ) from error


def columns_of(part: Part, changed: str) -> dict[str, Any]:
    """Return the columns of a part that its record sets; stock is the ledger's."""
    return {
        "sku": part.sku,
        "sku_key": sku_key(part.sku),
        "name": part.name,
        "name_key": folded(part.name),
        "category": part.category,
        "maker": part.maker,
        "supplier_id": part.supplier_id or None,
        "supplier_sku": part.supplier_sku,
        "cost": part.cost.minor,
        "price": part.price.minor,
        "currency": part.price.currency,
        "tax_bp": part.tax_bp,
        "unit": part.unit,
        "location": part.location,
        "warning_milli": optional_milli(part.warning_level),
        "reorder_milli": optional_milli(part.reorder_level),
        "reorder_quantity_milli": optional_milli(part.reorder_quantity),
        "active": int(part.active),
        "note": part.note,
        "words": words_of(part),
        "changed": changed,
    }


def words_of(part: Part) -> str:
    """Return everything that the list of parts finds a part by."""
    words = (
        part.sku,
        part.name,
        part.category,
        part.maker,
        part.supplier_sku,
        part.location,
        *part.barcodes,
    )
    return folded("\n".join(filter(None, words)))


def told(part: Part) -> dict[str, Any]:
    """Return a part's record for the audit log."""
    return {
        "sku": part.sku,
        "name": part.name,
        "category": part.category,
        "maker": part.maker,
        "barcodes": list(part.barcodes),
        "supplier": part.supplier,
        "supplier_sku": part.supplier_sku,
        "cost": f"{part.cost.major} {part.cost.currency}",
        "price": f"{part.price.major} {part.price.currency}",
        "tax_bp": part.tax_bp,
        "unit": part.unit,
        "location": part.location,
        "warning_level": _plain(part.warning_level),
        "reorder_level": _plain(part.reorder_level),
        "reorder_quantity": _plain(part.reorder_quantity),
        "active": part.active,
        "note": part.note,
    }


def found_entry(part: Part, used: str) -> Entry:
    """Return what search finds a part by."""
    return Entry(
        "part",
        part.id,
        f"{part.sku} {part.name}",
        " · ".join(filter(None, (part.maker, part.category, part.location))),
        " ".join((*part.barcodes, part.supplier_sku)),
        used,
    )


def keep_found(connection: "Connection", part: Part, used: str) -> None:
    """Let search find a part."""
    keep_entry(connection, found_entry(part, used))


def drop_found(connection: "Connection", part_id: str) -> None:
    """Let search find a part no more."""
    drop_entry(connection, "part", part_id)


def sku_key(sku: str) -> str:
    """Return an SKU as it is compared: whatever its case and blanks."""
    return "".join(sku.casefold().split())


def optional_milli(quantity: Decimal | None) -> int | None:
    """Return thousandths, None for None."""
    return None if quantity is None else milli_of(quantity)


def optional_quantity(milli: int | None) -> Decimal | None:
    """Return a quantity, None for None."""
    return None if milli is None else quantity_of(int(milli))


def no_such_part(word: str) -> NotKept:
    """Say that a part is not kept here."""
    return not_kept("part", word)


def not_kept(what: str, word: str) -> NotKept:
    """Say that something is not kept here; an id says nothing to whoever reads it."""
    by_id = _ID.fullmatch(word) is not None
    said = (
        f"The {what} is not kept here any more." if by_id else f"No {what} {word!r} is kept here."
    )
    return NotKept(said, kept=NOTHING_CHANGED, to_do=f"Look in the list of {what}s.")


def _plain(quantity: Decimal | None) -> str | None:
    return None if quantity is None else str(quantity)
