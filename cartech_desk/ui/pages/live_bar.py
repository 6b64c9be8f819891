"""The bar of the live page: the recording's state, mark and pause, and a place for alarms."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from cartech_desk.bay.status import BaySnapshot
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.words import elapsed


class LiveBar(QWidget):
    """REC and its time, Mark, Pause, and what is beyond its limits just now.

    The place of the alarms is always there, so that nothing jumps when one comes.
    """

    mark_pressed = Signal()
    pause_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lamp = LampLabel(State.OFF, "not recording")
        self.mark = QPushButton("Mark  M")
        self.mark.setEnabled(False)
        self.mark.setToolTip("Set a mark in the recording (M)")
        self.mark.clicked.connect(lambda _checked=False: self.mark_pressed.emit())
        self.pause = QPushButton("Pause  Space")
        self.pause.setToolTip("Hold the charts still; recording goes on (Space)")
        self.pause.clicked.connect(lambda _checked=False: self.pause_pressed.emit())
        self.problem = QLabel()
        self.problem.setProperty("role", "error")
        self.problem.hide()
        self.alarm = LampLabel(State.OFF)
        self.alarm.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.alarm.setMinimumWidth(140)
        policy = self.alarm.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.alarm.setSizePolicy(policy)
        self.alarm.setVisible(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        for widget in (self.lamp, self.mark, self.pause):
            row.addWidget(widget)
        row.addSpacing(Space.S)
        row.addWidget(self.problem, 1)
        row.addWidget(self.alarm, 1, Qt.AlignmentFlag.AlignVCenter)
        self._following = True
        self._dress()
        theme_changed.connect(self._dress)

    def show_recording(self, snapshot: BaySnapshot) -> None:
        """Show the recording under way, or that there is none."""
        recording = snapshot.recording
        under_way = bool(recording.id)
        self.mark.setEnabled(under_way)
        if under_way:
            seconds = (snapshot.now_ns - recording.started_ns) / 1e9
            words = f"REC {elapsed(seconds)}"
        else:
            words = "not recording"
        state = State.RECORDING if under_way else State.OFF
        if (state, words) != (self.lamp.state, self.lamp.words):
            self.lamp.show_state(state, words)
        if recording.problem != self.problem.text():
            self.problem.setText(recording.problem)
            self.problem.setVisible(bool(recording.problem))

    def show_worst(self, state: State | None, words: str) -> None:
        """Show what is beyond its limits; nothing while all is well."""
        self.alarm.setVisible(state is not None)
        self.alarm.setToolTip("")
        if state is not None and (state, words) != (self.alarm.state, self.alarm.words):
            self.alarm.show_state(state, words)

    def show_reading(self, *, limits_asked: bool) -> None:
        """Say that a longer question has the wire: values wait, and the link is well."""
        self.show_worst(State.CONNECTING, "Reading faults: values wait")
        limits = "What limits watch is asked" if limits_asked else "No limit is watched"
        self.alarm.setToolTip(
            f"Live values go on once the car has told its faults. {limits} meanwhile."
        )

    def show_following(self, following: bool) -> None:
        """Name the pause button by what it does now."""
        if following != self._following:
            self._following = following
            self.pause.setText("Pause  Space" if following else "Follow  Space")
            self._dress()

    def _dress(self) -> None:
        self.mark.setIcon(icon("mark"))
        self.pause.setIcon(icon("pause" if self._following else "play"))
