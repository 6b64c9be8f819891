"""The recorder: takes readings from the feed, keeps the last half minute, writes recordings."""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

from cartech_desk.bay.columns import Stretch, to_stretch, together
from cartech_desk.bay.pretrigger import Gap, Pretrigger
from cartech_desk.bay.status import RecordingStatus
from cartech_desk.domain.channels import Channel, Reading
from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.errors import StoreError
from cartech_desk.store.recordings import (
    Ending,
    Mark,
    MarkKind,
    RecordingStore,
    RecordingWriter,
)

_log = logging.getLogger(__name__)

_WRITE_EVERY_S: Final = 0.4
"""With the write itself this stays below the second within which a reading is durable."""
_SOON_READINGS: Final = 100_000
"""As many readings are dealt with at once, before their time."""
_RETRY_EVERY_S: Final = 1.0
_JOIN_S: Final = 1.0


class RecordingRefused(CarTechError):
    """A recording cannot be begun or ended now."""

    code: ClassVar[str] = "recording_refused"


@dataclass(frozen=True, slots=True)
class RecorderBounds:
    """How much the recorder keeps in memory, and for how long it hopes for the disk.

    `inbox_readings` between two looks of its thread, `unwritten_samples` while the disk refuses
    them, `give_up_s` until a recording that cannot be written is ended.
    """

    inbox_readings: int = 1_000_000
    unwritten_samples: int = 4_000_000
    give_up_s: float = 60.0


@dataclass(slots=True)
class _Order:
    """What another thread asked of the recorder's."""

    act: Literal["begin", "end"]
    t_ns: int
    vehicle_id: str = ""
    note: str = ""
    not_before_ns: int = 0
    future: Future[str] = field(default_factory=Future)


@dataclass(slots=True)
class _Loss:
    """Readings that were not kept because the inbox was full."""

    readings: int
    first_ns: int
    last_ns: int


@dataclass(slots=True)
class _Run:
    """The recording under way, as the recorder's thread sees it."""

    writer: RecordingWriter
    anchor_ns: int
    unwritten: list[Stretch] = field(default_factory=list)
    unwritten_samples: int = 0
    marks: list[Mark] = field(default_factory=list)
    marks_total: int = 0
    samples: int = 0
    refused_since: float | None = None
    retry_at: float = 0.0


