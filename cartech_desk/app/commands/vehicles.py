"""`cartech-desk vehicles`: vehicles, what was fitted to them, all that was done."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.commands.customers import add_list_options
from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.numbers_asked import limit_of, whole
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.app.vehicle_text import (
    attachment_document,
    baseline_document,
    entry_document,
    entry_line,
    modification_document,
    modification_line,
    none_listed,
    pair_document,
    recommendation_document,
    recommendation_lines,
    vehicle_document,
    vehicle_line,
    vehicle_lines,
)
from cartech_desk.domain.money import parse_money
from cartech_desk.domain.vehicles.record import Modification, ModificationType, VehicleRecord
from cartech_desk.domain.vehicles.timeline import Happened

_Act = Callable[[Counter, argparse.Namespace], None]
_TEXTS: Final = ("vin", "name", "make", "model", "engine", "fuel", "plate", "colour", "note")
_ORDERS: Final = (
    "name",
    "plate",
    "make",
    "model",
    "year",
    "owner",
    "odometer",
    "vin",
    "created",
    "used",
)
_model_year: Final = whole("a model year", 1885, 2200)
_km: Final = whole("an odometer's reading", 0, 5_000_000)
_ANY: Final = "PLATE|VIN|NAME|ID"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `vehicles` understands; without an act it lists."""
    parser.set_defaults(
        act=_list,
        search="",
        limit=200,
        offset=0,
        sort="",
        descending=False,
        make="",
        model="",
        year=None,
        customer="",
    )
    acts = parser.add_subparsers(metavar="act")
    listing = add_act(acts, "list", "vehicles, the last used first", _list)
    add_list_options(listing, _ORDERS)
    for name in ("make", "model", "customer"):
        listing.add_argument(f"--{name}", default="", metavar="TEXT", help="only of this one")
    listing.add_argument("--year", type=_model_year, default=None)
    _of_one(acts, "show", "one vehicle, what was fitted, what to see to", _show, as_whom=False)
    adding = add_act(acts, "add", "add a vehicle", _add)
    add_as(adding)
    _fields(adding)
    changing = _of_one(acts, "change", "change a vehicle", _change)
    _fields(changing)
    _reason(changing)
    _timeline_options(
        _of_one(acts, "timeline", "all that was ever done, newest first", _timeline, as_whom=False)
    )
    modifying = _of_one(acts, "modify", "note what was fitted", _modify)
    types = ", ".join(ModificationType)
    modifying.add_argument("type", type=_type, metavar="TYPE", help=types)
    for name in ("brand", "model", "done-by", "note"):
        modifying.add_argument(f"--{name}", default="", metavar="TEXT")
    modifying.add_argument("--day", type=_day, default=None, metavar="YYYY-MM-DD")
    modifying.add_argument("--price", default=None, metavar="SUM")
    modifying.add_argument("--odometer-km", type=_km, default=None, metavar="KM")
    reading = _of_one(acts, "odometer", "note a reading; without one, all of them", _odometer)
    reading.add_argument("km", type=_km, nargs="?", default=None)
    reading.add_argument(
        "--take-back", default="", metavar="ID", help="take back a reading that was wrong"
    )
    _reason(reading)
    attaching = _of_one(acts, "attach", "add a photo or document", _attach)
    attaching.add_argument("file", type=Path)
    attaching.add_argument("--caption", default="", metavar="TEXT")
    doubles = add_act(acts, "doubles", "vehicles that may be one", _doubles)
    doubles.add_argument("--limit", type=limit_of, default=100, metavar="N")
    joining = _of_one(acts, "join", "make two vehicles one", _join)
    joining.add_argument("other", metavar="OTHER", help="which is joined into the first one")
    _reason(joining)
    apart = _of_one(acts, "apart", "say that two vehicles are two", _apart)
    apart.add_argument("other", metavar="OTHER")
    _reason(apart)
    _reason(_of_one(acts, "delete", "take a vehicle off the lists", _delete))
    _of_one(acts, "restore", "put a deleted vehicle back", _restore)


def run(args: argparse.Namespace) -> int:
    """Do one act on vehicles. Errors: CarTechError."""
    with open_counter(args, demo=args.demo) as counter:
        act: _Act = args.act
        act(counter, args)
    return 0


