"""`cartech-desk report`: what a vehicle's runs tell: its history, comparisons, reports."""

import argparse
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.existing_files import add_even_so, refuse_existing
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.domain.dyno.corrections import CORRECTIONS
from cartech_desk.domain.dyno.view import View
from cartech_desk.domain.units import UnitSystem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartech_desk.domain.performance.advice import Advice, NotAsked
    from cartech_desk.domain.performance.history import PowerHistory
    from cartech_desk.office.performance import Performance
    from cartech_desk.reports.dyno_units import SheetUnits
    from cartech_desk.reports.performance_report import PerformanceComparison

_FORMATS: Final = ("pdf", "xlsx", "json")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `report` understands."""
    parser.description = "What a vehicle's runs tell."
    acts = parser.add_subparsers(metavar="act", required=True)

    report = add_act(acts, "performance", "a report on a vehicle, or on a session", _performance)
    chosen = report.add_mutually_exclusive_group(required=True)
    chosen.add_argument(
        "vehicle", nargs="?", metavar="VEHICLE", help="plate, VIN, name or id; “last”"
    )
    chosen.add_argument("--session", metavar="ID", help="up to this session of its vehicle")
    report.add_argument("--format", choices=_FORMATS, help="else the file's ending, else pdf")
    report.add_argument("--out", type=Path, metavar="FILE", help="else named after the vehicle")
    add_even_so(report, forced=True)
    report.add_argument("--no-charts", action="store_true", help="numbers and words only")
    _look(report)
    add_as(report)

    history = add_act(acts, "history", "a vehicle's power over time", _history)
    history.add_argument("vehicle", metavar="VEHICLE", help="plate, VIN, name or id")
    _look(history)

    compare = add_act(acts, "compare", "runs, sessions or vehicles beside each other", _compare)
    for name in ("runs", "sessions", "vehicles"):
        compare.add_argument(f"--{name}", nargs="+", default=[], metavar="ID", help=name)
    _look(compare)

    advice = add_act(acts, "advice", "what the runs of its last session advise", _advice)
    advice.add_argument("vehicle", metavar="VEHICLE", help="plate, VIN, name or id")
    advice.add_argument("--session", default="", metavar="ID", help="another session of it")
    _look(advice)


def run(args: argparse.Namespace) -> int:
    """Do one act. Errors: CarTechError."""
    with open_counter(args, demo=args.demo) as desk:
        status: int = args.act(desk, args)
        return status


def _look(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--correction", choices=tuple(CORRECTIONS), help="for all runs; else the one that is set"
    )
    parser.add_argument("--units", choices=tuple(UnitSystem), help="else those that are set")
    parser.add_argument("--power-unit", choices=("hp", "PS", "kW"), help="else the one that is set")


def _office(desk: Counter) -> "Performance":
    from cartech_desk.bay.dyno_runs import DynoRuns

    return desk.office.performance.through(DynoRuns(desk.store))


def _view(desk: Counter, args: argparse.Namespace) -> View:
    dyno = desk.settings.values.dyno
    return View(args.correction or dyno.correction, dyno.smoothing)


def _units(desk: Counter, args: argparse.Namespace) -> "SheetUnits":
    from cartech_desk.reports.dyno_units import SheetUnits

    values = desk.settings.values
    return SheetUnits(
        UnitSystem(args.units or values.screen.units), args.power_unit or values.dyno.power_unit
    )


def _vehicle(desk: Counter, word: str) -> str:
    return desk.office.vehicles.named(word).id


def _performance(desk: Counter, args: argparse.Namespace) -> int:
    from cartech_desk.office.performance_writing import usual_name
    from cartech_desk.reports.performance_json import report_document

    by = acting(args, desk)
    units, office = _units(desk, args), _office(desk)
    sheets = desk.settings.values.sheets
    report = office.report(
        by,
        vehicle_id=_vehicle(desk, args.vehicle) if args.vehicle else "",
        session_id=args.session or "",
        view=_view(desk, args),
        charts=not args.no_charts,
        units=units.system,
        power_unit=units.power,
        address=sheets.address,
        logo=sheets.logo,
    )
    ending = _ending(args)
    path = args.out or Path(usual_name(report, ending))
    refuse_existing(path, even_so=args.even_so, option="--out")
    office.write(by, report, path)
    content = path.read_bytes()
    document = {
        "report_url": str(path.absolute()),
        "pdf_url": str(path.absolute()) if ending == ".pdf" else None,
        "format": ending[1:],
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "report": report_document(report),
    }
    emit(args, document, f"{path} written ({len(content)} bytes).")
    return 0


def _ending(args: argparse.Namespace) -> str:
    of_file = args.out.suffix.lower() if args.out is not None else ""
    asked = f".{args.format}" if args.format else of_file or ".pdf"
    if args.out is not None and of_file != asked:
        from cartech_desk.reports.selection import ExportRefused

        raise ExportRefused(
            f"{args.out.name} does not end in {asked}.",
            kept="Nothing was written.",
            to_do=f"Name a file that ends in {asked}, or leave --format out.",
        )
    return asked


def _history(desk: Counter, args: argparse.Namespace) -> int:
    from cartech_desk.reports.performance_json import history_document

    view = _view(desk, args)
    history = _office(desk).history(_vehicle(desk, args.vehicle), correction=view.correction)
    emit(args, history_document(history), _history_text(history, _units(desk, args)))
    return 0


def _history_text(history: "PowerHistory", units: "SheetUnits") -> str:
    from cartech_desk.reports.performance_words import gain_words, power, torque

    gained = {one.after: one for one in history.gains}
    lines = [f"{history.vehicle}, {history.correction}"]
    for one in history.points:
        lines.append(
            f"{one.day}  {power(one.power_kw, units):>10}  {torque(one.torque_nm, units):>11}  "
            f"{one.run} of {one.runs}"
        )
        if one.session_id in gained:
            lines.append(f"    {gain_words(gained[one.session_id], units)}")
        if one.unlike:
            lines.append(f"    ▲ {one.unlike}")
    if not history.points:
        lines.append("No session with power is kept of it.")
    return "\n".join(lines)


def _compare(desk: Counter, args: argparse.Namespace) -> int:
    from cartech_desk.reports.performance_json import comparison_document

    units = _units(desk, args)
    found = _office(desk).compare(
        run_ids=args.runs,
        session_ids=args.sessions,
        vehicle_ids=[_vehicle(desk, one) for one in args.vehicles],
        view=_view(desk, args),
        units=units.system,
    )
    emit(args, comparison_document(found), _compared_text(found, units))
    return 0


def _compared_text(found: "PerformanceComparison", units: "SheetUnits") -> str:
    from cartech_desk.reports.performance_words import change, power, torque

    lines = []
    for one in found.runs:
        lines.append(f"{one.label}: {power(one.power_kw, units)}, {torque(one.torque_nm, units)}")
        if one.gain is not None:
            average = one.gain.average_b_kw - one.gain.average_a_kw
            lines.append(f"    {change(average, units)} on average over the first")
        if one.why_not:
            lines.append(f"    ▲ {one.why_not}")
    lines += [f"▲ {words}" for words in found.warnings]
    return "\n".join((*lines, *_advice_lines(found.advice, found.not_asked)))


def _advice(desk: Counter, args: argparse.Namespace) -> int:
    from cartech_desk.reports.performance_json import advice_list, not_asked_list

    session = desk.store.dyno.session(args.session).id if args.session else ""
    advice, not_asked = _office(desk).advice(
        _vehicle(desk, args.vehicle), session_id=session, units=_units(desk, args).system
    )
    document = {"recommendations": advice_list(advice), "not_asked": not_asked_list(not_asked)}
    emit(args, document, "\n".join(_advice_lines(advice, not_asked)))
    return 0


def _advice_lines(advice: "Sequence[Advice]", not_asked: "Sequence[NotAsked]") -> list[str]:
    from cartech_desk.domain.performance.advice import NO_RUN
    from cartech_desk.reports.performance_words import WEIGHTS

    lines = []
    for one in advice:
        lines.append(f"{'■' if one.weight.value == 'stop' else '▲'} {one.seen}")
        lines.append(f"    {WEIGHTS[one.weight]}: {' '.join(one.todo)}")
        lines.append(f"    rule: {one.threshold} ({one.source})")
    if NO_RUN in not_asked:
        return [*lines, "No run to ask: none with power is kept of it. Drive or import one first."]
    if not advice:
        lines.append("None of the rules that could be asked found anything.")
    if not_asked:
        words = "; ".join(f"{one.title.lower()} ({one.why})" for one in not_asked)
        lines.append(f"Not asked: {words}")
    return lines
