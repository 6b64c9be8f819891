"""What runs tell of vehicles over time, compared, with recommendations."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.appointments.hours import day_of, zone_of
from cartech_desk.domain.dyno.compare import NotComparable
from cartech_desk.domain.dyno.view import View
from cartech_desk.domain.people import Actor
from cartech_desk.domain.performance.advice import Advice, NotAsked
from cartech_desk.domain.performance.history import (
    PowerHistory,
    SessionPower,
    gains,
    told_apart,
    with_fitted,
)
from cartech_desk.domain.units import UnitSystem
from cartech_desk.office.performance_words import DrivenVehicle, RunReader, usable
from cartech_desk.reports.performance_report import (
    Compared,
    PerformanceComparison,
    PerformanceReport,
)
from cartech_desk.store.dyno_words import DynoRun, DynoSession
from cartech_desk.store.errors import NotKept

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.store.store import Store

__all__ = [
    "ENDINGS",
    "RUNS_MOST",
    "Compared",
    "DrivenVehicle",
    "Performance",
    "PerformanceComparison",
    "PerformanceReport",
    "RunReader",
]

ENDINGS: Final = (".pdf", ".xlsx", ".json")
"""What a report is written as."""
RUNS_MOST: Final = 8
"""Runs that are compared at once: as many as can be told apart."""
_ASKED_MOST: Final = 12
"""So many runs of a session are asked what they advise: its last ones."""


class Performance:
    """What runs tell of vehicles over time, compared, with recommendations.

    `rules` gives the shop's rules of now. Thread-safe; methods may wait for the disk: not in the
    GUI thread. `through` hands in who computes runs: what needs samples asks it.
    """

    def __init__(self, store: "Store", rules: "Callable[[], ShopRules]") -> None:
        self._store = store
        self._rules = rules
        self._reader: RunReader | None = None

    def through(self, runs: RunReader) -> "Performance":
        """Let runs be computed by this one from now on; returns itself."""
        self._reader = runs
        return self

    def vehicles(
        self, search: str = "", *, limit: int = 200, offset: int = 0
    ) -> tuple[tuple[DrivenVehicle, ...], int]:
        """Return vehicles that were on a dyno, those that were last first, and how many."""
        zone = zone_of(self._rules().zone)
        rows, total = self._store.performance.on_dyno(search, limit=limit, offset=offset)
        found = tuple(
            DrivenVehicle(
                one.vehicle_id,
                one.vehicle,
                one.plate,
                one.owner,
                one.sessions,
                day_of(one.last, zone),
            )
            for one in rows
        )
        return found, total

    def history(self, vehicle_id: str, *, correction: str = "sae") -> PowerHistory:
        """Return a vehicle's power over time, from what is kept beside its runs: no sample is read.

        Errors: NotKept; NoCorrection for an unknown one.
        """
        from cartech_desk.office.performance_points import correction_name, fitted_of, point_of

        name = correction_name(correction)
        vehicle = self._store.performance.vehicle(vehicle_id)
        zone = zone_of(self._rules().zone)
        fitted = fitted_of(self._store.performance.modifications(vehicle_id), zone)
        points = [
            point
            for session, runs in self._store.performance.runs(vehicle_id)
            if (point := point_of(session, runs, correction, zone)) is not None
        ]
        told = told_apart(with_fitted(points, fitted))
        return PowerHistory(
            vehicle_id,
            " · ".join(filter(None, (vehicle.name, vehicle.plate))),
            name,
            told,
            fitted,
            gains(told, fitted),
            _warnings(told),
        )

    def compare(
        self,
        *,
        run_ids: Sequence[str] = (),
        session_ids: Sequence[str] = (),
        vehicle_ids: Sequence[str] = (),
        view: View | None = None,
        advice: bool = True,
        units: UnitSystem = UnitSystem.METRIC,
    ) -> PerformanceComparison:
        """Compare runs, the best run of sessions, or that of vehicles, with what they advise.

        Of a vehicle it is the best run of its last session. Errors: NotKept; NotComparable where
        nothing was chosen, too much, or one has no run.
        """
        view = view or View()
        chosen = list(self._chosen(run_ids, session_ids, vehicle_ids))
        runs = list({run.id: run for run in chosen}.values())
        if not runs:
            raise NotComparable(
                "Nothing is chosen to compare.", to_do="Choose runs, sessions or vehicles."
            )
        if len(runs) > RUNS_MOST:
            raise NotComparable(
                f"{len(runs)} runs are too many to be told apart.",
                to_do=f"Choose at most {RUNS_MOST}.",
            )
        return self._beside(runs, view, advice=advice, units=units)

    def advice(
        self, vehicle_id: str, *, session_id: str = "", units: UnitSystem = UnitSystem.METRIC
    ) -> tuple[tuple[Advice, ...], tuple[NotAsked, ...]]:
        """Return what the runs of a session (the last one) advise, the weightiest first.

        Where no run has power `NO_RUN` says that nothing was asked. Errors: NotKept, also for a
        session of another vehicle.
        """
        vehicle = self._store.performance.vehicle(vehicle_id)
        kept = self._store.performance.runs(vehicle_id)
        if session_id and self._store.dyno.session(session_id).vehicle_id != vehicle_id:
            raise NotKept(
                f"That session is not one of {vehicle.name}.",
                to_do="Name a session of this vehicle, or leave it out to ask its last one.",
            )
        asked: list[DynoRun] = []
        for session, runs in reversed(kept):
            with_power = [run for run in runs if usable(run)]
            if with_power and session_id in ("", session.id):
                asked = with_power
                break
        return self._asked(asked[-_ASKED_MOST:], units)

    def report(
        self,
        by: Actor,
        *,
        vehicle_id: str = "",
        session_id: str = "",
        view: View | None = None,
        charts: bool = True,
        units: UnitSystem = UnitSystem.METRIC,
        power_unit: str = "hp",
        address: str = "",
        logo: Path | None = None,
    ) -> PerformanceReport:
        """Gather what a report on a vehicle says, or on that of a session, up to that session.

        Errors: NotKept; NoCorrection; LogoRefused.
        """
        from cartech_desk.reports.logo import read_logo

        view = view or View()
        if session_id:
            session = self._store.dyno.session(session_id)
            vehicle_id, session_id = session.vehicle_id, session.id
        history = self.history(vehicle_id, correction=view.correction)
        if session_id:
            history = _until(history, session, day_of(session.started, zone_of(self._rules().zone)))
        vehicle = self._store.performance.vehicle(vehicle_id)
        shop = self._store.people.shop()
        sequence, head = self._audit_head()
        advice, not_asked = self.advice(vehicle_id, session_id=session_id, units=units)
        return PerformanceReport(
            history,
            self._first_and_last(history, view, units),
            advice,
            not_asked,
            vehicle,
            shop.name if shop is not None else "",
            address.strip() or self._rules().address,
            read_logo(logo) if logo is not None else b"",
            datetime.now(UTC).astimezone(zone_of(self._rules().zone)).replace(microsecond=0),
            by.name,
            units,
            power_unit,
            charts,
            sequence,
            head,
        )

    def write(self, by: Actor, report: PerformanceReport, path: Path) -> Path:
        """Write a report to .pdf, .xlsx or .json; audited.

        Errors: NotSignedIn, RightMissing; ExportRefused, ExportFailed with nothing left half.
        """
        from cartech_desk.office.performance_writing import write

        return write(self._store, by, report, path)

    # What is chosen

    def _chosen(
        self, run_ids: Sequence[str], session_ids: Sequence[str], vehicle_ids: Sequence[str]
    ) -> Iterator[DynoRun]:
        for run_id in run_ids:
            run = self._store.dyno.run(run_id)
            if not usable(run):
                raise NotComparable(
                    f"{run.name} has no power to compare.", to_do="Leave it out of the comparison."
                )
            yield run
        for session_id in session_ids:
            session = self._store.dyno.session(session_id)
            yield self._best(session, self._store.dyno.runs(session.id))
        for vehicle_id in vehicle_ids:
            kept = self._store.performance.runs(vehicle_id)
            driven = [pair for pair in kept if any(usable(run) for run in pair[1])]
            if not driven:
                name = self._store.performance.vehicle(vehicle_id).name
                raise NotComparable(
                    f"Nothing is kept that {name} drove on a dyno.",
                    to_do="Leave it out of the comparison.",
                )
            yield self._best(*driven[-1])

    def _best(self, session: DynoSession, runs: Sequence[DynoRun]) -> DynoRun:
        from cartech_desk.office.performance_points import best_of

        best = best_of([run for run in runs if usable(run)])
        if best is None:
            raise NotComparable(
                f"The session of {session.vehicle_name} on "
                f"{day_of(session.started, zone_of(self._rules().zone))} has no run with power.",
                to_do="Leave it out of the comparison.",
            )
        return best

    # Beside each other

    @property
    def _runs(self) -> RunReader:
        if self._reader is None:
            raise RuntimeError("nobody was handed in who computes runs")
        return self._reader

    def _beside(
        self, runs: Sequence[DynoRun], view: View, *, advice: bool, units: UnitSystem
    ) -> PerformanceComparison:
        from cartech_desk.office.performance_beside import shared_range

        zone = zone_of(self._rules().zone)
        compared: list[Compared] = []
        warnings: list[str] = []
        for run in runs:
            result = self._runs.result(run.id, view)
            session = self._store.dyno.session(run.session)
            day = day_of(run.started, zone)
            one = Compared(run, session, result, f"{session.vehicle_name}, {run.name}, {day}")
            if compared:
                one, more = self._against(compared[0], one, view)
                warnings += more
            compared.append(one)
        named = Counter(one.label for one in compared)
        compared = [
            replace(one, label=f"{one.label} {one.run.started.astimezone(zone):%H:%M:%S}")
            if named[one.label] > 1
            else one
            for one in compared
        ]
        axis, low, high = shared_range([one.result for one in compared])
        found: list[Advice] = []
        not_asked: dict[str, NotAsked] = {}
        if advice:
            for same in _by_session(compared):
                more_advice, lacking = self._asked([one.run for one in same], units)
                head = f"{same[0].session.vehicle_name}, {day_of(same[0].run.started, zone)}: "
                if len(same) < len(compared):
                    more_advice = tuple(replace(one, seen=head + one.seen) for one in more_advice)
                found += more_advice
                not_asked |= {one.rule: one for one in lacking}
        return PerformanceComparison(
            view,
            tuple(compared),
            axis,
            low,
            high,
            tuple(dict.fromkeys(warnings)),
            tuple(found),
            tuple(not_asked.values()),
        )

    def _against(
        self, first: Compared, one: Compared, view: View
    ) -> tuple[Compared, tuple[str, ...]]:
        """Compare a run with the first; what is corrected is never set off against what is not."""
        try:
            gain = self._runs.compare(first.run.id, one.run.id, view)
        except NotComparable as error:
            return replace(one, why_not=error.happened), ()
        bare = [bool(each.result.factor.why_not) for each in (first, one)]
        if bare[0] is not bare[1]:
            return replace(one, why_not=gain.warnings[0] if gain.warnings else ""), ()
        return replace(one, gain=gain), gain.warnings

    def _asked(
        self, runs: Sequence[DynoRun], units: UnitSystem
    ) -> tuple[tuple[Advice, ...], tuple[NotAsked, ...]]:
        from cartech_desk.office.performance_asking import asked

        return asked(self._store, self._reader, runs, units)

    def _first_and_last(
        self, history: PowerHistory, view: View, units: UnitSystem
    ) -> PerformanceComparison | None:
        alike = [one for one in history.points if not one.unlike]
        if not alike:
            return None
        ids = list(dict.fromkeys((alike[0].run_id, alike[-1].run_id)))
        runs = [self._store.dyno.run(one) for one in ids]
        return self._beside(runs, view, advice=False, units=units)

    def _audit_head(self) -> tuple[int, str]:
        from cartech_desk.store.audit_reading import Query

        for record in self._store.audit.find(Query(), limit=1):
            return record.sequence, record.hash.hex()
        return 0, ""


def _by_session(compared: Sequence[Compared]) -> Iterator[list[Compared]]:
    found: dict[str, list[Compared]] = {}
    for one in compared:
        found.setdefault(one.session.id, []).append(one)
    yield from found.values()


def _until(history: PowerHistory, session: DynoSession, day: date) -> PowerHistory:
    """Return the history up to a session of a day, with power or without: nothing of later."""
    points = tuple(
        one for one in history.points if one.session_id == session.id or one.at < session.started
    )
    ids = {one.session_id for one in points}
    fitted = tuple(
        replace(one, removed=None) if one.removed is not None and one.removed > day else one
        for one in history.fitted
        if one.fitted is None or one.fitted <= day
    )
    return replace(
        history,
        points=points,
        fitted=fitted,
        gains=tuple(one for one in history.gains if one.after in ids),
        warnings=_warnings(points),
    )


def _warnings(points: Sequence[SessionPower]) -> tuple[str, ...]:
    unlike = sum(bool(one.unlike) for one in points)
    if not unlike:
        return ()
    return (f"{unlike} of {len(points)} sessions cannot be set beside the others; each says why.",)
