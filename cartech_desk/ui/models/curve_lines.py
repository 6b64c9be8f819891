"""What a pane of curves draws: lines and marked points, in the units that are shown."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from cartech_desk.ui.theme.theme import series_color, tokens

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve: `x` in the axis' canonical unit, `y` in the shown one.

    `color` is the place in the theme's series, None a muted one that lies behind the others.
    """

    x: Floats
    y: Floats
    joined: NDArray[np.bool_]
    color: int | None = 0
    dashed: bool = False
    width: float = 1.5

    def same_as(self, other: "Line") -> bool:
        """Tell whether another line is this one, drawn alike; its points are not looked at."""
        return (
            self.x is other.x
            and self.y is other.y
            and (self.color, self.dashed, self.width) == (other.color, other.dashed, other.width)
        )

    @property
    def ink(self) -> QColor:
        """The colour in the theme in force."""
        return QColor(tokens().muted if self.color is None else series_color(self.color))


@dataclass(frozen=True, slots=True)
class Mark:
    """A point that is marked: a disc, or a ring where the line is dashed."""

    x: float
    y: float
    color: int
    ring: bool = False
