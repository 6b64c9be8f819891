"""A limit: what is watched, from where on it warns and trips, and what is to be done then."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.expressions import Expression, ExpressionError, compile_expression
from cartech_desk.domain.plain_text import printable
from cartech_desk.domain.units import UNITS

LONGEST_DELAY_S: Final = 3600.0
LONGEST_TEXT: Final = 300
LONGEST_KEY: Final = 60

_KEY: Final = re.compile(rf"[A-Za-z0-9_]{{1,{LONGEST_KEY}}}")


class LimitRefused(CarTechError):
    """A limit that makes no sense, by itself or beside others."""

    code: ClassVar[str] = "limit_refused"


class Comparison(StrEnum):
    """On which side of its edge a value is wrong."""

    ABOVE = "above"
    BELOW = "below"


class Level(IntEnum):
    """How far a value is out."""

    NONE = 0
    WARNING = 1
    TRIP = 2


class Priority(IntEnum):
    """How soon somebody has to act; the highest comes first in every list (IEC 62682)."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Action(StrEnum):
    """What the desk does beside the lamp, which always lights. It never acts on the car."""

    LAMP = "lamp"
    SOUND = "sound"
    STOP_RUN = "stop_run"
    """Lamp, sound, and the recommendation to stop the run."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit.

    `key` names it among those of a vehicle or profile ("rpm_high"); `watches` is a channel's name
    or an expression over channels; `warning` and `trip` are in that channel's canonical unit
    (`unit` for an expression), one of them may be None. A value is out where it lies beyond an
    edge, and back where it is within it by `deadband`. It has to be out for `warning_delay_s` or
    `trip_delay_s` before the alarm comes (on-delay) and back for `off_delay_s` before it goes.
    `gate` is an expression under which alone the limit counts, empty for always. With `latch` the
    alarm stays until somebody clears it. `rate_hz` is how often the car is asked for it at least.
    `to_do` tells the technician what to do; `in_service` False is a limit out of service.
    """

    key: str
    watches: str
    comparison: Comparison
    warning: float | None = None
    trip: float | None = None
    deadband: float = 0.0
    warning_delay_s: float = 0.0
    trip_delay_s: float = 0.0
    off_delay_s: float = 0.0
    latch: bool = False
    priority: Priority = Priority.MEDIUM
    gate: str = ""
    action: Action = Action.SOUND
    label: str = ""
    to_do: str = ""
    unit: str = ""
    rate_hz: float = 1.0
    in_service: bool = True

    def edge(self, level: Level) -> float | None:
        """Return the edge of a level."""
        return self.trip if level is Level.TRIP else self.warning

    def delay_s(self, level: Level) -> float:
        """Return the on-delay of a level."""
        return self.trip_delay_s if level is Level.TRIP else self.warning_delay_s

    @property
    def expression(self) -> Expression:
        """What is watched, compiled. Errors: ExpressionError."""
        return compile_expression(self.watches)

    @property
    def gate_expression(self) -> Expression | None:
        """The gate, compiled; None where there is none. Errors: ExpressionError."""
        return compile_expression(self.gate) if self.gate.strip() else None

    @property
    def inputs(self) -> tuple[str, ...]:
        """Channels that its value needs."""
        return self.expression.names

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels that it needs, those of its gate included, each once."""
        gate = self.gate_expression
        return tuple(dict.fromkeys((*self.inputs, *(gate.names if gate is not None else ()))))


def check_limit(limit: Limit, channels: Mapping[str, Channel] | None = None) -> None:
    """Refuse a limit that makes no sense; `channels` gives the range of those that are known.

    Errors: LimitRefused, one sentence that names the field.
    """
    name = limit.label or limit.key or "The limit"
    if not _KEY.fullmatch(limit.key):
        raise _refused(
            f"“{limit.key[:LONGEST_KEY]}” cannot be the name of a limit.",
            f"Use letters from a to z, digits and underscores, at most {LONGEST_KEY}.",
        )
    try:
        inputs = limit.inputs
        _ = limit.gate_expression
    except ExpressionError as error:
        raise LimitRefused(
            f"{name}: {error.happened}", kept="Nothing was changed.", to_do=error.to_do
        ) from error
    if not inputs:
        raise _refused(f"{name} watches no channel.", "Name a channel, such as rpm.")
    numbers = {
        "warning": limit.warning,
        "trip": limit.trip,
        "deadband": limit.deadband,
        "warning delay": limit.warning_delay_s,
        "trip delay": limit.trip_delay_s,
        "off-delay": limit.off_delay_s,
        "rate": limit.rate_hz,
    }
    for field, number in numbers.items():
        if number is not None and not math.isfinite(number):
            raise _refused(f"{name}: the {field} is not a number.", "Type a number.")
    if limit.warning is None and limit.trip is None:
        raise _refused(
            f"{name} has neither a warning nor a trip value.", "Give at least one of them."
        )
    if limit.deadband < 0:
        raise _refused(f"{name}: the deadband is negative.", "Give 0 or more.")
    for field in ("warning delay", "trip delay", "off-delay"):
        number = numbers[field]
        if number is not None and not 0 <= number <= LONGEST_DELAY_S:
            raise _refused(
                f"{name}: the {field} of {number:g} s cannot be.",
                f"Give 0 to {LONGEST_DELAY_S:g} s.",
            )
    if not 0.01 <= limit.rate_hz <= 1000:
        raise _refused(f"{name}: the rate of {limit.rate_hz:g} Hz cannot be.", "Give 0.01 to 1000.")
    for words in (limit.label, limit.to_do, limit.unit):
        if len(words) > LONGEST_TEXT or not printable(words):
            raise _refused(
                f"{name}: a text is too long or has signs that cannot be shown.",
                f"Use at most {LONGEST_TEXT} printable characters.",
            )
    _check_order(limit, name)
    if channels is not None and limit.watches.strip() in channels:
        _check_range(limit, name, channels[limit.watches.strip()])


def _check_order(limit: Limit, name: str) -> None:
    if limit.warning is None or limit.trip is None:
        return
    distance = limit.trip - limit.warning
    if limit.comparison is Comparison.BELOW:
        distance = -distance
    if distance <= 0:
        side = "above" if limit.comparison is Comparison.ABOVE else "below"
        raise _refused(
            f"{name} trips at {limit.trip:g} before it warns at {limit.warning:g}.",
            f"Put the trip value {side} the warning.",
        )
    if limit.deadband > distance:
        raise _refused(
            f"{name}: the deadband of {limit.deadband:g} is wider than the {distance:g} between "
            "warning and trip, so that a trip would stand while all is well.",
            f"Give a deadband of at most {distance:g}.",
        )


def _check_range(limit: Limit, name: str, channel: Channel) -> None:
    """Refuse edges that no car reaches, and a deadband that no value can leave the alarm by."""
    low, high = channel.minimum, channel.maximum
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return
    if channel.name in canonical():
        _check_reach(limit, name, channel)
    if not limit.deadband:
        return
    edges = [edge for edge in (limit.warning, limit.trip) if edge is not None]
    if limit.comparison is Comparison.ABOVE:
        stuck = min(edges) - limit.deadband < low <= min(edges)
    else:
        stuck = max(edges) + limit.deadband > high >= max(edges)
    if stuck or limit.deadband >= high - low:
        raise _refused(
            f"{name}: with a deadband of {limit.deadband:g} the alarm could never go: "
            f"{channel.label} ranges from {low:g} to {high:g}.",
            "Give a smaller deadband.",
        )


def _check_reach(limit: Limit, name: str, channel: Channel) -> None:
    """Refuse edges so far beyond a gauge's scale that they are slips: such a limit never fires."""
    span = channel.maximum - channel.minimum
    low, high = channel.minimum - span, channel.maximum + span
    for edge in (limit.warning, limit.trip):
        if edge is not None and not low < edge < high:
            raise _refused(
                f"{name}: {edge:g} cannot be meant, {channel.label} ranges from "
                f"{channel.minimum:g} to {channel.maximum:g}{_symbol(channel.unit)}.",
                "Look at the unit and at the digits.",
            )


