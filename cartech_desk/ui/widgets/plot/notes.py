"""What is noted in a box along its time: hatched gaps, marks with words, and the cursor."""

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from cartech_desk.ui.models.time_notes import Flag, Stretch
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.theme.tokens import Type
from cartech_desk.ui.widgets.plot.canvas import LineBox, thin_pen
from cartech_desk.ui.widgets.plot.lines import RuledLines

_OVER_LINES: Final = 10
_WORD_WIDTH: Final = 140
_WORD_GAP: Final = 12
_LEAST_WORD: Final = 40
_ALARM_SHADE: Final = 46  # of 255


class HatchedGaps(pg.GraphicsObject):
    """Stretches of time with a hatched ground, shaded where an alarm stood; two pixels at least."""

    def __init__(self, box: LineBox) -> None:
        super().__init__()
        self._box = box
        self._areas: tuple[tuple[float, float, bool], ...] = ()
        box.addItem(self, ignoreBounds=True)

    def show_gaps(self, gaps: Sequence[Stretch], left_ns: int, pixel_s: float) -> None:
        """Hatch those of the gaps that can be seen in a box that begins at `left_ns`."""
        length = self._box.field.width()
        areas = []
        for gap in gaps:
            first, last = (gap.first_ns - left_ns) / 1e9, (gap.last_ns - left_ns) / 1e9
            if last >= 0 and first <= length:
                first = max(first, -pixel_s)
                last = max(min(last, length + pixel_s), first + 2 * pixel_s)
                areas.append((first, last, gap.alarm))
        if tuple(areas) != self._areas:
            self.prepareGeometryChange()
            self._areas = tuple(areas)

    def boundingRect(self) -> QRectF:
        """Return all that can be seen of the box."""
        return self._box.cover if self._areas else QRectF()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Shade and hatch; the pattern stays the screen's, however the box is scaled."""
        del option, widget
        brush = QBrush(QColor(tokens().muted), Qt.BrushStyle.BDiagPattern)
        brush.setTransform(painter.transform().inverted()[0])
        shade = QColor(tokens().warn)
        shade.setAlpha(_ALARM_SHADE)
        field = self._box.field
        for first, last, alarm in self._areas:
            area = QRectF(first, field.top(), last - first, field.height())
            painter.fillRect(area, shade if alarm else brush)


class Marks:
    """Upright lines at the marks in view, with as many of their words as have room."""

    def __init__(self, box: LineBox) -> None:
        self._box = box
        self._lines = RuledLines(box)
        self._lines.setZValue(_OVER_LINES)
        self._words: list[pg.TextItem] = []
        self.dress()

    def show_flags(
        self, flags: Sequence[Flag], left_ns: int, pixel_s: float, *, with_words: bool
    ) -> None:
        """Show those of the marks that stand in a box that begins at `left_ns`."""
        length_ns = self._box.field.width() * 1e9
        seen = [
            ((flag.t_ns - left_ns) / 1e9, flag)
            for flag in flags
            if 0 <= flag.t_ns - left_ns <= length_ns
        ]
        self._lines.rule([at for at, _ in seen])
        used = 0
        if with_words and seen:
            metrics = QFontMetricsF(text_font(Type.SMALL))
            taken: list[tuple[float, float]] = []
            for at, flag in sorted(seen, key=lambda each: not each[1].first):
                room = _WORD_WIDTH
                if any(begin <= at < end for begin, end in taken):
                    continue
                ahead = [begin for begin, _ in taken if begin > at]
                if ahead:
                    room = min(room, int((min(ahead) - at) / pixel_s) - _WORD_GAP)
                if room < _LEAST_WORD:
                    continue
                short = metrics.elidedText(flag.text, Qt.TextElideMode.ElideRight, room)
                self._say(used, short, at)
                used += 1
                length = _WORD_GAP + metrics.horizontalAdvance(short)
                taken.append((at, at + length * pixel_s))
        for word in self._words[used:]:
            word.hide()

    def _say(self, place: int, text: str, at_s: float) -> None:
        if place == len(self._words):
            word = pg.TextItem(anchor=(0, 0))
            word.setFont(text_font(Type.SMALL))
            word.textItem.document().setDocumentMargin(3)
            word.setZValue(_OVER_LINES)
            word.setColor(QColor(tokens().text))
            self._box.addItem(word, ignoreBounds=True)
            self._words.append(word)
        word = self._words[place]
        if word.toPlainText() != text:
            word.setPlainText(text)
        word.setPos(at_s, self._box.field.bottom())
        word.show()

    def dress(self) -> None:
        """Take the colours of the theme in force."""
        self._lines.setPen(thin_pen(tokens().accent, Qt.PenStyle.DashLine))
        for word in self._words:
            word.setColor(QColor(tokens().text))


class Cursor(pg.InfiniteLine):
    """The upright line at the instant that is read."""

    def __init__(self, box: LineBox) -> None:
        super().__init__(angle=90, movable=False)
        self._box = box
        self.setZValue(_OVER_LINES + 1)
        self.setAcceptHoverEvents(False)
        self.hide()
        self.dress()
        box.addItem(self, ignoreBounds=True)

    def stand_at(self, at_s: float | None) -> None:
        """Stand at these seconds of the box; None or beyond its ends: be gone."""
        seen = at_s is not None and 0 <= at_s <= self._box.field.width()
        if seen:
            self.setValue(at_s)
        if self.isVisible() != seen:
            self.setVisible(seen)

    def dress(self) -> None:
        """Take the colours of the theme in force."""
        self.setPen(thin_pen(tokens().text))
