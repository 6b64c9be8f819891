"""Issuing sheets: from runs to a PDF, a workbook or JSON, with a trace in the audit log."""

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final

import numpy as np

from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.bay.sheet_files import PICTURE, Painter, page_files, write_files
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.dyno.compare import Comparison, NotComparable, Repeatability
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RawRun, View
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.units import UnitSystem
from cartech_desk.reports.dyno_sheet import DeviceSaid, Paper, Sheet, SheetRun, Shop
from cartech_desk.store.dyno import DynoRun, RunEnding, as_driven
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import Mark
from cartech_desk.store.store import Store

__all__ = [
    "ENDINGS",
    "PICTURE",
    "DynoSheets",
    "Painter",
    "SheetRefused",
    "page_files",
    "usual_name",
]

ENDINGS = (".pdf", ".xlsx", ".json")
RUNS_MOST: Final = 60
"""Runs of one sheet: more are a list and no sheet."""
_WITH_RAW: Final = frozenset({".xlsx", ".json"})


class SheetRefused(CarTechError):
    """A sheet cannot be made of these runs."""

    code: ClassVar[str] = "sheet_refused"


def usual_name(sheet: Sheet, ending: str) -> str:
    """Return a file name that tells vehicle, runs and when they were driven."""
    first = sheet.runs[0]
    runs = first.run.name if len(sheet.runs) == 1 else f"{len(sheet.runs)} runs"
    words = f"{first.session.vehicle_name} {runs} {first.run.started:%Y-%m-%d_%H-%M}"
    return (re.sub(r"[^\w.-]+", "_", words).strip("._")[:120] or "dyno") + ending


class DynoSheets:
    """Sheets of this desk. Blocking, thread-safe."""

    def __init__(self, store: Store, runs: DynoRuns) -> None:
        self._store = store
        self._runs = runs

    def sheet(
        self,
        run_ids: Sequence[str],
        view: View,
        by: Actor,
        *,
        paper: Paper = Paper.A4,
        units: UnitSystem = UnitSystem.METRIC,
        power_unit: str = "hp",
        table_step_rpm: int = 500,
        address: str = "",
        logo: Path | None = None,
        raw: bool = False,
    ) -> Sheet:
        """Gather what a sheet of these runs says: one run, two as a comparison, more as a session.

        Errors: NotKept; LogoRefused (no PNG or JPEG, too large); SheetRefused (no run).
        """
        from cartech_desk.reports.logo import read_logo

        if not run_ids:
            raise SheetRefused("No run is chosen.", to_do="Choose at least one run.")
        if len(run_ids) > RUNS_MOST:
            raise SheetRefused(
                f"{len(run_ids)} runs are too many for one sheet.",
                to_do=f"Choose at most {RUNS_MOST}.",
            )
        kept = [self._store.dyno.run(one) for one in run_ids]
        kept = list({run.id: run for run in kept}.values())
        for run in kept:
            _checked(run)
        sequence, head = self._audit_head()
        shop = self._store.people.shop()
        named = Shop(
            shop.name if shop is not None else "",
            address.strip(),
            read_logo(logo) if logo is not None else b"",
        )
        runs = tuple(self._run(run, view, raw=raw) for run in kept)
        ids = [run.id for run in kept]
        return Sheet(
            shop=named,
            runs=runs,
            issued=datetime.now().astimezone().replace(microsecond=0),
            issued_by=by.name,
            units=units,
            power_unit=power_unit,
            paper=paper,
            table_step_rpm=table_step_rpm,
            comparison=self._comparison(ids, view),
            repeatability=self._repeatability(ids, view),
            audit_sequence=sequence,
            audit_hash=head,
            parameters={"correction": view.correction, "smoothing": view.smoothing},
        )

    def _run(self, run: DynoRun, view: View, *, raw: bool) -> SheetRun:
        session = as_driven(self._store.dyno.session(run.session), run)
        vin = ""
        with suppress(NotKept):
            vin = self._store.vehicles.get(session.vehicle_id).vin or ""
        samples = self._runs.raw(run.id)
        result = self._runs.result(run.id, view)
        return SheetRun(
            # Times stand on the sheet in the zone of this desk, and say which one that is.
            replace(run, started=run.started.astimezone()),
            session,
            result,
            samples if raw else None,
            vin,
            self._alarms(run),
            _device(run, samples, result.pull),
        )

    def _alarms(self, run: DynoRun) -> tuple[str, ...]:
        """Return what stood while a run was driven, each with when and how long."""
        if not run.recording_id:
            return ()
        try:
            recording = self._store.recordings.get(run.recording_id)
        except NotKept:
            return ()
        first = recording.first_ns if run.first_ns is None else run.first_ns
        last = recording.last_ns if run.last_ns is None else run.last_ns
        found = []
        for mark in recording.alarms:
            end = mark.t_ns if mark.t_end_ns is None else mark.t_end_ns
            if mark.t_ns <= last and end >= first:
                found.append(_alarm(mark, recording.anchor, end))
        return tuple(found)

    def _comparison(self, ids: Sequence[str], view: View) -> Comparison | None:
        if len(ids) != 2:
            return None
        try:
            return self._runs.compare(ids[0], ids[1], view)
        except NotComparable:
            # Two runs without a common range are laid out side by side all the same.
            return None

    def _repeatability(self, ids: Sequence[str], view: View) -> Repeatability | None:
        if len(ids) < 3:
            return None
        try:
            return self._runs.repeatability(ids, view)
        except NotComparable:
            return None

    def _audit_head(self) -> tuple[int, str]:
        from cartech_desk.store.audit_reading import Query

        for record in self._store.audit.find(Query(), limit=1):
            return record.sequence, record.hash.hex()
        return 0, ""

    def write(self, sheet: Sheet, path: Path, by: Actor, *, paint: Painter | None = None) -> Path:
        """Write a sheet; the file's ending says as what. Recorded with correction and smoothing.

        With `paint` .png is an ending too; pages after the first go to files beside it, NAME-2.png
        and so on. Errors: NotSignedIn, RightMissing; ExportRefused, ExportFailed with nothing left
        half.
        """
        from cartech_desk.bay.export import check_file

        require(by, Act.EXPORT)
        path = Path(path)
        check_file(path, ENDINGS if paint is None else (*ENDINGS, PICTURE))
        files = self._files(sheet, path, paint)
        entry = _entry(sheet, str(path.absolute()), hashlib.sha256(files[0][1]).hexdigest())
        intent = self._store.audit.intent(by, entry)
        done = False
        try:
            write_files(files)
            done = True
        finally:
            self._store.audit.result(
                intent, done=done, after={"bytes": sum(len(content) for _, content in files)}
            )
        return path

    def printed(self, sheet: Sheet, printer: str, by: Actor) -> None:
        """Record that a sheet was printed on paper. Errors: NotSignedIn, RightMissing."""
        require(by, Act.EXPORT)
        self._store.audit.note(by, _entry(sheet, f"printed on {printer or 'a printer'}", ""))

    def _files(self, sheet: Sheet, path: Path, paint: Painter | None) -> list[tuple[Path, bytes]]:
        """Return the whole content of every file before the first is written."""
        ending = path.suffix.lower()
        if ending in _WITH_RAW:
            sheet = self._with_raw(sheet)
        if ending == ".xlsx":
            from cartech_desk.reports.dyno_workbook import workbook_of

            return [(path, workbook_of(sheet))]
        if ending == ".json":
            from cartech_desk.reports.dyno_json import json_of

            return [(path, json_of(sheet))]
        from cartech_desk.reports.dyno_layout import lay_out

        drawing = lay_out(sheet)
        if ending == PICTURE and paint is not None:
            pictures = paint(drawing)
            return list(zip(page_files(path, len(pictures)), pictures, strict=True))
        from cartech_desk.reports.drawing_pdf import pdf_of

        return [(path, pdf_of(drawing))]

    def _with_raw(self, sheet: Sheet) -> Sheet:
        runs = tuple(
            one if one.raw is not None else replace(one, raw=self._runs.raw(one.run.id))
            for one in sheet.runs
        )
        return replace(sheet, runs=runs)


