"""Channels and readings: the words in which every room speaks of a measured value."""

import math
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple


class Quality(IntEnum):
    """What a reading is worth."""

    GOOD = 0
    STALE = 1
    """The source has gone quiet; the value is the last one known."""
    INVALID = 2
    """An answer came and is no value (out of range, "not available", garbage); value is NaN."""


class Reading(NamedTuple):
    """One sample of one channel.

    `t_ns` is `monotonic_ns()` at the first byte of the answer; `value` is in the channel's
    canonical unit (`Channel.unit`), NaN unless `quality` is GOOD.
    """

    channel: str
    t_ns: int
    value: float
    quality: Quality = Quality.GOOD


@dataclass(frozen=True, slots=True)
class Channel:
    """A thing that can be watched and recorded.

    `name` is the stable identifier (`rpm`, `boost`, or a signal's own id); `unit` a key of
    `domain.units`; `minimum` and `maximum` the scale of a gauge, in that unit; `source` says in
    words where it comes from ("mode 01 PID 0C", "map - barometer"). `lowest` and `highest` are the
    least and the most that this source can tell at all, infinite where nobody knows.
    """

    name: str
    label: str
    unit: str
    minimum: float
    maximum: float
    decimals: int = 0
    source: str = ""
    derived: bool = False
    lowest: float = field(default=-math.inf, compare=False)
    highest: float = field(default=math.inf, compare=False)


CANONICAL: Final = (
    "rpm",
    "boost",
    "temp",
    "timing",
    "afr",
    "speed",
    "throttle",
    "load",
    "map",
    "iat",
    "lambda",
    "voltage",
)
"""Names that mean the same thing whatever the car delivers them through.

rpm [rpm] crankshaft; boost [kPa] gauge, manifold minus barometer; temp [degC] coolant;
timing [deg] before top dead centre, cylinder 1; afr [ratio] measured lambda times the fuel's
stoichiometry; speed [km/h]; throttle [percent] absolute position; load [percent] calculated;
map [kPa] absolute; iat [degC] intake air; lambda [ratio] measured, never the commanded one;
voltage [V] control module, or the adapter's where the car does not tell it.
"""
