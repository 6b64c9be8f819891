"""Signs of a check-up's sheet: each a shape and a colour, so that neither is needed alone."""

import math
from enum import StrEnum
from typing import Final

from cartech_desk.domain.faults.meaning import Severity
from cartech_desk.reports.drawing import INK, MUTED, PAPER, Align, Sketch


class Sign(StrEnum):
    """What a sign says."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFORMATION = "information"
    GOOD = "good"
    UNKNOWN = "unknown"


COLORS: Final = {
    Sign.CRITICAL: "#B3261E",
    Sign.WARNING: "#8F5D00",
    Sign.INFORMATION: "#33597F",
    Sign.GOOD: "#157A48",
    Sign.UNKNOWN: "#5B4A87",
}
LIT: Final = "#F2A900"
"""The engine lamp's own colour."""
SIGN_OF: Final = {
    Severity.CRITICAL: Sign.CRITICAL,
    Severity.WARNING: Sign.WARNING,
    Severity.INFORMATION: Sign.INFORMATION,
}
_LETTERS: Final = {
    Sign.CRITICAL: "!",
    Sign.WARNING: "!",
    Sign.INFORMATION: "i",
    Sign.UNKNOWN: "?",
}
_CORNERS: Final = {Sign.CRITICAL: 8, Sign.WARNING: 3, Sign.UNKNOWN: 4}
_TURNED: Final = {Sign.CRITICAL: math.pi / 8}
_ROUND: Final = 32


def draw_sign(sketch: Sketch, x: float, y: float, size: float, sign: Sign) -> None:
    """Draw a sign into the square whose upper left corner is at `x`, `y`.

    Critical is an octagon, a warning a triangle, an information a disc, good a disc with a tick,
    and what is not known a square on its corner.
    """
    middle, half = (x + size / 2, y + size / 2), size / 2
    corners = _CORNERS.get(sign, _ROUND)
    lowered = half * 0.16 if sign is Sign.WARNING else 0.0
    sketch.shape(
        _polygon((middle[0], middle[1] + lowered), half * 1.08, corners, _TURNED.get(sign, 0.0)),
        fill=COLORS[sign],
    )
    if sign is Sign.GOOD:
        _tick(sketch, x, y, size)
        return
    base = y + size * (0.83 if sign is Sign.WARNING else 0.76)
    sketch.text(
        middle[0], base, _LETTERS[sign], size * 0.7, bold=True, color=PAPER, align=Align.CENTER
    )


def draw_lamp(sketch: Sketch, x: float, y: float, size: float, lit: bool | None) -> None:
    """Draw the engine lamp: filled where lit, empty where off, crossed where not known."""
    middle, half = (x + size / 2, y + size / 2), size / 2
    edge = MUTED if lit is None else INK
    sketch.shape(_polygon(middle, half, _ROUND, 0.0), fill=LIT if lit else "", edge=edge)
    if lit is None:
        reach = half * 0.7
        sketch.line(
            middle[0] - reach, middle[1] + reach, middle[0] + reach, middle[1] - reach, color=edge
        )


def _tick(sketch: Sketch, x: float, y: float, size: float) -> None:
    """Draw a tick as a shape: a stroke's width would not grow with the sign."""
    points = ((0.22, 0.52), (0.31, 0.43), (0.44, 0.57), (0.70, 0.28), (0.79, 0.37), (0.44, 0.75))
    sketch.shape([(x + a * size, y + b * size) for a, b in points], fill=PAPER)


def _polygon(
    middle: tuple[float, float], radius: float, corners: int, turned: float
) -> list[tuple[float, float]]:
    """Return the corners of a regular shape, the first at the top."""
    return [
        (middle[0] + radius * math.sin(angle), middle[1] - radius * math.cos(angle))
        for angle in (turned + 2 * math.pi * place / corners for place in range(corners))
    ]