def _of_one(
    acts: Any, name: str, words: str, act: _Act, *, as_whom: bool = True
) -> argparse.ArgumentParser:
    parser = add_act(acts, name, words, act)
    if as_whom:
        add_as(parser)
    parser.add_argument("vehicle", metavar=_ANY, help="the vehicle, or “last”")
    return parser


def _fields(parser: argparse.ArgumentParser) -> None:
    for name in _TEXTS:
        parser.add_argument(f"--{name}", default=None, metavar="TEXT")
    parser.add_argument("--year", type=_model_year, default=None)
    parser.add_argument("--odometer-km", type=_km, default=None, metavar="KM")
    parser.add_argument("--owner", default=None, metavar="CUSTOMER", help="number, name or id")
    parser.add_argument(
        "--keep-vin", default=None, metavar="REASON", help="keep a VIN that the check refuses"
    )
    parser.add_argument(
        "--even-so", action="store_true", help="although something here is like this one"
    )


def _timeline_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", action="append", default=[], choices=[k.value for k in Happened])
    parser.add_argument("--limit", type=limit_of, default=100, metavar="N")
    parser.add_argument("--before", default="", metavar="MARK", help="“older” of the page before")


def _reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")


def _type(text: str) -> ModificationType:
    try:
        return ModificationType(text.casefold().replace("-", "_"))
    except ValueError:
        known = ", ".join(ModificationType)
        raise argparse.ArgumentTypeError(f"{text!r} is none of {known}") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day as 2026-01-31") from None


def _list(counter: Counter, args: argparse.Namespace) -> None:
    owner = counter.office.customers.named(args.customer).id if args.customer else ""
    found, total = counter.office.vehicles.list(
        args.search,
        limit=args.limit,
        offset=args.offset,
        sort=args.sort,
        descending=args.descending,
        owner_id=owner,
        make=args.make,
        model=args.model,
        year=args.year,
    )
    emit(
        args,
        {"vehicles": [vehicle_document(one) for one in found], "total": total},
        "\n".join(map(vehicle_line, found))
        or none_listed(
            *("vehicle", args.search, args.make, args.model, str(args.year or ""), args.customer)
        ),
    )


def _show(counter: Counter, args: argparse.Namespace) -> None:
    vehicles = counter.office.vehicles
    one = vehicles.named(args.vehicle)
    fitted = vehicles.modifications(one.id)
    advice = vehicles.recommendations(one.id)
    tunes = vehicles.timeline(one.id, kinds=(Happened.TUNE,)).entries
    photos = vehicles.attachments(one.id)
    document = {
        "vehicle": vehicle_document(one),
        "baseline_data": baseline_document(one),
        "modifications": [modification_document(each) for each in fitted],
        "tune_history": [entry_document(each) for each in tunes],
        "safety_recommendations": [recommendation_document(each) for each in advice],
        "attachments": [attachment_document(each) for each in photos],
    }
    lines = [*vehicle_lines(one), *map(modification_line, fitted)]
    for each in advice:
        lines += recommendation_lines(each)
    emit(args, document, "\n".join(lines))


def _typed(counter: Counter, args: argparse.Namespace) -> dict[str, Any]:
    names = (*_TEXTS, "year", "odometer_km")
    typed = {name: value for name in names if (value := getattr(args, name)) is not None}
    if args.owner is not None:
        named = counter.office.customers.named
        typed["owner_id"] = named(args.owner).id if args.owner else ""
    if args.keep_vin is not None:
        typed["vin_kept"] = args.keep_vin
    return typed


