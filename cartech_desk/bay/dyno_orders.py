"""A thread that does what others order, one thing after the other, and looks around in between."""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from cartech_desk.bay.dyno_errors import DynoRefused

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class Orders:
    """The thread of one bench.

    `tick` is called between orders, at least every `rest_s()` seconds; `leave` once at the end;
    `failed` with what went wrong in a tick, which goes on.
    """

    def __init__(
        self,
        *,
        tick: Callable[[], None],
        leave: Callable[[], None],
        rest_s: Callable[[], float],
        failed: Callable[[Exception], None],
    ) -> None:
        self._tick = tick
        self._leave = leave
        self._rest_s = rest_s
        self._failed = failed
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._closing = False
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start the thread."""
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="dyno bench", daemon=True)
        self._thread.start()

    def close(self, within_s: float) -> None:
        """Do what was ordered until now, then end the thread."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._closing = True
        self._queue.put(None)
        thread.join(within_s)

    def do(self, act: Callable[[], T]) -> Future[T]:
        """Do something; the Future ends with what it returned or raised."""

        def order(future: Future[T]) -> None:
            future.set_result(act())

        return self.ask(order)

    def ask(self, act: Callable[[Future[T]], None]) -> Future[T]:
        """Do something that ends its Future itself, now or later; an error ends it here."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def order() -> None:
            try:
                act(future)
            except Exception as error:  # it belongs to whoever waits for the Future
                if not future.done():
                    future.set_exception(error)

        if self._thread is None:
            future.set_exception(
                DynoRefused("The dyno bench is not running.", to_do="Start the desk anew.")
            )
        else:
            self._queue.put(order)
        return future

    def _work(self) -> None:
        while not self._closing:
            self._obey(self._rest_s())
            try:
                self._tick()
            except Exception as error:
                _LOG.exception("the dyno bench met a fault")
                self._failed(error)
        try:
            self._obey(0.001)
            self._leave()
        except Exception:
            _LOG.exception("the dyno bench could not be left in order")

    def _obey(self, wait_s: float) -> None:
        try:
            order = self._queue.get(timeout=wait_s)
            while True:
                if order is not None:
                    order()
                order = self._queue.get_nowait()
        except queue.Empty:
            return
