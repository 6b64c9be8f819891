"""Several runs on a sheet: two compared, or a session's with how well they repeat."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.compare import Comparison
from cartech_desk.domain.dyno.result import Peak
from cartech_desk.domain.units import convert
from cartech_desk.reports.drawing import INK, Align, Drawing
from cartech_desk.reports.dyno_chart import Curve, Pane, Style, draw_panes
from cartech_desk.reports.dyno_curve_chart import axis_title, axis_values, side_panes
from cartech_desk.reports.dyno_curves import SheetCurve, common_axis, curve_of, read_at, steps
from cartech_desk.reports.dyno_facts import (
    Fact,
    Facts,
    facts_of,
    place_of,
    quality_words,
    smoothing,
    units_of,
    where_short,
)
from cartech_desk.reports.dyno_flow import LEADING, Column, Flow
from cartech_desk.reports.dyno_frame import begin, end, headline
from cartech_desk.reports.dyno_sections import marks, notes, proof, times_of_several
from cartech_desk.reports.dyno_sheet import Sheet, SheetRun
from cartech_desk.reports.dyno_units import (
    NOT_KNOWN,
    SheetUnits,
    measured,
    number,
    signed,
    symbol,
)

_A: Final = Style("#5A6470", 1.6, (5.0, 2.0))
_B: Final = Style("#B3261E", 1.9)
_GAIN: Final = Style("#0B5CAD", 1.5)
_GAIN_TORQUE: Final = Style("#0B5CAD", 1.0, (3.0, 1.6))
_COLORS: Final = ("#B3261E", "#0B5CAD", "#1B6E43", "#7A3E9D", "#8A5A00", "#16191D")
_DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (5.0, 2.0), (1.5, 1.5), (7.0, 2.0, 1.5, 2.0))
_PER_TABLE: Final = 6
_SPEED_STEP: Final = 10.0


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
        _compared(flow, sheet, sheet.comparison, units)
        _pair_chart(flow, sheet.comparison, drawn, units)
    else:
        _head(flow, sheet)
        _summary(flow, sheet, units)
        _repeats(flow, sheet, units)
        if drawn:
            _overlay(flow, sheet, drawn, units)
    _facts(flow, sheet, units)
    if sheet.comparison is not None and len(sheet.runs) == 2:
        _pair_table(flow, sheet.comparison, drawn, units, sheet.table_step_rpm)
    elif drawn:
        _tables(flow, sheet, drawn, units)
    times_of_several(flow, sheet.runs)
    marks(flow, sheet.runs)
    notes(flow, sheet)
    proof(flow, sheet.runs)
    return end(flow, sheet)


def _head(flow: Flow, sheet: Sheet) -> None:
    vehicles = list(dict.fromkeys(run.session.vehicle_name or NOT_KNOWN for run in sheet.runs))
    first = sheet.runs[0].result
    headline(
        flow,
        " and ".join(vehicles) if len(vehicles) < 3 else f"{len(vehicles)} vehicles",
        f"{len(sheet.runs)} runs · {where_short(first)} · "
        f"{first.factor.correction.name} · smoothing {smoothing(first)}",
    )


def _named(run: SheetRun) -> str:
    return f"{run.run.name}, {run.run.started:%Y-%m-%d %H:%M}"


# Two runs


def _compared(flow: Flow, sheet: Sheet, found: Comparison, units: SheetUnits) -> None:
    """Draw before and after: peaks, averages over the common range, the gain."""
    power, torque = symbol(units.power), symbol(units.torque)
    a, b = (run.result for run in sheet.runs)
    rows = []
    for name, unit, to, peaks in (
        ("Peak power", "kW", units.power, (a.peak_power, b.peak_power)),
        ("Peak torque", "Nm", units.torque, (a.peak_torque, b.peak_torque)),
    ):
        values = [
            None if peak is None else convert(peak.value * result.factor.value, unit, to)
            for peak, result in zip(peaks, (a, b), strict=True)
        ]
        rows.append(_gain_row(f"{name} [{symbol(to)}]", values[0], values[1]))
        places = [place_of(peak, units) if peak else NOT_KNOWN for peak in peaks]
        rows.append(["   at", *places, "", ""])
        rows.append(
            [
                "   plus-minus",
                *(
                    _sure(peak, result.factor.value, unit, to)
                    for peak, result in zip(peaks, (a, b), strict=True)
                ),
                "",
                "",
            ]
        )
    for name, unit, to, pair in (
        (f"Average power [{power}]", "kW", units.power, (found.average_a_kw, found.average_b_kw)),
        (
            f"Average torque [{torque}]",
            "Nm",
            units.torque,
            (found.average_a_nm, found.average_b_nm),
        ),
    ):
        rows.append(_gain_row(name, *(convert(value, unit, to) for value in pair)))
    flow.table(
        (
            Column("", 1.5, Align.LEFT),
            Column("Before (A)", unit=_named(sheet.runs[0])),
            Column("After (B)", unit=_named(sheet.runs[1])),
            Column("Gain", 0.7),
            Column("Gain", 0.6, unit="%"),
        ),
        rows,
        bold=(3,),
    )
    low, high = float(found.x[0]), float(found.x[-1])
    by = "rpm" if found.axis == "rpm" else units.speed.symbol
    factor = 1.0 if found.axis == "rpm" else units.speed.factor
    best, worst = (
        f"{signed(convert(gain, 'kW', units.power), 1)} {power} at {number(at * factor, 0)} {by}"
        for gain, at in (
            (found.best_gain_kw, found.best_gain_at),
            (found.worst_gain_kw, found.worst_gain_at),
        )
    )
    area = signed(convert(found.area_gain_kw_x, "kW", units.power) * factor, 0)
    flow.lines(
        f"Averages and gain over the common range, {number(low * factor, 0)} to "
        f"{number(high * factor, 0)} {by}. Best gain {best}; least {worst}; area under the gain "
        f"{area} {power}·{by}."
    )
    for warning in found.warnings:
        flow.marked(False, "Mind", warning)


def _sure(peak: Peak | None, factor: float, unit: str, to: str) -> str:
    if peak is None or not peak.uncertainty.total > 0:
        return NOT_KNOWN
    return f"± {measured(peak.uncertainty.total * factor, unit, to, 1)}"


def _gain_row(name: str, a: float | None, b: float | None) -> list[str]:
    gain = None if a is None or b is None else b - a
    share = None if gain is None or not a else gain / a * 100
    return [name, number(a, 1), number(b, 1), signed(gain, 1), signed(share, 1)]


def _pair_chart(
    flow: Flow,
    found: Comparison,
    drawn: Sequence[tuple[SheetRun, SheetCurve]],
    units: SheetUnits,
) -> None:
    """Draw both runs on equal scales, the difference under them, then mixture and boost."""
    if not drawn:
        return
    power, torque = symbol(units.power), symbol(units.torque)
    styles = [_A, _B]
    curves = []
    for (_, curve), style, tag in zip(drawn, styles, "AB", strict=False):
        xs = axis_values(curve, units)
        thin = Style(style.color, style.width * 0.62, style.dash)
        curves.append(Curve(xs, units.power_of(curve.power_kw), style, f"{tag} power", tag))
        curves.append(Curve(xs, units.torque_of(curve.torque_nm), thin, f"{tag} torque", tag))
    factor = 1.0 if found.axis == "rpm" else units.speed.factor
    gain_x = found.x * factor
    panes = [
        Pane(
            f"Power [{power}] and torque [{torque}]",
            tuple(curves),
            share=3.0,
            from_zero=True,
            note="thick power, thin torque; equal scales",
        ),
        Pane(
            "Gain, B less A",
            (
                Curve(gain_x, units.power_of(found.power_gain_kw), _GAIN, f"power [{power}]"),
                Curve(
                    gain_x,
                    units.torque_of(found.torque_gain_nm),
                    _GAIN_TORQUE,
                    f"torque [{torque}]",
                ),
                Curve(gain_x, np.zeros(len(gain_x)), Style(INK, 0.1)),
            ),
            share=1.1,
        ),
        *side_panes(
            [(curve, tag) for (_, curve), tag in zip(drawn, "AB", strict=False)], units, styles
        ),
    ]
    _panes(flow, panes, [curve for _, curve in drawn], found.axis, units)


def _panes(
    flow: Flow,
    panes: Sequence[Pane],
    curves: Sequence[SheetCurve],
    axis: str,
    units: SheetUnits,
    most: float = 370.0,
) -> None:
    """Draw panes over the whole range of these curves, on this page if it has the room."""
    if flow.rest < 250:
        flow.turn()
    high = min(most, flow.rest - 6)
    ends = [value for curve in curves for value in _ends(axis_values(curve, units))]
    crossing = units.crossing_rpm if axis == "rpm" else None
    box = (flow.left, flow.y + 6, flow.width, high - 6)
    span = (min(ends), max(ends))
    draw_panes(flow.sketch, panes, box, axis_title(axis, units), span, crossing=crossing)
    flow.y += high + 4


def _ends(values: NDArray[np.float64]) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def _pair_table(
    flow: Flow,
    found: Comparison,
    drawn: Sequence[tuple[SheetRun, SheetCurve]],
    units: SheetUnits,
    step_rpm: int,
) -> None:
    """Draw both runs side by side at round values of the axis."""
    curves = [curve for _, curve in drawn]
    if len(curves) < 2:
        return
    at, first, words = _round_places(curves, found.axis, units, step_rpm)
    cells: list[list[str]] = [words]
    columns = [first]
    for title, unit, values in (
        ("Power", units.power, [units.power_of(read_at(c, c.power_kw, at)) for c in curves]),
        ("Torque", units.torque, [units.torque_of(read_at(c, c.torque_nm, at)) for c in curves]),
    ):
        for tag, column in zip("AB", values, strict=True):
            columns.append(Column(f"{title} {tag}", unit=symbol(unit)))
            cells.append([number(float(value), 1) for value in column])
        columns.append(Column("Gain", unit=symbol(unit)))
        cells.append([signed(float(value), 1) for value in values[1] - values[0]])
    flow.heading("Side by side", keep=5 * LEADING)
    flow.table(columns, [list(row) for row in zip(*cells, strict=True)], bold=(0, 3, 6))


def _round_places(
    curves: Sequence[SheetCurve], axis: str, units: SheetUnits, step_rpm: int
) -> tuple[NDArray[np.float64], Column, list[str]]:
    if axis == "rpm":
        at = steps(curves, step_rpm)
        return at, Column("Engine", unit="rpm"), [number(value, 0) for value in at]
    factor = units.speed.factor
    at = steps(curves, _SPEED_STEP / factor)
    column = Column("Speed", unit=units.speed.symbol)
    return at, column, [number(value * factor, 0) for value in at]


# A session


def _summary(flow: Flow, sheet: Sheet, units: SheetUnits) -> None:
    """Draw a line for each run: when, how much, under which factor, how good."""
    rows = []
    for place, run in enumerate(sheet.runs, 1):
        result, factor = run.result, run.result.factor.value
        power, torque = result.peak_power, result.peak_torque
        rows.append(
            [
                str(place),
                run.run.name,
                f"{run.run.started:%Y-%m-%d %H:%M}",
                _peak(power, factor, "kW", units.power),
                _sure(power, factor, "kW", units.power).removesuffix(symbol(units.power)).rstrip(),
                place_of(power, units).removesuffix(" rpm") if power else NOT_KNOWN,
                _peak(torque, factor, "Nm", units.torque),
                place_of(torque, units).removesuffix(" rpm") if torque else NOT_KNOWN,
                f"{factor:.4f}",
                quality_words(result.quality),
            ]
        )
    flow.table(
        (
            Column("", 0.3),
            Column("Run", 1.2, Align.LEFT),
            Column("Date and time", 1.15, Align.LEFT),
            Column("Power", 0.75, unit=symbol(units.power)),
            Column("±", 0.55, unit=symbol(units.power)),
            Column("at", 0.6, unit="rpm"),
            Column("Torque", 0.75, unit=symbol(units.torque)),
            Column("at", 0.6, unit="rpm"),
            Column("Factor", 0.7),
            Column("Quality", 1.6, Align.LEFT),
        ),
        rows,
        bold=(3, 6),
    )


def _peak(peak: Peak | None, factor: float, unit: str, to: str) -> str:
    return NOT_KNOWN if peak is None else number(convert(peak.value * factor, unit, to), 1)


def _repeats(flow: Flow, sheet: Sheet, units: SheetUnits) -> None:
    """Say how well the runs repeat."""
    found = sheet.repeatability
    if found is None:
        return
    flow.lines(
        f"Repeatability of {found.runs} runs: mean peak "
        f"{measured(found.mean_peak_kw, 'kW', units.power, 1)}, spread (standard deviation) "
        f"{measured(found.spread_peak_kw, 'kW', units.power, 1)}, {number(found.spread_pct, 2)} %."
    )
    if found.outlier is not None and 0 <= found.outlier < len(sheet.runs):
        flow.marked(False, sheet.runs[found.outlier].run.name, found.why)
    elif found.why:
        flow.lines(found.why)


def _overlay(
    flow: Flow,
    sheet: Sheet,
    drawn: Sequence[tuple[SheetRun, SheetCurve]],
    units: SheetUnits,
) -> None:
    """Draw all runs over one another: power, and torque under it; the number stands on each."""
    axis = drawn[0][1].axis
    numbers = {id(run): str(place) for place, run in enumerate(sheet.runs, 1)}
    power, torque = [], []
    tagged, styles = [], []
    for place, (run, curve) in enumerate(drawn):
        style = Style(
            _COLORS[place % len(_COLORS)], 1.3, _DASHES[place // len(_COLORS) % len(_DASHES)]
        )
        xs, tag = axis_values(curve, units), numbers[id(run)]
        power.append(Curve(xs, units.power_of(curve.power_kw), style, tag=tag))
        torque.append(Curve(xs, units.torque_of(curve.torque_nm), style, tag=tag))
        tagged.append((curve, ""))
        styles.append(Style(style.color, 0.9, style.dash))
    note = "numbers are those of the table above"
    panes = [
        Pane(f"Power [{symbol(units.power)}]", tuple(power), share=2.0, from_zero=True, note=note),
        Pane(f"Torque [{symbol(units.torque)}]", tuple(torque), share=2.0, from_zero=True),
        *side_panes(tagged, units, styles),
    ]
    _panes(flow, panes, [curve for _, curve in drawn], axis, units, most=430.0)


def _tables(
    flow: Flow, sheet: Sheet, drawn: Sequence[tuple[SheetRun, SheetCurve]], units: SheetUnits
) -> None:
    """Draw power, then torque, of every run at round values, six runs beside each other."""
    curves = [curve for _, curve in drawn]
    at, first, words = _round_places(curves, curves[0].axis, units, sheet.table_step_rpm)
    for title, unit in (("Power", units.power), ("Torque", units.torque)):
        for begin_at in range(0, len(drawn), _PER_TABLE):
            part = drawn[begin_at : begin_at + _PER_TABLE]
            cells = [words]
            for _, curve in part:
                values = (
                    units.power_of(read_at(curve, curve.power_kw, at))
                    if title == "Power"
                    else units.torque_of(read_at(curve, curve.torque_nm, at))
                )
                cells.append([number(float(value), 1) for value in values])
            columns = [first, *(Column(run.run.name, unit=symbol(unit)) for run, _ in part)]
            which = "" if begin_at == 0 else ", further runs"
            flow.heading(f"{title} of each run{which}", keep=5 * LEADING)
            flow.table(columns, [list(row) for row in zip(*cells, strict=True)], bold=(0,))


# What is said of all of them


def _facts(flow: Flow, sheet: Sheet, units: SheetUnits) -> None:
    """Say once what all runs share, and of each run what is its own."""
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
            else:
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
            *(Column(run.run.name, 1.5, Align.LEFT) for run in sheet.runs),
        )
        flow.table(columns, [[label, *values] for label, values in own])
        return
    for label, values in own:
        several: dict[str, list[str]] = {}
        for run, value in zip(sheet.runs, values, strict=True):
            several.setdefault(value, []).append(run.run.name)
        words = "; ".join(f"{', '.join(names)}: {value}" for value, names in several.items())
        flow.pair(label, words)
