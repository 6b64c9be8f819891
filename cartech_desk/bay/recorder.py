"""The recorder: takes readings from the feed, keeps the last half minute, writes recordings."""

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Final

from cartech_desk.bay.columns import Stretch, to_stretch
from cartech_desk.bay.pretrigger import AlarmMark, Gap, Pretrigger
from cartech_desk.bay.recorder_inbox import SOON_READINGS, Inbox
from cartech_desk.bay.recorder_orders import (
    AlarmNoted,
    Loss,
    Noted,
    Order,
    RecordingRefused,
    not_running,
)
from cartech_desk.bay.recording_run import RecorderBounds, Run
from cartech_desk.bay.status import RecordingStatus
from cartech_desk.domain.channels import Channel, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor
from cartech_desk.store.recordings import Ending, MarkKind, RecordingStore

__all__ = ["Recorder", "RecorderBounds", "RecordingRefused"]

_log = logging.getLogger(__name__)

_WRITE_EVERY_S: Final = 0.4
"""With the write itself this stays below the second within which a reading is durable."""
_LEAVE_EVERY_S: Final = 0.1
_JOIN_S: Final = 5.0
"""Longer than `RecorderBounds.leave_s` and the last attempts to write; usually it is no time."""
_UNWRITTEN: Final = "what was not yet written of the recording"


