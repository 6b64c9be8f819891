"""The strip below the bar on top: what to do at once, on every page, as long as a trip stands."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from cartech_desk.bay.alarm_status import AlarmsSnapshot, StandingAlarm
from cartech_desk.domain.alarms.limit import Action, Level
from cartech_desk.domain.alarms.state import ACTIVE, UNACKNOWLEDGED
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.alarm_words import headline, lamp_state
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.lamp import lamp_icon
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.ui.theme.states import State

STOP = "Stop the run."
_GONE = "It is over now: acknowledge it."


def urgent(alarms: AlarmsSnapshot) -> tuple[StandingAlarm, ...]:
    """Return the trips and those that ask to stop the run, active or not yet acknowledged."""
    return tuple(
        alarm
        for alarm in alarms.announced
        if (alarm.worst is Level.TRIP or alarm.action is Action.STOP_RUN)
        and alarm.state in ACTIVE | UNACKNOWLEDGED
    )


def advice(alarm: StandingAlarm) -> str:
    """Say what to do: `Stop the run. Lift off …`; of one that is over, what is left to do."""
    if alarm.state not in ACTIVE:
        return _GONE
    if alarm.action is Action.STOP_RUN and not alarm.to_do.startswith(STOP):
        return f"{STOP} {alarm.to_do}".strip()
    return alarm.to_do or "Look at it now."


class TripStrip(QFrame):
    """The worst of them in words, and how many more there are."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tripStrip")
        self.setMinimumHeight(Size.BANNER)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.XS, Space.L, Space.XS)
        row.setSpacing(Space.M)
        self._mark = QLabel()
        row.addWidget(self._mark)
        self.to_do = QLabel()
        self.to_do.setProperty("part", "toDo")
        self.what = QLabel()
        for label in (self.to_do, self.what):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        row.addWidget(self.to_do, 3)
        row.addWidget(self.what, 2)
        self._shown: State | None = None
        theme_changed.connect(self._tint)
        self.hide()

    def show_alarms(self, alarms: AlarmsSnapshot, system: UnitSystem) -> None:
        """Show the worst, or go away."""
        found = urgent(alarms)
        if not found:
            self.hide()
            return
        first, more = found[0], len(found) - 1
        words = headline(first, system)
        if more:
            words = f"{words}, and {counted(more, 'more trip')}"
        for label, text in ((self.to_do, advice(first)), (self.what, words)):
            if label.text() != text:
                label.setText(text)
        self.setAccessibleName(f"{advice(first)} {words}")
        state = lamp_state(first)
        if state is not self._shown:
            self._shown = state
            self.setProperty("level", state.lamp.token)
            self.style().unpolish(self)
            self.style().polish(self)
            self._tint()
        self.show()

    def _tint(self) -> None:
        if self._shown is not None:
            picture = lamp_icon(self._shown, Size.RAIL_ICON, ink=tokens().on_state)
            self._mark.setPixmap(picture.pixmap(Size.RAIL_ICON, Size.RAIL_ICON))
