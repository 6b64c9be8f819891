"""One line of a chart: which channel, in which unit and colour, and its columns."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import ShownUnit, UnitSystem, shown
from cartech_desk.ui.models.columns import Columns, no_columns
from cartech_desk.ui.models.value_scale import ValueScale, in_words


def shown_unit(channel: Channel, system: UnitSystem) -> ShownUnit:
    """Return the unit that this shop reads a channel in."""
    return shown(channel.unit, system, channel.name)


def shown_decimals(channel: Channel, unit: ShownUnit) -> int:
    """Return how many decimals are worth showing: the channel's own, unless the unit is another."""
    if unit.key == channel.unit and channel.decimals:
        return channel.decimals
    return unit.decimals


@dataclass(slots=True)
class Trace:
    """A channel as a chart draws it; `columns` is what it has to show just now."""

    channel: Channel
    unit: ShownUnit
    color: int
    """Place of its colour in the theme's series."""
    scale: ValueScale
    columns: Columns = field(default_factory=no_columns)

    @property
    def decimals(self) -> int:
        """Decimals of a reading."""
        return shown_decimals(self.channel, self.unit)

    def text(self, value: float) -> str:
        """Return a value in the channel's unit as a reading in the shop's, without the symbol."""
        return in_words(self.unit.to_shown(value), self.decimals)


def gauge_scale(channel: Channel, unit: ShownUnit) -> tuple[float, float]:
    """Return the channel's gauge in the shown unit; (0, 1) where the channel has none."""
    low, high = unit.to_shown(channel.minimum), unit.to_shown(channel.maximum)
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return 0.0, 1.0
    return min(low, high), max(low, high)


_LIKE: Final = 3.0
"""Gauges of one unit whose lengths differ by more than this do not share a scale."""


def traces_of(channels: Sequence[Channel], system: UnitSystem) -> list[Trace]:
    """Return the traces of one chart, coloured in their order.

    Channels of one unit share a scale, unless one of them would lie flat on it: lambda and the
    air-fuel ratio have one unit and no common scale.
    """
    traces: list[Trace] = []
    spans: list[tuple[str, float, ValueScale]] = []
    for channel in channels:
        unit = shown_unit(channel, system)
        low, high = gauge_scale(channel, unit)
        scale = next(
            (
                found
                for key, span, found in spans
                if key == unit.key and 1 / _LIKE <= (high - low) / span <= _LIKE
            ),
            None,
        )
        if scale is None:
            scale = ValueScale(low, high)
            spans.append((unit.key, high - low, scale))
        traces.append(Trace(channel, unit, len(traces), scale))
    return traces
