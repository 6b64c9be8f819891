"""The dyno sheet laid out: one run here, several in `dyno_layout_several`.

The first page has what a customer asks for (whose car, how much, the curve, under which air and
correction); tables, times, marks, alarms and notes follow.
"""

from cartech_desk.reports.drawing import Drawing
from cartech_desk.reports.dyno_curve_chart import chart
from cartech_desk.reports.dyno_curves import SheetCurve, curve_of
from cartech_desk.reports.dyno_facts import (
    correction_short,
    facts_of,
    instant,
    units_of,
    where_short,
)
from cartech_desk.reports.dyno_flow import LEADING, Flow
from cartech_desk.reports.dyno_frame import begin, end, headline, peak_band
from cartech_desk.reports.dyno_layout_several import lay_out_several
from cartech_desk.reports.dyno_peak_words import peaks_of
from cartech_desk.reports.dyno_sections import marks, notes, times
from cartech_desk.reports.dyno_sheet import Sheet
from cartech_desk.reports.dyno_table import table_of
from cartech_desk.reports.dyno_units import SheetUnits


def lay_out(sheet: Sheet) -> Drawing:
    """Return the pages of a sheet: a run, a comparison of two, or a session."""
    if len(sheet.runs) == 1:
        return _one(sheet)
    return lay_out_several(sheet)


def _one(sheet: Sheet) -> Drawing:
    run, units = sheet.runs[0], units_of(sheet)
    flow = begin(sheet, run.run.name)
    headline(
        flow,
        run.session.vehicle_name or "Vehicle not named",
        f"{run.run.name} · {instant(run.run.started)} · {where_short(run.result)} · "
        f"{correction_short(run.result.factor)}",
    )
    peaks = peaks_of(run.result, units)
    curve = curve_of(run.result)
    peak_band(flow, run.result, peaks)
    facts = facts_of(run, units)
    if curve is not None:
        chart(flow, run, curve, units, flow.height_of(facts))
    flow.facts(facts)
    if curve is not None:
        _table(flow, curve, units, sheet.table_step_rpm)
    times(flow, run)
    marks(flow, (run,))
    notes(flow, sheet)
    return end(flow, sheet)


def _table(flow: Flow, curve: SheetCurve, units: SheetUnits, step_rpm: int) -> None:
    """Draw the values at round places of the axis."""
    columns, rows = table_of(curve, units, step_rpm)
    if not rows:
        return
    every = f"{step_rpm} rpm" if curve.axis == "rpm" else f"10 {units.speed.symbol}"
    flow.heading(f"Every {every}", keep=5 * LEADING)
    flow.table(columns, rows, bold=(0,))
