"""The recording under way: what waits to be written, for how long, and how it ends."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from cartech_desk.bay.columns import Stretch, together
from cartech_desk.domain.channels import Channel
from cartech_desk.store.errors import DiskFull, StoreError
from cartech_desk.store.recordings import Ending, Mark, MarkKind, RecordingWriter

_log = logging.getLogger(__name__)

_RETRY_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class RecorderBounds:
    """How much the recorder keeps in memory, and for how long it hopes for the disk.

    `inbox_readings` between two looks of its thread, `unwritten_samples` while the disk refuses
    them, `give_up_s` until a recording that cannot be written is ended, `leave_s` the same when
    the whole desk is ended.
    """

    inbox_readings: int = 1_000_000
    unwritten_samples: int = 4_000_000
    give_up_s: float = 60.0
    leave_s: float = 2.0


class Run:
    """One recording from its begin to its end; used by the recorder's thread alone.

    `write` never raises: whatever keeps samples from being written is told in `problem`, and they
    wait in memory until it is over or the bounds are reached. Then the recording is `closed`, and
    `lost` says what was lost and why. Nothing in it is from before monotonic `since_ns`.
    """

    def __init__(
        self,
        writer: RecordingWriter,
        anchor_ns: int,
        bounds: RecorderBounds,
        *,
        since_ns: int | None = None,
    ) -> None:
        self.id = writer.id
        self.anchor_ns = anchor_ns
        self.since_ns = anchor_ns if since_ns is None else since_ns
        self.samples = 0
        self.marks = 0
        self.closed = False
        self.lost: StoreError | None = None
        self._problem = ""
        self._writer = writer
        self._bounds = bounds
        self._unwritten: list[Stretch] = []
        self._unwritten_samples = 0
        self._unwritten_marks: list[Mark] = []
        self._alarms: dict[str, Mark] = {}
        self._unwritten_alarms: dict[str, Mark] = {}
        self._ending: Ending | None = None
        self._refused: StoreError | None = None
        self._refused_since = 0.0
        self._retry_at = 0.0

    @property
    def problem(self) -> str:
        """A sentence while something is wrong with the writing, and after it."""
        postponed = self._writer.postponed
        return self._problem or (postponed.message if postponed is not None else "")

    @property
    def ending(self) -> bool:
        """Whether it was told to end."""
        return self._ending is not None

    @property
    def waits(self) -> bool:
        """Whether something is not written yet."""
        return bool(self._unwritten or self._unwritten_marks or self._unwritten_alarms)

    def keep(self, stretch: Stretch) -> None:
        """Take in samples; what comes after the end was asked for does not belong to it."""
        if self._ending is None:
            self._unwritten.append(stretch)
            self._unwritten_samples += stretch.samples

    def mark(self, t_ns: int, kind: MarkKind, note: str, t_end_ns: int | None = None) -> None:
        """Take in a mark; times are monotonic."""
        if self._ending is None:
            end = None if t_end_ns is None else t_end_ns - self.anchor_ns
            self._unwritten_marks.append(Mark(t_ns - self.anchor_ns, kind, note, end))
            self.marks += 1

    def mark_alarm(self, mark_id: str, t0_ns: int, t1_ns: int, note: str) -> None:
        """Take in the mark of an alarm, whose end may move; times are monotonic."""
        if self._ending is None and mark_id not in self._alarms:
            start = max(t0_ns, self.since_ns) - self.anchor_ns
            end = max(start, t1_ns - self.anchor_ns)
            self._put(mark_id, Mark(start, MarkKind.ALARM, note, end))
            self.marks += 1

    def extend_alarm(self, mark_id: str, t1_ns: int) -> None:
        """Move the end of an alarm's mark; nothing where this recording has no such mark."""
        mark = self._alarms.get(mark_id)
        end = t1_ns - self.anchor_ns
        if self._ending is None and mark is not None and end > (mark.t_end_ns or mark.t_ns):
            self._put(mark_id, replace(mark, t_end_ns=end))

    def end(self, ending: Ending) -> None:
        """End it as soon as all of it is written."""
        self._ending = self._ending or ending

    def write(self, channel: Callable[[str], Channel], *, hurried: bool = False) -> None:
        """Write what is not written yet, and end the recording where that is due.

        `channel` describes a channel by its name; `hurried` says that more is waiting already.
        """
        if self.closed:
            return
        if self.waits:
            if self._ending is not None or time.monotonic() >= self._retry_at:
                self._try(channel, hurried)
            if self.waits and self._is_over():
                self.give_up()
        if self._ending is not None and not self.closed and not self.waits:
            self._close(self._ending)

    def give_up(self) -> None:
        """End a recording that cannot be written any more; what was written is kept."""
        refused = self._refused or _fault()
        count = len(self._unwritten_marks) + len(self._unwritten_alarms)
        marks = f" and {count} mark{'s' if count > 1 else ''}" if count else ""
        self.lost = type(refused)(
            f"{refused.happened} The recording was ended: its last {self._unwritten_samples} "
            f"samples{marks} are lost.",
            kept="What was written before is kept.",
            to_do=refused.to_do,
        )
        _log.error("recording %s: %s", self.id, self.lost.message)
        self._close(Ending.DISK_FULL if isinstance(refused, DiskFull) else Ending.WRITE_FAILED)
        self._problem = self.lost.message

    def put_in_order(self) -> None:
        """Tidy up after the end; nobody has to wait for it."""
        self._writer.put_in_order()

    def _put(self, mark_id: str, mark: Mark) -> None:
        self._alarms[mark_id] = self._unwritten_alarms[mark_id] = mark

    def _is_over(self) -> bool:
        if self._unwritten_samples > self._bounds.unwritten_samples:
            return True
        waited = 0.0 if self._refused is None else time.monotonic() - self._refused_since
        return waited > self._bounds.give_up_s

    def _try(self, channel: Callable[[str], Channel], hurried: bool) -> None:
        try:
            columns = together(self._unwritten) if self._unwritten else {}
            self._writer.add_channels([channel(name) for name in columns])
            self.samples += self._writer.write(
                columns,
                self._unwritten_marks,
                alarms=self._unwritten_alarms,
                hurried=hurried or self._ending is not None,
            )
        except Exception as error:  # a fault of ours, too, must not cost samples without bound
            self._refuse(error)
            return
        if self._refused is not None:
            self._refused = None
            self._problem = ""
        self._unwritten.clear()
        self._unwritten_samples = 0
        self._unwritten_marks.clear()
        self._unwritten_alarms.clear()

    def _refuse(self, error: Exception) -> None:
        self._retry_at = time.monotonic() + _RETRY_EVERY_S
        if self._refused is None:
            self._refused_since = time.monotonic()
            _warn("recording %s cannot be written now: %s", self.id, error)
        self._refused = error if isinstance(error, StoreError) else _fault()
        self._problem = (
            f"{self._refused.happened} {self._unwritten_samples} samples wait in memory. "
            f"{self._refused.to_do}"
        )

    def _close(self, ending: Ending) -> None:
        """Write the ending; where that is refused, leave word of it for the next look."""
        self.closed = True
        self._problem = ""
        try:
            self._writer.finish(ending)
        except Exception as error:
            _warn("the ending of recording %s waits: %s", self.id, error)
            self._writer.abandon(ending)


def _warn(told: str, recording_id: str, error: Exception) -> None:
    ours = not isinstance(error, StoreError)
    _log.warning(told, recording_id, error, exc_info=error if ours else None)


def _fault() -> StoreError:
    return StoreError(
        "A fault of the desk keeps the recording from being written.",
        to_do="Look into the log, and begin a new recording.",
    )
