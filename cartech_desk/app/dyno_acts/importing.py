"""Files of other programs: `import`, `columns`."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cartech_desk.app.dyno_acts.asked import (
    AtRuns,
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
    from cartech_desk.domain.dyno.run import RunSetup
    from cartech_desk.domain.dyno.table_dates import Dated
    from cartech_desk.domain.dyno.tables import Mapping, Proposal


def add_acts(acts: Any) -> None:
    """Add them to `cartech-desk dyno`."""
    from cartech_desk.app.operator import add_as

    importing = add_act(acts, "import", "keep a run of another program's file (CSV, text)", _import)
    _add_mapping(importing)
    add_from(importing)
    importing.add_argument(
        "--mass",
        type=quantity("the equivalent mass", "kg", 1, 50_000),
        metavar="KG",
        help="equivalent mass of the rollers; without it, it is found from force and acceleration "
        "where the file has both",
    )
    importing.add_argument(
        "--losses",
        type=_losses_of,
        metavar="C0,C1,C2",
        help="what the rollers take themselves: N, N·s/m, N·s²/m²",
    )
    where = importing.add_mutually_exclusive_group()
    where.add_argument("--vehicle", metavar="NAME", help="VIN or name of the car")
    where.add_argument(
        "--session", metavar="ID", help="a session that the run belongs to; “last” is the newest"
    )
    importing.add_argument("--customer", default="", metavar="TEXT", help="whose car it is")
    importing.add_argument(
        "--date",
        type=_date_of,
        metavar="DATE",
        help="when it was driven, as in “2026-03-04 14:05”; else as the file or its name says",
    )
    importing.add_argument(
        "--again", action="store_true", help="import a file that was imported already"
    )
    importing.add_argument("--name", default="", metavar="TEXT", help="of the run; else the file's")
    importing.add_argument("--note", default="", metavar="TEXT")
    importing.add_argument("--gear", default="", metavar="TEXT")
    add_weather(importing)
    importing.add_argument(
        "--no-remember",
        dest="remember",
        action="store_false",
        help="do not remember what the columns are",
    )
    add_view(importing)
    add_as(importing)

    columns = add_act(acts, "columns", "what the columns of a file are taken for", _columns)
    _add_mapping(columns)


def _add_mapping(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--map", type=Path, metavar="FILE", help="the columns' meanings, as `columns --json` says"
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=ROLE:UNIT",
        help="what one column is, as in “Engine=rpm:krpm”; “NAME=-” leaves it out",
    )
    parser.add_argument(
        "--time", metavar="NAME:UNIT", help="the column of time; “20 Hz” where rows are counted"
    )


def _import(args: argparse.Namespace) -> int:
    """Import a file. Errors: CarTechError."""
    from cartech_desk.app.dyno_acts.told import run_document, run_text
    from cartech_desk.app.operator import acting
    from cartech_desk.app.output import emit, say

    with open_runs(args) as at:
        by = acting(args, at.desk)
        session = at.desk.store.dyno.session(args.session) if args.session else None
        mapping = _mapping(args, at) if _is_told(args) else None
        view = view_of(args, at.desk)
        run = at.runs.import_file(
            args.file,
            mapping,
            by,
            session=session,
            vehicle_id=vehicle_id_of(at.desk.store, args.vehicle) if args.vehicle else "",
            setup=_setup(args, None if session is None else session.setup),
            name=args.name,
            note=args.note,
            customer=args.customer,
            started=None if args.date is None else args.date.instant(),
            day_only=args.date is not None and args.date.at is None,
            again=args.again,
            remember=args.remember,
            warn=say,
        )
        result = at.runs.result(run.id, view)
        session = at.desk.store.dyno.session(run.session)
        emit(
            args,
            run_document(run, result, at.runs.raw(run.id)),
            run_text(run, session, result, shown_of(at.desk)),
        )
    return 0


def _setup(args: argparse.Namespace, base: "RunSetup | None") -> "RunSetup":
    from cartech_desk.domain.dyno.run import RunSetup

    setup = with_basis(with_weather(base or RunSetup(), args, first=True), args)
    return replace(
        setup,
        equivalent_mass_kg=args.mass if args.mass is not None else setup.equivalent_mass_kg,
        losses=(*setup.losses, args.losses) if args.losses is not None else setup.losses,
        gear=args.gear or setup.gear,
    )


def _date_of(text: str) -> "Dated":
    """Read a date for argparse."""
    from datetime import datetime

    from cartech_desk.domain.dyno.table_dates import date_typed

    found = date_typed(text, datetime.now().astimezone().date())
    if found is None:
        raise argparse.ArgumentTypeError(
            f"“{text}” is no date that is sure: write it as in 2026-03-04, or “2026-03-04 14:05”."
        )
    return found


def _losses_of(text: str) -> Any:
    """Read losses for argparse."""
    from cartech_desk.domain.dyno.run import Losses, LossPart

    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= 3 or any(not abs(number) < 1e6 for number in numbers):
        raise argparse.ArgumentTypeError(
            f"“{text}” is not possible: losses are up to three numbers, as in 12.3,0.4,0.05."
        )
    c0, c1, c2 = (*numbers, 0.0, 0.0)[:3]
    return Losses(LossPart.ROLLER, c0, c1, c2)


# What the columns are


def _is_told(args: argparse.Namespace) -> bool:
    return args.map is not None or bool(args.column) or args.time is not None


def _mapping(args: argparse.Namespace, at: AtRuns) -> "Mapping":
    """Return the mapping that was told, over the proposal. Errors: MappingRefused, FileRefused."""
    return _proposed(args, at).mapping


def _proposed(args: argparse.Namespace, at: AtRuns) -> "Proposal":
    """Return the proposal with what was told of its columns."""
    from cartech_desk.app.dyno_acts.column_words import meant, timed
    from cartech_desk.domain.dyno.tables import FileRefused, mapping_from
    from cartech_desk.domain.dyno.written import read_json

    proposal = at.runs.propose(args.file)
    names = tuple(column.name for column in proposal.columns)
    mapping = proposal.mapping
    if args.map is not None:
        try:
            with args.map.open("rb") as file:
                text = file.read(1_000_001)
        except OSError as error:
            raise FileRefused(
                f"{args.map} cannot be read: {error.strerror}.",
                kept="Nothing was imported.",
                to_do="Look whether it is there and may be read.",
            ) from error
        document = read_json(text, "The mapping")
        mapping = mapping_from(document.get("mapping", document), names)
    for words in args.column:
        mapping = meant(mapping, names, words)
    if args.time is not None:
        mapping = timed(mapping, names, args.time)
    return replace(proposal, mapping=mapping)


def _columns(args: argparse.Namespace) -> int:
    """Show what a file's columns are taken for. Errors: CarTechError."""
    from cartech_desk.app.dyno_acts.column_words import proposal_document, proposal_text
    from cartech_desk.app.output import emit

    with open_runs(args) as at:
        proposal = _proposed(args, at)
    emit(args, proposal_document(proposal), proposal_text(proposal, args.file.name))
    return 0
