"""How long to wait and how many lines to wait for, learned from this adapter and this car.

Two things make an ELM327 fast. The number of lines to expect, as the last digit of a request, ends
the wait at the last line ("Talking to the Vehicle" in the data sheet; STN chips take it as `r:` of
STPX, too). Some adapters count lines there, some whole messages, some refuse the digit: each is
tried once and measured. Where the digit does not help, the time-out (AT ST, 4.096 ms a step) is
brought down to one and a half times what the slowest answer took.
"""

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.adapter import Request
from cartech_desk.hardware.elm.conversation import Heard

STEP_MS: Final = 4.096
DEFAULT_STEPS: Final = 0x32
LEAST_STEPS: Final = 0x0A
MOST_STEPS: Final = 0xFF
MOST_LEARNED: Final = 0x8C
"""The longest learned time-out, 0.57 s: beyond it a dead adapter would be noticed too late."""

_LEARNED_AFTER: Final = 8
_MARGIN: Final = 1.5
_FORGET: Final = 0.02
"""How much of its lead the slowest answer loses with each faster one."""

_PROMPT_SHARE: Final = 0.4
"""A prompt later than this share of the time-out after the last line: the adapter waited."""

_MOST_UNHEEDED: Final = 3

_STOP_NS: Final = 60_000_000
"""An adapter whose prompt comes later than this after it was stopped was not stopped."""


class Counting(Enum):
    """What the adapter takes the digit for."""

    UNTRIED = "untried"
    LINES = "lines"
    MESSAGES = "messages"
    REFUSED = "refused"


@dataclass(slots=True)
class _Habit:
    """How one address answers: the slowest answer in ms, forgotten slowly, and how many came."""

    slowest_ms: float = 0.0
    answers: int = 0


class Shape(NamedTuple):
    """How a request was answered: lines, messages and ECUs."""

    lines: int
    messages: int
    ecus: int


@dataclass(slots=True)
class Stopping:
    """Whether it helps to stop this adapter once all answers are there."""

    works: bool = True
    _unheeded: int = 0

    def note(self, heard: Heard) -> None:
        """Learn from one command."""
        if not heard.stopped_ns:
            return
        heeded = heard.prompt and heard.t_done_ns - heard.stopped_ns < _STOP_NS
        self._unheeded = 0 if heeded else self._unheeded + 1
        self.works = heard.prompt and self._unheeded < _MOST_UNHEEDED


@dataclass(slots=True)
class Pace:
    """What was learned; lives as long as the connection to one car."""

    counting: Counting = Counting.UNTRIED
    multiline_known: bool = False
    steps: int = DEFAULT_STEPS
    _habits: dict[Address, _Habit] = field(default_factory=dict)
    _shapes: dict[tuple[Address, bytes], Shape] = field(default_factory=dict)
    _never_count: set[tuple[Address, bytes]] = field(default_factory=set)
    _unheeded: int = 0

    def count(self, request: Request) -> int | None:
        """Return the number to expect for this request, None where the adapter has to wait."""
        key = (request.address, request.payload)
        shape = self._shapes.get(key)
        if (
            request.expected is None
            or self.counting is Counting.REFUSED
            or key in self._never_count
            or shape is None
            or shape.ecus != request.expected
        ):
            return None
        number = shape.messages if self.counting is Counting.MESSAGES else shape.lines
        return number if 0 < number <= 15 else None

    def steps_wanted(self, address: Address) -> int:
        """Return the time-out for an address in steps of the adapter."""
        habit = self._habits.get(address)
        if habit is None or habit.answers < _LEARNED_AFTER:
            return DEFAULT_STEPS
        steps = math.ceil(_MARGIN * habit.slowest_ms / STEP_MS)
        return min(MOST_LEARNED, max(LEAST_STEPS, steps))

    def answered(self, request: Request, shape: Shape, first_ms: float, slowest_ms: float) -> None:
        """Learn from a clean reply; times from sending to the first and the slowest first line."""
        self._shapes[request.address, request.payload] = shape
        habit = self._habits.get(request.address)
        if habit is None:
            habit = self._habits[request.address] = _Habit()
        habit.answers += 1
        faded = habit.slowest_ms - _FORGET * max(0.0, habit.slowest_ms - first_ms)
        habit.slowest_ms = max(faded, slowest_ms)

    def counted(self, shape: Shape, number: int, tail_ms: float) -> None:
        """Learn whether the adapter heeded the digit: `tail_ms` is from last line to prompt."""
        waited = tail_ms > _PROMPT_SHARE * self.steps * STEP_MS
        if not waited:
            self._unheeded = 0
            if shape.lines != shape.messages:
                self.multiline_known = True
            if self.counting is Counting.UNTRIED and number == shape.lines:
                self.counting = Counting.LINES
            return
        if shape.lines != shape.messages and not self.multiline_known:
            # It waited for more than it was told in lines: perhaps it counts whole messages.
            self.multiline_known = self.counting is Counting.MESSAGES
            self.counting = Counting.MESSAGES
            return
        self._unheeded += 1
        if self._unheeded >= _MOST_UNHEEDED:
            self.counting = Counting.REFUSED

    def miscounted(self, request: Request, *, cut_off: bool) -> None:
        """Learn that the digit spoilt a request that works without.

        `cut_off` says that an answer came in pieces; lines being the most that is ever counted,
        that is dirt, or an answer that has grown since its lines were counted.
        """
        shape = self._shapes.pop((request.address, request.payload), None)
        if self.counting is Counting.UNTRIED:
            if not cut_off:
                self.counting = Counting.REFUSED
        elif (
            self.counting is Counting.MESSAGES
            and shape is not None
            and shape.lines != shape.messages
        ):
            self.counting = Counting.LINES
            self.multiline_known = True
        elif not cut_off:
            self._never_count.add((request.address, request.payload))

    def pending(self, request: Request) -> None:
        """Learn that an ECU asks for time here: a digit would end the wait too early."""
        self._never_count.add((request.address, request.payload))

    def silent(self, request: Request) -> bool:
        """Learn from a time-out; tell whether this address had answered before."""
        self._shapes.pop((request.address, request.payload), None)
        habit = self._habits.pop(request.address, None)
        return habit is not None
