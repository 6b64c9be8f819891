"""`cartech-desk vehicles`: vehicles, what was fitted to them, all that was done."""

import argparse
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.commands.customers import add_list_options
from cartech_desk.app.counter_acts import RecordActs, add_deleted, add_reason, run_act
from cartech_desk.app.desk import Counter
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
    recommendation_document,
    recommendation_lines,
    vehicle_document,
    vehicle_line,
    vehicle_lines,
)
from cartech_desk.app.words_asked import one_of, words_of
from cartech_desk.domain.money import parse_money
from cartech_desk.domain.vehicles.record import Modification, ModificationType, VehicleRecord
from cartech_desk.domain.vehicles.timeline import Happened
from cartech_desk.office.record_fields import FIRST_YEAR

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
_km: Final = whole("an odometer's reading", 0, 5_000_000)
_TODAY: Final = "today"
_UNKNOWN: Final = "unknown"
_OF_ONE: Final = RecordActs(
    "vehicle",
    "PLATE|VIN|NAME|ID",
    "the vehicle, or “last”",
    lambda office: office.vehicles,
    vehicle_document,
    lambda made: str(made.name),
)


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
        deleted=False,
    )
    acts = parser.add_subparsers(metavar="act")
    listing = add_act(acts, "list", "vehicles, the last used first", _list)
    add_list_options(listing, _ORDERS)
    add_deleted(listing)
    for name in ("make", "model", "customer"):
        listing.add_argument(f"--{name}", default="", metavar="TEXT", help="only of this one")
    listing.add_argument("--year", type=_model_year, default=None)
    _OF_ONE.add_of_one(
        acts, "show", "one vehicle, what was fitted, what to see to", _show, as_whom=False
    )
    adding = add_act(acts, "add", "add a vehicle", _add)
    add_as(adding)
    _fields(adding)
    changing = _OF_ONE.add_of_one(acts, "change", "change a vehicle", _change)
    _fields(changing)
    add_reason(changing)
    _timeline_options(
        _OF_ONE.add_of_one(
            acts, "timeline", "all that was ever done, newest first", _timeline, as_whom=False
        )
    )
    modifying = _OF_ONE.add_of_one(acts, "modify", "note what was fitted", _modify)
    types = ", ".join(ModificationType)
    modifying.add_argument("type", type=_type, metavar="TYPE", help=types)
    for name in ("brand", "model", "done-by", "note"):
        modifying.add_argument(f"--{name}", default="", metavar="TEXT")
    modifying.add_argument(
        "--day",
        type=_day,
        default=_TODAY,
        metavar="YYYY-MM-DD",
        help=f"when it was fitted; without it {_TODAY}; “{_UNKNOWN}” where nobody knows",
    )
    modifying.add_argument("--price", default=None, metavar="SUM")
    modifying.add_argument("--odometer-km", type=_km, default=None, metavar="KM")
    reading = _OF_ONE.add_of_one(
        acts, "odometer", "note a reading; without one, all of them", _odometer
    )
    reading.add_argument("km", type=_km, nargs="?", default=None)
    reading.add_argument(
        "--take-back", default="", metavar="ID", help="take back a reading that was wrong"
    )
    add_reason(reading)
    attaching = _OF_ONE.add_of_one(acts, "attach", "add a photo or document", _attach)
    attaching.add_argument("file", type=Path)
    attaching.add_argument("--caption", default="", metavar="TEXT")
    _OF_ONE.add_acts(acts)


def run(args: argparse.Namespace) -> int:
    """Do one act on vehicles. Errors: CarTechError."""
    return run_act(args)


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
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        type=one_of(Happened),
        help=words_of(Happened),
    )
    parser.add_argument("--limit", type=limit_of, default=100, metavar="N")
    parser.add_argument("--before", default="", metavar="MARK", help="“older” of the page before")


def _model_year(text: str) -> int:
    """Read a model year for argparse: one that a record may have, as the office has it."""
    return whole("a model year", FIRST_YEAR, date.today().year + 1)(text)


def _type(text: str) -> ModificationType:
    try:
        return ModificationType(text.casefold().replace("-", "_"))
    except ValueError:
        known = ", ".join(ModificationType)
        raise argparse.ArgumentTypeError(f"{text!r} is none of {known}") from None


def _day(text: str) -> date | str:
    if text in (_TODAY, _UNKNOWN):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day as 2026-01-31, nor “{_TODAY}” or “{_UNKNOWN}”"
        ) from None


def _fitted(counter: Counter, asked: date | str) -> date | None:
    """Return the day that was typed; one that was not is today in the shop's zone."""
    if asked == _TODAY:
        return datetime.now(ZoneInfo(counter.office.rules().zone)).date()
    return asked if isinstance(asked, date) else None


def _list(counter: Counter, args: argparse.Namespace) -> None:
    if args.deleted:
        gone = counter.office.vehicles.deleted(args.search, limit=args.limit)
        document = {"vehicles": [vehicle_document(one) for one in gone], "total": len(gone)}
        emit(args, document, "\n".join(map(vehicle_line, gone)) or "None is deleted.")
        return
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
            fitted=_fitted(counter, args.day),
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
    if args.day == _TODAY:
        lines.append("Noted as fitted today; --day names another day.")
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
