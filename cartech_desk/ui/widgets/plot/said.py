"""Words upon a canvas: headings of panes, names of runs, numbers of the axis, values of marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import series_color, tokens
from cartech_desk.ui.theme.tokens import Type
from cartech_desk.ui.widgets.plot.strokes import DASH, GAP

SAMPLE: Final = 2 * DASH + GAP
"""Length of the piece of a line that stands before its name."""
SAMPLE_ROOM: Final = SAMPLE + 6.0
_OVER_LINES: Final = 100.0
_PLATE_ALPHA: Final = 240
_PLATE_ROOM: Final = 3.0


@dataclass(frozen=True, slots=True)
class Said:
    """Words in a place of the canvas.

    `ink` is the place of a colour in the theme's series, or the name of a token; a `sample` is a
    piece of line before them, "solid" or "dashed"; a `plate` keeps them legible upon lines.
    """

    area: QRectF
    words: str
    ink: int | str = "muted"
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
    size: int = Type.SMALL
    bold: bool = False
    sample: str = ""
    plate: bool = False
    wrap: bool = False


def words_width(words: str, size: int = Type.SMALL, *, bold: bool = False) -> float:
    """Return how wide words are, in pixels."""
    return QFontMetricsF(text_font(size, bold=bold)).horizontalAdvance(words)


def words_cut(words: str, wide: float, size: int = Type.SMALL, *, bold: bool = False) -> str:
    """Return words with their middle left out where they are wider than so many pixels."""
    metrics = QFontMetricsF(text_font(size, bold=bold))
    return metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, max(0.0, wide))


def words_height(size: int = Type.SMALL) -> float:
    """Return how high a line of words is, in pixels."""
    return QFontMetricsF(text_font(size)).height()


class SaidWords(pg.GraphicsObject):
    """Paints words over everything else of a canvas."""

    def __init__(self) -> None:
        super().__init__()
        self._cover = QRectF()
        self.said: tuple[Said, ...] = ()
        self.setZValue(_OVER_LINES)

    def place(self, cover: QRectF) -> None:
        """Reach over this much of the canvas."""
        self.prepareGeometryChange()
        self._cover = cover

    def say(self, said: Sequence[Said]) -> None:
        """Say these."""
        self.said = tuple(said)

    def boundingRect(self) -> QRectF:
        """Return all of the canvas."""
        return self._cover

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint them."""
        del option, widget
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for each in self.said:
            self._paint(painter, each)

    @staticmethod
    def _paint(painter: QPainter, said: Said) -> None:
        ink = QColor(
            series_color(said.ink) if isinstance(said.ink, int) else getattr(tokens(), said.ink)
        )
        font = text_font(said.size, bold=said.bold)
        painter.setFont(font)
        area = QRectF(said.area)
        if said.plate:
            ground = QColor(tokens().surface)
            ground.setAlpha(_PLATE_ALPHA)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            room = area.adjusted(-_PLATE_ROOM, 0, _PLATE_ROOM, 0)
            painter.drawRoundedRect(room, _PLATE_ROOM, _PLATE_ROOM)
        if said.sample:
            painter.setPen(QPen(ink, 2))
            y = round(area.center().y()) + 0.5
            left = area.left()
            ends = (
                ((0.0, DASH), (DASH + GAP, SAMPLE)) if said.sample == "dashed" else ((0.0, SAMPLE),)
            )
            for begin, end in ends:
                painter.drawLine(QPointF(left + begin, y), QPointF(left + end, y))
            area.setLeft(left + SAMPLE_ROOM)
        painter.setPen(ink)
        if said.wrap:
            flags = said.align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area, int(flags), said.words)
            return
        short = QFontMetricsF(font).elidedText(
            said.words, Qt.TextElideMode.ElideRight, area.width() + 1
        )
        painter.drawText(area, int(said.align | Qt.AlignmentFlag.AlignVCenter), short)


class CursorLine(pg.GraphicsObject):
    """The upright line through all panes at the place that is read."""

    def __init__(self) -> None:
        super().__init__()
        self._x: float | None = None
        self._top, self._bottom = 0.0, 1.0
        self.setZValue(_OVER_LINES - 1)

    def stand(self, x: float | None, top: float, bottom: float) -> None:
        """Stand at this x from `top` to `bottom`; None: be gone."""
        self.prepareGeometryChange()
        self._x, self._top, self._bottom = x, top, bottom

    def boundingRect(self) -> QRectF:
        """Return the line with a pixel at each side."""
        if self._x is None:
            return QRectF()
        return QRectF(self._x - 1, self._top, 3, self._bottom - self._top)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw it."""
        del option, widget
        if self._x is not None:
            painter.setPen(QPen(QColor(tokens().text), 1))
            x = round(self._x)
            painter.drawLine(QPointF(x, self._top), QPointF(x, self._bottom))
