"""The lamp of an alarm: pulses while it asks to be acknowledged, carries a tick once it was."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.ui.models.alarm_words import asks, lamp_state
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.widgets.lamp import paint_lamp

LAMP_SIDE: Final = 28
_SMALL: Final = 0.62
_FLASH_NS: Final = 500_000_000


def flash_phase(now_ns: int) -> bool:
    """Whether a flashing lamp is small at this monotonic instant: all flash together, once a s."""
    return now_ns // _FLASH_NS % 2 == 1


def paint_alarm_lamp(
    painter: QPainter, box: QRectF, state: State, *, small: bool = False, ticked: bool = False
) -> None:
    """Draw an alarm's lamp into a square; `small` is the other half of its flashing."""
    if small:
        less = box.width() * (1 - _SMALL) / 2
        box = box.adjusted(less, less, -less, -less)
    paint_lamp(painter, box, state)
    if not ticked:
        return
    side = box.width()
    low = 0.08 if state is State.WARNING else 0.0  # a triangle is wide at its foot
    points = ((0.34, 0.52), (0.46, 0.64), (0.67, 0.38))
    pen = QPen(QColor(tokens().on_state), side / 11)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(
        QPolygonF([QPointF(box.left() + x * side, box.top() + (y + low) * side) for x, y in points])
    )


class AlarmLamp(QWidget):
    """Shows the lamp of one alarm; whoever shows it puts the words beside it."""

    def __init__(self, side: int = LAMP_SIDE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = State.OFF
        self.flashing = False
        self.ticked = False
        self._small = False
        self.setFixedSize(side, side)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme_changed.connect(self.update)

    def show_alarm(self, alarm: StandingAlarm) -> None:
        """Show this alarm's lamp."""
        look = (lamp_state(alarm), asks(alarm), alarm.state is AlarmState.ACTIVE_ACKNOWLEDGED)
        if look != (self.state, self.flashing, self.ticked):
            self.state, self.flashing, self.ticked = look
            self.update()

    def show_phase(self, *, small: bool) -> None:
        """Show the one or the other half of its flashing, where it flashes."""
        small = small and self.flashing
        if small != self._small:
            self._small = small
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lamp."""
        painter = QPainter(self)
        paint_alarm_lamp(
            painter, QRectF(self.rect()), self.state, small=self._small, ticked=self.ticked
        )
        painter.end()
