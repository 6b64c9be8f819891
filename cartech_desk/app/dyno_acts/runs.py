"""Runs that are kept: `list`, `show`, `compare`, `change`, `delete`, `restore`."""

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cartech_desk.app.dyno_acts.asked import (
    add_view,
    add_weather,
    open_runs,
    quantity,
    shown_of,
    view_of,
    with_weather,
)
from cartech_desk.app.dyno_acts.parts import add_act

if TYPE_CHECKING:
    from cartech_desk.app.dyno_acts.told import Shown
    from cartech_desk.store.dyno import DynoRun, DynoSession


def add_acts(acts: Any) -> None:
    """Add them to `cartech-desk dyno`."""
    from cartech_desk.app.operator import add_as
    from cartech_desk.domain.dyno.run import Basis

    listing = add_act(acts, "list", "sessions with their runs, the newest first", _list)
    listing.add_argument(
        "search", nargs="*", help="words that vehicle, operator, notes, names of runs, … must hold"
    )
    listing.add_argument("--deleted", action="store_true", help="deleted runs as well")

    showing = _of_one(acts, "show", "what a run comes to", _show)
    add_view(showing)

    comparing = add_act(acts, "compare", "two runs, or how well more of them repeat", _compare)
    comparing.add_argument("runs", nargs="+", metavar="RUN", help="id of a run, or its beginning")
    add_view(comparing)

    changing = _of_one(acts, "change", "put a run's name, note or set-up right", _change)
    changing.add_argument("--name", metavar="TEXT")
    changing.add_argument("--note", metavar="TEXT")
    changing.add_argument("--gear", metavar="TEXT")
    changing.add_argument(
        "--from",
        dest="basis",
        choices=(*(one.value for one in Basis), "best"),
        help="what power is computed from",
    )
    changing.add_argument(
        "--mass",
        type=quantity("the equivalent mass", "kg", 1, 50_000),
        metavar="KG",
        help="equivalent mass of the rollers",
    )
    changing.add_argument(
        "--ratio",
        type=quantity("the ratio", "none", 0.1, 1000),
        metavar="RPM",
        help="engine speed for each km/h",
    )
    changing.add_argument(
        "--offset",
        metavar="S",
        help="what is added to the times of the car's channels [s]; “auto” estimates it",
    )
    add_weather(changing)
    changing.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    add_as(changing)
    add_view(changing)

    deleting = _of_one(acts, "delete", "take a run off the list; `restore` brings it back", _delete)
    deleting.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    add_as(deleting)
    add_as(_of_one(acts, "restore", "bring a deleted run back", _restore))


def _of_one(acts: Any, name: str, words: str, act: Any) -> argparse.ArgumentParser:
    parser = add_act(acts, name, words, act)
    parser.add_argument("id", metavar="RUN", help="id of the run, or how only it begins")
    return parser


def _list(args: argparse.Namespace) -> int:
    """List sessions and their runs. Errors: CarTechError."""
    from cartech_desk.app.output import emit

    with open_runs(args) as at:
        dyno = at.desk.store.dyno
        found = [
            (session, dyno.runs(session.id, deleted=args.deleted))
            for session in dyno.sessions(" ".join(args.search))
        ]
        shown = shown_of(at.desk)
        text = "\n\n".join(_session_text(session, runs, shown) for session, runs in found)
        emit(
            args,
            {"sessions": [_session_document(session, runs) for session, runs in found]},
            text or "No dyno sessions are kept here.",
        )
    return 0


def _show(args: argparse.Namespace) -> int:
    """Show a run. Errors: CarTechError."""
    with open_runs(args) as at:
        _tell(args, at, at.desk.store.dyno.run(args.id))
    return 0


def _tell(args: argparse.Namespace, at: Any, run: "DynoRun") -> None:
    from cartech_desk.app.dyno_acts.told import run_document, run_text
    from cartech_desk.app.output import emit

    result = at.runs.result(run.id, view_of(args, at.desk))
    session = at.desk.store.dyno.session(run.session)
    document = run_document(run, result, at.runs.raw(run.id))
    emit(args, document, run_text(run, session, result, shown_of(at.desk)))


def _compare(args: argparse.Namespace) -> int:
    """Compare runs. Errors: CarTechError."""
    from cartech_desk.app.dyno_acts.compared import (
        comparison_document,
        comparison_text,
        repeatability_document,
        repeatability_text,
    )
    from cartech_desk.app.output import emit

    with open_runs(args) as at:
        view, shown = view_of(args, at.desk), shown_of(at.desk)
        runs = [at.desk.store.dyno.run(one) for one in args.runs]
        results = [at.runs.result(run.id, view) for run in runs]
        document: dict[str, Any]
        if len(runs) == 2:
            comparison = at.runs.compare(runs[0].id, runs[1].id, view)
            document = comparison_document(runs, results, comparison)
            text = comparison_text(runs, results, comparison, shown)
        else:
            repeating = at.runs.repeatability([run.id for run in runs], view)
            document = repeatability_document(runs, results, repeating)
            text = repeatability_text(runs, results, repeating, shown)
        emit(args, document, text)
    return 0


