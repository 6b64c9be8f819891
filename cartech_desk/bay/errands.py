"""What others want done with a wire: a queue that the thread which owns the wire works off."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from cartech_desk.bay.owner_errors import not_connected
from cartech_desk.bay.wire import Wire
from cartech_desk.hardware.errors import LinkLost

T = TypeVar("T")
Errand = Callable[[Wire | None], None]
"""Something to do with the wire; None where there is none."""


class Errands:
    """The queue. Any thread may `post` and `nudge`; `serve` and `close` are the owner's."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self._closed = threading.Event()

    @property
    def wait(self) -> bool:
        """Whether anything is to be done."""
        return not self._queue.empty()

    def post(self, task: Callable[[Wire], T]) -> Future[T]:
        """Do something with the wire between two requests.

        Errors in the Future: NotConnected, and whatever the task raises.
        """
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def run(wire: Wire | None) -> None:
            if wire is None:
                future.set_exception(not_connected())
                return
            try:
                future.set_result(task(wire))
            except LinkLost as error:
                future.set_exception(error)
                raise
            except Exception as error:  # it belongs to whoever waits for the Future
                future.set_exception(error)

        self._queue.put(run)
        if self._closed.is_set():
            self.serve(None)
        return future

    def nudge(self) -> None:
        """Wake who waits in `serve`."""
        self._queue.put(None)

    def serve(self, wire: Wire | None, wait_s: float = 0.0) -> None:
        """Do what waits in the queue, waiting for the first of it no longer than this."""
        try:
            errand = self._queue.get(timeout=wait_s) if wait_s > 0 else self._queue.get_nowait()
            while True:
                if errand is not None:
                    errand(wire)
                errand = self._queue.get_nowait()
        except queue.Empty:
            return

    def close(self) -> None:
        """Say of all that waits and of all that will come that there is no wire."""
        self._closed.set()
        self.serve(None)
