"""Runs whose desk was killed while they were driven: their recordings tell how far they came."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import DESK
from cartech_desk.store.dyno import DynoRun, RunEnding
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import Ending
from cartech_desk.store.store import Store

_log = logging.getLogger(__name__)

SURE_S: Final = 10.0
"""A run whose recording ended so lately may be one that its desk is just putting away."""


def settle(store: Store, complete: Callable[[DynoRun], DynoRun], *, sure_s: float = SURE_S) -> int:
    """Give each run that was cut off its end, as its recording tells; returns how many.

    `complete` fills in summary and hash. What cannot be settled now is told in the log and is
    tried again the next time. Errors: StoreError where the runs cannot be read.
    """
    settled = 0
    for run in store.dyno.open_runs():
        try:
            ended = _ended(store, run, datetime.now(UTC) - timedelta(seconds=sure_s))
            if ended is None:
                continue
            store.dyno.end_run(_completed(ended, complete), DESK)
        except CarTechError as error:
            _log.warning("%s could not be given its end yet: %s", run.name, error)
        except Exception:
            _log.exception("%s could not be given its end", run.name)
        else:
            settled += 1
    return settled


def _ended(store: Store, run: DynoRun, sure: datetime) -> DynoRun | None:
    """Return a run with its end; None where it is still being driven or put away."""
    try:
        recording = store.recordings.get(run.recording_id) if run.recording_id else None
    except NotKept:
        recording = None
    if recording is None:
        if run.started > sure:
            return None
        return replace(run, first_ns=None, last_ns=None, ending=RunEnding.NOT_RECORDED)
    if recording.ending is Ending.OPEN:
        return None
    stopped = recording.anchor + timedelta(microseconds=recording.last_ns / 1000)
    if recording.ending is not Ending.POWER_CUT and stopped > sure:
        return None
    first = recording.first_ns if run.first_ns is None else run.first_ns
    return replace(
        run,
        first_ns=first,
        last_ns=max(first, recording.last_ns if run.last_ns is None else run.last_ns),
        ending=RunEnding.POWER_CUT,
    )


def _completed(run: DynoRun, complete: Callable[[DynoRun], DynoRun]) -> DynoRun:
    if run.ending is RunEnding.NOT_RECORDED:
        return run
    try:
        return complete(run)
    except Exception:
        # Its end is worth more than its numbers, which are computed from the samples anyway.
        _log.exception("the numbers of %s could not be computed", run.name)
        return run
