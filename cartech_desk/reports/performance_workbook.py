"""A performance report as a workbook: sessions with a chart, modifications, gain, advice."""

import io
from datetime import date, datetime, time
from typing import Any, Final

import numpy as np

from cartech_desk.reports.dyno_sheet import Paper
from cartech_desk.reports.dyno_units import symbol
from cartech_desk.reports.dyno_workbook_cells import Cells, called
from cartech_desk.reports.performance_report import PerformanceReport
from cartech_desk.reports.performance_words import WEIGHTS, units_of

_POWER: Final = "#B3261E"
_TORQUE: Final = "#0B5CAD"


def workbook_of(report: PerformanceReport) -> bytes:
    """Return the workbook; its charts follow its cells."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": f"Performance, {report.vehicle.name}", "author": report.shop})
    cells = Cells(book, Paper.A4, f"Performance, {report.vehicle.name}")
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    _sessions(book, cells, report, day)
    _fitted(cells, report, day)
    _gain(book, cells, report)
    _advice(cells, report)
    book.close()
    return file.getvalue()


def _sessions(book: Any, cells: Cells, report: PerformanceReport, look: Any) -> None:
    units = units_of(report)
    page = cells.page("Sessions", wide=True)
    heads = (
        "Day",
        f"Power [{symbol(units.power)}]",
        f"Torque [{symbol(units.torque)}]",
        "Factor",
        "Best run",
        "Runs",
        "Spread [%]",
        "Dyno",
        "Modifications",
        "Not comparable",
    )
    cells.heads(page, heads, 12)
    page.set_column(7, 9, 34)
    for row, one in enumerate(report.history.points, 1):
        page.write_datetime(row, 0, _as_time(one.day), look)
        if one.power_kw is not None:
            cells.value(page, row, 1, float(units.power_of(np.array([one.power_kw]))[0]), 1)
        if one.torque_nm is not None:
            cells.value(page, row, 2, float(units.torque_of(np.array([one.torque_nm]))[0]), 1)
        cells.value(page, row, 3, one.factor, 3)
        cells.text(page, row, 4, one.run)
        page.write_number(row, 5, one.runs)
        cells.value(page, row, 6, one.spread_pct, 1)
        cells.text(page, row, 7, one.bench)
        cells.text(page, row, 8, "; ".join(filter(None, (*one.mods, one.notes))), cells.words)
        cells.text(page, row, 9, one.unlike, cells.words)
    last = len(report.history.points)
    cells.text(page, last + 2, 0, f"Corrected as {report.history.correction}")
    if not last or not report.charts:
        return
    chart = book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    for column, color in ((1, _POWER), (2, _TORQUE)):
        chart.add_series(
            {
                "name": ["Sessions", 0, column],
                "categories": ["Sessions", 1, 0, last, 0],
                "values": ["Sessions", 1, column, last, column],
                "line": {"color": color, "width": 2},
                "marker": {"type": "diamond", "fill": {"color": color}},
            }
        )
    chart.set_title({"name": called(f"{report.vehicle.name} over time")})
    chart.set_x_axis({"num_format": "yyyy-mm-dd", "num_font": {"rotation": -45}})
    chart.set_y_axis({"min": 0})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 900, "height": 380})
    page.insert_chart(last + 4, 0, chart, {"object_position": 2})


def _fitted(cells: Cells, report: PerformanceReport, look: Any) -> None:
    page = cells.page("Modifications")
    cells.heads(page, ("What", "Fitted", "Taken off"), 14)
    page.set_column(0, 0, 48)
    for row, one in enumerate(report.history.fitted, 1):
        cells.text(page, row, 0, one.words)
        for column, day in ((1, one.fitted), (2, one.removed)):
            if day is not None:
                page.write_datetime(row, column, _as_time(day), look)


def _gain(book: Any, cells: Cells, report: PerformanceReport) -> None:
    found = report.comparison
    if found is None or found.runs[-1].gain is None:
        return
    units, gain = units_of(report), found.runs[-1].gain
    page = cells.page("Gain")
    axis = "Engine speed [rpm]" if found.axis == "rpm" else "Speed [km/h]"
    names = [one.label for one in found.runs]
    heads = (
        axis,
        f"{names[0]} [{symbol(units.power)}]",
        f"{names[-1]} [{symbol(units.power)}]",
        f"Gain [{symbol(units.power)}]",
        f"Gain [{symbol(units.torque)}]",
    )
    cells.heads(page, heads, 18)
    columns = (
        gain.x,
        units.power_of(gain.a_power_kw),
        units.power_of(gain.b_power_kw),
        units.power_of(gain.power_gain_kw),
        units.torque_of(gain.torque_gain_nm),
    )
    for column, values in enumerate(columns):
        for row, value in enumerate(values.tolist(), 1):
            cells.value(page, row, column, value, 0 if column == 0 else 1)
    if not report.charts:
        return
    last = len(gain.x)
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    for column, color in ((1, "#6B7580"), (2, _POWER), (3, "#1B6E43")):
        chart.add_series(
            {
                "name": ["Gain", 0, column],
                "categories": ["Gain", 1, 0, last, 0],
                "values": ["Gain", 1, column, last, column],
                "line": {"color": color, "width": 2},
            }
        )
    chart.set_x_axis({"name": axis, "min": float(gain.x[0]), "max": float(gain.x[-1])})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 760, "height": 400})
    page.insert_chart(1, 6, chart, {"object_position": 2})


def _advice(cells: Cells, report: PerformanceReport) -> None:
    page = cells.page("Advice", wide=True)
    cells.heads(page, ("Weight", "Seen", "To do", "Rule", "Source"), 18)
    page.set_column(1, 4, 42)
    rows = [
        (WEIGHTS[one.weight], one.seen, "\n".join(one.todo), one.threshold, one.source)
        for one in report.advice
    ]
    rows += [("not asked", one.title, "", one.why, "") for one in report.not_asked]
    for row, values in enumerate(rows, 1):
        for column, words in enumerate(values):
            cells.text(page, row, column, words, cells.words)
        page.set_row(row, 15.0 * max(2, values[2].count("\n") + 1, len(values[1]) // 40 + 1))


def _as_time(day: date) -> datetime:
    return datetime.combine(day, time())
