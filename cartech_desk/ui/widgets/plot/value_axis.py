"""The texts of a value scale beside its box."""

from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from cartech_desk.ui.models.value_scale import ValueScale
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.tokens import Space, Type
from cartech_desk.ui.widgets.plot.measures import AXIS_WIDTH

_MOST_TICKS: Final = 6

_Specs = tuple[
    tuple[QPen, QPointF, QPointF],
    list[tuple[QPen, QPointF, QPointF]],
    list[tuple[QRectF, Qt.AlignmentFlag, str]],
]


class ValueAxis(pg.AxisItem):
    """A pyqtgraph axis that writes the ticks of a `ValueScale`, each whole within the chart.

    Its picture is kept by pyqtgraph and made anew only where ticks, colour or place change.
    """

    def __init__(self, side: str, most: int = _MOST_TICKS) -> None:
        super().__init__(side, maxTickLength=0)
        self.enableAutoSIPrefix(False)
        self.setStyle(tickFont=text_font(Type.BODY), hideOverlappingLabels=True)
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setWidth(AXIS_WIDTH - Space.XS)
        self._most = most
        self.ticks: tuple[tuple[float, str], ...] = ()
        self._plot = QRect()
        self._written: tuple[object, ...] = ()

    def place(self, plot: QRect, chart_height: int) -> None:
        """Stand beside the plot; texts may reach beyond it, but not out of the chart."""
        self._plot = QRect(plot)
        left = 0 if self.orientation == "left" else plot.right() + 1 + Space.XS
        self.setGeometry(QRectF(left, 0, AXIS_WIDTH - Space.XS, chart_height))

    def show_scale(self, scale: ValueScale, color: str) -> bool:
        """Write the ticks of a scale in a colour; True where that is new."""
        key = (scale.low, scale.high, color, self._plot, self.size())
        if key == self._written:
            return False
        self._written = key
        room = round(self._text_height() + Space.XS)
        most = min(max(2, self._plot.height() // room), self._most)
        self.ticks = scale.ticks(most)
        self.setRange(scale.low, scale.high)
        self.setTextPen(QColor(color))
        self.setTicks([self.ticks])
        return True

    def _text_height(self) -> float:
        return QFontMetricsF(self.style["tickFont"]).height()

    def generateDrawSpecs(self, painter: QPainter) -> _Specs:  # noqa: ARG002 - pyqtgraph's own
        """Say where the texts stand; the grid draws the ticks themselves."""
        low, high = self.range
        height = self._text_height()
        per_value = self._plot.height() / (high - low)
        bottom = self._plot.top() + self._plot.height()
        side = (
            Qt.AlignmentFlag.AlignRight
            if self.orientation == "left"
            else Qt.AlignmentFlag.AlignLeft
        )
        texts = []
        for value, text in self.ticks:
            top = bottom - (value - low) * per_value - height / 2
            area = QRectF(
                0, min(max(top, 0), self.size().height() - height), self.size().width(), height
            )
            texts.append((area, side | Qt.AlignmentFlag.AlignVCenter, text))
        unseen = (self.pen(), QPointF(0, 0), QPointF(0, self.size().height()))
        return unseen, [], texts
