"""Gives each recording that has begun to the open job of its vehicle, behind the recording's back.

Recordings lie in one file and jobs in the other. No recording waits for a job: it is written first,
then a thread of its own gives it to the job, as often as it takes. A small file beside the
recordings stands for each one until then, so that the next start does what a kill left undone.

Read at every start: nothing of the office is imported here.
"""

import logging
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cartech_desk.store import presence
from cartech_desk.store.errors import DatabaseLocked, DiskFull
from cartech_desk.store.instants import instant
from cartech_desk.store.job_at_hand import AT_HAND
from cartech_desk.store.own_files import make_file

if TYPE_CHECKING:
    from cartech_desk.store.database import Database

_LOG = logging.getLogger(__name__)

AT_HAND_THEN: Final = (
    "SELECT job.id FROM job JOIN job_history AS then_was ON then_was.rowid = ("
    "SELECT rowid FROM job_history WHERE job_id = job.id AND at <= ?2 "
    "ORDER BY at DESC, rowid DESC LIMIT 1) "
    "WHERE job.vehicle_id IN (?1, (SELECT joined_into FROM vehicle WHERE id = ?1)) "
    "AND then_was.status IN ('arrived', 'in_bay', 'waiting_for_parts') "  # domain.jobs.job.OPEN
    "AND job.deleted IS NULL "
    "ORDER BY then_was.status = 'in_bay' DESC, job.opened DESC, job.number DESC LIMIT 1"
)
"""The job of a vehicle that was open at an instant, as `AT_HAND` says it of now."""
_GIVE: Final = (
    "INSERT OR IGNORE INTO job_record (kind, ref, job_id, at) "
    "SELECT 'recording', ?, id, ? FROM job WHERE id = ? AND deleted IS NULL"
)
_PATIENCE_S: Final = 0.2
"""Short, so that nothing of ours waits for long behind a recording that waits for its job."""
_RETRY_S: Final = 0.5
_RETRY_MOST_S: Final = 8.0


@dataclass(slots=True)
class _Begun:
    """A recording that has begun; of one that an earlier run left, nothing else is known here."""

    recording_id: str
    vehicle_id: str = ""
    at: str = ""
    job_id: str | None = None


class RecordingJobs:
    """Gives each recording that begins to the open job of its vehicle.

    Thread-safe. Nothing here but `settled` waits for `desk.db`, and nothing raises.
    """

    def __init__(self, desk: "Database", recordings: "Database") -> None:
        self._desk = desk
        self._recordings = recordings
        self._changed = threading.Condition()
        self._waiting: deque[_Begun] = deque()
        self._thread: threading.Thread | None = None

    def begins(self, recording_id: str) -> None:
        """Leave word that a recording which is about to be written wants its job."""
        try:
            make_file(self._word(recording_id))
        except OSError as error:
            _LOG.warning("after a kill %s would be given to no job: %s", recording_id, error)

    def began(self, recording_id: str, vehicle_id: str, at: datetime) -> None:
        """Let a recording that is written now be given to its job, soon."""
        self._put(_Begun(recording_id, vehicle_id, instant(at)))

    def began_not(self, recording_id: str) -> None:
        """Take back the word of a recording that could not begin."""
        with suppress(OSError):
            self._word(recording_id).unlink(missing_ok=True)

    def take_up(self) -> None:
        """Let what an earlier run left be given to the jobs that were open then."""
        before = self._word("").name
        try:
            left = [path.name for path in self._recordings.path.parent.glob(f"{before}*")]
        except OSError as error:
            _LOG.warning("nobody knows which recordings still want their job: %s", error)
            return
        for name in sorted(left):
            recording_id = name.removeprefix(before)
            if not presence.is_alive(self._recordings.path, recording_id):
                self._put(_Begun(recording_id))

    def settled(self, within_s: float) -> bool:
        """Wait until every recording that has begun is given; False where that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: self._thread is None, within_s)

    def _word(self, recording_id: str) -> Path:
        path = self._recordings.path
        return path.with_name(f"{path.name}-job-{recording_id}")

    def _put(self, begun: _Begun) -> None:
        with self._changed:
            self._waiting.append(begun)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="recording jobs", daemon=True
                )
                self._thread.start()

    # Below: the thread alone.

    def _work(self) -> None:
        wait_s = _RETRY_S
        while True:
            with self._changed:
                if not self._waiting:
                    self._thread = None
                    self._changed.notify_all()
                    return
                begun = self._waiting[0]
            try:
                self._give(begun)
            except (DatabaseLocked, DiskFull) as error:
                _LOG.info("the recording %s waits for its job: %s", begun.recording_id, error)
                threading.Event().wait(wait_s)
                wait_s = min(wait_s * 2, _RETRY_MOST_S)
                continue
            except Exception as error:
                # Its word stays beside the recordings, for the next start to try again.
                _LOG.warning(
                    "the recording %s was given to no job yet: %r", begun.recording_id, error
                )
            else:
                self.began_not(begun.recording_id)
            wait_s = _RETRY_S
            with self._changed:
                self._waiting.popleft()

    def _give(self, begun: _Begun) -> None:
        if begun.job_id is None:
            begun.job_id = self._job_of(begun)
        if begun.job_id:
            with self._desk.write(_PATIENCE_S) as connection:
                connection.exec_driver_sql(_GIVE, (begun.recording_id, begun.at, begun.job_id))

    def _job_of(self, begun: _Begun) -> str:
        """Return the job that a recording belongs to; empty for none."""
        if begun.vehicle_id:
            rows = self._desk.glance(AT_HAND, (begun.vehicle_id,))
        else:
            kept = self._recordings.glance(
                "SELECT vehicle_id, anchor FROM recording WHERE id = ?", (begun.recording_id,)
            )
            if not kept:
                return ""  # it never began
            vehicle_id, begun.at = kept[0]
            rows = self._desk.glance(AT_HAND_THEN, (vehicle_id, begun.at))
        return str(rows[0][0]) if rows else ""
