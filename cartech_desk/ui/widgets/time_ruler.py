"""The one time axis below a stack of charts."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cartech_desk.ui.models.time_scale import TimeTick
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Space, Type
from cartech_desk.ui.widgets.plot.measures import AXIS_WIDTH


class TimeRuler(QWidget):
    """Texts of the time axis; painted only where a text or its place changed."""

    def __init__(self, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.two_scales = False
        self._placed: tuple[tuple[int, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(22)
        theme_changed.connect(self.update)

    def set_ticks(self, ticks: list[TimeTick]) -> None:
        """Show these marks."""
        right = AXIS_WIDTH if self.two_scales else Space.M
        width = max(1, self.width() - AXIS_WIDTH - right)
        left_ns, span_ns = self.view.left_ns, self.view.span_ns
        placed = tuple(
            (AXIS_WIDTH + round((tick.t_ns - left_ns) / span_ns * width), tick.text)
            for tick in ticks
        )
        if placed != self._placed:
            self._placed = placed
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the texts, each centred below its mark and none over another."""
        del event
        painter = QPainter(self)
        font = text_font(Type.BODY)
        painter.setFont(font)
        painter.setPen(QColor(tokens().muted))
        metrics = QFontMetrics(font)
        free_from = 0.0
        for x, text in self._placed:
            width = metrics.horizontalAdvance(text)
            left = min(max(x - width / 2, 0), self.width() - width - 2)
            if left < free_from:
                continue
            painter.drawText(
                QRectF(left, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text
            )
            free_from = left + width + Space.S
        painter.end()
