"""Sizes of label sheets and rolls, as a table [mm]."""

from dataclasses import dataclass
from typing import Final

MM: Final = 72 / 25.4
"""Points of a millimetre."""
_A4: Final = (210.0, 297.0)
_LETTER: Final = (215.9, 279.4)


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A sheet: size of the page and of a label, how many, where the first is, their pitch [mm]."""

    key: str
    words: str
    page: tuple[float, float]
    label: tuple[float, float]
    columns: int = 1
    rows: int = 1
    first: tuple[float, float] = (0.0, 0.0)
    pitch: tuple[float, float] = (0.0, 0.0)

    @property
    def places(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Return the top left corner of a place, which count along the rows from 0 [mm]."""
        row, column = divmod(place, self.columns)
        return self.first[0] + column * self.pitch[0], self.first[1] + row * self.pitch[1]


def _roll(wide: float, high: float) -> LabelSheet:
    size = (wide, high)
    return LabelSheet(f"roll-{wide:g}x{high:g}", f"Roll, {wide:g} by {high:g} mm", size, size)


SHEETS: Final = (
    LabelSheet(
        "a4-24", "A4, 24 labels of 70 by 36 mm", _A4, (70.0, 36.0), 3, 8, (0.0, 4.5), (70.0, 36.0)
    ),
    LabelSheet(
        "a4-21",
        "A4, 21 labels of 63.5 by 38.1 mm",
        _A4,
        (63.5, 38.1),
        3,
        7,
        (7.25, 15.15),
        (66.0, 38.1),
    ),
    LabelSheet(
        "a4-24m",
        "A4, 24 labels of 63.5 by 33.9 mm, with margins",
        _A4,
        (63.5, 33.9),
        3,
        8,
        (7.25, 12.9),
        (66.0, 33.9),
    ),
    LabelSheet(
        "a4-14",
        "A4, 14 labels of 99.1 by 38.1 mm",
        _A4,
        (99.1, 38.1),
        2,
        7,
        (4.65, 15.15),
        (101.6, 38.1),
    ),
    LabelSheet(
        "a4-48",
        "A4, 48 labels of 45.7 by 21.2 mm",
        _A4,
        (45.7, 21.2),
        4,
        12,
        (9.7, 21.3),
        (48.3, 21.2),
    ),
    LabelSheet(
        "a4-65",
        "A4, 65 labels of 38.1 by 21.2 mm",
        _A4,
        (38.1, 21.2),
        5,
        13,
        (4.75, 10.7),
        (40.6, 21.2),
    ),
    LabelSheet(
        "letter-30",
        "Letter, 30 labels of 2 5/8 by 1 inch",
        _LETTER,
        (66.675, 25.4),
        3,
        10,
        (4.7625, 12.7),
        (69.85, 25.4),
    ),
    _roll(57.0, 32.0),
    _roll(62.0, 29.0),
    _roll(89.0, 36.0),
)
"""The sheets and rolls that are known; the first is offered first."""
