"""The thread that keeps what alarms leave behind, and in which people's acts become durable.

What happens by itself waits here until the disk takes it; what a person does is refused where the
disk refuses it.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.alarms import AlarmRecord, AlarmStore
from cartech_desk.store.errors import StoreError

MOST_ROWS: Final = 2_000
MOST_ENTRIES: Final = 5_000
"""So much waits in memory while the disk refuses; beyond that the oldest records are counted."""
_AT_ONCE: Final = 500
_SOMETIMES_S: Final = 1.0
"""A row that merely counts is written at most so often; after a refusal it is tried as often."""
_JOIN_S: Final = 1.0

T = TypeVar("T")
_log = logging.getLogger(__name__)


class DeskClosed(StoreError):
    """Nothing is kept any more, or not yet."""

    code = "desk_closed"


@dataclass(slots=True)
class _Task:
    do: Callable[[], Any]
    future: Future[Any]
    after_pages: bool


class AlarmKeeper:
    """Keeps rows and records of alarms in order. Thread-safe; no method waits but `stop`.

    `problem` is a sentence while the disk refuses what is to be kept.
    """

    def __init__(self, store: AlarmStore) -> None:
        self.problem = ""
        self._store = store
        self._lock = threading.Lock()
        self._rows: dict[str, AlarmRecord] = {}
        self._entries: deque[Entry] = deque()
        self._taken: deque[tuple[str, str]] = deque()
        self._lost = 0
        self._dropped = 0
        """Records that the bound let go of since the last write began."""
        self._tasks: deque[_Task] = deque()
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        if self._thread is None:
            self._stopping = False
            self._thread = threading.Thread(target=self._work, name="alarm keeper", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Keep what waits, if the disk takes it, and end the thread."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping = True
        self._wake.set()
        thread.join(_JOIN_S)
        with self._lock:
            tasks, self._tasks = self._tasks, deque()
        for task in tasks:
            if task.future.set_running_or_notify_cancel():
                task.future.set_exception(_closed())

    def keep(self, record: AlarmRecord, entry: Entry | None = None, *, soon: bool = True) -> None:
        """Keep this row as it is now, and what the audit log is to say of it."""
        with self._lock:
            self._rows[record.id] = record
            if len(self._rows) > MOST_ROWS:
                del self._rows[next(iter(self._rows))]
                self._lost += 1
            if entry is not None:
                self._note(entry)
        if soon:
            self._wake.set()

    def off_the_shelf(self, vehicle_id: str, key: str, entry: Entry) -> None:
        """Keep that the time of an alarm on the shelf is over."""
        with self._lock:
            if (vehicle_id, key) in self._taken:
                return  # it waits for the disk already
            self._taken.append((vehicle_id, key))
            self._note(entry)
        self._wake.set()

    def ask(self, do: Callable[[], T], *, after_pages: bool = True) -> Future[T]:
        """Do this in the keeper's thread, after all that has happened was kept.

        Where the disk refuses that, it is refused too; `after_pages` False does it nevertheless.
        """
        task = _Task(do, Future(), after_pages)
        if self._thread is None:
            task.future.set_exception(_closed())
            return task.future
        with self._lock:
            self._tasks.append(task)
        self._wake.set()
        return task.future

    def _note(self, entry: Entry) -> None:
        self._entries.append(entry)
        if len(self._entries) > MOST_ENTRIES:
            self._entries.popleft()
            self._lost += 1
            self._dropped += 1

    # Below: the keeper's thread alone.

    def _work(self) -> None:
        while True:
            self._wake.wait(_SOMETIMES_S)
            self._wake.clear()
            stopping = self._stopping
            refused = self._write()
            while self._tasks:
                with self._lock:
                    task = self._tasks.popleft()
                if task.after_pages:
                    refused = self._write()
                self._do(task, refused if task.after_pages else None)
            if stopping:
                self._write()
                return

    def _do(self, task: _Task, refused: StoreError | None) -> None:
        if not task.future.set_running_or_notify_cancel():
            return
        if refused is not None:
            task.future.set_exception(refused)
            return
        try:
            task.future.set_result(task.do())
        except Exception as error:
            if not isinstance(error, CarTechError):
                _log.exception("an act on an alarm failed")
            task.future.set_exception(error)

    def _write(self) -> StoreError | None:
        """Write what waits, some at a time; return why it was refused."""
        while True:
            with self._lock:
                rows = [self._rows[key] for key in list(self._rows)[:_AT_ONCE]]
                entries = [self._entries[at] for at in range(min(len(self._entries), _AT_ONCE))]
                taken = list(self._taken)
                self._dropped = 0
            if not rows and not entries and not taken:
                self.problem = ""
                return None
            try:
                self._store.keep(rows, entries, taken)
            except Exception as error:
                return self._refuse(error)
            with self._lock:
                for row in rows:
                    if self._rows.get(row.id) is row:
                        del self._rows[row.id]
                for _ in range(max(0, len(entries) - self._dropped)):
                    self._entries.popleft()
                for _ in taken:
                    self._taken.popleft()

    def _refuse(self, error: Exception) -> StoreError:
        if not self.problem:
            ours = not isinstance(error, StoreError)
            _log.warning("alarms cannot be kept now: %s", error, exc_info=error if ours else None)
        told = error if isinstance(error, StoreError) else _fault()
        lost = f" {self._lost} of them had to be let go." if self._lost else ""
        self.problem = (
            f"The history of alarms and the audit log cannot be written: {told.happened} "
            f"What happens waits in memory.{lost} {told.to_do}"
        )
        return told


def _closed() -> DeskClosed:
    return DeskClosed(
        "The desk does not keep alarms now.",
        kept="Nothing was changed.",
        to_do="Start the desk anew.",
    )


def _fault() -> StoreError:
    return StoreError(
        "A fault of the desk keeps it from being written.",
        kept="Nothing was changed.",
        to_do="Look into the log.",
    )
