"""Faults: what the car says is wrong, what it means, what changed, and clearing it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QStackedWidget, QWidget

from cartech_desk.bay.status import BaySnapshot, ConnectionStatus, LinkState
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Act
from cartech_desk.domain.plain_text import LONGEST_REASON
from cartech_desk.store.checkups import CheckupSummary
from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import why_not
from cartech_desk.ui.models.checkup_rows import Severities, severities_of
from cartech_desk.ui.models.fault_shown import ShownFaults
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.unit_system import unit_system
from cartech_desk.ui.pages.faults_acts import FaultActs
from cartech_desk.ui.pages.index import LOOK_UP
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.fault_empty import FaultsEmpty
from cartech_desk.ui.widgets.fault_progress import FaultProgress
from cartech_desk.ui.widgets.fault_view import EARLIER, FaultView

if TYPE_CHECKING:
    from cartech_desk.bay.faults import Cleared, Faults

_KEPT: Final = ("window", "faults")
_NARROW: Final = 1080
"""Width of the page below which the smaller acts are icons alone."""
_NOTE: Final = 170
"""Least width of the check-up's note."""
_Listed = tuple[tuple[CheckupSummary, ...], Severities, Mapping[str, Any]]


class FaultsPage(Page):
    """Above the verdict; below the codes, readiness, tests, control units, earlier check-ups."""

    key = "faults"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self.faults: Faults | None = None
        """`bay.faults` once it is read in: that is heavy, and done in the background."""
        self.shown_faults: ShownFaults | None = None
        self.checkups: tuple[CheckupSummary, ...] = ()
        """Of the vehicle in sight, the newest first."""
        self.link = ConnectionStatus()
        self.busy = False
        self.preview: QWidget | None = None
        self.latest: ShownFaults | None = None
        self._listing = NewestOnly(self, acts.tell)
        self._earlier_alone = False
        self._memory: Mapping[str, Any] = {}
        self._remembered = False
        self._could: tuple[object, ...] = ()
        self._note_for = ""
        """Id of the vehicle that the note is typed for."""
        self.does = FaultActs(self)
        self._build()
        self._connect()
        self._allow()

    def _build(self) -> None:
        self.whose = ElidedLabel("muted")
        self.header.insertWidget(1, self.whose, 10)
        self.look = self._button("Look up…", self.does.look_up, "Any code (Ctrl+F)")
        self.again = self._button("Read only", self.does.read, "Keep nothing (R)")
        self.clear = self._button("Clear…", self.does.clear, "")
        self.sheet = self._button("Sheet…", self.does.sheet, "Preview, PDF (Ctrl+P)")
        for button in (self.look, self.sheet, self.clear, self.again):
            self.add_to_header(button)
        self.note = QLineEdit()
        self.note.setPlaceholderText("Note for the check-up")
        self.note.setAccessibleName("Note for the check-up")
        self.note.setToolTip("Kept with the next check-up and printed on its sheet (Ctrl+N)")
        self.note.setMaxLength(LONGEST_REASON)
        self.note.setMinimumWidth(_NOTE)
        self.note.setMaximumWidth(2 * _NOTE)
        self.note.returnPressed.connect(self.does.check_up)
        self.add_to_header(self.note)
        self.header.setStretchFactor(self.note, 4)
        self.check = self.set_primary("Check up  F5", self.does.check_up)
        self.progress = FaultProgress()
        self.progress.hide()
        self.view = FaultView()
        self.empty = FaultsEmpty()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.view)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.pages, 1)
        self._dress()

    def _button(self, words: str, run: Callable[[], None], tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(words)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _dress(self) -> None:
        self.look.setIcon(icon("search"))
        self.again.setIcon(icon("refresh"))
        self.clear.setIcon(icon("trash"))
        self.sheet.setIcon(icon("export"))
        self.check.setIcon(icon("faults", "on_accent"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words of the smaller acts away where the note would have no room else."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        for button in (self.look, self.sheet, self.clear, self.again):
            button.setText("" if narrow else button.accessibleName())

    def _connect(self) -> None:
        does, view, acts = self.does, self.view, self.acts
        self.progress.cancelled.connect(does.cancel)
        self.empty.begin_pressed.connect(does.check_up)
        self.empty.connect_pressed.connect(lambda: acts.go_to("connect"))
        self.empty.earlier_pressed.connect(lambda: self.show_tab(EARLIER))
        self.empty.look_up_pressed.connect(does.look_up)
        view.back_pressed.connect(self.escape)
        view.tabs.currentChanged.connect(lambda _place: self._tab_changed())
        view.cleared.before_wanted.connect(self._open_before)
        view.checkups.open_wanted.connect(lambda one: does.open_checkup(one.id))
        view.checkups.compare_wanted.connect(does.compare)
        view.checkups.sheet_wanted.connect(does.sheet_of)
        view.comparison.back.connect(self.actions_changed)
        acts.vehicle_changed.connect(self._vehicle_changed)
        acts.operator_changed.connect(lambda _now: self._allow(anyway=True))
        acts.settings_changed.connect(self._show)
        theme_changed.connect(self._dress)

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        return self.does.actions()

    def shown(self, what: object = None) -> None:
        """Read the list; `what` is the id of a check-up, LOOK_UP, or (LOOK_UP, a code)."""
        bay = self.desk.bay
        if self.faults is None:
            in_background(lambda: bay.faults, self, self._take_faults, self.acts.tell)
        self.refresh()
        if isinstance(what, tuple) and what and what[0] == LOOK_UP:
            self.does.look_up(str(what[-1]))
        elif what == LOOK_UP:
            self.does.look_up()
        elif isinstance(what, str):
            self.does.open_checkup(what)

    def hidden(self) -> None:
        """Remember the widths."""
        memory = {"widths": self.view.widths() or self._memory.get("widths", [])}
        if self._remembered and memory != self._memory and self.view.isVisibleTo(self):
            self._memory = memory
            try:
                # At once, not in the background: the desk may be closing.
                self.desk.store.layouts.save(*_KEPT, memory)
            except CarTechError as error:
                self.acts.tell(error)

    def tick(self, snapshot: BaySnapshot) -> None:
        """Show the live values beside the freeze frame, and how far a reading is."""
        before, self.link = self.link, snapshot.connection
        if self.faults is not None:
            reading = self.faults.reading
            busy_elsewhere = bool(reading.words) and not self.busy and not self._clearing
            if self.busy or busy_elsewhere:
                self.progress.show_reading(reading)
            self.progress.setVisible(self.busy or busy_elsewhere)
        if before.state is not self.link.state or before.car != self.link.car:
            self._look_who_is_there()
        self._say_whose()
        self._allow()
        self.view.frame.show_snapshot(snapshot)

    @property
    def _clearing(self) -> bool:
        return self.does.form is not None and self.does.form.working

    def _take_faults(self, faults: "Faults") -> None:
        self.faults = faults

    # Reading what is kept

    @property
    def vehicle_id(self) -> str:
        """Id of the vehicle whose check-ups are listed: in sight, else at hand."""
        if self.shown_faults is not None and self.shown_faults.vehicle_id:
            return self.shown_faults.vehicle_id
        return self.acts.vehicle.id if self.acts.vehicle is not None else ""

    def refresh(self) -> None:
        """Read the vehicle's check-ups anew, in the background."""
        store, number, first = self.desk.store, self.vehicle_id, not self._remembered
        bay = self.desk.bay

        def work() -> _Listed:
            kept = tuple(store.checkups.list(number)) if number else ()
            severities = severities_of(kept, lambda: bay.faults.meaning)
            return kept, severities, (store.layouts.load(*_KEPT) or {}) if first else {}

        self._listing.ask(work, self._listed)

    def _listed(self, found: _Listed) -> None:
        self.checkups, severities, memory = found
        if not self._remembered:
            self._remembered, self._memory = True, memory
            widths = memory.get("widths")
            if isinstance(widths, list) and len(widths) == self.view.across.count():
                self.view.across.setSizes([int(wide) for wide in widths])
        vehicle = self.acts.vehicle
        name = vehicle.name if vehicle is not None else ""
        why = f"No check-up of {name} is kept yet." if name else "Choose a vehicle (Ctrl+L)."
        self.view.checkups.show_checkups(self.checkups, severities, why)
        self.view.title_earlier(len(self.checkups))
        self._choose_page()
        self.actions_changed.emit()

    # What is in sight

    def show_faults(self, shown: ShownFaults, *, fresh: bool) -> None:
        """Show this; `fresh` where the car has just said so."""
        if fresh:
            self.latest = shown
        self.shown_faults = shown
        self.view.cleared.hide()
        self._show()
        self.refresh()
        self._allow(anyway=True)

    def explain(self, shown: ShownFaults, anew: ShownFaults) -> None:
        """Show other meanings of what is still in sight."""
        if self.latest is shown:
            self.latest = anew
        if self.shown_faults is shown:
            self.shown_faults = anew
            self._show()
            self.refresh()

    def show_cleared(self, cleared: "Cleared") -> None:
        """Tell above the codes how a clearing ended."""
        self._cleared = cleared
        self.view.cleared.show_cleared(cleared)
        self.show_tab(0)

    _cleared: "Cleared | None" = None

    def _open_before(self) -> None:
        if self._cleared is not None:
            self.does.open_checkup(self._cleared.before.id)

    def _show(self) -> None:
        shown = self.shown_faults
        self.view.show_faults(
            shown, unit_system(self.desk.settings.values), can_go_back=self.latest is not None
        )
        self._choose_page()
        self._say_whose()
        self.actions_changed.emit()

    def _choose_page(self) -> None:
        alone = self._earlier_alone and bool(self.checkups)
        wanted = self.view if self.shown_faults is not None or alone else self.empty
        if alone and self.shown_faults is None:
            self.view.show_faults(None, unit_system(self.desk.settings.values), can_go_back=False)
        self.pages.setCurrentWidget(wanted)
        self.empty.show_state(
            connected=self.link.state is LinkState.CONNECTED,
            reading=self.busy,
            earlier=len(self.checkups),
        )

    def show_tab(self, place: int) -> None:
        """Bring a part of the scan to the front."""
        if place == EARLIER and self.shown_faults is None:
            if not self.checkups:
                self.acts.say("No check-up of this vehicle is kept yet.")
                return
            self._earlier_alone = True
            self._choose_page()
        self.view.tabs.setCurrentIndex(place)

    def _tab_changed(self) -> None:
        self._allow(anyway=True)

    @property
    def looks_back(self) -> bool:
        """Whether something else is in sight than the car as it is now."""
        shown = self.shown_faults
        return (shown is not None and not shown.now) or (shown is None and self._earlier_alone)

    def escape(self) -> None:
        """End the reading; else leave the comparison, the earlier check-up, the list of them."""
        if self.busy or self.progress.isVisible():
            self.does.cancel()
        elif self.view.comparing:
            self.view.leave_comparison()
            self.actions_changed.emit()
        elif self.looks_back:
            back_in_list = self.shown_faults is not None and self.latest is None
            self.shown_faults = self.latest
            self._earlier_alone = back_in_list and bool(self.checkups)
            self._show()
            self.refresh()
            if back_in_list:
                self.view.tabs.setCurrentIndex(EARLIER)

    # Who is there

    def _vehicle_changed(self, vehicle: Vehicle | None) -> None:
        before, self._note_for = self._note_for, vehicle.id if vehicle is not None else ""
        if before and before != self._note_for:
            self.note.clear()  # it was typed for the other one
        shown = self.latest
        if shown is not None and vehicle is not None and vehicle.vin == shown.scan.vin:
            vehicle = None  # the car that was read has got its name
        if shown is not None and vehicle is not None and shown.vehicle_id not in ("", vehicle.id):
            self._forget()
        self._earlier_alone = False
        self.refresh()

    def _look_who_is_there(self) -> None:
        """Show no car's codes as those of another."""
        car, latest = self.link.car, self.latest
        if latest is not None and self.link.state is LinkState.CONNECTED and car is not None:
            told = car.vin is not None and latest.scan.vin is not None
            other = car.vin != latest.scan.vin if told else False
            if other:
                self._forget()
        self._choose_page()
        self.actions_changed.emit()

    def _forget(self) -> None:
        if self.shown_faults is self.latest:
            self.shown_faults = None
        self.latest = None
        self._show()

    def _say_whose(self) -> None:
        shown, vehicle = self.shown_faults, self.acts.vehicle
        name = vehicle.name if vehicle is not None else ""
        if shown is not None and shown.vehicle_name and not shown.now:
            name = shown.vehicle_name
        state = self.link.state
        link = "" if state is LinkState.CONNECTED else "No car is connected."
        if shown is not None and shown.now and link:
            link = "The car is not connected now: this is what it said before."
        self.whose.say(" · ".join(filter(None, (name, link))))

    def _allow(self, *, anyway: bool = False) -> None:
        """Let be pressed what can be done, and say why not what cannot."""
        there = self.link.state is LinkState.CONNECTED
        refusal = why_not(self.desk.office.session.now, Act.CLEAR_CODES)
        shown = self.shown_faults
        could = (there, self.busy, refusal, shown is not None and shown.kept is not None)
        if could == self._could and not anyway:
            return
        self._could = could
        offline = "" if there else "Connect to a car first."
        self.check.setEnabled(there and not self.busy)
        self.check.setToolTip(offline or "Read everything, compare it, keep it (F5)")
        self.again.setEnabled(there and not self.busy)
        self.clear.setEnabled(there and not self.busy and not refusal)
        self.clear.setToolTip(refusal or offline or "Clear fault codes (Ctrl+Del)")
        listed = self.view.tabs.currentIndex() == EARLIER and bool(self.checkups)
        self.sheet.setEnabled((shown is not None and shown.kept is not None) or listed)
        self._choose_page()

    # Work under way

    def begin(self, words: str) -> None:
        """Show that the car is being read."""
        self.busy = True
        self._cleared = None
        self.view.cleared.hide()
        self.progress.begin(words)
        self.note.setReadOnly(True)
        self._allow(anyway=True)
        self.actions_changed.emit()

    def end(self) -> None:
        """Show that it is no longer."""
        self.busy = False
        self.note.setReadOnly(False)
        self.progress.hide()
        self._allow(anyway=True)
        self.actions_changed.emit()
