"""The cards of Today: each opens its page with a press; alarms and recordings have rows."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.domain.alarms.state import UNACKNOWLEDGED
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.recordings import RecordingSummary
from cartech_desk.ui.models.alarm_words import (
    FIRST_OUT,
    headline,
    lamp_words,
    other_vehicle,
    since_words,
    spoken,
)
from cartech_desk.ui.models.recording_list import ENDINGS
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.alarm_lamp import AlarmLamp
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.lamp import LampLabel, LampMark
from cartech_desk.ui.words import counted, lasting, local_time

if TYPE_CHECKING:
    from cartech_desk.ui.models.today_work import StockLine, WorkLine

_SETTLED_S: Final = 0.35
"""A row that has just come under a finger takes no press."""


class Pressable(QFrame):
    """A frame that acts as one button: a press, Enter or Space."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Act where the finger is still on it."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.pressed.emit()
        event.accept()  # not the card's that it lies upon

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, so that the release comes here too."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act on Enter and Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event) -> None:
        """Show where the focus is."""
        self._ring(focused=True)
        super().focusInEvent(event)

    def focusOutEvent(self, event) -> None:
        """Show that the focus is elsewhere."""
        self._ring(focused=False)
        super().focusOutEvent(event)

    def _ring(self, *, focused: bool) -> None:
        self.setProperty("focused", focused)
        self.style().unpolish(self)
        self.style().polish(self)


class TodayCard(Pressable):
    """A titled card; its content goes into `column`."""

    def __init__(self, title: str, opens: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self._opens = opens
        self.setAccessibleName(f"{title}: {opens}")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        self.column.setSpacing(Space.S)
        head = QHBoxLayout()
        self.title = QLabel(title)
        self.title.setProperty("role", "heading")
        self.opens = QLabel(f"{opens}  \u203a")
        self.opens.setProperty("role", "muted")
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.opens)
        self.column.addLayout(head)

    def say_more(self, number: int) -> None:
        """Say how many more its page has than there is room for here."""
        words = f"{number:,} more: {self._opens}" if number > 0 else self._opens
        self.opens.setText(f"{words}  \u203a")

    def mark(self, state: State | None) -> None:
        """Give the card the edge of a state, None for that of all others."""
        look = "true" if state is None else state.lamp.token
        if self.property("card") != look:
            self.setProperty("card", look)
            self.style().unpolish(self)
            self.style().polish(self)


class AlarmRow(QWidget):
    """One active alarm: lamp, headline, what to do, Acknowledge."""

    acknowledge_wanted = Signal(str)
    opened = Signal(str)
    too_soon = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.alarm: StandingAlarm | None = None
        self._changed_s = 0.0
        self._held = ""
        self.lamp = AlarmLamp(parent=self)
        self.words = ElidedLabel()
        self.words.setProperty("part", "headline")
        self.beneath = ElidedLabel("muted")
        self.to_do = ElidedLabel()
        self.button = QPushButton("Acknowledge")
        self.button.setMinimumHeight(Size.CONTROL_BAY)
        self.button.pressed.connect(self._hold)
        self.button.clicked.connect(lambda _checked=False: self._ask())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, Space.XS, 0, Space.XS)
        row.setSpacing(Space.M)
        column = QVBoxLayout()
        column.setSpacing(0)
        for label in (self.words, self.to_do, self.beneath):
            column.addWidget(label)
        row.addWidget(self.lamp)
        row.addLayout(column, 1)
        row.addWidget(self.button)

    def show_alarm(
        self,
        alarm: StandingAlarm,
        now_ns: int,
        system: UnitSystem,
        refusal: str,
        at_hand: str = "",
    ) -> None:
        """Show an alarm; `refusal` says why it may not be acknowledged, empty where it may.

        `at_hand` is the id of the vehicle at hand: that one is not named.
        """
        if self.alarm is not None and self.alarm.id != alarm.id:
            self._changed_s = time.monotonic()
        self.alarm = alarm
        self.lamp.show_alarm(alarm)
        first = f"{FIRST_OUT} \u00b7 " if alarm.first_out else ""
        self.words.say(headline(alarm, system))
        vehicle = other_vehicle(alarm, at_hand)
        parts = (f"{first}{lamp_words(alarm)}", since_words(alarm, now_ns), vehicle)
        self.beneath.say(" \u00b7 ".join(part for part in parts if part))
        self.to_do.say(alarm.to_do)
        name = spoken(alarm, system)
        if self.accessibleName() != name:
            self.setAccessibleName(name)
        asks = alarm.state in UNACKNOWLEDGED
        if self.button.isHidden() == asks:
            self.button.setVisible(asks)
        if self.button.isEnabled() == bool(refusal):
            self.button.setEnabled(not refusal)
        tip = refusal or "Say that you have seen it"
        if self.button.toolTip() != tip:
            self.button.setToolTip(tip)

    def _hold(self) -> None:
        self._held = self.alarm.id if self.alarm is not None else ""

    def _ask(self) -> None:
        held, self._held = self._held, ""
        if time.monotonic() - self._changed_s < _SETTLED_S:
            self.too_soon.emit()
        elif held:
            self.acknowledge_wanted.emit(held)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open it on the page of alarms."""
        if event.button() == Qt.MouseButton.LeftButton and self.alarm is not None:
            self.opened.emit(self.alarm.id)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, so that the card below does not."""
        event.accept()


