"""`cartech-desk customers`: who owns vehicles and pays jobs."""

import argparse
from dataclasses import replace
from typing import Any, Final

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.counter_acts import RecordActs, add_deleted, add_reason, run_act
from cartech_desk.app.desk import Counter
from cartech_desk.app.numbers_asked import limit_of, offset_of
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.app.vehicle_text import (
    customer_document,
    customer_line,
    none_listed,
    vehicle_document,
    vehicle_line,
)
from cartech_desk.domain.vehicles.record import Customer

_FIELDS: Final = (
    "name",
    "company",
    "email",
    "phone",
    "street",
    "postcode",
    "city",
    "country",
    "tax_id",
    "note",
)
_OF_ONE: Final = RecordActs(
    "customer",
    "NUMBER|NAME|E-MAIL|ID",
    "the customer",
    lambda office: office.customers,
    customer_document,
    lambda made: f"customer {made.number}",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `customers` understands; without an act it lists."""
    parser.set_defaults(act=_list, search="", limit=200, offset=0, sort="", descending=False)
    parser.set_defaults(deleted=False)
    acts = parser.add_subparsers(metavar="act")
    listing = add_act(acts, "list", "customers, by name", _list)
    add_list_options(listing, ("number", "name", "company", "city", "created"))
    add_deleted(listing)
    _OF_ONE.add_of_one(acts, "show", "one customer and the vehicles", _show, as_whom=False)
    adding = add_act(acts, "add", "add a customer", _add)
    add_as(adding)
    _fields(adding)
    adding.add_argument(
        "--even-so", action="store_true", help="although somebody here is like this one"
    )
    changing = _OF_ONE.add_of_one(acts, "change", "change a customer", _change)
    _fields(changing)
    add_reason(changing)
    _OF_ONE.add_acts(acts)


def run(args: argparse.Namespace) -> int:
    """Do one act on customers. Errors: CarTechError."""
    return run_act(args)


def add_list_options(parser: argparse.ArgumentParser, orders: tuple[str, ...]) -> None:
    """Let a list be searched, sorted and read in pieces."""
    parser.add_argument("search", nargs="?", default="", metavar="WORDS")
    parser.add_argument("--limit", type=limit_of, default=200, metavar="N")
    parser.add_argument("--offset", type=offset_of, default=0, metavar="N")
    parser.add_argument(
        "--sort", default="", choices=orders, metavar="COLUMN", help=", ".join(orders)
    )
    parser.add_argument("--descending", action="store_true")


def _fields(parser: argparse.ArgumentParser) -> None:
    for name in _FIELDS:
        parser.add_argument(f"--{name.replace('_', '-')}", default=None, metavar="TEXT")


def _list(counter: Counter, args: argparse.Namespace) -> None:
    if args.deleted:
        gone = counter.office.customers.deleted(args.search, limit=args.limit)
        document = {"customers": [customer_document(one) for one in gone], "total": len(gone)}
        emit(args, document, "\n".join(map(customer_line, gone)) or "None is deleted.")
        return
    found, total = counter.office.customers.list(
        args.search,
        limit=args.limit,
        offset=args.offset,
        sort=args.sort,
        descending=args.descending,
    )
    emit(
        args,
        {"customers": [customer_document(one) for one in found], "total": total},
        "\n".join(map(customer_line, found)) or none_listed("customer", args.search),
    )


def _show(counter: Counter, args: argparse.Namespace) -> None:
    one = counter.office.customers.named(args.customer)
    vehicles = counter.office.customers.vehicles_of(one.id)
    document = {
        "customer": customer_document(one),
        "vehicles": [vehicle_document(vehicle) for vehicle in vehicles],
    }
    known = [f"{name:<9} {getattr(one, name)}" for name in _FIELDS if getattr(one, name)]
    lines = [f"number    {one.number}", *known, *map(vehicle_line, vehicles)]
    emit(args, document, "\n".join(lines))


def _add(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    typed = {name: value for name in _FIELDS if (value := getattr(args, name)) is not None}
    made = counter.office.customers.add(by, Customer(**typed), even_so=args.even_so)
    emit(args, {"customer": customer_document(made)}, f"{made.name} is customer {made.number}.")


def _change(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    one = counter.office.customers.named(args.customer)
    typed: dict[str, Any] = {
        name: value for name in _FIELDS if (value := getattr(args, name)) is not None
    }
    made = counter.office.customers.change(by, replace(one, **typed), reason=args.reason)
    emit(args, {"customer": customer_document(made)}, customer_line(made))
