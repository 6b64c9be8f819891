"""One line of a chart: which channel, in which unit and colour, and its columns."""

import math
from dataclasses import dataclass, field

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

    def fit(self) -> bool:
        """Let the scale follow the columns; True where it changed."""
        extent = self.columns.extent
        if extent is None:
            return False
        low, high = self.unit.to_shown(extent[0]), self.unit.to_shown(extent[1])
        return self.scale.fit((min(low, high), max(low, high)))


def gauge_scale(channel: Channel, unit: ShownUnit) -> tuple[float, float]:
    """Return the channel's gauge in the shown unit; (0, 1) where the channel has none."""
    low, high = unit.to_shown(channel.minimum), unit.to_shown(channel.maximum)
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return 0.0, 1.0
    return min(low, high), max(low, high)
