"""A run that is being driven, on disk from its first instant: its row and its recording.

The row is kept before the recording that it names is begun, and the recording takes in what came
before that: whenever the power goes, `DynoRuns.settle` finds the run and how far it came.
"""

import logging
import time
from concurrent.futures import Future
from dataclasses import replace
from typing import Final

from cartech_desk.bay.dyno_around import Around
from cartech_desk.bay.dyno_runs import DynoRuns
from cartech_desk.bay.dyno_triggers import End, Why
from cartech_desk.bay.recorder import RecordingRefused
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import Ending as RecordingEnding
from cartech_desk.store.store import Store

AGAIN_S: Final = 1.0
"""What the disk refused is tried again so often."""
PATIENCE_S: Final = 75.0
"""So long a run that is over waits for the disk: longer than the recorder itself."""
ROW_S: Final = 20.0
"""So long it is tried to keep its row."""
_LOOK_S: Final = 0.05

_ENDINGS: Final = {Why.SILENCE: RunEnding.SOURCE_LOST, Why.SOURCE: RunEnding.STOPPED}

_LOG = logging.getLogger(__name__)


class Driven:
    """One run from its begin until it is put away; used by the bench's thread alone.

    `run` is its row as it should be kept, `kept` whether it is; `problem` says what is wrong with
    either. Times of `begun_ns` and `anchor_ns` are monotonic.
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
        self.kept = False
        self.problem = ""
        self._store = store
        self._runs = runs
        self._around = around
        self._session = session
        self._own = own
        self._begun: Future[str] | None = None
        self._recorded = not own
        self._row_at = self._recording_at = 0.0

    def begin(self) -> None:
        """Keep the row, then begin the recording; what is refused is tried again by `look`."""
        self._keep_row()
        self._record()
        if not self._own:
            self._around.mark(self.begun_ns, self._name())

    def look(self) -> End | None:
        """See how row and recording are doing; the end where the recording was ended elsewhere."""
        if not self.kept and time.monotonic() >= self._row_at:
            self._keep_row()
        begun = self._begun
        if begun is not None and begun.done():
            self._begun = None
            error = begun.exception()
            if error is None:
                self._recorded = True
            else:
                self._refused(error)
        elif begun is None and not self._recorded and time.monotonic() >= self._recording_at:
            self._record()
        if self._recorded and self._around.recording().id != self.run.recording_id:
            return End(Why.RECORDING, 0)
        return None

    def put_away(self, end: End, *, within_s: float) -> DynoRun:
        """Make all of it durable, and keep how it ended; returns it as it is kept.

        After `within_s` the disk is not waited for any longer: what it still holds back is
        written as ever, and the row keeps its end as far as that can be told.
        """
        until = time.monotonic() + within_s
        if not self._own:
            self._around.mark(end.last_ns, f"{self._name()} ended")
        durable = self._make_durable(until)
        run = replace(
            self.run,
            last_ns=max(self.run.first_ns or 0, end.last_ns - self.anchor_ns),
            ending=_ENDINGS.get(end.why, RunEnding.STOPPED),
        )
        self.run = self._as_recorded(run, durable=durable)
        self._keep_end(time.monotonic() + min(within_s, ROW_S))
        return self.run

    def _name(self) -> str:
        return f"Dyno: {self.run.name or 'run'}"

    def _keep_row(self) -> None:
        try:
            self.run = self._store.dyno.add_run(self.run, self.by)
            self.kept, self.problem = True, ""
        except Exception as error:
            self._row_at = time.monotonic() + AGAIN_S
            self._problem_with("The run cannot be kept in the list yet.", error)

    def _record(self) -> None:
        if not self._own:
            return
        self._begun = self._around.begin(
            self._session.vehicle_id,
            self._name(),
            self.by,
            recording_id=self.run.recording_id,
            t_ns=self.anchor_ns,
        )

    def _refused(self, error: BaseException) -> None:
        self._recording_at = time.monotonic() + AGAIN_S
        self._problem_with("The run is not recorded.", error)

    def _problem_with(self, what: str, error: BaseException) -> None:
        if not isinstance(error, CarTechError):
            _LOG.error("%s", what, exc_info=error)
        told = error.message if isinstance(error, CarTechError) else f"({error!r})"
        self.problem = f"{what} {told}"

    def _make_durable(self, until: float) -> bool:
        """Wait until nothing of the run is on its way to the disk any more; False where it is."""
        begun = self._begun
        if begun is not None:
            try:
                _awaited(begun, until)
                self._recorded = True
            except Exception as error:
                self._problem_with("The run is not recorded.", error)
        if not self._recorded or self._around.recording().id != self.run.recording_id:
            return True
        try:
            _awaited(self._around.end() if self._own else self._around.settled(), until)
        except RecordingRefused:
            pass  # it ended meanwhile: what there is of it is looked at next
        except TimeoutError:
            self.problem = "The disk has not taken all of the run yet; it is written on."
            return False
        except Exception as error:
            self._problem_with("Not all of the run could be written.", error)
        return True

    def _as_recorded(self, run: DynoRun, *, durable: bool) -> DynoRun:
        """Return the run with what its recording really holds, and its numbers once that rests."""
        try:
            recording = self._store.recordings.get(run.recording_id)
        except NotKept:
            recording = None
        except Exception as error:
            self._problem_with("The recording of the run cannot be read now.", error)
            return run
        if not durable:
            return run
        if recording is None or not any(one.samples for one in recording.channels):
            self.problem = self.problem or f"Nothing of {run.name} was recorded."
            return replace(run, first_ns=None, last_ns=None, ending=RunEnding.NOT_RECORDED)
        lacks_s = ((run.last_ns or 0) - recording.last_ns) / 1e9
        if recording.ending in (RecordingEnding.DISK_FULL, RecordingEnding.WRITE_FAILED):
            told = f"The disk refused the last {max(0.0, lacks_s):.1f} s of it."
            run = replace(run, note=told)
            self.problem = self.problem or f"{run.name}: {told}"
        try:
            return self._runs.completed(run)
        except Exception as error:
            self._problem_with(f"{run.name} is kept, and cannot be computed.", error)
            return run

    def _keep_end(self, until: float) -> None:
        while True:
            if not self.kept:
                end = self.run
                self.run = replace(end, ending=RunEnding.OPEN)
                self._keep_row()
                self.run = replace(end, id=self.run.id, number=self.run.number, name=self.run.name)
            if self.kept:
                try:
                    self.run = self._store.dyno.end_run(self.run, self.by)
                    return
                except Exception as error:
                    self._problem_with("How the run ended cannot be kept yet.", error)
            if time.monotonic() >= until:
                return
            time.sleep(_LOOK_S)


def _awaited(future: Future[str], until: float) -> str:
    """Wait for a Future until a time (`time.monotonic`). Errors: its own, TimeoutError."""
    return future.result(max(0.0, until - time.monotonic()))
