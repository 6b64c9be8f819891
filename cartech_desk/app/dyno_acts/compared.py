"""Comparisons and repeatability as the command line tells them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cartech_desk.app.dyno_acts.told import Shown, correction_document
from cartech_desk.domain.dyno.compare import Comparison, Repeatability
from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.units import convert
from cartech_desk.store.dyno import DynoRun


def comparison_document(
    runs: Sequence[DynoRun], results: Sequence[RunResult], found: Comparison
) -> dict[str, Any]:
    """Return a comparison as plain values; gains are those of the second run over the first."""
    per = "rpm" if found.axis == "rpm" else "kmh"
    return {
        "runs": [_one(run, result) for run, result in zip(runs, results, strict=True)],
        "axis": found.axis,
        "range": _range(found.axis, found.x),
        "average_power": {
            "a_hp": _hp(found.average_a_kw),
            "b_hp": _hp(found.average_b_kw),
            "gain_hp": _hp(found.average_b_kw - found.average_a_kw),
            "a_kW": _rounded(found.average_a_kw),
            "b_kW": _rounded(found.average_b_kw),
            "gain_kW": _rounded(found.average_b_kw - found.average_a_kw),
        },
        "average_torque": {
            "a_lbft": _lbft(found.average_a_nm),
            "b_lbft": _lbft(found.average_b_nm),
            "gain_lbft": _lbft(found.average_b_nm - found.average_a_nm),
            "a_Nm": _rounded(found.average_a_nm),
            "b_Nm": _rounded(found.average_b_nm),
            "gain_Nm": _rounded(found.average_b_nm - found.average_a_nm),
        },
        "gain": {
            "best": _gain(found.best_gain_kw, found.best_gain_at, found.axis),
            "worst": _gain(found.worst_gain_kw, found.worst_gain_at, found.axis),
            f"area_kW_{per}": _rounded(found.area_gain_kw_x, 2),
            f"area_hp_{per}": _rounded(convert(found.area_gain_kw_x, "kW", "hp"), 2),
        },
        "warnings": list(found.warnings),
    }


def comparison_text(
    runs: Sequence[DynoRun], results: Sequence[RunResult], found: Comparison, shown: Shown
) -> str:
    """Return a comparison as a person reads it."""
    unit = "rpm" if found.axis == "rpm" else "km/h"
    gain = found.average_b_kw - found.average_a_kw
    lines = [
        f"{runs[1].name} against {runs[0].name}, {results[0].factor.correction.name}",
        f"Common range: {found.x[0]:.0f} to {found.x[-1]:.0f} {unit}",
        f"Average power:  {shown.power_of(found.average_a_kw)} → "
        f"{shown.power_of(found.average_b_kw)} ({_signed(shown.power_of(gain))})",
        f"Average torque: {shown.torque_of(found.average_a_nm)} → "
        f"{shown.torque_of(found.average_b_nm)}",
        f"Best gain:      {_signed(shown.power_of(found.best_gain_kw))} at "
        f"{found.best_gain_at:.0f} {unit}",
        f"Worst:          {_signed(shown.power_of(found.worst_gain_kw))} at "
        f"{found.worst_gain_at:.0f} {unit}",
        f"Gain in area:   {convert(found.area_gain_kw_x, 'kW', shown.power):+.0f} "
        f"{shown.power}·{unit}",
    ]
    return "\n".join((*lines, *(f"▲ {warning}" for warning in found.warnings)))


def repeatability_document(
    runs: Sequence[DynoRun], results: Sequence[RunResult], found: Repeatability
) -> dict[str, Any]:
    """Return how well runs repeat as plain values."""
    outlier = None if found.outlier is None else runs[found.outlier].id
    return {
        "runs": [_one(run, result) for run, result in zip(runs, results, strict=True)],
        "axis": found.axis,
        "range": _range(found.axis, found.x),
        "repeatability": {
            "mean_peak_hp": _hp(found.mean_peak_kw),
            "spread_peak_hp": _hp(found.spread_peak_kw),
            "mean_peak_kW": _rounded(found.mean_peak_kw),
            "spread_peak_kW": _rounded(found.spread_peak_kw),
            "spread_pct": _rounded(found.spread_pct),
            "outlier": outlier,
            "why": found.why,
        },
        "warnings": list(found.warnings),
    }


def repeatability_text(
    runs: Sequence[DynoRun], results: Sequence[RunResult], found: Repeatability, shown: Shown
) -> str:
    """Return how well runs repeat as a person reads it."""
    unit = "rpm" if found.axis == "rpm" else "km/h"
    lines = [
        f"{found.runs} runs, {results[0].factor.correction.name}, "
        f"{found.x[0]:.0f} to {found.x[-1]:.0f} {unit}",
        *(
            f"  {run.name:<14} {_peak_words(result, shown)}"
            for run, result in zip(runs, results, strict=True)
        ),
        f"Peaks: {shown.power_of(found.mean_peak_kw)} on average, spread "
        f"{shown.power_of(found.spread_peak_kw)} ({found.spread_pct:.1f} %)",
        found.why or "No run stands out.",
    ]
    return "\n".join((*lines, *(f"▲ {warning}" for warning in found.warnings)))


def _one(run: DynoRun, result: RunResult) -> dict[str, Any]:
    peak, factor = result.peak_power, result.factor.value
    return {
        "run_id": run.id,
        "name": run.name,
        "correction": correction_document(result.factor),
        "peak_power": None
        if peak is None
        else {"hp": _hp(peak.value * factor), "kW": _rounded(peak.value * factor)},
        "quality": [mark.key for mark in result.quality],
    }


def _peak_words(result: RunResult, shown: Shown) -> str:
    peak = result.peak_power
    return shown.power_of(None if peak is None else peak.value * result.factor.value)


def _range(axis: str, x: Any) -> dict[str, Any]:
    unit = "rpm" if axis == "rpm" else "km/h"
    return {"first": float(x[0]), "last": float(x[-1]), "unit": unit}


def _gain(kw: float, at: float, axis: str) -> dict[str, Any]:
    return {"hp": _hp(kw), "kW": _rounded(kw), ("rpm" if axis == "rpm" else "speed_kmh"): at}


def _signed(words: str) -> str:
    return words if words.startswith("-") or words == "n/a" else f"+{words}"


def _hp(kw: float) -> float | None:
    return _rounded(convert(kw, "kW", "hp"))


def _lbft(nm: float) -> float | None:
    return _rounded(convert(nm, "Nm", "lbft"))


def _rounded(value: float, digits: int = 4) -> float | None:
    return round(float(value), digits) if np.isfinite(value) else None
