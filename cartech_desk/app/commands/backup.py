"""`cartech-desk backup`: everything in one file, checked."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit, say
from cartech_desk.domain.counted import counted
from cartech_desk.office.backups import Kept
from cartech_desk.store.backup import Made
from cartech_desk.store.backup_manifest import Manifest
from cartech_desk.store.schema import version_text


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `backup` understands; without an option it makes one."""
    parser.description = (
        "Write databases, photos, documents, link definitions and settings into one file, and "
        "read it back. Passwords in the keyring and the key of the audit log are not in it."
    )
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="where to; a folder gets a file named by the moment (the folder of the settings, "
        "where daily copies go always)",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help="the backups that are there")
    which.add_argument("--check", type=Path, metavar="FILE", help="read a backup from end to end")
    which.add_argument(
        "--daily", action="store_true", help="make the copy of today, and drop the oldest"
    )
    parser.add_argument("--even-so", action="store_true", help="write over a file that is there")
    add_as(parser)
    parser.set_defaults(wrong=parser.error)


def run(args: argparse.Namespace) -> int:
    """Make, list or check. Errors: CarTechError."""
    if args.daily and args.file is not None:
        args.wrong("--daily takes no FILE: daily copies go to the folder of the settings")
    with open_counter(args, demo=args.demo) as counter:
        if args.list:
            _list(counter, args)
        elif args.check is not None:
            manifest = counter.office.backups.check(args.check)
            emit(args, manifest_document(args.check, manifest), f"Whole. {words_of(manifest)}")
        elif args.daily:
            _daily(counter, args)
        else:
            _make(counter, args)
    return 0


def manifest_document(path: Path, manifest: Manifest) -> dict[str, Any]:
    """Return what `--json` says of a backup."""
    return {
        "file": str(path),
        "made": manifest.made.isoformat(),
        "program": manifest.program,
        "shop": manifest.shop,
        "databases": {name: version_text(number) for name, number in manifest.versions.items()},
        "files": len(manifest.files),
        "bytes_unpacked": manifest.bytes,
        "warnings": list(manifest.warnings),
        "audit_head": {
            "sequence": manifest.head.sequence,
            "hash": manifest.head.hash.hex(),
        },
    }


def words_of(manifest: Manifest) -> str:
    """Return what a person reads of a backup."""
    whose = f" of {manifest.shop}" if manifest.shop else ""
    files = counted(len(manifest.files), "file")
    return (
        f"A backup{whose} of {manifest.made:%Y-%m-%d %H:%M} UTC: {files}, "
        f"{_size(manifest.bytes)} unpacked."
    )


def _make(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    path = args.file
    if path is None:
        path = counter.office.backups.folder(counter.settings.values.backup.folder)
        name = f"cartech-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.zip"
        path /= name
    made = counter.office.backups.make(
        by,
        path.absolute(),
        settings=counter.settings.path,
        logo=counter.settings.values.sheets.logo,
        even_so=args.even_so,
    )
    _tell(made, args)


def _daily(counter: Counter, args: argparse.Namespace) -> None:
    wish = counter.settings.values.backup
    made = counter.office.backups.daily(
        counter.office.backups.folder(wish.folder).absolute(),
        by=acting(args, counter),
        settings=counter.settings.path,
        logo=counter.settings.values.sheets.logo,
        keep_days=wish.keep_days,
        keep_weeks=wish.keep_weeks,
    )
    if made is None:
        emit(args, {"file": None, "made": None}, "Today's copy is there already.")
    else:
        _tell(made, args)


def _tell(made: Made, args: argparse.Namespace) -> None:
    for warning in made.manifest.warnings:
        say(f"▲ {warning}")
    document = {**manifest_document(made.path, made.manifest), "bytes": made.bytes}
    emit(args, document, f"{made.path} written and read back, {_size(made.bytes)}.")


def _list(counter: Counter, args: argparse.Namespace) -> None:
    folder = args.file or counter.office.backups.folder(counter.settings.values.backup.folder)
    found = counter.office.backups.list(folder.absolute())
    lines = [_line(one) for one in found]
    document = {"folder": str(folder), "backups": [_document(one) for one in found]}
    emit(args, document, "\n".join(lines) or f"There is no backup in {folder} yet.")


def _document(one: Kept) -> dict[str, Any]:
    return {
        "file": str(one.path),
        "bytes": one.bytes,
        "made": one.made.isoformat() if one.made else None,
        "shop": one.shop,
        "daily": one.day.isoformat() if one.day else None,
        "problem": one.problem,
        "warnings": list(one.warnings),
    }


def _line(one: Kept) -> str:
    if one.problem:
        return f"{one.path.name}  ▲ {one.problem}"
    made = f"{one.made:%Y-%m-%d %H:%M} UTC" if one.made else ""
    told = "".join(f"\n    ▲ {warning}" for warning in one.warnings)
    return f"{one.path.name}  {made}  {_size(one.bytes)}{'  daily' if one.day else ''}{told}"


def _size(bytes_: int) -> str:
    if bytes_ < 1_000_000:
        return f"{max(1, round(bytes_ / 1000))} kB"
    return f"{bytes_ / 1_000_000:.1f} MB"
