"""`cartech-desk parts`: list, show, scan, add, change, delete, restore."""

import argparse
from dataclasses import replace
from typing import Any

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.counter_acts import add_deleted
from cartech_desk.app.desk import Counter
from cartech_desk.app.numbers_asked import limit_of, offset_of
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.app.part_acts.told import (
    as_quantity,
    asked_money,
    part_document,
    part_line,
    seeing,
)
from cartech_desk.domain.counted import listed
from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.people import sees_cost
from cartech_desk.store.errors import NotKept

_SORTS = ("sku", "name", "category", "maker", "supplier", "location", "on_hand", "price", "moved")


def add_acts(acts: Any) -> None:
    """Add the acts of the catalogue."""
    add_list(add_act(acts, "list", "parts with what is on hand", list_parts))

    showing = add_act(acts, "show", "one part", _show)
    showing.add_argument("part", metavar="PART", help="SKU, barcode, id or an end of it")

    scanning = add_act(acts, "scan", "what a scanned code means", _scan)
    scanning.add_argument("code", metavar="CODE")

    adding = add_act(acts, "add", "add a part", _add)
    adding.add_argument("sku", metavar="SKU")
    adding.add_argument("--on-hand", type=as_quantity, default="0", metavar="N", help="there now")
    _fields(adding)

    changing = add_act(acts, "change", "change what is given of a part", _change)
    changing.add_argument("part", metavar="PART")
    changing.add_argument("--sku", metavar="SKU")
    changing.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    _fields(changing)

    deleting = add_act(acts, "delete", "delete a part that is not on the shelf", _delete)
    deleting.add_argument("part", metavar="PART")
    deleting.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    add_as(deleting)

    restoring = add_act(acts, "restore", "bring a deleted part back", _restore)
    restoring.add_argument("part", metavar="PART", help="its SKU, or its whole id")
    add_as(restoring)


def add_list(parser: argparse.ArgumentParser) -> None:
    """Add what the list understands."""
    parser.add_argument("search", nargs="?", default="", metavar="WORDS")
    parser.add_argument("--low", action="store_true", help="those at or below a level of theirs")
    add_deleted(parser)
    parser.add_argument("--category", default="", metavar="WORD")
    parser.add_argument("--supplier", default="", metavar="NAME")
    parser.add_argument("--location", default="", metavar="PLACE")
    parser.add_argument("--sort", choices=_SORTS, default="sku")
    parser.add_argument("--descending", action="store_true")
    parser.add_argument(
        "--limit", type=limit_of, default=200, metavar="N", help="so many at most (200)"
    )
    parser.add_argument(
        "--offset", type=offset_of, default=0, metavar="N", help="leave out so many"
    )


def list_parts(counter: Counter, args: argparse.Namespace) -> None:
    """List parts."""
    if args.deleted:
        gone, costs = (
            counter.office.parts.deleted(args.search, limit=args.limit),
            seeing(counter, args),
        )
        document = {
            "parts": [part_document(part, costs=costs) for part in gone],
            "total": len(gone),
        }
        emit(args, document, "\n".join(map(part_line, gone)) or "None is deleted.")
        return
    supplier = counter.office.parts.suppliers.named(args.supplier).id if args.supplier else ""
    rows, total = counter.office.parts.list(
        args.search,
        limit=args.limit,
        offset=args.offset,
        sort=args.sort,
        descending=args.descending,
        category=args.category,
        supplier_id=supplier,
        location=args.location,
        low=args.low,
    )
    lines = [part_line(part) for part in rows] + [f"{listed(len(rows), total, 'part')}."]
    costs = seeing(counter, args)
    documents = [part_document(part, costs=costs) for part in rows]
    emit(args, {"parts": documents, "total": total}, "\n".join(lines))


def _show(counter: Counter, args: argparse.Namespace) -> None:
    _tell(args, counter.office.parts.named(args.part), costs=seeing(counter, args))


def _scan(counter: Counter, args: argparse.Namespace) -> None:
    scan = counter.office.parts.scan(args.code)
    if scan.part is None:
        raise NotKept(scan.words, to_do="Add the part, or give it this barcode.")
    part = part_document(scan.part, costs=seeing(counter, args))
    document = {"code": scan.code, "found_by": scan.how, "part": part}
    emit(args, document, part_line(scan.part))


def _add(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    part = _filled(counter, args, Part(sku=args.sku))
    _tell(args, counter.office.parts.add(part, by, on_hand=args.on_hand), costs=sees_cost(by))


def _change(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    part = _filled(counter, args, counter.office.parts.named(args.part))
    if args.sku is not None:
        part = replace(part, sku=args.sku)
    _tell(args, counter.office.parts.change(part, by, reason=args.reason), costs=sees_cost(by))


def _delete(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    part = counter.office.parts.named(args.part)
    counter.office.parts.delete(part.id, by, reason=args.reason)
    words = f"{part.sku} {part.name} deleted; `parts restore '{part.sku}'` brings it back."
    emit(args, {"deleted": part.id, "sku": part.sku}, words)


def _restore(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    _tell(args, counter.office.parts.restore(args.part, by), costs=sees_cost(by))


def _tell(args: argparse.Namespace, part: Part, *, costs: bool) -> None:
    beside = [
        ("barcodes", ", ".join(part.barcodes)),
        ("supplier", " ".join(filter(None, (part.supplier, part.supplier_sku)))),
        ("on order", str(part.on_order) if part.on_order else ""),
        ("id", part.id),
    ]
    lines = [part_line(part)] + [f"  {name}: {words}" for name, words in beside if words]
    emit(args, {"part": part_document(part, costs=costs)}, "\n".join(lines))


def _fields(parser: argparse.ArgumentParser) -> None:
    for name, metavar in (
        ("name", "TEXT"),
        ("category", "WORD"),
        ("maker", "NAME"),
        ("supplier", "NAME"),
        ("supplier-sku", "CODE"),
        ("cost", "SUM"),
        ("price", "SUM"),
        ("unit", "WORD"),
        ("location", "PLACE"),
        ("note", "TEXT"),
    ):
        parser.add_argument(f"--{name}", metavar=metavar)
    parser.add_argument("--barcode", action="append", metavar="CODE", help="may be given again")
    for name in ("warning-level", "reorder-level", "reorder-quantity"):
        parser.add_argument(f"--{name}", type=as_quantity, metavar="N")
    parser.add_argument(
        "--in-use", choices=("yes", "no"), help="no: it is sold off and not ordered again"
    )
    add_as(parser)


def _filled(counter: Counter, args: argparse.Namespace, part: Part) -> Part:
    """Return a part with what was given on the command line. Errors: MoneyRefused, NotKept."""
    given: dict[str, Any] = {
        name: getattr(args, name)
        for name in ("name", "category", "maker", "supplier_sku", "unit", "location", "note")
        if getattr(args, name) is not None
    }
    for name in ("warning_level", "reorder_level", "reorder_quantity"):
        if getattr(args, name) is not None:
            given[name] = getattr(args, name)
    for name in ("cost", "price"):
        sum_ = asked_money(counter, getattr(args, name))
        if sum_ is not None:
            given[name] = sum_
    if args.barcode is not None:
        given["barcodes"] = tuple(args.barcode)
    if args.supplier is not None:
        house = counter.office.parts.suppliers.named(args.supplier).id if args.supplier else ""
        given["supplier_id"] = house
    if args.in_use is not None:
        given["active"] = args.in_use == "yes"
    return replace(part, **given)
