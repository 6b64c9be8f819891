"""A scan as a technician reads it at the command line: what is wrong first, then the rest."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from cartech_desk.domain.faults.counted import readiness_of, tests_line
from cartech_desk.domain.faults.found import CodeFound, FaultScan, Readiness
from cartech_desk.domain.faults.meaning import Meaning, Severity
from cartech_desk.domain.faults.told import code_asked

Explain = Callable[[str], Meaning]

_SHAPES: Final = {Severity.CRITICAL: "■", Severity.WARNING: "▲", Severity.INFORMATION: "●"}
"""A state is a shape and a word, where there is no colour."""


def scan_lines(scan: FaultScan, explain: Explain) -> list[str]:
    """Return the lines: lamp, codes with meaning and severity, unknowns, readiness, counters."""
    lines = [f"Lamp      {_lamp(scan)}", *_codes(scan, explain)]
    if not scan.codes:
        lines.append(_no_codes(scan))
    lines += _readiness("Since codes were cleared", scan.since_clear)
    lines += _readiness("In this drive", scan.this_cycle)
    lines += _counters(scan)
    if scan.frames:
        kept = ", ".join(
            dict.fromkeys(f"{frame.code} (ECU {frame.ecu:X})" for frame in scan.frames)
        )
        lines.append(f"Freeze frames of {kept}")
    failed = [test for test in scan.tests if test.passed is False]
    if scan.tests:
        lines.append(f"On-board tests: {tests_line(scan.tests)}")
        lines += [f"  ▲ {test.name}: {test.test_name} (ECU {test.ecu:X})" for test in failed]
    return lines


def _lamp(scan: FaultScan) -> str:
    if scan.mil is None:
        return "not known"
    lit = [f"{lamp.ecu:X}" for lamp in scan.lamps if lamp.on]
    return f"lit by ECU {', '.join(lit)}" if lit else "off"


def _codes(scan: FaultScan, explain: Explain) -> Iterable[str]:
    meanings = [(explain(code_asked(found)), found) for found in scan.codes]
    order = list(Severity)
    for meaning, found in sorted(meanings, key=lambda one: order.index(one[0].severity)):
        yield _code(meaning, found)
        yield f"    {meaning.severity_reason}"
        if meaning.note:
            yield f"    {meaning.note}"


def _code(meaning: Meaning, found: CodeFound) -> str:
    failure = f", {meaning.failure}" if meaning.failure else ""
    return (
        f"{_SHAPES[meaning.severity]} {meaning.severity.value:<11} {meaning.code}  "
        f"{meaning.description}{failure}  "
        f"({', '.join(status.value for status in found.status)}; ECU {found.ecu:X})"
    )


def _no_codes(scan: FaultScan) -> str:
    if scan.clean:
        return "No codes: every control unit said that it has none."
    if scan.unknown or not scan.complete:
        return "Whether codes are stored is not known."
    return "No codes were told; yet the car does not say that it has none."


def _readiness(when: str, told: Sequence[Readiness]) -> Iterable[str]:
    ready = readiness_of(told)
    if ready is None:
        return
    names = f"; not complete: {', '.join(ready.open)}" if ready.open else ""
    total = len(ready.complete) + len(ready.open)
    yield f"{when}: {len(ready.complete)} of {total} monitors complete{names}"


def _counters(scan: FaultScan) -> Iterable[str]:
    counters = scan.counters
    told = [
        # Of a lamp that is off and was not lit lately nothing is to be said.
        ("with the lamp lit", counters.lamp_km, counters.lamp_min)
        if scan.mil or counters.lamp_km or counters.lamp_min
        else ("", None, None),
        ("since codes were cleared", counters.cleared_km, counters.cleared_min),
    ]
    for what, km, minutes in told:
        parts = [f"{km:.0f} km"] if km is not None else []
        parts += [f"{minutes:.0f} min"] if minutes is not None else []
        if parts:
            yield f"{', '.join(parts)} {what}"
    if counters.warm_ups is not None:
        yield f"{counters.warm_ups} warm-ups since codes were cleared"
