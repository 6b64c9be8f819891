"""The names of a chart's lines above its plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import series_color, tokens
from cartech_desk.ui.theme.tokens import Space, Type
from cartech_desk.ui.widgets.plot.measures import LEGEND_HEIGHT

_CLEAR: Final = 4  # the plot's boxes reach this far, with the margin of a repaint
_PIECE: Final = 14


@dataclass(frozen=True, slots=True)
class Named:
    """One line: its name, its unit's symbol, the place of its colour in the theme's series."""

    label: str
    symbol: str
    color: int


class Legend(pg.GraphicsWidget):
    """Name each line, with a piece of it in front: the colour alone says nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[Named, ...] = ()
        self._empty_words = ""

    def place(self, left: int, right: int) -> None:
        """Stand above the plot, from `left` to `right`."""
        self.setGeometry(QRectF(left, 0, max(1, right - left), LEGEND_HEIGHT - _CLEAR))

    def show_names(self, names: Sequence[Named], empty_words: str) -> None:
        """Name these lines, or say `empty_words` where there is none."""
        self._names, self._empty_words = tuple(names), empty_words

    def boundingRect(self) -> QRectF:
        """Return the strip above the plot."""
        return self.rect()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the names."""
        del option, widget
        muted = QColor(tokens().muted)
        painter.setFont(text_font(Type.BODY, bold=True))
        metrics = QFontMetrics(painter.font())
        baseline = (LEGEND_HEIGHT + metrics.ascent() - metrics.descent()) // 2
        if not self._names:
            painter.setPen(muted)
            painter.drawText(0, baseline, self._empty_words)
        x = 0
        for name in self._names:
            color = QColor(series_color(name.color))
            painter.fillRect(x, LEGEND_HEIGHT // 2 - 1, _PIECE, 3, color)
            x += _PIECE + Space.XS + 2
            painter.setPen(color)
            painter.drawText(x, baseline, name.label)
            x += metrics.horizontalAdvance(name.label)
            unit = f"  {name.symbol}" if name.symbol else ""
            painter.setPen(muted)
            painter.drawText(x, baseline, unit)
            x += metrics.horizontalAdvance(unit) + Space.L
