"""Work that must not hold the screen up: results of Futures brought to the GUI thread."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

T = TypeVar("T")

_WORKERS = 3
_pool: ThreadPoolExecutor | None = None


class _Relay(QObject):
    """Carries one result from the thread that had it to the GUI thread."""

    arrived = Signal()

    def __init__(
        self,
        owner: QObject,
        future: "Future[T]",
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        super().__init__(owner)
        self._future = future
        self._done = done
        self._failed = failed
        self.arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def announce(self, _future: "Future[T]") -> None:
        """Wake the GUI thread, from whatever thread the Future ended in."""
        try:
            if isValid(self):
                self.arrived.emit()
        except RuntimeError:
            # The page was closed in this very instant: nobody is left to be told.
            return

    @Slot()
    def _deliver(self) -> None:
        self.deleteLater()
        try:
            error = self._future.exception()
        except CancelledError:
            return
        if error is not None:
            self._failed(error)
        else:
            self._done(self._future.result())


def when_done(
    future: "Future[T]",
    owner: QObject,
    done: Callable[[T], None],
    failed: Callable[[BaseException], None],
) -> None:
    """Call `done` or `failed` in the GUI thread once `future` ends.

    Neither is called where `owner` is gone by then, or where the Future was cancelled.
    """
    relay = _Relay(owner, future, done, failed)
    future.add_done_callback(relay.announce)


def in_background(
    work: Callable[[], T],
    owner: QObject,
    done: Callable[[T], None],
    failed: Callable[[BaseException], None],
) -> "Future[T]":
    """Do `work` in a thread of the screen's pool, then call `done` or `failed` in the GUI thread.

    For reading files and databases and listing ports. Cancelling the Future works until `work`
    begins; longer work watches a flag of its own.
    """
    global _pool  # noqa: PLW0603 - one pool for the one screen of the process
    if _pool is None:
        _pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="screen")
    future = _pool.submit(work)
    when_done(future, owner, done, failed)
    return future


def stop_background() -> None:
    """Let running work end and refuse what waits; called once as the window closes."""
    global _pool
    pool, _pool = _pool, None
    if pool is not None:
        pool.shutdown(wait=False, cancel_futures=True)
