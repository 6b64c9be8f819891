"""Limits on the command line: whose are meant, and which fields of one are to change."""

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from cartech_desk.app.numbers_asked import number
from cartech_desk.bay.limits import LimitRow, Limits, LimitSheet, Owner
from cartech_desk.domain.alarms.limit import Action, Comparison, Limit, LimitRefused, Priority
from cartech_desk.domain.alarms.written import PRIORITIES
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.units import convert, known_unit

if TYPE_CHECKING:
    from cartech_desk.store.store import Store

_NONE: Final = "none"


class VehicleNotFound(CarTechError):
    """No vehicle, or more than one, is called so."""

    code: ClassVar[str] = "vehicle_not_found"


def add_owner(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """Let a command be told whose limits are meant; `again` where it stood before the act too."""
    whose = parser.add_mutually_exclusive_group()
    default = argparse.SUPPRESS if again else None
    whose.add_argument(
        "--vehicle", metavar="NAME|VIN|ID", default=default, help="the limits of this vehicle"
    )
    whose.add_argument("--profile", metavar="NAME", default=default, help="those of this profile")


def asked_owner(store: "Store", args: argparse.Namespace) -> Owner:
    """Return whose limits are meant, any car without a word. Errors: VehicleNotFound."""
    if args.profile is not None:
        return Owner.profile(args.profile)
    if args.vehicle is None:
        return Owner.vehicle("")
    wanted = args.vehicle.strip().casefold()
    found = [
        vehicle
        for vehicle in store.vehicles.list()
        if wanted in (vehicle.id, (vehicle.vin or "").casefold(), vehicle.name.casefold())
    ]
    if len(found) != 1 or not wanted:
        how = "More than one vehicle is" if found else "No vehicle is"
        raise VehicleNotFound(
            f"{how} called “{args.vehicle}” here.",
            to_do="Give its VIN or its id; a car is known here once it was recorded or named.",
        )
    return Owner.vehicle(found[0].id)


def add_fields(parser: argparse.ArgumentParser) -> None:
    """Let a command be told the fields of a limit."""
    fields = parser.add_argument_group("the limit; only what is given changes")
    fields.add_argument("--channel", metavar="NAME", help="channel or expression to be watched")
    side = fields.add_mutually_exclusive_group()
    side.add_argument("--above", action="store_const", const=Comparison.ABOVE, dest="comparison")
    side.add_argument("--below", action="store_const", const=Comparison.BELOW, dest="comparison")
    value = number("a value", "")
    for name in ("warning", "trip"):
        fields.add_argument(
            f"--{name}", type=lambda text: text if text == _NONE else value(text), metavar="N|none"
        )
    fields.add_argument("--deadband", type=value, metavar="N")
    fields.add_argument(
        "--unit", metavar="UNIT", help="of these three values; without it the canonical one"
    )
    seconds = number("a delay", "s", 0, 3600)
    for name in ("warning", "trip"):
        fields.add_argument(f"--{name}-delay", type=seconds, metavar="S", dest=f"{name}_delay_s")
    fields.add_argument("--off-delay", type=seconds, metavar="S", dest="off_delay_s")
    fields.add_argument("--gate", metavar="EXPRESSION", help='as in "rpm > 2000"; "" for always')
    fields.add_argument("--latch", action=argparse.BooleanOptionalAction, default=None)
    fields.add_argument("--priority", choices=PRIORITIES)
    fields.add_argument("--action", choices=[one.value for one in Action])
    fields.add_argument("--label", metavar="TEXT")
    fields.add_argument("--to-do", metavar="TEXT", help="what the technician is to do")
    fields.add_argument(
        "--rate", type=number("a rate", "Hz", 0.01, 1000), metavar="HZ", dest="rate_hz"
    )
    fields.add_argument(
        "--in-service", action=argparse.BooleanOptionalAction, default=None, help="or switched off"
    )


def asked_limit(limits: Limits, owner: Owner, args: argparse.Namespace) -> Limit:
    """Return the limit in force with the given fields changed, or a new one.

    Without a key it is the one that watches the given channel on the given side. Errors:
    LimitRefused, UnitError; those of `Limits.sheet`.
    """
    sheet = limits.sheet(owner)
    row = _meant(sheet, args)
    known = limits.channels(owner)
    start = row.limit if row is not None else _new(args)
    changes: dict[str, Any] = {
        field: value
        for field in (
            "comparison",
            "warning",
            "trip",
            "deadband",
            "warning_delay_s",
            "trip_delay_s",
            "off_delay_s",
            "gate",
            "latch",
            "label",
            "to_do",
            "rate_hz",
            "in_service",
        )
        if (value := getattr(args, field)) is not None
    }
    if args.channel is not None:
        changes["watches"] = args.channel
    if args.priority is not None:
        changes["priority"] = Priority[args.priority.upper()]
    if args.action is not None:
        changes["action"] = Action(args.action)
    for field in ("warning", "trip"):
        if changes.get(field) == _NONE:
            changes[field] = None
    if args.unit is not None:
        watches = str(changes.get("watches", start.watches)).strip()
        channel = known.get(watches)
        canonical = channel.unit if channel is not None and channel.unit != _NONE else start.unit
        changes |= _converted(changes, args.unit, canonical)
    return replace(start, **changes)


def _converted(changes: dict[str, Any], unit: str, canonical: str) -> dict[str, Any]:
    known_unit(unit)
    if not canonical:  # of an expression nobody knows yet in what it is
        return {"unit": unit}
    result: dict[str, Any] = {}
    for field in ("warning", "trip"):
        if changes.get(field) is not None:
            result[field] = convert(changes[field], unit, canonical)
    if "deadband" in changes:  # a difference: 9 °F are 5 °C
        zero = convert(0.0, unit, canonical)
        result["deadband"] = convert(changes["deadband"], unit, canonical) - zero
    return result


def _meant(sheet: LimitSheet, args: argparse.Namespace) -> LimitRow | None:
    if args.key is not None:
        row = sheet.row(args.key)
        if row is None and args.channel is None:
            raise _refused(
                f"{sheet.name} has no limit “{args.key}”.",
                "To make one, say what it watches with --channel, and --above or --below.",
            )
        if row is not None and row.damaged:
            if args.channel is None:
                raise _refused(f"{row.limit.label}.", "Give all its fields anew, with --channel.")
            return None
        return row
    if args.channel is None:
        raise _refused("Which limit is meant?", "Give its name, or --channel.")
    rows = [
        row
        for row in sheet.rows
        if row.limit.watches.strip() == args.channel.strip()
        and args.comparison in (None, row.limit.comparison)
    ]
    if len(rows) > 1:
        raise _refused(
            f"There is more than one limit of {args.channel}: "
            f"{', '.join(row.limit.key for row in rows)}.",
            "Give the name of the one that you mean.",
        )
    return rows[0] if rows else None


def _new(args: argparse.Namespace) -> Limit:
    if args.comparison is None:
        raise _refused(
            f"There is no limit of {args.channel} yet.", "Say --above or --below to make one."
        )
    side = "high" if args.comparison is Comparison.ABOVE else "low"
    return Limit(args.key or f"{args.channel.strip()}_{side}", args.channel, args.comparison)


def _refused(happened: str, to_do: str) -> LimitRefused:
    return LimitRefused(happened, kept="Nothing was changed.", to_do=to_do)
