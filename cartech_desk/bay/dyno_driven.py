"""A run that is being driven, on disk from its first instant: its row and its recording.

The row is kept before the recording that it names is begun, and the recording takes in what came
before that: whenever the power goes, `DynoRuns.settle` finds the run and how far it came.
"""

import logging
import time
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cartech_desk.bay.dyno_around import Around
from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.bay.dyno_settle import ended_mark, run_mark
from cartech_desk.bay.dyno_signs import put_up, run_sign
from cartech_desk.bay.dyno_triggers import End, Why
from cartech_desk.bay.recorder import RecordingRefused
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import Ending as RecordingEnding
from cartech_desk.store.store import Store

if TYPE_CHECKING:
    from cartech_desk.store.presence import Presence

AGAIN_S: Final = 1.0
"""What the disk refused is tried again so often."""
PATIENCE_S: Final = 75.0
"""So long a run that is over waits for the disk: longer than the recorder itself."""
BEGIN_S: Final = 20.0
"""So long a run that is over is tried to be recorded, where the disk never let it begin."""
ROW_S: Final = 20.0
"""So long it is tried to keep its row before others are told; then it is tried on."""
LATE_NS: Final = 1_000_000_000
"""What is recorded of a run may begin so late without a word."""
_LOOK_S: Final = 0.05

_ENDINGS: Final = {Why.SILENCE: RunEnding.SOURCE_LOST, Why.SOURCE: RunEnding.STOPPED}

_LOG = logging.getLogger(__name__)


