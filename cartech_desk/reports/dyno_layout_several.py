"""Several runs on a sheet: two compared, or a session's with how well they repeat."""

from cartech_desk.reports.drawing import Drawing
from cartech_desk.reports.dyno_curves import common_axis, curve_of
from cartech_desk.reports.dyno_facts import correction_name, smoothing, units_of, where_short
from cartech_desk.reports.dyno_flow import Flow
from cartech_desk.reports.dyno_frame import begin, end, headline
from cartech_desk.reports.dyno_layout_pair import compared, pair_chart, pair_table
from cartech_desk.reports.dyno_layout_session import overlay, repeats, summary, tables
from cartech_desk.reports.dyno_layout_shared import shared_facts
from cartech_desk.reports.dyno_sections import marks, notes, proof, times_of_several
from cartech_desk.reports.dyno_sheet import Sheet
from cartech_desk.reports.dyno_units import NOT_KNOWN


def lay_out_several(sheet: Sheet) -> Drawing:
    """Return the pages of a comparison or of a session."""
    units = units_of(sheet)
    results = [one.result for one in sheet.runs]
    axis = common_axis(results)
    if sheet.comparison is not None and len(sheet.runs) == 2:
        axis = sheet.comparison.axis
    drawn = [
        (run, curve) for run in sheet.runs if (curve := curve_of(run.result, axis)) is not None
    ]
    flow = begin(sheet, f"{len(sheet.runs)} runs")
    if sheet.comparison is not None and len(sheet.runs) == 2:
        _head(flow, sheet)
        compared(flow, sheet, sheet.comparison, units)
        pair_chart(flow, sheet.comparison, drawn, units)
    else:
        _head(flow, sheet)
        summary(flow, sheet, units)
        repeats(flow, sheet, units)
        if drawn:
            overlay(flow, sheet, drawn, units)
    shared_facts(flow, sheet, units)
    if sheet.comparison is not None and len(sheet.runs) == 2:
        pair_table(flow, sheet.comparison, drawn, units, sheet.table_step_rpm)
    elif drawn:
        tables(flow, sheet, drawn, units)
    times_of_several(flow, sheet.runs)
    marks(flow, sheet.runs)
    notes(flow, sheet)
    proof(flow, sheet.runs)
    return end(flow, sheet)


def _head(flow: Flow, sheet: Sheet) -> None:
    vehicles = list(dict.fromkeys(run.session.vehicle_name or NOT_KNOWN for run in sheet.runs))
    first = sheet.runs[0].result
    places = list(dict.fromkeys(where_short(run.result) for run in sheet.runs))
    forms = list(dict.fromkeys(correction_name(run.result.factor) for run in sheet.runs))
    headline(
        flow,
        " and ".join(vehicles) if len(vehicles) < 3 else f"{len(vehicles)} vehicles",
        f"{len(sheet.runs)} runs · {'; some are '.join(places)} · "
        f"{'; some are '.join(forms)} · smoothing {smoothing(first)}",
    )
