"""The place of alarms in the bar on top: the worst one, its acknowledgement, and the sound."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from cartech_desk.bay.alarm_status import AlarmsSnapshot, StandingAlarm
from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.alarms.state import ACTIVE, UNACKNOWLEDGED, AlarmState
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.alarm_watch_words import unheard
from cartech_desk.ui.models.alarm_words import (
    count_words,
    lamp_state,
    short_headline,
    spoken,
)
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.words import elapsed

_FLASH_NS = 500_000_000
_LAMP = 20
_SMALL_LAMP = 10
_WIDEST = 430
_NARROW = 300


def running(seconds: float) -> str:
    """Write a time as short as it is: `00:12`, and with hours from an hour on."""
    words = elapsed(seconds)
    return words.removeprefix("00:")


def bar_words(alarms: AlarmsSnapshot, now_ns: int, system: UnitSystem) -> str:
    """Say how many there are, and the worst: `1 alarm: Coolant 117 °C · 00:12`."""
    worst = alarms.worst
    if worst is None:
        return nothing_words(alarms)
    age = running((now_ns - worst.raised_ns) / 1e9)
    words = f"{count_words(len(alarms.announced))}: {short_headline(worst, system)} · {age}"
    return words if worst.state in ACTIVE else f"{words} · {_state(worst)}"


def nothing_words(alarms: AlarmsSnapshot) -> str:
    """Say that no alarm is to be seen, and what is aside or not watched: `no alarm · 1 shelved`."""
    if not alarms.armed:
        words = "no limit is watched"
    elif alarms.only_any:
        words = "no alarm · no profile" if alarms.vehicle_id else "no alarm · no vehicle"
    else:
        words = "no alarm"
    shelved = sum(alarm.state is AlarmState.SHELVED for alarm in alarms.standing)
    return f"{words} · {shelved} shelved" if shelved else words


def _state(alarm: StandingAlarm) -> str:
    return "gone" if alarm.state in UNACKNOWLEDGED else "latched"


class _Worst(QPushButton):
    """A button whose words are shortened where the bar gives it less room than it asks for."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it with the words that fit."""
        if self.width() >= self.sizeHint().width():
            super().paintEvent(event)
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        part = QStyle.SubElement.SE_PushButtonContents
        room = self.style().subElementRect(part, option, self).width()
        room -= self.iconSize().width() + Space.S
        middle = Qt.TextElideMode.ElideMiddle
        option.text = self.fontMetrics().elidedText(option.text, middle, room)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)


