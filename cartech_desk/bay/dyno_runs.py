"""Runs that are kept: reading them, looking at them, putting them right, importing, reporting."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from cartech_desk.bay.dyno_beside import require_person, same_samples, unlike_corrections
from cartech_desk.bay.dyno_marks import as_checked, marks_of
from cartech_desk.bay.dyno_raw import read_raw, recording_of
from cartech_desk.bay.dyno_settle import SURE_S, settle
from cartech_desk.domain.dyno.compare import (
    Comparison,
    Driven,
    Repeatability,
    compare,
    repeatability,
)
from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RawRun, RunSetup, View
from cartech_desk.domain.dyno.tables import Mapping as ColumnMapping
from cartech_desk.domain.dyno.tables import Proposal
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.store.dyno import (
    DynoRun,
    DynoSession,
    RunEnding,
    RunSummary,
    StartedIs,
    as_driven,
)
from cartech_desk.store.errors import StoreError
from cartech_desk.store.store import Store

UNKNOWN_CAR: Final = "Imported runs"
"""The vehicle of runs of which nobody said whose they are."""
UNCORRECTED: Final = View(correction="none", smoothing=3)
"""How the summary of a run looks at it."""

_LOG = logging.getLogger(__name__)

_MOST_RAW: Final = 8
_MOST_CURVES: Final = 100
_MOST_RESULTS: Final = 400
_MOST_BYTES: Final = 256 * 2**20
"""What curves may take in memory: one of 20 s at 1 kHz with 16 channels takes 3 MB."""

_T = TypeVar("_T")


class DynoRuns:
    """Runs of this desk. Blocking, thread-safe; results are kept in a small cache.

    Ids may be a unique start. Errors of all: NotKept, StoreError; acts also NotSignedIn,
    RightMissing.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._raws = _Cache(_MOST_RAW)
        self._curves = _Cache(_MOST_CURVES, _bytes_of)
        self._results = _Cache(_MOST_RESULTS)

    # Looking at them

    def raw(self, run_id: str) -> RawRun:
        """Return a run as it was measured, read from its recording."""
        return self._raw(self._store.dyno.run(run_id))

    def result(self, run_id: str, view: View) -> RunResult:
        """Return what a run comes to; the same object for the same run, version and view.

        One that is still being driven is computed anew each time. Errors: NoCorrection too.
        """
        return self._result(self._store.dyno.run(run_id), view)

    def compare(self, a: str, b: str, view: View) -> Comparison:
        """Compare two runs. Errors: NotComparable."""
        runs = [self._store.dyno.run(one) for one in (a, b)]
        first, second = (self._result(run, view) for run in runs)
        found = compare(first, second, *(self.driven(run) for run in runs))
        return replace(found, warnings=(*_beside(runs, (first, second)), *found.warnings))

    def repeatability(self, run_ids: Sequence[str], view: View) -> Repeatability:
        """Tell how well runs repeat. Errors: NotComparable."""
        runs = [self._store.dyno.run(one) for one in run_ids]
        results = [self._result(run, view) for run in runs]
        found = repeatability(results, [self.driven(run) for run in runs])
        return replace(found, warnings=(*_beside(runs, results), *found.warnings))

    def driven(self, run: DynoRun) -> Driven:
        """Return what was driven where, as a comparison looks at it."""
        session = as_driven(self._store.dyno.session(run.session), run)
        dyno = next((one for one in run.sources if one.kind == "dyno"), None)
        return Driven(
            name=run.name,
            dyno="" if dyno is None else f"{dyno.make} {dyno.model}".strip(),
            gear=run.setup.gear,
            vehicle="" if session.vehicle_name == UNKNOWN_CAR else session.vehicle_name,
            fuel=session.fuel,
            test_type=run.setup.test_type.value,
        )

    # Putting them right

    def completed(self, run: DynoRun) -> DynoRun:
        """Return a run that is over with its summary and the hash of its samples filled in.

        A run without samples has neither. Errors: StoreError where its samples cannot be read now.
        """
        from cartech_desk.domain.dyno.raw_hash import samples_sha256

        raw = read_raw(self._store, run)
        return replace(
            run,
            summary=summary_of(self._analysed(run, raw, UNCORRECTED)),
            samples_sha256=samples_sha256(raw),
        )

    def sealed(self, run: DynoRun) -> DynoRun:
        """Return a run with the hash of its samples, and its summary where it can be computed.

        Errors: StoreError where its samples cannot be read now.
        """
        from cartech_desk.domain.dyno.raw_hash import samples_sha256

        raw = read_raw(self._store, run)
        sealed = replace(run, samples_sha256=samples_sha256(raw))
        try:
            return replace(sealed, summary=summary_of(self._analysed(run, raw, UNCORRECTED)))
        except Exception:
            # What proves its samples is worth more than numbers that can be had from them anyway.
            _LOG.exception("the numbers of %s could not be computed", run.name)
            return sealed

    def change(self, run: DynoRun, by: Actor, reason: str = "") -> DynoRun:
        """Keep another name, note or set-up of a run; its summary is computed anew.

        Air that is typed for it stands instead of its weather station's. The hash of its samples
        stays as it was made. Errors: Changed; TextRefused; NotSignedIn once a shop is founded.
        """
        require_person(self._store, by)
        reason = checked_reason(reason)
        before = self._store.dyno.run(run.id)
        named = replace(run, name=checked_reason(run.name) or before.name)
        named = replace(named, setup=_with_typed_air(before.setup, named.setup))
        driven = named.ending not in (RunEnding.OPEN, RunEnding.NOT_RECORDED)
        if driven and named.setup != before.setup:
            result = self._analysed(named, self._raw(named), UNCORRECTED)
            named = replace(named, summary=summary_of(result))
        return self._store.dyno.change_run(named, by, reason)

    def move(
        self,
        run: DynoRun,
        by: Actor,
        *,
        vehicle_id: str = "",
        session: DynoSession | None = None,
        reason: str = "",
    ) -> DynoRun:
        """Let a run belong to another session, or to another vehicle in a session made for it.

        Errors: NotSignedIn once a shop is founded; Changed; StoreError while it is driven.
        """
        from cartech_desk.bay.dyno_moving import move

        require_person(self._store, by)
        reason = checked_reason(reason)
        return move(self._store, run, by, vehicle_id=vehicle_id, session=session, reason=reason)

    def delete(self, run_id: str, by: Actor, reason: str = "") -> None:
        """Take a run off the tree; needs the right to delete. Its recording stays."""
        require(by, Act.DELETE)
        reason = checked_reason(reason)
        run = self._store.dyno.run(run_id)
        if run.ending is RunEnding.OPEN:
            raise StoreError(
                f"{run.name} is still being driven.",
                kept="Nothing was deleted.",
                to_do="Let it end first.",
            )
        self._store.dyno.delete_run(run.id, by, reason)

    def restore(self, run_id: str, by: Actor) -> None:
        """Bring a deleted run back.

        Errors: also NotKept where the recording with its samples was removed for good.
        """
        require(by, Act.DELETE)
        run = self._store.dyno.run(run_id)
        if run.ending is not RunEnding.NOT_RECORDED:
            recording = recording_of(self._store, run)
            if recording.deleted:
                raise StoreError(
                    f"The recording that holds the samples of {run.name} is deleted as well.",
                    kept="The run stays deleted, and can still be restored.",
                    to_do=f"Restore the recording {recording.id} first.",
                )
        self._store.dyno.restore_run(run.id, by)

    def settle(self, *, sure_s: float = SURE_S) -> int:
        """Give runs that were cut off their end, as their recordings tell; returns how many.

        Sessions without their desk end as well, and what has no hash is given one. What a desk
        drives now is left to it, and for `sure_s` what is young and shows no sign of one.
        """
        from cartech_desk.bay.dyno_import import bring_back

        bring_back(self._store)
        return settle(self._store, self.sealed, sure_s=sure_s)

    # Files of other programs

    def propose(self, path: Path) -> Proposal:
        """Read the head of an export of another program and propose what its columns are.

        A mapping remembered for these headers goes first. Errors: FileRefused.
        """
        from cartech_desk.bay.dyno_import import propose

        return propose(self._store, path)

    def import_file(
        self,
        path: Path,
        mapping: ColumnMapping | None,
        by: Actor,
        *,
        session: DynoSession | None = None,
        vehicle_id: str = "",
        setup: RunSetup | None = None,
        name: str = "",
        note: str = "",
        customer: str = "",
        started: datetime | None = None,
        day_only: bool = False,
        again: bool = True,
        remember: bool = True,
        progress: Callable[[float], None] | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> DynoRun:
        """Keep a run of another program's file; `mapping` None takes the proposal where it is sure.

        Without a `session` one is made of the vehicle ("" for one of imports that nobody named);
        `setup` says what the file does not. `warn` hears what is odd about the file. `started` is
        when it was driven, as somebody says (`day_only`: the time is not known).

        Errors: FileRefused, MappingRefused (unsure, wrong unit, krpm taken for rpm, empty),
        AlreadyImported without `again` and TextRefused, with nothing kept.
        """
        from cartech_desk.bay.dyno_import import RunDate, import_file

        run, warnings = import_file(
            self._store,
            path,
            mapping,
            by,
            complete=self.completed,
            unnamed=UNKNOWN_CAR,
            session=session,
            vehicle_id=vehicle_id,
            setup=setup,
            name=name,
            note=note,
            customer=customer,
            started=None if started is None else RunDate(started, StartedIs.TYPED, day_only),
            again=again,
            remember=remember,
            progress=progress,
        )
        for warning in warnings:
            if warn is not None:
                warn(warning)
        return run

    def _raw(self, run: DynoRun) -> RawRun:
        def read() -> RawRun:
            return read_raw(self._store, run)

        if run.ending is RunEnding.OPEN:
            return read()
        # A change of the set-up changes no sample: only which gaps count goes by its roles.
        roles = tuple(sorted(run.setup.roles.items()))
        return self._raws.kept((run.id, run.name, run.first_ns, run.last_ns, roles), read)

    def _result(self, run: DynoRun, view: View) -> RunResult:
        from cartech_desk.domain.dyno.analysis import with_correction

        def compute() -> RunResult:
            return self._analysed(run, self._raw(run), view)

        if run.ending is RunEnding.OPEN:
            return compute()
        curve = (run.id, run.version, view.smoothing, view.engine)

        def look() -> RunResult:
            found: RunResult = self._curves.kept(curve, compute)
            if found.view == view:
                return found
            return with_correction(found, run.setup, view.correction)

        return self._results.kept((*curve, view.correction), look)

    def _analysed(self, run: DynoRun, raw: RawRun, view: View) -> RunResult:
        from cartech_desk.domain.dyno.analysis import analyse
        from cartech_desk.domain.dyno.marks import with_marks

        return as_checked(run, with_marks(analyse(raw, run.setup, view), *marks_of(run, raw)))


def _beside(runs: Sequence[DynoRun], results: Sequence[RunResult]) -> list[str]:
    return [told for told in (unlike_corrections(runs, results), same_samples(runs)) if told]


def _with_typed_air(before: RunSetup, now: RunSetup) -> RunSetup:
    """Return a set-up in which air that was typed anew stands for itself."""
    values = (
        (Role.TEMPERATURE, before.conditions.temperature_c, now.conditions.temperature_c),
        (Role.PRESSURE, before.conditions.pressure_kpa, now.conditions.pressure_kpa),
        (Role.HUMIDITY, before.conditions.humidity_pct, now.conditions.humidity_pct),
    )
    typed = tuple(
        role
        for role, was, is_now in values
        if is_now is not None and (is_now != was or role in now.typed_first)
    )
    return replace(now, typed_first=typed)


def summary_of(result: RunResult) -> RunSummary:
    """Return what the tree shows of a run, of its result under `UNCORRECTED`."""
    power, torque = result.peak_power, result.peak_torque
    return RunSummary(
        peak_power_kw=None if power is None else _number(power.value),
        peak_power_rpm=None if power is None else _number(power.rpm),
        peak_torque_nm=None if torque is None else _number(torque.value),
        peak_torque_rpm=None if torque is None else _number(torque.rpm),
        quality=tuple((one.key, one.word, one.grave) for one in result.quality),
        conditions=result.factor.conditions,
    )


def _number(value: float) -> float | None:
    return float(value) if value - value == 0.0 else None


def _bytes_of(result: RunResult) -> int:
    curve = result.curve
    return curve.t_s.nbytes * (5 + len(curve.others))


class _Cache:
    """Keeps what was made last, a bounded number and size of it. Thread-safe."""

    def __init__(self, most: int, weigh: Callable[[Any], int] = lambda _: 0) -> None:
        self._most = most
        self._weigh = weigh
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._bytes = 0

    def kept(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return what stands under a key, made where there is nothing; twice at most, at once."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: _T = self._kept[key]
                return found
        made = make()
        with self._lock:
            if key not in self._kept:
                self._bytes += self._weigh(made)
            first: _T = self._kept.setdefault(key, made)
            while len(self._kept) > self._most or (
                self._bytes > _MOST_BYTES and len(self._kept) > 1
            ):
                _old, gone = self._kept.popitem(last=False)
                self._bytes -= self._weigh(gone)
        return first
