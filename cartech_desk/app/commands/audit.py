"""`cartech-desk audit`: who did what here, and whether the log of it is whole."""

import argparse
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cartech_desk.app.audit_text import records_text, verdict_text
from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.existing_files import add_even_so, refuse_existing
from cartech_desk.app.log import start_log
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.app.paths import (
    data_folder,
    demo_folder,
    keys_folder,
    log_folder,
    of_the_demo,
    settings_file,
)
from cartech_desk.domain.audit import AuditRecord
from cartech_desk.domain.audit_chain import Anchor, Verdict
from cartech_desk.office.audit_book import Query
from cartech_desk.store.audit_untouched import verify_untouched

NAME: Final = "audit"
_Act = Callable[[Counter, argparse.Namespace], int]
HELP: Final = "who did what here, and whether the log of it is whole"

_ANCHOR: Final = re.compile(r"(\d{1,19}):((?:[0-9a-f]{2}){8,32})", re.IGNORECASE)
_MOST: Final = 100_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `audit` understands."""
    acts = parser.add_subparsers(metavar="act", required=True)

    listing = add_act(acts, "list", "records, the newest first", _list)
    _narrowing(listing)
    listing.add_argument(
        "--limit", type=_count, default=100, metavar="N", help="so many at most (100)"
    )
    listing.add_argument(
        "--before", type=_count, metavar="SEQUENCE", help="only those before this one"
    )

    verifying = add_act(acts, "verify", "check the whole log; 1 where it is broken", _verify)
    verifying.add_argument(
        "--anchor",
        type=_anchor,
        metavar="SEQUENCE:HASH",
        help="compare with a head that was printed or exported",
    )

    exporting = add_act(acts, "export", "write records to a .csv or .pdf file", _export)
    _narrowing(exporting)
    exporting.add_argument("file", type=Path, metavar="FILE", help="ends in .csv or .pdf")
    add_even_so(exporting)

    key = add_act(acts, "key", "where the key of the log is; --renew begins with a new one", _key)
    add_as(key)
    key.add_argument(
        "--renew",
        action="store_true",
        help="begin with a new key, head and anchor, after the key was lost or an older copy of "
        "desk.db had to be put back",
    )
    key.add_argument("--reason", default="", help="why, for the log")


def run(args: argparse.Namespace) -> int:
    """Do one act on the audit log."""
    if args.act is _verify:
        return _verified(args)
    with open_counter(args, demo=args.demo) as desk:
        act: _Act = args.act
        return act(desk, args)


def _narrowing(parser: argparse.ArgumentParser) -> None:
    add_as(parser)
    parser.add_argument("--person", default="", metavar="ID", help="id or name of who did it")
    parser.add_argument(
        "--act", dest="action", default="", metavar="ACT", help="as limit.set, or all of limit"
    )
    parser.add_argument("--vehicle", default="", metavar="ID", help="id of the vehicle")
    parser.add_argument("--since", type=_instant, metavar="TIME", help="2026-01-31 or with T14:00")
    parser.add_argument("--until", type=_instant, metavar="TIME", help="the first that is too late")
    parser.add_argument("--text", default="", help="words that all occur")


def _query(args: argparse.Namespace) -> Query:
    return Query(args.person, args.action, args.vehicle, args.since, args.until, args.text)


def _list(desk: Counter, args: argparse.Namespace) -> int:
    by = acting(args, desk)
    records = desk.office.audit.find(
        by, _query(args), limit=args.limit, before_sequence=args.before
    )
    text = records_text(records)
    if len(records) == args.limit:
        text += f"\n\nOlder ones: --before {records[-1].sequence}"
    emit(args, {"records": [_entry(record) for record in records]}, text)
    return 0


def _verify(_desk: Counter, args: argparse.Namespace) -> int:
    return _verified(args)


def _verified(args: argparse.Namespace) -> int:
    """Look at the log as evidence: no desk is opened, nothing made, migrated or recorded."""
    settings = settings_file(args.settings)
    folder = demo_folder(args.data) if args.demo else data_folder(args.data)
    start_log(log_folder(folder))
    keys = None if args.demo else keys_folder(settings)
    verdict = verify_untouched(folder, keys, args.anchor)
    document, lines = _document(verdict), [verdict_text(verdict)]
    notice = of_the_demo(folder, keys)
    if notice:
        document["notice"] = notice
        lines.append(notice)
    emit(args, document, "\n".join(lines))
    return 0 if verdict.ok else 1


def _export(desk: Counter, args: argparse.Namespace) -> int:
    by = acting(args, desk)
    refuse_existing(args.file, even_so=args.even_so)
    desk.office.audit.settle()
    path = desk.office.audit.export(by, _query(args), args.file)
    verdict = desk.office.audit.last_verdict or desk.office.audit.verify()
    document = {"file": str(path), "bytes": path.stat().st_size, "head": _head(verdict)}
    emit(args, document, f"{path} written. Head {verdict.head_sequence}:{verdict.head_hash}")
    return 0


def _key(desk: Counter, args: argparse.Namespace) -> int:
    by = acting(args, desk)
    book = desk.office.audit
    record = book.renew_key(by, args.reason) if args.renew else None
    place, keys = book.keys(by)
    newest = keys[-1] if keys else None
    document = {
        "place": place or None,
        "number": newest.number if newest else None,
        "since": newest.since if newest else None,
        "problem": book.key_problem,
        "renewed_by_record": record,
    }
    if newest is None:
        words = book.key_problem or "There is no key yet."
    else:
        where = "the system's keyring" if place == "keyring" else "a file beside the settings"
        since = f", in use since record {newest.since}" if newest.since is not None else ""
        words = f"Key {newest.number} is in {where}{since}."
    emit(args, document, f"Renewed by record {record}. {words}" if record else words)
    return 0 if newest is not None else 1


def _document(verdict: Verdict) -> dict[str, Any]:
    return {
        "ok": verdict.ok,
        "records": verdict.records,
        "first_bad_sequence": verdict.first_bad_sequence,
        "problem": verdict.problem,
        "fault": verdict.fault.value if verdict.fault is not None else None,
        "warnings": list(verdict.warnings),
        "head": _head(verdict),
        "keyed": verdict.keyed,
    }


def _head(verdict: Verdict) -> dict[str, Any]:
    return {"sequence": verdict.head_sequence, "hash": verdict.head_hash}


def _entry(record: AuditRecord) -> dict[str, Any]:
    return {
        "sequence": record.sequence,
        "at": None if record.problem else record.at.isoformat(),
        "actor": {
            "id": record.actor.id,
            "name": record.actor.name,
            "role": record.actor.role.value if record.actor.role is not None else None,
        },
        "action": record.action,
        "phase": record.phase.value,
        "intent": record.intent,
        "entity": {
            "kind": record.entity.kind,
            "id": record.entity.id,
            "name": record.entity.name,
            "vehicle": record.entity.vehicle,
        },
        "before": record.before,
        "after": record.after,
        "reason": record.reason,
        "hash": record.hash.hex(),
        "keyed": record.keyed,
        "problem": record.problem,
    }


def _anchor(text: str) -> Anchor:
    found = _ANCHOR.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no anchor: give SEQUENCE:HASH as a report shows it, of the hash at least "
            "16 digits"
        )
    return Anchor(int(found[1]), bytes.fromhex(found[2]))


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time: write 2026-01-31 or 2026-01-31T14:00"
        ) from None


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text[:8]) <= _MOST and len(text) < 8:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {_MOST}")
