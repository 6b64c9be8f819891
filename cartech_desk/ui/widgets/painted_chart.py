"""A chart that is painted by hand, in which the keys choose: what those of the office share."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space, Type

_LEAST_WIDE = 320
_WIDE = 640


class PaintedChart(QWidget):
    """Takes the focus and shows it, tells of what is pointed at, says why it is empty.

    A kind of it gives `paint`, and `empty_words` where there is nothing to be painted.
    """

    def __init__(self, name: str, least_high: int, high: int, parent: QWidget | None) -> None:
        """Make one; `high` is the height it asks for, `least_high` what it needs [pixels]."""
        super().__init__(parent)
        self._high = high
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(_LEAST_WIDE, least_high)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for room."""
        return QSize(_WIDE, self._high)

    def empty_words(self) -> str:
        """Return what stands there instead of a chart, empty where there is one."""
        raise NotImplementedError

    def paint(self, painter: QPainter) -> None:
        """Paint the chart, with a small font at first."""
        raise NotImplementedError

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the focus is."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus is elsewhere."""
        self.update()
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what is under the pointer."""
        QToolTip.hideText()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chart or why there is none, and the focus."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = self.empty_words()
        if words:
            painter.setFont(text_font(Type.BODY))
            painter.setPen(QColor(tokens().muted))
            box = QRectF(self.rect()).adjusted(Space.XL, 0, -Space.XL, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
        else:
            painter.setFont(text_font(Type.SMALL))
            self.paint(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens().focus), Size.FOCUS))
            ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(ring, Size.RADIUS, Size.RADIUS)
        painter.end()

    def paint_level(self, painter: QPainter, field: QRectF, y: float, words: str) -> None:
        """Paint a line of the scale across the field, with its words at the left."""
        theme, measure = tokens(), QFontMetricsF(painter.font())
        painter.setPen(QPen(QColor(theme.line), Size.LINE))
        painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
        painter.setPen(QColor(theme.muted))
        painter.drawText(QPointF(field.left() - 8 - measure.horizontalAdvance(words), y + 4), words)
