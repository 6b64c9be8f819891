"""The whole of a recording in one strip, with the stretch that the charts below show."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cartech_desk.ui.models.columns import Columns, no_columns
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import series_color, theme_changed, tokens
from cartech_desk.ui.theme.tokens import Space, Type
from cartech_desk.ui.widgets.polyline import Mapping, draw_columns
from cartech_desk.ui.widgets.strip_chart import AXIS_WIDTH, Flag, Stretch

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 56


class Overview(QWidget):
    """Press or drag to move the stretch that is shown; arrows move it too."""

    def __init__(self, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.columns = no_columns()
        self.label = ""
        self.flags: Sequence[Flag] = ()
        self.gaps: Sequence[Stretch] = ()
        self.two_scales = False
        self._grab_ns = 0
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Overview of the whole recording")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme_changed.connect(self.update)
        view.moved.connect(self.update)
        view.cursor_moved.connect(self.update)

    def show_columns(self, label: str, columns: Columns) -> None:
        """Show one channel from beginning to end."""
        self.label, self.columns = label, columns
        self.update()

    @property
    def plot(self) -> QRect:
        """Where the line is drawn; in line with the charts below."""
        right = AXIS_WIDTH if self.two_scales else Space.M
        return QRect(AXIS_WIDTH, 2, max(1, self.width() - AXIS_WIDTH - right), self.height() - 4)

    def _x(self, t_ns: int) -> float:
        whole = max(1, self.view.last_ns - self.view.first_ns)
        return self.plot.left() + (t_ns - self.view.first_ns) / whole * self.plot.width()

    def time_at(self, x: float) -> int:
        """Return the instant at an x of the widget."""
        whole = self.view.last_ns - self.view.first_ns
        return self.view.first_ns + int((x - self.plot.left()) / self.plot.width() * whole)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint line, gaps, marks, the stretch shown and the cursor."""
        del event
        colors = tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.ground))
        plot = self.plot
        painter.fillRect(plot, QColor(colors.surface))
        painter.setFont(text_font(Type.SMALL))
        painter.setPen(QColor(colors.muted))
        painter.drawText(
            QRect(0, plot.top(), AXIS_WIDTH - Space.XS, plot.height()),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap,
            self.label,
        )
        painter.setClipRect(plot)
        for gap in self.gaps:
            left, right = self._x(gap.first_ns), self._x(gap.last_ns)
            painter.fillRect(
                QRectF(left, plot.top(), max(2.0, right - left), plot.height()),
                QBrush(QColor(colors.muted), Qt.BrushStyle.BDiagPattern),
            )
        self._paint_line(painter, plot)
        painter.setPen(QPen(QColor(colors.accent), 1, Qt.PenStyle.DashLine))
        for flag in self.flags:
            x = round(self._x(flag.t_ns))
            painter.drawLine(x, plot.top(), x, plot.bottom())
        left, right = self._x(self.view.left_ns), self._x(self.view.right_ns)
        shade = QColor(colors.ground)
        shade.setAlpha(150)
        painter.fillRect(QRectF(plot.left(), plot.top(), left - plot.left(), plot.height()), shade)
        painter.fillRect(QRectF(right, plot.top(), plot.right() - right + 1, plot.height()), shade)
        painter.setPen(QPen(QColor(colors.focus if self.hasFocus() else colors.accent), 2))
        painter.drawRect(QRectF(left, plot.top() + 1, max(3.0, right - left), plot.height() - 2))
        if self.view.cursor_ns is not None:
            x = round(self._x(self.view.cursor_ns))
            painter.setPen(QPen(QColor(colors.text), 1))
            painter.drawLine(x, plot.top(), x, plot.bottom())
        painter.end()

    def _paint_line(self, painter: QPainter, plot: QRect) -> None:
        extent = self.columns.extent
        if extent is None:
            return
        low, high = extent
        if high <= low:
            low, high = low - 1, high + 1
        per_value = (plot.height() - 8) / (high - low)
        pen = QPen(QColor(series_color(0)), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        whole = max(1, self.view.last_ns - self.view.first_ns)
        draw_columns(
            painter,
            self.columns,
            Mapping(
                self.view.first_ns,
                plot.width() / whole,
                plot.left(),
                plot.bottom() - 4 + per_value * low,
                per_value,
            ),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the stretch, or bring it to the pointer."""
        at = self.time_at(event.position().x())
        if not self.view.left_ns <= at <= self.view.right_ns:
            self._center(at)
        self._grab_ns = at - self.view.left_ns

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the stretch."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            left = self.time_at(event.position().x()) - self._grab_ns
            self.view.show(left, left + self.view.span_ns)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole recording."""
        del event
        self.view.show(self.view.first_ns, self.view.last_ns)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the stretch by arrows, Home and End."""
        span = self.view.span_ns
        lefts = {
            Qt.Key.Key_Left: self.view.left_ns - span // 2,
            Qt.Key.Key_Right: self.view.left_ns + span // 2,
            Qt.Key.Key_Home: self.view.first_ns,
            Qt.Key.Key_End: self.view.last_ns - span,
        }
        left = lefts.get(Qt.Key(event.key()))
        if left is None:
            super().keyPressEvent(event)
            return
        self.view.show(left, left + span)

    def _center(self, at_ns: int) -> None:
        half = self.view.span_ns // 2
        self.view.show(at_ns - half, at_ns + half)
