"""Today: alarms, the cars of the day, the bay, low stock, the last recordings, who is here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cartech_desk.bay.status import BaySnapshot, LinkState
from cartech_desk.domain.alarms.state import UNACKNOWLEDGED
from cartech_desk.domain.people import NOBODY, Act, allowed
from cartech_desk.office.people import Standing
from cartech_desk.store.recordings import RecordingSummary
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import rights_of
from cartech_desk.ui.models.alarm_watch_words import sound_words, watch_words
from cartech_desk.ui.models.alarm_words import count_words, lamp_state
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.today_words import (
    audit_words,
    desk_words,
    link_words,
    recording_words,
    vehicle_words,
    waiting_words,
)
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.alarms import NEVER_SEEN
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.pages.today_cards import (
    AlarmRow,
    LampLine,
    RecordingRow,
    RowsThatFit,
    TodayCard,
)
from cartech_desk.ui.pages.today_office import TodayOffice
from cartech_desk.ui.theme.fonts import text_font
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space, Type
from cartech_desk.ui.widgets.alarm_lamp import flash_phase
from cartech_desk.ui.widgets.lamp import lamp_icon

_ALARMS: Final = 6
_RECORDINGS: Final = 8
_ALARM_HEIGHT: Final = 80
_REST_HEIGHT: Final = 430
"""What the page needs beside the rows of alarms, some recordings among it."""


class TodayPage(Page):
    """Everything at a glance; a press on each opens its page."""

    key = "today"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        # It is read from across the bay and pressed with gloves, whichever group it stands in.
        self.setProperty("bay", True)
        self.setFont(text_font(Type.BAY))
        self._system = unit_system(desk.settings.values)
        self._work = NewestOnly(self, acts.tell)
        self._people_work = NewestOnly(self, acts.tell)
        self._day = ""
        self._build()
        acts.settings_changed.connect(self._show_units)
        acts.former_alarms.changed.connect(lambda _count: self._show_former())
        acts.operator_changed.connect(lambda _: self._read_people())
        acts.recording_started.connect(lambda _: self._read_recordings())
        acts.recording_stopped.connect(lambda _: self._read_recordings())
        acts.vehicle_changed.connect(lambda _: self._read_recordings())

    def _build(self) -> None:
        self.day = QLabel()
        self.day.setProperty("role", "muted")
        self.add_to_header(self.day, left=True)
        self.go = self.set_primary("Connect a car", self._go)
        self._go_to = "connect"
        self.office = TodayOffice(self.desk, self.acts, self)
        self.alarms = self._make_alarms()
        self.bay = self._make_bay()
        self.recordings = self._make_recordings()
        self.people = self._make_people()
        self.audit = self._make_audit()
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(Space.M)
        left.addWidget(self.alarms)
        left.addWidget(self.office.work, 1)
        right.addWidget(self.bay)
        right.addWidget(self.office.stock, 2)
        right.addWidget(self.recordings, 1)
        right.addWidget(self.people)
        right.addWidget(self.audit)
        columns = QHBoxLayout()
        columns.setSpacing(Space.M)
        columns.addLayout(left, 5)
        columns.addLayout(right, 3)
        self.body.addLayout(columns, 1)

    def _card(self, title: str, opens: str, page: str) -> TodayCard:
        card = TodayCard(title, opens)
        card.pressed.connect(lambda: self.acts.go_to(page))
        return card

    def _make_alarms(self) -> TodayCard:
        card = self._card("Alarms", "all alarms", "alarms")
        card.title.setProperty("role", "title")
        self.watch = LampLine(State.OFF)
        self.sound = LampLine(State.WARNING)
        self.sound.hide()
        self.alarm_rows = [AlarmRow() for _ in range(_ALARMS)]
        self.more = QLabel()
        self.more.setProperty("role", "muted")
        self.more.hide()
        for row in self.alarm_rows:
            row.hide()
            row.acknowledge_wanted.connect(self._acknowledge)
            row.opened.connect(lambda alarm_id: self.acts.go_to("alarms", alarm_id))
            row.too_soon.connect(
                lambda: self.acts.say("The list had just moved: look, and press again.")
            )
            card.column.addWidget(row)
        self.former = QPushButton()
        self.former.clicked.connect(lambda _checked=False: self.acts.go_to("alarms", NEVER_SEEN))
        self.former.hide()
        self.profile = QPushButton("Choose its profile")
        self.profile.clicked.connect(lambda _checked=False: self.acts.go_to("limits"))
        self.profile.hide()
        for widget in (self.more, self.former, self.watch, self.profile, self.sound):
            card.column.addWidget(widget)
        card.column.addStretch(1)
        return card

    def _make_bay(self) -> TodayCard:
        card = self._card("Bay", "live", "live")
        self.link = LampLine(State.OFF)
        self.vehicle = LampLine(State.OFF)
        self.recording = LampLine(State.OFF)
        for line in (self.link, self.vehicle, self.recording):
            card.column.addWidget(line)
        card.column.addStretch(1)
        return card

    def _make_recordings(self) -> TodayCard:
        card = self._card("Last recordings", "all recordings", "recordings")
        self.recording_rows = [RecordingRow(self._open_recording) for _ in range(_RECORDINGS)]
        self.recording_list = RowsThatFit(self.recording_rows)
        self.none_recorded = QLabel(
            "Nothing has been recorded yet. Ctrl+R records once a car is connected."
        )
        self.none_recorded.setProperty("role", "muted")
        self.none_recorded.setWordWrap(True)
        card.column.addWidget(self.none_recorded)
        self.none_recorded.hide()
        card.column.addWidget(self.recording_list, 1)
        return card

    def _make_people(self) -> TodayCard:
        card = self._card("At the desk", "people", "people")
        self.who = LampLine(State.OFF)
        self.waiting = LampLine(State.WARNING)
        self.waiting.hide()
        self.sign_in = QPushButton("Sign in")
        self.sign_in.clicked.connect(lambda _checked=False: self.acts.ask_to_sign_in())
        card.column.addWidget(self.who)
        card.column.addWidget(self.waiting)
        card.column.addWidget(self.sign_in, 0, Qt.AlignmentFlag.AlignLeft)
        card.column.addStretch(1)
        return card

    def _make_audit(self) -> TodayCard:
        card = self._card("Audit log", "read it", "audit")
        self.verdict = LampLine(State.OFF)
        card.column.addWidget(self.verdict)
        return card

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        return (
            PageAction("Acknowledge the worst alarm", self.acts.acknowledge_worst, "A", "ack"),
            PageAction("Read today's work anew", self.refresh, "F5", "refresh recordings stock"),
        )

    def shown(self, what: object = None) -> None:
        """Read what stands in the databases, in the background."""
        del what
        self._show_units()
        self._show_former()
        self.refresh()

    def refresh(self) -> None:
        """Read everything anew that lies in the databases."""
        self.acts.former_alarms.read()
        self._read_recordings()
        self._read_people()
        self.office.refresh()

    def tick(self, snapshot: BaySnapshot) -> None:
        """Show this picture of the bay; only what changed is touched."""
        self._show_day()
        self.office.tick()
        self._show_alarms(snapshot)
        self.link.say(*link_words(snapshot.connection))
        self.vehicle.say(*vehicle_words(self.acts.vehicle))
        self.recording.say(*recording_words(snapshot))
        self._show_primary(snapshot)
        self._show_desk(recording=bool(snapshot.recording.id))
        audit = self.desk.office.audit
        state, words, more = audit_words(audit.last_verdict, audit.key_problem)
        self.verdict.say(state, words, more)
        self.audit.mark(None if state in (State.CONNECTED, State.OFF) else state)

    # What it shows

    def _show_units(self) -> None:
        self._system = unit_system(self.desk.settings.values)

    def _show_former(self) -> None:
        words = self.acts.former_alarms.words
        self.former.setText(f"{words}: look  \u203a")
        self.former.setIcon(lamp_icon(State.WARNING_GONE))
        self.former.setVisible(bool(words))

    def _show_day(self) -> None:
        day = f"{datetime.now().astimezone():%A, %d %B %Y}"
        if day != self._day:
            self._day = day
            self.day.setText(day)

    def _show_alarms(self, snapshot: BaySnapshot) -> None:
        alarms = snapshot.alarms
        announced = alarms.announced
        refusal = rights_of(self.desk.office.session.now).acknowledge
        small = flash_phase(snapshot.now_ns)
        room = min(max((self.height() - _REST_HEIGHT) // _ALARM_HEIGHT, 1), _ALARMS)
        for number, row in enumerate(self.alarm_rows):
            there = number < min(len(announced), room)
            if there:
                row.show_alarm(
                    announced[number], snapshot.now_ns, self._system, refusal, alarms.vehicle_id
                )
                row.lamp.show_phase(small=small)
            if row.isHidden() == there:
                row.setVisible(there)
        aside = len(alarms.standing) - len(announced)
        over = len(announced) - room
        more = ", ".join(
            words
            for words in (
                f"and {over} more" if over > 0 else "",
                f"{aside} shelved or out of service" if aside else "",
            )
            if words
        )
        if self.more.text() != more:
            self.more.setText(more)
            self.more.setVisible(bool(more))
        title = count_words(len(announced)) if announced else "No alarm"
        if self.alarms.title.text() != title:
            self.alarms.title.setText(title)
        watch = watch_words(alarms)
        self.watch.say(watch.state, watch.words, watch.more)
        nameless = bool(alarms.only_any and alarms.vehicle_id)
        if self.profile.isHidden() == nameless:
            self.profile.setVisible(nameless)
        sound = sound_words(alarms, snapshot.now_ns)
        if sound is not None:
            self.sound.say(sound.state, sound.words)
        if self.sound.isHidden() == (sound is not None):
            self.sound.setVisible(sound is not None)
        asking = [one for one in announced if one.state in UNACKNOWLEDGED]
        worst = (asking or announced)[:1]
        self.alarms.mark(lamp_state(worst[0]) if worst else None)

    def _show_primary(self, snapshot: BaySnapshot) -> None:
        idle = snapshot.connection.state is LinkState.DISCONNECTED
        words, self._go_to = ("Connect a car", "connect") if idle else ("Go to Live", "live")
        if self.go.text() != words:
            self.go.setText(words)

    def _show_desk(self, *, recording: bool) -> None:
        now = self.desk.office.session.now
        state, words = desk_words(now, recording=recording)
        self.who.say(state, words)
        self.people.mark(state if state is State.WARNING else None)
        words = "Unlock" if now.locked else "Sign in"
        if self.sign_in.text() != words:
            self.sign_in.setText(words)
        if self.sign_in.isHidden() != (now.actor != NOBODY):
            self.sign_in.setVisible(now.actor == NOBODY)

    # What is read

    def _read_recordings(self) -> None:
        recordings = self.desk.store.recordings
        self._work.ask(lambda: recordings.newest(_RECORDINGS), self._list_recordings)

    def _list_recordings(self, found: Sequence[RecordingSummary]) -> None:
        self.none_recorded.setVisible(not found)
        for number, row in enumerate(self.recording_rows):
            if number < len(found):
                row.show_recording(found[number])
        self.recording_list.use(len(found))

    def _read_people(self) -> None:
        if not allowed(self.acts.actor, Act.MANAGE_PEOPLE):
            self._people_work.forget()
            self.waiting.hide()
            return
        people = self.desk.office.people

        def work() -> list[str]:
            return [one.name for one in people.list() if one.standing is Standing.WAITING]

        self._people_work.ask(work, self._list_waiting)

    def _list_waiting(self, names: Sequence[str]) -> None:
        self.waiting.setVisible(bool(names))
        if names:
            self.waiting.say(State.WARNING, waiting_words(names))

    # What a person does

    def _go(self) -> None:
        self.acts.go_to(self._go_to)

    def _open_recording(self, recording_id: str) -> None:
        self.acts.go_to("recordings", recording_id)

    def _acknowledge(self, alarm_id: str) -> None:
        why = rights_of(self.desk.office.session.now).acknowledge
        if why:
            self.acts.say(why)
        else:
            self.acts.acknowledge(alarm_id)
