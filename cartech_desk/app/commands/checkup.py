"""`cartech-desk checkup`: read everything, compare it with the last time, keep and print it."""

import argparse
from pathlib import Path
from typing import Any, Final

from cartech_desk.app.checkup_text import (
    checkup_document,
    checkup_lines,
    explaining,
    summary_document,
    summary_line,
)
from cartech_desk.app.codes_unread import not_known_error
from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Desk, open_counter, open_desk
from cartech_desk.app.existing_files import add_even_so, refuse_existing
from cartech_desk.app.faults_followed import followed
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit, say
from cartech_desk.app.recording_session import connected
from cartech_desk.app.scan_text import scan_lines
from cartech_desk.app.stopping import like_ctrl_c
from cartech_desk.bay.checkup_sheets import SheetLook
from cartech_desk.bay.faults import Faults, ReadingIncomplete
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.told import told_scan
from cartech_desk.domain.people import Actor

NAME: Final = "checkup"
HELP: Final = "read everything, compare it with the last time, keep and print it"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `checkup` understands; without an act it checks the car up."""
    parser.set_defaults(act=_check_up, wrong=parser.error)
    parser.add_argument(
        "--adapter",
        metavar="URL",
        help="elm327:PORT, elm327:tcp://HOST:PORT, can:INTERFACE:CHANNEL or sim:",
    )
    parser.add_argument(
        "--vehicle", default="", metavar="NAME", help="whose check-up it is, where not the VIN's"
    )
    parser.add_argument("--note", default="", metavar="TEXT", help="kept with it and printed")
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="its sheet; ends in .pdf")
    add_even_so(parser)
    add_as(parser)
    acts = parser.add_subparsers(metavar="act")

    listing = add_act(acts, "list", "check-ups kept here, the newest first", _list)
    listing.add_argument(
        "search", nargs="*", help="words that vehicle, VIN, operator, note, a code, … must hold"
    )
    showing = add_act(acts, "show", "one check-up, and what had changed", _show)
    _add_id(showing)
    printing = add_act(acts, "print", "the sheet of a check-up that is kept", _print)
    _add_id(printing)
    printing.add_argument(
        "--pdf", type=Path, required=True, metavar="FILE", help="its sheet; ends in .pdf"
    )
    add_even_so(printing)
    add_as(printing)


def run(args: argparse.Namespace) -> int:
    """Do one act. Errors: CarTechError."""
    status: int = args.act(args)
    return status


def _add_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "id",
        metavar="ID",
        help="a check-up: its id, how only its id begins or ends, or “last”; `list` has them",
    )


def _check_up(args: argparse.Namespace) -> int:
    """Check the car up; what was read of a car that went away is told, and nothing is kept.

    Exit status 1 also where no control unit told its stored codes; the check-up is kept then.
    """
    if args.adapter is None:
        args.wrong("the following arguments are required: --adapter")
    with like_ctrl_c(), open_desk(args, demo=args.demo) as desk:
        by = acting(args, desk)
        faults = desk.bay.faults
        if args.pdf is not None:
            faults.sheets.check(args.pdf)
            refuse_existing(args.pdf, even_so=args.even_so, option="--pdf")
        status = connected(desk.bay, args.adapter)
        future = faults.check_up("", by=by, note=args.note, named=args.vehicle)
        try:
            checked = followed(faults, future)
        except ReadingIncomplete as error:
            return _incomplete(args, faults, error)
        explain = explaining(faults, checked.kept.scan)
        document = checkup_document(checked, explain)
        document["adapter"] = _adapter(args.adapter, status.adapter)
        lines = checkup_lines(checked, explain)
        unknown = not_known_error(checked.kept.scan)
        if unknown is not None:
            document["error"] = unknown
            say(unknown["message"])
        document["pdf"] = None
        if args.pdf is not None:
            lines += _printed(args, desk, checked.kept.id, by, document)
    emit(args, document, "\n".join(lines))
    return 1 if "error" in document else 0


def _incomplete(args: argparse.Namespace, faults: Faults, error: ReadingIncomplete) -> int:
    explain = explaining(faults, error.scan)
    document = told_scan(error.scan, explain)
    document |= {"checkup_id": None, "difference": None, "pdf": None, "error": _error(error)}
    say(error.message)
    lines = [*scan_lines(error.scan, explain), *(f"▲ {one}" for one in error.scan.warnings)]
    emit(args, document, "\n".join(lines))
    return 1


def _printed(
    args: argparse.Namespace, desk: Desk, checkup_id: str, by: Actor, document: dict[str, Any]
) -> list[str]:
    """Write the sheet; where that fails, the check-up is kept all the same and that is told."""
    values = desk.settings.values
    try:
        desk.bay.faults.sheets.write(
            checkup_id, args.pdf, by, units=values.screen.units, look=SheetLook.of(values.sheets)
        )
    except CarTechError as error:
        document["error"] = _error(error)
        say(f"{error.message} The check-up itself is kept.")
        return []
    document["pdf"] = str(args.pdf)
    return [f"written to {args.pdf}"]


def _list(args: argparse.Namespace) -> int:
    with open_counter(args, demo=args.demo, forgiving=True) as desk:
        found = desk.store.checkups.list(search=" ".join((*args.search, args.vehicle)))
    emit(
        args,
        {"checkups": [summary_document(one) for one in found]},
        "\n".join(map(summary_line, found)) or "No check-ups are kept here.",
    )
    return 0


def _show(args: argparse.Namespace) -> int:
    with open_counter(args, demo=args.demo, forgiving=True) as desk:
        faults = Faults(desk.store)
        checked = faults.checked_up(args.id)
        explain = explaining(faults, checked.kept.scan)
        document = checkup_document(checked, explain)
        del document["connected"]  # of the day it was taken
        emit(args, document, "\n".join(checkup_lines(checked, explain)))
    return 0


def _print(args: argparse.Namespace) -> int:
    with open_counter(args, demo=args.demo) as desk:
        by = acting(args, desk)
        refuse_existing(args.pdf, even_so=args.even_so, option="--pdf")
        sheets = Faults(desk.store).sheets
        kept = desk.store.checkups.get(args.id)
        values = desk.settings.values
        sheets.write(
            kept.id, args.pdf, by, units=values.screen.units, look=SheetLook.of(values.sheets)
        )
    size = args.pdf.stat().st_size
    document = {"checkup_id": kept.id, "pdf": str(args.pdf), "bytes": size}
    emit(args, document, f"{args.pdf} written ({size} bytes).")
    return 0


def _adapter(url: str, identity: Any) -> dict[str, Any]:
    return {
        "chip": identity.chip if identity else "",
        "firmware": identity.firmware if identity else "",
        "quirks": list(identity.quirks) if identity else [],
        "url": url,
    }


def _error(error: CarTechError) -> dict[str, str]:
    return {
        "code": error.code,
        "message": error.message,
        "happened": error.happened,
        "kept": error.kept,
        "to_do": error.to_do,
    }
