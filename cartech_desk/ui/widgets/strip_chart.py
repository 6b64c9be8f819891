"""One strip chart: lines over the shared time axis.

All that does not change from frame to frame (ground, grid, texts) is painted once into a picture;
a frame is that picture and the lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QPinchGesture, QSizePolicy, QWidget

from cartech_desk.ui.models.time_scale import TimeTick
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.models.trace import Trace
from cartech_desk.ui.models.value_scale import ValueScale
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import series_color, theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space, Type
from cartech_desk.ui.widgets.polyline import Mapping, draw_columns

AXIS_WIDTH: Final = 60
"""Room for the numbers of a scale, the same in every chart so that the time axes stand in line."""
_HEADER_HEIGHT: Final = 22
_ZOOM_STEP: Final = 1.25
_MOST_TICKS: Final = 6


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time that is told by a hatched ground: a gap in the link."""

    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class Flag:
    """An instant that is told by an upright line with a word: a mark."""

    t_ns: int
    text: str


class StripChart(QWidget):
    """Lines over time: wheel zooms, drag pans, double-click follows, pointing moves the cursor.

    The chart paints what its traces hold; whoever owns it hands it fresh columns and calls
    `refresh`. Nothing is painted while it cannot be seen.
    """

    edit_wanted = Signal()

    def __init__(self, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.traces: list[Trace] = []
        self.flags: Sequence[Flag] = ()
        self.gaps: Sequence[Stretch] = ()
        self.two_scales = False
        self.flag_words = True
        """Whether marks carry their words here; the topmost chart tells them for all."""
        self.empty_words = ""
        self._ticks: list[TimeTick] = []
        self._ground: QPixmap | None = None
        self._ground_key: tuple[object, ...] = ()
        self._dragged_from: QPointF | None = None
        self._cursor_is_hover = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Chart")
        theme_changed.connect(self._forget_ground)

    # What is shown

    def set_traces(self, traces: Sequence[Trace]) -> None:
        """Show these lines."""
        self.traces = list(traces)
        names = " and ".join(trace.channel.label for trace in traces)
        self.setAccessibleName(f"Chart of {names}" if names else "Empty chart")
        self.refresh()

    def set_ticks(self, ticks: list[TimeTick]) -> None:
        """Put the upright lines of the grid at these instants."""
        self._ticks = ticks

    def refresh(self) -> None:
        """Show the columns that the traces hold now; scales follow their lines."""
        shown = (self.view.left_ns, self.view.right_ns)
        for scale in self._scales():
            extents = [
                (trace.unit.to_shown(extent[0]), trace.unit.to_shown(extent[1]))
                for trace in self.traces
                if trace.scale is scale
                and (extent := trace.columns.extent_between(*shown)) is not None
            ]
            if extents:
                low = min(min(pair) for pair in extents)
                high = max(max(pair) for pair in extents)
                scale.fit((low, high))
        if self.isVisible():
            self.update()

    def _scales(self) -> list[ValueScale]:
        found: list[ValueScale] = []
        for trace in self.traces:
            if trace.scale not in found:
                found.append(trace.scale)
        return found

    @property
    def plot(self) -> QRect:
        """Where the lines are drawn, in the widget's pixels."""
        right = AXIS_WIDTH if self.two_scales else Space.M
        return QRect(
            AXIS_WIDTH,
            _HEADER_HEIGHT,
            max(1, self.width() - AXIS_WIDTH - right),
            max(1, self.height() - _HEADER_HEIGHT - Space.S),
        )

    def time_at(self, x: float) -> int:
        """Return the instant at an x of the widget."""
        plot = self.plot
        return self.view.left_ns + int((x - plot.left()) / plot.width() * self.view.span_ns)

    def x_of(self, t_ns: int) -> float:
        """Return the x of an instant."""
        plot = self.plot
        return plot.left() + (t_ns - self.view.left_ns) / self.view.span_ns * plot.width()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, gaps, lines, marks and cursor."""
        del event
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ground_picture())
        plot = self.plot
        painter.setClipRect(plot)
        self._paint_gaps(painter, plot)
        left, span = self.view.left_ns, self.view.span_ns
        for trace in reversed(self.traces):
            scale, unit = trace.scale, trace.unit
            per_value = plot.height() / (scale.high - scale.low)
            bottom = plot.bottom() + per_value * scale.low
            pen = QPen(QColor(series_color(trace.color)), 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            draw_columns(
                painter,
                trace.columns,
                Mapping(
                    left,
                    plot.width() / span,
                    plot.left(),
                    bottom - unit.offset * per_value,
                    unit.factor * per_value,
                ),
                Size.SERIES_LINE,
            )
        self._paint_flags(painter, plot)
        cursor = self.view.cursor_ns
        if cursor is not None:
            x = round(self.x_of(cursor))
            painter.setPen(QPen(QColor(tokens().text), 1))
            painter.drawLine(x, plot.top(), x, plot.bottom())
        painter.setClipping(False)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens().focus), Size.FOCUS))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_gaps(self, painter: QPainter, plot: QRect) -> None:
        for gap in self.gaps:
            left, right = self.x_of(gap.first_ns), self.x_of(gap.last_ns)
            if right < plot.left() or left > plot.right():
                continue
            left = max(left, plot.left() - 1)
            area = QRectF(
                left, plot.top(), max(2.0, min(right, plot.right() + 1) - left), plot.height()
            )
            painter.fillRect(area, QBrush(QColor(tokens().muted), Qt.BrushStyle.BDiagPattern))

    def _paint_flags(self, painter: QPainter, plot: QRect) -> None:
        if not self.flags:
            return
        colors = tokens()
        painter.setFont(text_font(Type.SMALL))
        metrics = QFontMetrics(painter.font())
        free_from = float(plot.left())
        for flag in self.flags:
            x = self.x_of(flag.t_ns)
            if not plot.left() <= x <= plot.right():
                continue
            painter.setPen(QPen(QColor(colors.accent), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            if self.flag_words and x >= free_from:
                text = metrics.elidedText(flag.text, Qt.TextElideMode.ElideRight, 140)
                painter.setPen(QColor(colors.text))
                painter.drawText(QPointF(x + 3, plot.top() + metrics.ascent() + 1), text)
                free_from = x + 6 + metrics.horizontalAdvance(text)

    def _forget_ground(self) -> None:
        self._ground = None
        self.update()

    def _ground_picture(self) -> QPixmap:
        """Return ground, grid and texts, painted anew only where one of them changed."""
        ratio = self.devicePixelRatioF()
        grid = tuple(round(self.x_of(tick.t_ns)) for tick in self._ticks)
        key = (
            self.size(),
            ratio,
            self.two_scales,
            grid,
            tuple(
                (t.channel.label, t.unit.symbol, t.color, t.scale.low, t.scale.high)
                for t in self.traces
            ),
        )
        if self._ground is None or key != self._ground_key:
            if self._ground is None or self._ground.size() != self.size() * ratio:
                self._ground = QPixmap(self.size() * ratio)
                self._ground.setDevicePixelRatio(ratio)
            self._ground_key = key
            painter = QPainter(self._ground)
            self._paint_ground(painter, grid)
            painter.end()
        return self._ground

    def _paint_ground(self, painter: QPainter, grid: tuple[int, ...]) -> None:
        colors = tokens()
        plot = self.plot
        painter.fillRect(self.rect(), QColor(colors.surface))
        painter.setPen(QPen(QColor(colors.line), 1))
        for x in grid:
            if plot.left() <= x <= plot.right():
                painter.drawLine(x, plot.top(), x, plot.bottom())
        for place, scale in enumerate(self._scales()[:2]):
            self._paint_scale(painter, plot, place, scale)
        self._paint_header(painter)
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.drawRect(plot)

    def _paint_scale(self, painter: QPainter, plot: QRect, place: int, scale: ValueScale) -> None:
        colors = tokens()
        painter.setFont(text_font(Type.BODY))
        height = QFontMetrics(painter.font()).height()
        per_value = plot.height() / (scale.high - scale.low)
        shared = len(self._scales()) > 1
        owner = next(trace for trace in self.traces if trace.scale is scale)
        most = min(max(2, plot.height() // (height + Space.XS)), _MOST_TICKS)
        for value, text in scale.ticks(most):
            y = plot.bottom() - (value - scale.low) * per_value
            if place == 0:
                painter.setPen(QPen(QColor(colors.line), 1))
                painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(series_color(owner.color) if shared else colors.muted))
            left = 0 if place == 0 else plot.right() + Space.XS
            top = min(max(y - height / 2, 0), self.height() - height)
            area = QRectF(left, top, AXIS_WIDTH - Space.XS, height)
            side = Qt.AlignmentFlag.AlignRight if place == 0 else Qt.AlignmentFlag.AlignLeft
            painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_header(self, painter: QPainter) -> None:
        """Name each line, with a piece of it in front: the colour alone says nothing."""
        colors = tokens()
        painter.setFont(text_font(Type.BODY, bold=True))
        metrics = QFontMetrics(painter.font())
        x = self.plot.left()
        baseline = (_HEADER_HEIGHT + metrics.ascent() - metrics.descent()) // 2
        if not self.traces:
            painter.setPen(QColor(colors.muted))
            painter.drawText(x, baseline, self.empty_words)
        for trace in self.traces:
            color = QColor(series_color(trace.color))
            painter.fillRect(x, _HEADER_HEIGHT // 2 - 1, 14, 3, color)
            x += 14 + Space.XS + 2
            unit = f"  {trace.unit.symbol}" if trace.unit.symbol else ""
            painter.setPen(color)
            painter.drawText(x, baseline, trace.channel.label)
            x += metrics.horizontalAdvance(trace.channel.label)
            painter.setPen(QColor(colors.muted))
            painter.drawText(x, baseline, unit)
            x += metrics.horizontalAdvance(unit) + Space.L

    # Pointing, touching and keys

    def event(self, event: QEvent) -> bool:
        """Take pinches as zoom."""
        if event.type() == QEvent.Type.Gesture:
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture) and pinch.scaleFactor() > 0:
                center = self.mapFromGlobal(pinch.centerPoint().toPoint())
                self.view.zoom(1 / pinch.scaleFactor(), self.time_at(center.x()))
                event.accept(pinch)
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer; with Shift, or sideways, pan."""
        steps = event.angleDelta()
        sideways = steps.x() or (
            steps.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        )
        if sideways:
            self.view.pan(int(-sideways / 120 * self.view.span_ns / 10))
        elif steps.y():
            self.view.zoom(_ZOOM_STEP ** (-steps.y() / 120), self.time_at(event.position().x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to pan."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged_from = event.position()
            self.view.set_cursor(self.time_at(event.position().x()))
            self._cursor_is_hover = event.source() == Qt.MouseEventSource.MouseEventNotSynthesized

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while pressed, else move the cursor."""
        if self._dragged_from is not None:
            moved = event.position().x() - self._dragged_from.x()
            if abs(moved) >= 4:
                self._dragged_from = event.position()
                self.view.pan(int(-moved / self.plot.width() * self.view.span_ns))
            return
        if self.view.hover and self.plot.contains(event.position().toPoint()):
            self._cursor_is_hover = True
            self.view.set_cursor(self.time_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End to pan."""
        del event
        self._dragged_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Follow the newest instant again."""
        del event
        self.view.follow()

    def leaveEvent(self, event: QEvent) -> None:
        """Take a cursor that only followed the pointer away; one that was tapped stays."""
        if self._cursor_is_hover and not self.view.cursor_stays:
            self.view.set_cursor(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows pan, plus and minus zoom, End follows, comma and point move the cursor."""
        view = self.view
        at = view.cursor_ns if view.cursor_ns is not None else view.right_ns
        step = max(1, view.span_ns // self.plot.width()) * 4
        acts = {
            Qt.Key.Key_Left: lambda: view.pan(-view.span_ns // 10),
            Qt.Key.Key_Right: lambda: view.pan(view.span_ns // 10),
            Qt.Key.Key_Plus: lambda: view.zoom(1 / _ZOOM_STEP, at),
            Qt.Key.Key_Equal: lambda: view.zoom(1 / _ZOOM_STEP, at),
            Qt.Key.Key_Minus: lambda: view.zoom(_ZOOM_STEP, at),
            Qt.Key.Key_End: view.follow,
            Qt.Key.Key_Comma: lambda: view.set_cursor(at - step),
            Qt.Key.Key_Period: lambda: view.set_cursor(at + step),
        }
        act = acts.get(Qt.Key(event.key()))
        if act is None:
            super().keyPressEvent(event)
            return
        act()
