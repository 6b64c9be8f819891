"""`cartech-desk parts`: import, export, labels."""

import argparse
from pathlib import Path
from typing import Any

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter
from cartech_desk.app.existing_files import add_even_so, refuse_existing
from cartech_desk.app.numbers_asked import whole
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.app.part_acts.told import pair_of
from cartech_desk.domain.counted import counted
from cartech_desk.domain.parts.import_plan import BadRow, ImportPlan
from cartech_desk.domain.parts.part_table import ENCODINGS
from cartech_desk.domain.parts.quantity import QuantityRefused, parse_quantity

_places_of = whole("the places used already", 0, 10_000)


def add_acts(acts: Any) -> None:
    """Add the acts with files."""
    importing = add_act(acts, "import", "look through a CSV file; --apply imports it", _import)
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument(
        "--apply", action="store_true", help="import the good rows; else nothing is changed"
    )
    importing.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FIELD=HEADING",
        help="which heading is meant by sku, name, price, on_hand, …",
    )
    importing.add_argument("--decimal", choices=(".", ","), default="", help="the decimal mark")
    importing.add_argument(
        "--encoding", choices=tuple(ENCODINGS), default="", help="where it was guessed wrong"
    )
    add_as(importing)

    exporting = add_act(acts, "export", "write the catalogue as CSV", _export)
    exporting.add_argument("file", type=Path, metavar="FILE", help="ends in .csv")
    exporting.add_argument("search", nargs="?", default="", metavar="WORDS")
    add_even_so(exporting)
    add_as(exporting)

    labels = add_act(acts, "labels", "write labels as PDF", _labels)
    labels.add_argument("file", type=Path, metavar="FILE", help="ends in .pdf")
    labels.add_argument("parts", nargs="+", metavar="PART[=N]", help="a part, and how many labels")
    labels.add_argument("--sheet", default="", metavar="KEY", help="as `parts sheets` lists them")
    labels.add_argument(
        "--skip", type=_places_of, default=0, metavar="N", help="places used already"
    )
    labels.add_argument("--qr", action="store_true", help="a QR code instead of bars")
    labels.add_argument("--price", action="store_true", help="with the price")
    add_even_so(labels)
    add_act(acts, "sheets", "label sheets and rolls that are known", _sheets)


def _import(counter: Counter, args: argparse.Namespace) -> None:
    files = counter.office.parts.files
    by = acting(args, counter) if args.apply else None
    columns = dict(word.partition("=")[::2] for word in args.column)
    plan = files.look_through(
        args.file, columns=columns, decimal_mark=args.decimal, encoding=args.encoding
    )
    kept = {one.name.casefold() for one in counter.office.parts.suppliers.list(limit=-1)[0]}
    named = {row.supplier.casefold(): row.supplier for row in plan.good if row.supplier}
    new = sorted(name for key, name in named.items() if key not in kept)
    if by is None:
        document = _planned(plan) | {"changes": _changes(plan), "new_suppliers": new}
        emit(args, document, "\n".join([*_change_lines(plan, new), _plan_text(plan)]))
        return
    done = files.take_in(plan, by)
    document = {
        "applied": True,
        "added": done.added,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "bad": [_bad(row) for row in done.bad],
        "changes": _changes(plan),
        "new_suppliers": new,
    }
    words = f"{done.added} added, {done.changed} changed, {done.unchanged} left as they were."
    emit(args, document, "\n".join([*_change_lines(plan, new), words, *_bad_lines(done.bad)]))


def _changes(plan: ImportPlan) -> list[dict[str, Any]]:
    return [{"sku": row.part.sku, "changes": list(row.changes)} for row in plan.good if row.changes]


def _change_lines(plan: ImportPlan, new: list[str]) -> list[str]:
    lines = [f"New supplier: {name}" for name in new]
    lines += [f"  {row.part.sku}: {', '.join(row.changes)}" for row in plan.good if row.changes]
    return lines


def _planned(plan: ImportPlan) -> dict[str, Any]:
    return {
        "applied": False,
        "source": plan.source,
        "columns": plan.columns,
        "unused": list(plan.unused),
        "delimiter": plan.delimiter,
        "decimal_mark": plan.decimal_mark,
        "encoding": plan.encoding,
        "encoding_guessed": plan.guessed,
        "new": plan.added,
        "known": len(plan.good) - plan.added,
        "good": [
            {
                "line": row.line,
                "sku": row.part.sku,
                "name": row.part.name,
                "known": row.known,
                "note": row.note,
            }
            for row in plan.good
        ],
        "bad": [_bad(row) for row in plan.bad],
    }


def _bad(row: BadRow) -> dict[str, Any]:
    return {"line": row.line, "field": row.field, "why": row.why, "row": row.words}


def _plan_text(plan: ImportPlan) -> str:
    taken = ", ".join(f"{field} from “{heading}”" for field, heading in plan.columns.items())
    good = counted(len(plan.good), "row")
    lines = [
        f"{good} can be imported ({plan.added} new), {len(plan.bad)} cannot.",
        f"Taken: {taken}.",
    ]
    if plan.guessed:
        lines.append(
            f"Read as {ENCODINGS[plan.encoding]}, for it is no UTF-8: look at the names; "
            "--encoding chooses another."
        )
    if plan.unused:
        lines.append(f"Left out: {', '.join(plan.unused)}.")
    lines += [f"  line {row.line}: {row.part.sku}: {row.note}" for row in plan.good if row.note]
    lines += _bad_lines(plan.bad)
    lines.append("Nothing was changed: --apply imports the good rows.")
    return "\n".join(lines)


def _bad_lines(rows: tuple[BadRow, ...]) -> list[str]:
    return [f"  line {row.line}: {row.why}  ({row.words})" for row in rows]


def _export(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    refuse_existing(args.file, even_so=args.even_so)
    count = counter.office.parts.files.export(args.file, by, search=args.search)
    emit(
        args,
        {"file": str(args.file), "parts": count},
        f"{args.file} written, {counted(count, 'part')}.",
    )


def _labels(counter: Counter, args: argparse.Namespace) -> None:
    from cartech_desk.reports.drawing_pdf import pdf_of
    from cartech_desk.reports.whole_file import check_target, write_whole

    check_target(args.file, (".pdf",), "Labels")
    refuse_existing(args.file, even_so=args.even_so)
    parts = counter.office.parts
    wanted = [(parts.named(word).id, _whole(many)) for word, many in map(_label, args.parts)]
    drawing = parts.files.labels(
        wanted,
        sheet=args.sheet,
        skip=args.skip,
        code="qr" if args.qr else "code128",
        with_price=args.price,
    )
    write_whole(args.file, pdf_of(drawing))
    labels = sum(many for _, many in wanted)
    document = {"file": str(args.file), "labels": labels, "pages": len(drawing.pages)}
    emit(args, document, f"{args.file} written, {counted(labels, 'label')}.")


def _label(word: str) -> tuple[str, str]:
    return pair_of(word, "1")


def _whole(text: str) -> int:
    many = parse_quantity(text)
    if many != many.to_integral_value():
        raise QuantityRefused(f"{text} labels cannot be printed.", to_do="Give a whole number.")
    return int(many)


def _sheets(counter: Counter, args: argparse.Namespace) -> None:
    sheets = counter.office.parts.files.sheets()
    document = {"sheets": [{"key": one.key, "words": one.words} for one in sheets]}
    emit(args, document, "\n".join(f"{one.key:<14} {one.words}" for one in sheets))
