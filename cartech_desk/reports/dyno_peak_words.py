"""Peaks of power and torque as a dyno sheet prints them, with their uncertainty."""

import math
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.dyno.result import Peak, RunResult
from cartech_desk.domain.units import convert
from cartech_desk.reports.dyno_units import NOT_KNOWN, SheetUnits, measured, symbol

_LEAST_PART: Final = 0.05
"""What is less prints as nothing."""


@dataclass(frozen=True, slots=True)
class PeakWords:
    """A peak as printed. `made_of` tells what its uncertainty is made of."""

    name: str
    value: str
    unit: str
    at: str
    others: str
    plus_minus: str
    made_of: str
    uncorrected: str


def peaks_of(result: RunResult, units: SheetUnits) -> tuple[PeakWords, PeakWords] | None:
    """Return the peaks of power and torque, None where the run has no pull."""
    if result.peak_power is None:
        return None
    power = _peak(result.peak_power, "Power", result, units)
    torque = PeakWords(
        "Torque", NOT_KNOWN, symbol(units.torque), "not known", "it needs engine speed", "", "", ""
    )
    if result.peak_torque is not None:
        torque = _peak(result.peak_torque, "Torque", result, units)
    return power, torque


def _peak(peak: Peak, kind: str, result: RunResult, units: SheetUnits) -> PeakWords:
    factor, sure = result.factor.value, peak.uncertainty
    if kind == "Power":
        unit, to, others = "kW", units.power, units.other_powers
    else:
        unit, to, others = "Nm", units.torque, (units.other_torque,)
    at = place_of(peak, units)
    parts = (
        ("sampling", sure.sampling),
        ("smoothing", sure.smoothing),
        ("air", sure.conditions),
        ("losses", sure.losses),
    )
    known = math.isfinite(sure.total) and sure.total > 0
    made = ", ".join(
        f"{word} {measured(part * factor, unit, to, 1)}"
        for word, part in parts
        if convert(part * factor, unit, to) >= _LEAST_PART
    )
    return PeakWords(
        kind,
        measured(peak.value * factor, unit, to, 1).split(" ", maxsplit=1)[0],
        symbol(to),
        f"at {at}",
        " · ".join(measured(peak.value * factor, unit, other, 1) for other in others),
        f"± {measured(sure.total * factor, unit, to, 1)}" if known else "± not known",
        made,
        f"{measured(peak.value, unit, to, 1)} uncorrected",
    )


def place_of(peak: Peak, units: SheetUnits) -> str:
    """Return the engine speed of a peak, the road speed where that is not known."""
    if math.isfinite(peak.rpm):
        return f"{peak.rpm:.0f} rpm"
    return measured(peak.speed_kmh, "km/h", units.speed.key, 1)
