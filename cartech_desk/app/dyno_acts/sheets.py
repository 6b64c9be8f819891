"""Sheets: `report`."""

import argparse
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.app.dyno_acts.parts import add_act
from cartech_desk.app.existing_files import add_even_so, refuse_existing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartech_desk.bay.dyno_sheets import DynoSheets
    from cartech_desk.domain.people import Actor
    from cartech_desk.reports.drawing import Drawing
    from cartech_desk.reports.dyno_sheet import Sheet

_FORMATS: Final = ("pdf", "xlsx", "json", "png")
_ENDINGS: Final = ".pdf, .xlsx, .json or .png"
_CORRECTIONS: Final = (
    "none",
    "sae",
    "sae2004",
    "std",
    "din",
    "iso1585",
    "r85",
    "eec",
    "iso_diesel",
    "jis",
)


def add_acts(acts: Any) -> None:
    """Add them to `cartech-desk dyno`."""
    from cartech_desk.app.operator import add_as

    parser = add_act(
        acts, "report", "a sheet of one run, of two compared, or of a session's runs", _report
    )
    parser.add_argument(
        "runs",
        nargs="+",
        metavar="RUN",
        help="a run: its id, how only its id begins or ends, its name, or “last”; `dyno list` has "
        "them",
    )
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        help="what is written; else the file's ending says it, else pdf",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the file; else one named after the run, here"
    )
    add_even_so(parser, forced=True)
    parser.add_argument(
        "--correction", choices=_CORRECTIONS, help="form of correction; else the one that is set"
    )
    parser.add_argument(
        "--smoothing",
        type=int,
        choices=range(6),
        help="level, 0 for none; else the one that is set",
    )
    parser.add_argument(
        "--engine",
        action="store_true",
        help="the engine's estimated power, as the run's set-up says; else that at the wheels",
    )
    parser.add_argument("--paper", choices=("a4", "letter"), help="else the one that is set")
    parser.add_argument(
        "--units", choices=("metric", "imperial", "mixed"), help="else those that are set"
    )
    parser.add_argument("--power-unit", choices=("hp", "PS", "kW"), help="else the one that is set")
    parser.add_argument(
        "--table-step",
        type=int,
        choices=(100, 250, 500, 1000),
        help="engine speed between the table's rows [rpm]; else the one that is set",
    )
    parser.add_argument("--notes", default="", metavar="TEXT", help="printed on the sheet")
    add_as(parser)


def _report(args: argparse.Namespace) -> int:
    """Write a sheet. Errors: CarTechError."""
    from dataclasses import replace

    from cartech_desk.app.desk import open_counter
    from cartech_desk.app.operator import acting
    from cartech_desk.app.output import emit
    from cartech_desk.bay.dyno_runs import DynoRuns
    from cartech_desk.bay.dyno_sheets import DynoSheets, page_files, usual_name
    from cartech_desk.domain.people import Act, require

    ending = _ending(args)
    with open_counter(args, demo=args.demo) as desk:
        by = acting(args, desk)
        require(by, Act.EXPORT)
        sheets = DynoSheets(desk.store, DynoRuns(desk.store))
        sheet = _sheet(args, sheets, desk.settings.values, by)
        sheet = replace(sheet, notes=args.notes)
        path = args.out or Path(usual_name(sheet, ending))
        files = [path]

        def paint(drawing: "Drawing") -> "Sequence[bytes]":
            pictures = _pictures(drawing)
            files[:] = page_files(path, len(pictures))
            _refuse_to_replace(files, args)
            return pictures

        _refuse_to_replace(files, args)
        sheets.write(sheet, path, by, paint=paint if ending == ".png" else None)
    content = files[0].read_bytes()
    factor = sheet.runs[0].result.factor
    document = {
        "file": str(files[0]),
        "files": [str(file) for file in files],
        "format": ending[1:],
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "runs": [one.run.id for one in sheet.runs],
        "correction": {
            "name": factor.correction.name,
            "factor": factor.value,
            "why_not": factor.why_not,
        },
        "smoothing": sheet.runs[0].result.smoothing.level,
        "comparison": sheet.comparison is not None,
        "audit_head": f"{sheet.audit_sequence}:{sheet.audit_hash}",
    }
    words = ", ".join(f"{file}" for file in files)
    emit(args, document, f"{words} written ({len(content)} bytes).")
    return 0


def _ending(args: argparse.Namespace) -> str:
    """Return the ending of what is to be written. Errors: ExportRefused where two are asked for."""
    from cartech_desk.reports.selection import ExportRefused

    of_file = args.out.suffix.lower() if args.out is not None else ""
    if args.out is not None and args.out.is_dir():
        raise ExportRefused(
            f"{args.out} is a folder.",
            kept="Nothing was written.",
            to_do="Name a file in it, or leave --out out: the sheet is named after the run then.",
        )
    if args.out is not None and not of_file:
        raise ExportRefused(
            f"{args.out.name} has no ending that says what it is.",
            kept="Nothing was written.",
            to_do="Name a file that ends in " + _ENDINGS + ".",
        )
    asked = f".{args.format}" if args.format else of_file or ".pdf"
    if args.out is not None and of_file != asked:
        raise ExportRefused(
            f"{args.out.name} does not end in {asked}.",
            kept="Nothing was written.",
            to_do=f"Name a file that ends in {asked}, or leave --format out.",
        )
    if asked[1:] not in _FORMATS:
        raise ExportRefused(
            f"A sheet cannot be written to {args.out.name}.",
            kept="Nothing was written.",
            to_do="Name a file that ends in " + _ENDINGS + ".",
        )
    return asked


def _sheet(args: argparse.Namespace, sheets: "DynoSheets", values: Any, by: "Actor") -> "Sheet":
    """Gather the sheet: what is not asked for is as it is set."""
    from cartech_desk.domain.dyno.run import View
    from cartech_desk.domain.units import UnitSystem
    from cartech_desk.reports.dyno_sheet import Paper

    dyno, look = values.dyno, values.sheets
    smoothing = dyno.smoothing if args.smoothing is None else args.smoothing
    return sheets.sheet(
        args.runs,
        View(args.correction or dyno.correction, smoothing, args.engine),
        by,
        paper=Paper(args.paper or look.paper),
        units=UnitSystem(args.units or values.screen.units),
        power_unit=args.power_unit or dyno.power_unit,
        table_step_rpm=args.table_step or look.table_step_rpm,
        address=look.address,
        logo=look.logo,
    )


def _refuse_to_replace(files: "Sequence[Path]", args: argparse.Namespace) -> None:
    """Refuse where a file is there and nobody said that it may go. Errors: FileThere."""
    for file in files:
        refuse_existing(file, even_so=args.even_so, option="--out")


def _pictures(drawing: "Drawing") -> "Sequence[bytes]":
    """Return a PNG of each page; needs no display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    from cartech_desk.ui.theme.fonts import load_fonts
    from cartech_desk.ui.widgets.sheet_painting import pngs

    application = QGuiApplication.instance() or QGuiApplication(["cartech-desk"])
    load_fonts()
    pictures = pngs(drawing)
    application.processEvents()  # and it lived until here
    return pictures
