"""Lamps: the shape and colour of a state, drawn by hand so that no font must have the sign."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from cartech_desk.ui.theme.states import Lit
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space

_SIDE = 14
_FULL_TURN = 360 * 16


def paint_lamp(painter: QPainter, box: QRectF, state: Lit, ink: str = "") -> None:
    """Draw the lamp of a state into a square; `ink` is another colour upon a filled field."""
    lamp = state.lamp
    color = QColor(ink or lamp.color)
    line = max(1.5, box.width() / 8)
    inner = box.adjusted(line, line, -line, -line)
    left, top, right, bottom = inner.left(), inner.top(), inner.right(), inner.bottom()
    middle = inner.center()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, line))
    painter.setBrush(Qt.BrushStyle.NoBrush if lamp.shape in "○◐△□▽" else color)
    if lamp.shape in "●○◐":
        painter.drawEllipse(inner)
    if lamp.shape == "◐":
        painter.setBrush(color)
        painter.drawChord(inner, 90 * 16, _FULL_TURN // 2)
    elif lamp.shape in "▲△":
        corners = [QPointF(middle.x(), top), QPointF(right, bottom), QPointF(left, bottom)]
        painter.drawPolygon(QPolygonF(corners))
    elif lamp.shape == "▽":
        corners = [QPointF(left, top), QPointF(right, top), QPointF(middle.x(), bottom)]
        painter.drawPolygon(QPolygonF(corners))
    elif lamp.shape == "✕":
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())
    elif lamp.shape in "■□":
        painter.drawRect(inner)
    elif lamp.shape == "◆":
        corners = [
            QPointF(middle.x(), top),
            QPointF(right, middle.y()),
            QPointF(middle.x(), bottom),
            QPointF(left, middle.y()),
        ]
        painter.drawPolygon(QPolygonF(corners))


def lamp_icon(state: Lit, side: int = _SIDE, *, drawn: int | None = None, ink: str = "") -> QIcon:
    """Return the lamp as an icon for buttons and lists, in the colours of the theme in force.

    `drawn` draws it smaller than its place, `ink` in another colour upon a filled field.
    """
    icon = QIcon()
    margin = (side - (drawn or side)) / 2
    for scale in (1, 2):
        picture = QPixmap(side * scale, side * scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        box = QRectF(0, 0, side, side).adjusted(margin, margin, -margin, -margin)
        painter.scale(scale, scale)
        paint_lamp(painter, box, state, ink)
        painter.end()
        picture.setDevicePixelRatio(scale)
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # a chosen row tints no lamp
            icon.addPixmap(picture, mode)
    return icon


class LampMark(QWidget):
    """The shape and colour alone; whoever shows it puts the word beside it."""

    def __init__(self, state: Lit, side: int = _SIDE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setFixedSize(QSize(side, side))
        theme_changed.connect(self.update)

    @property
    def state(self) -> Lit:
        """The state that is shown."""
        return self._state

    def show_state(self, state: Lit) -> None:
        """Show another state."""
        if state is not self._state:
            self._state = state
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lamp."""
        painter = QPainter(self)
        paint_lamp(painter, QRectF(self.rect()), self._state)
        painter.end()


class LampLabel(QWidget):
    """A lamp with its word, or with other words that begin with it."""

    def __init__(self, state: Lit, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        self._mark = LampMark(state, Size.ICON - Space.XS)
        self._words = QLabel()
        row.addWidget(self._mark)
        row.addWidget(self._words, 1)
        self.show_state(state, words)

    @property
    def state(self) -> Lit:
        """The state that is shown."""
        return self._mark.state

    @property
    def words(self) -> str:
        """The words that are shown."""
        return self._words.text()

    def show_state(self, state: Lit, words: str = "") -> None:
        """Show a state in its own word or in these words."""
        self._mark.show_state(state)
        self._words.setText(words or state.lamp.word)
        self.setAccessibleName(words or state.lamp.word)
