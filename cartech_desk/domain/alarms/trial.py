"""A limit tried on what was recorded: how often, when and how far it would have gone off.

The state machine is that of the limit watch, and is run only where something happens: NumPy finds
those stretches.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.alarms.limit import Level, Limit
from cartech_desk.domain.errors import CarTechError


class TrialRefused(CarTechError):
    """A limit cannot be tried on this stretch."""

    code: ClassVar[str] = "trial_refused"


class Column(Protocol):
    """Samples of one channel in order of time; `store.recordings.Samples` is one."""

    @property
    def t_ns(self) -> NDArray[np.int64]:
        """Times, of the same clock for all channels."""

    @property
    def values(self) -> NDArray[np.float64]:
        """Values in the channel's canonical unit."""

    @property
    def quality(self) -> NDArray[np.uint8]:
        """A `Quality` each."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The alarm came at `from_ns` and went at `to_ns` (None: it stood at the end of the stretch).

    `level` is the worst it came to, at `tripped_ns` the trip (None: it only warned). `furthest` is
    the value that was farthest out, `beyond` how far beyond the edge that the alarm came at first;
    both in the unit of what is watched.
    """

    level: Level
    from_ns: int
    to_ns: int | None
    tripped_ns: int | None
    furthest: float
    beyond: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: occurrences in order of time.

    `samples` were judged from `first_ns` to `last_ns`; of those `unknown` told nothing (no valid
    value, or a gate that could not be told) and `gated` did not count because of the gate.
    """

    occurrences: tuple[Occurrence, ...]
    first_ns: int
    last_ns: int
    samples: int
    unknown: int
    gated: int

    @property
    def warnings(self) -> int:
        """How often it would have warned without tripping."""
        return sum(one.level is Level.WARNING for one in self.occurrences)

    @property
    def trips(self) -> int:
        """How often it would have tripped."""
        return sum(one.level is Level.TRIP for one in self.occurrences)

    @property
    def out_s(self) -> float:
        """For how long it would have stood in all [s]."""
        return (
            sum(
                (self.last_ns if one.to_ns is None else one.to_ns) - one.from_ns
                for one in self.occurrences
            )
            / 1e9
        )


def try_limit(limit: Limit, columns: Mapping[str, Column]) -> Trial:
    """Run a limit over recorded columns, whether or not it is in service.

    `columns` has every channel of `limit.channels`. Errors: TrialRefused where one is missing or
    nothing was recorded of what is watched; ExpressionError.
    """
    raise NotImplementedError
