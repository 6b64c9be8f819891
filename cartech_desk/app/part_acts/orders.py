"""`cartech-desk parts`: suppliers, what to reorder, purchase orders."""

import argparse
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter
from cartech_desk.app.existing_files import add_even_so, refuse_existing
from cartech_desk.app.numbers_asked import limit_of, whole
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.app.part_acts.told import (
    asked_money,
    number,
    order_document,
    order_text,
    pair_of,
    seeing,
)
from cartech_desk.domain.counted import listed
from cartech_desk.domain.parts.order import OrderLine, PurchaseOrder, Received
from cartech_desk.domain.parts.quantity import parse_quantity, quantity_text
from cartech_desk.domain.parts.supplier import Supplier
from cartech_desk.store.errors import NotKept

_LINE = "SKU=QUANTITY or SKU=QUANTITY@COST; may be given again"


_days_of = whole("the days until it delivers", 0, 3650)


def add_acts(acts: Any) -> None:
    """Add the acts of buying."""
    suppliers = add_act(acts, "suppliers", "who the shop buys from", _suppliers)
    suppliers.add_argument("search", nargs="?", default="", metavar="WORDS")

    supplier = add_act(acts, "supplier", "add a supplier, or change what is given", _supplier)
    supplier.add_argument("name", metavar="NAME")
    for name in ("contact", "email", "phone", "customer-number", "note"):
        supplier.add_argument(f"--{name}", metavar="TEXT")
    supplier.add_argument("--lead-days", type=_days_of, metavar="N", help="days until it delivers")
    add_as(supplier)

    reordering = add_act(acts, "reorder", "what is to be ordered again", _reorder)
    reordering.add_argument(
        "--draft", action="store_true", help="begin one order for each supplier with it"
    )
    add_as(reordering)

    ordering = acts.add_parser("order", help="purchase orders", description="Purchase orders.")
    orders = ordering.add_subparsers(metavar="act", required=True)
    listing = add_act(orders, "list", "orders, the newest first", _list)
    listing.add_argument("search", nargs="?", default="", metavar="WORDS")
    listing.add_argument("--coming", action="store_true", help="of which something is to come")
    listing.add_argument("--limit", type=limit_of, default=200, metavar="N")
    _of_order(orders, "show", "one order", _show)
    beginning = add_act(orders, "new", "begin an order", _new)
    beginning.add_argument("supplier", metavar="SUPPLIER")
    beginning.add_argument("--line", action="append", required=True, metavar="LINE", help=_LINE)
    beginning.add_argument("--note", default="", metavar="TEXT")
    add_as(beginning)
    placing = _of_order(orders, "place", "note that it was sent", _place)
    placing.add_argument("--expected", type=_day, metavar="DAY", help="as 2026-01-31")
    receiving = _of_order(orders, "receive", "take what has come into stock", _receive)
    some = receiving.add_mutually_exclusive_group(required=True)
    some.add_argument("--line", action="append", metavar="LINE", help=_LINE)
    some.add_argument("--all", action="store_true", help="everything that is missing")
    receiving.add_argument("--even-so", action="store_true", help="also more than was ordered")
    receiving.add_argument("--keep-cost", action="store_true", help="leave the parts' cost")
    cancelling = _of_order(orders, "cancel", "expect nothing more of it", _cancel)
    cancelling.add_argument("--reason", default="", metavar="TEXT")
    printing = _of_order(orders, "paper", "write it as PDF", _paper)
    printing.add_argument("file", type=Path, metavar="FILE", help="ends in .pdf")
    add_even_so(printing)


def _of_order(acts: Any, name: str, words: str, act: Any) -> argparse.ArgumentParser:
    parser = add_act(acts, name, words, act)
    parser.add_argument("order", metavar="ORDER", help="its number or id")
    if name not in ("show", "paper"):
        add_as(parser)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day as 2026-01-31") from None


def _suppliers(counter: Counter, args: argparse.Namespace) -> None:
    rows, total = counter.office.parts.suppliers.list(args.search, limit=1000)
    lines = [f"{one.name}  {one.email}  {one.phone}".rstrip() for one in rows]
    document = {"suppliers": [asdict(one) for one in rows], "total": total}
    emit(args, document, "\n".join(lines) or "No supplier is kept here yet.")


def _supplier(counter: Counter, args: argparse.Namespace) -> None:
    by, suppliers = acting(args, counter), counter.office.parts.suppliers
    try:
        before = suppliers.named(args.name)
    except NotKept:
        before = Supplier(name=args.name)
    names = ("contact", "email", "phone", "customer_number", "note", "lead_days")
    given: dict[str, Any] = {
        name: getattr(args, name) for name in names if getattr(args, name) is not None
    }
    kept = suppliers.keep(replace(before, **given), by)
    emit(args, {"supplier": asdict(kept)}, f"{kept.name} kept.")


