"""The window: rail, top bar, banners, the page in front, status bar; one clock for all of it."""

from collections.abc import Sequence
from contextlib import suppress

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.status import LinkState
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import NOBODY
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background, when_done
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_watch_words import unheard
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.index import PAGES, page_entry
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.shell.anywhere import done_anywhere
from cartech_desk.ui.shell.banner import Banners
from cartech_desk.ui.shell.closing import Closing
from cartech_desk.ui.shell.finder import Finder
from cartech_desk.ui.shell.gate import Asking, Gate
from cartech_desk.ui.shell.idle import Idle
from cartech_desk.ui.shell.job_place import JobPlace
from cartech_desk.ui.shell.keeper import Keeper
from cartech_desk.ui.shell.keys import Keys
from cartech_desk.ui.shell.link_banner import LINK_ALARM, LinkBanner
from cartech_desk.ui.shell.meeting import Meeting
from cartech_desk.ui.shell.memory import WindowMemory, load_memory, save_memory
from cartech_desk.ui.shell.office_banner import OfficeBanner
from cartech_desk.ui.shell.own_secrets import OwnSecrets
from cartech_desk.ui.shell.palette import CommandPalette
from cartech_desk.ui.shell.put_away import put_away_all, put_away_before_keys
from cartech_desk.ui.shell.rail import Rail
from cartech_desk.ui.shell.reading_ahead import ReadingAhead
from cartech_desk.ui.shell.run_news import RunNews
from cartech_desk.ui.shell.sentences import Sentences
from cartech_desk.ui.shell.standing import frame_of, stand_on_screen
from cartech_desk.ui.shell.status_bar import StatusBar
from cartech_desk.ui.shell.toasts import Toasts
from cartech_desk.ui.shell.top_bar import TopBar
from cartech_desk.ui.shell.trip_strip import TripStrip
from cartech_desk.ui.shell.untaken_keys import UntakenKeys
from cartech_desk.ui.shell.vehicle_choice import VehicleChoice
from cartech_desk.ui.theme.tokens import Motion, Size

_FIRST_PAGE = "today"
_ALWAYS = frozenset({"F10", "F11", "Ctrl+Q"})
"""Keys that work before the gate too: silence, a look from across the room, closing."""
_ASKED = {
    Asking.FOUNDING: "first start",
    Asking.SIGN_IN: "who is there?",
    Asking.UNLOCK: "locked",
}
"""What the task bar says of the gate."""


