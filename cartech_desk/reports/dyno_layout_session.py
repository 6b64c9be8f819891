"""A session: a line for each run, how well they repeat, all curves over one another."""

from collections.abc import Sequence
from typing import Final

from cartech_desk.domain.dyno.result import Peak
from cartech_desk.domain.units import convert
from cartech_desk.reports.drawing import Align
from cartech_desk.reports.dyno_chart import Curve, Pane, Style
from cartech_desk.reports.dyno_curve_chart import axis_values, side_panes
from cartech_desk.reports.dyno_curves import SheetCurve, read_at
from cartech_desk.reports.dyno_facts import quality_words, run_names, when, zones_of
from cartech_desk.reports.dyno_flow import LEADING, Column, Flow
from cartech_desk.reports.dyno_layout_shared import draw_over_all, round_places, sure
from cartech_desk.reports.dyno_peak_words import place_of
from cartech_desk.reports.dyno_sheet import Sheet, SheetRun
from cartech_desk.reports.dyno_units import NOT_KNOWN, SheetUnits, measured, number, symbol

_COLORS: Final = ("#B3261E", "#0B5CAD", "#1B6E43", "#7A3E9D", "#8A5A00", "#16191D")
_DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (5.0, 2.0), (1.5, 1.5), (7.0, 2.0, 1.5, 2.0))
_PER_TABLE: Final = 6


def summary(flow: Flow, sheet: Sheet, units: SheetUnits) -> None:
    """Draw a line for each run: when, how much, under which factor, how good."""
    rows = []
    zones = zones_of(sheet.runs)
    for place, run in enumerate(sheet.runs, 1):
        result, factor = run.result, run.result.factor.value
        power, torque = result.peak_power, result.peak_torque
        rows.append(
            [
                str(place),
                run.run.name,
                when(run, zones),
                _peak(power, factor, "kW", units.power),
                sure(power, factor, "kW", units.power).removesuffix(symbol(units.power)).rstrip(),
                place_of(power, units).removesuffix(" rpm") if power else NOT_KNOWN,
                _peak(torque, factor, "Nm", units.torque),
                place_of(torque, units).removesuffix(" rpm") if torque else NOT_KNOWN,
                _peak(power, 1.0, "kW", units.power),
                f"{factor:.4f}",
                quality_words(result.quality),
            ]
        )
    flow.table(
        (
            Column("", 0.3),
            Column("Run", 1.1, Align.LEFT),
            Column("Date and time", 1.2, Align.LEFT, zones[0] if len(zones) == 1 else ""),
            Column("Power", 0.75, unit=symbol(units.power)),
            Column("±", 0.55, unit=symbol(units.power)),
            Column("at", 0.6, unit="rpm"),
            Column("Torque", 0.75, unit=symbol(units.torque)),
            Column("at", 0.6, unit="rpm"),
            Column("Uncorr.", 0.75, unit=symbol(units.power)),
            Column("Factor", 0.7),
            Column("Quality", 1.75, Align.LEFT),
        ),
        rows,
        bold=(3, 6),
    )


def _peak(peak: Peak | None, factor: float, unit: str, to: str) -> str:
    return NOT_KNOWN if peak is None else number(convert(peak.value * factor, unit, to), 1)


def repeats(flow: Flow, sheet: Sheet, units: SheetUnits) -> None:
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
    for warning in found.warnings:
        flow.marked(False, "Mind", warning)


def overlay(
    flow: Flow,
    sheet: Sheet,
    drawn: Sequence[tuple[SheetRun, SheetCurve]],
    units: SheetUnits,
) -> None:
    """Draw all runs over one another: power, and torque under it; the number stands on each."""
    numbers = {id(run): str(place) for place, run in enumerate(sheet.runs, 1)}
    power, torque = [], []
    tagged, styles = [], []
    for place, (run, curve) in enumerate(drawn):
        style = Style(_COLORS[place % len(_COLORS)], 1.3, _DASHES[place % len(_DASHES)])
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
    draw_over_all(flow, panes, [curve for _, curve in drawn], units, most=430.0)


def tables(
    flow: Flow, sheet: Sheet, drawn: Sequence[tuple[SheetRun, SheetCurve]], units: SheetUnits
) -> None:
    """Draw power, then torque, of every run at round values, six runs beside each other."""
    curves = [curve for _, curve in drawn]
    names = dict(zip(map(id, sheet.runs), run_names(sheet.runs), strict=True))
    at, first, words = round_places(curves, curves[0].axis, units, sheet.table_step_rpm)
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
            columns = [
                first,
                *(Column(names[id(run)], unit=symbol(unit)) for run, _ in part),
            ]
            which = "" if begin_at == 0 else ", further runs"
            flow.heading(f"{title} of each run{which}", keep=5 * LEADING)
            flow.table(columns, [list(row) for row in zip(*cells, strict=True)], bold=(0,))
