"""Recording for a while without a screen: what `log` and `demo` have in common."""

import math
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillRunning
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from cartech_desk.app.output import say
from cartech_desk.bay.bay import Bay
from cartech_desk.bay.export import export
from cartech_desk.bay.recorder import RecordingRefused
from cartech_desk.bay.status import ConnectionStatus, LinkState
from cartech_desk.domain.channels import Quality
from cartech_desk.store.recordings import Ending, MarkKind, RecordingSummary
from cartech_desk.store.store import Store

UNNAMED: Final = "Unnamed vehicle"
"""Whose recording it is where the car tells no VIN and nobody typed a name."""
_LOOK_S: Final = 0.1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Session:
    """How a recording went.

    `seconds` from start to stop; `lost` the words of a link that was still gone at the end, and
    `interrupted` whether a person ended it early.
    """

    recording: RecordingSummary
    seconds: float
    achieved_hz: Mapping[str, float]
    samples: Mapping[str, int]
    lost: ConnectionStatus | None
    interrupted: bool


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
    future, told = bay.connect(url), ""
    while True:
        try:
            return future.result(_LOOK_S)
        except StillRunning:
            if future.done():
                return future.result()
            step = bay.snapshot().connection.step
            if step and step != told:
                say(f"{step[:1].upper()}{step[1:]} …")
            told = step


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
    bay: Bay, store: Store, vehicle_id: str, rates_hz: Mapping[str, float], seconds: float
) -> Session:
    """Record these channels for so many seconds; Ctrl+C ends it early, with all that was recorded.

    Errors: those of `Bay.start_recording`. A recording that ends by itself (disk full, another
    car) ends the session.
    """
    recording_id = awaited(bay.start_recording(vehicle_id))
    began = time.monotonic()
    bay.watch(rates_hz)
    interrupted = False
    try:
        _follow(bay, began + seconds, recording_id)
    except KeyboardInterrupt:
        interrupted = True
        say("Stopping …")
    length = time.monotonic() - began
    status = bay.snapshot().connection
    if bay.snapshot().recording.id == recording_id:
        with suppress(RecordingRefused):  # it may end by itself at this very moment
            awaited(bay.stop_recording())
    kept = store.recordings.get(recording_id)
    answers = {name: _answers(store, kept, name) for name in rates_hz}
    return Session(
        kept,
        length,
        {name: round(_rate(times, length), 2) for name, times in answers.items()},
        {name: len(times) for name, times in answers.items()},
        None if status.state is LinkState.CONNECTED else status,
        interrupted,
    )


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
        "gaps": [
            {"from_s": round(mark.t_ns / 1e9, 3), "to_s": round(mark.t_end_ns / 1e9, 3)}
            for mark in kept.marks
            if mark.kind is MarkKind.GAP and mark.t_end_ns is not None
        ],
        "ending": str(kept.ending),
        "interrupted": session.interrupted,
    }
    if session.lost is not None:
        document["error"] = {
            "code": session.lost.error_code or "link_lost",
            "message": f"{session.lost.happened or 'The link was lost.'} "
            f"What was recorded before is kept. {session.lost.to_do}".strip(),
        }
    elif kept.ending is not Ending.STOPPED:
        document["error"] = {
            "code": str(kept.ending),
            "message": "The recording ended before its time; what was recorded is kept.",
        }
    return document


def text_of(document: Mapping[str, Any]) -> str:
    """Return what a person reads of a session."""
    lines = [f"Recording {document['recording']}, {document['seconds']:.1f} s"]
    lines += [
        f"  {name:<16} {document['achieved_hz'][name]:6.2f} Hz of {rate:g} Hz"
        for name, rate in document["asked_hz"].items()
    ]
    lines += [f"  gap from {gap['from_s']} s to {gap['to_s']} s" for gap in document["gaps"]]
    return "\n".join(lines)


def export_session(
    store: Store, session: Session, names: Sequence[str], path: Path
) -> tuple[str, ...]:
    """Export these channels, and return the names of those that never had a sample.

    Errors: those of `bay.export.export`.
    """
    there = {summary.channel.name for summary in session.recording.channels if summary.samples}
    export(store, session.recording.id, path, channels=[name for name in names if name in there])
    return tuple(name for name in names if name not in there)


def _follow(bay: Bay, until: float, recording_id: str) -> None:
    """Wait for the end, and say what happens to the connection and the recording meanwhile."""
    state, problems, ignition = LinkState.CONNECTED, "", True
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(_LOOK_S, left))
        snapshot = bay.snapshot()
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
        told = " ".join((snapshot.recording.problem, *snapshot.problems)).strip()
        if told and told != problems:
            say(told)
        problems = told
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


def _rate(times: NDArray[np.int64], seconds: float) -> float:
    """Return answers per second, taken to the end where they stopped before it."""
    if len(times) < 2:
        return len(times) / seconds
    span_s = float(times[-1] - times[0]) / 1e9
    spacing_s = span_s / (len(times) - 1)
    if seconds - times[-1] / 1e9 > 2 * spacing_s + 1:
        return len(times) / seconds
    return 1 / spacing_s if spacing_s > 0 else len(times) / seconds


def rate_of(text: str) -> float:
    """Read a rate in Hz for argparse."""
    value = float(text)
    if not (math.isfinite(value) and 0 < value <= 1000):
        raise ValueError(text)
    return value


def seconds_of(text: str) -> float:
    """Read a length in seconds for argparse."""
    value = float(text)
    if not (math.isfinite(value) and 0 < value <= 7 * 86400):
        raise ValueError(text)
    return value
