"""Recordings deleted more than 30 days ago leave the disk, while nothing is recorded.

It is the desk's own act, and recorded as that. Before, acts on recordings that were cut short by a
kill or a power cut get their result.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from cartech_desk.bay import recording_acts
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import DESK
from cartech_desk.store.store import Store

_log = logging.getLogger(__name__)

_FIRST_AFTER_S: Final = 30.0
"""The start and the connection of a car come first."""
_AGAIN_AFTER_S: Final = 3600.0
_LOOK_EVERY_S: Final = 1.0
_JOIN_S: Final = 1.0


class Removal:
    """Removes what `RecordingStore.due` names, soon after the start and hourly from then on.

    Never while `is_recording()`: it is asked before each small transaction, and a removal under
    way pauses until the recording has ended. What cannot be removed now is due again later, also
    after the next start.
    """

    def __init__(
        self,
        store: Store,
        is_recording: Callable[[], bool],
        *,
        first_after_s: float = _FIRST_AFTER_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._is_recording = is_recording
        self._first_after_s = first_after_s
        self._now = now
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; it waits before it removes anything."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._work, name="removal", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread within a second; a removal under way is left for the next start."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stopping.set()
            thread.join(_JOIN_S)

    def _work(self) -> None:
        wait_s = self._first_after_s
        while not self._stopping.wait(wait_s):
            wait_s = _AGAIN_AFTER_S
            try:
                recording_acts.settle(self._store)
                self._remove()
            except CarTechError as error:
                _log.warning("deleted recordings could not be removed yet: %s", error)
            except Exception:
                _log.exception("deleted recordings could not be removed")

    def _remove(self) -> None:
        if not self._go_on():
            return
        for recording_id in self._store.recordings.due(self._now()):
            try:
                if not recording_acts.purge(self._store, recording_id, DESK, self._go_on):
                    return
            except recording_acts.HoldsRuns as error:
                _log.warning("a deleted recording stays: %s", error)
                continue
            _log.info("recording %s, deleted more than 30 days ago, was removed", recording_id)

    def _go_on(self) -> bool:
        """Wait until nothing is recorded; False where the desk stops."""
        while self._is_recording():
            if self._stopping.wait(_LOOK_EVERY_S):
                return False
        return not self._stopping.is_set()
