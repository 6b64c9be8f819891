"""`cartech-desk log`: record channels and export them by the file's ending."""

import argparse
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cartech_desk.app.channel_names import meant
from cartech_desk.app.desk import open_desk
from cartech_desk.app.existing_files import add_even_so, refuse_existing
from cartech_desk.app.numbers_asked import rate_of, seconds_of
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit, say
from cartech_desk.app.recording_session import (
    connected,
    document_of,
    export_session,
    record,
    text_of,
    vehicle_of,
)
from cartech_desk.app.stopping import like_ctrl_c
from cartech_desk.bay.bay import Bay
from cartech_desk.bay.export import ENDINGS, check_file
from cartech_desk.domain.channels import CANONICAL
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.own_channels import left_out
from cartech_desk.domain.sources import UnknownChannel
from cartech_desk.domain.units import UnitSystem

NAME: Final = "log"
HELP: Final = "record channels and export them"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `log` understands."""
    parser.add_argument(
        "--adapter",
        required=True,
        metavar="URL",
        help="elm327:PORT, elm327:tcp://HOST:PORT, can:INTERFACE:CHANNEL or sim:",
    )
    parser.add_argument(
        "--channels", required=True, type=_names, metavar="A,B", help="channels, by name or by id"
    )
    parser.add_argument(
        "--rate",
        type=rate_of,
        default=10.0,
        metavar="HZ",
        help="of each channel, 0.001 to 1000 (10)",
    )
    parser.add_argument(
        "--seconds", type=seconds_of, required=True, metavar="N", help="how long to record"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=f"ends in {' or '.join(ENDINGS)}"
    )
    parser.add_argument(
        "--signalset", metavar="FILE", help="the maker's signals (OBDb JSON), added to the car's"
    )
    parser.add_argument(
        "--vehicle", metavar="NAME", help="whose recording it is, where not the VIN's"
    )
    add_even_so(parser)
    add_as(parser)


def run(args: argparse.Namespace) -> int:
    """Connect, record, export; exit status 1 where the link was still lost at the end.

    Errors: CarTechError before anything is recorded; afterwards they are told beside what is kept.
    """
    check_file(args.out)
    refuse_existing(args.out, even_so=args.even_so, option="--out")
    with like_ctrl_c(), open_desk(args) as desk:
        by = acting(args, desk)
        if args.signalset:
            desk.bay.use_signals(args.signalset)
        status = connected(desk.bay, args.adapter)
        warnings = list(status.car.warnings if status.car else ())
        channels = _channels(desk.bay, args.channels, warnings)
        vehicle_id, warning = vehicle_of(desk.store, status, args.vehicle)
        if warning:
            warnings.append(warning)
        desk.bay.alarms.use_vehicle(vehicle_id)
        rates = dict.fromkeys(channels, args.rate)
        say(f"Recording for {args.seconds:g} s …")
        units = UnitSystem(desk.settings.values.screen.units)
        session = record(desk.bay, desk.store, vehicle_id, rates, args.seconds, units=units)
        warnings += session.unwatched
        document = {
            "connected": True,
            "adapter": args.adapter,
            "vin": status.car.vin if status.car else None,
            **document_of(session, rates),
            "file": None,
            "warnings": warnings,
        }
        try:
            absent = export_session(desk.store, session, channels, args.out, by)
            document["file"] = str(args.out)
            warnings += [f"{name} never came and is not in the file." for name in absent]
        except CarTechError as error:
            told = f"{error.message} The recording itself is kept."
            if "error" in document:  # why the recording ended comes first
                warnings.append(told)
            else:
                document["error"] = {"code": error.code, "message": told}
    for sentence in warnings:
        say(f"▲ {sentence}")
    if "error" in document:
        say(document["error"]["message"])
    where = f"\nwritten to {args.out}" if document["file"] else ""
    emit(args, document, text_of(document) + where)
    return 1 if "error" in document else 0


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names:
        raise argparse.ArgumentTypeError("name at least one channel, as in rpm,speed")
    return names


def _channels(bay: Bay, wanted: Sequence[str], warnings: Sequence[str]) -> tuple[str, ...]:
    """Return the channels that are meant; refuse what the car lacks, naming those that are near.

    `warnings` are those of the car: they say why an own channel is left out.
    """
    found = meant(bay.available(), wanted)
    offered = [channel.name for channel in bay.available()]
    unknown = [name for name in wanted if name not in found]
    if not unknown:
        for name, channel in found.items():
            if name != channel:
                say(f"{name} is the channel {channel} here.")
        return tuple(dict.fromkeys(found.values()))
    by_lower = {name.lower(): name for name in offered}
    labels = {channel.label.lower(): channel.name for channel in bay.available()}
    near: dict[str, None] = {}
    for name in unknown:
        close = difflib.get_close_matches(name.lower(), [*by_lower, *labels], n=3, cutoff=0.5)
        near.update(dict.fromkeys(by_lower.get(one) or labels[one] for one in close))
    usual = [name for name in offered if name in CANONICAL]
    hints = [f"Near to that: {', '.join(near)}."] if near else []
    hints.append(f"It delivers {', '.join(usual) or 'none of the usual channels'}")
    hints[-1] += f" and {len(offered) - len(usual)} more." if len(offered) > len(usual) else "."
    reasons = [said for said in warnings for name in unknown if said.startswith(left_out(name))]
    raise UnknownChannel(
        " ".join([f"This car does not deliver {', '.join(unknown)}.", *reasons]),
        kept="Nothing was recorded.",
        to_do=" ".join(hints),
    )