class Driven:
    """One run from its begin until it is put away.

    Used by the bench's thread alone until `put_away`, and from then on by whoever calls that.
    `run` is its row as it should be kept, `kept` whether it is, `ended` whether its end is too;
    `problem` says what is wrong. Times of `begun_ns` and `anchor_ns` are monotonic.
    """

    def __init__(
        self,
        store: Store,
        runs: DynoRuns,
        around: Around,
        *,
        session: DynoSession,
        run: DynoRun,
        by: Actor,
        anchor_ns: int,
        own: bool,
    ) -> None:
        """`own` tells that the recording is begun and ended with the run."""
        self.run = run
        self.by = by
        self.anchor_ns = anchor_ns
        self.begun_ns = anchor_ns + (run.first_ns or 0)
        self.kept = self.ended = False
        self._problems: dict[str, str] = {}
        self._store = store
        self._runs = runs
        self._around = around
        self._session = session
        self._own = own
        self._begun: Future[str] | None = None
        self._recorded = not own
        self._durable = False
        self._row_at = self._recording_at = 0.0
        self._sign: Presence | None = None

    @property
    def problem(self) -> str:
        """What is wrong with its row or its recording, a sentence; empty where nothing is."""
        return next(iter(self._problems.values()), "")

    def begin(self) -> None:
        """Keep the row, then begin the recording; what is refused is tried again by `look`."""
        self._sign = put_up(self._store, run_sign(self.run.id))
        self._keep_row()
        self._record()
        if not self._own:
            self._around.mark(self.begun_ns, run_mark(self.run.name))

    def look(self) -> End | None:
        """See how row and recording are doing; the end where the recording was ended elsewhere."""
        if not self.kept and time.monotonic() >= self._row_at:
            self._keep_row()
        self._look_at_recording()
        if self._recorded and self._around.recording().id != self.run.recording_id:
            return End(Why.RECORDING, 0)
        return None

    def put_away(self, end: End, *, within_s: float) -> DynoRun:
        """Make all of it durable, and keep how it ended; returns it as it is kept.

        After `within_s` the disk is not waited for any longer: what it still holds back is
        written as ever, and the row keeps its end as far as that can be told. Where it cannot be
        kept, `keep_on` tries again.
        """
        until = time.monotonic() + within_s
        if not self._own:
            self._around.mark(end.last_ns, ended_mark(run_mark(self.run.name)))
        self._durable = self._make_durable(until)
        run = replace(
            self.run,
            last_ns=max(self.run.first_ns or 0, end.last_ns - self.anchor_ns),
            ending=_ENDINGS.get(end.why, RunEnding.STOPPED),
        )
        self.run = self._as_recorded(run)
        until = time.monotonic() + min(within_s, ROW_S)
        while not self.keep_on() and time.monotonic() < until:
            time.sleep(_LOOK_S)
        return self.run

    def keep_on(self) -> bool:
        """Try once to keep how it ended, and then its numbers; tells whether its end is kept."""
        if not self.kept:
            end = self.run
            self.run = replace(end, ending=RunEnding.OPEN)
            self._keep_row()
            self.run = replace(end, id=self.run.id, number=self.run.number, name=self.run.name)
        if self.kept and not self.ended:
            try:
                self.run = self._store.dyno.end_run(self.run, self.by)
                self.ended = True
                self._problems.pop("end", None)
            except Exception as error:
                self._problem_with("end", "How the run ended cannot be kept yet.", error)
        if self.ended:
            self._seal()
            self.leave()
        return self.ended

    def leave(self) -> None:
        """Take the sign down; of a run whose end is not kept it stays for `settle` to find."""
        sign, self._sign = self._sign, None
        if sign is not None:
            sign.leave(keep_word=not self.ended)

    def _keep_row(self) -> None:
        try:
            self.run, self.kept = self._store.dyno.add_run(self.run, self.by), True
            self._problems.pop("row", None)
        except Exception as error:
            self._row_at = time.monotonic() + AGAIN_S
            self._problem_with("row", "The run cannot be kept in the list yet.", error)

    def _record(self) -> None:
        if not self._own:
            return
        self._begun = self._around.begin(
            self._session.vehicle_id,
            run_mark(self.run.name),
            self.by,
            recording_id=self.run.recording_id,
            t_ns=self.anchor_ns,
        )

    def _look_at_recording(self) -> None:
        """See whether the recording has begun; try again where that was refused."""
        begun = self._begun
        if begun is not None and begun.done():
            self._begun = None
            error = begun.exception()
            if error is None:
                self._recorded = True
                self._problems.pop("recording", None)
            else:
                self._recording_at = time.monotonic() + AGAIN_S
                self._problem_with("recording", "The run is not recorded.", error)
        elif begun is None and not self._recorded and time.monotonic() >= self._recording_at:
            self._record()

    def _problem_with(self, of: str, what: str, error: BaseException) -> None:
        if not isinstance(error, CarTechError):
            _LOG.error("%s", what, exc_info=error)
        told = error.message if isinstance(error, CarTechError) else f"({error!r})"
        self._problems[of] = f"{what} {told}"

    def _make_durable(self, until: float) -> bool:
        """Wait until nothing of the run is on its way to the disk any more; False where it is."""
        patience = min(until, time.monotonic() + BEGIN_S)
        while not self._recorded and time.monotonic() < (until if self._begun else patience):
            self._look_at_recording()
            if not self._recorded:
                time.sleep(_LOOK_S)
        if not self._recorded or self._around.recording().id != self.run.recording_id:
            return self._begun is None
        try:
            _awaited(self._around.end() if self._own else self._around.settled(), until)
        except RecordingRefused:
            pass  # it ended meanwhile: what there is of it is looked at next
        except TimeoutError:
            self._problems["disk"] = "The disk has not taken all of the run yet; it is written on."
            return False
        except Exception as error:
            self._problem_with("disk", "Not all of the run could be written.", error)
        return True

    def _as_recorded(self, run: DynoRun) -> DynoRun:
        """Return the run with what its recording really holds."""
        try:
            recording = self._store.recordings.get(run.recording_id)
        except NotKept:
            recording = None
        except Exception as error:
            self._problem_with("disk", "The recording of the run cannot be read now.", error)
            self._durable = False
            return run
        if not self._durable:
            return run
        if recording is None or not any(one.samples for one in recording.channels):
            self._problems.setdefault("recording", f"Nothing of {run.name} was recorded.")
            return replace(run, first_ns=None, last_ns=None, ending=RunEnding.NOT_RECORDED)
        told = []
        late_ns = recording.first_ns - (run.first_ns or 0)
        if late_ns > LATE_NS:
            told.append(f"The disk refused the first {late_ns / 1e9:.1f} s of it.")
        if recording.ending in (RecordingEnding.DISK_FULL, RecordingEnding.WRITE_FAILED):
            lacks_s = ((run.last_ns or 0) - recording.last_ns) / 1e9
            told.append(f"The disk refused the last {max(0.0, lacks_s):.1f} s of it.")
        if told:
            run = replace(run, note=" ".join(told))
            self._problems.setdefault("disk", f"{run.name}: {run.note}")
        return run

    def _seal(self) -> None:
        """Keep its numbers and its hash, once its samples rest; else `settle` does it later."""
        if not self._durable or self.run.ending is RunEnding.NOT_RECORDED:
            return
        try:
            self.run = self._store.dyno.seal_run(self._runs.sealed(self.run), self.by)
        except Exception as error:
            self._problem_with("numbers", f"{self.run.name} is kept, without its numbers.", error)


def _awaited(future: Future[str], until: float) -> str:
    """Wait for a Future until a time (`time.monotonic`). Errors: its own, TimeoutError."""
    return future.result(max(0.0, until - time.monotonic()))
