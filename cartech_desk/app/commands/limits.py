"""`cartech-desk limits`: what is watched, for which car, and how it would have done."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter, open_counter
from cartech_desk.app.existing_files import add_even_so, refuse_existing
from cartech_desk.app.limits_asked import add_fields, add_owner, asked_limit, asked_owner
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit, say
from cartech_desk.bay.limits import LimitRow, Limits, LimitSheet, OwnerKind
from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.trial import Occurrence, Trial
from cartech_desk.domain.alarms.written import as_plain
from cartech_desk.domain.units import ShownUnit, UnitSystem, shown
from cartech_desk.store.errors import NotKept

_Act = Callable[[Counter, argparse.Namespace], None]

ADVISORY: Final = "The desk advises; it is no emergency stop."
_OPEN_DESK: Final = "A window that is open takes it over within two seconds."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `limits` understands; without an act it shows those of any car."""
    add_owner(parser)
    parser.set_defaults(act=_show)
    acts = parser.add_subparsers(metavar="act")
    add_owner(add_act(acts, "show", "the limits in force", _show), again=True)

    setting = add_act(acts, "set", "set a limit; only the fields given change", _set)
    setting.add_argument("key", metavar="KEY", nargs="?", help="name of the limit, as show has it")
    add_owner(setting, again=True)
    add_fields(setting)
    setting.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    add_even_so(setting, "also for a channel nobody knows yet", forced=True)
    add_as(setting)

    removing = add_act(acts, "remove", "drop an own limit; what stands below holds again", _remove)
    removing.add_argument("key", metavar="KEY")
    add_owner(removing, again=True)
    removing.add_argument("--reason", default="", metavar="TEXT", help="for the audit log")
    add_as(removing)

    profile = add_act(acts, "profile", "give a vehicle a profile", _profile)
    profile.add_argument("name", metavar="PROFILE", nargs="?", help="its name, none for none")
    add_owner(profile, again=True)
    add_as(profile)

    exporting = add_act(acts, "export", "write the limits in force to a JSON file", _export)
    exporting.add_argument("file", type=Path, metavar="FILE")
    add_even_so(exporting)
    add_owner(exporting, again=True)
    add_as(exporting)

    importing = add_act(acts, "import", "set the limits of such a file, all or none", _import)
    importing.add_argument("file", type=Path, metavar="FILE")
    add_owner(importing, again=True)
    importing.add_argument(
        "--from-another-shop", action="store_true", help="also a file of another shop, marked so"
    )
    importing.add_argument(
        "--confirmed",
        action="store_true",
        help="also a file for another vehicle or profile, or one that switches limits off",
    )
    add_even_so(importing, "also for channels nobody knows yet", forced=True)
    add_as(importing)

    trying = add_act(acts, "trial", "how often a limit would have gone off in a recording", _trial)
    trying.add_argument("recording", metavar="RECORDING", help="its id, or how only it begins")
    trying.add_argument("key", metavar="KEY", nargs="?", help="a limit in force, changed as said")
    add_owner(trying, again=True)
    add_fields(trying)


def run(args: argparse.Namespace) -> int:
    """Do one act on limits. Errors: CarTechError."""
    with open_counter(args, demo=args.demo) as counter:
        act: _Act = args.act
        act(counter, args)
    return 0


def _limits(counter: Counter) -> Limits:
    return Limits(counter.store, own=counter.settings.values.bay_settings().own)


def _system(counter: Counter) -> UnitSystem:
    return UnitSystem(counter.settings.values.screen.units)


def _show(counter: Counter, args: argparse.Namespace) -> None:
    sheet = _limits(counter).sheet(asked_owner(counter.store, args))
    emit(args, _document(sheet), _text(sheet, _system(counter)))


