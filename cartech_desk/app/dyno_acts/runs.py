"""Runs that are kept: `list`, `show`, `compare`, `change`, `delete`, `restore`."""

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cartech_desk.app.dyno_acts.asked import (
    add_from,
    add_view,
    add_weather,
    open_runs,
    quantity,
    shown_of,
    vehicle_id_of,
    view_of,
    with_basis,
    with_weather,
)
from cartech_desk.app.dyno_acts.parts import add_act

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartech_desk.domain.dyno.result import RunResult
    from cartech_desk.store.dyno import DynoRun

_RUN = "a run: its id, how only its id begins or ends, its name, or “last”; `dyno list` has them"


def add_acts(acts: Any) -> None:
    """Add them to `cartech-desk dyno`."""
    from cartech_desk.app.operator import add_as

    listing = add_act(acts, "list", "sessions with their runs, the newest first", _list)
    listing.add_argument(
        "search", nargs="*", help="words that vehicle, operator, notes, names of runs, … must hold"
    )
    listing.add_argument("--deleted", action="store_true", help="deleted runs as well")

    showing = _of_one(acts, "show", "the numbers of a run: peaks, times, air, marks", _show)
    add_view(showing)

    comparing = add_act(acts, "compare", "two runs, or how well more of them repeat", _compare)
    comparing.add_argument("runs", nargs="+", metavar="RUN", help=_RUN)
    add_view(comparing)

    changing = _of_one(acts, "change", "put a run's name, note or set-up right", _change)
    changing.add_argument("--name", metavar="TEXT")
    changing.add_argument("--note", metavar="TEXT")
    changing.add_argument("--gear", metavar="TEXT")
    changing.add_argument("--fuel", metavar="TEXT")
    changing.add_argument("--customer", metavar="TEXT")
    whose = changing.add_mutually_exclusive_group()
    whose.add_argument("--vehicle", metavar="NAME", help="VIN or name of the car it belongs to")
    whose.add_argument("--session", metavar="ID", help="the session that it belongs to")
    add_from(changing)
    changing.add_argument(
        "--mass",
        type=quantity("the equivalent mass", "kg", 1, 50_000),
        metavar="KG",
        help="equivalent mass of the rollers",
    )
    changing.add_argument(
        "--wheel-mass",
        type=quantity("the mass of wheels and driveline", "kg", 1, 5000),
        metavar="KG",
        help="what wheels and driveline add to it",
    )
    changing.add_argument(
        "--boost-ratio",
        type=quantity("the pressure ratio", "ratio", 1, 10),
        metavar="R",
        help="absolute pressure after the compressor over that before it, for diesels",
    )
    changing.add_argument(
        "--gauge",
        type=quantity("the scale of the gauge", "ratio", 5, 20),
        metavar="AFR",
        help="what the AFR gauge shows at lambda 1",
    )
    changing.add_argument(
        "--roller",
        type=quantity("the circumference", "m", 0.1, 10),
        metavar="M",
        help="circumference of the roller, where the dyno tells its turns only",
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
    parser.add_argument("id", metavar="RUN", help=_RUN)
    return parser


def _list(args: argparse.Namespace) -> int:
    """List sessions and their runs. Errors: CarTechError."""
    from cartech_desk.app.dyno_acts.listed import Listing, session_document, session_text, shortest
    from cartech_desk.app.output import emit

    with open_runs(args) as at:
        dyno = at.desk.store.dyno
        found = [
            (session, dyno.runs(session.id, deleted=args.deleted))
            for session in dyno.sessions(" ".join(args.search))
        ]
        ids = [session.id for session, _runs in found]
        ids += [run.id for _session, runs in found for run in runs]
        listing = Listing(shown_of(at.desk), at.desk.settings.values.dyno.correction, shortest(ids))
        text = "\n\n".join(session_text(session, runs, listing) for session, runs in found)
        emit(
            args,
            {"sessions": [session_document(session, runs, listing) for session, runs in found]},
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
    from cartech_desk.store.dyno_words import named_apart

    with open_runs(args) as at:
        view, shown = view_of(args, at.desk), shown_of(at.desk)
        runs = [at.desk.store.dyno.run(one) for one in args.runs]
        results = [at.runs.result(run.id, view) for run in runs]
        cars = {one.session: at.desk.store.dyno.session(one.session).vehicle_name for one in runs}
        named = named_apart(runs, cars)
        _refuse_unlike(named, results)
        document: dict[str, Any]
        if len(runs) == 2:
            comparison = at.runs.compare(runs[0].id, runs[1].id, view)
            document = comparison_document(runs, results, comparison)
            text = comparison_text(named, results, comparison, shown)
        else:
            repeating = at.runs.repeatability([run.id for run in runs], view)
            document = repeatability_document(runs, results, repeating)
            text = repeatability_text(named, results, repeating, shown)
        emit(args, document, text)
    return 0


def _refuse_unlike(runs: "Sequence[DynoRun]", results: "Sequence[RunResult]") -> None:
    """Refuse to tell a gain between runs of which some are corrected and some cannot be.

    Errors: NotComparable.
    """
    from cartech_desk.bay.dyno_beside import unlike_corrections
    from cartech_desk.domain.dyno.compare import NotComparable

    told = unlike_corrections(runs, results)
    if told:
        bare = next(run for run, result in zip(runs, results, strict=True) if result.factor.why_not)
        raise NotComparable(
            told,
            kept="Nothing was compared.",
            to_do="Compare them with --correction none, or give the air: cartech-desk dyno change "
            f"{bare.id[-6:]} --temperature C --pressure KPA --humidity PERCENT",
        )


def _change(args: argparse.Namespace) -> int:
    """Change a run. Errors: CarTechError."""
    from cartech_desk.app.operator import acting
    from cartech_desk.bay.dyno_beside import require_person
    from cartech_desk.store.dyno import facts_of

    with open_runs(args) as at:
        dyno = at.desk.store.dyno
        run = dyno.run(args.id)
        setup = with_basis(with_weather(run.setup, args, first=True), args)
        if args.gear is not None:
            setup = replace(setup, gear=args.gear)
        if args.mass is not None:
            setup = replace(setup, equivalent_mass_kg=args.mass)
        if args.wheel_mass is not None:
            setup = replace(setup, wheel_mass_kg=args.wheel_mass)
        if args.boost_ratio is not None:
            setup = replace(setup, boost_ratio=args.boost_ratio)
        if args.gauge is not None:
            setup = replace(setup, gauge_stoichiometry=args.gauge)
        if args.roller is not None:
            setup = replace(setup, roller_m=args.roller)
        if args.ratio is not None:
            setup = replace(setup, ratio_rpm_per_kmh=args.ratio)
        if args.offset is not None:
            setup = replace(setup, ecu_offset_s=_offset(args.offset))
        facts = run.facts
        if args.fuel is not None or args.customer is not None:
            facts = facts or facts_of(dyno.session(run.session))
            facts = replace(
                facts,
                fuel=facts.fuel if args.fuel is None else args.fuel,
                customer=facts.customer if args.customer is None else args.customer,
            )
        changed = replace(
            run,
            name=run.name if args.name is None else args.name,
            note=run.note if args.note is None else args.note,
            setup=setup,
            facts=facts,
        )
        # Where it goes is looked up first: what is refused changes nothing at all.
        session = dyno.session(args.session) if args.session else None
        by = acting(args, at.desk)
        require_person(at.desk.store, by)
        if session is not None or args.vehicle:
            vehicle = vehicle_id_of(at.desk.store, args.vehicle) if args.vehicle else ""
            moved = at.runs.move(run, by, vehicle_id=vehicle, session=session, reason=args.reason)
            if facts == run.facts:
                facts = moved.facts
            changed = replace(
                moved, name=changed.name, note=changed.note, setup=changed.setup, facts=facts
            )
            run = moved
        if changed != run:
            changed = at.runs.change(changed, by, args.reason)
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
            f"{run.name} is deleted. To bring it back: cartech-desk dyno restore {run.id[-6:]}",
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
