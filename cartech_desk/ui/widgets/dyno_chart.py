"""Power and torque over engine speed on equal scales, AFR and boost below on the same axis."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QPinchGesture, QSizePolicy, QWidget

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.run import EstimateBy
from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.models.dyno_picture import DynoPicture
from cartech_desk.ui.models.dyno_shown import ShownRun
from cartech_desk.ui.models.dyno_span import LEAST, AxisSpan
from cartech_desk.ui.models.dyno_units import AXIS_WORDS, dyno_units
from cartech_desk.ui.theme.theme import theme_changed

if TYPE_CHECKING:
    from cartech_desk.domain.dyno.compare import Comparison
    from cartech_desk.ui.widgets.dyno_chart_plot import DynoChartPlot

_ZOOM_STEP: Final = 1.25
_DRAGGED: Final = 4
_NAN: Final = float("nan")
_MOST_POINTS: Final = 900
_MOST_OF_MANY: Final = 400
_MANY: Final = 8
EMPTY: Final = "Press Start and roll into it: the curve draws itself here."
PULL_TO_COME: Final = "The run is under way. The curve begins with the pull."


class DynoChart(QWidget):
    """The charts of the Dyno page. Values are shown corrected, in the units set.

    `axis` is "rpm", "speed" or "time". Power and torque share one scale in hp and lb·ft (they cross
    at 5252) or each pair of units their own.

    The wheel zooms, a drag pans, a double-click shows all again. Keys: left and right move the
    cursor, with Shift the view; plus and minus zoom, 0 shows all, Escape takes the cursor away.
    """

    cursor_moved = Signal(float)
    """The place on the axis under the pointer, in the axis' shown unit; NaN when it left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty_words = EMPTY
        self._picture = DynoPicture(dyno_units("metric", "hp"))
        self._span = AxisSpan(LEAST["rpm"])
        self._cursor: float | None = None
        self._cursor_is_hover = False
        self._dragged_from: QPointF | None = None
        self._plot: DynoChartPlot | None = None
        self._waits = True
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Chart of power and torque")
        theme_changed.connect(self._dress)

    def sizeHint(self) -> QSize:
        """Ask for room."""
        return QSize(720, 520)

    # What is shown

    @property
    def axis(self) -> str:
        """The axis in force."""
        return self._picture.axis

    @property
    def cursor_place(self) -> float:
        """Where the cursor stands, in the axis' shown unit; NaN where there is none."""
        return _NAN if self._cursor is None else self._cursor * self._axis_factor

    @property
    def shown(self) -> tuple[float, float]:
        """From where to where the axis reaches now, in its shown unit."""
        factor = self._axis_factor
        return self._span.left * factor, self._span.right * factor

    def set_units(self, system: str, power_unit: str) -> None:
        """Show in these units ("metric", …; "hp", "PS", "kW")."""
        self._picture.units = dyno_units(system, power_unit)
        self._refresh()

    def set_axis(self, axis: str) -> None:
        """Draw over "rpm", "speed" or "time"."""
        if axis == self._picture.axis:
            return
        self._picture.set_axis(axis)
        self._span = AxisSpan(LEAST[axis])
        self._set_cursor(None)
        self._refresh()

    def set_runs(self, runs: Sequence[ShownRun]) -> None:
        """Overlay these runs; the first is the one that the numbers are about."""
        before = tuple((run.run_id, id(run.result)) for run in self._picture.runs[:2])
        self._picture.set_runs(runs)
        after = tuple((run.run_id, id(run.result)) for run in self._picture.runs[:2])
        if self._picture.difference and before != after:
            self._compare(None)
        names = ", ".join(run.name for run in runs)
        self.setAccessibleName(f"Chart of {names}" if names else "Chart of power and torque")
        self._refresh()

    def set_live(self, result: RunResult | None) -> None:
        """Draw the run under way, as far as it has come, over all others; None: none is."""
        began = (result is None) != (self._picture.live is None)
        self._picture.set_live(result)
        self._refresh(live_only=not began)

    def set_difference(self, *, on: bool, comparison: "Comparison | None" = None) -> None:
        """Show the difference of the first two runs on their common range.

        `comparison` is theirs where it has been made already.
        """
        if not on and not self._picture.difference:
            return
        self._picture.difference = on
        if on:
            self._compare(comparison)
        self._refresh()

    def fit(self) -> None:
        """Show all of the runs."""
        self._span.fit()
        self._refresh()

    def _compare(self, comparison: "Comparison | None") -> None:
        picture = self._picture
        picture.comparison, picture.why_no_difference = comparison, ""
        if comparison is not None:
            return
        if len(picture.runs) < 2:
            picture.why_no_difference = "Lay a second run over the first to see the difference."
            return
        from cartech_desk.domain.dyno.compare import Driven, compare

        try:
            first, second = picture.runs[:2]
            names = Driven(first.name), Driven(second.name)
            picture.comparison = compare(first.result, second.result, *names)
        except CarTechError as error:
            picture.why_no_difference = error.message

    # Drawing

    @property
    def _axis_factor(self) -> float:
        return self._picture.units.axis(self._picture.axis).factor

    def _refresh(self, *, live_only: bool = False) -> None:
        """Bring the picture up to date, at once where it can be seen."""
        bounds = self._picture.bounds()
        if bounds is not None:
            before = (self._span.left, self._span.right)
            self._span.set_bounds(*bounds)
            live_only = live_only and before == (self._span.left, self._span.right)
        if not self.isVisible():
            self._waits = True
            return
        self._draw(live_only=live_only and not self._waits)
        self._waits = False

    def _draw(self, *, live_only: bool = False) -> None:
        from cartech_desk.ui.widgets.dyno_chart_plot import AxisSaid

        plot, picture, span = self._drawing(), self._picture, self._span
        many, empty, ratio = len(picture.runs) > _MANY, picture.empty, picture.ratio
        panes = picture.panes(
            None if span.fitted else (span.left, span.right),
            _MOST_OF_MANY if many else _MOST_POINTS,
        )
        unit = picture.units.axis(picture.axis)
        axis = AxisSaid(
            span.left,
            span.right,
            unit.factor,
            "" if empty else AXIS_WORDS[picture.axis],
            "" if empty else unit.symbol,
            unit.decimals,
        )
        over_rpm = picture.axis == "rpm" and not empty
        plot.show_panes(
            panes,
            axis,
            picture.crossing_rpm if over_rpm else None,
            live_only=live_only and ratio == picture.ratio,
        )
        plot.name_runs(picture.runs, picture.live, self._corrected())
        missing = picture.missing()
        words = ""
        if empty and not missing and not picture.runs:
            words = self.empty_words if picture.live is None else PULL_TO_COME
        plot.say_notes(missing, words)
        plot.show_cursor(self._cursor)

    def _corrected(self) -> str:
        """Say how the values that are shown came about."""
        results = [run.result for run in self._picture.runs]
        if self._picture.live is not None:
            results.insert(0, self._picture.live.result)
        if not results:
            return ""
        corrections = dict.fromkeys(result.factor.correction.short for result in results)
        estimated = {result.estimate is not EstimateBy.NONE for result in results}
        places = ("at the wheels", "engine, estimated")
        where = "engine or wheels" if len(estimated) > 1 else places[estimated.pop()]
        return f"{', '.join(corrections)} · {where}"

    def _drawing(self) -> "DynoChartPlot":
        """Return the drawing; pyqtgraph is read when it is first seen."""
        if self._plot is None:
            from cartech_desk.ui.widgets.dyno_chart_plot import DynoChartPlot

            self._plot = DynoChartPlot(self)
        return self._plot

    def _dress(self) -> None:
        if self._plot is not None:
            self._plot.dress()
            self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw in the new size."""
        super().resizeEvent(event)
        if self.isVisible():
            self._draw_within_event()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while the chart could not be seen."""
        super().showEvent(event)
        self._draw_within_event()
        self._waits = False

    def _draw_within_event(self) -> None:
        """Draw; what fails is told and not raised: raised through Qt's events it ends the desk."""
        try:
            self._draw()
        except Exception:
            kind, error, trace = sys.exc_info()
            if kind is not None and error is not None:
                sys.excepthook(kind, error, trace)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys come here."""
        super().focusInEvent(event)
        self._drawing().show_focus(focused=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys go elsewhere."""
        super().focusOutEvent(event)
        self._drawing().show_focus(focused=False)

    # Pointing, touching and keys

    def _set_cursor(self, at: float | None, *, hover: bool = False) -> None:
        if at is not None and self._picture.empty:
            at = None
        if at == self._cursor:
            return
        self._cursor, self._cursor_is_hover = at, hover
        if self._plot is not None:
            self._plot.show_cursor(at)
        self.cursor_moved.emit(self.cursor_place)

    def _zoom(self, factor: float, about: float) -> None:
        self._span.zoom(factor, about)
        self._refresh()

    def _pan(self, by: float) -> None:
        self._span.pan(by)
        self._refresh()

    def event(self, event: QEvent) -> bool:
        """Take pinches as zoom."""
        if event.type() == QEvent.Type.Gesture:
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture) and pinch.scaleFactor() > 0:
                center = self.mapFromGlobal(pinch.centerPoint().toPoint())
                self._zoom(1 / pinch.scaleFactor(), self._drawing().at_x(center.x()))
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
            self._pan(-sideways / 120 * self._span.length / 10)
        elif steps.y():
            about = self._drawing().at_x(event.position().x())
            self._zoom(_ZOOM_STEP ** (-steps.y() / 120), about)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to pan, and read the place that was pressed."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged_from = event.position()
            by_hand = event.source() == Qt.MouseEventSource.MouseEventNotSynthesized
            self._set_cursor(self._within(event.position().x()), hover=by_hand)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while pressed, else move the cursor."""
        plot = self._drawing().plot
        if self._dragged_from is not None:
            moved = event.position().x() - self._dragged_from.x()
            if abs(moved) >= _DRAGGED:
                self._dragged_from = event.position()
                self._pan(-moved / plot.width() * self._span.length)
        elif plot.contains(event.position().toPoint()):
            self._set_cursor(self._within(event.position().x()), hover=True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End to pan."""
        del event
        self._dragged_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all again."""
        del event
        self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        """Take a cursor that only followed the pointer away; one that was set stays."""
        if self._cursor_is_hover:
            self._set_cursor(None)
        super().leaveEvent(event)

    def _within(self, x: float) -> float:
        at = self._drawing().at_x(x)
        return min(max(at, self._span.left), self._span.right)

    def _step_cursor(self, by: float) -> None:
        span = self._span
        start = self._cursor
        if start is None or not span.left <= start <= span.right:
            start = (span.left + span.right) / 2
            by = 0.0
        self._set_cursor(min(max(start + by, span.first), span.last))
        if self._cursor is not None and not span.left <= self._cursor <= span.right:
            self._pan(self._cursor - (span.left + span.right) / 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move cursor and view by keys."""
        span = self._span
        about = self._cursor if self._cursor is not None else (span.left + span.right) / 2
        step = span.length / 200
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step *= 10 if control else 1
        acts = {
            Qt.Key.Key_Left: lambda: (
                self._pan(-span.length / 10) if shift else self._step_cursor(-step)
            ),
            Qt.Key.Key_Right: lambda: (
                self._pan(span.length / 10) if shift else self._step_cursor(step)
            ),
            Qt.Key.Key_Home: lambda: self._set_cursor(max(span.first, span.left)),
            Qt.Key.Key_End: lambda: self._set_cursor(min(span.last, span.right)),
            Qt.Key.Key_Plus: lambda: self._zoom(1 / _ZOOM_STEP, about),
            Qt.Key.Key_Equal: lambda: self._zoom(1 / _ZOOM_STEP, about),
            Qt.Key.Key_Minus: lambda: self._zoom(_ZOOM_STEP, about),
            Qt.Key.Key_0: self.fit,
        }
        act = acts.get(Qt.Key(event.key()))
        if act is None and event.key() == Qt.Key.Key_Escape and self._cursor is not None:
            act = lambda: self._set_cursor(None)  # noqa: E731 - one line in a table of acts
        if act is None:
            super().keyPressEvent(event)
            return
        act()