def _set(counter: Counter, args: argparse.Namespace) -> None:
    limits, owner = _limits(counter), asked_owner(counter.store, args)
    by = acting(args, counter)
    limit = asked_limit(limits, owner, args)
    notes = limits.set(owner, limit, by, anyway=args.even_so, reason=args.reason)
    for note in notes:
        say(note)
    sheet = limits.sheet(owner)
    row = sheet.row(limit.key)
    emit(
        args,
        {**_whose(sheet), "limit": _row(row) if row is not None else None, "notes": list(notes)},
        f"{_line(row, _system(counter))}\n{_OPEN_DESK}" if row is not None else "",
    )


def _remove(counter: Counter, args: argparse.Namespace) -> None:
    limits, owner = _limits(counter), asked_owner(counter.store, args)
    limits.remove(owner, args.key, acting(args, counter), args.reason)
    sheet = limits.sheet(owner)
    row = sheet.row(args.key)
    now = "Now in force: " + _line(row, _system(counter)).strip() if row is not None else "Removed."
    emit(
        args,
        {**_whose(sheet), "removed": args.key, "limit": _row(row) if row is not None else None},
        f"{now}\n{_OPEN_DESK}",
    )


def _profile(counter: Counter, args: argparse.Namespace) -> None:
    limits = _limits(counter)
    if args.name is None:
        rows = [
            {"name": one.name, "label": one.label, "words": one.words} for one in limits.profiles()
        ]
        emit(
            args,
            {"profiles": rows},
            "\n".join(f"{row['name']:<22}{row['label']}. {row['words']}" for row in rows),
        )
        return
    owner = asked_owner(counter.store, args)
    if args.vehicle is None:
        raise NotKept("Which vehicle is meant?", to_do="Name it with --vehicle NAME|VIN|ID.")
    limits.set_profile(owner.id, "" if args.name == "none" else args.name, acting(args, counter))
    sheet = limits.sheet(owner)
    emit(args, _document(sheet), f"{_text(sheet, _system(counter))}\n{_OPEN_DESK}")


def _export(counter: Counter, args: argparse.Namespace) -> None:
    limits, owner = _limits(counter), asked_owner(counter.store, args)
    by = acting(args, counter)
    refuse_existing(args.file, even_so=args.even_so)
    path = limits.export(owner, args.file, by)
    sheet = limits.sheet(owner)
    emit(
        args,
        {**_whose(sheet), "file": str(path), "limits": len(sheet.rows)},
        f"{path} written ({len(sheet.rows)} limits).",
    )


def _import(counter: Counter, args: argparse.Namespace) -> None:
    limits, owner = _limits(counter), asked_owner(counter.store, args)
    done = limits.import_file(
        owner,
        args.file,
        acting(args, counter),
        from_another_shop=args.from_another_shop,
        confirmed=args.confirmed,
        anyway=args.even_so,
    )
    for note in done.notes:
        say(note)
    sheet = limits.sheet(owner)
    emit(
        args,
        {
            **_whose(sheet),
            "imported": [limit.key for limit in done.limits],
            "shop": done.shop,
            "notes": list(done.notes),
        },
        f"{len(done.limits)} limits imported for {sheet.name}.\n{_OPEN_DESK}",
    )


def _trial(counter: Counter, args: argparse.Namespace) -> None:
    limits, store = _limits(counter), counter.store
    recording = store.recordings.get(args.recording)
    if args.vehicle is None and args.profile is None:
        args.vehicle = recording.vehicle_id
    limit = asked_limit(limits, asked_owner(store, args), args)
    trial = limits.trial(limit, recording.id)
    unit = _shown(limit, limits.channels(asked_owner(store, args)), _system(counter))
    emit(args, _tried(recording.id, limit, trial), _trial_text(limit, trial, unit))


def _shown(limit: Limit, known: Any, system: UnitSystem) -> ShownUnit:
    channel = known.get(limit.watches.strip())
    key = channel.unit if channel is not None else limit.unit or "none"
    return shown(key, system, limit.watches.strip())


def _whose(sheet: LimitSheet) -> dict[str, Any]:
    return {
        "owner": {"kind": sheet.owner.kind.value, "id": sheet.owner.id, "name": sheet.name},
        "profile": sheet.profile,
    }


