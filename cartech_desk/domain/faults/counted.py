"""Monitors and tests of a whole car, counted once for text, window and sheet alike.

Several control units may have a monitor of the same name: it is one of the car's, and complete
where it is complete in each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cartech_desk.domain.faults.found import Readiness, TestResult


@dataclass(frozen=True, slots=True)
class Ready:
    """Monitors by name: those that are complete in every control unit, and the others."""

    complete: tuple[str, ...]
    open: tuple[str, ...]


def readiness_of(told: Sequence[Readiness]) -> Ready | None:
    """Join what the control units tell; None where nobody told."""
    if not any(one.monitors for one in told):
        return None
    joined: dict[str, bool] = {}
    for one in told:
        for monitor in one.monitors:
            joined[monitor.name] = joined.get(monitor.name, True) and monitor.complete
    return Ready(
        tuple(name for name, complete in joined.items() if complete),
        tuple(name for name, complete in joined.items() if not complete),
    )


def tests_line(tests: Sequence[TestResult]) -> str:
    """Count the tests: within limits, outside, and without a verdict."""
    passed = sum(one.passed is True for one in tests)
    failed = sum(one.passed is False for one in tests)
    without = len(tests) - passed - failed
    parts = [f"{passed} within their limits"]
    if failed:
        parts.append(f"{failed} outside")
    if without:
        parts.append(f"{without} without limits or not run yet")
    results = "1 result" if len(tests) == 1 else f"{len(tests)} results"
    return f"{results}: {', '.join(parts)}."


__all__ = ["Ready", "readiness_of", "tests_line"]
