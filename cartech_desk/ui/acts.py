"""What a person can do from anywhere on the screen, whichever page is in front."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from cartech_desk.bay.status import LinkState
from cartech_desk.domain.alarms.state import UNACKNOWLEDGED
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor
from cartech_desk.office.session import AtDesk
from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.background import in_background, when_done
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.former_alarms import FormerAlarms

if TYPE_CHECKING:
    from concurrent.futures import Future

_SILENCE_S: Final = 120.0
"""Where the settings say nothing."""


class Acts(QObject):
    """Who acts, the vehicle at hand, recording, alarms, toasts and the way to another page.

    Pages call these; the shell listens to the signals. All of it lives in the GUI thread.
    """

    operator_changed = Signal(object)
    """The `AtDesk` of now: somebody signed in or out, took over, locked or unlocked. Rights are
    read anew: `desk.office.session.actor` may do other things than before."""
    sign_in_wanted = Signal()
    """Somebody shall sign in or take over; the shell asks who it is."""

    vehicle_changed = Signal(object)
    """The `Vehicle` now at hand, or None."""
    recording_started = Signal(str)
    recording_stopped = Signal(str)
    marked = Signal(str)
    refused = Signal(object)
    """A `CarTechError` to be told."""
    toast = Signal(str, object)
    """A sentence, and a callable that undoes (or None)."""
    page_wanted = Signal(str, object)
    """The key of a page, and what it shall show, or None: the name of a channel for "live", the id
    of a recording for "recordings", the name of a setting for "settings", the id of a run or
    "sources" for "dyno", the id of a check-up for "faults", of a vehicle for "vehicles", or
    ("fitted", its id) for what was fitted to it, of a customer for "customers"; the id of a job
    for "jobs", or ("new", whom for) to open one for a VehicleRecord or Customer; the id of an
    appointment or a `date` for "calendar"; the id of a part or an order, or "low", for
    "parts"."""
    jobs_changed = Signal()
    """A job was changed here: where it stands, what it holds, what is paid of it."""
    vehicle_wanted = Signal()
    """A vehicle is needed before one can go on; the shell asks for it."""
    settings_changed = Signal()
    """Settings were saved; read `desk.settings.values` anew."""
    _arrived = Signal(object)

    def __init__(self, desk: DeskParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._vehicle: Vehicle | None = None
        self._starting = False
        self._record_once_named = False
        self._once_named: Callable[[], None] | None = None
        self._arrived.connect(self.operator_changed)
        self.former_alarms = FormerAlarms(desk, self)
        desk.office.session.listen(self._hear)

    # Who acts

    def _hear(self, now: AtDesk) -> None:
        """Bring a change at the desk to the GUI thread, from whatever thread made it."""
        if isValid(self):
            self._arrived.emit(now)

    @property
    def actor(self) -> Actor:
        """Who does what is done here now; nobody while the desk is locked."""
        return self._desk.office.session.actor

    @property
    def locked(self) -> bool:
        """Whether the desk is locked: nothing is begun or ended here then."""
        return self._desk.office.session.now.locked

    def ask_to_sign_in(self) -> None:
        """Ask who is at the desk."""
        self.sign_in_wanted.emit()

    # The vehicle at hand

    @property
    def vehicle(self) -> Vehicle | None:
        """The vehicle at hand."""
        return self._vehicle

    def take_vehicle(self, vehicle: Vehicle | None) -> None:
        """Make this the vehicle at hand; a recording that waited for one begins."""
        if vehicle != self._vehicle:
            self._vehicle = vehicle
            self._desk.bay.alarms.use_vehicle(vehicle.id if vehicle is not None else "")
            self.vehicle_changed.emit(vehicle)
        if vehicle is None:
            return
        if self._record_once_named:
            self._record_once_named = False
            self.start_recording()
        then, self._once_named = self._once_named, None
        if then is not None:
            then()

    def with_vehicle(self, then: Callable[[], None]) -> None:
        """Go on with `then` once a vehicle is at hand; asks for one where none is."""
        if self._vehicle is not None:
            then()
        elif not self.locked:
            self._once_named = then
            self.vehicle_wanted.emit()

    def name_vehicle(self, name: str) -> None:
        """Take the vehicle of this typed name at hand, making it where it is new."""
        in_background(
            lambda: self._desk.store.vehicles.by_name(name), self, self.take_vehicle, self.tell
        )

    def rename_vehicle(self, name: str) -> None:
        """Give the vehicle at hand this name; its recordings go with it."""
        if self._vehicle is None:
            return
        number, by = self._vehicle.id, self.actor
        in_background(lambda: self.renamed(number, name, by), self, self.take_vehicle, self.tell)

    def renamed(self, vehicle_id: str, name: str, by: Actor) -> Vehicle:
        """Give a vehicle this name as `by`, which is audited; blocking. Errors: the office's."""
        self._desk.office.vehicles.rename(by, vehicle_id, name)
        return self._desk.store.vehicles.get(vehicle_id)

    @property
    def waiting_for_vehicle(self) -> bool:
        """Whether something begins as soon as there is a vehicle."""
        return self._record_once_named or self._once_named is not None

    def forget_waiting(self) -> None:
        """Begin nothing: the question for a vehicle was left without an answer."""
        self._record_once_named = False
        self._once_named = None

    # Recording

    @property
    def recording(self) -> bool:
        """Whether a recording is under way."""
        return bool(self._desk.bay.snapshot().recording.id)

    def toggle_recording(self) -> None:
        """Start a recording, or stop the one under way."""
        if self.recording:
            self.stop_recording()
        else:
            self.start_recording()

    def start_recording(self, note: str = "") -> None:
        """Start a recording of what is watched; asks for a vehicle first where none is at hand.

        Nobody has to be signed in: a recording is never refused for that, and says so itself.
        """
        if self._starting or self.recording or self.locked:
            return
        state = self._desk.bay.snapshot().connection.state
        if state is LinkState.DISCONNECTED:
            self.say("Nothing is connected yet: connect to a car, then record.")
            self.go_to("connect")
            return
        if self._vehicle is None:
            self._record_once_named = True
            self.vehicle_wanted.emit()
            return
        self._starting = True
        future = self._desk.bay.start_recording(self._vehicle.id, note)
        when_done(future, self, self._started, self._start_failed)

    def _started(self, recording_id: str) -> None:
        self._starting = False
        self.recording_started.emit(recording_id)

    def _start_failed(self, error: BaseException) -> None:
        self._starting = False
        self.tell(error)

    def stop_recording(self) -> None:
        """Stop the recording under way; `recording_stopped` once all of it is durable."""
        if self.recording and not self.locked:
            when_done(self._desk.bay.stop_recording(), self, self.recording_stopped.emit, self.tell)

    def mark(self, note: str = "") -> None:
        """Set a mark in the recording under way; says so where there is none."""
        if self.locked:
            return
        if not self.recording:
            self.say("A mark needs a recording: start one with Ctrl+R.")
            return
        self._desk.bay.mark(note)
        self.marked.emit(note)

    # Alarms

    def acknowledge(self, alarm_id: str) -> None:
        """Acknowledge one alarm as whoever is signed in; a refusal is told."""
        self._ask(self._desk.bay.alarms.acknowledge(alarm_id, self.actor))

    def acknowledge_worst(self) -> None:
        """Acknowledge the worst alarm that asks for it; says so where none does."""
        for alarm in self._desk.bay.snapshot().alarms.announced:
            if alarm.state in UNACKNOWLEDGED:
                self.acknowledge(alarm.id)
                return
        self.say("No alarm asks to be acknowledged.")

    def acknowledge_all(self) -> None:
        """Acknowledge every announced alarm that asks for it."""
        self._ask(self._desk.bay.alarms.acknowledge_all(self.actor))

    def clear_alarm(self, alarm_id: str, reason: str = "") -> None:
        """Clear a latched alarm."""
        self._ask(self._desk.bay.alarms.clear(alarm_id, self.actor, reason))

    def shelve(self, alarm_id: str, seconds: float, reason: str) -> None:
        """Put an alarm aside for a time."""
        self._ask(self._desk.bay.alarms.shelve(alarm_id, seconds, reason, self.actor))

    def unshelve(self, alarm_id: str) -> None:
        """Take an alarm back from the shelf."""
        self._ask(self._desk.bay.alarms.unshelve(alarm_id, self.actor))

    def silence(self) -> None:
        """Silence the sound for the time that is set; anybody may, also while it is locked."""
        safety = getattr(self._desk.settings.values, "safety", None)
        self._desk.bay.alarms.silence(float(getattr(safety, "silence_s", _SILENCE_S)))

    def _ask(self, future: "Future[Any]") -> None:
        when_done(future, self, lambda _done: self.former_alarms.read(), self.tell)

    # Words

    def tell(self, error: BaseException) -> None:
        """Tell what went wrong: a person's error in its words, a bug in the crash dialog."""
        if isinstance(error, CarTechError):
            self.refused.emit(error)
        else:
            raise error

    def say(self, sentence: str, undo: Callable[[], None] | None = None) -> None:
        """Show a sentence for a moment; with `undo` for ten seconds, and a way back."""
        self.toast.emit(sentence, undo)

    def go_to(self, page: str, what: object = None) -> None:
        """Open another page."""
        self.page_wanted.emit(page, what)
