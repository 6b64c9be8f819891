"""What an alarm says to the technician: of a limit, of a channel without a value, of the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.alarms.limit import Action, Comparison, Level, Limit, Priority
from cartech_desk.domain.alarms.watch import STALE_LEAST_NS, STALE_PERIODS, SignalFault
from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.channels import Channel


@dataclass(frozen=True, slots=True)
class About:
    """What an alarm is about; `kept_label` is what the history calls it."""

    label: str
    to_do: str
    priority: Priority
    action: Action
    channel: str = ""
    unit: str = ""
    comparison: Comparison | None = None
    limit: Limit | None = None
    fault: SignalFault | None = None
    kept_label: str = ""

    def edge(self, level: Level) -> float | None:
        """Return the edge that was passed at this level."""
        if self.limit is None:
            return None
        edge = self.limit.edge(level)
        return edge if edge is not None else self.limit.edge(Level.WARNING)


@dataclass(frozen=True, slots=True)
class Named:
    """A channel as people know it."""

    label: str
    unit: str


def channel_words(name: str, channel: Channel | None = None) -> Named:
    """Return label and unit of a channel, as the car's catalogue has them or as they are usual."""
    if channel is not None:
        return Named(channel.label, channel.unit)
    row = canonical().get(name)
    return Named(name, "") if row is None else Named(row.label, row.unit)


def about_limit(limit: Limit, channel: Named) -> About:
    """Say what the alarm of a limit is about."""
    return About(
        label=limit.label or channel.label,
        to_do=limit.to_do,
        priority=limit.priority,
        action=limit.action,
        channel=limit.watches.strip(),
        unit=limit.unit or channel.unit,
        comparison=limit.comparison,
        limit=limit,
    )


_FAULTS: Final = {
    SignalFault.STALE: "has had no value for more than {seconds:.3g} s: the sensor or its wire "
    "may be gone",
    SignalFault.INVALID: "has answered without a value for more than {seconds:.3g} s: the sensor, "
    "its wire or its range may be wrong",
}


def about_signal(
    name: str,
    asked: Channel | None,
    rate_hz: float,
    fault: SignalFault,
    limits: Iterable[Limit],
) -> About:
    """Say that a channel has no value; `asked` is what the car calls it, None for a usual one.

    The alarm is as important, and as loud, as those of the `limits` in service that hang on it.
    """
    channel = channel_words(name, asked)
    seconds = max(STALE_LEAST_NS / 1e9, STALE_PERIODS / rate_hz if rate_hz > 0 else 0.0)
    concerned = [limit for limit in limits if limit.in_service and name in limit.channels]
    loud = any(limit.action is not Action.LAMP for limit in concerned)
    return About(
        label=channel.label,
        to_do=f"{channel.label} {_FAULTS[fault].format(seconds=seconds)}. "
        "Limits on it are not watched.",
        priority=max((limit.priority for limit in concerned), default=Priority.MEDIUM),
        action=Action.SOUND if loud else Action.LAMP,
        channel=name,
        unit=channel.unit,
        fault=fault,
        kept_label=f"{channel.label} has no value",
    )