def _change(args: argparse.Namespace) -> int:
    """Change a run. Errors: CarTechError."""
    from cartech_desk.app.operator import acting
    from cartech_desk.domain.dyno.run import Basis

    with open_runs(args) as at:
        run = at.desk.store.dyno.run(args.id)
        setup = with_weather(run.setup, args)
        if args.gear is not None:
            setup = replace(setup, gear=args.gear)
        if args.basis is not None:
            setup = replace(setup, basis=None if args.basis == "best" else Basis(args.basis))
        if args.mass is not None:
            setup = replace(setup, equivalent_mass_kg=args.mass)
        if args.ratio is not None:
            setup = replace(setup, ratio_rpm_per_kmh=args.ratio)
        if args.offset is not None:
            setup = replace(setup, ecu_offset_s=_offset(args.offset))
        changed = replace(
            run,
            name=run.name if args.name is None else args.name,
            note=run.note if args.note is None else args.note,
            setup=setup,
        )
        if changed != run:
            changed = at.runs.change(changed, acting(args, at.desk), args.reason)
        _tell(args, at, changed)
    return 0


def _offset(text: str) -> float | None:
    from cartech_desk.domain.dyno.written import WrittenRefused

    if text.strip().lower() == "auto":
        return None
    try:
        return quantity("the offset", "s", -10, 10)(text)
    except argparse.ArgumentTypeError as error:
        raise WrittenRefused(
            str(error), kept="Nothing was changed.", to_do="Type seconds, or “auto”."
        ) from error


def _delete(args: argparse.Namespace) -> int:
    """Delete a run. Errors: CarTechError."""
    from cartech_desk.app.operator import acting
    from cartech_desk.app.output import emit

    with open_runs(args) as at:
        run = at.desk.store.dyno.run(args.id)
        at.runs.delete(run.id, acting(args, at.desk), args.reason)
        emit(
            args,
            {"run_id": run.id, "deleted": True},
            f"{run.name} is deleted. To bring it back: cartech-desk dyno restore {run.id}",
        )
    return 0


def _restore(args: argparse.Namespace) -> int:
    """Restore a run. Errors: CarTechError."""
    from cartech_desk.app.operator import acting
    from cartech_desk.app.output import emit

    with open_runs(args) as at:
        run = at.desk.store.dyno.run(args.id)
        at.runs.restore(run.id, acting(args, at.desk))
        emit(args, {"run_id": run.id, "deleted": False}, f"{run.name} is restored.")
    return 0


def _session_document(session: "DynoSession", runs: "tuple[DynoRun, ...]") -> dict[str, Any]:
    return {
        "session_id": session.id,
        "started": session.started.isoformat(),
        "ended": None if session.ended is None else session.ended.isoformat(),
        "vehicle": session.vehicle_name,
        "vehicle_id": session.vehicle_id,
        "operator": session.operator.name,
        "test_type": session.test_type.value,
        "customer": session.customer,
        "notes": session.notes,
        "runs": [_run_document(run) for run in runs],
    }


def _run_document(run: "DynoRun") -> dict[str, Any]:
    summary = run.summary
    return {
        "run_id": run.id,
        "number": run.number,
        "name": run.name,
        "started": run.started.isoformat(),
        "ending": run.ending.value,
        "tier": run.tier.value,
        "uncorrected": {
            "peak_power_kw": summary.peak_power_kw,
            "peak_power_rpm": summary.peak_power_rpm,
            "peak_torque_nm": summary.peak_torque_nm,
            "peak_torque_rpm": summary.peak_torque_rpm,
        },
        "quality": [
            {"key": key, "word": word, "grave": grave} for key, word, grave in summary.quality
        ],
        "note": run.note,
        "deleted": run.deleted,
    }


def _session_text(session: "DynoSession", runs: "tuple[DynoRun, ...]", shown: "Shown") -> str:
    lines = [
        f"{session.started.astimezone():%Y-%m-%d %H:%M}  {session.vehicle_name}  "
        f"{session.test_type.value.replace('_', ' ')}  {session.operator.name}  {session.id}"
    ]
    for run in runs:
        marks = ", ".join(
            f"{'■' if grave else '▲'} {word}" for _, word, grave in run.summary.quality
        )
        lines.append(
            f"  {run.id}  {run.name:<14} {shown.power_of(run.summary.peak_power_kw):>10} "
            f"{shown.torque_of(run.summary.peak_torque_nm):>12}  uncorrected"
            + (f"  {marks}" if marks else "")
            + ("  (deleted)" if run.deleted else "")
            + (f"  {run.note}" if run.note else "")
        )
    return "\n".join(lines if runs else [*lines, "  no runs"])
