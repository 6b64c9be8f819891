"""Work that must not hold the screen up: results of Futures brought to the GUI thread.

A page that a thread is the last to hold would be destroyed in that thread, which ends the whole
desk. So whatever work and its listeners hold is let go in the GUI thread, once the result came.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import count
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

T = TypeVar("T")

_WORKERS = 3
_pool: ThreadPoolExecutor | None = None
_numbers = count()
_held: "dict[int, _Relay]" = {}
"""What waits for its result: nobody else needs to hold it, and no thread shall be the last."""


class _Task(Generic[T]):
    """Work and its outcome; the thread that does it holds no more than this."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work: Callable[[], T] | None = work
        self._found: list[T] = []
        self._error: BaseException | None = None

    def do(self) -> None:
        """Do the work, in a thread of the pool."""
        if self._work is not None:
            try:
                self._found.append(self._work())
            except BaseException as error:  # it is told in the GUI thread, whatever it is
                self._error = error

    def take(self) -> tuple[list[T], BaseException | None]:
        """Return the outcome and let go of everything, in the GUI thread."""
        outcome = self._found, self._error
        self._work, self._found, self._error = None, [], None
        return outcome


class _Relay(QObject):
    """Carries one result from the thread that had it to the GUI thread."""

    arrived = Signal()

    def __init__(
        self,
        owner: QObject,
        future: "Future[T]",
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
        task: "_Task[T] | None" = None,
    ) -> None:
        super().__init__(owner)
        self._future = future
        self._task = task
        self._ways: tuple[Callable[[T], None], Callable[[BaseException], None]] | None = (
            done,
            failed,
        )
        self.arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._number = next(_numbers)
        _held[self._number] = self
        self.destroyed.connect(partial(_let_go, self._number))

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
        ways, self._ways = self._ways, None
        task, self._task = self._task, None
        _let_go(self._number)
        found, error = task.take() if task is not None else ([], None)
        if ways is None or self._future.cancelled():
            return
        done, failed = ways
        error = error or self._future.exception()
        if error is not None:
            failed(error)
        else:
            done(found[0] if found else self._future.result())


def _let_go(number: int, *_gone: object) -> None:
    """Forget a relay that was delivered, or whose page is gone."""
    _held.pop(number, None)


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
) -> "Future[None]":
    """Do `work` in a thread of the screen's pool, then call `done` or `failed` in the GUI thread.

    For reading files and databases and listing ports. Cancelling the Future works until `work`
    begins; longer work watches a flag of its own.
    """
    global _pool  # noqa: PLW0603 - one pool for the one screen of the process
    if _pool is None:
        _pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="screen")
    task = _Task(work)
    future: Future[None] = _pool.submit(task.do)
    relay = _Relay(owner, future, done, failed, task)
    future.add_done_callback(relay.announce)
    return future


def stop_background() -> None:
    """Let running work end and refuse what waits; called once as the window closes."""
    global _pool
    pool, _pool = _pool, None
    if pool is not None:
        pool.shutdown(wait=False, cancel_futures=True)
