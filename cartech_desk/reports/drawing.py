"""Pages as a list of what is drawn on them: laid out once, drawn as PDF, on the screen, on paper.

Points (1/72 inch), from the top left corner, y downwards. Text stands on its baseline.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cartech_desk.reports import faces

INK: Final = "#16191D"
MUTED: Final = "#566170"
RULE: Final = "#AEB7C2"
GRID: Final = "#DFE3E8"
SHADE: Final = "#F1F3F6"
PAPER: Final = "#FFFFFF"


class Align(StrEnum):
    """Where a text's anchor is."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """One line of words; `y` is the baseline, `x` its left end, middle or right end."""

    x: float
    y: float
    words: str
    size: float
    bold: bool = False
    color: str = INK
    align: Align = Align.LEFT

    @property
    def width(self) -> float:
        """How wide it is."""
        return faces.width(self.words, self.size, bold=self.bold)

    @property
    def left(self) -> float:
        """Where its first letter begins."""
        share = {Align.LEFT: 0.0, Align.CENTER: 0.5, Align.RIGHT: 1.0}[self.align]
        return self.x - share * self.width


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points (`xs` and `ys` of one length). `dash` are lengths on and off."""

    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    color: str = INK
    width: float = 0.5
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A closed shape through corners, filled, bordered, or both."""

    corners: tuple[tuple[float, float], ...]
    fill: str = ""
    edge: str = ""
    width: float = 0.5


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or JPEG in its box."""

    x: float
    y: float
    width: float
    height: float
    image: bytes = field(repr=False)


Item: TypeAlias = Text | Stroke | Area | Picture


@dataclass(frozen=True, slots=True)
class Page:
    """What is on a page, in the order in which it is drawn."""

    width: float
    height: float
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Pages and what the file says of itself."""

    pages: tuple[Page, ...]
    title: str
    author: str
    subject: str = ""


class Sketch:
    """A page while it is drawn."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.items: list[Item] = []

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        *,
        bold: bool = False,
        color: str = INK,
        align: Align = Align.LEFT,
        most: float | None = None,
    ) -> Text:
        """Write one line, cut to `most` points; returns it."""
        line = faces.shown(words)
        if most is not None:
            line = faces.fitted(line, size, most, bold=bold)
        item = Text(x, y, line, size, bold, color, align)
        if line:
            self.items.append(item)
        return item

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        *,
        color: str = RULE,
        width: float = 0.5,
        dash: tuple[float, ...] = (),
    ) -> None:
        """Draw a straight line."""
        self.curve(np.array([x1, x2]), np.array([y1, y2]), color=color, width=width, dash=dash)

    def curve(
        self,
        xs: NDArray[np.float64],
        ys: NDArray[np.float64],
        *,
        color: str = INK,
        width: float = 1.0,
        dash: tuple[float, ...] = (),
    ) -> None:
        """Draw a line through points."""
        if len(xs) > 1:
            self.items.append(Stroke(xs, ys, color, width, dash))

    def box(
        self, x: float, y: float, w: float, h: float, *, fill: str = "", edge: str = ""
    ) -> None:
        """Draw a rectangle."""
        self.shape(((x, y), (x + w, y), (x + w, y + h), (x, y + h)), fill=fill, edge=edge)

    def shape(
        self, corners: Sequence[tuple[float, float]], *, fill: str = "", edge: str = ""
    ) -> None:
        """Draw a closed shape."""
        self.items.append(Area(tuple(corners), fill, edge))

    def picture(self, x: float, y: float, w: float, h: float, image: bytes) -> None:
        """Put a picture into a box."""
        self.items.append(Picture(x, y, w, h, image))

    def page(self) -> Page:
        """Return the page as it is now."""
        return Page(self.width, self.height, tuple(self.items))
