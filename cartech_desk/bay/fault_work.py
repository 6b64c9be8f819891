"""One act on the faults of a car at a time, in a thread of its own: told how far it is, cancelled.

The thread of the wire only asks the car; what is kept is written here, so that no slow disk keeps
the wire from its work.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Final, TypeVar

from cartech_desk.bay.fault_acts import Reading
from cartech_desk.bay.fault_errors import FaultsBusy, NotBegun

T = TypeVar("T")

_IDLE: Final = Reading()


def _nothing() -> str:
    """Add no words."""
    return ""


class FaultWork:
    """Holds the act under way. All of it may be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._closed = threading.Event()
        self._reading = _IDLE
        self._beside: Callable[[], str] = _nothing

    @property
    def reading(self) -> Reading:
        """What is being done now."""
        reading, beside = self._reading, self._beside()
        return replace(reading, words=f"{reading.words}{beside}") if beside else reading

    def do(self, act: Callable[[], T]) -> Future[T]:
        """Begin an act; the Future ends with what it returns or raises.

        Errors: FaultsBusy; NotBegun where the computer gives no thread.
        """
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def run() -> None:
            try:
                result = act()
            except BaseException as error:  # it belongs to whoever waits for the Future
                self._over()
                future.set_exception(error)
            else:
                self._over()
                future.set_result(result)

        with self._lock:
            if self._thread is not None:
                raise FaultsBusy
            self._cancelled.clear()
            self._thread = threading.Thread(target=run, name="faults", daemon=True)
            try:
                self._thread.start()
            except BaseException as error:
                self._thread = None
                if isinstance(error, RuntimeError | MemoryError):
                    raise NotBegun from error
                raise
        return future

    def tell(self, words: str, share: float) -> None:
        """Say what is being done, and how much of all is; without words it stays what it was."""
        self._beside = _nothing
        self._reading = Reading(words or self._reading.words, min(1.0, max(0.0, share)))

    def beside(self, words: Callable[[], str]) -> None:
        """Add words while this is being done: asked whenever somebody looks, cheap."""
        self._beside = words

    def part(self, first: float, last: float) -> Callable[[str, float], None]:
        """Return what tells the progress of a part of the act, from `first` to `last` of all."""
        return lambda words, share: self.tell(words, first + (last - first) * share)

    def cancel(self) -> None:
        """Ask the act under way to end."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked the act under way to end."""
        return self._cancelled.is_set()

    def rest(self, seconds: float) -> None:
        """Wait; ends at once where the bay does."""
        self._closed.wait(seconds)

    def close(self, within_s: float) -> None:
        """End the act under way and wait for it."""
        self._closed.set()
        self._cancelled.set()
        thread = self._thread
        if thread is not None:
            thread.join(within_s)

    def _over(self) -> None:
        with self._lock:
            self._thread = None
            self._beside = _nothing
            self._reading = _IDLE
