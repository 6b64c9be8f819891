"""Parts, orders and counts as documents and as lines; what is typed of them as values."""

import argparse
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from cartech_desk.app.desk import Counter
from cartech_desk.app.operator import acting
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.money import Money, money_text, parse_money
from cartech_desk.domain.parts.count import CountLine, StockCount
from cartech_desk.domain.parts.order import WORDS, PurchaseOrder
from cartech_desk.domain.parts.part import LedgerLine, Level, Part, StockAlert
from cartech_desk.domain.parts.quantity import parse_quantity, quantity_text
from cartech_desk.domain.people import sees_cost

Act = Callable[[Counter, argparse.Namespace], None]

_LOW = {Level.WARNING: "LOW", Level.REORDER: "reorder"}


def number(quantity: Decimal | None) -> int | float | None:
    """Return a quantity as a number of JSON: at most three decimals, so it is what it was."""
    if quantity is None:
        return None
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)


def seeing(counter: Counter, args: argparse.Namespace) -> bool:
    """Tell whether who asks may know what parts cost. Errors: as `acting`."""
    return sees_cost(acting(args, counter))


def part_document(part: Part, *, costs: bool) -> dict[str, Any]:
    """Return a part with the platform's keys (sku, name, quantity, price) and its own.

    Without `costs` its cost is null, as it is for whoever may not know it.
    """
    return {
        "sku": part.sku,
        "name": part.name,
        "quantity": number(part.on_hand),
        "price": part.price.major,
        "cost": part.cost.major if costs else None,
        "currency": part.price.currency,
        "unit": part.unit,
        "id": part.id,
        "category": part.category,
        "maker": part.maker,
        "barcodes": list(part.barcodes),
        "supplier": part.supplier,
        "supplier_sku": part.supplier_sku,
        "tax_bp": part.tax_bp,
        "location": part.location,
        "warning_level": number(part.warning_level),
        "reorder_level": number(part.reorder_level),
        "reorder_quantity": number(part.reorder_quantity),
        "on_order": number(part.on_order),
        "low": part.low.value if part.low else None,
        "counted": moment(part.counted),
        "active": part.active,
        "note": part.note,
        "version": part.version,
    }


def part_line(part: Part) -> str:
    """Return a part on one line."""
    words = f"{part.sku:<20} {quantity_text(part.on_hand, part.unit):>10}  "
    words += f"{money_text(part.price):>14}  {part.name}"
    beside = [
        part.location,
        _LOW[part.low] if part.low else "",
        "" if part.active else "not in use",
    ]
    return words + "".join(f"  [{word}]" for word in beside if word)


def move_document(line: LedgerLine, *, costs: bool) -> dict[str, Any]:
    """Return a move of the ledger."""
    move = line.move
    return {
        "sequence": move.sequence,
        "at": moment(move.at),
        "part": line.part,
        "kind": move.kind.value,
        "quantity": number(move.quantity),
        "after": number(line.after),
        "unit_cost": move.unit_cost.major if move.unit_cost and costs else None,
        "reason": move.reason,
        "job": line.job,
        "order": line.order,
        "by": move.by,
    }


def move_line(line: LedgerLine) -> str:
    """Return a move on one line."""
    move = line.move
    beside = ", ".join(filter(None, (f"job {line.job}" if line.job else "", move.reason, move.by)))
    return (
        f"{_clock(move.at)}  {move.kind.value:<10} {move.quantity:>+9f}  "
        f"then {quantity_text(line.after, line.unit):<10} {line.part}  ({beside})"
    )


def alert_document(alert: StockAlert) -> dict[str, Any]:
    """Return an alert of low stock."""
    return {
        "id": alert.id,
        "part": alert.part,
        "level": alert.level.value,
        "raised": moment(alert.raised),
        "on_hand": number(alert.on_hand),
        "limit": number(alert.limit),
        "now": number(alert.now),
        "on_order": number(alert.on_order),
        "cleared": moment(alert.cleared),
        "acknowledged": moment(alert.acknowledged),
        "acknowledged_by": alert.acknowledged_by,
    }


