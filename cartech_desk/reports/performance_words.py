"""Numbers and sentences of a performance report in the units of its reader."""

import math
from dataclasses import replace

from cartech_desk.domain.performance.advice import Weight
from cartech_desk.domain.performance.history import Gained, PowerHistory
from cartech_desk.reports.dyno_units import NOT_KNOWN, SheetUnits, measured, number, symbol
from cartech_desk.reports.performance_report import PerformanceReport

WEIGHTS = {
    Weight.STOP: "before the next pull",
    Weight.SOON: "see to it soon",
    Weight.HINT: "to be had",
}


def units_of(report: PerformanceReport) -> SheetUnits:
    """Return the units of a report."""
    return SheetUnits(report.units, report.power_unit)


def power(kw: float | None, units: SheetUnits) -> str:
    """Return a power with its unit."""
    return measured(kw, "kW", units.power, 1)


def torque(nm: float | None, units: SheetUnits) -> str:
    """Return a torque with its unit."""
    return measured(nm, "Nm", units.torque, 1)


def change(kw: float | None, units: SheetUnits) -> str:
    """Return a change of power with its sign."""
    words = power(kw, units)
    return f"+{words}" if kw is not None and math.isfinite(kw) and kw > 0 else words


def percent(value: float) -> str:
    """Return a change in per cent with its sign."""
    return f"{'+' if value > 0 else ''}{number(value, 1)} %"


def gain_words(gained: Gained, units: SheetUnits) -> str:
    """Return a gain as a sentence: how much, with what, and whether it is one."""
    words = f"{change(gained.power_kw, units)} ({percent(gained.power_pct)})"
    if gained.fitted:
        words += f" with {', '.join(gained.fitted)}"
    if not gained.sure:
        words += "; no more than runs of one car differ by"
    return words


def whole_words(history: PowerHistory, units: SheetUnits) -> tuple[str, str]:
    """Return the gain from the first to the last session, and step by step what it is of.

    No part is credited with what came before or after it; the second is empty for one step.
    """
    whole, steps = history.whole, history.gains
    if whole is None:
        return "", ""
    if len(steps) < 2:
        return f"{gain_words(whole, units)}, since {since(history)}", ""
    told = [
        f"{change(one.power_kw, units)} with {', '.join(one.fitted) or 'nothing fitted'}"
        for one in steps
        if one.sure
    ]
    within = [words for one in steps if not one.sure for words in one.fitted]
    if within:
        told.append(f"with {', '.join(within)} no more than runs of one car differ by")
    bare = replace(whole, fitted=())
    stepwise = f"Step by step: {'; '.join(told)}." if told else ""
    return f"{gain_words(bare, units)} since {since(history)}", stepwise


def since(history: PowerHistory, *, short: bool = False) -> str:
    """Return the day of the first session that can be compared, its time where all are of it.

    In short the time stands without its day.
    """
    alike = [one for one in history.points if not one.unlike]
    first = alike[0]
    if alike[-1].day != first.day:
        return str(first.day)
    return f"{first.at:%H:%M}" if short else f"{first.at:%H:%M}, {first.day}"


__all__ = [
    "NOT_KNOWN",
    "WEIGHTS",
    "change",
    "gain_words",
    "percent",
    "power",
    "since",
    "symbol",
    "torque",
    "whole_words",
]
