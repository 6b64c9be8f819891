"""The one big button of the Dyno page: what it is, what a press does, readable across the bay."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from cartech_desk.bay.dyno_status import DynoSnapshot, Phase
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space, Type
from cartech_desk.ui.widgets.lamp import paint_lamp
from cartech_desk.ui.words import lasting

_WIDE: Final = 330
_HIGH: Final = 88
_LAMP: Final = 28
_BESIDE: Final = 3 * Space.L + _LAMP
_LEAST: Final = 20
"""Height that the large words need."""
_WRAPPED: Final = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft)


@dataclass(frozen=True, slots=True)
class StartFace:
    """What the button shows: a lamp, large words, a line below; `fill` is a colour of the theme.

    An empty `fill` leaves it an outline: a press tells what is missing, or there is none to do.
    """

    state: State
    words: str
    below: str
    fill: str = ""
    ink: str = "on_accent"


def start_face(snapshot: DynoSnapshot, now_ns: int, begins: str) -> StartFace:
    """Return the face for a picture of the bench; `begins` says what an armed run waits for."""
    if snapshot.phase is Phase.RUNNING:
        seconds = (now_ns - snapshot.run_since_ns) / 1e9
        below = f"{snapshot.run_name} is running · {lasting(seconds)} · ends by itself"
        return StartFace(State.TRIP, "Stop  F5", below, "trip", "on_state")
    if snapshot.phase is Phase.SAVING:
        return StartFace(State.CONNECTING, "Saving…", "the run is being kept")
    if snapshot.phase is Phase.ARMED:
        below = "F5 begins now · Esc disarms"
        return StartFace(State.CONNECTING, f"Armed: {begins}", below, "warn", "on_state")
    if snapshot.can_start:
        return StartFace(State.OFF, "Start  F5", f"arms: {begins}", "accent")
    return StartFace(State.OFF, "Start  F5", snapshot.why_not or "nothing is connected yet")


class StartButton(QAbstractButton):
    """Painted by hand: lamp, large words, a smaller line; filled in the colour of the state."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = StartFace(State.OFF, "Start  F5", "")
        self.setFixedSize(_WIDE, _HIGH)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme_changed.connect(self.update)

    def show_face(self, face: StartFace) -> None:
        """Show another face; the same one again costs nothing."""
        if face == self.face:
            return
        self.face = face
        self.setText(face.words)
        self.setAccessibleName(f"{face.words}, {face.below}")
        self.setToolTip(face.below)
        self.update()

    def sizeHint(self) -> QSize:
        """Return its one size."""
        return QSize(_WIDE, _HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint field, lamp and words."""
        face, colors = self.face, tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        ink = QColor(getattr(colors, face.ink if face.fill else "text"))
        field = QColor(getattr(colors, face.fill or "raised"))
        if self.isDown():
            field = field.darker(115)
        elif self.underMouse() and face.fill:
            field = field.lighter(108)
        edge = colors.focus if self.hasFocus() else face.fill and getattr(colors, face.fill)
        painter.setPen(QPen(QColor(edge or colors.edge), Size.FOCUS if self.hasFocus() else 1))
        painter.setBrush(field)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        lamp = QRectF(Space.L, (self.height() - _LAMP) / 2, _LAMP, _LAMP)
        self._paint_sign(painter, lamp, ink)
        painter.setPen(ink)
        room = box.adjusted(_BESIDE - Space.L, Space.XS, -Space.S, -Space.XS)
        below, high = self._below(face.below, room)
        rest = room.height() - high
        painter.setFont(self._fitting(face.words, room.width(), rest))
        metrics = painter.fontMetrics()
        # Both stand together in the middle of the height.
        top = room.top() + max(0.0, (rest - metrics.height()) / 2)
        upper = QRectF(room.left(), top, room.width(), min(rest, metrics.height()))
        words = metrics.elidedText(face.words, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter, words)
        painter.setFont(below)
        lower = QRectF(room.left(), upper.bottom(), room.width(), high + 1)
        painter.drawText(lower, _WRAPPED, face.below)
        painter.end()

    def fits(self, face: StartFace) -> bool:
        """Tell whether all words of a face have room."""
        room = QRectF(self.rect()).adjusted(_BESIDE + 1.5, 5.5, -Space.S - 1.5, -5.5)
        _font, high = self._below(face.below, room)
        metrics = QFontMetricsF(self._fitting(face.words, room.width(), room.height() - high))
        wide = metrics.horizontalAdvance(face.words)
        return high + metrics.capHeight() < room.height() and wide <= room.width()

    @staticmethod
    def _below(words: str, room: QRectF) -> tuple[QFont, float]:
        """Return the largest type in which the line below leaves room for the words, its height."""
        for pixels in (Type.BODY, 12, Type.SMALL):
            font = text_font(pixels)
            high = QFontMetricsF(font).boundingRect(room, _WRAPPED, words).height()
            if high <= room.height() - _LEAST:
                break
        return font, min(high, room.height() - _LEAST)

    def _paint_sign(self, painter: QPainter, place: QRectF, ink: QColor) -> None:
        if self.face.words.startswith("Start"):
            # A triangle that points onward, as on every machine: press, and it goes.
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            x, y, side = place.left() + 4, place.top(), place.width()
            painter.drawPolygon(_onward(x, y, side))
            return
        paint_lamp(painter, place, self.face.state, ink.name())

    @staticmethod
    def _fitting(words: str, wide: float, high: float) -> QFont:
        """Return the largest face of type in which the words have room."""
        for pixels in (Type.READING, 24, Type.TITLE, 18):
            font = text_font(pixels, bold=True)
            metrics = QFontMetricsF(font)
            if metrics.horizontalAdvance(words) <= wide and metrics.height() <= high:
                return font
        return text_font(Type.BAY, bold=True)


def _onward(x: float, y: float, side: float):
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QPolygonF

    return QPolygonF([QPointF(x, y), QPointF(x + side * 0.86, y + side / 2), QPointF(x, y + side)])