class Recorder:
    """One recorder of one bay.

    All but `start` and `stop` may be used from any thread and never wait for the disk. What is
    kept in memory is bounded; what goes beyond it is counted, told in `status.problem` and marked
    as a gap.
    """

    def __init__(
        self,
        recordings: RecordingStore,
        *,
        pretrigger_s: float = 30.0,
        bounds: RecorderBounds | None = None,
    ) -> None:
        self._recordings = recordings
        self._bounds = bounds or RecorderBounds()
        self.pretrigger = Pretrigger(int(pretrigger_s * 1e9), self._bounds.unwritten_samples)
        self._inbox = Inbox(self._bounds.inbox_readings)
        self._known: dict[str, Channel] = {}
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._run: Run | None = None
        self._beginning = False
        """Whether a recording is being begun now, which may wait for the disk."""
        self._enders: list[Order] = []
        self._settlers: list[Order] = []
        self._hurried = False
        self._problem = ""
        self._status = RecordingStatus()

    def start(self) -> None:
        """Start the recorder's thread."""
        if self._thread is not None:
            return
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def stop(self, within_s: float = 1.0) -> None:
        """End the recording under way and the thread, within `within_s`.

        While the disk refuses what is not written yet, or a recording that is to begin, this takes
        some seconds longer, five at most; what is lost then is told in `status.problem` and in the
        log.
        """
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping = True
        self._inbox.wake.set()
        thread.join(within_s)
        if self._run is not None or self._beginning:
            thread.join(_JOIN_S)
        if thread.is_alive() and (self._run is not None or self._beginning):
            what = "the recording that was to begin" if self._run is None else _UNWRITTEN
            told = f"The disk did not answer: {what} is lost."
            _log.error("%s", told)
            self._status = RecordingStatus(problem=told)

    def know(self, channels: Iterable[Channel]) -> None:
        """Make known what channels are; a reading of an unknown one is recorded without a unit."""
        self._known.update({channel.name: channel for channel in channels})

    def take(self, batch: Sequence[Reading]) -> None:
        """Take a batch of readings; called in the thread that read them, never waits."""
        self._inbox.take(batch)

    def begin(
        self,
        vehicle_id: str,
        note: str = "",
        *,
        not_before_ns: int = 0,
        operator: Actor | None = None,
        recording_id: str = "",
        t_ns: int | None = None,
    ) -> Future[str]:
        """Begin a recording with the pre-trigger; the Future ends with its id.

        `operator` is who records it, None where that is not known. Nothing from before monotonic
        `not_before_ns` belongs to it: another car was plugged in. Whoever has to know of it before
        it is there gives its `recording_id` (a new UUID) and the monotonic `t_ns` of its anchor;
        where it is refused, all that belongs to it is held for another attempt, within bounds.
        Errors: RecordingRefused while one is under way; NotKept for an unknown vehicle; DiskFull,
        DatabaseLocked, DatabaseReadOnly.
        """
        now_ns = monotonic_ns() if t_ns is None else t_ns
        return self._order(
            Order("begin", now_ns, vehicle_id, note, not_before_ns, operator, recording_id)
        )

    def settled(self) -> Future[str]:
        """Return a Future that ends once all that was taken until now is durable.

        It ends with the id of the recording under way. Errors: RecordingRefused while none is;
        StoreError where what was taken is lost.
        """
        return self._order(Order("settle", monotonic_ns()))

    def end(self) -> Future[str]:
        """End the recording; the Future ends with its id once all of it is durable.

        While the disk refuses that, it is tried again for as long as the bounds say. Errors:
        RecordingRefused while none is under way; StoreError (DiskFull, DatabaseLocked, …) where
        it could not be written, with what was lost.
        """
        return self._order(Order("end", monotonic_ns()))

    def mark(self, t_ns: int, note: str = "") -> None:
        """Set a mark at monotonic `t_ns` in the recording under way."""
        self._inbox.ask(Noted(t_ns, MarkKind.NOTE, note, None))

    def gap(self, t0_ns: int, t1_ns: int | None, note: str = "") -> None:
        """Mark that the link was gone from `t0_ns` to `t1_ns` (monotonic; None: still gone).

        Outside a recording it is kept as long as the pre-trigger.
        """
        self._inbox.ask(Noted(t0_ns, MarkKind.GAP, note, t1_ns))

    def mark_alarm(self, mark_id: str, t0_ns: int, t1_ns: int, note: str = "") -> None:
        """Mark that an alarm stood from monotonic `t0_ns` to `t1_ns`, as far as is known yet.

        `mark_id` names the occurrence, `note` is what the technician reads. Outside a recording
        it is kept as long as the pre-trigger: a recording begun later begins with it, cut to
        where that starts. An alarm that goes on standing is extended every few seconds: what
        was written last stands after a power cut.
        """
        self._inbox.ask(AlarmNoted(mark_id, t0_ns, t1_ns, note, monotonic_ns()))

    def extend_alarm(self, mark_id: str, t1_ns: int) -> None:
        """Move the end of an alarm's mark to a later monotonic `t1_ns`, also of one written."""
        self._inbox.ask(AlarmNoted(mark_id, None, t1_ns))

    @property
    def status(self) -> RecordingStatus:
        """The recording under way as of the last write."""
        return self._status

    def _order(self, order: Order) -> Future[str]:
        if self._thread is None:
            order.future.set_exception(not_running())
            return order.future
        self._inbox.ask(order)
        return order.future

    # Below: the recorder's thread alone.

    def _work(self) -> None:
        while True:
            self._inbox.wake.wait(_WRITE_EVERY_S)
            self._inbox.wake.clear()
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
        arrived = self._inbox.emptied()
        self._hurried = False
        try:
            stretch = to_stretch(arrived.batches)
            if stretch is not None:
                # Where so much came at once, more is on its way.
                self._hurried = stretch.samples >= SOON_READINGS
                self._keep(stretch)
            if arrived.loss is not None:
                self._note_loss(arrived.loss)
        finally:
            for each in arrived.asked:
                if isinstance(each, Noted):
                    self._set_mark(each)
                elif isinstance(each, AlarmNoted):
                    self._set_alarm(each)
                else:
                    self._obey(each)
        self._advance()

    def _keep(self, stretch: Stretch) -> None:
        self.pretrigger.keep(stretch)
        if self._run is not None:
            self._run.keep(stretch)

    def _set_mark(self, noted: Noted) -> None:
        if noted.kind is MarkKind.GAP:
            self.pretrigger.keep_gap(Gap(noted.t_ns, noted.t_end_ns, noted.note))
        if self._run is not None:
            self._run.mark(noted.t_ns, noted.kind, noted.note, noted.t_end_ns)

    def _set_alarm(self, noted: AlarmNoted) -> None:
        if noted.t0_ns is None:
            self.pretrigger.extend_alarm(noted.mark_id, noted.t1_ns)
            if self._run is not None:
                self._run.extend_alarm(noted.mark_id, noted.t1_ns)
            return
        mark = AlarmMark(noted.t0_ns, noted.t1_ns, noted.note, noted.noted_ns)
        self.pretrigger.keep_alarm(noted.mark_id, mark)
        if self._run is not None:
            self._run.mark_alarm(noted.mark_id, noted.t0_ns, noted.t1_ns, noted.note)

    def _note_loss(self, loss: Loss) -> None:
        told = f"{loss.readings} readings were lost: the disk did not keep up."
        self._problem = told
        self._set_mark(Noted(loss.first_ns, MarkKind.GAP, told, loss.last_ns))

    def _obey(self, order: Order) -> None:
        if not order.future.set_running_or_notify_cancel():
            return
        try:
            if order.act == "begin":
                order.future.set_result(self._begin(order))
            elif order.act == "settle":
                self._under_way()
                self._settlers.append(order)
            else:
                self._end(order)
        except Exception as error:
            if not isinstance(error, CarTechError):
                _log.exception("the recorder could not %s", order.act)
            if self._stopping and order.act == "begin":
                self._problem = f"The recording that was to begin is lost. {error}"
                _log.error("%s", self._problem)
            order.future.set_exception(error)

    def _begin(self, order: Order) -> str:
        since = self.pretrigger.start_ns(order.t_ns, order.not_before_ns)
        if order.recording_id:
            self.pretrigger.hold(order.recording_id, since, monotonic_ns())
        if self._run is not None:
            if self._run.ending:
                raise RecordingRefused(
                    f"The recording before is still being written. {self._run.problem}",
                    to_do="Begin another one once it is.",
                )
            raise RecordingRefused(
                "A recording is under way already.", to_do="Stop it before you begin another."
            )
        before, gaps = list(self.pretrigger.since(since)), self.pretrigger.gaps_since(since)
        lost = self.pretrigger.lost_since(since)
        self._beginning = True
        try:
            writer = self._recordings.begin(
                order.vehicle_id,
                (),
                anchor_ns=order.t_ns,
                note=order.note,
                operator=order.operator,
                recording_id=order.recording_id,
            )
            run = self._run = Run(writer, order.t_ns, self._bounds, since_ns=since)
        finally:
            self._beginning = False
        self._problem = ""
        self.pretrigger.release(order.recording_id)
        if lost is not None:
            gaps.append(lost)
        for stretch in before:
            run.keep(stretch)
        run.mark(order.t_ns, MarkKind.TRIGGER, "")
        for gap in gaps:
            run.mark(gap.t0_ns, MarkKind.GAP, gap.note, gap.t1_ns)
        for mark_id, alarm in self.pretrigger.alarms_since(since).items():
            if alarm.noted_ns >= order.not_before_ns:
                run.mark_alarm(mark_id, alarm.t0_ns, alarm.t1_ns, alarm.note)
        self._tell()
        return writer.id

    def _end(self, order: Order) -> None:
        run = self._under_way()
        self._enders.append(order)
        run.end(Ending.STOPPED)
        self._advance()

    def _under_way(self) -> Run:
        if self._run is None:
            raise RecordingRefused(
                "No recording is under way.", to_do="Begin one before you stop it."
            )
        return self._run

    def _advance(self) -> None:
        """Write what is not written yet; let go of the recording once it has ended."""
        run = self._run
        if run is None:
            return
        run.write(self._channel, hurried=self._hurried)
        if not run.waits and self._settlers:
            settlers, self._settlers = self._settlers, []
            for order in settlers:
                order.future.set_result(run.id)
        if run.closed:
            self._let_go(run)

    def _let_go(self, run: Run) -> None:
        self._run = None
        self._problem = self._problem if run.lost is None else run.problem
        self._tell()
        enders, self._enders = [*self._settlers, *self._enders], []
        self._settlers = []
        for order in enders:
            if run.lost is None:
                order.future.set_result(run.id)
            else:
                order.future.set_exception(run.lost)
        run.put_in_order()

    def _channel(self, name: str) -> Channel:
        return self._known.get(name) or Channel(name, name, "", float("nan"), float("nan"))

    def _leave(self) -> None:
        run = self._run
        if run is not None:
            run.end(Ending.STOPPED)
            until = time.monotonic() + self._bounds.leave_s
            self._advance()
            while not run.closed and time.monotonic() < until:
                self._tell()
                time.sleep(_LEAVE_EVERY_S)
                self._advance()
            if not run.closed:
                run.give_up()
                self._let_go(run)
        for order in self._inbox.unheard():
            order.future.set_exception(not_running())
        self._tell()

    def _tell(self) -> None:
        """Write down the state for other threads, in one assignment."""
        run = self._run
        if run is None:
            self._status = RecordingStatus(problem=self._problem)
            return
        self._status = RecordingStatus(
            run.id, run.anchor_ns, run.samples, run.marks, run.problem or self._problem
        )
