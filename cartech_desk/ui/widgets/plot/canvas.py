"""The canvas of a chart: a pyqtgraph view that only shows, and its boxes for lines.

Hands are led by the widget that owns the canvas, because what they move is the time axis that all
charts of a page share; pyqtgraph's own handling of mouse, ranges and menus is switched off.
"""

from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene, QGraphicsView, QWidget

from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.theme.tokens import Size

EDGE: Final = Size.SERIES_LINE
"""Pixels by which a box reaches beyond its scale's ends, so that a line upon them is whole."""
_UNDER_BOXES: Final = -1000.0
_OVER_ALL: Final = 1000.0


class Canvas(pg.GraphicsView):
    """Fills its owner and lets the mouse through; scene coordinates are the owner's pixels.

    It holds the plot's frame and the ring that tells where the keys go. It is painted when
    `ask_for_paint` is called, and only then.
    """

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner, background=tokens().surface)
        self.owner = owner
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(False)
        self.viewport().setMouseTracking(False)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)  # a plain colour
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        # Lines change with every frame: an index of where they are would be built for nothing.
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.frame = QGraphicsRectItem()
        self.frame.setZValue(_UNDER_BOXES)
        self.addItem(self.frame)
        self.ring = QGraphicsRectItem()
        self.ring.setZValue(_OVER_ALL)
        self.ring.hide()
        self.addItem(self.ring)

    def lay_out(self, plot: QRect) -> None:
        """Fill the owner; `plot` is where the lines are drawn."""
        self.setGeometry(self.owner.rect())
        self.frame.setRect(QRectF(plot))
        self.ring.setRect(QRectF(self.owner.rect()).adjusted(1, 1, -1, -1))
        self.ask_for_paint()

    def ask_for_paint(self, *, all_of_it: bool = True) -> None:
        """Have what changed painted in the order of asking, the plot alone or `all_of_it`.

        The scene itself would ask only after every other widget of the page has been painted.
        """
        plot = self.frame.rect().toAlignedRect().adjusted(0, -EDGE, 1, EDGE)
        self.viewport().update(self.viewport().rect() if all_of_it else plot)

    def dress(self, ground: str) -> None:
        """Take the colours of the theme in force; `ground` lies beneath everything."""
        self.setBackground(ground)
        self.frame.setPen(thin_pen(tokens().line))
        self.ring.setPen(QPen(QColor(tokens().focus), Size.FOCUS))
        self.ask_for_paint()


class LineBox(pg.ViewBox):
    """A box whose ranges are set and never found: x in seconds, y in the shown unit."""

    def __init__(self) -> None:
        super().__init__(enableMouse=False, enableMenu=False, defaultPadding=0)
        self.setAcceptHoverEvents(False)
        self.disableAutoRange()
        self._length_s = 0.0
        self._scale = (0.0, 0.0)
        self._height = 0
        self.field = QRectF(0, 0, 1, 1)
        """From end to end of both ranges, in the box's coordinates."""
        self.cover = self.field
        """All that can be seen: the field and its edge."""

    def place(self, plot: QRect) -> None:
        """Cover the plot, and its edge."""
        self.setGeometry(QRectF(plot).adjusted(0, -EDGE, 0, EDGE))

    def show_range(self, length_s: float, low: float, high: float) -> bool:
        """Show from nought to `length_s` and from `low` to `high`; True where that is new."""
        height = round(self.rect().height())
        if (length_s, (low, high), height) == (self._length_s, self._scale, self._height):
            return False
        self._length_s, self._scale, self._height = length_s, (low, high), height
        edge = EDGE * (high - low) / max(1, height - 2 * EDGE)
        self.field = QRectF(0, low, length_s, high - low)
        self.cover = self.field.adjusted(0, -edge, 0, edge)
        self.setRange(xRange=(0, length_s), yRange=(low - edge, high + edge), padding=0)
        return True


def thin_pen(color: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen of one pixel whatever the scale; Qt strokes no other as fast."""
    pen = QPen(QColor(color), Size.LINE, style)
    pen.setCosmetic(True)
    return pen
