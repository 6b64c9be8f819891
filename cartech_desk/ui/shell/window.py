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

from cartech_desk.bay.status import BaySnapshot, ConnectionStatus, LinkState
from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.recordings import RecordingSummary
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background, when_done
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.pages.index import PAGES, page_entry
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.shell.banner import Banners, Tone
from cartech_desk.ui.shell.finder import Finder
from cartech_desk.ui.shell.keys import Keys
from cartech_desk.ui.shell.link_banner import LinkBanner
from cartech_desk.ui.shell.memory import WindowMemory, load_memory, save_memory
from cartech_desk.ui.shell.palette import CommandPalette
from cartech_desk.ui.shell.rail import Rail
from cartech_desk.ui.shell.status_bar import StatusBar
from cartech_desk.ui.shell.toasts import Toasts
from cartech_desk.ui.shell.top_bar import TopBar
from cartech_desk.ui.shell.vehicle_choice import VehicleChoice
from cartech_desk.ui.theme.tokens import Motion, Size
from cartech_desk.ui.words import elapsed, for_window, lasting

_FIRST_PAGE = "connect"


class Window(QMainWindow):
    """The one window of the desk. `start()` begins its clock, closing it ends everything."""

    def __init__(self, desk: DeskParts) -> None:
        super().__init__()
        self.desk = desk
        self.acts = Acts(desk, self)
        self.setWindowTitle(self._title(LinkState.DISCONNECTED, recording=False))
        self.setMinimumSize(*Size.WINDOW_LEAST)
        self.resize(*Size.WINDOW)
        self._memory = load_memory(desk.store.layouts)
        self._pages: dict[str, Page] = {}
        self._page: Page | None = None
        self._started = False
        self._met: ConnectionStatus | None = None
        self._closing = False
        self.question: QMessageBox | None = None

        self.rail = Rail(PAGES, pinned=self._memory.pinned)
        self.top_bar = TopBar()
        self.banners = Banners()
        self.stack = QStackedWidget()
        self.status_bar = StatusBar()
        self._lay_out()
        self.toasts = Toasts(self.stack)
        self.finder = Finder(self.centralWidget(), "Find")
        self.palette_of_commands = CommandPalette(
            self.finder, desk, self.acts, lambda: (*self._actions(), *self._page_actions())
        )
        self.vehicle_choice = VehicleChoice(self.finder, desk, self.acts)
        self.link_banner = LinkBanner(self.banners, self._stop_trying)
        self.keys = Keys(self)
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
        for widget in (self.top_bar, self.banners):
            right.addWidget(widget)
        right.addWidget(self.stack, 1)
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
        self.rail.page_chosen.connect(self.open_page)
        self.rail.pin_changed.connect(lambda _pinned: self._remember())
        self.top_bar.vehicle_pressed.connect(self.vehicle_choice.open)
        self.top_bar.find_pressed.connect(self.palette_of_commands.open)
        self.status_bar.page_wanted.connect(self.open_page)
        acts.page_wanted.connect(self.open_page)
        acts.vehicle_changed.connect(self.top_bar.show_vehicle)
        acts.vehicle_wanted.connect(self.vehicle_choice.open)
        acts.toast.connect(self.toasts.say)
        acts.refused.connect(self._show_refusal)
        acts.marked.connect(lambda note: self.toasts.say(f"Marked: {note}" if note else "Marked."))
        acts.recording_stopped.connect(self._say_kept)

    def _make_keys(self) -> None:
        for entry in PAGES:
            self.keys.add(entry.shortcut, lambda key=entry.key: self.open_page(key))
        for action in self._actions():
            if action.shortcut and action.shortcut != "M":
                self.keys.add(action.shortcut, action.run)
        # Without a recording the letter belongs to lists, which search by it.
        self._mark_key = self.keys.add("M", self.acts.mark)
        self._mark_key.setEnabled(False)

    def _actions(self) -> Sequence[PageAction]:
        """Return what can be done wherever one is."""
        acts = self.acts
        return (
            PageAction("Start or stop the recording", acts.toggle_recording, "Ctrl+R", "log rec"),
            PageAction("Set a mark in the recording", acts.mark, "M", "note event"),
            PageAction("Choose the vehicle at hand", self.vehicle_choice.open, "Ctrl+L", "car vin"),
            PageAction("Undo what was just deleted", self.undo, "Ctrl+Z", "take back restore"),
            PageAction("Find anything", self.palette_of_commands.open, "Ctrl+K", "palette search"),
            PageAction("Hide the rail, or show it", self.toggle_rail, "F11", "full screen wide"),
            PageAction("Disconnect from the car", self._stop_trying, "", "adapter unplug"),
            PageAction("Close the desk", self.close_window, "Ctrl+Q", "quit exit"),
        )

    def _page_actions(self) -> Sequence[PageAction]:
        return self._page.actions() if self._page is not None else ()

    # Pages

    @property
    def page(self) -> Page | None:
        """The page in front."""
        return self._page

    def start(self) -> None:
        """Open the page of last time (the first time: Connect) and start the clock."""
        known = {entry.key for entry in PAGES}
        page = self._memory.page if self._memory.page in known else _FIRST_PAGE
        if self.desk.demo:
            page = "live"
        self.open_page(page)
        self._tick()
        self.clock.start()
        self._started = True

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
            if self._page is not None:
                self._page.hidden()
            self._page = page
            self.status_bar.show_message("")
            self.stack.setCurrentWidget(page)
            self.rail.set_current(key)
            self.keys.follow(page, page.actions())
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

    # The clock

    def _tick(self) -> None:
        snapshot = self.desk.bay.snapshot()
        self.status_bar.show_snapshot(snapshot)
        self.link_banner.show_snapshot(snapshot)
        recording = bool(snapshot.recording.id)
        self._mark_key.setEnabled(recording)
        self.setWindowTitle(self._title(snapshot.connection.state, recording=recording))
        self._meet(snapshot)
        if self._page is not None and not self.isMinimized():
            self._page.tick(snapshot)

    def _title(self, state: LinkState, *, recording: bool) -> str:
        """Say in the task bar what goes on, for whoever has another window in front."""
        vehicle = self.acts.vehicle
        words = [
            vehicle.name if vehicle is not None else "",
            "" if state is LinkState.DISCONNECTED else state.value,
            "recording" if recording else "",
        ]
        now = " · ".join(word for word in words if word)
        name = "CarTech Desk (demo)" if self.desk.demo else "CarTech Desk"
        return f"{now} \N{EN DASH} {name}" if now else name

    def _meet(self, snapshot: BaySnapshot) -> None:
        """Take the car that was met at hand; a VIN is never carried over to another car."""
        connection = snapshot.connection
        before, self._met = self._met, connection
        if connection.state is not LinkState.CONNECTED or connection.car is None:
            return
        if before is not None and before.car == connection.car and before.url == connection.url:
            return
        vin, at_hand = connection.car.vin, self.acts.vehicle
        if vin is None:
            if at_hand is not None and at_hand.vin is not None:
                self.acts.take_vehicle(None)
                self.acts.say("This car does not tell its VIN: name the vehicle before recording.")
            return
        if at_hand is None or at_hand.vin != vin:
            in_background(
                lambda: self.desk.store.vehicles.by_vin(vin),
                self,
                self.acts.take_vehicle,
                self.acts.tell,
            )

    # Sentences

    def _show_refusal(self, error: CarTechError) -> None:
        happened = " ".join(part for part in (error.happened, error.kept) if part)
        self.banners.clear(f"refused-{error.code}")
        self.banners.show_banner(
            f"refused-{error.code}", Tone.WARNING, happened, for_window(error.to_do), dismiss=True
        )

    def _say_kept(self, recording_id: str) -> None:
        in_background(
            lambda: self.desk.store.recordings.get(recording_id),
            self,
            self._offer_recording,
            self.acts.tell,
        )

    def _offer_recording(self, kept: RecordingSummary) -> None:
        self.toasts.offer(
            f"Recording of {lasting(kept.seconds)} kept for {kept.vehicle_name}.",
            ("Open", lambda: self.open_page("recordings", kept.id)),
        )

    def _stop_trying(self) -> None:
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
            page=self._page.key if self._page is not None else "",
            pinned=self.rail.pinned,
        )

    def close_window(self) -> None:
        """Close as the window's own cross does."""
        self.close()

    def leave(self) -> None:
        """Close without a question: somebody or something ends the program from outside."""
        if self.desk.bay.snapshot().recording.id and not self._closing:
            self._end_recording()
        else:
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while a recording runs; then end once and cleanly."""
        snapshot = self.desk.bay.snapshot()
        if snapshot.recording.id and not self._closing:
            event.ignore()
            if self.question is None:
                seconds = (snapshot.now_ns - snapshot.recording.started_ns) / 1e9
                self._ask(elapsed(seconds))
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

    def _ask(self, length: str) -> None:
        box = QMessageBox(self)
        box.setWindowTitle("A recording runs")
        box.setText(f"A recording has been running for {length}.")
        box.setInformativeText("Closing the desk stops it; all of it is kept.")
        stop = box.addButton("Stop recording and close", QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton("Keep recording", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        stop.clicked.connect(self._end_recording)
        box.finished.connect(self._asked)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.question = box
        box.open()

    def _asked(self) -> None:
        self.question = None

    def _end_recording(self) -> None:
        self._closing = True
        self.status_bar.show_message("Writing the end of the recording …")
        when_done(self.desk.bay.stop_recording(), self, self._recording_ended, self._no_end)

    def _recording_ended(self, _recording_id: str) -> None:
        self.close()

    def _no_end(self, error: BaseException) -> None:
        # The next close goes through: what is on the disk opens again and is marked as cut.
        self.status_bar.show_message("")
        self.acts.tell(error)
