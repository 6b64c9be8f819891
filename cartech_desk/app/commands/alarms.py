"""`cartech-desk alarms`: the history of alarms, exported and acknowledged afterwards."""

import argparse
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from cartech_desk.app.alarm_voice import MARKS
from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.existing_files import add_even_so, refuse_existing
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.app.shown_values import shown_unit, value_words
from cartech_desk.bay.alarm_history import ADVISORY, as_document, everything, export_alarms
from cartech_desk.domain.alarms.limit import Level, Priority
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.alarms import AlarmQuery, AlarmRecord

_Act = Callable[[Counter, argparse.Namespace], None]


class UnknownVehicle(CarTechError):
    """No vehicle, or several, by what was typed."""

    code: ClassVar[str] = "unknown_vehicle"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `alarms` understands; without an act it lists."""
    _filters(parser)
    parser.set_defaults(act=_list)
    acts = parser.add_subparsers(metavar="act")
    listing = add_act(acts, "list", "alarms that came, the newest first", _list)
    _filters(listing, again=True)
    exporting = add_act(
        acts, "export", "write them to a .csv or .json file, the first first", _export
    )
    exporting.add_argument("file", type=Path, metavar="FILE", help="ends in .csv or .json")
    add_even_so(exporting)
    _filters(exporting, again=True)
    add_as(exporting)
    acknowledging = add_act(
        acts, "acknowledge", "acknowledge one that nobody did before the desk was closed", _ack
    )
    acknowledging.description = (
        "Acknowledge an alarm of a desk that was closed before anybody acknowledged it. One that "
        "stands at a desk that is open is acknowledged there."
    )
    acknowledging.add_argument("id", metavar="ID", help="id of the alarm, or how only it begins")
    add_as(acknowledging)


def run(args: argparse.Namespace) -> int:
    """Do one act on the history of alarms. Errors: CarTechError."""
    with open_counter(args, demo=args.demo) as counter:
        act: _Act = args.act
        act(counter, args)
    return 0


def _filters(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """Add the filters; `again` for an act, before which they may stand too."""

    def add(name: str, **named: Any) -> None:
        parser.add_argument(name, **(named | {"default": argparse.SUPPRESS} if again else named))

    add("--since", type=_moment, metavar="TIME", help="raised at this time or later")
    add("--until", type=_moment, metavar="TIME", help="raised before this time")
    add("--vehicle", metavar="WORDS", help="of the vehicle with this name, VIN or id")
    add("--standing", action="store_true", help="only those that are not over")
    add("--unacknowledged", action="store_true", help="only those that nobody ever acknowledged")
    add("--state", choices=[state.value for state in AlarmState], help="in this state")
    add("--level", choices=["warning", "trip"], help="at least so far out")
    add("--priority", choices=[p.name.lower() for p in Priority], help="at least so urgent")
    add("--text", metavar="WORDS", help="words that label, advice, channel or people must hold")
    add("--most", type=_count, metavar="N", help="at most so many")


def _moment(typed: str) -> datetime:
    """Read a time: ISO 8601, local where it names no zone, or so long ago (`90m`, `8h`, `2d`)."""
    units = {"m": "minutes", "h": "hours", "d": "days"}
    try:
        if typed[-1:] in units and typed[:-1].replace(".", "", 1).isdigit():
            return datetime.now(UTC) - timedelta(**{units[typed[-1]]: float(typed[:-1])})
        return datetime.fromisoformat(typed).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(
            f"{typed!r} is no time: write 2026-03-01, 2026-03-01T14:30, 90m, 8h or 2d"
        ) from None


def _count(typed: str) -> int:
    if not typed.isascii() or not typed.isdigit() or not 1 <= int(typed) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{typed!r} is no number from 1 to 1000000")
    return int(typed)


def _query(counter: Counter, args: argparse.Namespace) -> AlarmQuery:
    return AlarmQuery(
        since=args.since,
        until=args.until,
        vehicle=_vehicle(counter, args.vehicle) if args.vehicle else "",
        priority=Priority[args.priority.upper()] if args.priority else None,
        level=Level[args.level.upper()] if args.level else None,
        state=AlarmState(args.state) if args.state else None,
        text=args.text or "",
        standing=True if args.standing else None,
        never_acknowledged=args.unacknowledged,
    )


def _vehicle(counter: Counter, words: str) -> str:
    known = counter.store.vehicles.list()
    exact = [one for one in known if words.casefold() in (one.id, one.name.casefold())]
    found = exact or counter.store.vehicles.list(words)
    if len(found) == 1:
        return found[0].id
    several = ", ".join(f"“{one.name}”" for one in found[:5])
    raise UnknownVehicle(
        f"Several vehicles are meant by {words!r}: {several}."
        if found
        else f"No vehicle {words!r} is known here.",
        to_do="Give the whole name, the VIN or the id.",
    )


def _list(counter: Counter, args: argparse.Namespace) -> None:
    query = _query(counter, args)
    found = counter.store.alarms.find(query, limit=args.most or 1_000)
    count = counter.store.alarms.count(query)
    left_off = count - len(found)
    system = UnitSystem(counter.settings.values.screen.units)
    lines = [_line(record, system) for record in found]
    if left_off:
        lines.append(f"… and {left_off} older ones: give --most, or export them.")
    emit(
        args,
        {
            "alarms": [as_document(record) for record in found],
            "count": count,
            "advisory": ADVISORY,
        },
        "\n".join(lines) or "No such alarms are kept here.",
    )


def _export(counter: Counter, args: argparse.Namespace) -> None:
    query = _query(counter, args)
    by = acting(args, counter)
    refuse_existing(args.file, even_so=args.even_so)
    path = export_alarms(counter.store, query, args.file, by)
    count = sum(1 for _ in everything(counter.store, query))
    emit(
        args,
        {"file": str(path), "alarms": count, "bytes": path.stat().st_size},
        f"{path} written ({count} alarms).",
    )


def _ack(counter: Counter, args: argparse.Namespace) -> None:
    record = counter.store.alarms.acknowledge(args.id, acting(args, counter))
    emit(args, {"alarm": as_document(record)}, f"Acknowledged by {record.acknowledged_by}.")


def _line(record: AlarmRecord, system: UnitSystem) -> str:
    unit = shown_unit(record.unit, record.channel, system)
    said = "never acknowledged" if record.never_acknowledged else record.state.value
    worst = record.worst_value
    value = f" {value_words(worst, unit)}" if math.isfinite(worst) else ""
    side = f" {record.comparison.value}" if record.comparison is not None else ""
    edge = f" (limit{side} {value_words(record.edge, unit)})" if record.edge is not None else ""
    times = f", {record.times} times" if record.times > 1 else ""
    return (
        f"{record.id}  {record.raised.astimezone():%Y-%m-%d %H:%M:%S}  {MARKS[record.level]} "
        f"{record.level.name.lower():<8} {record.label}{value}{edge}{times}  "
        f"({said.replace('_', ' ')})  {record.vehicle_name}"
    ).rstrip()
