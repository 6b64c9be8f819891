"""One alarm on the page of alarms: lamp, what it is, its value, what to do, and its buttons."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.alarms.state import UNACKNOWLEDGED, AlarmState
from cartech_desk.ui.models.alarm_rights import AlarmAct, Rights, main_act, shelvable
from cartech_desk.ui.models.alarm_texts import AlarmTexts
from cartech_desk.ui.models.alarm_words import FIRST_OUT
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space, Type
from cartech_desk.ui.widgets.alarm_lamp import LAMP_SIDE, AlarmLamp

_PAD: Final = Space.M
_READING_WIDTH: Final = 190
_MAIN_WIDTH: Final = 148
_SHELVE_WIDTH: Final = 112
_STRIPE: Final = 6
_WRAP: Final = Qt.TextFlag.TextWordWrap

_MAIN_WORDS: Final = {
    AlarmAct.ACKNOWLEDGE: "Acknowledge",
    AlarmAct.CLEAR: "Clear",
    AlarmAct.UNSHELVE: "Unshelve",
}
_TIPS: Final = {
    AlarmAct.ACKNOWLEDGE: "Say that you have seen it (A)",
    AlarmAct.CLEAR: "It is over: let it go (C)",
    AlarmAct.UNSHELVE: "Take it back from the shelf (U)",
}


def card_height(to_do: str, width: int) -> int:
    """Return how high a card must be at this width, so that all of what to do can be read."""
    column = _text_width(width)
    lines = QFontMetrics(text_font(Type.TITLE, bold=True)).height() + Space.XS
    lines += QFontMetrics(text_font(Type.BAY)).height() + Space.XS
    if to_do:
        box = QRect(0, 0, column, 10_000)
        lines += QFontMetrics(text_font(Type.BAY)).boundingRect(box, _WRAP, to_do).height()
    return max(lines, Size.CONTROL_BAY) + 2 * _PAD


def _text_width(width: int) -> int:
    taken = _STRIPE + 4 * _PAD + LAMP_SIDE + _READING_WIDTH + _MAIN_WIDTH + _SHELVE_WIDTH
    return max(120, width - taken - Space.S - _PAD)


class AlarmCard(QWidget):
    """Shows one alarm. A press on a button asks for the act that stood on it as it went down."""

    pressed = Signal(str)
    """A finger is on the row of this alarm."""
    released = Signal(str)
    wanted = Signal(str, object)
    """Id of the alarm and the `AlarmAct` that a person asks for."""
    limit_wanted = Signal(str)
    """The limit of an alarm that is out of service is to be seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.alarm: StandingAlarm | None = None
        self.texts = AlarmTexts()
        self.selected = False
        self.busy = False
        self.gone = False
        self._rights = Rights()
        self._held_act: tuple[str, AlarmAct | None] | None = None
        self.lamp = AlarmLamp(parent=self)
        self.main = self._button()
        self.shelve = self._button()
        self.shelve.setText("Shelve…")
        self.main.pressed.connect(lambda: self._go_down(self._main_act()))
        self.shelve.pressed.connect(lambda: self._go_down(AlarmAct.SHELVE))
        for button in (self.main, self.shelve):
            button.clicked.connect(lambda _checked=False: self._ask())
            button.released.connect(self._go_up)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme_changed.connect(self.update)

    def _button(self) -> QPushButton:
        button = QPushButton(self)
        button.setMinimumHeight(Size.CONTROL_BAY)
        button.setAutoDefault(False)
        return button

    # What it shows

    def show_alarm(self, alarm: StandingAlarm, texts: AlarmTexts, rights: Rights) -> None:
        """Show an alarm in these words; painted only where something that can be seen changed."""
        before, self.alarm = self.alarm, alarm
        looks_other = before is None or (before.state, before.worst) != (alarm.state, alarm.worst)
        if looks_other or rights is not self._rights:
            self._rights = rights
            self._enable()
        self.lamp.show_alarm(alarm)
        if texts != self.texts or looks_other:
            if texts.spoken != self.texts.spoken:
                self.setAccessibleName(texts.spoken)
                self.setToolTip(texts.spoken)
            self.texts = texts
            self.update()

    def show_place(self, *, selected: bool, busy: bool, gone: bool) -> None:
        """Show whether it is the chosen one, whether an act is under way, whether it is over."""
        if (selected, busy, gone) != (self.selected, self.busy, self.gone):
            self.selected, self.busy, self.gone = selected, busy, gone
            self._enable()
            self.update()

    def _main_act(self) -> AlarmAct | None:
        return main_act(self.alarm) if self.alarm is not None else None

    def _enable(self) -> None:
        alarm = self.alarm
        if alarm is None:
            return
        act = self._main_act()
        still = not self.busy and not self.gone
        out = alarm.state is AlarmState.OUT_OF_SERVICE
        self.main.setVisible(act is not None or (out and alarm.limit is not None))
        self.shelve.setVisible(shelvable(alarm))
        why = self._rights.refusal(act) if act is not None else ""
        words = _MAIN_WORDS[act] if act is not None else "Limit…"
        tip = _TIPS[act] if act is not None else "See its limit"
        self.main.setText(words)
        self.main.setToolTip(why or tip)
        self.main.setEnabled(still and not why)
        self.main.setAccessibleName(f"{words.rstrip('…')}: {alarm.label}")
        self.shelve.setToolTip(self._rights.shelve or "Put it aside for a time (S)")
        self.shelve.setEnabled(still and not self._rights.shelve)
        self.shelve.setAccessibleName(f"Shelve: {alarm.label}")

    # What a person does

    def _go_down(self, act: AlarmAct | None) -> None:
        if self.alarm is not None:
            self._held_act = (self.alarm.id, act)
            self.pressed.emit(self.alarm.id)

    def _go_up(self) -> None:
        if self._held_act is not None:
            self.released.emit(self._held_act[0])

    def _ask(self) -> None:
        held, self._held_act = self._held_act, None
        if held is None:
            return
        alarm_id, act = held
        if act is not None:
            self.wanted.emit(alarm_id, act)
        elif self.alarm is not None and self.alarm.limit is not None:
            self.limit_wanted.emit(self.alarm.limit.key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row."""
        if event.button() == Qt.MouseButton.LeftButton and self.alarm is not None:
            self._held_act = (self.alarm.id, None)
            self.pressed.emit(self.alarm.id)
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the rows move again."""
        self._go_up()
        self._held_act = None
        super().mouseReleaseEvent(event)

    # Painting

    def resizeEvent(self, event) -> None:
        """Put lamp and buttons into their places."""
        super().resizeEvent(event)
        top = (self.height() - Size.CONTROL_BAY) // 2
        left = self.width() - _PAD - _SHELVE_WIDTH
        self.shelve.setGeometry(left, top, _SHELVE_WIDTH, Size.CONTROL_BAY)
        left -= Space.S + _MAIN_WIDTH
        self.main.setGeometry(left, top, _MAIN_WIDTH, Size.CONTROL_BAY)
        self.lamp.move(_STRIPE + _PAD, (self.height() - LAMP_SIDE) // 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card and its words."""
        alarm = self.alarm
        if alarm is None:
            return
        colors = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = QColor(getattr(colors, self.lamp.state.lamp.token))
        asks = alarm.state in UNACKNOWLEDGED and not self.gone
        ring = color if asks else QColor(colors.line)
        box = QRectF(self.rect())
        painter.setBrush(QColor(colors.surface))
        if self.selected:
            ring = color if asks else QColor(colors.accent)
            self._paint_ring(painter, box, QColor(colors.accent), Size.FOCUS)
            box = box.adjusted(Space.XS, Space.XS, -Space.XS, -Space.XS) if asks else box
        self._paint_ring(painter, box, ring, 2 if self.selected or asks else 1)
        if alarm.state not in (AlarmState.SHELVED, AlarmState.OUT_OF_SERVICE):
            stripe = QRectF(box.left(), box.top(), _STRIPE, box.height()).adjusted(2, 2, 2, -2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(stripe, _STRIPE / 2, _STRIPE / 2)
        self._paint_words(painter, color, loud=alarm.level is Level.TRIP)
        painter.end()

    @staticmethod
    def _paint_ring(painter: QPainter, box: QRectF, color: QColor, width: int) -> None:
        inset = width / 2
        painter.setPen(QPen(color, width))
        painter.drawRoundedRect(
            box.adjusted(inset, inset, -inset, -inset), Size.RADIUS, Size.RADIUS
        )

    def _paint_words(self, painter: QPainter, color: QColor, *, loud: bool) -> None:
        colors, texts = tokens(), self.texts
        muted = QColor(colors.muted)
        left = _STRIPE + 2 * _PAD + LAMP_SIDE
        column = _text_width(self.width())
        y = _PAD
        title_font, body = text_font(Type.TITLE, bold=True), text_font(Type.BAY)
        strong = text_font(Type.BAY, bold=True)
        metrics = QFontMetrics(title_font)
        painter.setFont(title_font)
        painter.setPen(muted if self.gone else QColor(colors.text))
        room = column - (44 if texts.first_out else 0)
        title = metrics.elidedText(texts.title, Qt.TextElideMode.ElideRight, room)
        line = QRect(left, y, column, metrics.height())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, title)
        if texts.first_out:
            self._paint_first_out(painter, line, left + metrics.horizontalAdvance(title) + Space.S)
        y += metrics.height() + Space.XS
        metrics = QFontMetrics(body)
        line = QRect(left, y, column, metrics.height())
        painter.setFont(strong)
        painter.setPen(color)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, texts.state)
        behind = QFontMetrics(strong).horizontalAdvance(texts.state)
        painter.setFont(body)
        painter.setPen(muted)
        line.setLeft(left + behind)
        rest = metrics.elidedText(texts.rest, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, rest)
        y += metrics.height() + Space.XS
        painter.setPen(QColor(colors.text))
        painter.drawText(QRect(left, y, column, self.height() - y), _WRAP, texts.to_do)
        self._paint_reading(painter, left + column + _PAD, color if loud else QColor(colors.text))

    def _paint_first_out(self, painter: QPainter, line: QRect, left: int) -> None:
        """Paint the mark of the one that came first, as a small filled plate."""
        colors = tokens()
        font = text_font(Type.BODY, bold=True)
        width = QFontMetrics(font).horizontalAdvance(FIRST_OUT) + Space.M
        plate = QRectF(left, line.center().y() - 9, width, 19)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.text))
        painter.drawRoundedRect(plate, Space.XS, Space.XS)
        painter.setPen(QColor(colors.ground))
        painter.setFont(font)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, FIRST_OUT)

    def _paint_reading(self, painter: QPainter, left: int, color: QColor) -> None:
        texts = self.texts
        big, small = text_font(Type.READING, bold=True), text_font(Type.BODY)
        high = QFontMetrics(big).height()
        beneath = texts.value_beneath.split("\n") if texts.value_beneath else []
        line = QFontMetrics(small).height()
        y = (self.height() - high - line * len(beneath)) // 2
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(big)
        painter.setPen(QColor(tokens().muted) if self.gone else color)
        painter.drawText(QRect(left, y, _READING_WIDTH, high), align, texts.value)
        painter.setFont(small)
        painter.setPen(QColor(tokens().muted))
        for number, words in enumerate(beneath):
            row = QRect(left, y + high + number * line, _READING_WIDTH, line)
            painter.drawText(row, align, words)
