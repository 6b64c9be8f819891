"""Alarms as the lock screen shows them: big, with what to do, the worst first."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.alarm_words import (
    count_words,
    headline,
    lamp_words,
    other_vehicle,
    since_words,
)
from cartech_desk.ui.shell.trip_strip import STOP, advice, urgent
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.alarm_lamp import AlarmLamp, flash_phase
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.words import counted, elapsed

_LAMP = 36
_FEW = 2
"""So many alarms have room for words that are read from across the bay."""


class _Row(QFrame):
    """One alarm: lamp, headline, what to do, state and age."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self._large = False
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        row.setSpacing(Space.L)
        self.mark = AlarmLamp(_LAMP)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        self.head, self.to_do, self.state = QLabel(), QLabel(), QLabel()
        self.head.setProperty("role", "reading")
        self.to_do.setProperty("role", "title")
        self.state.setProperty("role", "muted")
        for label in (self.head, self.to_do, self.state):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            words.addWidget(label)
        row.addLayout(words, 1)

    def be_large(self, large: bool) -> None:
        """Be read from across the bay while there is room for it."""
        if large is self._large:
            return
        self._large = large
        self.head.setProperty("role", "far" if large else "reading")
        self.to_do.setProperty("role", "reading" if large else "title")
        self.state.setProperty("role", "title" if large else "muted")
        for label in (self.head, self.to_do, self.state):
            label.style().unpolish(label)
            label.style().polish(label)

    def show_alarm(
        self, alarm: StandingAlarm, snapshot: BaySnapshot, system: UnitSystem, do: str
    ) -> None:
        """Show one alarm as of now: its lamp flashes until it is acknowledged, then has a tick."""
        self.mark.show_alarm(alarm)
        self.mark.show_phase(small=flash_phase(snapshot.now_ns))
        vehicle = other_vehicle(alarm, snapshot.alarms.vehicle_id)
        parts = (lamp_words(alarm), since_words(alarm, snapshot.now_ns), vehicle)
        state = " · ".join(part for part in parts if part)
        for label, words in (
            (self.head, headline(alarm, system)),
            (self.to_do, do),
            (self.state, state),
        ):
            if label.text() != words:
                label.setText(words)
        self.to_do.setVisible(bool(do))
        self.setAccessibleName(f"{self.head.text()}. {do} {state}")


class LockAlarms(QWidget):
    """All announced alarms, the running recording, and the one key that anybody may press."""

    silence_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bay", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        top = QHBoxLayout()
        self.head = QLabel()
        self.head.setProperty("role", "title")
        self.silence = QPushButton("Silence  F10")
        self.silence.setIconSize(QSize(Size.ICON, Size.ICON))
        self.silence.clicked.connect(lambda _checked=False: self.silence_pressed.emit())
        top.addWidget(self.head, 1)
        top.addWidget(self.silence)
        column.addLayout(top)
        self.recording = LampLabel(State.RECORDING)
        column.addWidget(self.recording)
        self.former = LampLabel(State.WARNING_GONE)
        self.former.hide()
        column.addWidget(self.former)
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, Space.S, 0)
        self._column.setSpacing(Space.S)
        self._column.addStretch(1)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setWidget(holder)
        column.addWidget(self.scroll, 1)
        self.foot = QLabel()
        self.foot.setProperty("role", "muted")
        self.foot.setWordWrap(True)
        self.foot.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self.foot)
        self.rows: list[_Row] = []

    def show_snapshot(
        self,
        snapshot: BaySnapshot,
        system: UnitSystem,
        *,
        nobody: bool = False,
        former: str = "",
    ) -> None:
        """Show this picture of the bay; `nobody` is signed in who would answer for what runs.

        `former` says which alarms of an earlier run were never acknowledged.
        """
        self.former.setVisible(bool(former))
        if former and former != self.former.words:
            self.former.show_state(State.WARNING_GONE, former)
        alarms = snapshot.alarms
        shown = alarms.announced
        while len(self.rows) < len(shown):
            row = _Row()
            self._column.insertWidget(len(self.rows), row)
            self.rows.append(row)
        pressing = {alarm.id for alarm in urgent(alarms)}
        for row, alarm in zip(self.rows, shown, strict=False):
            do = advice(alarm) if alarm.id in pressing else alarm.to_do
            row.show_alarm(alarm, snapshot, system, do)
            row.be_large(len(shown) <= _FEW)
            row.show()
        for row in self.rows[len(shown) :]:
            row.hide()
        watched = counted(alarms.armed, "limit") + " watched"
        words = count_words(len(shown)) if shown else f"No alarm, {watched}"
        if any(alarm.id in pressing for alarm in shown[:1]) and advice(shown[0]).startswith(STOP):
            words = f"{words}. {STOP}"
        if self.head.text() != words:
            self.head.setText(words)
        self._show_sound(snapshot)
        recording = snapshot.recording
        self.recording.setVisible(bool(recording.id))
        if recording.id:
            length = elapsed((snapshot.now_ns - recording.started_ns) / 1e9)
            state = State.WARNING if nobody else State.RECORDING
            words = "it goes on, and NOBODY IS SIGNED IN" if nobody else "it goes on"
            self.recording.show_state(state, f"REC {length}, {words}")

    def _show_sound(self, snapshot: BaySnapshot) -> None:
        alarms = snapshot.alarms
        left = max(0, -(-(alarms.silent_until_ns - snapshot.now_ns) // 10**9))
        self.silence.setVisible(bool(left) or alarms.sounding > Level.NONE)
        words = f"Silent for {left} s" if left else "Silence  F10"
        if self.silence.text() != words:
            self.silence.setText(words)
            self.silence.setIcon(icon("bell-off" if left else "bell"))
