"""What a person does with standing alarms: each act asks the bay, and a refusal is told."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import when_done
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import AlarmAct, fits, rights_of, shelf_too_long
from cartech_desk.ui.models.alarm_words import count_words, headline, state_words
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.widgets.alarm_list import AlarmList
from cartech_desk.ui.widgets.alarm_shelve_form import ShelveForm

if TYPE_CHECKING:
    from concurrent.futures import Future

_NOT_NOW: Final = {
    AlarmAct.ACKNOWLEDGE: "does not ask to be acknowledged",
    AlarmAct.CLEAR: "is not latched, so there is nothing to clear",
    AlarmAct.SHELVE: "cannot be shelved",
    AlarmAct.UNSHELVE: "is not on the shelf",
}


class StandingActs(QObject):
    """The acts of the page of alarms; `chosen` is the alarm that keys act on."""

    def __init__(self, desk: DeskParts, acts: Acts, alarms: AlarmList) -> None:
        super().__init__(alarms)
        self._desk = desk
        self._acts = acts
        self._list = alarms
        alarms.wanted.connect(self.do)
        alarms.limit_wanted.connect(lambda key: acts.go_to("limits", key))
        alarms.too_soon.connect(lambda: acts.say("The list had just moved: look, and press again."))

    def acknowledge_chosen(self) -> None:
        """Acknowledge the chosen alarm."""
        self._do_chosen(AlarmAct.ACKNOWLEDGE)

    def clear_chosen(self) -> None:
        """Clear the chosen alarm."""
        self._do_chosen(AlarmAct.CLEAR)

    def shelve_chosen(self) -> None:
        """Ask for how long the chosen alarm is to be shelved."""
        self._do_chosen(AlarmAct.SHELVE)

    def unshelve_chosen(self) -> None:
        """Take the chosen alarm from the shelf."""
        self._do_chosen(AlarmAct.UNSHELVE)

    def show_live(self) -> None:
        """Show the channel of the chosen alarm on Live."""
        chosen = self._list.chosen
        if chosen is not None and chosen.channel.isidentifier():
            self._acts.go_to("live", chosen.channel)
        elif chosen is not None:
            self._acts.say(f"“{chosen.label}” is about no single channel.")

    def _do_chosen(self, act: AlarmAct) -> None:
        chosen = self._list.chosen
        if chosen is None:
            self._acts.say("No alarm stands.")
        else:
            self.do(chosen.id, act)

    def do(self, alarm_id: str, act: AlarmAct) -> None:
        """Do this with an alarm as whoever is at the desk; a refusal is told."""
        row = self._list.rows.row_of(alarm_id)
        if row is None:
            return
        alarm = self._list.rows.rows[row]
        why = rights_of(self._desk.office.session.now).refusal(act)
        if why:
            self._acts.say(why)
            return
        if not fits(alarm, act):
            self._acts.say(f"“{alarm.label}” {_NOT_NOW[act]}: it is {state_words(alarm)}.")
            return
        alarms, by = self._desk.bay.alarms, self._acts.actor
        if act is AlarmAct.SHELVE:
            self._ask_shelf(alarm)
        elif act is AlarmAct.ACKNOWLEDGE:
            self._follow(alarm_id, alarms.acknowledge(alarm_id, by))
        elif act is AlarmAct.CLEAR:
            self._follow(alarm_id, alarms.clear(alarm_id, by))
        else:
            self._follow(alarm_id, alarms.unshelve(alarm_id, by))

    def _ask_shelf(self, alarm: StandingAlarm) -> None:
        session = self._desk.office.session

        def shelve(seconds: float, reason: str) -> "Future[None]":
            return self._desk.bay.alarms.shelve(alarm.id, seconds, reason, self._acts.actor)

        form = ShelveForm(
            headline(alarm, self._system),
            shelve,
            lambda seconds: shelf_too_long(session.now, seconds),
            self._list.window(),
        )
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.open()

    def _follow(self, alarm_id: str, future: "Future[None]") -> None:
        """Keep the row in its place until the act is done or refused."""
        self._list.set_busy(alarm_id, busy=True)

        def done(_result: object) -> None:
            self._list.set_busy(alarm_id, busy=False)

        def refused(error: BaseException) -> None:
            self._list.set_busy(alarm_id, busy=False)
            self._acts.tell(error)

        when_done(future, self, done, refused)

    def acknowledge_all(self) -> None:
        """Acknowledge every alarm that asks for it."""
        why = rights_of(self._desk.office.session.now).acknowledge
        if why:
            self._acts.say(why)
            return

        def done(number: int) -> None:
            verb = "was" if number == 1 else "were"
            words = f"{count_words(number)} {verb} acknowledged."
            self._acts.say(words if number else "No alarm asks to be acknowledged.")

        when_done(
            self._desk.bay.alarms.acknowledge_all(self._acts.actor), self, done, self._acts.tell
        )

    @property
    def _system(self) -> UnitSystem:
        return unit_system(self._desk.settings.values)
