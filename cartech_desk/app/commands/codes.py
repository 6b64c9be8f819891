"""`cartech-desk codes`: what fault codes mean, and makers' tables of them."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit, say
from cartech_desk.domain.faults.code import Origin

if TYPE_CHECKING:
    from cartech_desk.bay.code_book import CodeBook
    from cartech_desk.domain.faults.meaning import Meaning
    from cartech_desk.store.code_tables import CodeTable

NAME: Final = "codes"
HELP: Final = "what fault codes mean"

_Act = Callable[[Counter, "CodeBook", argparse.Namespace], None]

_LIMIT: Final = 50
_SHORT_ID: Final = 6
_LONGEST: Final = 1000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `codes` understands."""
    acts = parser.add_subparsers(metavar="act", required=True)

    explaining = add_act(acts, "explain", "what a code means, and what to look at first", _explain)
    explaining.add_argument("code", metavar="CODE", help="as P0299, or P0299-1C with failure type")
    whose = explaining.add_mutually_exclusive_group()
    whose.add_argument("--maker", default="", metavar="NAME", help="whose table counts")
    whose.add_argument("--vin", metavar="VIN", help="the car, which tells its maker")

    finding = add_act(acts, "find", "codes by words of their text", _find)
    finding.add_argument("words", nargs="+", metavar="WORD")
    finding.add_argument(
        "--limit", type=_limit, default=_LIMIT, metavar="N", help=f"most codes shown ({_LIMIT})"
    )

    importing = add_act(acts, "import", "take a maker's table in, all or nothing", _import)
    importing.add_argument("file", type=Path, metavar="FILE", help="CSV or YAML, in UTF-8")
    importing.add_argument("--maker", default="", metavar="NAME", help="for rows that name none")
    add_as(importing)

    add_act(acts, "tables", "makers' tables that were imported", _tables)

    removing = add_act(acts, "remove", "remove a maker's table", _remove)
    removing.add_argument("table", metavar="TABLE", help="its file's name, or the end of its id")
    add_as(removing)


def run(args: argparse.Namespace) -> int:
    """Do one act on codes. Errors: CarTechError."""
    from cartech_desk.bay.code_book import CodeBook

    with open_counter(args, demo=args.demo) as counter:
        act: _Act = args.act
        act(counter, CodeBook(counter.store), args)
    return 0


def _explain(_counter: Counter, book: "CodeBook", args: argparse.Namespace) -> None:
    meaning = book.meaning(args.code, args.vin, maker=args.maker)
    if not args.vin:
        emit(args, _document(meaning), _text(meaning))
        return
    maker = book.maker_of(args.vin)
    text = _text(meaning)
    if meaning.origin is not Origin.GENERIC:
        named = f"{maker}. If that is wrong, give --maker NAME in its place" if maker else "none"
        text += f"\nMaker taken from the VIN: {named}."
    emit(args, {**_document(meaning), "maker_by_vin": maker}, text)


def _find(_counter: Counter, book: "CodeBook", args: argparse.Namespace) -> None:
    found = book.find(" ".join(args.words), args.limit + 1)
    shown, more = found[: args.limit], len(found) > args.limit
    lines = [
        f"{one.code!s:<6} {one.severity.value:<12} {one.description}{_whose(one)}" for one in shown
    ]
    if more:
        lines.append(f"These are the first {args.limit} of more; give more words, or --limit.")
    emit(
        args,
        {"codes": [_document(one) for one in shown], "more": more},
        "\n".join(lines) or "No code is described by these words.",
    )


def _import(counter: Counter, book: "CodeBook", args: argparse.Namespace) -> None:
    done = book.import_table(args.file, by=acting(args, counter), maker=args.maker)
    for warning in done.warnings:
        say(warning)
    how = " in the place of the one before" if done.replaced else ""
    emit(
        args,
        {"table": _row(done.table), "replaced": done.replaced, "warnings": list(done.warnings)},
        f"{_counted(done.table.codes)} of {', '.join(done.table.makers)} imported{how}.",
    )


def _tables(_counter: Counter, book: "CodeBook", args: argparse.Namespace) -> None:
    tables = book.tables()
    lines = [
        f"{one.id[-_SHORT_ID:]}  {one.source}: {_counted(one.codes)} of {', '.join(one.makers)}, "
        f"{one.imported.astimezone():%Y-%m-%d %H:%M} by {one.operator}"
        for one in tables
    ]
    emit(
        args,
        {"tables": [_row(one) for one in tables]},
        "\n".join(lines) or "No maker's table is imported. Take one in with codes import FILE.",
    )


def _remove(counter: Counter, book: "CodeBook", args: argparse.Namespace) -> None:
    table = book.remove(args.table, by=acting(args, counter))
    emit(args, {"removed": _row(table)}, f"{table.source} removed ({_counted(table.codes)}).")


def _document(meaning: "Meaning") -> dict[str, Any]:
    return {
        "code": str(meaning.code),
        "description": meaning.description,
        "system": meaning.system,
        "severity": meaning.severity.value,
        "severity_reason": meaning.severity_reason,
        "causes": list(meaning.causes),
        "checks": list(meaning.checks),
        "origin": meaning.origin.value,
        "source": meaning.source,
        "known": meaning.known,
        "failure": meaning.failure,
        "note": meaning.note,
    }


def _row(table: "CodeTable") -> dict[str, Any]:
    return {
        "id": table.id,
        "source": table.source,
        "makers": list(table.makers),
        "codes": table.codes,
        "imported": table.imported.isoformat(),
        "operator": table.operator,
    }


def _text(meaning: "Meaning") -> str:
    lines = [f"{meaning.code}  {meaning.description}"]
    if meaning.failure:
        lines.append(f"Failure type: {meaning.failure}")
    if meaning.note:
        lines.append(f"Note: {meaning.note}")
    whose = f", from {meaning.source}" if meaning.source else ""
    lines.append(f"{meaning.system} ({meaning.origin.value}{whose})")
    lines.append(f"{meaning.severity.value.capitalize()}: {meaning.severity_reason}")
    for title, sentences in (("Likely causes", meaning.causes), ("First checks", meaning.checks)):
        if sentences:
            lines.append(f"{title}:")
            lines += [f"  - {sentence}" for sentence in sentences]
    return "\n".join(lines)


def _counted(codes: int) -> str:
    return "1 code" if codes == 1 else f"{codes} codes"


def _whose(meaning: "Meaning") -> str:
    return f" ({meaning.source})" if meaning.source else ""


def _limit(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= _LONGEST:
        raise argparse.ArgumentTypeError(f"give a number from 1 to {_LONGEST}")
    return number
