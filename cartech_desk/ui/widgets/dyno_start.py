"""The one big button of the Dyno page: what it is, what a press does, readable across the bay."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
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
        room = box.adjusted(_BESIDE - Space.L, Space.S, -Space.S, -Space.S)
        painter.setFont(self._fitting(face.words, room.width()))
        upper = QRectF(room.left(), room.top(), room.width(), room.height() * 0.56)
        words = painter.fontMetrics().elidedText(
            face.words, Qt.TextElideMode.ElideRight, int(room.width())
        )
        left = Qt.AlignmentFlag.AlignLeft
        painter.drawText(upper, left | Qt.AlignmentFlag.AlignBottom, words)
        painter.setFont(text_font(Type.BODY))
        lower = QRectF(room.left(), upper.bottom() + 2, room.width(), room.height() * 0.44)
        painter.drawText(
            lower, left | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, face.below
        )
        painter.end()

    def _paint_sign(self, painter: QPainter, place: QRectF, ink: QColor) -> None:
        if self.face.words.startswith("Start"):
            # A triangle that points onward, as on every machine: press, and it goes.
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            x, y, side = place.left() + 4, place.top(), place.width()
            painter.drawPolygon(_onward(x, y, side))
            return
        paint_lamp(painter, place, self.face.state, ink.name())

    def _fitting(self, words: str, room: float):
        """Return the largest face of type in which the words have room."""
        from PySide6.QtGui import QFontMetricsF

        for pixels in (Type.READING, 24, Type.TITLE, 18):
            font = text_font(pixels, bold=True)
            if QFontMetricsF(font).horizontalAdvance(words) <= room:
                return font
        return text_font(Type.BAY, bold=True)


def _onward(x: float, y: float, side: float):
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QPolygonF

    return QPolygonF([QPointF(x, y), QPointF(x + side * 0.86, y + side / 2), QPointF(x, y + side)])
