"""The whole of a recording in one strip, with the stretch that the charts below show."""

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyleOptionGraphicsItem, QWidget

from cartech_desk.ui.models.columns import Columns, no_columns
from cartech_desk.ui.models.line_points import line_points
from cartech_desk.ui.models.time_notes import Flag, Stretch
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.theme.theme import series_color, theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space, Type
from cartech_desk.ui.widgets.plot.canvas import EDGE, Canvas, LineBox, thin_pen
from cartech_desk.ui.widgets.plot.lines import TraceCurve
from cartech_desk.ui.widgets.plot.measures import AXIS_WIDTH
from cartech_desk.ui.widgets.plot.notes import Cursor, HatchedGaps, Marks

HEIGHT: Final = 56
_ROOM: Final = 0.08  # of the line's range, left free above and below
_SHADE: Final = 150  # of 255
_LEAST_WIDTH: Final = 3.0


class _Shown(pg.LinearRegionItem):
    """The stretch that the charts show: an outline, wide enough to be seen however short it is."""

    def __init__(self) -> None:
        super().__init__(
            movable=False, pen=QPen(Qt.PenStyle.NoPen), brush=QBrush(Qt.BrushStyle.NoBrush)
        )
        self.outline = QPen()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the outline within its place, in pixels."""
        del option, widget
        area = painter.transform().mapRect(self.boundingRect()).adjusted(0, 1, 0, -1)
        area.setWidth(max(_LEAST_WIDTH, area.width()))
        painter.resetTransform()
        painter.setPen(self.outline)
        painter.drawRect(area)


class Overview(QWidget):
    """Press or drag to move the stretch that is shown; arrows move it too."""

    def __init__(self, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.columns = no_columns()
        self.label = ""
        self.flags: Sequence[Flag] = ()
        self.gaps: Sequence[Stretch] = ()
        self._two_scales = False
        self._grab_ns = 0
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Overview of the whole recording")
        self._canvas = Canvas(self)
        self._box = LineBox()
        self._canvas.addItem(self._box)
        self._gaps = HatchedGaps(self._box)
        self._curve = TraceCurve(self._box, Size.LINE)
        self._marks = Marks(self._box)
        self._before, self._after = (
            pg.LinearRegionItem(movable=False, pen=QPen(Qt.PenStyle.NoPen)) for _ in range(2)
        )
        self._shown = _Shown()
        for region in (self._before, self._after, self._shown):
            self._box.addItem(region, ignoreBounds=True)
        self._cursor = Cursor(self._box)
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._dress()
        theme_changed.connect(self._dress)
        view.moved.connect(self._show_stretch)
        view.cursor_moved.connect(self._show_stretch)

    # What is shown

    def show_columns(self, label: str, columns: Columns) -> None:
        """Show one channel from beginning to end."""
        self.label, self.columns = label, columns
        self._words.setText(label)
        self._draw()

    def show_notes(self, flags: Sequence[Flag], gaps: Sequence[Stretch]) -> None:
        """Show these marks and gaps."""
        self.flags, self.gaps = flags, gaps
        self._draw()

    @property
    def two_scales(self) -> bool:
        """Whether the charts below have room for a second scale at their right."""
        return self._two_scales

    @two_scales.setter
    def two_scales(self, two: bool) -> None:
        self._two_scales = two
        self._lay_out()

    @property
    def plot(self) -> QRect:
        """Where the line is drawn; in line with the charts below."""
        right = AXIS_WIDTH if self.two_scales else Space.M
        return QRect(AXIS_WIDTH, 2, max(1, self.width() - AXIS_WIDTH - right), self.height() - 4)

    def _x(self, t_ns: int) -> float:
        return self.plot.left() + (t_ns - self.view.first_ns) / self._whole_ns * self.plot.width()

    @property
    def _whole_ns(self) -> int:
        return max(1, self.view.last_ns - self.view.first_ns)

    def time_at(self, x: float) -> int:
        """Return the instant at an x of the widget."""
        share = (x - self.plot.left()) / self.plot.width()
        return self.view.first_ns + int(share * self._whole_ns)

    def _lay_out(self) -> None:
        plot = self.plot
        self._canvas.lay_out(plot)
        self._box.place(plot.adjusted(0, EDGE, 0, -EDGE))
        self._words.setGeometry(0, 0, AXIS_WIDTH - Space.XS, self.height())
        self._draw()

    def _draw(self) -> None:
        low, high = self.columns.extent or (0.0, 1.0)
        room = (high - low) * _ROOM if high > low else 1.0
        whole = self._whole_ns
        self._box.show_range(whole / 1e9, low - room, high + room)
        pixel = whole / self.plot.width()
        points = line_points(self.columns, self.view.first_ns, pixel)
        self._curve.show_points(points, points.values)
        self._gaps.show_gaps(self.gaps, self.view.first_ns, pixel / 1e9)
        self._marks.show_flags(self.flags, self.view.first_ns, pixel / 1e9, with_words=False)
        self._show_stretch()

    def _show_stretch(self) -> None:
        """Show which stretch the charts show, the rest in shade, and the cursor."""
        first = self.view.first_ns
        length = self._whole_ns / 1e9
        left, right = (self.view.left_ns - first) / 1e9, (self.view.right_ns - first) / 1e9
        self._before.setRegion((min(-length, left), left))
        self._shown.setRegion((left, right))
        self._after.setRegion((right, max(2 * length, right)))
        cursor = self.view.cursor_ns
        self._cursor.stand_at(None if cursor is None else (cursor - first) / 1e9)
        self._canvas.ask_for_paint(all_of_it=False)

    def _dress(self) -> None:
        colors = tokens()
        self._box.setBackgroundColor(colors.surface)
        self._curve.setPen(thin_pen(series_color(0)))
        self._marks.dress()
        self._cursor.dress()
        shade = QColor(colors.ground)
        shade.setAlpha(_SHADE)
        for region in (self._before, self._after):
            region.setBrush(shade)
        self._words.setStyleSheet(f"color: {colors.muted}; font-size: {Type.SMALL}px;")
        self._canvas.dress(colors.ground)
        self._dress_stretch()

    def _dress_stretch(self) -> None:
        color = tokens().focus if self.hasFocus() else tokens().accent
        self._shown.outline = QPen(QColor(color), Size.FOCUS)
        self._canvas.ask_for_paint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw in the new size."""
        super().resizeEvent(event)
        self._lay_out()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys come here."""
        super().focusInEvent(event)
        self._dress_stretch()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys go elsewhere."""
        super().focusOutEvent(event)
        self._dress_stretch()

    # Pointing and keys

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
