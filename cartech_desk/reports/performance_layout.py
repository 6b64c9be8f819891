"""A performance report laid out: what a car has become, with what, and what its runs advise."""

import math
from typing import Final

import numpy as np

from cartech_desk.domain.performance.advice import NO_RUN
from cartech_desk.reports.drawing import INK, MUTED, SHADE, Align, Drawing, Sketch
from cartech_desk.reports.dyno_chart import Curve, Pane, Style, draw_panes
from cartech_desk.reports.dyno_flow import MARGIN, TYPE, Column, Flow
from cartech_desk.reports.dyno_sheet import Paper
from cartech_desk.reports.dyno_units import SheetUnits, symbol
from cartech_desk.reports.faces import wrapped
from cartech_desk.reports.letterhead import put_head
from cartech_desk.reports.performance_report import PerformanceReport
from cartech_desk.reports.performance_time_chart import draw_history
from cartech_desk.reports.performance_words import (
    WEIGHTS,
    change,
    gain_words,
    percent,
    power,
    torque,
    units_of,
    whole_words,
)

TITLE: Final = "Performance report"
_CHART: Final = 190.0
_CURVES: Final = 250.0
_LATER: Final = Style("#B3261E", 1.6)
_EARLIER: Final = Style("#6B7580", 1.2)
_DASH: Final = (4.0, 2.5)


def lay_out(report: PerformanceReport) -> Drawing:
    """Return the pages of a report."""
    units = units_of(report)
    flow = Flow(Paper.A4, lambda sketch: _further(sketch, report))
    _head(flow, report)
    _whose(flow, report)
    _whole(flow, report, units)
    if report.charts and report.history.points:
        flow.room(_CHART + 8)
        draw_history(flow.sketch, report.history, units, (flow.left, flow.y, flow.width, _CHART))
        flow.y += _CHART + 6
    _fitted(flow, report)
    _sessions(flow, report, units)
    _comparison(flow, report, units)
    _advice(flow, report)
    return _end(flow, report)


def _further(sketch: Sketch, report: PerformanceReport) -> float:
    right = sketch.width - MARGIN
    half = (right - MARGIN) / 2 - 8
    sketch.text(MARGIN, MARGIN + 8, report.shop or "CarTech Desk", 9, bold=True, most=half)
    words = f"{report.vehicle.name} · {TITLE}"
    sketch.text(right, MARGIN + 8, words, 9, align=Align.RIGHT, most=half)
    sketch.line(MARGIN, MARGIN + 13, right, MARGIN + 13, color=INK, width=0.8)
    return 17.0


def _head(flow: Flow, report: PerformanceReport) -> None:
    put_head(
        flow,
        report.shop,
        report.address,
        report.logo,
        title=TITLE,
        under=(f"issued {report.issued:%Y-%m-%d}",),
        beside=165,
    )


def _whose(flow: Flow, report: PerformanceReport) -> None:
    vehicle = report.vehicle
    year = f"{vehicle.year} " if vehicle.year else ""
    for line in wrapped(year + vehicle.name, 14, flow.width, bold=True)[:2]:
        flow.y += 18
        flow.sketch.text(flow.left, flow.y, line, 14, bold=True, most=flow.width)
    told = (
        vehicle.plate,
        f"VIN {vehicle.vin}" if vehicle.vin else "",
        vehicle.owner,
        f"all power as {report.history.correction}",
    )
    flow.y += 12
    words = " · ".join(filter(None, told))
    flow.sketch.text(flow.left, flow.y, words, TYPE + 0.5, color=MUTED, most=flow.width)
    flow.y += 8


def _whole(flow: Flow, report: PerformanceReport, units: SheetUnits) -> None:
    """Draw what everybody looks for: from where to where."""
    alike = [one for one in report.history.points if not one.unlike]
    sketch, top, high = flow.sketch, flow.y, 46.0
    steps = ""
    sketch.box(flow.left, top, flow.width, high, fill=SHADE)
    if not alike:
        sketch.text(
            flow.left + 10, top + 27, "No session with power that can be compared", 13, bold=True
        )
    else:
        last = alike[-1]
        big = sketch.text(flow.left + 10, top + 24, power(last.power_kw, units), 20, bold=True)
        sketch.text(
            flow.left + 10 + big.width + 14, top + 24, torque(last.torque_nm, units), 14, bold=True
        )
        whole, steps = whole_words(report.history, units)
        words = " · ".join(filter(None, (whole, f"on {last.day}, {last.run}")))
        sketch.text(flow.left + 10, top + 38, words, TYPE, most=flow.width - 20)
    flow.y = top + high + 6
    if steps:
        flow.lines(steps)


def _fitted(flow: Flow, report: PerformanceReport) -> None:
    if not report.history.fitted:
        return
    flow.heading("Modifications")
    rows = [
        [str(place), one.words, _day(one.fitted), _day(one.removed) if one.removed else ""]
        for place, one in enumerate(report.history.fitted, 1)
    ]
    columns = (
        Column("", 0.3, Align.LEFT),
        Column("What", 4, Align.LEFT),
        Column("Fitted", 1, Align.LEFT),
        Column("Taken off", 1, Align.LEFT),
    )
    flow.table(columns, rows)


