"""What the Dyno page reads of kept runs, all of it in the background."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.domain.dyno.compare import Comparison, Repeatability
from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.run import View
from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.dyno import DynoRun, DynoSession, as_driven
from cartech_desk.store.store import Store
from cartech_desk.ui.models.bench_words import against_words, run_words
from cartech_desk.ui.models.dyno_units import DynoUnits


@dataclass(frozen=True, slots=True)
class Kept:
    """Sessions and runs, the newest first; `memory` how the page was left, where it was asked."""

    sessions: tuple[DynoSession, ...]
    runs: tuple[DynoRun, ...]
    memory: dict[str, Any] | None = None
    more: bool = False
    """There are older ones, which scrolling or a search reads."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Results of runs that lie over each other; `trouble` tells what could not be computed."""

    results: Mapping[str, RunResult]
    comparison: Comparison | None = None
    repeatability: Repeatability | None = None
    trouble: tuple[CarTechError, ...] = ()


def read_kept(
    store: Store,
    place: tuple[str, str] | None,
    most: int,
    runs: Sequence[str] = (),
    search: str = "",
) -> Kept:
    """Read the last sessions with their runs, and those of `runs`, whichever day they are of.

    `most` is how many sessions.

    `place` is where the page's memory lies, None not to read it.
    """
    memory = (store.layouts.load(*place) or {}) if place is not None else None
    found = store.dyno.latest(most, runs, search)
    return Kept(found.sessions, found.runs, memory, found.more)


def lay_over(runs: DynoRuns, store: Store, chosen: Sequence[str], view: View) -> Overlay:
    """Compute what is shown; a run that cannot be read leaves the others.

    How well runs repeat is told of runs of one set-up only: of others it would mean nothing.
    """
    results: dict[str, RunResult] = {}
    trouble: list[CarTechError] = []
    for run_id in chosen:
        try:
            results[run_id] = runs.result(run_id, view)
        except CarTechError as error:
            trouble.append(error)
    comparison = repeatability = None
    good = [run_id for run_id in chosen if run_id in results]
    try:
        if len(good) > 1:
            comparison = runs.compare(good[0], good[1], view)
            if _one_set_up(runs, store, good):
                repeatability = runs.repeatability(good, view)
    except CarTechError as error:
        trouble.append(error)
    return Overlay(results, comparison, repeatability, tuple(trouble))


def _one_set_up(runs: DynoRuns, store: Store, run_ids: Sequence[str]) -> bool:
    """Tell whether runs are of one car in one gear on one dyno, driven in the same way."""
    seen = set()
    for run_id in run_ids:
        run = store.dyno.run(run_id)
        one, session = runs.driven(run), as_driven(store.dyno.session(run.session), run)
        where = (session.vehicle_id or one.vehicle, one.dyno, one.gear, one.test_type)
        seen.add((*where, one.fuel, session.modifications))
    return len(seen) == 1


def told(store: Store, runs: DynoRuns, run_id: str, view: View, units: DynoUnits) -> str:
    """Say what a run came to, and how it stands against the one before in its session."""
    run = store.dyno.run(run_id)
    result = runs.result(run_id, view)
    words = run_words(run.name, result, units)
    earlier = [one for one in store.dyno.runs(run.session) if one.number < run.number]
    if earlier and result.peak_power is not None:
        last = max(earlier, key=lambda one: one.number)
        against = against_words(result, runs.result(last.id, view), last.name, units)
        words = f"{words}, {against}" if against else words
    return words if words.endswith(".") else f"{words}."
