"""Recording for a while without a screen: what `log` and `demo` have in common."""

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillRunning
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from cartech_desk.app.alarm_voice import AlarmVoice, lines_of
from cartech_desk.app.endings import ending_of
from cartech_desk.app.limits_heard import LimitsHeard
from cartech_desk.app.output import say
from cartech_desk.app.stopping import until_told
from cartech_desk.app.waiting import EVERY_S, Changing
from cartech_desk.bay.bay import Bay
from cartech_desk.bay.recorder import RecordingRefused
from cartech_desk.bay.recording_acts import export
from cartech_desk.bay.status import ConnectionStatus, LinkState
from cartech_desk.domain.channels import Quality
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.people import Actor
from cartech_desk.domain.units import UnitSystem
from cartech_desk.store.errors import DiskFull, StoreError
from cartech_desk.store.recordings import Ending, MarkKind, RecordingSummary
from cartech_desk.store.store import Store

UNNAMED: Final = "Unnamed vehicle"
"""Whose recording it is where the car tells no VIN and nobody typed a name."""
_LOOK_S: Final = 0.1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Session:
    """How a recording went.

    `seconds` from start to stop, or to the last sample kept where it could not be written to its
    end; `ending` how it ended, and `broken` the words for that where it was not by us. `lost` is
    the state of a link that was still gone at the end, and `interrupted` whether a person ended
    it early; `for_limits` are channels that limits alone wanted, `alarms` what `--json` says of
    those that came, `limits` which were watched, `unwatched` sentences about those that were not.
    """

    recording: RecordingSummary
    seconds: float
    achieved_hz: Mapping[str, float | None]
    samples: Mapping[str, int]
    ending: Ending
    broken: str
    lost: ConnectionStatus | None
    interrupted: bool
    for_limits: frozenset[str] = frozenset()
    alarms: Sequence[Mapping[str, Any]] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    unwatched: Sequence[str] = ()


def awaited(future: Future[T]) -> T:
    """Wait for a Future so that Ctrl+C is heard on every system; raises what it ended with."""
    while True:
        try:
            return future.result(_LOOK_S)
        except StillRunning:
            if future.done():  # it ended just now, or with a time-out of its own
                return future.result()


def connected(bay: Bay, url: str) -> ConnectionStatus:
    """Connect and say each step on standard error; raises what the attempt ended with."""
    say(f"Connecting to {url} …")
    future, told, told_at = bay.connect(url), "", time.monotonic()
    while True:
        try:
            return future.result(_LOOK_S)
        except StillRunning:
            if future.done():
                return future.result()
            step = bay.snapshot().connection.step
            if step and step != told:
                say(f"{step[:1].upper()}{step[1:]} …")
            elif time.monotonic() - told_at > EVERY_S:
                say(f"Still {step or 'connecting'} …")
            else:
                continue
            told, told_at = step, time.monotonic()


def vehicle_of(store: Store, status: ConnectionStatus, name: str | None) -> tuple[str, str | None]:
    """Return whose recording it will be: the typed name's, else the VIN's; with a warning."""
    vin = status.car.vin if status.car is not None else None
    if name:
        return store.vehicles.by_name(name).id, None
    if vin is not None:
        return store.vehicles.by_vin(vin).id, None
    return store.vehicles.by_name(UNNAMED).id, (
        f"The car does not tell its VIN: the recording is kept under “{UNNAMED}”. "
        "Name the car with --vehicle NAME."
    )


