"""A performance report as JSON: `sessions` as the platform has them, and all that stands behind."""

import json
import math
from collections.abc import Sequence
from typing import Any

from cartech_desk.domain.performance.advice import Advice, NotAsked
from cartech_desk.domain.performance.history import Gained, PowerHistory, SessionPower
from cartech_desk.domain.units import convert
from cartech_desk.reports.performance_report import (
    Compared,
    PerformanceComparison,
    PerformanceReport,
)


def history_document(history: PowerHistory) -> dict[str, Any]:
    """Return a vehicle's power over time: `sessions` with date, hp, torque (Nm) and mods."""
    return {
        "vehicle": {"id": history.vehicle_id, "name": history.vehicle},
        "correction": history.correction,
        "sessions": [_session(one) for one in history.points],
        "modifications": [
            {
                "id": one.id,
                "type": one.type,
                "words": one.words,
                "fitted": _day(one.fitted),
                "removed": _day(one.removed),
            }
            for one in history.fitted
        ],
        "gains": [_gain(one) for one in history.gains],
        "whole": None if history.whole is None else _gain(history.whole),
        "warnings": list(history.warnings),
    }


def _session(one: SessionPower) -> dict[str, Any]:
    return {
        "id": one.session_id,
        "date": one.day.isoformat(),
        "hp": _horsepower(one.power_kw),
        "torque": _rounded(one.torque_nm, 1),
        "mods": list(one.mods),
        "power_kw": _rounded(one.power_kw, 3),
        "power_rpm": _rounded(one.power_rpm, 0),
        "torque_rpm": _rounded(one.torque_rpm, 0),
        "run": {"id": one.run_id, "name": one.run},
        "runs": one.runs,
        "spread_pct": _rounded(one.spread_pct, 2),
        "factor": _rounded(one.factor, 5),
        "corrected": one.corrected,
        "dyno": one.bench,
        "power_at": one.place,
        "notes": one.notes,
        "not_comparable": one.unlike,
    }


def _gain(one: Gained) -> dict[str, Any]:
    return {
        "from": one.before,
        "to": one.after,
        "hp": _horsepower(one.power_kw),
        "power_kw": _rounded(one.power_kw, 3),
        "power_pct": _rounded(one.power_pct, 2),
        "torque": _rounded(one.torque_nm, 1),
        "fitted": list(one.fitted),
        "sure": one.sure,
    }


def comparison_document(found: PerformanceComparison) -> dict[str, Any]:
    """Return runs beside each other: `comparison_data` and `recommendations`."""
    return {
        "comparison_data": {
            "correction": found.view.correction,
            "smoothing": found.view.smoothing,
            "axis": found.axis,
            "from": _rounded(found.low, 0),
            "to": _rounded(found.high, 0),
            "runs": [_compared(one) for one in found.runs],
            "warnings": list(found.warnings),
        },
        "recommendations": advice_list(found.advice),
        "not_asked": not_asked_list(found.not_asked),
    }


def _compared(one: Compared) -> dict[str, Any]:
    gain = one.gain
    return {
        "label": one.label,
        "run": one.run.id,
        "session": one.session.id,
        "vehicle": one.session.vehicle_id,
        "hp": _horsepower(one.power_kw),
        "torque": _rounded(one.torque_nm, 1),
        "factor": _rounded(one.result.factor.value, 5),
        "quality": [mark.word for mark in one.result.quality],
        "not_comparable": one.why_not,
        "gain": None
        if gain is None
        else {
            "average_kw": _rounded(gain.average_b_kw - gain.average_a_kw, 3),
            "best_kw": _rounded(gain.best_gain_kw, 3),
            "best_at": _rounded(gain.best_gain_at, 0),
            "worst_kw": _rounded(gain.worst_gain_kw, 3),
            "worst_at": _rounded(gain.worst_gain_at, 0),
            "x": [_rounded(float(x), 1) for x in gain.x],
            "power_kw": [_rounded(float(y), 3) for y in gain.power_gain_kw],
            "torque_nm": [_rounded(float(y), 2) for y in gain.torque_gain_nm],
        },
    }


def advice_list(advice: Sequence[Advice]) -> list[dict[str, Any]]:
    """Return recommendations with their evidence."""
    return [
        {
            "rule": one.rule,
            "weight": one.weight.value,
            "title": one.title,
            "seen": one.seen,
            "to_do": list(one.todo),
            "threshold": one.threshold,
            "source": one.source,
            "channel": one.channel,
            "evidence": [
                {
                    "run": each.run_id,
                    "name": each.run,
                    "from_rpm": _rounded(each.low_rpm, 0),
                    "to_rpm": _rounded(each.high_rpm, 0),
                    "value": _rounded(each.value, 4),
                    "words": each.words,
                }
                for each in one.evidence
            ],
        }
        for one in advice
    ]


def not_asked_list(not_asked: Sequence[NotAsked]) -> list[dict[str, Any]]:
    """Return the rules that could not be asked, and why."""
    return [{"rule": one.rule, "title": one.title, "why": one.why} for one in not_asked]


def report_document(report: PerformanceReport) -> dict[str, Any]:
    """Return all that a report says."""
    vehicle = report.vehicle
    return {
        "report": "performance",
        "issued": report.issued.isoformat(),
        "issued_by": report.issued_by,
        "shop": report.shop,
        "owner": vehicle.owner,
        "vin": vehicle.vin,
        "plate": vehicle.plate,
        **history_document(report.history),
        "comparison": None
        if report.comparison is None
        else comparison_document(report.comparison)["comparison_data"],
        "recommendations": advice_list(report.advice),
        "not_asked": not_asked_list(report.not_asked),
        "audit": {"sequence": report.audit_sequence, "hash": report.audit_hash},
    }


def json_of(report: PerformanceReport) -> bytes:
    """Return a report as a JSON file."""
    document = report_document(report)
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode("utf-8")


def _horsepower(kw: float | None) -> float | None:
    return None if kw is None else _rounded(float(convert(kw, "kW", "hp")), 1)


def _rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, decimals)


def _day(day: Any) -> str | None:
    return None if day is None else str(day)
