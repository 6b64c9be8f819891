"""What a person can do from anywhere on the screen, whichever page is in front."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from cartech_desk.bay.status import LinkState
from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.background import in_background, when_done
from cartech_desk.ui.desk import DeskParts


class Acts(QObject):
    """The vehicle at hand, recording, toasts and the way to another page.

    Pages call these; the shell listens to the signals. All of it lives in the GUI thread.
    """

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
    of a recording for "recordings", the name of a setting for "settings"."""
    vehicle_wanted = Signal()
    """A vehicle is needed before one can go on; the shell asks for it."""
    settings_changed = Signal()
    """Settings were saved; read `desk.settings.values` anew."""

    def __init__(self, desk: DeskParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._vehicle: Vehicle | None = None
        self._starting = False
        self._record_once_named = False

    @property
    def vehicle(self) -> Vehicle | None:
        """The vehicle at hand."""
        return self._vehicle

    def take_vehicle(self, vehicle: Vehicle | None) -> None:
        """Make this the vehicle at hand; a recording that waited for one begins."""
        if vehicle != self._vehicle:
            self._vehicle = vehicle
            self.vehicle_changed.emit(vehicle)
        if vehicle is not None and self._record_once_named:
            self._record_once_named = False
            self.start_recording()

    def name_vehicle(self, name: str) -> None:
        """Take the vehicle of this typed name at hand, making it where it is new."""
        in_background(
            lambda: self._desk.store.vehicles.by_name(name), self, self.take_vehicle, self.tell
        )

    def rename_vehicle(self, name: str) -> None:
        """Give the vehicle at hand this name; its recordings go with it."""
        if self._vehicle is None:
            return
        number = self._vehicle.id
        in_background(
            lambda: self._desk.store.vehicles.rename(number, name),
            self,
            self.take_vehicle,
            self.tell,
        )

    def forget_waiting(self) -> None:
        """Begin no recording: the question for a vehicle was left without an answer."""
        self._record_once_named = False

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
        """Start a recording of what is watched; asks for a vehicle first where none is at hand."""
        if self._starting or self.recording:
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
        if self.recording:
            when_done(self._desk.bay.stop_recording(), self, self.recording_stopped.emit, self.tell)

    def mark(self, note: str = "") -> None:
        """Set a mark in the recording under way; says so where there is none."""
        if not self.recording:
            self.say("A mark needs a recording: start one with Ctrl+R.")
            return
        self._desk.bay.mark(note)
        self.marked.emit(note)

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
