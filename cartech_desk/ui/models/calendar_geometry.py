"""Where columns and minutes of the calendar are on the screen, and what lies under a point."""

from dataclasses import dataclass
from typing import Final

from cartech_desk.ui.models.calendar_blocks import Block
from cartech_desk.ui.models.calendar_time import DAY_MIN

RULER: Final = 56
"""Width of the hours at the left [px]."""
HEAD: Final = 48
"""Height of the columns' heads [px]."""
LEAST_COLUMN: Final = 132
LEAST_HOUR: Final = 36.0
MOST_HOUR: Final = 192.0
EDGE: Final = 7
"""So near its upper or lower edge a block is resized, not moved [px]."""
_GAP: Final = 3


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the viewport."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies in it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True, slots=True)
class Geometry:
    """The grid as it is scrolled now; `width` and `height` are the viewport's."""

    width: int
    height: int
    columns: int
    hour_px: float
    scroll_x: int = 0
    scroll_y: int = 0

    @property
    def column_width(self) -> float:
        """Width of a column [px]."""
        return max(LEAST_COLUMN, (self.width - RULER) / max(1, self.columns))

    @property
    def whole_width(self) -> float:
        """Width of all columns and the hours [px]."""
        return RULER + self.column_width * self.columns

    @property
    def whole_height(self) -> float:
        """Height of 24 hours and the heads [px]."""
        return HEAD + 24 * self.hour_px

    def left(self, column: int) -> float:
        """Left edge of a column."""
        return RULER + column * self.column_width - self.scroll_x

    def y(self, minute: float) -> float:
        """Where a minute of the day is."""
        return HEAD + minute / 60 * self.hour_px - self.scroll_y

    def column_at(self, x: float) -> int:
        """Return the column nearest to a point."""
        place = int((x - RULER + self.scroll_x) // self.column_width)
        return min(max(0, place), max(0, self.columns - 1))

    def minute_at(self, y: float) -> float:
        """Return the minute nearest to a point, within the day."""
        minute = (y - HEAD + self.scroll_y) / self.hour_px * 60
        return min(max(0.0, minute), float(DAY_MIN))

    def box(self, block: Block) -> Box:
        """Return the rectangle of a block."""
        room = self.column_width - 2 * _GAP
        wide = room / block.lanes
        x = self.left(block.column) + _GAP + block.lane * wide
        y = self.y(block.first)
        return Box(x, y, wide - (1 if block.lanes > 1 else 0), self.y(block.last) - y - 1)

    def span(self, column: int, first: int, last: int) -> Box:
        """Return the rectangle of a stretch of a whole column."""
        y = self.y(first)
        return Box(self.left(column) + _GAP, y, self.column_width - 2 * _GAP, self.y(last) - y - 1)


def hour_height(height: int, first: int, last: int) -> float:
    """Return the height of an hour with which the minutes between fill the viewport [px]."""
    hours = max(1.0, (last - first) / 60)
    return min(MOST_HOUR, max(LEAST_HOUR, (height - HEAD) / hours))