class Window(QMainWindow):
    """The one window of the desk. `start()` begins its clock, closing it ends everything."""

    def __init__(self, desk: DeskParts) -> None:
        super().__init__()
        self.desk = desk
        self.acts = Acts(desk, self)
        self.setMinimumSize(*Size.WINDOW_LEAST)
        self.resize(*Size.WINDOW)
        self._memory = load_memory(desk.store.layouts)
        self._pages: dict[str, Page] = {}
        self._page: Page | None = None
        self._first_page = _FIRST_PAGE
        self._started = False

        self.rail = Rail(PAGES, pinned=self._memory.pinned)
        self.top_bar = TopBar()
        self.banners = Banners()
        self.trip_strip = TripStrip()
        self.stack = QStackedWidget()
        self.gate = Gate(desk, self.acts)
        self.front = QStackedWidget()
        self.status_bar = StatusBar()
        self.top_bar.add_job(JobPlace(desk, self.acts))
        self._lay_out()
        self.setWindowTitle(self._title(LinkState.DISCONNECTED, recording=False))
        self.toasts = Toasts(self.centralWidget())
        self.finder = Finder(self.centralWidget(), "Find", self.trip_strip)
        self.palette_of_commands = CommandPalette(
            self.finder,
            desk,
            self.acts,
            lambda: (*done_anywhere(self), *self._page_actions()),
            lambda: self._page.key if self._page is not None else _FIRST_PAGE,
        )
        self.vehicle_choice = VehicleChoice(self.finder, desk, self.acts)
        self.link_banner = LinkBanner(self.banners, self.stop_trying)
        self.office_banner = OfficeBanner(
            self.banners,
            desk.office.audit,
            lambda what: self.open_page("audit", what),
            lambda: desk.office.backups.problem,
            desk.troubles,
        )
        self._meeting = Meeting(desk, self.acts, self.toasts)
        self._run_news = RunNews(desk, self.acts, self.toasts)
        idle = Idle(self)
        self.keeper = Keeper(desk, self.acts, idle)
        self.reading_ahead = ReadingAhead(desk, idle, self)
        self.secrets = OwnSecrets(self, desk, self.acts)
        self._sentences = Sentences(desk, self.acts, self.banners, self.toasts)
        self._closing = Closing(self, desk, self.status_bar.show_message, self.acts.tell)
        self.keys = Keys(self, lambda: put_away_before_keys(self.finder))
        self._connect_signals()
        self._make_keys()
        self.clock = QTimer(self)
        self.clock.setTimerType(Qt.TimerType.PreciseTimer)
        self.clock.setInterval(Motion.CLOCK)
        self.clock.timeout.connect(self._tick)
        if self._memory.geometry:
            self.restoreGeometry(self._memory.geometry_bytes())

    # What stands where

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        for widget in (self.top_bar, self.trip_strip, self.banners):
            right.addWidget(widget)
        self.front.addWidget(self.stack)
        self.front.addWidget(self.gate)
        right.addWidget(self.front, 1)
        right.addWidget(self.status_bar)
        content = QWidget()
        content.setObjectName("content")
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self.setCentralWidget(content)

    def _connect_signals(self) -> None:
        acts = self.acts
        self.rail.page_chosen.connect(self._go)
        self.rail.pin_changed.connect(lambda _pinned: self._remember())
        self.top_bar.vehicle_pressed.connect(self.vehicle_choice.open)
        self.top_bar.find_pressed.connect(self.palette_of_commands.open)
        self.status_bar.page_wanted.connect(self._go)
        self.status_bar.sources_wanted.connect(lambda: self._go("dyno", "sources"))
        alarms, operator = self.top_bar.alarms, self.top_bar.operator
        alarms.pressed.connect(lambda: self._go("alarms"))
        alarms.acknowledge_pressed.connect(acts.acknowledge_worst)
        alarms.silence_pressed.connect(self.silence)
        operator.take_over.connect(self.keeper.take_over)
        operator.lock.connect(self.keeper.lock)
        operator.sign_out.connect(self.keeper.sign_out)
        operator.pin.connect(self.secrets.set_pin)
        operator.password.connect(self.secrets.change_password)
        self.gate.changed.connect(self._gate_changed)
        acts.operator_changed.connect(operator.show_person)
        acts.page_wanted.connect(self.open_page)
        acts.vehicle_changed.connect(self.top_bar.show_vehicle)
        acts.vehicle_wanted.connect(self.vehicle_choice.open)
        acts.toast.connect(self.toasts.say)

    def _make_keys(self) -> None:
        for entry in PAGES:
            self.keys.add(entry.shortcut, lambda key=entry.key: self.open_page(key))
        for action in done_anywhere(self):
            if action.shortcut and action.shortcut != "M":
                always = action.shortcut in _ALWAYS
                self.keys.add(action.shortcut, action.run, always=always)
        shortcuts = [entry.shortcut for entry in PAGES]
        self._untaken_keys = UntakenKeys(self, [*shortcuts, "Ctrl+K"], self._form_is_open)
        # Without a recording the letter belongs to lists, which search by it.
        self._mark_key = self.keys.add("M", self.acts.mark, always=True)
        self._mark_key.setEnabled(False)

    def _form_is_open(self) -> None:
        if self.gate.asking is Asking.NOTHING:
            self.acts.say("This form is open: finish it, or leave it with Esc.")

    def _page_actions(self) -> Sequence[PageAction]:
        return self._page.actions() if self._page is not None else ()

    # Pages

    @property
    def page(self) -> Page | None:
        """The page in front."""
        return self._page

    def start(self) -> None:
        """Open the page of last time (the first time: Today) and start the clock.

        Before the pages stands what is missing: a shop, or somebody who is signed in. The page is
        made once that is there, so that nothing holds the question up.
        """
        known = {entry.key for entry in PAGES}
        page = self._memory.page if self._memory.page in known else _FIRST_PAGE
        if self.desk.demo:
            page = "live"
        self._first_page = page
        self.top_bar.operator.show_person(self.desk.office.session.now)
        self.gate.start()
        if self.gate.asking is Asking.NOTHING:
            self.open_page(page)
        self._tick()
        self.clock.start()
        self.reading_ahead.start()
        self._started = True

    def stand(self) -> None:
        """Let it stand on the screen whole, with its frame, before it is shown."""
        stand_on_screen(self, self._memory.frame, kept=bool(self._memory.geometry))

    @property
    def question(self) -> QMessageBox | None:
        """What is asked before the window closes."""
        return self._closing.question

    def _go(self, key: str, what: object = None) -> None:
        """Open a page that somebody pressed for, unless the gate stands before it."""
        if self.gate.asking is Asking.NOTHING:
            self.open_page(key, what)

    def open_page(self, key: str, what: object = None) -> None:
        """Bring a page to the front; `what` is handed to it."""
        page = self._pages.get(key)
        if page is None:
            page = page_entry(key).page_class()(self.desk, self.acts)
            page.status_message.connect(self._page_said)
            page.actions_changed.connect(self._page_changed)
            self._pages[key] = page
            self.stack.addWidget(page)
        if page is not self._page:
            if self.finder.isVisible():
                self.finder.close_quietly()  # it was asked over the page before
            if self._page is not None:
                self._page.hidden()
            self._page = page
            self.status_bar.show_message("")
            self.stack.setCurrentWidget(page)
            self.rail.set_current(key)
            self.banners.turn_to(key)
            self.keys.follow(page, page.actions())
            if self.gate.asking is Asking.NOTHING:
                page.setFocus()
            page.shown(what)
            page.tick(self.desk.bay.snapshot())
            if self._started:
                # The first page is the one remembered: the start writes nothing.
                self._remember()
        elif what is not None:
            page.shown(what)

    def _page_said(self, sentence: str) -> None:
        if self.sender() is self._page:
            self.status_bar.show_message(sentence)

    def _page_changed(self) -> None:
        if self.sender() is self._page and self._page is not None:
            self.keys.follow(self._page, self._page.actions())

    def undo(self) -> None:
        """Press Undo of the newest toast; a text field in focus has the key for itself."""
        if not self.toasts.undo_newest():
            self.acts.say("There is nothing to undo any more.")

    def toggle_rail(self) -> None:
        """Hide the rail and fill the screen, for a look from across the room; or go back."""
        across = self.rail.isVisible()
        self.rail.setVisible(not across)
        if across:
            self.setWindowState(self.windowState() | Qt.WindowState.WindowFullScreen)
        else:
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)

    # Who is at the desk

    def silence(self) -> None:
        """Silence the sound; where none can be heard, say why."""
        problem = self.desk.bay.snapshot().alarms.sound_problem
        if problem:
            self.acts.say(unheard(problem))
        self.acts.silence()

    def _gate_changed(self, asking: Asking) -> None:
        """Let everything rest that acts while the gate asks for something."""
        held = asking is not Asking.NOTHING
        if held:
            put_away_all(self, self.finder)
        self.keys.hold(held)
        self.rail.setEnabled(not held)
        for what in (self.top_bar, self.status_bar, self.banners, self.toasts):
            what.hold(held)
        self.front.setCurrentWidget(self.gate if held else self.stack)
        if not held and self._page is None:
            self.open_page(self._first_page)
        self._tick()
        if not held and self._page is not None:
            self.keeper.idle.touch()
            self._page.setFocus()

    # The clock

    def _tick(self) -> None:
        snapshot = self.desk.bay.snapshot()
        system = unit_system(self.desk.settings.values)
        asking = self.gate.asking
        self.status_bar.show_snapshot(snapshot, nobody=self.desk.office.session.operator == NOBODY)
        self.top_bar.alarms.show_snapshot(snapshot, system)
        self.gate.show_snapshot(snapshot)
        self.link_banner.show_snapshot(snapshot)
        if asking in (Asking.NOTHING, Asking.FOUNDING):
            told = LINK_ALARM if self.link_banner.tells_link else ""
            self.trip_strip.show_alarms(snapshot.alarms, system, told=told)
        else:
            self.trip_strip.hide()  # the door shows all of it, larger
        self.office_banner.show_snapshot(snapshot)
        recording = bool(snapshot.recording.id)
        self._mark_key.setEnabled(recording and asking is Asking.NOTHING)
        self.setWindowTitle(self._title(snapshot.connection.state, recording=recording))
        self._meeting.show_snapshot(snapshot)
        self._run_news.show_snapshot(snapshot.dyno, self._page.key if self._page else "")
        self.keeper.tick()
        if self._page is not None and asking is Asking.NOTHING and not self.isMinimized():
            self._page.tick(snapshot)

    def _title(self, state: LinkState, *, recording: bool) -> str:
        """Say in the task bar what goes on, for whoever has another window in front."""
        vehicle = self.acts.vehicle
        words = [
            _ASKED.get(self.gate.asking, ""),
            vehicle.name if vehicle is not None else "",
            "" if state is LinkState.DISCONNECTED else state.value,
            "recording" if recording else "",
        ]
        now = " · ".join(word for word in words if word)
        name = "CarTech Desk (demo)" if self.desk.demo else "CarTech Desk"
        return f"{now} \N{EN DASH} {name}" if now else name

    def stop_trying(self) -> None:
        """Let go of the car, or of trying to reach it."""
        when_done(self.desk.bay.disconnect(), self, lambda _done: None, self.acts.tell)

    # The end

    def _remember(self) -> None:
        memory = self._what_to_remember()
        if memory == self._memory:
            return
        self._memory = memory
        in_background(
            lambda: save_memory(self.desk.store.layouts, memory),
            self,
            lambda _done: None,
            self.acts.tell,
        )

    def _what_to_remember(self) -> WindowMemory:
        return WindowMemory(
            geometry=bytes(self.saveGeometry().toBase64()).decode(),
            page=self._page.key if self._page is not None else self._memory.page,
            pinned=self.rail.pinned,
            frame=frame_of(self),
        )

    def leave(self) -> None:
        """Close without a question: somebody or something ends the program from outside."""
        self._closing.without_asking()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while a recording runs; then end once and cleanly."""
        if self._closing.held_back():
            event.ignore()
            return
        self.clock.stop()
        if self._page is not None:
            self._page.hidden()
        memory = self._what_to_remember()
        if memory != self._memory:
            # Where the window stood is not worth keeping anybody at the desk.
            with suppress(CarTechError):
                save_memory(self.desk.store.layouts, memory)
        event.accept()
