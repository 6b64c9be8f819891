"""The stretch of the axis that a dyno chart shows, and its cursor; in canonical units of it."""

from dataclasses import dataclass
from typing import Final

LEAST: Final = {"rpm": 100.0, "speed": 5.0, "time": 0.2}
"""The shortest stretch that is worth looking at."""
_MARGIN: Final = 0.02


@dataclass(slots=True)
class AxisSpan:
    """From `left` to `right` of what the runs span (`first` to `last`)."""

    least: float
    first: float = 0.0
    last: float = 1.0
    left: float = 0.0
    right: float = 1.0
    fitted: bool = True
    """All is shown, and what comes to be there is shown too."""

    @property
    def length(self) -> float:
        """How much is shown."""
        return self.right - self.left

    def set_bounds(self, first: float, last: float) -> None:
        """Take note that the runs reach from `first` to `last`."""
        if last - first < self.least:
            middle = (first + last) / 2
            first, last = middle - self.least / 2, middle + self.least / 2
        self.first, self.last = first, last
        if self.fitted:
            self.fit()
        else:
            self._show(self.left, self.length)

    def fit(self) -> None:
        """Show all, with a little room at both ends."""
        room = (self.last - self.first) * _MARGIN
        self.fitted = True
        self.left, self.right = max(0.0, self.first - room), self.last + room

    def zoom(self, factor: float, about: float) -> None:
        """Show `factor` times as much; what stands at `about` stays there."""
        full = (self.last - self.first) * (1 + 2 * _MARGIN)
        length = max(self.least, self.length * factor)
        if length >= full * (1 - 1e-9):
            self.fit()
            return
        share = (about - self.left) / self.length
        self.fitted = False
        self._show(about - share * length, length)

    def pan(self, by: float) -> None:
        """Move along the axis; a chart that shows all stays."""
        if not self.fitted:
            self._show(self.left + by, self.length)

    def _show(self, left: float, length: float) -> None:
        room = (self.last - self.first) * _MARGIN
        lowest = max(0.0, self.first - room)
        highest = self.last + room
        length = min(length, highest - lowest)
        self.left = min(max(left, lowest), highest - length)
        self.right = self.left + length
