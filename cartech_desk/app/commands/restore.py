"""`cartech-desk restore`: bring a backup back."""

import argparse
import filecmp
import tomllib
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli_w

from cartech_desk.app.commands.backup import manifest_document, words_of
from cartech_desk.app.desk import open_counter
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit, say
from cartech_desk.app.paths import data_folder, demo_folder, settings_file
from cartech_desk.app.settings import load_settings
from cartech_desk.app.settings_refusals import SettingsError
from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.people import Actor
from cartech_desk.office import restoring
from cartech_desk.office.restoring import Ready
from cartech_desk.store.backup_manifest import LOGO, SETTINGS
from cartech_desk.store.backup_named import name_anew
from cartech_desk.store.backup_papers import Issued
from cartech_desk.store.errors import DatabaseCorrupt


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `restore` understands."""
    parser.description = (
        "Check a backup whole, then put it in the place of what the desk keeps, which is moved "
        "aside. The desk's window has to be closed. Needs an administrator (--as) where the shop "
        "is set up already."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file of cartech-desk backup")
    parser.add_argument(
        "--check", action="store_true", help="only check it, and say what it would replace"
    )
    parser.add_argument(
        "--even-so",
        action="store_true",
        help="also where newer records, or those of another desk, are moved aside",
    )
    parser.add_argument(
        "--keep-settings", action="store_true", help="leave the settings of this machine alone"
    )
    add_as(parser)


def run(args: argparse.Namespace) -> int:
    """Restore, then verify the audit log; 1 where that is broken. Errors: CarTechError."""
    ready = _prepared(args)
    if ready is None:
        return 0
    settings = None if args.demo else settings_file(args.settings)
    for warning in ready.warnings:
        say(f"▲ {warning}")
    issued = restoring.put_in_place(ready, settings)
    with open_counter(args, demo=args.demo) as counter:  # which tells the log of it
        verdict = counter.office.audit.verify()
    document: dict[str, Any] = {
        "restored": True,
        **manifest_document(args.file, ready.manifest),
        "aside": str(ready.aside),
        "acts_put_aside": ready.newer.acts,
        "recordings_put_aside": ready.newer.recordings,
        "papers_put_aside": _papers(issued),
        "audit": {
            "ok": verdict.ok,
            "records": verdict.records,
            "problem": verdict.problem,
            "warnings": list(verdict.warnings),
        },
        "warnings": list(ready.warnings),
    }
    lines = [
        words_of(ready.manifest),
        f"Restored. What was there before is in {ready.aside}.",
        *([f"Kept as lost: {issued.words}."] if issued.papers and ready.newer.same else []),
        f"The audit log is whole, {verdict.records} records."
        if verdict.ok
        else f"▲ The audit log is broken: {verdict.problem}",
    ]
    emit(args, document, "\n".join(lines))
    return 0 if verdict.ok else 1


def _prepared(args: argparse.Namespace) -> Ready | None:
    """Check and unpack; None where no more than that was asked."""
    try:
        with open_counter(args, demo=args.demo, forgiving=True) as counter:
            backups = counter.office.backups
            if args.check:
                manifest, newer, issued = restoring.looked(counter.data_dir, args.file)
                document = {
                    "restored": False,
                    **manifest_document(args.file, manifest),
                    "acts_newer": newer.acts,
                    "recordings_newer": newer.recordings,
                    "another_desk": newer.another,
                    "diverged": newer.diverged,
                    "papers_newer": _papers(issued),
                }
                aside = f"\nIt would put aside {issued.words}." if issued.papers else ""
                emit(args, document, f"Whole. {words_of(manifest)} Nothing was changed.{aside}")
                return None
            ready = backups.prepare(acting(args, counter), args.file, even_so=args.even_so)
    except DatabaseCorrupt:
        # Nobody can be asked who may, since people are in the damaged file; its owner can.
        folder = demo_folder(args.data) if args.demo else data_folder(args.data)
        by = Actor("", f"{args.as_email or 'somebody'} (command line, damaged databases)")
        ready = restoring.prepared(folder, args.file, by, even_so=args.even_so)
    if args.keep_settings:
        ready.leave_settings()
        return ready
    return _check_settings(ready)


def _papers(issued: Issued) -> list[dict[str, str]]:
    return [{"kind": one.kind, "number": one.number} for one in issued.papers]


def _check_settings(ready: Ready) -> Ready:
    """Refuse settings that cannot be used; let them name what was packed with them."""
    path = ready.stage / SETTINGS
    if not path.exists():
        return ready
    try:
        load_settings(path)
    except SettingsError as error:
        ready.drop()
        raise SettingsError(
            f"The settings in the backup cannot be used: {error.happened}",
            kept=NOTHING_CHANGED,
            to_do="Add --keep-settings to leave those of this machine as they are.",
        ) from error
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    before = deepcopy(document)
    _name_logo(ready, document)
    missing = name_anew(document, ready.stage, ready.folder)
    if document != before:
        path.write_text(tomli_w.dumps(document), encoding="utf-8")
    return replace(ready, warnings=(*ready.warnings, *missing))


def _name_logo(ready: Ready, document: dict[str, Any]) -> None:
    """Let the settings name the logo of the backup, unless theirs is there and the same.

    It is never laid down where a backup says: that could be the place of any file.
    """
    packed = next((ready.stage / LOGO).glob("logo*"), None)
    named = document.get("sheets", {}).get("logo")
    if packed is None or named is None:
        return
    place = Path(named)
    if not (place.is_file() and filecmp.cmp(place, packed, shallow=False)):
        document["sheets"]["logo"] = str(ready.folder.absolute() / LOGO / packed.name)