def alert_line(alert: StockAlert) -> str:
    """Return an alert on one line."""
    seen = f", seen by {alert.acknowledged_by}" if alert.acknowledged else ""
    over = f", over since {_clock(alert.cleared)}" if alert.cleared else ""
    coming = f", {quantity_text(alert.on_order)} on order" if alert.on_order else ""
    return (
        f"{_clock(alert.raised)}  {alert.level.value:<8} {alert.part}: "
        f"{quantity_text(alert.now, alert.unit)} there, level {quantity_text(alert.limit)}"
        f"{coming}{seen}{over}  [{alert.id[-8:]}]"
    )


def order_document(order: PurchaseOrder, *, costs: bool) -> dict[str, Any]:
    """Return an order."""
    return {
        "id": order.id,
        "number": order.number,
        "supplier": order.supplier,
        "status": order.status.value,
        "created": moment(order.created),
        "ordered": moment(order.ordered),
        "expected": order.expected.isoformat() if order.expected else None,
        "total": order.total.major if costs else None,
        "currency": order.currency,
        "note": order.note,
        "line_count": order.line_count,
        "lines": [
            {
                "id": line.id,
                "sku": line.sku,
                "name": line.name,
                "quantity": number(line.quantity),
                "received": number(line.received),
                "unit_cost": line.unit_cost.major if costs else None,
                "sum": line.sum.major if costs else None,
            }
            for line in order.lines
        ],
    }


def order_text(order: PurchaseOrder, *, costs: bool) -> str:
    """Return an order with its lines."""
    expected = f", expected {order.expected}" if order.expected else ""
    words = [
        f"Order {order.number} to {order.supplier}: {WORDS[order.status].lower()}{expected}"
        + (f", {money_text(order.total)}" if costs else "")
    ]
    words += [
        f"  {line.sku:<20} {quantity_text(line.quantity, line.unit):>10}"
        + (f" at {money_text(line.unit_cost)}" if costs else "")
        + f", {line.received} received  {line.name}"
        for line in order.lines
    ]
    return "\n".join(words)


def count_document(count: StockCount) -> dict[str, Any]:
    """Return a count."""
    ended = "finished" if count.finished else "discarded"
    return {
        "id": count.id,
        "started": moment(count.started),
        "location": count.location,
        "by": count.by,
        "state": "open" if count.open else ended,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "counted": number(line.counted),
                "expected": number(line.expected),
                "difference": number(line.difference),
                "count_again": line.moved,
            }
            for line in count.lines
        ],
    }


def count_head(count: StockCount) -> str:
    """Return on one line what is counted, since when, and how the count is called."""
    state = "open" if count.open else "finished" if count.finished else "discarded"
    begun = f", begun {_clock(count.started)}" if count.started else ""
    return f"Count of {count.location or 'everything'}{begun}: {state}  [{count.id[-8:]}]"


def count_line(line: CountLine) -> str:
    """Return a counted part on one line."""
    off = f"  {line.difference:+f}" if line.difference else ""
    again = "  moved while it was counted: count it again" if line.moved else ""
    return (
        f"  {line.sku:<20} {quantity_text(line.counted, line.unit):>10} of {line.expected}{off}"
        f"  {line.name}{again}"
    )


def _clock(at: datetime) -> str:
    """Write an instant in local time."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def moment(at: datetime | None) -> str | None:
    """Return an instant for JSON."""
    return at.isoformat() if at is not None else None


def asked_money(counter: Counter, text: str | None) -> Money | None:
    """Return a typed sum in the shop's currency. Errors: MoneyRefused."""
    return None if text is None else parse_money(text, counter.office.parts.currency)


def as_quantity(text: str) -> Decimal:
    """Return a typed quantity, for argparse."""
    try:
        return parse_quantity(text)
    except CarTechError as error:
        raise argparse.ArgumentTypeError(error.happened) from None


def pair_of(text: str, usual: str = "") -> tuple[str, str]:
    """Return both sides of “SKU=2”; the right one `usual` where there is no sign."""
    left, sign, right = text.rpartition("=")
    return (left, right) if sign else (text, usual)