class Recorder:
    """One recorder of one bay.

    `take`, `mark`, `gap`, `begin`, `end` and `status` may be used from any thread and never wait
    for the disk. What is kept in memory is bounded; what goes beyond it is counted, told in
    `status.problem` and marked as a gap.
    """

    def __init__(
        self,
        recordings: RecordingStore,
        *,
        pretrigger_s: float = 30.0,
        bounds: RecorderBounds | None = None,
    ) -> None:
        self._recordings = recordings
        self.pretrigger = Pretrigger(int(pretrigger_s * 1e9))
        self._bounds = bounds or RecorderBounds()
        self._lock = threading.Lock()
        self._inbox: list[Sequence[Reading]] = []
        self._inbox_readings = 0
        self._loss: _Loss | None = None
        self._orders: deque[_Order] = deque()
        self._marks: list[tuple[int, MarkKind, str, int | None]] = []
        self._known: dict[str, Channel] = {}
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._run: _Run | None = None
        self._problem = ""
        self._status = RecordingStatus()

    def start(self) -> None:
        """Start the recorder's thread."""
        if self._thread is not None:
            return
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the recording under way and the thread, within a second."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping = True
        self._wake.set()
        thread.join(_JOIN_S)

    def know(self, channels: Iterable[Channel]) -> None:
        """Make known what channels are; a reading of an unknown one is recorded without a unit."""
        self._known.update({channel.name: channel for channel in channels})

    def take(self, batch: Sequence[Reading]) -> None:
        """Take a batch of readings; called in the thread that read them, never waits."""
        readings = tuple(batch)
        if not readings:
            return
        with self._lock:
            if self._inbox_readings + len(readings) <= self._bounds.inbox_readings:
                self._inbox.append(readings)
                self._inbox_readings += len(readings)
                if self._inbox_readings >= _SOON_READINGS:
                    self._wake.set()
                return
            times = [reading.t_ns for reading in readings]
            loss = self._loss or _Loss(0, min(times), max(times))
            loss.readings += len(readings)
            loss.first_ns = min(loss.first_ns, *times)
            loss.last_ns = max(loss.last_ns, *times)
            self._loss = loss

    def begin(self, vehicle_id: str, note: str = "", *, not_before_ns: int = 0) -> Future[str]:
        """Begin a recording with the pre-trigger; the Future ends with its id.

        Nothing from before monotonic `not_before_ns` belongs to it: another car was plugged in.
        Errors: RecordingRefused while one is under way; NotKept for an unknown vehicle; DiskFull,
        DatabaseLocked, DatabaseReadOnly.
        """
        now_ns = time.monotonic_ns()
        return self._order(_Order("begin", now_ns, vehicle_id, note, not_before_ns))

    def end(self) -> Future[str]:
        """End the recording; the Future ends with its id once all of it is durable.

        Errors: RecordingRefused while none is under way.
        """
        return self._order(_Order("end", time.monotonic_ns()))

    def mark(self, t_ns: int, note: str = "") -> None:
        """Set a mark at monotonic `t_ns` in the recording under way."""
        with self._lock:
            self._marks.append((t_ns, MarkKind.NOTE, note, None))

    def gap(self, t0_ns: int, t1_ns: int | None, note: str = "") -> None:
        """Mark that the link was gone from `t0_ns` to `t1_ns` (monotonic; None: still gone).

        Outside a recording it is kept as long as the pre-trigger.
        """
        with self._lock:
            self._marks.append((t0_ns, MarkKind.GAP, note, t1_ns))

    @property
    def status(self) -> RecordingStatus:
        """The recording under way as of the last write."""
        return self._status

    def _order(self, order: _Order) -> Future[str]:
        if self._thread is None:
            order.future.set_exception(
                RecordingRefused("The recorder is not running.", to_do="Start the desk anew.")
            )
            return order.future
        with self._lock:
            self._orders.append(order)
        self._wake.set()
        return order.future

    # Below: the recorder's thread alone.

    def _work(self) -> None:
        while True:
            self._wake.wait(_WRITE_EVERY_S)
            self._wake.clear()
            stopping = self._stopping
            try:
                self._turn()
            except Exception as error:
                _log.exception("the recorder met a fault")
                self._problem = f"A fault in the recorder cost some readings ({error})."
            if stopping:
                self._leave()
                return
            self._tell()

    def _turn(self) -> None:
        """Do once what has come since the last turn."""
        with self._lock:
            batches, self._inbox = self._inbox, []
            self._inbox_readings = 0
            loss, self._loss = self._loss, None
            marks, self._marks = self._marks, []
            orders = list(self._orders)
            self._orders.clear()
        try:
            stretch = to_stretch(batches)
            if stretch is not None:
                self._keep(stretch)
            for mark in marks:
                self._set_mark(*mark)
            if loss is not None:
                self._note_loss(loss)
        finally:
            for order in orders:
                self._obey(order)
        self._write()

    def _keep(self, stretch: Stretch) -> None:
        self.pretrigger.keep(stretch)
        if self._run is not None:
            self._run.unwritten.append(stretch)
            self._run.unwritten_samples += stretch.samples

    def _set_mark(self, t_ns: int, kind: MarkKind, note: str, t_end_ns: int | None) -> None:
        if kind is MarkKind.GAP:
            self.pretrigger.keep_gap(Gap(t_ns, t_end_ns, note))
        if self._run is not None:
            anchor = self._run.anchor_ns
            end = None if t_end_ns is None else t_end_ns - anchor
            self._run.marks.append(Mark(t_ns - anchor, kind, note, end))
            self._run.marks_total += 1

    def _note_loss(self, loss: _Loss) -> None:
        told = f"{loss.readings} readings were lost: the disk did not keep up."
        self._problem = told
        self._set_mark(loss.first_ns, MarkKind.GAP, told, loss.last_ns)

    def _obey(self, order: _Order) -> None:
        if not order.future.set_running_or_notify_cancel():
            return
        try:
            if order.act == "begin":
                order.future.set_result(self._begin(order))
            else:
                order.future.set_result(self._end(Ending.STOPPED))
        except Exception as error:
            if not isinstance(error, CarTechError):
                _log.exception("the recorder could not %s", order.act)
            order.future.set_exception(error)

    def _begin(self, order: _Order) -> str:
        if self._run is not None:
            raise RecordingRefused(
                "A recording is under way already.", to_do="Stop it before you begin another."
            )
        since = self.pretrigger.start_ns(order.t_ns, order.not_before_ns)
        writer = self._recordings.begin(order.vehicle_id, (), anchor_ns=order.t_ns, note=order.note)
        run = self._run = _Run(writer, order.t_ns)
        self._problem = ""
        for stretch in self.pretrigger.since(since):
            run.unwritten.append(stretch)
            run.unwritten_samples += stretch.samples
        run.marks.append(Mark(0, MarkKind.TRIGGER, ""))
        for gap in self.pretrigger.gaps_since(since):
            end = None if gap.t1_ns is None else gap.t1_ns - run.anchor_ns
            run.marks.append(Mark(gap.t0_ns - run.anchor_ns, MarkKind.GAP, gap.note, end))
        run.marks_total = len(run.marks)
        self._tell()
        return writer.id

    def _end(self, ending: Ending) -> str:
        run = self._run
        if run is None:
            raise RecordingRefused(
                "No recording is under way.", to_do="Begin one before you stop it."
            )
        self._write(now=True)
        if self._run is None:
            return run.writer.id  # the write gave up and ended it
        if run.unwritten or run.marks:
            self._give_up(run)
            return run.writer.id
        try:
            run.writer.close(ending)
        except StoreError as error:
            run.writer.abandon()
            self._problem = error.message
        self._run = None
        self._tell()
        return run.writer.id

    def _write(self, *, now: bool = False) -> None:
        """Write what is not written yet; where the disk refuses it, keep it and try again."""
        run = self._run
        if run is None or not (run.unwritten or run.marks):
            return
        if not now and time.monotonic() < run.retry_at:
            self._give_up_in_time(run)
            return
        try:
            columns = together(run.unwritten) if run.unwritten else {}
            run.writer.add_channels([self._channel(name) for name in columns])
            run.samples += run.writer.write(columns, run.marks)
        except StoreError as error:
            run.retry_at = time.monotonic() + _RETRY_EVERY_S
            if run.refused_since is None:
                run.refused_since = time.monotonic()
            self._problem = (
                f"{error.happened} {run.unwritten_samples} samples wait in memory. {error.to_do}"
            )
            self._give_up_in_time(run)
            return
        if run.refused_since is not None:
            run.refused_since = None
            self._problem = ""
        run.unwritten.clear()
        run.unwritten_samples = 0
        run.marks.clear()

    def _give_up_in_time(self, run: _Run) -> None:
        waited = 0.0 if run.refused_since is None else time.monotonic() - run.refused_since
        full = run.unwritten_samples > self._bounds.unwritten_samples
        if full or waited > self._bounds.give_up_s:
            self._give_up(run)

    def _give_up(self, run: _Run) -> None:
        """End a recording that cannot be written any more; what was written is kept."""
        lost = run.unwritten_samples
        try:
            run.writer.close(Ending.DISK_FULL)
        except StoreError:
            run.writer.abandon()  # the next start writes the same ending
        self._problem = (
            f"The recording ended because the disk took no more: its last {lost} samples are "
            "lost, what was written before is kept. Free some space and begin a new one."
        )
        self._run = None
        self._tell()

    def _channel(self, name: str) -> Channel:
        return self._known.get(name) or Channel(name, name, "", float("nan"), float("nan"))

    def _leave(self) -> None:
        if self._run is not None:
            try:
                self._end(Ending.STOPPED)
            except Exception:
                _log.exception("the recording could not be ended; the next start marks its end")
        with self._lock:
            orders, self._orders = list(self._orders), deque()
        for order in orders:
            order.future.set_exception(
                RecordingRefused("The recorder was stopped.", to_do="Start the desk anew.")
            )
        self._tell()

    def _tell(self) -> None:
        """Write down the state for other threads, in one assignment."""
        run = self._run
        if run is None:
            self._status = RecordingStatus(problem=self._problem)
            return
        problem = self._problem
        if not problem and run.writer.postponed is not None:
            problem = run.writer.postponed.message
        self._status = RecordingStatus(
            run.writer.id, run.anchor_ns, run.samples, run.marks_total, problem
        )
