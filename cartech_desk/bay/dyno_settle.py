"""Runs and sessions whose desk is gone: their recordings tell how far they came.

Who is still there shows a sign (`dyno_signs`); where none could be put up, what is young is left
alone for a while. No clock of the wall decides alone.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from cartech_desk.bay.dyno_signs import is_up, run_sign, session_sign, take_down, was_up
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import DESK
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import Ending, MarkKind, RecordingSummary
from cartech_desk.store.store import Store

_log = logging.getLogger(__name__)

SURE_S: Final = 10.0
"""What is younger and has no sign may be what its desk is just beginning or putting away."""

_UNFINISHED: Final = (RunEnding.OPEN, RunEnding.NOT_RECORDED)


def ended_mark(name: str) -> str:
    """Return the note of the mark that a run's end leaves in a recording that goes on."""
    return f"{name} ended"


def run_mark(name: str) -> str:
    """Return what a run is called in marks and notes of its recording."""
    return f"Dyno: {name or 'run'}"


def settle(store: Store, seal: Callable[[DynoRun], DynoRun], *, sure_s: float = SURE_S) -> int:
    """Give each run and session that was cut off its end; returns how many runs.

    `seal` fills in summary and hash. What cannot be settled now is told in the log and is tried
    again the next time. Errors: StoreError where the runs cannot be read.
    """
    settled = 0
    for run in store.dyno.unsettled_runs():
        try:
            settled += _settle(store, run, seal, sure_s)
        except CarTechError as error:
            _log.warning("%s could not be settled yet: %s", run.name, error)
        except Exception:
            _log.exception("%s could not be settled", run.name)
    for session in store.dyno.open_sessions():
        try:
            _end_session(store, session, sure_s)
        except CarTechError as error:
            _log.warning("a dyno session could not be given its end yet: %s", error)
    return settled


def _settle(store: Store, run: DynoRun, seal: Callable[[DynoRun], DynoRun], sure_s: float) -> bool:
    """Give a run what it lacks; tells whether that was its end."""
    sign = run_sign(run.id)
    if is_up(store, sign):
        return False
    run = store.dyno.run(run.id)  # its desk may just have ended it
    recording = _recording(store, run)
    ended = None
    if run.ending in _UNFINISHED:
        ended = _ended(store, run, recording, sure_s)
        if ended is None:
            return False
        run = store.dyno.end_run(ended, DESK)
    if recording is not None and run.ending not in _UNFINISHED and not run.samples_sha256:
        store.dyno.seal_run(seal(run), DESK)
    take_down(store, sign)
    return ended is not None


def _recording(store: Store, run: DynoRun) -> RecordingSummary | None:
    try:
        return store.recordings.get(run.recording_id) if run.recording_id else None
    except NotKept:
        return None


def _ended(
    store: Store, run: DynoRun, recording: RecordingSummary | None, sure_s: float
) -> DynoRun | None:
    """Return a run with its end; None where nothing is to be changed, or not yet."""
    sure = was_up(store, run_sign(run.id))
    held = recording is not None and any(one.samples for one in recording.channels)
    if recording is None or (not held and recording.ending is not Ending.OPEN):
        if run.ending is RunEnding.NOT_RECORDED or (not sure and _young(run.started, sure_s)):
            return None
        return replace(run, first_ns=None, last_ns=None, ending=RunEnding.NOT_RECORDED)
    if recording.ending is Ending.OPEN:
        return None
    stopped = recording.anchor + timedelta(microseconds=recording.last_ns / 1000)
    if not sure and recording.ending is not Ending.POWER_CUT and _young(stopped, sure_s):
        return None
    return _as_recorded(store, run, recording)


def _as_recorded(store: Store, run: DynoRun, recording: RecordingSummary) -> DynoRun:
    """Return a run with the end that its recording knows of: a mark, the next run, its own end."""
    first = run.first_ns
    if first is None:
        first = max(recording.first_ns, _since(recording.anchor, run.started))
        first = first if first <= recording.last_ns else recording.first_ns
    marked = [
        mark.t_ns
        for mark in recording.marks
        if mark.kind is MarkKind.NOTE
        and mark.t_ns > first
        and mark.note.startswith(run_mark("")[:6])
        and mark.note.endswith(ended_mark(""))
    ]
    others = [one.first_ns for one in store.dyno.runs_of_recording(recording.id)]
    later = [one for one in others if one is not None and one > first]
    last = min([recording.last_ns, *marked, *later] if run.last_ns is None else [run.last_ns])
    cut = recording.ending is Ending.POWER_CUT and last >= recording.last_ns
    note = run.note
    if recording.ending in (Ending.DISK_FULL, Ending.WRITE_FAILED) and last >= recording.last_ns:
        note = note or "The disk refused the last of it."
    return replace(
        run,
        first_ns=first,
        last_ns=max(first, last),
        ending=RunEnding.POWER_CUT if cut else RunEnding.STOPPED,
        note=note,
    )


def _end_session(store: Store, session: DynoSession, sure_s: float) -> None:
    """End a session that nobody holds any more, with its last run."""
    sign = session_sign(session.id)
    if is_up(store, sign):
        return
    runs = store.dyno.runs(session.id, deleted=True)
    ends = [session.started, *map(_over, runs)]
    young = _young(session.started, sure_s) or _young(max(ends), sure_s)
    if (young and not was_up(store, sign)) or any(run.ending is RunEnding.OPEN for run in runs):
        return
    store.dyno.end_session(session.id, DESK, at=max(ends))
    take_down(store, sign)


def _over(run: DynoRun) -> datetime:
    if run.first_ns is None or run.last_ns is None or run.ending is RunEnding.IMPORTED:
        return run.started
    return run.started + timedelta(microseconds=(run.last_ns - run.first_ns) / 1000)


def _young(at: datetime, sure_s: float) -> bool:
    """Whether something is as of now; what a clock that was put back says is old as well."""
    return abs((datetime.now(UTC) - at).total_seconds()) < sure_s


def _since(anchor: datetime, at: datetime) -> int:
    return round((at - anchor).total_seconds() * 1e9)
