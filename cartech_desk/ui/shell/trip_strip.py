"""The strip below the bar on top: what to do at once, on every page, as long as a trip stands."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel

from cartech_desk.bay.alarm_status import AlarmsSnapshot, StandingAlarm
from cartech_desk.domain.alarms.limit import Action, Level
from cartech_desk.domain.alarms.state import ACTIVE, UNACKNOWLEDGED
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.alarm_words import (
    headline,
    lamp_state,
    other_vehicle,
    short_headline,
)
from cartech_desk.ui.theme.theme import theme_changed, tokens
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.lamp import lamp_icon

if TYPE_CHECKING:
    from cartech_desk.ui.theme.states import State

STOP = "Stop the run."
_GONE = "It is over now: acknowledge it."


def urgent(alarms: AlarmsSnapshot) -> tuple[StandingAlarm, ...]:
    """Return the trips, active or not yet acknowledged."""
    return tuple(
        alarm
        for alarm in alarms.announced
        if alarm.worst is Level.TRIP and alarm.state in ACTIVE | UNACKNOWLEDGED
    )


def advice(alarm: StandingAlarm) -> str:
    """Say what to do: `Stop the run. Lift off …`; of one that is over, what is left to do."""
    if alarm.state not in ACTIVE:
        return _GONE
    trip = alarm.worst is Level.TRIP
    if trip and alarm.action is Action.STOP_RUN and not alarm.to_do.startswith(STOP):
        return f"{STOP} {alarm.to_do}".strip()
    return alarm.to_do or "Look at it now."


def also_words(others: Sequence[StandingAlarm], named: int) -> str:
    """Name the others shortly: `also Coolant hot, Over-boost`, `also Coolant hot and 2 more`.

    Those that are over are counted apart: `1 over, not acknowledged`.
    """
    there = [alarm for alarm in others if alarm.state in ACTIVE]
    over = len(others) - len(there)
    names = list(dict.fromkeys(alarm.label for alarm in there))[:named]
    rest = len(there) - sum(alarm.label in names for alarm in there)
    also = f"also {', '.join(names)}" + (f" and {rest} more" if rest else "") if there else ""
    gone = f"{over} over, not acknowledged" if over else ""
    return "; ".join(words for words in (also, gone) if words)


def what_words(found: Sequence[StandingAlarm], at_hand: str, system: UnitSystem) -> Sequence[str]:
    """Say the worst and name the others, the whole of it first; the strip takes what fits.

    `at_hand` is the id of the vehicle at hand: another one is named.
    """
    first, others = found[0], found[1:]
    vehicle = other_vehicle(first, at_hand)
    ways = [
        ", ".join(part for part in (vehicle, said, also_words(others, named)) if part)
        for named in (len(others), 2, 1)
        for said in (headline(first, system), short_headline(first, system))
    ]
    return list(dict.fromkeys(ways))


class TripStrip(QFrame):
    """What to do, never cut; behind it the worst in words, and the names of the others.

    One line where both fit, else what happened stands below. Filled while a trip asks to be
    acknowledged; an outline once all are.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tripStrip")
        self._mark = QLabel(self)
        self.to_do = QLabel(self)
        self.to_do.setProperty("part", "toDo")
        self.what = QLabel(self)
        for label in (self.to_do, self.what):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.to_do.setWordWrap(True)
        self._shown: State | None = None
        self._asks = True
        self._ways: Sequence[str] = ()
        self.setFixedHeight(Size.BANNER)
        theme_changed.connect(self._tint)
        self.hide()

    @property
    def lines(self) -> int:
        """On how many lines it stands: what happened is below what to do where it is two."""
        return 2 if self.what.y() > self.to_do.y() else 1

    def show_alarms(self, alarms: AlarmsSnapshot, system: UnitSystem, *, told: str = "") -> None:
        """Show the worst, or go away; the alarm of the key `told` is told by a banner already."""
        found = [alarm for alarm in urgent(alarms) if alarm.key != told]
        if not found:
            self.hide()
            return
        to_do = advice(found[0])
        ways = what_words(found, alarms.vehicle_id, system)
        state = lamp_state(found[0])
        asks = any(alarm.state in UNACKNOWLEDGED for alarm in found)
        if (state, asks) != (self._shown, self._asks):
            self._shown, self._asks = state, asks
            self.setProperty("level", state.lamp.token)
            self.setProperty("asks", asks)
            for label in (self.to_do, self.what):
                label.style().unpolish(label)
                label.style().polish(label)
            self.style().unpolish(self)
            self.style().polish(self)
            self._tint()
        if (to_do, ways) != (self.to_do.text(), self._ways):
            self.to_do.setText(to_do)
            self._ways = ways
            self.setAccessibleName(f"{to_do} {ways[0]}")
            self.setToolTip(ways[0])
            self._place()
        self.show()

    def _place(self) -> None:
        """Lay the words out for this width."""
        if not self._ways:
            return
        for label in (self.to_do, self.what):
            label.ensurePolished()
        left = Space.L + Size.RAIL_ICON + Space.M
        room = self.width() - left - Space.L
        needed = self.to_do.fontMetrics().horizontalAdvance(self.to_do.text()) + Space.XS
        beside = room - needed - Space.L
        fits = self._way(beside)
        if fits is not None:
            height = Size.BANNER
            self.to_do.setGeometry(left, 0, needed, height)
            self.what.setGeometry(left + needed + Space.L, 0, beside, height)
            self.what.setText(fits)
        else:
            high = max(self.to_do.heightForWidth(max(room, 1)), 1)
            line = self.what.fontMetrics().height()
            self.to_do.setGeometry(left, Space.XS, room, high)
            self.what.setGeometry(left, Space.XS + high, room, line)
            height = max(Size.BANNER, high + line + 2 * Space.XS)
            cut = self.what.fontMetrics().elidedText(
                self._ways[-1], Qt.TextElideMode.ElideRight, max(room, 0)
            )
            self.what.setText(self._way(room) or cut)
        self._mark.setGeometry(Space.L, 0, Size.RAIL_ICON, height)
        if height != self.height():
            self.setFixedHeight(height)

    def _way(self, room: int) -> str | None:
        measure = self.what.fontMetrics().horizontalAdvance
        return next((way for way in self._ways if measure(way) + Space.XS <= room), None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the words out anew."""
        super().resizeEvent(event)
        self._place()

    def _tint(self) -> None:
        if self._shown is not None:
            ink = tokens().on_state if self._asks else ""
            picture = lamp_icon(self._shown, Size.RAIL_ICON, ink=ink)
            self._mark.setPixmap(picture.pixmap(Size.RAIL_ICON, Size.RAIL_ICON))
