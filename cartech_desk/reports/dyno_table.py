"""The table of a sheet: what the curve is at round values of its axis."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.reports.dyno_curves import SIDE, SheetCurve, read_at, steps
from cartech_desk.reports.dyno_facts import side_title
from cartech_desk.reports.dyno_flow import Column
from cartech_desk.reports.dyno_units import SheetUnits, number, symbol

_SPEED_STEP: Final = 10.0


def table_of(
    curve: SheetCurve, units: SheetUnits, step_rpm: int
) -> tuple[list[Column], list[list[str]]]:
    """Return columns and rows of the table of a run."""
    by_rpm = curve.axis == "rpm"
    factor = units.speed.factor
    at = steps([curve], step_rpm if by_rpm else _SPEED_STEP / factor)
    columns = [Column("Engine", unit="rpm") if by_rpm else Column("Speed", unit=units.speed.symbol)]
    cells = [[number(value if by_rpm else value * factor, 0) for value in at]]

    def add(title: str, unit: str, values: NDArray[np.float64], decimals: int) -> None:
        found = read_at(curve, values, at)
        if np.isfinite(found).any():
            columns.append(Column(title, unit=unit))
            cells.append([number(float(value), decimals) for value in found])

    if by_rpm:
        add("Speed", units.speed.symbol, units.speed.to_shown(curve.speed_kmh), 1)
    add("Power", symbol(units.power), units.power_of(curve.power_kw), 1)
    add("Torque", symbol(units.torque), units.torque_of(curve.torque_nm), 1)
    if units.power != "kW":
        add("Power", "kW", curve.power_kw, 1)
    if units.torque != "Nm":
        add("Torque", "Nm", curve.torque_nm, 1)
    add("Uncorrected", symbol(units.power), units.power_of(curve.measured_kw), 1)
    add("Uncorrected", symbol(units.torque), units.torque_of(curve.measured_nm), 1)
    for role in SIDE:
        if role in curve.side:
            name, unit, by, offset, decimals = side_title(role, units)
            add(name, unit or " ", curve.side[role] * by + offset, decimals)
    return columns, [list(row) for row in zip(*cells, strict=True)]
