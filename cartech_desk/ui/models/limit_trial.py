"""A limit tried on a recording: what can be tried, and the curve of what it watches."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.alarms.limit import Level, Limit
from cartech_desk.domain.alarms.trial import Trial
from cartech_desk.domain.bands import Edge
from cartech_desk.domain.channels import Channel, Quality
from cartech_desk.domain.expressions import ExpressionError
from cartech_desk.store.recordings import RecordingsAsked, RecordingStore, RecordingSummary, Samples
from cartech_desk.ui.models.columns import Columns, columns_of_samples
from cartech_desk.ui.models.limit_lines import Passing
from cartech_desk.ui.words import lasting, local_time

_MOST: Final = 200
_TRIED: Final = 30
"""A limit is offered so many recordings of its vehicle and as many of all; older ones on need."""
_SECOND: Final = 1_000_000_000
_LONGEST_GAP_S: Final = 5.0


def needs(limit: Limit | None) -> tuple[str, ...]:
    """Return the names of the channels that a limit needs; none while it makes no sense."""
    try:
        return tuple(sorted(set(limit.channels))) if limit is not None else ()
    except ExpressionError:
        return ()


def to_try(recordings: RecordingStore, vehicle_id: str) -> tuple[RecordingSummary, ...]:
    """Return recordings that a limit can be tried on: of the vehicle, then the newest of all.

    All of them have ended. Waits for the disk. Errors: StoreError.
    """
    newest = recordings.find(RecordingsAsked(limit=_TRIED, ended=True)).rows
    if not vehicle_id:
        return newest
    its = recordings.find(RecordingsAsked(limit=_TRIED, ended=True, vehicle_id=vehicle_id)).rows
    known = {one.id for one in its}
    return (*its, *(one for one in newest if one.id not in known))


def fitting(
    limit: Limit | None, summaries: Sequence[RecordingSummary], vehicle_id: str
) -> tuple[RecordingSummary, ...]:
    """Return recordings that hold all that a limit needs: this vehicle's first, then the newest."""
    needed = set(needs(limit))
    found = [
        summary
        for summary in summaries
        if needed and needed <= {each.channel.name for each in summary.channels if each.samples}
    ]
    return tuple(sorted(found, key=lambda one: one.vehicle_id != vehicle_id)[:_MOST])


def recording_words(summary: RecordingSummary) -> str:
    """Name a recording in one line."""
    words = [summary.vehicle_name, local_time(summary.anchor), lasting(summary.seconds)]
    if summary.note:
        words.append(summary.note)
    return " · ".join(words)


def edges_tried(limit: Limit) -> tuple[Edge, ...]:
    """Return the edges of a limit that is tried, whether or not it is in service."""
    return tuple(
        Edge(value, level, limit.comparison, bool(limit.gate.strip()))
        for level in (Level.WARNING, Level.TRIP)
        if (value := limit.edge(level)) is not None
    )


def passings(trial: Trial) -> tuple[Passing, ...]:
    """Return when the alarm would have stood, to be shaded: from its trip on as a trip."""
    found = []
    for one in trial.occurrences:
        last = trial.last_ns if one.to_ns is None else one.to_ns
        tripped = last if one.tripped_ns is None else one.tripped_ns
        if tripped > one.from_ns:
            found.append(Passing(one.from_ns, tripped, Level.WARNING))
        if one.tripped_ns is not None:
            found.append(Passing(tripped, last, Level.TRIP))
    return tuple(found)


def watched_channel(limit: Limit, summary: RecordingSummary, unit: str) -> Channel:
    """Return what a limit watches as a channel: the recorded one, or one made of its expression."""
    name = limit.watches.strip()
    for each in summary.channels:
        if each.channel.name == name:
            return each.channel
    return Channel(name, limit.label or name, unit or "none", 0.0, 1.0, 2)


def watched_curve(limit: Limit, samples: Mapping[str, Samples]) -> Columns:
    """Return the curve of what a limit watches: each sample, gaps kept.

    An expression has a value whenever one of its inputs has a new one, with the last of the others.
    """
    inputs = limit.inputs
    times: NDArray[np.int64] = np.unique(np.concatenate([samples[name].t_ns for name in inputs]))
    if not len(times):
        return columns_of_samples(times, np.empty(0), _SECOND)
    held = {name: _held(samples[name], times) for name in inputs}
    values = np.asarray(limit.expression(held), dtype=np.float64)
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    return columns_of_samples(times, values, int(max(3 * step, _LONGEST_GAP_S * _SECOND)))


def _held(samples: Samples, times: NDArray[np.int64]) -> NDArray[np.float64]:
    good = samples.quality == Quality.GOOD
    values = np.where(good, samples.values, np.nan)
    if not len(values):
        return np.full(len(times), np.nan)
    place = np.searchsorted(samples.t_ns, times, side="right") - 1
    held: NDArray[np.float64] = np.where(place >= 0, values[np.maximum(place, 0)], np.nan)
    return held


def tried_scale(columns: Columns, lines: Sequence[float]) -> tuple[float, float] | None:
    """Return the ends of a scale that shows the curve and the limit's lines; all in one unit."""
    extent = columns.extent
    if extent is None:
        return None
    low, high = min(extent[0], *lines), max(extent[1], *lines)
    room = max(0.06 * (high - low), 1e-9)
    return low - room, high + room
