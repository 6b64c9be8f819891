"""What comparisons and sessions share: panes over all runs, round places, facts in common."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.result import Peak
from cartech_desk.reports.drawing import Align
from cartech_desk.reports.dyno_chart import Pane, draw_panes
from cartech_desk.reports.dyno_curve_chart import axis_title, axis_values
from cartech_desk.reports.dyno_curves import SheetCurve, steps
from cartech_desk.reports.dyno_facts import Fact, Facts, facts_of, run_names
from cartech_desk.reports.dyno_flow import LEADING, Column, Flow
from cartech_desk.reports.dyno_sheet import Sheet
from cartech_desk.reports.dyno_units import NOT_KNOWN, SheetUnits, measured, number

_SPEED_STEP: Final = 10.0
_ELSEWHERE: Final = frozenset({"Run", "Date and time"})
"""What the first page says of each run."""


def draw_over_all(
    flow: Flow,
    panes: Sequence[Pane],
    curves: Sequence[SheetCurve],
    units: SheetUnits,
    most: float = 0.0,
) -> None:
    """Draw panes over the whole range of these curves, on this page if it has the room.

    `most` is how high they may be; without it they share one scale, and where the curves cross
    is marked.
    """
    axis = curves[0].axis
    if flow.rest < 250:
        flow.turn()
    high = min(most or 450.0, flow.rest - 6)
    ends = [value for curve in curves for value in _ends(axis_values(curve, units))]
    crossing = units.crossing_rpm if axis == "rpm" and not most else None
    box = (flow.left, flow.y + 6, flow.width, high - 6)
    span = (min(ends), max(ends))
    draw_panes(flow.sketch, panes, box, axis_title(axis, units), span, crossing=crossing)
    flow.y += high + 4


def _ends(values: NDArray[np.float64]) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def round_places(
    curves: Sequence[SheetCurve], axis: str, units: SheetUnits, step_rpm: int
) -> tuple[NDArray[np.float64], Column, list[str]]:
    """Return round places of the axis that the curves span, their column, and them as printed."""
    if axis == "rpm":
        at = steps(curves, step_rpm)
        return at, Column("Engine", unit="rpm"), [number(value, 0) for value in at]
    factor = units.speed.factor
    at = steps(curves, _SPEED_STEP / factor)
    column = Column("Speed", unit=units.speed.symbol)
    return at, column, [number(value * factor, 0) for value in at]


def sure(peak: Peak | None, factor: float, unit: str, to: str) -> str:
    """Return a peak's plus-minus as printed."""
    if peak is None or not peak.uncertainty.total > 0:
        return NOT_KNOWN
    return f"± {measured(peak.uncertainty.total * factor, unit, to, 1)}"


def shared_facts(flow: Flow, sheet: Sheet, units: SheetUnits) -> None:
    """Say once what all runs share, and of each run what is its own."""
    names = run_names(sheet.runs)
    every = [facts_of(run, units) for run in sheet.runs]
    shared, own = [], []
    for groups in zip(*every, strict=True):
        rows = []
        labels = list(dict.fromkeys(fact.label for group in groups for fact in group.rows))
        for label in labels:
            values = [
                "; ".join(fact.value for fact in group.rows if fact.label == label) or NOT_KNOWN
                for group in groups
            ]
            if len(set(values)) == 1:
                rows.append(Fact(label, values[0]))
            elif label not in _ELSEWHERE:
                own.append((label, values))
        if rows:
            shared.append(Facts(groups[0].title, tuple(rows)))
    flow.facts(shared)
    if not own:
        return
    flow.heading("What differs", keep=4 * LEADING)
    if len(sheet.runs) == 2:
        columns = (
            Column("", 0.7, Align.LEFT),
            *(Column(name, 1.5, Align.LEFT) for name in names),
        )
        flow.table(columns, [[label, *values] for label, values in own])
        return
    for label, values in own:
        several: dict[str, list[str]] = {}
        for name, value in zip(names, values, strict=True):
            several.setdefault(value, []).append(name)
        for place, (value, same) in enumerate(several.items()):
            flow.pair("" if place else label, f"{', '.join(same)}: {value}")
