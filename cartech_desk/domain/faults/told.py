"""A scan as others are told it: the document of the command line and of the desk's own API."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from cartech_desk.domain.faults.code import Code
from cartech_desk.domain.faults.found import (
    Answered,
    CodeFound,
    CodeStatus,
    FaultScan,
    FrameValue,
    FreezeFrame,
    Readiness,
    TestResult,
)
from cartech_desk.domain.faults.meaning import Meaning


def told_scan(scan: FaultScan, explain: Callable[[str], Meaning]) -> dict[str, Any]:
    """Return the document of `cartech-desk scan --json` (and of GET /api/ecu/fault-codes).

    `codes` [{code, description, severity, status, ecu}], `freeze_frames` [{code, ecu, frame,
    values, units}] with numbers (words for states, null for no value) by name, `readiness`
    {since_clear, this_cycle} each [{ecu, ignition, monitors: [{key, name, complete}]}], `mil`
    true, false or null, `tests` [{ecu, monitor, name, test, test_name, value, unit, min, max,
    passed}], `counters`, `clean`, `complete`, `codes_known` (see the function), `unknown` [{ecu,
    kind, why}], `warnings`. ECUs are hex text ("7E8"). `explain` is asked for each code, with its
    failure type where UDS told one.
    """
    return {
        "connected": True,
        "at": scan.at.isoformat(),
        "url": scan.url,
        "adapter": scan.adapter,
        "protocol": scan.protocol,
        "uds": scan.uds,
        "voltage": scan.voltage,
        "vin": scan.vin,
        "ecus": [
            {
                "address": ecu_text(ecu.address),
                "name": ecu.name,
                "calibration_ids": list(ecu.calibration_ids),
                "cvns": list(ecu.cvns),
            }
            for ecu in scan.ecus
        ],
        "mil": scan.mil,
        "clean": scan.clean,
        "complete": scan.complete,
        "codes_known": codes_known(scan),
        "codes": [_code(found, explain(code_asked(found))) for found in scan.codes],
        "unknown": [
            {"ecu": ecu_text(one.ecu), "kind": one.kind.value, "why": one.why}
            for one in scan.unknown
        ],
        "freeze_frames": [_frame(frame) for frame in scan.frames],
        "readiness": {
            "since_clear": _readiness(scan.since_clear),
            "this_cycle": _readiness(scan.this_cycle),
        },
        "counters": asdict(scan.counters),
        "tests": [_test(test) for test in scan.tests],
        "warnings": list(scan.warnings),
        "requests": scan.requests,
        "seconds": round(scan.seconds, 3),
    }


def codes_known(scan: FaultScan) -> bool:
    """Whether any ECU told its stored codes: where none did, no codes means nothing at all."""
    return any(CodeStatus.STORED in code.status for code in scan.codes) or any(
        one.kind is CodeStatus.STORED and one.answered is Answered.TOLD for one in scan.codes_told
    )


def ecu_text(ecu: int) -> str:
    """Return an ECU's address as it stands in every document: hex, as in 7E8."""
    return f"{ecu:02X}"


def code_asked(found: CodeFound) -> str:
    """Return a code as its meaning is asked for: with the failure type where one was told.

    A failure type of 00 says nothing (SAE J2012-DA) and is left out.
    """
    return str(Code(found.code, found.failure_type or None))


def _code(found: CodeFound, meaning: Meaning) -> dict[str, Any]:
    return {
        "code": found.code,
        "failure_type": None if found.failure_type is None else f"{found.failure_type:02X}",
        "description": meaning.description,
        "severity": meaning.severity.value,
        "severity_reason": meaning.severity_reason,
        "system": meaning.system,
        "origin": meaning.origin.value,
        "source": meaning.source,
        "known": meaning.known,
        "status": [status.value for status in found.status],
        "ecu": ecu_text(found.ecu),
        **({"note": meaning.note} if meaning.note else {}),
    }


def _frame(frame: FreezeFrame) -> dict[str, Any]:
    return {
        "code": frame.code,
        "ecu": ecu_text(frame.ecu),
        "frame": frame.frame,
        "values": {value.name: _shown(value) for value in frame.values},
        "units": {value.name: value.unit for value in frame.values},
    }


def _shown(value: FrameValue) -> str | float | None:
    return value.state or _number(value.value)


def _readiness(told: Sequence[Readiness]) -> list[dict[str, Any]]:
    return [
        {
            "ecu": ecu_text(one.ecu),
            "ignition": "compression" if one.compression else "spark",
            "monitors": [asdict(monitor) for monitor in one.monitors],
        }
        for one in told
    ]


def _test(test: TestResult) -> dict[str, Any]:
    return {
        "ecu": ecu_text(test.ecu),
        "monitor": f"{test.monitor:02X}",
        "name": test.name,
        "test": f"{test.test:02X}",
        "test_name": test.test_name,
        "value": _number(test.value),
        "unit": test.unit,
        "min": _number(test.minimum),
        "max": _number(test.maximum),
        "passed": test.passed,
    }


def _number(value: float | None) -> float | None:
    """Return a number free of the last digits that binary fractions add; null for none."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.9g}")
