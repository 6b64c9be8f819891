"""Sizes that stand without the drawing: reading this module does not read pyqtgraph."""

from typing import Final

AXIS_WIDTH: Final = 60
"""Room for the numbers of a scale, the same in every chart so that the time axes stand in line."""

LEGEND_HEIGHT: Final = 22
"""Room for the names above a plot."""