def _document(sheet: LimitSheet) -> dict[str, Any]:
    return {**_whose(sheet), "limits": [_row(row) for row in sheet.rows]}


def _row(row: LimitRow) -> dict[str, Any]:
    return {
        **as_plain(row.limit),
        "unit": row.unit,
        "origin": row.origin.value,
        "from_profile": row.profile,
        "own": row.own,
        "not_watched": row.not_watched,
        "damaged": row.damaged,
    }


def _tried(recording_id: str, limit: Limit, trial: Trial) -> dict[str, Any]:
    return {
        "recording": recording_id,
        "limit": as_plain(limit),
        "first_s": trial.first_ns / 1e9,
        "last_s": trial.last_ns / 1e9,
        "samples": trial.samples,
        "unknown": trial.unknown,
        "gated": trial.gated,
        "warnings": trial.warnings,
        "trips": trial.trips,
        "out_s": trial.out_s,
        "occurrences": [
            {
                "level": one.level.name.lower(),
                "from_s": one.from_ns / 1e9,
                "to_s": None if one.to_ns is None else one.to_ns / 1e9,
                "tripped_s": None if one.tripped_ns is None else one.tripped_ns / 1e9,
                "furthest": one.furthest,
                "beyond": one.beyond,
            }
            for one in trial.occurrences
        ],
    }


def _text(sheet: LimitSheet, system: UnitSystem) -> str:
    vehicle = sheet.owner.kind is OwnerKind.VEHICLE
    profile = f", profile {sheet.profile}" if vehicle and sheet.profile else ""
    lines = [f"Limits of {sheet.name}{profile}:"]
    lines += [_line(row, system) for row in sheet.rows]
    return "\n".join([*lines, ADVISORY])


def _line(row: LimitRow, system: UnitSystem) -> str:
    limit = row.limit
    if row.damaged:
        return f"  {limit.key:<22} {limit.label}. {limit.to_do}"
    unit = shown(row.unit, system, limit.watches.strip())
    side = "above" if limit.comparison is Comparison.ABOVE else "below"
    edges = []
    for level, word in ((Level.WARNING, "warns"), (Level.TRIP, "trips")):
        edge, delay = limit.edge(level), limit.delay_s(level)
        if edge is not None:
            after = f" after {delay:g} s" if delay else ""
            edges.append(f"{word} {side} {_value(edge, unit)}{after}")
    words = [f"  {limit.key:<22} {limit.watches} {', '.join(edges)}"]
    if limit.gate:
        words.append(f"while {limit.gate}")
    words.append(f"({row.origin.value})" if limit.in_service else "(OUT OF SERVICE)")
    if row.not_watched:
        words.append(row.not_watched)
    return " ".join(words)


def _trial_text(limit: Limit, trial: Trial, unit: ShownUnit) -> str:
    lines = [
        f"{limit.label or limit.key}: {trial.trips} trips, {trial.warnings} warnings, "
        f"{trial.out_s:.1f} s of {(trial.last_ns - trial.first_ns) / 1e9:.1f} s."
    ]
    lines += [_occurrence(one, unit) for one in trial.occurrences]
    return "\n".join(lines)


def _occurrence(one: Occurrence, unit: ShownUnit) -> str:
    end = "its end" if one.to_ns is None else f"{one.to_ns / 1e9:.2f} s"
    tripped = "" if one.tripped_ns is None else f", tripped at {one.tripped_ns / 1e9:.2f} s"
    return (
        f"  {one.level.name.lower():<8} from {one.from_ns / 1e9:.2f} s to {end}{tripped}, "
        f"up to {_value(one.furthest, unit)}"
    )


def _value(value: float, unit: ShownUnit) -> str:
    number = value * unit.factor + unit.offset
    return f"{number:.{max(unit.decimals, 2 if unit.key == 'ratio' else 0)}f} {unit.symbol}".strip()