def _sessions(flow: Flow, report: PerformanceReport, units: SheetUnits) -> None:
    if not report.history.points:
        return
    flow.heading("Sessions")
    gained = {one.after: one for one in report.history.gains}
    rows = []
    for one in report.history.points:
        gain = gained.get(one.session_id)
        rows.append(
            [
                str(one.day),
                one.run,
                power(one.power_kw, units),
                torque(one.torque_nm, units),
                "" if gain is None else percent(gain.power_pct),
                f"{one.runs}" + (f" within {one.spread_pct:.1f} %" if one.spread_pct else ""),
                one.bench,
            ]
        )
    columns = (
        Column("Day", 1.1, Align.LEFT),
        Column("Best run", 1.2, Align.LEFT),
        Column("Power", 1),
        Column("Torque", 1),
        Column("Change", 0.9),
        Column("Runs", 1.2),
        Column("Dyno", 2.4, Align.LEFT),
    )
    flow.table(columns, rows, bold=(2,))
    for one in report.history.points:
        if one.unlike:
            flow.lines(f"{one.day}: {one.unlike}", color=MUTED)
    for gain in report.history.gains:
        if gain.fitted:
            day = next(p.day for p in report.history.points if p.session_id == gain.after)
            flow.lines(f"{day}: {gain_words(gain, units)}")


def _comparison(flow: Flow, report: PerformanceReport, units: SheetUnits) -> None:
    found = report.comparison
    if found is None or not report.charts:
        return
    panes: list[tuple[Curve, ...]] = [(), ()]
    span: list[float] = []
    for place, one in enumerate(found.runs):
        curve, factor = one.result.curve, one.result.factor.value
        xs = curve.rpm if found.axis == "rpm" else curve.speed_kmh * units.speed.factor
        known = xs[np.isfinite(xs)]
        if not len(known):
            return
        span += [float(known.min()), float(known.max())]
        look = _LATER if place or len(found.runs) == 1 else _EARLIER
        dashed = Style(look.color, look.width, _DASH)
        name = f"{one.run.name}, {one.run.started:%Y-%m-%d}"
        panes[0] += (Curve(xs, units.power_of(curve.power_kw * factor), look, name),)
        panes[1] += (Curve(xs, units.torque_of(curve.torque_nm * factor), dashed, name),)
    flow.heading("First and last session", keep=_CURVES)
    title = "Engine speed [rpm]" if found.axis == "rpm" else f"Speed [{units.speed.symbol}]"
    draw_panes(
        flow.sketch,
        (
            Pane(f"Power [{symbol(units.power)}]", panes[0], 1.2, from_zero=True),
            Pane(f"Torque [{symbol(units.torque)}]", panes[1], 1.0, from_zero=True),
        ),
        (flow.left, flow.y + 4, flow.width, _CURVES - 10),
        title,
        (min(span), max(span)),
    )
    flow.y += _CURVES
    gain = found.runs[-1].gain
    if gain is not None and math.isfinite(found.low):
        average = gain.average_b_kw - gain.average_a_kw
        flow.lines(
            f"On the range that both share, {found.low:,.0f} to {found.high:,.0f} "
            f"{'rpm' if found.axis == 'rpm' else 'km/h'}: {change(average, units)} on average, "
            f"{change(gain.best_gain_kw, units)} at best, at {gain.best_gain_at:,.0f}."
        )
    for words in (*found.warnings, *(one.why_not for one in found.runs if one.why_not)):
        flow.lines(words, color=MUTED)


def _advice(flow: Flow, report: PerformanceReport) -> None:
    flow.heading("What the runs advise")
    if NO_RUN in report.not_asked:
        flow.lines("No run to ask: none with power is kept.")
        return
    if not report.advice:
        flow.lines("None of the rules that could be asked found anything in the last session.")
    for one in report.advice:
        flow.marked(
            one.weight.value == "stop", WEIGHTS[one.weight], one.seen.replace(" %", "\u00a0%")
        )
        for todo in one.todo:
            flow.lines(f"· {todo}", indent=13)
        flow.lines(f"Rule: {one.threshold} ({one.source}).", indent=13, color=MUTED)
        flow.y += 3
    if report.not_asked:
        words = "; ".join(f"{one.title.lower()} ({one.why})" for one in report.not_asked)
        flow.lines(f"Could not be asked: {words}", color=MUTED)


def _end(flow: Flow, report: PerformanceReport) -> Drawing:
    head = f"{report.audit_sequence}:{report.audit_hash}" if report.audit_hash else "empty"
    issued = f"issued {report.issued:%Y-%m-%d %H:%M}" + (
        f" by {report.issued_by}" if report.issued_by else ""
    )

    def foot(sketch: Sketch, page: int, pages: int) -> None:
        right, y = sketch.width - MARGIN, sketch.height - MARGIN - 12
        sketch.line(MARGIN, y - 9, right, y - 9)
        words = f"Page {page} of {pages}"
        sketch.text(right, y, words, TYPE, bold=True, align=Align.RIGHT)
        advice = "Recommendations are those of rules; a person who knows the car decides."
        sketch.text(MARGIN, y, advice, TYPE - 1, color=MUTED)
        by = sketch.text(right, y + 10, issued, 6.2, color=MUTED, align=Align.RIGHT, most=215)
        room = by.left - 10 - MARGIN
        sketch.text(MARGIN, y + 10, f"Audit log: {head}", 6.2, color=MUTED, most=room)

    return Drawing(
        flow.pages(foot),
        title=f"{TITLE}, {report.vehicle.name}",
        author=report.shop or "CarTech Desk",
        subject=f"{TITLE}, audit log {head}",
    )


def _day(day: object) -> str:
    return "day not known" if day is None else str(day)