def _reorder(counter: Counter, args: argparse.Namespace) -> None:
    orders = counter.office.parts.orders
    if args.draft:
        made = orders.draft_reorders(acting(args, counter))
        text = "\n".join(order_text(order, costs=True) for order in made)
        document = {"orders": [order_document(order, costs=True) for order in made]}
        emit(args, document, text or "Nothing is to be ordered.")
        return
    rows, costs = orders.to_reorder(), seeing(counter, args)
    lines = [
        f"{one.supplier or '(no supplier)'}: {quantity_text(one.suggested, one.unit)} of {one.sku} "
        f"{one.name}; {one.on_hand} there, level {one.level}"
        for one in rows
    ]
    document = {
        "reorder": [
            {
                "sku": one.sku,
                "name": one.name,
                "supplier": one.supplier,
                "quantity": number(one.on_hand),
                "on_order": number(one.on_order),
                "level": number(one.level),
                "suggested": number(one.suggested),
                "cost": one.unit_cost.major if costs else None,
                "currency": one.unit_cost.currency,
            }
            for one in rows
        ]
    }
    emit(args, document, "\n".join(lines) or "Nothing is to be ordered.")


def _list(counter: Counter, args: argparse.Namespace) -> None:
    rows, total = counter.office.parts.orders.list(
        args.search, limit=args.limit, coming=args.coming
    )
    costs = seeing(counter, args)
    lines = [order_text(order, costs=costs) for order in rows]
    lines += [f"{listed(len(rows), total, 'order')}."]
    documents = [order_document(order, costs=costs) for order in rows]
    document = {"orders": documents, "total": total}
    emit(args, document, "\n".join(lines))


def _show(counter: Counter, args: argparse.Namespace) -> None:
    _tell(args, counter.office.parts.orders.named(args.order), costs=seeing(counter, args))


def _new(counter: Counter, args: argparse.Namespace) -> None:
    by, parts = acting(args, counter), counter.office.parts
    supplier = parts.suppliers.named(args.supplier)
    lines = []
    for words in args.line:
        sku, quantity, cost = _line(words)
        part = parts.named(sku)
        price = asked_money(counter, cost) or part.cost
        lines.append(OrderLine(part_id=part.id, quantity=quantity, unit_cost=price))
    _tell(args, parts.orders.draft(supplier.id, lines, by, note=args.note))


def _place(counter: Counter, args: argparse.Namespace) -> None:
    by, orders = acting(args, counter), counter.office.parts.orders
    _tell(args, orders.place(orders.named(args.order).id, by, expected=args.expected))


def _receive(counter: Counter, args: argparse.Namespace) -> None:
    by, parts = acting(args, counter), counter.office.parts
    order = parts.orders.named(args.order)
    if args.all:
        came = [Received(line.id, line.missing) for line in order.lines if line.missing]
    else:
        came = [_came(counter, order, words) for words in args.line]
    _tell(
        args,
        parts.orders.receive(order.id, came, by, even_so=args.even_so, keep_cost=args.keep_cost),
    )


def _came(counter: Counter, order: PurchaseOrder, words: str) -> Received:
    sku, quantity, cost = _line(words)
    part = counter.office.parts.named(sku)
    line = next((one for one in order.lines if one.part_id == part.id and one.missing), None)
    line = line or next((one for one in order.lines if one.part_id == part.id), None)
    if line is None:
        raise NotKept(
            f"{part.sku} is not on order {order.number}.",
            kept="Nothing was changed.",
            to_do="Note it with `parts receive`, or look at the order.",
        )
    return Received(line.id, quantity, asked_money(counter, cost))


def _line(words: str) -> tuple[str, Any, str | None]:
    """Return SKU, quantity and cost of SKU=QUANTITY@COST. Errors: QuantityRefused."""
    sku, rest = pair_of(words, "1")
    quantity, _, cost = rest.partition("@")
    return sku, parse_quantity(quantity), cost or None


def _cancel(counter: Counter, args: argparse.Namespace) -> None:
    by, orders = acting(args, counter), counter.office.parts.orders
    _tell(args, orders.cancel(orders.named(args.order).id, by, reason=args.reason))


def _paper(counter: Counter, args: argparse.Namespace) -> None:
    from cartech_desk.reports.drawing_pdf import pdf_of
    from cartech_desk.reports.whole_file import check_target, write_whole

    check_target(args.file, (".pdf",), "A purchase order")
    refuse_existing(args.file, even_so=args.even_so)
    by, orders = acting(args, counter), counter.office.parts.orders
    order = orders.named(args.order)
    write_whole(args.file, pdf_of(orders.paper(order.id, by)))
    doubts = orders.doubts(order.id, by)
    document = {"file": str(args.file), "number": order.number, "warnings": list(doubts)}
    lines = [f"{args.file} written.", *(f"▲ {words}" for words in doubts)]
    emit(args, document, "\n".join(lines))


def _tell(args: argparse.Namespace, order: PurchaseOrder, *, costs: bool = True) -> None:
    """Tell an order; whoever may change one may know what it costs."""
    document = {"order": order_document(order, costs=costs)}
    emit(args, document, order_text(order, costs=costs))
