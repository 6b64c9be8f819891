"""What stands in the calendar as it is painted: appointments, others' events, what is carried."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus
from cartech_desk.domain.appointments.calendar import ForeignEvent
from cartech_desk.ui.models.appointment_words import span, title
from cartech_desk.ui.models.calendar_blocks import Block
from cartech_desk.ui.models.calendar_drag import Landing
from cartech_desk.ui.models.calendar_geometry import Box, Geometry
from cartech_desk.ui.models.work_states import booking_state
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.calendar_ground import LINE, Faces, write
from cartech_desk.ui.widgets.lamp import paint_lamp

_LAMP: Final = 12
_BAR: Final = 4
_TINT: Final = 34
_CARRIED: Final = 0.4
_OVER: Final = frozenset({AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW})


@dataclass(frozen=True, slots=True)
class BlockPaint:
    """Paints blocks, and where what is carried would land."""

    painter: QPainter
    at: Geometry
    faces: Faces
    zone: tzinfo

    def block(self, block: Block, *, chosen: bool, carried: bool, who: str) -> None:
        """Paint a block; `who` names what its column does not, `carried` fades its old place."""
        painter, box = self.painter, _rect(self.at.box(block))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(_CARRIED if carried else 1.0)
        if block.appointment is not None:
            self._buffers(block, box)
            self._own(block.appointment, box, who)
        elif block.foreign is not None:
            self._foreign(block.foreign, block.clash, box)
        painter.setOpacity(1.0)
        if chosen:
            self._ring(box)

    def cursor(self, box: Box) -> None:
        """Paint the free place that the keys stand at."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ring(_rect(box))

    def _ring(self, box: QRectF) -> None:
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setPen(QPen(QColor(tokens().focus), Size.FOCUS))
        self.painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), Size.RADIUS, Size.RADIUS)

    def _own(self, one: Appointment, box: QRectF, who: str) -> None:
        painter, colors = self.painter, tokens()
        over, standing = one.status in _OVER, booking_state(one)
        color = QColor(standing.lamp.color)
        self._plate(box, color, over=over)
        painter.save()
        painter.setClipRect(box)
        inner = box.adjusted(_BAR + Space.S, 2, -Space.XS, -2)
        high = min(float(LINE), inner.height())
        lamp = QRectF(inner.left(), inner.top() + (high - _LAMP) / 2 + 1, _LAMP, _LAMP)
        paint_lamp(painter, lamp, standing)
        begins = lamp.right() + Space.XS + 1
        head = QRectF(begins, inner.top() + 1, inner.right() - begins, high)
        face = self.faces.struck if over else self.faces.bold
        low = inner.height() < high + LINE  # no second line: the word stands beside the name
        words = f"{title(one)}, {standing.lamp.word}" if low else title(one)
        write(painter, head, words, face, colors.text)
        when = span(one.starts, one.ends, self.zone) if one.starts and one.ends else ""
        self._lines(
            inner,
            inner.top() + high + 1,
            (
                (f"{when}  {standing.lamp.word}", colors.muted),
                (one.customer if one.vehicle else "", colors.text),
                (one.work, colors.muted),
                (who, colors.muted),
                (one.notes.partition("\n")[0], colors.muted),
            ),
        )
        painter.restore()

    def _plate(self, box: QRectF, color: QColor, *, over: bool) -> None:
        painter, edge = self.painter, box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(color, 1, Qt.PenStyle.DashLine if over else Qt.PenStyle.SolidLine))
        painter.setBrush(QColor(tokens().raised))
        painter.drawRoundedRect(edge, Size.RADIUS, Size.RADIUS)
        if over:
            return
        tint = QColor(color)
        tint.setAlpha(_TINT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawRoundedRect(edge, Size.RADIUS, Size.RADIUS)
        painter.setBrush(color)
        bar = QRectF(box.left() + 1, box.top() + 3, _BAR, max(1.0, box.height() - 6))
        painter.drawRoundedRect(bar, 2, 2)

    def _lines(self, inner: QRectF, y: float, lines: tuple[tuple[str, str], ...]) -> None:
        """Write what is said line by line; the last one that fits carries what is left."""
        said = [(words, ink) for words, ink in lines if words]
        fits = max(0, int((inner.bottom() + 1 - y) // LINE))
        for place, (words, ink) in enumerate(said[:fits]):
            row = QRectF(inner.left(), y + place * LINE, inner.width(), LINE)
            left = said[place + 1 :] if place == fits - 1 else []
            whole = " · ".join((words, *(each for each, _ink in left)))
            write(self.painter, row, whole, self.faces.body, ink)

    def _buffers(self, block: Block, box: QRectF) -> None:
        """Paint the minutes kept free before and after: a dotted edge with nothing in it."""
        if block.appointment is None or not block.holds:
            return
        before = self.at.y(block.first) - self.at.y(block.before)
        after = self.at.y(block.after) - self.at.y(block.last)
        if before or after:
            color = QColor(booking_state(block.appointment).lamp.color)
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
            self.painter.setPen(QPen(color, 1, Qt.PenStyle.DotLine))
            grown = box.adjusted(2, -before, -2, after)
            self.painter.drawRoundedRect(grown, Size.RADIUS, Size.RADIUS)

    def _foreign(self, event: ForeignEvent, clash: str, box: QRectF) -> None:
        painter, colors = self.painter, tokens()
        ink = colors.warn if clash else colors.muted
        painter.setPen(QPen(QColor(colors.warn if clash else colors.edge), 1, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(colors.ground))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), Size.RADIUS, Size.RADIUS)
        painter.save()
        painter.setClipRect(box)
        inner = box.adjusted(Space.S, 2, -Space.XS, -2)
        when = "all day" if event.all_day else span(event.starts, event.ends, self.zone)
        lines = (
            (f"▲ {event.title}" if clash else event.title, ink),
            (f"{when}  {event.calendar}", colors.muted),
            (clash, ink),
        )
        self._lines(inner, inner.top(), lines)
        painter.restore()

    # What is carried

    def landing(self, landing: Landing, words: str, box: Box) -> None:
        """Paint where what is carried would land: a frame, its time, and what is in its way."""
        painter, colors, whole = self.painter, tokens(), _rect(box)
        wrong = bool(landing.wrong)
        color = QColor(colors.warn if wrong else colors.accent)
        fill = QColor(color)
        fill.setAlpha(_TINT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 2, Qt.PenStyle.DashLine if wrong else Qt.PenStyle.SolidLine))
        painter.setBrush(fill)
        painter.drawRoundedRect(whole.adjusted(1, 1, -1, -1), Size.RADIUS, Size.RADIUS)
        when = ""
        if landing.starts is not None and landing.ends is not None:
            when = span(landing.starts, landing.ends, self.zone)
        said = [when, words, f"▲ {landing.wrong}" if wrong else ""]
        self._plate_of(whole, [line for line in said if line])

    def _plate_of(self, whole: QRectF, lines: list[str]) -> None:
        painter, colors = self.painter, tokens()
        painter.setFont(self.faces.bold)
        metrics = painter.fontMetrics()
        room = max(240.0, whole.width() - 2 * Space.S)
        wide = min(room, max(metrics.horizontalAdvance(line) for line in lines) + 2 * Space.S + 2)
        plate = QRectF(whole.left() + 2, whole.top() + 2, wide, LINE * len(lines) + 4)
        plate.moveRight(min(plate.right(), self.at.width - 2.0))
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.setBrush(QColor(colors.raised))
        painter.drawRoundedRect(plate, 4, 4)
        for place, line in enumerate(lines):
            row = QRectF(
                plate.left() + Space.S, plate.top() + 2 + place * LINE, wide - 2 * Space.S, LINE
            )
            ink = colors.warn if line.startswith("▲") else colors.text
            write(painter, row, line, self.faces.bold, ink)


def _rect(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)
