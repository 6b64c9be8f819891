"""`cartech-desk clear`: clear fault codes."""

import argparse
from typing import Any, Final

from cartech_desk.app.checkup_text import code_document, explaining
from cartech_desk.app.desk import open_desk
from cartech_desk.app.faults_followed import followed
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit, say
from cartech_desk.app.recording_session import connected
from cartech_desk.app.stopping import like_ctrl_c
from cartech_desk.bay.faults import Cleared, Faults
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.faults.told import code_asked, ecu_text
from cartech_desk.domain.people import NotSignedIn

NAME: Final = "clear"
HELP: Final = "clear fault codes"

LOST: Final = (
    "Clearing also erases freeze frames, on-board test results and readiness: the car has to prove "
    "its monitors anew. What is there now is kept first."
)

FOUND_FIRST: Final = (
    "No shop is set up here, so nobody has that right yet. Set it up: cartech-desk people add "
    "--role administrator --shop NAME …, then name yourself with --as E-MAIL."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `clear` understands."""
    parser.add_argument(
        "--adapter",
        required=True,
        metavar="URL",
        help="elm327:PORT, elm327:tcp://HOST:PORT, can:INTERFACE:CHANNEL or sim:",
    )
    parser.add_argument(
        "--reason", required=True, metavar="TEXT", help="why, for the audit log; 3 characters on"
    )
    parser.add_argument(
        "--vehicle", default="", metavar="NAME", help="whose codes they are, where not the VIN's"
    )
    parser.add_argument(
        "--unread",
        action="store_true",
        help="also where the stored codes of a control unit could not be read",
    )
    add_as(parser)


def run(args: argparse.Namespace) -> int:
    """Clear codes; exit status 1 where not every control unit confirmed and told what came back.

    Codes that are there again are a finding, and no failure. Errors: CarTechError.
    """
    with like_ctrl_c(), open_desk(args, demo=args.demo) as desk:
        by = acting(args, desk)
        faults = desk.bay.faults
        try:
            faults.admit_clearing("", by=by, reason=args.reason, named=args.vehicle)
        except NotSignedIn as error:
            if desk.office.people.founded():
                raise
            raise NotSignedIn(error.happened, kept=error.kept, to_do=FOUND_FIRST) from error
        connected(desk.bay, args.adapter)
        say(LOST)
        future = faults.clear("", by=by, reason=args.reason, named=args.vehicle, unread=args.unread)
        ended = followed(faults, future)
        document = _document(faults, ended)
    if not ended.verified:
        say(ended.verdict)
        document["error"] = {"code": "not_verified", "message": ended.verdict}
    emit(args, document, "\n".join(_lines(document, ended)))
    return 0 if ended.verified else 1


def _document(faults: Faults, ended: Cleared) -> dict[str, Any]:
    explain = explaining(faults, ended.before.scan)
    after = ended.after
    return {
        "cleared": [ecu_text(ecu) for ecu in ended.cleared],
        "refused": {ecu_text(ecu): why for ecu, why in ended.refused.items()},
        "came_back": [code_document(one, explain) for one in ended.came_back],
        "permanent": [code_document(one, explain) for one in ended.permanent],
        "codes_before": [code_document(one, explain) for one in ended.before.scan.codes],
        "done": ended.done,
        "verdict": ended.verdict,
        "vehicle": ended.before.vehicle_name,
        "before_id": ended.before.id,
        "after_id": after.id if after is not None else None,
        "warnings": list(after.scan.warnings if after is not None else ended.before.scan.warnings),
    }


def _lines(document: dict[str, Any], ended: Cleared) -> list[str]:
    lines = [ended.verdict]
    for word, codes in (("again", "came_back"), ("permanent", "permanent")):
        lines += [
            f"{word:<9} {one['code']}  {one['description']}  "
            f"({', '.join(one['status'])}; ECU {one['ecu']})"
            for one in document[codes]
        ]
    lines.append(f"Before: {_before(ended.before.scan)} (check-up {ended.before.id[-6:]})")
    if ended.after is not None:
        lines.append(f"After: check-up {ended.after.id[-6:]}")
    lines += [f"▲ {warning}" for warning in document["warnings"]]
    return lines


def _before(scan: FaultScan) -> str:
    """Say what was there; "no codes" only where the car said so."""
    told = ", ".join(dict.fromkeys(code_asked(one) for one in scan.codes))
    if scan.clean:
        return "no codes"
    unread = ", ".join(dict.fromkeys(ecu_text(one.ecu) for one in scan.unknown if not one.others))
    missing = f"codes of ECU {unread} not known" if unread else ""
    return "; ".join(part for part in (told, missing) if part) or "not known"
