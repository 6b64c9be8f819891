"""Telling a damaged value from a real jump, on wires that carry no checksum.

A serial stream without a checksum cannot be proven right: a flipped bit in a digit is a digit. What
can be known is what the neighbours say. A value within a step of the one before is passed on at
once. One that jumps is held back until the next comes: where that agrees with it, the jump was real
and both are passed on with their own times; where it does not, the one held was alone against both
its neighbours and is marked INVALID. The first value of a stream is held back in the same way.

Two things are real and look like damage: a value that runs away over several samples (a mixture
that goes lean at the lift), and one that swings with every sample (a misfire). So a value that lies
between its neighbours passes up to `WIDE` steps, and what a stream's own last differences say is
usual is never a jump. What is lost is a single sample that stands alone, and no value passes
unmarked that is further from its neighbours than that.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from cartech_desk.domain.channels import Quality, Reading

WAIT_NS: Final = 250_000_000
"""So long a value waits for its successor."""
_PACKET_NS: Final = 20_000_000
"""No packet takes longer to come."""
FORGET_NS: Final = 2_000_000_000
"""After so long nothing can be said of the next value."""
WIDE: Final = 4.0
"""So many steps a value may run on, where the next one runs on the same way."""
_SWINGS: Final = 8
_SWINGS_LEAST: Final = 5
_USUAL: Final = 1.5
"""A stream's differences are usual up to so many times the middle one of the last few."""
_NAN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Step:
    """How far two neighbours may lie apart: the sum of all of these.

    `base` in the channel's unit, `part` of the greater of the two, `of_most` of the greatest value
    passed on so far, `per_s` in units a second.
    """

    base: float = 0.0
    part: float = 0.0
    of_most: float = 0.0
    per_s: float = 0.0


EXACT: Final = Step()
"""For states: another one counts once the next says the same."""


class _Watched:
    def __init__(self, step: Step) -> None:
        self.step = step
        self.last: Reading | None = None
        self.held: Reading | None = None
        self.most = 0.0
        self.heard: float | None = None
        self.swings: deque[float] = deque(maxlen=_SWINGS)

    def limit(self, one: Reading, other: Reading) -> float:
        """Return how far these two may lie apart."""
        step = self.step
        greater = max(abs(one.value), abs(other.value))
        limit = step.base + step.part * greater + step.of_most * self.most
        return limit + step.per_s * abs(other.t_ns - one.t_ns) / 1e9

    def near(self, one: Reading, other: Reading) -> bool:
        limit = self.limit(one, other)
        if limit > 0.0 and len(self.swings) >= _SWINGS_LEAST:
            limit = max(limit, _USUAL * median(self.swings))
        return abs(other.value - one.value) <= limit

    def runs_on(self, before: Reading, held: Reading, after: Reading) -> bool:
        """Tell whether a value lies between its neighbours, no further off than may be."""
        first, second = held.value - before.value, after.value - held.value
        return (
            first * second > 0.0
            and abs(first) <= WIDE * self.limit(before, held)
            and abs(second) <= WIDE * self.limit(held, after)
        )

    def take(self, reading: Reading) -> list[Reading]:
        out: list[Reading] = []
        if self.held is not None and reading.t_ns - self.held.t_ns > FORGET_NS:
            out.append(self.give_up(good=False))
        if self.last is not None and reading.t_ns - self.last.t_ns > FORGET_NS:
            self.last = None
        if reading.quality is not Quality.GOOD:
            if self.held is not None:
                out.append(_marked(self.held))
                self.held = None
            return [*out, reading]
        if self.heard is not None:
            self.swings.append(abs(reading.value - self.heard))
        self.heard = reading.value
        held = self.held
        if held is not None and self.near(held, reading):
            return [*out, self._passed(held), self._passed(reading)]
        if self.last is not None and self.near(self.last, reading):
            if held is not None:
                out.append(_marked(held))
            return [*out, self._passed(reading)]
        if held is not None and self.last is not None and self.runs_on(self.last, held, reading):
            out.append(self._passed(held))
        elif held is not None:
            out.append(_marked(held))
        self.held = reading
        return out

    def give_up(self, *, good: bool) -> Reading:
        """Return what was held and found no successor."""
        held = self.held
        assert held is not None  # noqa: S101 - callers look first
        if good:
            return self._passed(held)
        self.held = None
        return _marked(held)

    def _passed(self, reading: Reading) -> Reading:
        self.last = reading
        self.held = None
        self.most = max(self.most, abs(reading.value))
        return reading


class StepGuard:
    """Holds the readings of several channels against their neighbours; others pass as they are."""

    def __init__(self, steps: Mapping[str, Step]) -> None:
        self._watched = {name: _Watched(step) for name, step in steps.items()}

    def watch(self, channel: str, step: Step) -> None:
        """Guard another channel."""
        self._watched.setdefault(channel, _Watched(step))

    def take(self, reading: Reading) -> list[Reading]:
        """Return what can be passed on now that this reading has come."""
        watched = self._watched.get(reading.channel)
        return [reading] if watched is None else watched.take(reading)

    def waited(self, now_ns: int, heard_ns: int) -> list[Reading]:
        """Return what was held and has waited long enough for a successor.

        It is good only where nothing speaks against it: it is the first of its channel, and not a
        byte has come since; `heard_ns` is when the last one did.
        """
        return [
            one.give_up(good=one.last is None and heard_ns - one.held.t_ns < _PACKET_NS)
            for one in self._watched.values()
            if one.held is not None and now_ns - one.held.t_ns >= WAIT_NS
        ]

    def waiting(self) -> bool:
        """Tell whether anything is held."""
        return any(watched.held is not None for watched in self._watched.values())


def _marked(reading: Reading) -> Reading:
    return Reading(reading.channel, reading.t_ns, _NAN, Quality.INVALID)
