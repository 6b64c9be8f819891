"""What changed between two scans of one car."""

from dataclasses import dataclass

from cartech_desk.domain.faults.found import CodeFound, FaultScan, TestResult


@dataclass(frozen=True, slots=True)
class CodeChange:
    """A code that both scans have, with another status."""

    before: CodeFound
    now: CodeFound


@dataclass(frozen=True, slots=True)
class Difference:
    """From the earlier scan to the later one.

    Gone are only codes whose ECU told its list this time; where it did not, they are `untold`.
    `sentences` say what else changed: lamp, monitors that became incomplete or complete, a
    calibration id or CVN that is another one, a test that began to fail.
    """

    new: tuple[CodeFound, ...] = ()
    gone: tuple[CodeFound, ...] = ()
    changed: tuple[CodeChange, ...] = ()
    same: tuple[CodeFound, ...] = ()
    untold: tuple[CodeFound, ...] = ()
    failing: tuple[TestResult, ...] = ()
    mended: tuple[TestResult, ...] = ()
    sentences: tuple[str, ...] = ()


def difference(before: FaultScan, now: FaultScan) -> Difference:
    """Compare two scans of the same car, the earlier first."""
    raise NotImplementedError