def record(
    bay: Bay,
    store: Store,
    vehicle_id: str,
    rates_hz: Mapping[str, float],
    seconds: float,
    *,
    units: UnitSystem = UnitSystem.METRIC,
    within: AbstractContextManager[None] | None = None,
) -> Session:
    """Record these channels for so many seconds; Ctrl+C, SIGTERM and the like end it early.

    `within` is entered once the recording runs, and left before it is ended.

    All that was recorded is kept then. Errors: those of `Bay.start_recording`. A recording that
    ends by itself (disk full, another car) ends the session. Alarms are told in `units`.
    """
    troubles, voice = Changing("All of it is written again."), AlarmVoice(units)
    limits = LimitsHeard()
    with until_told() as told:
        anchor_ns = monotonic_ns()
        recording_id = awaited(bay.start_recording(vehicle_id))
        began = time.monotonic()
        bay.watch(rates_hz)
        with within or nullcontext():
            _follow(
                bay,
                began + seconds,
                recording_id,
                told,
                troubles=troubles,
                voice=voice,
                limits=limits,
            )
            length = time.monotonic() - began
    if told.is_set():
        say("Stopping …")
    now = bay.snapshot()
    status, watched = now.connection, now.channels.keys()
    broken = _stop(bay, recording_id, troubles)
    kept = store.recordings.get(recording_id)
    ending = ending_of(store, kept)
    if isinstance(broken, StoreError):
        ending = Ending.DISK_FULL if isinstance(broken, DiskFull) else Ending.WRITE_FAILED
    if ending is not Ending.STOPPED:
        length = max(0.0, min(length, kept.last_ns / 1e9))
    answers = {name: _answers(store, kept, name) for name in rates_hz}
    return Session(
        kept,
        length,
        {name: _rate(times, length) for name, times in answers.items()},
        {name: len(times) for name, times in answers.items()},
        ending,
        broken.message if isinstance(broken, StoreError) else broken,
        None if status.state is LinkState.CONNECTED else status,
        told.is_set(),
        frozenset(s.channel.name for s in kept.channels) - watched,
        voice.entries(anchor_ns),
        limits.document(),
        limits.warnings(),
    )


def _stop(bay: Bay, recording_id: str, troubles: Changing) -> StoreError | str:
    """End the recording, and return what kept it from being written; "" where nothing did.

    While the disk takes nothing this may take a minute, in which the troubles are told.
    """
    now = bay.snapshot().recording
    if now.id != recording_id:
        return now.problem
    future = bay.stop_recording()
    while not future.done():
        try:
            future.result(_LOOK_S)
        except StillRunning:
            troubles.now(bay.snapshot().recording.problem)
        except (RecordingRefused, StoreError):
            break
    error = future.exception()
    if isinstance(error, RecordingRefused):  # it has ended by itself at this very moment
        return bay.snapshot().recording.problem
    if error is not None and not isinstance(error, StoreError):
        raise error
    return error or ""


def document_of(session: Session, rates_hz: Mapping[str, float]) -> dict[str, Any]:
    """Return what `--json` says of a session."""
    kept = session.recording
    document: dict[str, Any] = {
        "recording": kept.id,
        "vehicle": kept.vehicle_name,
        "seconds": round(session.seconds, 2),
        "asked_hz": dict(rates_hz),
        "achieved_hz": dict(session.achieved_hz),
        "samples": dict(session.samples),
        "inputs": [
            summary.channel.name
            for summary in kept.channels
            if summary.samples and summary.channel.name not in {*rates_hz, *session.for_limits}
        ],
        "for_limits": sorted(session.for_limits.difference(rates_hz)),
        "gaps": [
            {"from_s": round(mark.t_ns / 1e9, 3), "to_s": round(mark.t_end_ns / 1e9, 3)}
            for mark in kept.marks
            if mark.kind is MarkKind.GAP and mark.t_end_ns is not None
        ],
        "operator": kept.operator or None,
        "alarms": list(session.alarms),
        "limits": dict(session.limits),
        "ending": str(session.ending),
        "interrupted": session.interrupted,
    }
    if session.ending is not Ending.STOPPED:
        document["error"] = {
            "code": str(session.ending),
            "message": f"The recording ended {session.seconds:.1f} s after its start, before its "
            f"time. {session.broken or 'What was recorded before is kept.'}",
            "stopped_after_s": round(session.seconds, 2),
        }
    elif session.lost is not None:
        document["error"] = {
            "code": session.lost.error_code or "link_lost",
            "message": f"{session.lost.happened or 'The link was lost.'} "
            f"What was recorded before is kept. {session.lost.to_do}".strip(),
        }
    return document


