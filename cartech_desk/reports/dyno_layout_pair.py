"""Two runs compared: before and after, the gain, both curves and their difference."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from cartech_desk.domain.dyno.compare import Comparison
from cartech_desk.domain.units import convert
from cartech_desk.reports.drawing import INK, Align
from cartech_desk.reports.dyno_chart import Curve, Pane, Style
from cartech_desk.reports.dyno_curve_chart import axis_values, side_panes
from cartech_desk.reports.dyno_curves import SheetCurve, read_at
from cartech_desk.reports.dyno_facts import when, zones_of
from cartech_desk.reports.dyno_flow import LEADING, Column, Flow
from cartech_desk.reports.dyno_layout_shared import draw_over_all, round_places, sure
from cartech_desk.reports.dyno_peak_words import place_of
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


def _named(run: SheetRun, zones: Sequence[str]) -> str:
    return f"{run.run.name}, {when(run, zones)}"


def compared(flow: Flow, sheet: Sheet, found: Comparison, units: SheetUnits) -> None:
    """Draw before and after: peaks, averages over the common range, the gain."""
    power, torque = symbol(units.power), symbol(units.torque)
    a, b = (run.result for run in sheet.runs)
    rows = []
    zones = zones_of(sheet.runs)
    for name, unit, to, peaks in (
        ("Peak power", "kW", units.power, (a.peak_power, b.peak_power)),
        ("Peak torque", "Nm", units.torque, (a.peak_torque, b.peak_torque)),
    ):
        values = [
            None if peak is None else convert(peak.value * result.factor.value, unit, to)
            for peak, result in zip(peaks, (a, b), strict=True)
        ]
        rows.append(_gain_row(f"{name} [{symbol(to)}]", values[0], values[1]))
        bare = [measured(peak.value, unit, to, 1) if peak else NOT_KNOWN for peak in peaks]
        rows.append(["uncorrected", *bare, "", ""])
        places = [place_of(peak, units) if peak else NOT_KNOWN for peak in peaks]
        rows.append(["at", *places, "", ""])
        rows.append(
            [
                "plus-minus",
                *(
                    sure(peak, result.factor.value, unit, to)
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
            Column("", 1.1, Align.LEFT, f"times in {zones[0]}" if len(zones) == 1 else ""),
            Column("Before (A)", 1.5, unit=_named(sheet.runs[0], zones)),
            Column("After (B)", 1.5, unit=_named(sheet.runs[1], zones)),
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


def _gain_row(name: str, a: float | None, b: float | None) -> list[str]:
    gain = None if a is None or b is None else b - a
    share = None if gain is None or not a else gain / a * 100
    return [name, number(a, 1), number(b, 1), signed(gain, 1), signed(share, 1)]


def pair_chart(
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
    draw_over_all(flow, panes, [curve for _, curve in drawn], units)


def pair_table(
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
    at, first, words = round_places(curves, found.axis, units, step_rpm)
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
