"""Alarms: those that stand now, and what was."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.bay.status import BaySnapshot
from cartech_desk.domain.alarms.state import UNACKNOWLEDGED
from cartech_desk.domain.people import NOBODY
from cartech_desk.office.session import AtDesk
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import (
    Rights,
    rights_of,
)
from cartech_desk.ui.models.alarm_texts import card_texts
from cartech_desk.ui.models.alarm_watch_words import (
    can_be_silenced,
    nothing_stands,
    sound_words,
    watch_words,
)
from cartech_desk.ui.models.alarm_words import ADVISORY
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.alarms_acts import StandingActs
from cartech_desk.ui.pages.alarms_history import AlarmHistoryView
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.theme.icons import icon, pixmap
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.alarm_list import AlarmList
from cartech_desk.ui.widgets.empty_page import EmptyPage
from cartech_desk.ui.widgets.lamp import LampLabel, lamp_icon

HISTORY: Final = "history"
"""Handed to `shown`, the page opens at its history."""
NEVER_SEEN: Final = "never acknowledged"
"""Handed to `shown`, it opens at what an earlier run of the desk left unacknowledged."""


class AlarmsPage(Page):
    """Standing alarms with their acts; H shows the history, and back."""

    key = "alarms"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._system = unit_system(desk.settings.values)
        self._at_desk: AtDesk | None = None
        self._rights = Rights()
        self._snapshot: BaySnapshot | None = None
        self._empty_page = ""
        self._wanted = ""
        self._build()
        acts.settings_changed.connect(self._show_units)
        acts.operator_changed.connect(lambda _: self._show_again())
        theme_changed.connect(self._dress)

    def _build(self) -> None:
        self.list = AlarmList(self._texts)
        self.doing = StandingActs(self.desk, self.acts, self.list)
        self.standing_tab = self._tab("Standing")
        self.history_tab = self._tab("History  H")
        self._tabs = QButtonGroup(self)
        for tab in (self.standing_tab, self.history_tab):
            self._tabs.addButton(tab)
        self.standing_tab.setChecked(True)
        self.history_tab.toggled.connect(self._turn)
        self.silence = QPushButton("Silence")
        self.silence.setToolTip("Silence the sound for a while; the alarms stay (F10)")
        self.silence.clicked.connect(lambda _checked=False: self.acts.silence())
        self.add_to_header(self.silence)
        self.everything = self.set_primary("Acknowledge all", self.doing.acknowledge_all)
        self.export = QPushButton("Export  Ctrl+E")
        self.export.clicked.connect(lambda _checked=False: self.export_history())
        self.header.addWidget(self.export)

        self.watch = LampLabel(State.OFF)
        self.sound = LampLabel(State.WARNING)
        self.sound.hide()
        self.who = QLabel()
        self.who.setProperty("role", "warning")
        self.sign_in = QPushButton("Sign in")
        self.sign_in.clicked.connect(lambda _checked=False: self.acts.ask_to_sign_in())
        strip = QHBoxLayout()
        strip.setSpacing(Space.L)
        for widget in (self.watch, self.sound):
            strip.addWidget(widget)
        strip.addStretch(1)
        strip.addWidget(self.who)
        strip.addWidget(self.sign_in)
        self.body.addLayout(strip)
        self.former = QPushButton()
        self.former.setMinimumHeight(Size.CONTROL_BAY)
        self.former.clicked.connect(lambda _checked=False: self.shown(NEVER_SEEN))
        self.former.hide()
        self.body.addWidget(self.former)
        self.acts.former_alarms.changed.connect(lambda _count: self._show_former())

        self.empty = EmptyPage("", "", self._fill)
        self.history = AlarmHistoryView(self.desk, self.acts)
        self.pages = QStackedWidget()
        for page in (self.empty, self.list, self.history):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)
        self.advice_mark = QLabel()
        self.advice = QLabel(ADVISORY)
        self.advice.setProperty("role", "muted")
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.advice_mark)
        foot.addWidget(self.advice, 1)
        self.body.addLayout(foot)
        self._dress()
        self._turn(to_history=False)

    def _tab(self, words: str) -> QPushButton:
        tab = QPushButton(words)
        tab.setCheckable(True)
        tab.setProperty("role", "quiet")
        tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.add_to_header(tab, left=True)
        return tab

    def _dress(self) -> None:
        self.silence.setIcon(icon("bell-off"))
        self.export.setIcon(icon("export"))
        scale = self.devicePixelRatioF()
        self.advice_mark.setPixmap(pixmap("warning", "muted", Size.ICON, scale))

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        turn = "Back to the standing alarms" if self.in_history else "Show the history of alarms"
        found = [PageAction(turn, self.turn, "H", "past standing list")]
        if self.in_history:
            return [
                *found,
                PageAction("Export the history of alarms", self.export_history, "Ctrl+E", "csv"),
                PageAction("Acknowledge the chosen alarms", self.history.acknowledge, "A", "ack"),
                PageAction("Search the history of alarms", self.history.search, "Ctrl+F", "find"),
                PageAction("Read the history anew", self.history.refresh, "F5", "refresh"),
            ]
        return [
            PageAction(
                "Acknowledge the chosen alarm", self.doing.acknowledge_chosen, "A", "ack seen"
            ),
            PageAction("Shelve the chosen alarm", self.doing.shelve_chosen, "S", "put aside later"),
            PageAction("Clear the chosen alarm", self.doing.clear_chosen, "C", "latched reset"),
            PageAction(
                "Take the chosen alarm from the shelf", self.doing.unshelve_chosen, "U", "unshelve"
            ),
            PageAction(
                "Show the chosen alarm's channel live", self.doing.show_live, "L", "gauge chart"
            ),
            PageAction(
                "Acknowledge all alarms", self.doing.acknowledge_all, "Shift+A", "ack every"
            ),
            *found,
        ]

    def shown(self, what: object = None) -> None:
        """Come to the front: at the history, at the alarm with this id, or as it was left."""
        self._show_units()
        self.acts.former_alarms.read()
        if what in (HISTORY, NEVER_SEEN):
            self.history_tab.setChecked(True)
            if what == NEVER_SEEN:
                self.history.show_unseen()
        elif isinstance(what, str) and what:
            self.standing_tab.setChecked(True)
            self._wanted = what
        if self.in_history:
            self.history.refresh()
        self._focus()

    def hidden(self) -> None:
        """Remember the columns of the history."""
        self.history.remember()

    def tick(self, snapshot: BaySnapshot) -> None:
        """Show this picture of the bay."""
        self._snapshot = snapshot
        at_desk = self.desk.office.session.now
        if at_desk is not self._at_desk:
            self._at_desk = at_desk
            self._rights = rights_of(at_desk)
            self._show_rights(at_desk)
        self._show_watch(snapshot)
        self.list.show_snapshot(snapshot, self._rights)
        if self.in_history:
            self.history.tick(snapshot)
            return
        rows = bool(self.list.rows.rows)
        if not rows:
            self._show_nothing(snapshot)
        wanted = self.list if rows else self.empty
        if self.pages.currentWidget() is not wanted:
            self.pages.setCurrentWidget(wanted)
            self._focus()
        elif self._wanted and rows:
            # Not before the list stands in its place: only then does it know what is in sight.
            self.list.choose(self._wanted)
            self._wanted = ""

    # What it shows

    @property
    def in_history(self) -> bool:
        """Whether the history is shown."""
        return self.history_tab.isChecked()

    def _texts(self, alarm: StandingAlarm, snapshot: BaySnapshot):
        return card_texts(alarm, snapshot, self._system)

    def _show_units(self) -> None:
        system = unit_system(self.desk.settings.values)
        self.history.show_units(system)
        if system is not self._system:
            self._system = system
            self.list.show_anew()

    def _show_former(self) -> None:
        words = self.acts.former_alarms.words
        self.former.setText(f"{words}: look  \u203a")
        self.former.setIcon(lamp_icon(State.WARNING_GONE))
        self.former.setVisible(bool(words) and not self.in_history)

    def _show_again(self) -> None:
        if self._snapshot is not None and self.isVisible():
            self.tick(self._snapshot)

    def _show_rights(self, at_desk: AtDesk) -> None:
        why = self._rights.acknowledge
        self.who.setText(why)
        self.who.setVisible(bool(why))
        self.sign_in.setVisible(bool(why) and at_desk.actor == NOBODY)
        self.sign_in.setText("Unlock" if at_desk.locked else "Sign in")
        self.silence.setEnabled(True)

    def _show_watch(self, snapshot: BaySnapshot) -> None:
        alarms = snapshot.alarms
        asking = sum(one.state in UNACKNOWLEDGED for one in alarms.announced)
        number = len(alarms.standing)
        words = f"Standing  {number}" if number else "Standing"
        if self.standing_tab.text() != words:
            self.standing_tab.setText(words)
        watch = watch_words(alarms)
        if (watch.state, watch.words) != (self.watch.state, self.watch.words):
            self.watch.show_state(watch.state, watch.words)
        if self.watch.toolTip() != watch.more:
            self.watch.setToolTip(watch.more)
        sound = sound_words(alarms, snapshot.now_ns)
        if sound is not None and sound.words != self.sound.words:
            self.sound.show_state(sound.state, sound.words)
        if self.sound.isHidden() == (sound is not None):
            self.sound.setVisible(sound is not None)
        self.silence.setEnabled(can_be_silenced(alarms, snapshot.now_ns))
        self.everything.setEnabled(asking > 0 and not self._rights.acknowledge)
        tip = self._rights.acknowledge or "Acknowledge every alarm that asks for it (Shift+A)"
        if self.everything.toolTip() != tip:
            self.everything.setToolTip(tip)

    def _show_nothing(self, snapshot: BaySnapshot) -> None:
        nothing = nothing_stands(snapshot)
        self._empty_page = nothing.page
        if self.empty.words.text() != nothing.words:
            self.empty.say(nothing.words, nothing.button)

    def _fill(self) -> None:
        self.acts.go_to(self._empty_page)

    # Standing or history

    def turn(self) -> None:
        """Show the history, or the standing alarms again."""
        (self.standing_tab if self.in_history else self.history_tab).setChecked(True)

    def _turn(self, to_history: bool) -> None:
        for widget in (self.silence, self.everything):
            widget.setVisible(not to_history)
        self.export.setVisible(to_history)
        self._show_former()
        if to_history:
            self.pages.setCurrentWidget(self.history)
            self.history.refresh()
        else:
            self.history.remember()
            self.pages.setCurrentWidget(self.list if self.list.rows.rows else self.empty)
        self.actions_changed.emit()
        self._focus()

    def _focus(self) -> None:
        shown = self.pages.currentWidget()
        if self.isVisible() and shown is not self.empty:
            (self.history.view if shown is self.history else self.list).setFocus()

    def export_history(self) -> None:
        """Write the history, as it is filtered, to a file."""
        self.history_tab.setChecked(True)
        self.history.export()