def _symbol(unit: str) -> str:
    """Return a unit as people write it, after a blank; nothing for a plain number."""
    known = UNITS.get(unit)
    return f" {known.symbol if known is not None else unit}" if unit not in ("", "none") else ""


def check_together(limits: Iterable[Limit]) -> None:
    """Refuse limits of one vehicle that contradict each other. Errors: LimitRefused.

    Two limits contradict each other where no value of the channel is right for both: gated ones
    count only at times and are left out.
    """
    low: dict[str, tuple[float, Limit]] = {}
    high: dict[str, tuple[float, Limit]] = {}
    keys: set[str] = set()
    for limit in limits:
        if limit.key in keys:
            raise _refused(f"There are two limits “{limit.key}”.", "Give one another name.")
        keys.add(limit.key)
        if limit.gate.strip() or not limit.in_service:
            continue
        edges = [edge for edge in (limit.warning, limit.trip) if edge is not None]
        watches = limit.watches.strip()
        if limit.comparison is Comparison.ABOVE:
            edge = min(edges) - limit.deadband
            if watches not in high or edge < high[watches][0]:
                high[watches] = (edge, limit)
        else:
            edge = max(edges) + limit.deadband
            if watches not in low or edge > low[watches][0]:
                low[watches] = (edge, limit)
    for watches, (top, above) in high.items():
        if watches in low and low[watches][0] >= top:
            bottom, below = low[watches]
            raise _refused(
                f"{above.label or above.key} wants {watches} below {top:g}, and "
                f"{below.label or below.key} wants it above {bottom:g} (deadbands included): no "
                "value is right for both.",
                "Move one of the two.",
            )


def _refused(happened: str, to_do: str) -> LimitRefused:
    return LimitRefused(happened, kept="Nothing was changed.", to_do=to_do)