class CardRow(Pressable):
    """One row of a card: a lamp, a line, a muted line beneath, a word at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("row", "true")
        self.setMinimumHeight(Size.CONTROL_BAY)
        self.mark = LampMark(State.OFF)
        self.words = ElidedLabel()
        self.beneath = ElidedLabel("muted")
        self.side = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.S, 0, Space.S, 0)
        row.setSpacing(Space.M)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self.words)
        column.addWidget(self.beneath)
        column.addStretch(1)
        row.addWidget(self.mark)
        row.addLayout(column, 1)
        row.addWidget(self.side)

    def say(self, state: State, words: str, beneath: str, side: str) -> None:
        """Show this."""
        self.mark.show_state(state)
        self.words.say(words)
        self.beneath.say(beneath)
        self.side.setText(side)
        self.setAccessibleName(", ".join(filter(None, (words, beneath, side))))


class RecordingRow(CardRow):
    """One recording: when, which vehicle, how long, how it ended."""

    def __init__(self, chosen: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary: RecordingSummary | None = None
        self.pressed.connect(lambda: chosen(self.summary.id) if self.summary is not None else None)

    def show_recording(self, summary: RecordingSummary) -> None:
        """Show a recording."""
        self.summary = summary
        state, ending = ENDINGS[summary.ending]
        alarms = len(summary.alarms)
        parts = (
            "" if state is State.CONNECTED else ending,
            counted(alarms, "alarm") if alarms else "",
            summary.operator,
            summary.note,
        )
        words = f"{summary.vehicle_name}, {local_time(summary.anchor)}"
        beneath = " \u00b7 ".join(part for part in parts if part) or ending
        self.say(state, words, beneath, lasting(summary.seconds))
        self.setAccessibleName(f"Recording of {words}, {lasting(summary.seconds)}")


class WorkRow(CardRow):
    """One car of today: how it stands, what is done to it, where, until when."""

    def __init__(self, chosen: Callable[[str, str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line: WorkLine | None = None
        self.pressed.connect(
            lambda: chosen(self.line.page, self.line.opens) if self.line is not None else None
        )

    def show_line(self, line: "WorkLine") -> None:
        """Show a car."""
        self.line = line
        self.say(line.state, line.words, line.beneath, line.side)


class StockRow(CardRow):
    """One part that runs low: how much is left."""

    def __init__(self, chosen: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line: StockLine | None = None
        self.pressed.connect(lambda: chosen(self.line.part_id) if self.line is not None else None)

    def show_line(self, line: "StockLine") -> None:
        """Show a part."""
        self.line = line
        self.say(line.state, line.words, line.beneath, "")


class LampLine(LampLabel):
    """A lamp and words, wrapped where there is no room, that are only touched where they change."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(state, parent=parent)
        self._words.setWordWrap(True)

    def say(self, state: State, words: str, more: str = "") -> None:
        """Show this."""
        if (state, words) != (self.state, self.words):
            self.show_state(state, words)
        if self.toolTip() != more:
            self.setToolTip(more)


class RowsThatFit(QWidget):
    """Rows one below the other, as many as there is room for, so that a page needs no scrolling."""

    fitted = Signal(int)
    """How many rows are seen now."""

    def __init__(
        self, rows: Sequence[CardRow], parent: QWidget | None = None, *, least: int = 1
    ) -> None:
        super().__init__(parent)
        self._rows = tuple(rows)
        self._least = least
        self._used = 0
        for row in self._rows:
            row.setParent(self)
            row.hide()
        self.setMinimumHeight(Size.CONTROL_BAY + Space.S)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)

    def use(self, number: int) -> None:
        """Show the first `number` rows, or those of them that fit."""
        self._used = number
        rows = max(1, min(self._least, number))
        self.setMinimumHeight(rows * (Size.CONTROL_BAY + Space.S))
        self._lay_out()

    def resizeEvent(self, event) -> None:
        """Show as many as fit now."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        high = Size.CONTROL_BAY + Space.S
        fits = max(1, self.height() // high)
        seen = min(fits, self._used)
        for number, row in enumerate(self._rows):
            row.setGeometry(0, number * high, self.width(), high)
            row.setVisible(number < seen)
        self.fitted.emit(seen)
