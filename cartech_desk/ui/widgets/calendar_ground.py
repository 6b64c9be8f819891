"""The calendar's ground as it is painted: heads, hours, closed hours, time off, this minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen

from cartech_desk.ui.models.calendar_columns import Column
from cartech_desk.ui.models.calendar_geometry import HEAD, RULER, Geometry
from cartech_desk.ui.models.calendar_time import DAY_MIN, clock_words
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.theme.tokens import Space, Type

LINE: Final = 17
"""Height of a line of words [px]."""
LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_FAINT: Final = 110


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of the calendar, made once: a paint makes none."""

    body: QFont
    bold: QFont
    small: QFont
    struck: QFont

    @classmethod
    def make(cls) -> "Faces":
        """Return them."""
        bold = text_font(Type.BODY, bold=True)
        struck = text_font(Type.BODY, bold=True)
        struck.setStrikeOut(True)
        return cls(text_font(Type.BODY), bold, text_font(Type.SMALL), struck)


def write(painter: QPainter, box: QRectF, words: str, font: QFont, ink: str) -> None:
    """Write one line, cut where there is no room."""
    painter.setFont(font)
    painter.setPen(QColor(ink))
    cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, round(box.width()))
    painter.drawText(box, LEFT, cut)


@dataclass(frozen=True, slots=True)
class GroundPaint:
    """Paints what lies below and around the blocks."""

    painter: QPainter
    at: Geometry
    columns: Sequence[Column]
    faces: Faces

    def ground(self) -> None:
        """Paint open hours bright, closed ones hatched, time off with its words, and the hours."""
        painter, at, colors = self.painter, self.at, tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(0, 0, at.width, at.height), QColor(colors.ground))
        for place, column in enumerate(self.columns):
            closed = QBrush(QColor(colors.line), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(self._box(place, 0, DAY_MIN), closed)
            for first, last in column.open:
                painter.fillRect(self._box(place, first, last), QColor(colors.surface))
            for first, last, _ in column.off:
                painter.fillRect(self._box(place, first, last), QColor(colors.ground))
                away = QBrush(QColor(colors.edge), Qt.BrushStyle.BDiagPattern)
                painter.fillRect(self._box(place, first, last), away)
        self._lines()
        for place, column in enumerate(self.columns):
            for first, last, words in column.off:
                top = max(at.y(first), float(HEAD)) + Space.XS
                if at.y(last) - top > LINE:
                    self._plate(place, top, words)

    def _box(self, place: int, first: int, last: int) -> QRectF:
        at = self.at
        return QRectF(at.left(place), at.y(first), at.column_width, at.y(last) - at.y(first))

    def _lines(self) -> None:
        painter, at = self.painter, self.at
        line, faint = QColor(tokens().line), QColor(tokens().line)
        faint.setAlpha(_FAINT)
        for hour in range(25):
            y = at.y(hour * 60)
            painter.setPen(line)
            painter.drawLine(QLineF(RULER, y, at.width, y))
            if hour < 24:
                painter.setPen(faint)
                painter.drawLine(QLineF(RULER, y + at.hour_px / 2, at.width, y + at.hour_px / 2))
        painter.setPen(line)
        for place in range(len(self.columns) + 1):
            painter.drawLine(QLineF(at.left(place), HEAD, at.left(place), at.height))

    def _plate(self, place: int, y: float, words: str) -> None:
        """Write words upon a hatched field, on a plate where they can be read."""
        painter, at = self.painter, self.at
        painter.setFont(self.faces.small)
        metrics = painter.fontMetrics()
        room = round(at.column_width) - 4 * Space.S
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        wide = metrics.horizontalAdvance(shown) + 2 * Space.S
        plate = QRectF(at.left(place) + Space.S, y, wide, LINE + 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().ground))
        painter.drawRoundedRect(plate, 3, 3)
        painter.setPen(QColor(tokens().muted))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, shown)

    def now(self, place: int, minute: int) -> None:
        """Paint the line of this very minute into a column."""
        painter, at = self.painter, self.at
        color = QColor(tokens().trip)
        y = at.y(minute)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 2))
        painter.drawLine(QLineF(at.left(place), y, at.left(place) + at.column_width, y))
        painter.setBrush(color)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(at.left(place) + 1, y), 4, 4)

    def frame(self, counts: Sequence[int], today: date) -> None:
        """Paint the hours at the left and the heads above: they stay while the rest is scrolled."""
        painter, at, colors = self.painter, self.at, tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(0, HEAD, RULER, at.height), QColor(colors.ground))
        painter.setFont(self.faces.small)
        painter.setPen(QColor(colors.muted))
        for hour in range(24):
            y = at.y(hour * 60)
            if y >= HEAD - 2:
                box = QRectF(0, max(y - LINE / 2, HEAD + 1.0), RULER - Space.S, LINE)
                painter.drawText(box, _RIGHT, clock_words(hour * 60))
        painter.fillRect(QRectF(0, 0, at.width, HEAD), QColor(colors.ground))
        painter.save()
        painter.setClipRect(QRectF(RULER, 0, at.width - RULER, HEAD))
        for place, column in enumerate(self.columns):
            self._head(place, column, counts[place], today)
        painter.restore()
        painter.setPen(QColor(colors.line))
        painter.drawLine(QLineF(0, HEAD - 1, at.width, HEAD - 1))

    def _head(self, place: int, column: Column, count: int, today: date) -> None:
        painter, at, colors = self.painter, self.at, tokens()
        room = QRectF(at.left(place) + Space.S, 4, at.column_width - 2 * Space.S, HEAD - 8)
        is_today = column.kind is None and column.day == today
        first = QRectF(room.left(), room.top(), room.width(), room.height() / 2)
        words = f"{column.title}, today" if is_today else column.title
        write(painter, first, words, self.faces.bold, colors.accent if is_today else colors.text)
        said = f"{count} booked" if count else "nothing booked"
        if column.closed:
            said = f"{said}, {column.closed}" if count else column.closed
        second = QRectF(room.left(), room.center().y(), room.width(), room.height() / 2)
        write(painter, second, said, self.faces.small, colors.muted)
        painter.setPen(QColor(colors.line))
        painter.drawLine(QLineF(at.left(place), Space.S, at.left(place), HEAD))
