"""Playing a recording: the cursor moves by itself, at a quarter to eight times the pace of life."""

import time
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from cartech_desk.ui.models.time_scale import elapsed
from cartech_desk.ui.models.time_view import TimeView
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_FRAME_MS: Final = 40


class PlayBar(QWidget):
    """Play and pause, the pace, and where the cursor stands."""

    playing_changed = Signal(bool)

    def __init__(self, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.playing = False
        self._from_ns = 0
        self._began_s = 0.0
        self._own_move = False
        self.button = QPushButton("Play  Space")
        self.button.clicked.connect(lambda _checked=False: self.toggle())
        self.pace = QComboBox()
        self.pace.setAccessibleName("Pace")
        for speed in SPEEDS:
            self.pace.addItem(f"{speed:g} \u00d7", speed)
        self.pace.setCurrentIndex(SPEEDS.index(1.0))
        self.pace.currentIndexChanged.connect(lambda _: self._begin_anew())
        self.place = QLabel()
        self.place.setProperty("role", "heading")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.button)
        row.addWidget(self.pace)
        row.addWidget(self.place)
        self._clock = QTimer(self)
        self._clock.setInterval(_FRAME_MS)
        self._clock.timeout.connect(self._step)
        view.cursor_moved.connect(self._cursor_moved)
        theme_changed.connect(self._dress)
        self._dress()

    @property
    def speed(self) -> float:
        """How many seconds of the recording pass in one second."""
        return float(self.pace.currentData())

    def toggle(self) -> None:
        """Play from the cursor on, or pause."""
        if self.playing:
            self.stop()
        else:
            self.play()

    def play(self) -> None:
        """Play from the cursor on; from the beginning where it stands at the end or nowhere."""
        at = self.view.cursor_ns
        if at is None:
            at = self.view.left_ns
        if at >= self.view.last_ns:
            at = self.view.first_ns
        self._move(at)
        self.playing = True
        self.view.hover = False  # a pointer that rests on the charts must not hold the tape
        self._begin_anew()
        self._clock.start()
        self._dress()
        self.playing_changed.emit(True)

    def stop(self) -> None:
        """Pause; the cursor stays."""
        if self.playing:
            self.playing = False
            self.view.hover = True
            self._clock.stop()
            self._dress()
            self.playing_changed.emit(False)

    def faster(self, by: int) -> None:
        """Take the next pace up or down."""
        self.pace.setCurrentIndex(min(max(self.pace.currentIndex() + by, 0), len(SPEEDS) - 1))

    def _begin_anew(self) -> None:
        self._from_ns = self.view.cursor_ns or 0
        self._began_s = time.monotonic()

    def _step(self) -> None:
        at = self._from_ns + int((time.monotonic() - self._began_s) * self.speed * 1e9)
        if at >= self.view.last_ns:
            self._move(self.view.last_ns)
            self.stop()
            return
        self._move(at)
        if not self.view.left_ns <= at <= self.view.right_ns:
            # Turn the page, with a little of what was.
            left = at - self.view.span_ns // 10
            self.view.show(left, left + self.view.span_ns)

    def _move(self, at_ns: int) -> None:
        self._own_move = True
        self.view.set_cursor(at_ns)
        self._own_move = False

    def _cursor_moved(self) -> None:
        at = self.view.cursor_ns
        self.place.setText("" if at is None else elapsed(at, 100_000_000))
        if self.playing and not self._own_move:
            self._begin_anew()  # somebody pointed elsewhere: go on from there

    def _dress(self) -> None:
        self.button.setText("Pause  Space" if self.playing else "Play  Space")
        self.button.setIcon(icon("pause" if self.playing else "play"))