class AlarmPlace(QWidget):
    """Lamp and words of the worst alarm, which open the page; acknowledge; silence.

    What asks to be acknowledged stands on a filled field, and its lamp changes its size twice a
    second; what is acknowledged has an outline. `hold` while nobody may act: alarms stay to be
    seen, and anybody may silence the sound.
    """

    pressed = Signal()
    acknowledge_pressed = Signal()
    silence_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[object, ...] = ()
        self._sound_shown: tuple[object, ...] = ()
        self._narrow = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        self.worst = _Worst()
        self.worst.setObjectName("worstAlarm")
        self.worst.setIconSize(QSize(_LAMP, _LAMP))
        self.worst.setMaximumWidth(_WIDEST)
        self.worst.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.worst.clicked.connect(lambda _checked=False: self.pressed.emit())
        self.acknowledge = QPushButton("Ack  F9")
        self.acknowledge.setAccessibleName("Acknowledge the worst alarm")
        self.acknowledge.clicked.connect(lambda _checked=False: self.acknowledge_pressed.emit())
        self.sound = QPushButton()
        self.sound.setIconSize(QSize(Size.ICON, Size.ICON))
        self.sound.clicked.connect(lambda _checked=False: self.silence_pressed.emit())
        for button in (self.worst, self.acknowledge, self.sound):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.acknowledge.hide()
        self.sound.hide()
        theme_changed.connect(self._forget)

    def be_narrow(self, narrow: bool) -> None:
        """Use fewer words where there is little room: the worst alarm keeps the most of it."""
        self._narrow = narrow
        self.acknowledge.setText("Ack" if narrow else "Ack  F9")
        self._forget()

    def hold(self, held: bool) -> None:
        """Let nobody acknowledge or leave the page, or let them again."""
        self.acknowledge.setEnabled(not held)
        self.acknowledge.setToolTip(
            "Sign in or unlock first: an acknowledgement carries a name."
            if held
            else "Acknowledge the worst alarm that asks for it  (F9)"
        )

    def show_snapshot(self, snapshot: BaySnapshot, system: UnitSystem) -> None:
        """Show this picture of the bay."""
        alarms = snapshot.alarms
        worst = alarms.worst
        asks = worst is not None and worst.state in UNACKNOWLEDGED
        small = asks and snapshot.now_ns // _FLASH_NS % 2 == 1
        state = _lamp(alarms)
        words = bar_words(alarms, snapshot.now_ns, system)
        self._show_worst(state, words, asks=asks, small=small)
        self.worst.setToolTip(
            " ".join(filter(None, (alarms.only_any, "Open the alarms  (F4)")))
            if worst is None
            else f"{spoken(worst, system)}  (F4)"
        )
        self.acknowledge.setVisible(any(one.state in UNACKNOWLEDGED for one in alarms.announced))
        self._show_sound(alarms, snapshot.now_ns)

    def _show_worst(self, state: State, words: str, *, asks: bool, small: bool) -> None:
        shown = (state, words, asks, small)
        if shown == self._shown:
            return
        look = (state, asks)
        if not self._shown or look != (self._shown[0], self._shown[2]):
            level = state.lamp.token if state.lamp.token in ("warn", "trip") else ""
            self.worst.setProperty("level", level)
            self.worst.setProperty("asks", asks)
            self.worst.style().unpolish(self.worst)
            self.worst.style().polish(self.worst)
        if not self._shown or (*look, small) != (self._shown[0], *self._shown[2:]):
            alarm = bool(self.worst.property("level"))
            side = _SMALL_LAMP if small or not alarm else _LAMP
            self.worst.setIcon(
                lamp_icon(state, _LAMP, drawn=side, ink=tokens().on_state if asks else "")
            )
        self._shown = shown
        # The space parts the lamp from its words; Qt puts nothing between icon and text.
        text = f" {words}".replace("&", "&&")
        room = (_NARROW if self._narrow else _WIDEST) - _LAMP - 3 * Space.L
        text = self.worst.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        if self.worst.text() != text:
            self.worst.setText(text)
            self.worst.setAccessibleName(f"Alarms: {words}")

    def _show_sound(self, alarms: AlarmsSnapshot, now_ns: int) -> None:
        left = max(0, -(-(alarms.silent_until_ns - now_ns) // 10**9))
        sounding = alarms.sounding > Level.NONE
        shown = (alarms.sound_problem, left, sounding)
        if shown == self._sound_shown:
            return
        self._sound_shown = shown
        if alarms.sound_problem:
            words, name, color = "No sound", "bell-off", "warn"
            tip = unheard(alarms.sound_problem)
        elif left:
            words, name, color = f"Silent {left} s", "bell-off", "text"
            tip = "The sound comes back by itself, and at once for a new alarm."
        else:
            words, name, color = "Silence" if self._narrow else "Silence  F10", "bell", "text"
            tip = "Silence the sound for a while; the alarm stays  (F10)"
        self.sound.setText(words)
        self.sound.setIcon(icon(name, color))
        self.sound.setToolTip(tip)
        self.sound.setAccessibleName(f"{words}. {tip}")
        self.sound.setVisible(bool(alarms.sound_problem or left or sounding))

    def _forget(self) -> None:
        self._shown = self._sound_shown = ()


def _lamp(alarms: AlarmsSnapshot) -> State:
    if alarms.worst is not None:
        return lamp_state(alarms.worst)
    if any(alarm.state is AlarmState.SHELVED for alarm in alarms.standing):
        return State.SHELVED
    if not alarms.armed:
        return State.OFF
    return State.WARNING if alarms.only_any else State.CONNECTED
