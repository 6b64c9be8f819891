"""One strip chart: lines over the shared time axis, and what a hand does with it."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QPinchGesture, QSizePolicy, QWidget

from cartech_desk.ui.models.limit_lines import LimitLine, Passing
from cartech_desk.ui.models.time_notes import Flag, Stretch
from cartech_desk.ui.models.time_scale import TimeTick
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.models.trace import Trace
from cartech_desk.ui.models.value_scale import ValueScale
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.plot.measures import AXIS_WIDTH, LEGEND_HEIGHT
from cartech_desk.ui.widgets.plot.trace_plot import TracePlot

_ZOOM_STEP: Final = 1.25


class StripChart(QWidget):
    """Lines over time: wheel zooms, drag pans, double-click follows, pointing moves the cursor.

    The chart shows what its traces hold; whoever owns it hands it fresh columns and calls
    `refresh`. Nothing is drawn while it cannot be seen.
    """

    edit_wanted = Signal()

    def __init__(self, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.traces: list[Trace] = []
        self.flags: Sequence[Flag] = ()
        self.gaps: Sequence[Stretch] = ()
        self.flag_words = True
        """Whether marks carry their words here; the topmost chart tells them for all."""
        self.empty_words = ""
        self.limits: Mapping[ValueScale, Sequence[LimitLine]] = {}
        self._two_scales = False
        self._ticks: list[TimeTick] = []
        self._drawing = TracePlot(self)
        self._dragged_from: QPointF | None = None
        self._cursor_is_hover = False
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Chart")
        theme_changed.connect(self._dress)

    # What is shown

    def set_traces(self, traces: Sequence[Trace]) -> None:
        """Show these lines."""
        self.traces = list(traces)
        names = " and ".join(trace.channel.label for trace in traces)
        self.setAccessibleName(f"Chart of {names}" if names else "Empty chart")
        self.limits = {}
        self._drawing.show_traces(self.traces, self.empty_words)
        self.refresh()

    def set_limits(
        self,
        limits: Mapping[ValueScale, Sequence[LimitLine]],
        passings: Sequence[Passing] = (),
    ) -> None:
        """Draw lines of limits upon the scales of the traces; they go with the traces.

        With `passings` the stretches of time are shaded in which the alarm was active.
        """
        self.limits = limits
        self._drawing.show_limits(limits, passings)

    def set_ticks(self, ticks: list[TimeTick]) -> None:
        """Put the upright lines of the grid at these instants."""
        self._ticks = ticks

    def set_notes(
        self, flags: Sequence[Flag], gaps: Sequence[Stretch], *, flag_words: bool
    ) -> None:
        """Draw these marks and gaps."""
        self.flags, self.gaps, self.flag_words = flags, gaps, flag_words
        if self.isVisible():
            self._draw_notes()

    @property
    def two_scales(self) -> bool:
        """Whether there is room for a second scale at the right."""
        return self._two_scales

    @two_scales.setter
    def two_scales(self, two: bool) -> None:
        if two != self._two_scales:
            self._two_scales = two
            self._drawing.lay_out(self.plot)

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
            self._draw()

    def show_cursor(self) -> None:
        """Draw the cursor where the view has it."""
        if self.isVisible():
            self._drawing.show_cursor(self.view.cursor_ns)

    def _scales(self) -> list[ValueScale]:
        return list(dict.fromkeys(trace.scale for trace in self.traces))

    def _draw(self) -> None:
        self._drawing.show_time(self.view, self._ticks)
        self._draw_notes()
        self._drawing.show_cursor(self.view.cursor_ns)

    def _draw_notes(self) -> None:
        self._drawing.show_notes(self.flags, self.gaps, with_words=self.flag_words)

    def _dress(self) -> None:
        self._drawing.dress()

    @property
    def plot(self) -> QRect:
        """Where the lines are drawn, in the widget's pixels."""
        right = AXIS_WIDTH if self.two_scales else Space.M
        return QRect(
            AXIS_WIDTH,
            LEGEND_HEIGHT,
            max(1, self.width() - AXIS_WIDTH - right),
            max(1, self.height() - LEGEND_HEIGHT - Space.S),
        )

    def time_at(self, x: float) -> int:
        """Return the instant at an x of the widget."""
        plot = self.plot
        return self.view.left_ns + int((x - plot.left()) / plot.width() * self.view.span_ns)

    def x_of(self, t_ns: int) -> float:
        """Return the x of an instant."""
        plot = self.plot
        return plot.left() + (t_ns - self.view.left_ns) / self.view.span_ns * plot.width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw in the new size."""
        super().resizeEvent(event)
        self._drawing.lay_out(self.plot)
        if self.isVisible():
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while the chart could not be seen."""
        super().showEvent(event)
        self._draw()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys come here."""
        super().focusInEvent(event)
        self._drawing.show_focus(focused=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys go elsewhere."""
        super().focusOutEvent(event)
        self._drawing.show_focus(focused=False)

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
