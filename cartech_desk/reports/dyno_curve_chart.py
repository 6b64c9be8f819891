"""The chart of a sheet: power and torque on equal scales, mixture and boost under them."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import EstimateBy
from cartech_desk.domain.units import convert
from cartech_desk.reports.drawing import INK
from cartech_desk.reports.dyno_chart import Curve, Pane, Spot, Style, draw_panes
from cartech_desk.reports.dyno_curves import SheetCurve
from cartech_desk.reports.dyno_facts import side_title
from cartech_desk.reports.dyno_flow import Flow
from cartech_desk.reports.dyno_sheet import SheetRun
from cartech_desk.reports.dyno_units import SheetUnits, number, symbol

POWER: Final = Style("#B3261E", 1.9)
TORQUE: Final = Style("#0B5CAD", 1.5, (6.0, 2.2))
MEASURED: Final = Style("#6B7580", 0.7)
MEASURED_TORQUE: Final = Style("#6B7580", 0.7, (3.0, 1.6))
SIDE_STYLES: Final = {
    Role.LAMBDA: Style(INK, 1.1),
    Role.AFR: Style(INK, 1.1),
    Role.BOOST: Style(INK, 1.1, (4.0, 1.5, 1.0, 1.5)),
}
_STILL: Final = "never changes during the pull: is the sensor on?"
_NO_CHANGE: Final = 1e-9
_TALL: Final = 318.0
_LEAST: Final = 244.0
_ALONE: Final = 500.0


def chart(
    flow: Flow, run: SheetRun, curve: SheetCurve, units: SheetUnits, below: float = 0.0
) -> None:
    """Draw power and torque over one axis, and what the run has beside them below.

    `below` is how high that is what should still stand on this page; where there is no room for
    both the chart has the page for itself.
    """
    span = (float(curve.x.min()), float(curve.x.max()))
    xs = axis_values(curve, units)
    power, torque = units.power_of(curve.power_kw), units.torque_of(curve.torque_nm)
    corrected = run.result.factor.value != 1.0
    curves = []
    if corrected:
        measured_kw = units.power_of(curve.measured_kw)
        measured_nm = units.torque_of(curve.measured_nm)
        curves = [
            Curve(xs, measured_kw, MEASURED, "uncorrected"),
            Curve(xs, measured_nm, MEASURED_TORQUE, ""),
        ]
    curves = [
        Curve(xs, power, POWER, f"power [{symbol(units.power)}]"),
        Curve(xs, torque, TORQUE, f"torque [{symbol(units.torque)}]"),
        *curves,
    ]
    curves = [one for one in curves if np.isfinite(one.ys).any()]
    engine = run.result.estimate is not EstimateBy.NONE
    title = f"{'Engine power, estimated' if engine else 'Power'} [{symbol(units.power)}]"
    if np.isfinite(torque).any():
        title += f" and torque [{symbol(units.torque)}]"
    top = Pane(
        title,
        tuple(curves),
        share=3.4,
        spots=_spots(run, curve, units),
        from_zero=True,
        note=_equal(curve, units, span),
    )
    panes = [top, *side_panes([(curve, "")], units)]
    left = flow.rest - below - 4
    high = min(_TALL, left) if left >= _LEAST else min(_ALONE, flow.rest - 4)
    to = (float(xs.min()), float(xs.max()))
    crossing = units.crossing_rpm if curve.axis == "rpm" else None
    box = (flow.left, flow.y + 4, flow.width, high - 4)
    draw_panes(flow.sketch, panes, box, axis_title(curve.axis, units), to, crossing=crossing)
    flow.y += high + 4


def side_panes(
    curves: "list[tuple[SheetCurve, str]]", units: SheetUnits, styles: "list[Style] | None" = None
) -> list[Pane]:
    """Return a pane for mixture and one for boost, where at least one run has them."""
    found = []
    # Lambda and AFR say the same: the one that more runs have.
    mixture = max((Role.LAMBDA, Role.AFR), key=lambda role: sum(role in c.side for c, _ in curves))
    for role in (mixture, Role.BOOST):
        name, unit, factor, offset, _ = side_title(role, units)
        lines = []
        for place, (curve, tag) in enumerate(curves):
            if role in curve.side:
                style = styles[place] if styles else SIDE_STYLES[role]
                values = curve.side[role] * factor + offset
                lines.append(Curve(axis_values(curve, units), values, style, tag=tag))
        if lines:
            title = f"{name} [{unit}]" if unit else name
            least = {Role.LAMBDA: 0.1, Role.AFR: 1.0}.get(role, 0.1 * factor * 100)
            note = _STILL if all(_stands_still(line.ys) for line in lines) else ""
            found.append(Pane(title, tuple(lines), share=0.8, lowest_span=least, note=note))
    return found


def _stands_still(values: NDArray[np.float64]) -> bool:
    known = values[np.isfinite(values)]
    return bool(len(known) and np.ptp(known) <= _NO_CHANGE * np.abs(known).max())


def axis_values(curve: SheetCurve, units: SheetUnits) -> NDArray[np.float64]:
    """Return a curve's axis as printed: rpm, or road speed in the sheet's unit."""
    return curve.x if curve.axis == "rpm" else units.speed.to_shown(curve.x)


def axis_title(axis: str, units: SheetUnits) -> str:
    """Return what the common axis is."""
    if axis == "rpm":
        return "Engine speed [rpm]"
    return f"Road speed [{units.speed.symbol}] (engine speed is not known)"


def _equal(curve: SheetCurve, units: SheetUnits, span: tuple[float, float]) -> str:
    if curve.axis != "rpm":
        return ""
    crossing = units.crossing_rpm
    where = f"equal scales, crossing at {crossing:.0f} rpm"
    return where if span[0] < crossing < span[1] else "equal scales"


def _spots(run: SheetRun, curve: SheetCurve, units: SheetUnits) -> tuple[Spot, ...]:
    factor, spots = run.result.factor.value, []
    for peak, unit, to, style in (
        (run.result.peak_power, "kW", units.power, POWER),
        (run.result.peak_torque, "Nm", units.torque, TORQUE),
    ):
        if peak is None:
            continue
        x = peak.rpm if curve.axis == "rpm" else units.speed.to_shown(peak.speed_kmh)
        value = convert(peak.value * factor, unit, to)
        if math.isfinite(x):
            spots.append(Spot(x, value, f"{number(value, 1)} {symbol(to)}", style.color))
    return tuple(spots)
