"""The plot of a strip chart: lines of traces over a ground with grid, gaps, marks and cursor.

One box for each scale, all over the same stretch of time, whose x are the seconds since the left
edge: while a chart follows the clock, nothing of it changes but the points of its lines.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from cartech_desk.ui.models.limit_lines import LimitLine, Passing
from cartech_desk.ui.models.line_points import line_points
from cartech_desk.ui.models.time_notes import Flag, Stretch
from cartech_desk.ui.models.time_scale import TimeTick
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.models.trace import Trace
from cartech_desk.ui.models.value_scale import ValueScale
from cartech_desk.ui.theme.theme import series_color, tokens
from cartech_desk.ui.theme.tokens import Size
from cartech_desk.ui.widgets.plot.canvas import Canvas, LineBox, thin_pen
from cartech_desk.ui.widgets.plot.legend import Legend, Named
from cartech_desk.ui.widgets.plot.limit_marks import LimitLines, LimitShades, LimitWords
from cartech_desk.ui.widgets.plot.lines import RuledLines, TraceCurve
from cartech_desk.ui.widgets.plot.notes import Cursor, HatchedGaps, Marks
from cartech_desk.ui.widgets.plot.value_axis import ValueAxis

_GROUND_Z = -500.0
_BOX_Z = -100.0
_INSIDE = 0.001  # of a scale; a tick nearer to an end is ruled by the plot's frame


class TracePlot:
    """What a strip chart shows upon its canvas, brought up to date piece by piece."""

    def __init__(self, owner: QWidget) -> None:
        self.canvas = Canvas(owner)
        self._place = QRect(0, 0, 1, 1)
        self._left_ns = 0
        self._length_ns = 1
        self._traces: list[Trace] = []
        self._scales: list[ValueScale] = []
        self._curves: list[TraceCurve] = []
        self._passings: tuple[Passing, ...] = ()
        self._limits: dict[int, LimitLines] = {}  # by the place of their box, where there are any
        self._limit_words: LimitWords | None = None
        self._shades: LimitShades | None = None
        self._ground = LineBox()
        self._ground.setZValue(_GROUND_Z)
        self.canvas.addItem(self._ground)
        self._grid = RuledLines(self._ground)
        self._gaps = HatchedGaps(self._ground)
        self._boxes: list[LineBox] = []
        self._add_box()
        self._marks = Marks(self._boxes[0])
        self._cursor = Cursor(self._boxes[0])
        self._axes = (ValueAxis("left"), ValueAxis("right"))
        self._legend = Legend()
        for item in (*self._axes, self._legend):
            self.canvas.addItem(item)
        self.dress()

    # What is shown

    def lay_out(self, place: QRect) -> None:
        """Draw the lines here, in the pixels of the canvas's owner."""
        self._place = QRect(place)
        self.canvas.lay_out(place)
        for box in (self._ground, *self._boxes):
            box.place(place)
        for axis in self._axes:
            axis.place(place, self.canvas.height())
        self._legend.place(place.left(), self.canvas.width())

    def show_traces(self, traces: Sequence[Trace], empty_words: str) -> None:
        """Have a line for each trace and a box for each scale; the first lies on top."""
        self._traces = list(traces)
        self._scales = list(dict.fromkeys(trace.scale for trace in traces))
        for curve in self._curves:
            curve.leave()
        self.show_limits({}, ())
        while len(self._boxes) > max(1, len(self._scales)):
            self.canvas.removeItem(self._boxes.pop())
        while len(self._boxes) < len(self._scales):
            self._add_box()
        self._curves = []
        for place, trace in enumerate(traces):
            box = self._boxes[self._scales.index(trace.scale)]
            curve = TraceCurve(box, Size.SERIES_LINE)
            curve.setZValue(-place)
            curve.setPen(thin_pen(series_color(trace.color)))
            self._curves.append(curve)
        self._legend.show_names(
            [Named(trace.channel.label, trace.unit.symbol, trace.color) for trace in traces],
            empty_words,
        )
        self.canvas.ask_for_paint()

    def show_limits(
        self, lines: Mapping[ValueScale, Sequence[LimitLine]], passings: Sequence[Passing]
    ) -> None:
        """Draw limits upon the scales that they belong to, and shade when the first was passed.

        They stay until other traces are shown.
        """
        for mark in self._limits.values():
            mark.leave()
        self._limits = {}
        for place, scale in enumerate(self._scales):
            if lines.get(scale):
                self._limits[place] = mark = LimitLines(self._boxes[place])
                mark.show_lines(lines[scale])
        if self._limit_words is not None:
            self._limit_words.leave()
            self._limit_words = None
        if self._limits:
            self._limit_words = LimitWords(self._boxes[0])
            self._limit_words.show_of(list(self._limits.values()))
        first = lines.get(self._scales[0], ()) if self._scales else ()
        shaded = bool(passings) or any(line.back is not None for line in first)
        if self._shades is not None and not shaded:
            self._shades.leave()
            self._shades = None
        elif shaded:
            if self._shades is None:
                self._shades = LimitShades(self._boxes[0])
            self._shades.show_lines(first)
            pixel = self._length_ns / 1e9 / self._place.width()
            self._shades.show_passings(passings, self._left_ns, pixel)
        self._passings = tuple(passings)
        self.canvas.ask_for_paint(all_of_it=False)

    def show_time(self, view: TimeView, ticks: Sequence[TimeTick]) -> None:
        """Show the stretch of time of the view with what the traces hold of it."""
        self._left_ns, self._length_ns = view.left_ns, view.span_ns
        length = self._length_ns / 1e9
        self._ground.show_range(length, 0.0, 1.0)
        if not self._scales:
            self._boxes[0].show_range(length, 0.0, 1.0)
        for box, scale in zip(self._boxes, self._scales, strict=False):
            box.show_range(length, scale.low, scale.high)
        new_scales = self._show_scales(ticks)
        pixel_ns = self._length_ns / self._place.width()
        for trace, curve in zip(self._traces, self._curves, strict=True):
            points = line_points(trace.columns, self._left_ns, pixel_ns)
            curve.show_points(points, trace.unit.to_shown(points.values))
        if self._shades is not None:
            self._shades.show_passings(self._passings, self._left_ns, pixel_ns / 1e9)
        self.canvas.ask_for_paint(all_of_it=new_scales)

    def _show_scales(self, ticks: Sequence[TimeTick]) -> bool:
        """Bring axes and grid up to date; True where an axis has other texts than before."""
        new = False
        uprights = [(tick.t_ns - self._left_ns) / 1e9 for tick in ticks]
        levels: list[float] = []
        for place, axis in enumerate(self._axes):
            axis.setVisible(place < len(self._scales))
            if not axis.isVisible():
                continue
            scale = self._scales[place]
            new |= axis.show_scale(scale, self._axis_color(scale))
            if place == 0:
                reach = scale.high - scale.low
                shares = ((value - scale.low) / reach for value, _ in axis.ticks)
                levels = [share for share in shares if _INSIDE < share < 1 - _INSIDE]
        self._grid.rule(uprights, levels)
        return new

    def _axis_color(self, scale: ValueScale) -> str:
        if len(self._scales) < 2:
            return tokens().muted
        owner = next(trace for trace in self._traces if trace.scale is scale)
        return series_color(owner.color)

    def show_notes(
        self, flags: Sequence[Flag], gaps: Sequence[Stretch], *, with_words: bool
    ) -> None:
        """Show the gaps and marks of the stretch of time that is shown."""
        pixel = self._length_ns / 1e9 / self._place.width()
        self._gaps.show_gaps(gaps, self._left_ns, pixel)
        self._marks.show_flags(flags, self._left_ns, pixel, with_words=with_words)
        self.canvas.ask_for_paint(all_of_it=False)

    def show_cursor(self, cursor_ns: int | None) -> None:
        """Put the cursor at an instant."""
        self._cursor.stand_at(None if cursor_ns is None else (cursor_ns - self._left_ns) / 1e9)
        self.canvas.ask_for_paint(all_of_it=False)

    def show_focus(self, *, focused: bool) -> None:
        """Tell by a ring whether the keys come here."""
        self.canvas.ring.setVisible(focused)
        self.canvas.ask_for_paint()

    def dress(self) -> None:
        """Take the colours of the theme in force."""
        self._grid.setPen(thin_pen(tokens().line))
        self._marks.dress()
        self._cursor.dress()
        for trace, curve in zip(self._traces, self._curves, strict=True):
            curve.setPen(thin_pen(series_color(trace.color)))
        for axis, scale in zip(self._axes, self._scales, strict=False):
            axis.show_scale(scale, self._axis_color(scale))
        self.canvas.dress(tokens().surface)

    def _add_box(self) -> None:
        box = LineBox()
        box.setZValue(_BOX_Z - len(self._boxes))
        box.place(self._place)
        self.canvas.addItem(box)
        self._boxes.append(box)
