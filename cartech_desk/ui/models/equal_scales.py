"""Two scales side by side whose numbers stand in one round ratio, so that one grid serves both."""

import math
from itertools import pairwise
from typing import Final

from cartech_desk.ui.models.value_scale import ValueScale, in_words, round_step

_RATIOS: Final = (0.5, 1.0, 2.0, 4.0, 5.0, 10.0)
_STEPS: Final = 5
_HEADROOM: Final = 1.12
_LEAST_TICKS: Final = 2
_FINER: Final = 8


class NumberedScale(ValueScale):
    """A scale that writes two numbers at least: one alone tells no distance."""

    def ticks(self, most: int) -> tuple[tuple[float, str], ...]:
        """Return round values, of a finer step where there would be fewer than two."""
        found = super().ticks(most)
        finer = most
        while len(found) < _LEAST_TICKS and finer < most + _FINER:
            finer += 1
            found = super().ticks(finer)
        return found[:: max(1, math.ceil(len(found) / max(_LEAST_TICKS, most)))]


class PairedScale(ValueScale):
    """A scale beside another: what it writes is the other's numbers times `ratio`."""

    def __init__(self, base: ValueScale, ratio: float) -> None:
        super().__init__(base.low * ratio, base.high * ratio, fits=False)
        self._base = base
        self.ratio = ratio

    def follow(self) -> None:
        """Reach as far as the other one does now."""
        self.low, self.high = self._base.low * self.ratio, self._base.high * self.ratio

    def ticks(self, most: int) -> tuple[tuple[float, str], ...]:
        """Return a tick beside each of the other's."""
        values = [value for value, _ in self._base.ticks(most)]
        steps = [b - a for a, b in pairwise(values)]
        step = (steps[0] if steps else 1.0) * self.ratio
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        if round(step * 10**decimals) != round(step * 10**decimals, 6):
            decimals += 1
        return tuple(
            (value * self.ratio, in_words(value * self.ratio, decimals)) for value in values
        )


def fitting_ratio(first_most: float, second_most: float) -> float:
    """Return the round ratio at which both highest values fill their scales alike."""
    if not (first_most > 0 and second_most > 0):
        return 1.0
    wanted = math.log(second_most / first_most)
    return min(_RATIOS, key=lambda ratio: abs(math.log(ratio) - wanted))


def rounded_from_nought(most: float) -> tuple[float, float]:
    """Return the ends of a scale from nought with room above its highest value."""
    if not (most > 0 and math.isfinite(most)):
        return 0.0, 1.0
    step = round_step(most * _HEADROOM, 2 * _STEPS)
    return 0.0, math.ceil(most * _HEADROOM / step) * step


def rounded_about(low: float, high: float, shortest: float) -> tuple[float, float]:
    """Return round ends about a stretch of values, never nearer than `shortest`."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0.0, 1.0
    span = max(high - low, shortest)
    middle = (low + high) / 2
    room = 0.06 * span
    step = round_step(span + 2 * room, 2 * _STEPS)
    bottom = math.floor((middle - span / 2 - room) / step) * step
    if low >= 0 > bottom:
        bottom = 0.0
    top = math.ceil((middle + span / 2 + room) / step) * step
    return bottom, top