def _entry(sheet: Sheet, file: str, sha256: str) -> Entry:
    """Return what the audit log says of a sheet that is issued."""
    view, first = sheet.runs[0].result.view, sheet.runs[0]
    names = ", ".join(one.run.name for one in sheet.runs)
    return Entry(
        "dyno.report",
        Entity(
            "dyno_run",
            first.run.id if len(sheet.runs) == 1 else "",
            f"{first.session.vehicle_name}: {names}"[:200],
            first.session.vehicle_id,
        ),
        after={
            "file": file,
            "runs": [one.run.id for one in sheet.runs],
            "correction": view.correction,
            "smoothing": view.smoothing,
            "sha256": sha256,
        },
    )


def _checked(run: DynoRun) -> None:
    """Refuse a run of which no sheet can be issued."""
    if run.ending is RunEnding.OPEN:
        raise SheetRefused(
            f"{run.name} is still being driven.", to_do="Let it end, then print its sheet."
        )
    if run.deleted:
        raise SheetRefused(f"{run.name} is deleted.", to_do="Restore it, then print its sheet.")


def _device(run: DynoRun, raw: RawRun, pull: tuple[float, float] | None) -> DeviceSaid | None:
    """Return what the dyno corrected itself in the pull, None where it told nothing of it.

    What the rollers do before and behind the pull is no peak of its, either.
    """
    if pull is None:
        return None
    first, last = (raw.first_ns + round(end * 1e9) for end in pull)
    said: list[float | None] = []
    for role in (Role.CORRECTED_POWER, Role.CORRECTED_TORQUE, Role.DEVICE_FACTOR):
        track = raw.tracks.get(run.setup.roles.get(role, ""))
        values = np.empty(0)
        if track is not None:
            values = track.values[(track.t_ns >= first) & (track.t_ns <= last)]
        values = values[np.isfinite(values)]
        one = np.median if role is Role.DEVICE_FACTOR else np.max
        said.append(float(one(values)) if len(values) else None)
    return None if all(value is None for value in said) else DeviceSaid(*said)


def _alarm(mark: Mark, anchor: datetime, end_ns: int) -> str:
    """Return an alarm as printed. Its mark reaches some seconds beyond it on both sides."""
    from cartech_desk.reports.dyno_facts import zone

    began = (anchor + timedelta(microseconds=mark.t_ns / 1000)).astimezone()
    lasted = (end_ns - mark.t_ns) / 1e9
    return f"{mark.note or 'alarm'} (marked from {began:%H:%M:%S} {zone(began)}, {lasted:.0f} s)"
