"""Putting runs away that are over, in a thread of its own: the bench goes on with what comes next.

It also gives runs and sessions that were cut off their end, now and then.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from cartech_desk.bay.dyno_driven import AGAIN_S, Driven
from cartech_desk.bay.dyno_triggers import End
from cartech_desk.store.dyno import DynoRun

SETTLE_S: Final = 3.0
"""So long after the start runs that were cut off are looked for: a window opens first."""
SETTLE_AGAIN_S: Final = 10.0
"""So often they are looked for again, while some are left."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Over:
    driven: Driven
    end: End
    within_s: float
    future: Future[DynoRun]


class Ends:
    """The thread that puts runs away.

    `settle` gives what was cut off its end and tells whether some is left; `idle` tells whether
    nothing is driven now.
    """

    def __init__(self, settle: Callable[[], bool], idle: Callable[[], bool]) -> None:
        self._settle = settle
        self._idle = idle
        self._queue: queue.SimpleQueue[_Over | None] = queue.SimpleQueue()
        self._unkept: list[Driven] = []
        self._settle_at = 0.0
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start the thread."""
        self._settle_at = time.monotonic() + SETTLE_S
        self._thread = threading.Thread(target=self._work, name="dyno ends", daemon=True)
        self._thread.start()

    def close(self, within_s: float) -> None:
        """End the thread once what is over is put away, or after `within_s`."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join(within_s)

    def put_away(self, driven: Driven, end: End, *, within_s: float) -> Future[DynoRun]:
        """Put a run away; the Future ends once that is done, or was tried for long enough."""
        over = _Over(driven, end, within_s, Future())
        over.future.set_running_or_notify_cancel()
        self._queue.put(over)
        return over.future

    def _work(self) -> None:
        while True:
            try:
                over = self._queue.get(timeout=AGAIN_S)
            except queue.Empty:
                self._look_around()
                continue
            if over is None:
                break
            self._put_away(over)
        for driven in self._unkept:
            driven.keep_on()
            driven.leave()
        self._unkept = []

    def _put_away(self, over: _Over) -> None:
        try:
            run = over.driven.put_away(over.end, within_s=over.within_s)
        except Exception as error:
            _LOG.exception("a run could not be put away")
            over.future.set_exception(error)
            run = None
        if not over.driven.ended:
            self._unkept.append(over.driven)
        self._settle_at = min(self._settle_at, time.monotonic() + SETTLE_AGAIN_S)
        if run is not None:
            over.future.set_result(run)

    def _look_around(self) -> None:
        self._unkept = [driven for driven in self._unkept if not driven.keep_on()]
        if time.monotonic() < self._settle_at or not self._idle():
            return
        try:
            left = self._settle()
        except Exception:
            _LOG.exception("runs that were cut off could not be given their end")
            left = True
        self._settle_at = time.monotonic() + SETTLE_AGAIN_S if left else float("inf")
