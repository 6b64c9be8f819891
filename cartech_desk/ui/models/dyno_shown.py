"""A run as it lies in the charts: its result, its name, its colour, whether it is a ghost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.store.dyno import DynoRun

_DYNO: Final = "dyno"


@dataclass(frozen=True, slots=True)
class ShownRun:
    """One run of an overlay; `series` its place in the theme's colours, `ghost` the one before.

    `dyno` is make and model in words, `tier` how far it can be trusted, where they are known.
    """

    run_id: str
    name: str
    result: RunResult
    series: int = 0
    ghost: bool = False
    dyno: str = ""
    tier: Tier | None = None


def shown_run(
    run: DynoRun, result: RunResult, *, name: str = "", series: int = 0, ghost: bool = False
) -> ShownRun:
    """Return a kept run with its result as it lies in the charts."""
    used = next((one for one in run.sources if one.kind == _DYNO), None)
    dyno = " ".join(part for part in (used.make, used.model) if part) if used else ""
    return ShownRun(run.id, name or run.name, result, series, ghost, dyno, run.tier)


def drawable_axis(wanted: str, runs: Sequence[ShownRun]) -> str:
    """Return the axis wanted; for runs none of which knows its engine speed, road speed."""
    from cartech_desk.ui.models.dyno_lines import has_axis

    driven = [run.result for run in runs if len(run.result.curve.t_s)]
    if not driven or any(has_axis(result, wanted) for result in driven):
        return wanted
    return next((axis for axis in ("speed", "time") if has_axis(driven[0], axis)), wanted)


def reasons(results: Mapping[str, RunResult]) -> dict[str, list[str]]:
    """Return the sentences behind the marks of runs, by their ids."""
    return {
        run_id: [mark.why or mark.word for mark in result.quality]
        for run_id, result in results.items()
    }