def _add(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    record = VehicleRecord(**_typed(counter, args))
    made = counter.office.vehicles.add(by, record, even_so=args.even_so)
    document = {"vehicle": vehicle_document(made), "baseline_data": baseline_document(made)}
    emit(args, document, f"{made.name} is kept: {made.id}")


def _change(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    vehicles = counter.office.vehicles
    record = replace(vehicles.named(args.vehicle), **_typed(counter, args))
    made = vehicles.change(by, record, reason=args.reason, even_so=args.even_so)
    emit(args, {"vehicle": vehicle_document(made)}, "\n".join(vehicle_lines(made)))


def _timeline(counter: Counter, args: argparse.Namespace) -> None:
    vehicles = counter.office.vehicles
    one = vehicles.named(args.vehicle)
    page = vehicles.timeline(
        one.id,
        kinds=tuple(map(Happened, args.kind)),
        before=args.before,
        limit=args.limit,
    )
    document = {
        "vehicle": vehicle_document(one),
        "timeline": [entry_document(each) for each in page.entries],
        "older": page.older or None,
    }
    emit(args, document, "\n".join(map(entry_line, page.entries)) or "Nothing was done to it here.")


def _modify(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    vehicles = counter.office.vehicles
    one = vehicles.named(args.vehicle)
    price = None
    if args.price is not None:
        shop = counter.office.people.shop()
        price = parse_money(args.price, shop.currency if shop else "EUR")
    made = vehicles.modify(
        by,
        Modification(
            vehicle_id=one.id,
            type=args.type,
            brand=args.brand,
            model=args.model,
            fitted=args.day,
            price=price,
            done_by=args.done_by,
            odometer_km=args.odometer_km,
            note=args.note,
        ),
    )
    document = {
        "updated_vehicle": vehicle_document(vehicles.get(one.id)),
        "modification": modification_document(made.modification),
        "safety_recommendations": [recommendation_document(each) for each in made.recommendations],
    }
    lines = [modification_line(made.modification)]
    for each in made.recommendations:
        lines += recommendation_lines(each)
    emit(args, document, "\n".join(lines))


def _odometer(counter: Counter, args: argparse.Namespace) -> None:
    vehicles = counter.office.vehicles
    one = vehicles.named(args.vehicle)
    if args.take_back:
        by = acting(args, counter)
        one = vehicles.take_back_reading(by, one.id, args.take_back, reason=args.reason)
    if args.km is not None:
        by = acting(args, counter)
        one = vehicles.note_odometer(by, one.id, args.km, reason=args.reason)
    readings = vehicles.odometer(one.id)
    document = {
        "vehicle": vehicle_document(one),
        "odometer": [
            {
                "id": each.id,
                "km": each.km,
                "read": each.read.isoformat() if each.read else None,
                "told": each.told.value,
                "by": each.by,
                "reason": each.reason or None,
            }
            for each in readings
        ],
    }
    lines = [
        f"{each.id[-8:]}  {each.read.astimezone():%Y-%m-%d}  {each.km:>9,} km  {each.by}"
        for each in readings
        if each.read is not None
    ]
    emit(args, document, "\n".join(lines) or "The odometer was never read here.")


def _attach(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    one = counter.office.vehicles.named(args.vehicle)
    made = counter.office.vehicles.attach(by, args.file, vehicle_id=one.id, caption=args.caption)
    emit(args, {"attachment": attachment_document(made)}, f"{made.name} is kept: {made.id}")


def _doubles(counter: Counter, args: argparse.Namespace) -> None:
    found = counter.office.vehicles.doubles(limit=args.limit)
    lines = [f"{one.title} | {one.other.title}: {', '.join(one.other.reasons)}" for one in found]
    emit(
        args,
        {"doubles": [pair_document(one) for one in found]},
        "\n".join(lines) or "No vehicle seems to be here twice.",
    )


def _join(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    office = counter.office.vehicles
    one, other = office.named(args.vehicle), office.named(args.other)
    made = office.join(by, one.id, other.id, reason=args.reason)
    emit(args, {"vehicle": vehicle_document(made)}, f"{other.name} is {made.name} now.")


def _apart(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    office = counter.office.vehicles
    one, other = office.named(args.vehicle), office.named(args.other)
    office.tell_apart(by, one.id, other.id, reason=args.reason)
    emit(args, {"apart": [one.id, other.id]}, f"{one.name} and {other.name} are two.")


def _delete(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    one = counter.office.vehicles.named(args.vehicle)
    counter.office.vehicles.delete(by, one.id, reason=args.reason)
    emit(args, {"deleted": one.id}, f"{one.name} is off the lists; restore puts it back: {one.id}")


def _restore(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    made = counter.office.vehicles.restore(by, args.vehicle)
    emit(args, {"vehicle": vehicle_document(made)}, f"{made.name} is back.")
