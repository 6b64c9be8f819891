"""The scale of a chart's values: round edges, round steps, and no jumping about."""

import math
from typing import Final

DASH: Final = "\u2013"
"""What stands where there is no value."""

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_SHRINK_BELOW: Final = 0.35  # of the scale; a line that fills more than this stays as it is


def round_step(span: float, most: int) -> float:
    """Return the smallest step of 1, 2, 2.5 or 5 times a power of ten giving at most `most`."""
    if not span > 0 or not math.isfinite(span):
        return 1.0
    raw = span / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw))
    return next((s * power for s in _STEPS if s * power >= raw * (1 - 1e-9)), 10 * power)


class ValueScale:
    """From `low` to `high` in the shown unit.

    A scale that fits follows its lines: at once where one leaves it, and back only where they fill
    little of it, so that the picture does not breathe with every sample. It is never shorter than
    `shortest`, so that the noise of a quiet sensor does not look like a storm.
    """

    def __init__(self, low: float, high: float, *, fits: bool = True) -> None:
        if not (math.isfinite(low) and math.isfinite(high) and high > low):
            low, high = 0.0, 1.0
        self.low = low
        self.high = high
        self.fits = fits
        self.shortest = (high - low) / 40
        self._fitted = False

    def fix(self, low: float, high: float) -> None:
        """Stay at these ends from now on, whatever the lines do."""
        self.low, self.high, self.fits = low, high, False

    def fit(self, extent: tuple[float, float] | None) -> bool:
        """Follow lines that reach from `extent[0]` to `extent[1]`; True where the scale changed."""
        if not self.fits or extent is None:
            return False
        low, high = extent
        inside = low >= self.low and high <= self.high
        fills = (high - low) / (self.high - self.low)
        enough = fills >= _SHRINK_BELOW or self.high - self.low <= self.shortest * 1.5
        if self._fitted and inside and enough:
            return False
        span = max(high - low, self.shortest)
        middle = (low + high) / 2
        room = 0.08 * span
        step = round_step(span + 2 * room, 4)
        bottom = math.floor((middle - span / 2 - room) / step) * step
        if low >= 0 > bottom:
            bottom = 0.0  # what cannot be negative is not given room below nought
        top = math.ceil((middle + span / 2 + room) / step) * step
        changed = (bottom, top) != (self.low, self.high)
        self.low, self.high, self._fitted = bottom, top, True
        return changed

    def ticks(self, most: int) -> tuple[tuple[float, str], ...]:
        """Return round values on the scale, at most about `most`, each with its text."""
        step = round_step(self.high - self.low, max(1, most))
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        if round(step * 10**decimals) != round(step * 10**decimals, 6):
            decimals += 1  # 2.5, 0.25
        first = math.ceil(self.low / step - 1e-6)
        last = math.floor(self.high / step + 1e-6)
        return tuple((n * step, in_words(n * step, decimals)) for n in range(first, last + 1))


def in_words(value: float, decimals: int) -> str:
    """Return a number as the desk writes it: thin space between thousands, a true minus.

    A value that is not finite is a dash.
    """
    if not math.isfinite(value):
        return DASH
    text = f"{abs(value):,.{decimals}f}".replace(",", "\u202f")
    return f"\u2212{text}" if value < 0 and float(f"{value:.{decimals}f}") != 0 else text