def text_of(document: Mapping[str, Any]) -> str:
    """Return what a person reads of a session."""
    lines = [f"Recording {document['recording']}, {document['seconds']:.1f} s"]
    lines += [
        f"  {name:<16} {_hz(document['achieved_hz'][name])} Hz of {rate:g} Hz"
        for name, rate in document["asked_hz"].items()
    ]
    if document["inputs"]:
        lines.append(f"  and what these are computed from: {', '.join(document['inputs'])}")
    lines += [f"  gap from {gap['from_s']} s to {gap['to_s']} s" for gap in document["gaps"]]
    lines += lines_of(document["alarms"])
    return "\n".join(lines)


def _hz(rate: float | None) -> str:
    return "     -" if rate is None else f"{rate:6.3g}" if rate < 1 else f"{rate:6.2f}"


def export_session(
    store: Store, session: Session, names: Sequence[str], path: Path, by: Actor
) -> tuple[str, ...]:
    """Export these channels, and return the names of those that never had a sample.

    Errors: those of `bay.recording_acts.export`.
    """
    there = {summary.channel.name for summary in session.recording.channels if summary.samples}
    wanted = [name for name in names if name in there]
    export(store, session.recording.id, path, by, channels=wanted)
    return tuple(name for name in names if name not in there)


def _follow(
    bay: Bay,
    until: float,
    recording_id: str,
    told: threading.Event,
    *,
    troubles: Changing,
    voice: AlarmVoice,
    limits: LimitsHeard,
) -> None:
    """Wait for the end, and say what happens to car, connection and recording meanwhile."""
    state, ignition = LinkState.CONNECTED, True
    while (left := until - time.monotonic()) > 0:
        if told.wait(min(_LOOK_S, left)):
            return
        snapshot = bay.snapshot()
        voice.hear(snapshot.alarms)
        limits.hear(snapshot.alarms)
        now = snapshot.connection
        if now.state is not state:
            if now.state is LinkState.CONNECTED:
                say("The link is back.")
            elif state is LinkState.CONNECTED:
                say(f"The link is lost. {now.happened} {now.to_do} Trying again …")
            state = now.state
        if now.ignition_on is not ignition:
            ignition = now.ignition_on
            say("The ignition is on again." if ignition else "The car is off; polling rests.")
        problems = dict.fromkeys((snapshot.recording.problem, *snapshot.problems))
        troubles.now(" ".join(problem for problem in problems if problem))
        if snapshot.recording.id != recording_id:
            say("The recording has ended.")
            return


def _answers(store: Store, kept: RecordingSummary, name: str) -> NDArray[np.int64]:
    """Return when a channel was answered since the start was pressed; stale marks are none."""
    if not any(summary.channel.name == name for summary in kept.channels):
        return np.empty(0, dtype=np.int64)
    pieces = [
        piece.t_ns[(piece.quality != Quality.STALE) & (piece.t_ns >= 0)]
        for piece in store.recordings.chunks(kept.id, name)
    ]
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=np.int64)


def _rate(times: NDArray[np.int64], seconds: float) -> float | None:
    """Return answers a second in a recording of so many seconds; None for fewer than two.

    That is the spaces between the first and the last answer by the time between these, which is
    right for channels that answer once in some seconds, too. Where answers began late or stopped
    before the end (by more than two of their spaces and a second) it is their count by the whole
    time instead: what was not delivered must not look like it was. `times` are nanoseconds from
    the start. The result has four significant digits.
    """
    if len(times) < 2:
        return None
    first_s, last_s = float(times[0]) / 1e9, float(times[-1]) / 1e9
    spacing_s = (last_s - first_s) / (len(times) - 1)
    late_s = max(first_s, seconds - last_s)
    if spacing_s <= 0 or late_s > 2 * spacing_s + 1:
        return float(f"{len(times) / seconds:.4g}") if seconds > 0 else None
    return float(f"{1 / spacing_s:.4g}")
