"""On-board tests as they are read: failed first, and where a value stands between its limits."""

import math
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.faults.found import FaultScan, TestResult
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.fault_frame import shown_unit
from cartech_desk.ui.models.fault_words import ecu_words
from cartech_desk.ui.models.value_scale import in_words
from cartech_desk.ui.theme.states import State

_ROOM: Final = 0.3
"""Of the span between the limits, left free beyond each."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Places from 0 to 1 along a bar; a limit that there is none of is None.

    `beyond` is -1 or 1 where the value lies left or right of the whole bar.
    """

    low: float | None
    high: float | None
    value: float
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class TestRow:
    """One test in words. `bar` None where there is no value or no limit."""

    __test__ = False  # no test of ours

    key: tuple[int, int, int]
    monitor: str
    test: str
    ecu: str
    value: str
    minimum: str
    maximum: str
    state: State
    word: str
    bar: Bar | None

    @property
    def limits(self) -> str:
        """Both limits in words."""
        if self.minimum and self.maximum:
            return f"{self.minimum} to {self.maximum}"
        if self.maximum:
            return f"at most {self.maximum}"
        return f"at least {self.minimum}" if self.minimum else "no limits told"


def told_tests(scan: FaultScan, system: UnitSystem) -> tuple[TestRow, ...]:
    """Return all tests: failed ones, then passed ones, then those without a verdict."""
    order = sorted(scan.tests, key=lambda one: (_rank(one), one.ecu, one.monitor, one.test))
    return tuple(_row(one, scan, system) for one in order)


def failed(scan: FaultScan) -> int:
    """Return how many tests failed."""
    return sum(one.passed is False for one in scan.tests)


def bar_of(value: float, minimum: float | None, maximum: float | None) -> Bar | None:
    """Lay a value and its limits on a bar from 0 to 1."""
    limits = [one for one in (minimum, maximum) if one is not None]
    if not limits or not all(math.isfinite(one) for one in (value, *limits)):
        return None
    if minimum is not None and maximum is not None:
        span = maximum - minimum
        room = _ROOM * span if span > 0 else max(abs(maximum), 1.0) * _ROOM
        left, right = minimum - room, maximum + room
        if minimum >= 0 > left:
            left = -room / 4
    elif maximum is not None:
        left = min(0.0, maximum - abs(maximum))
        right = maximum + _ROOM * max(maximum - left, abs(maximum), 1e-9)
    else:
        assert minimum is not None  # noqa: S101 - one of both is there
        reach = max(abs(minimum), abs(value - minimum), 1e-9)
        left, right = minimum - _ROOM * reach, minimum + 1.3 * reach
    wide = right - left

    def place(one: float | None) -> float | None:
        return None if one is None else (one - left) / wide

    at = (value - left) / wide
    beyond = -1 if at < 0 else int(at > 1)
    return Bar(place(minimum), place(maximum), min(1.0, max(0.0, at)), beyond)


def _rank(one: TestResult) -> int:
    return {False: 0, True: 1, None: 2}[one.passed]


def _row(one: TestResult, scan: FaultScan, system: UnitSystem) -> TestRow:
    unit = shown_unit(one.unit, system)
    size = max((abs(x) for x in (one.value, one.minimum, one.maximum) if x is not None), default=0)
    # Small numbers are told as finely as they are measured.
    decimals = unit.decimals if size >= 10 or one.unit == "count" else max(unit.decimals, 3)

    def words(value: float | None) -> str:
        if value is None:
            return ""
        text = in_words(unit.to_shown(value), decimals)
        return f"{text} {unit.symbol}".strip() if math.isfinite(value) else text

    state, word = {
        True: (State.CONNECTED, "passed"),
        False: (State.TRIP, "failed"),
        None: (State.OFF, "no verdict"),
    }[one.passed]
    return TestRow(
        (one.ecu, one.monitor, one.test),
        one.name,
        one.test_name,
        ecu_words(scan, one.ecu),
        words(one.value),
        words(one.minimum),
        words(one.maximum),
        state,
        word,
        bar_of(one.value, one.minimum, one.maximum),
    )
