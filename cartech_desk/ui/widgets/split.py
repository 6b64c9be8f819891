"""A splitter whose handles are seen only as a grip: the ground shows between the parts."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle

from cartech_desk.ui.theme.theme import tokens


class _Grip(QSplitterHandle):
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and a short bar to take hold of."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens().ground))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        wide = self.orientation() == Qt.Orientation.Vertical
        thick = self.height() if wide else self.width()
        long, short = (48, 4) if thick > 12 else (36, 3)
        painter.setBrush(QColor(tokens().edge if thick > 12 else tokens().line))
        box = QRectF(0, 0, long, short) if wide else QRectF(0, 0, short, long)
        box.moveCenter(QRectF(self.rect()).center())
        painter.drawRoundedRect(box, short / 2, short / 2)
        painter.end()


class Split(QSplitter):
    """A QSplitter with grips."""

    def createHandle(self) -> QSplitterHandle:
        """Make a handle with a grip."""
        return _Grip(self.orientation(), self)
