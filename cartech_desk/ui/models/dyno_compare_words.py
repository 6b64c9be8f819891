"""Runs beside each other in words: what one gained on the other, how well several repeat."""

import math
from collections.abc import Sequence

from cartech_desk.domain.dyno.compare import Comparison, Repeatability
from cartech_desk.domain.units import ShownUnit
from cartech_desk.ui.models.dyno_shown import ShownRun
from cartech_desk.ui.models.dyno_told import Fact, Section, signed
from cartech_desk.ui.models.dyno_units import DynoUnits
from cartech_desk.ui.models.value_scale import DASH, in_words

_RANGE = "\u2013"


def comparison_section(
    runs: Sequence[ShownRun], comparison: Comparison, units: DynoUnits
) -> Section:
    """Return what the second run gained on the first one, over what both share."""
    first, second = runs[0], runs[1]
    axis = units.axis(comparison.axis)

    def place(at: float) -> str:
        return f"{in_words(axis.to_shown(at), 0)} {axis.symbol}"

    def gain(value: float, unit: ShownUnit) -> str:
        if not math.isfinite(value):
            return DASH
        return f"{signed(value * unit.factor, unit.decimals)} {unit.symbol}"

    facts = [
        Fact("At the peak", gain(_peak_gain(first, second, "peak_power"), units.power)),
        Fact("", gain(_peak_gain(first, second, "peak_torque"), units.torque)),
        Fact("Average", gain(comparison.average_b_kw - comparison.average_a_kw, units.power)),
        Fact("", gain(comparison.average_b_nm - comparison.average_a_nm, units.torque)),
        Fact(
            "Best", _at(gain(comparison.best_gain_kw, units.power), place(comparison.best_gain_at))
        ),
        Fact(
            "Worst",
            _at(gain(comparison.worst_gain_kw, units.power), place(comparison.worst_gain_at)),
        ),
    ]
    facts = _joined(facts)
    area = comparison.area_gain_kw_x * units.power.factor * axis.factor
    if math.isfinite(area):
        facts.append(Fact("Area", f"{signed(area, 0)} {units.power.symbol}·{axis.symbol}"))
    if len(comparison.x):
        low, high = (axis.to_shown(float(at)) for at in (comparison.x[0], comparison.x[-1]))
        reach = f"{in_words(low, 0)}{_RANGE}{in_words(high, 0)} {axis.symbol}"
        facts.append(Fact("Both driven", reach, "muted"))
    facts += [Fact("", warning, "warning") for warning in comparison.warnings]
    return Section(f"{second.name} less {first.name}", tuple(facts))


def _joined(facts: Sequence[Fact]) -> list[Fact]:
    """Put a value without a label beside the one above it."""
    made: list[Fact] = []
    for fact in facts:
        if fact.label or not made:
            made.append(fact)
        elif fact.value != DASH:
            above = made.pop()
            made.append(Fact(above.label, f"{above.value} · {fact.value}", above.tone))
    return made


def _at(gain: str, place: str) -> str:
    return gain if gain == DASH else f"{gain} at {place}"


def _peak_gain(first: ShownRun, second: ShownRun, which: str) -> float:
    peaks = [getattr(run.result, which) for run in (first, second)]
    if None in peaks:
        return math.nan
    before, after = (
        peak.value * run.result.factor.value
        for peak, run in zip(peaks, (first, second), strict=True)
    )
    return float(after - before)


def repeatability_section(
    runs: Sequence[ShownRun], found: Repeatability, units: DynoUnits
) -> Section:
    """Return how well runs repeat, and which of them does not fit the others."""
    unit = units.power
    spread = f"{in_words(found.spread_peak_kw * unit.factor, unit.decimals)} {unit.symbol}"
    mean = f"{in_words(found.mean_peak_kw * unit.factor, unit.decimals)} {unit.symbol}"
    facts = [
        Fact("Mean peak", mean),
        Fact("Spread", f"{spread}, {in_words(found.spread_pct, 1)} %"),
    ]
    if found.outlier is not None and found.outlier < len(runs):
        why = f" {found.why}" if found.why else ""
        facts.append(
            Fact("", f"{runs[found.outlier].name} does not fit the others.{why}", "warning")
        )
    elif found.why:
        facts.append(Fact("", found.why, "muted"))
    facts += [Fact("", warning, "warning") for warning in found.warnings]
    return Section(f"{found.runs} runs", tuple(facts))
