"""`cartech-desk demo --headless`: the main job and a pull with the simulated car, no screen."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Final

from cartech_desk.app.demo_pull import CAR, NAME_OF_CAR, begin_session, driven, write_sheet
from cartech_desk.app.demo_pull import text_of as text_of_pull
from cartech_desk.app.desk import open_counter, open_desk
from cartech_desk.app.numbers_asked import seconds_of
from cartech_desk.app.operator import acting
from cartech_desk.app.output import emit, say
from cartech_desk.app.paths import FolderRefused
from cartech_desk.app.recording_session import (
    connected,
    document_of,
    export_session,
    record,
    text_of,
    vehicle_of,
)
from cartech_desk.app.stopping import like_ctrl_c
from cartech_desk.bay.export import ENDINGS, ExportRefused
from cartech_desk.domain.channels import CANONICAL
from cartech_desk.domain.counted import counted
from cartech_desk.domain.people import DESK
from cartech_desk.domain.units import UnitSystem
from cartech_desk.hardware.sim.link import tow_away

NAME: Final = "demo"
HELP: Final = "the main job with the simulated car, without a screen"

RATE_HZ: Final = 10.0
PROFILE: Final = "turbo_petrol"
"""What the simulated car is; its limits are in force where nobody chose others."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `demo` understands."""
    parser.add_argument(
        "--headless", action="store_true", help="without a window (with one: cartech-desk --demo)"
    )
    parser.add_argument(
        "--office",
        action="store_true",
        help="only fill the demo's shop: a year of customers, jobs, parts and runs",
    )
    parser.add_argument(
        "--seconds", type=seconds_of, default=25.0, metavar="N", help="how long to record (25)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the exported files go")


def run(args: argparse.Namespace) -> int:
    """Connect to the simulated car on its rollers, watch, record, drive a pull, export.

    Without `--headless` the window opens with the simulated car. Errors: CarTechError.
    """
    if args.office:
        return _fill(args)
    if not args.headless:
        from cartech_desk.app.window import run as show

        args.demo = True
        return show(args)
    with like_ctrl_c(), open_desk(args, demo=True) as desk:
        by = acting(args, desk)
        out = _folder(args.out or desk.data_dir / "results")
        tow_away(NAME_OF_CAR)  # one that an earlier demo of this process left in mid-drive
        status = connected(desk.bay, CAR)
        offered = {channel.name for channel in desk.bay.available()}
        rates: dict[str, float] = {name: RATE_HZ for name in CANONICAL if name in offered}
        vehicle_id, _ = vehicle_of(desk.store, status, None)
        if not desk.store.limits.profile_of(vehicle_id):
            desk.store.limits.set_profile(vehicle_id, PROFILE, DESK)
        desk.bay.alarms.use_vehicle(vehicle_id)
        pull = begin_session(desk, vehicle_id, by, args.seconds)
        say(f"Recording the simulated car for {args.seconds:g} s …")
        units = UnitSystem(desk.settings.values.screen.units)
        session = record(
            desk.bay,
            desk.store,
            vehicle_id,
            rates,
            args.seconds,
            units=units,
            within=driven(desk, pull, by),
        )
        warnings = [*(status.car.warnings if status.car else ()), *session.unwatched]
        files: list[str] = []
        for ending in ENDINGS:
            path = out / f"demo-{session.recording.id}{ending}"
            try:
                absent = export_session(desk.store, session, list(rates), path, by)
            except ExportRefused as error:
                # The one format that is an extra may be missing; that is no failure.
                if ending == ".csv":
                    raise
                warnings.append(error.message)
                continue
            files.append(str(path))
            if ending == ".csv":
                warnings += [f"{name} never came and is not in the files." for name in absent]
        write_sheet(desk, pull, out, by)
        if pull.why:
            warnings.append(pull.why)
        document = {
            "connected": True,
            "adapter": CAR,
            "vin": status.car.vin if status.car else None,
            **document_of(session, rates),
            "files": files,
            "dyno": pull.document(),
            "data": str(desk.data_dir),
            "warnings": warnings,
        }
    for sentence in warnings:
        say(f"▲ {sentence}")
    lines = [text_of(document), *(f"written to {one}" for one in files), text_of_pull(pull)]
    emit(args, document, "\n".join(lines))
    return 1 if "error" in document else 0


def _fill(args: argparse.Namespace) -> int:
    from cartech_desk.office.demo_shop import fill

    with like_ctrl_c(), open_counter(args, demo=True) as counter:
        filled = fill(counter.office)
        document = {**asdict(filled), "data": str(counter.data_dir)}
    much = f"{counted(filled.jobs, 'job')} of {counted(filled.vehicles, 'vehicle')}"
    text = f"{much} made in {document['data']}."
    emit(args, document, text if filled.jobs else "The demo's shop is there already.")
    return 0


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderRefused(
            f"The folder {path} for the results cannot be used ({error.strerror or error}).",
            to_do="Name a folder that you may write to, with --out DIR.",
        ) from error
    return path
