"""Reading a run as it was measured out of its recording."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import numpy as np

from cartech_desk.domain.channels import Channel, Quality
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RawRun, Track
from cartech_desk.domain.units import UNITS, convert
from cartech_desk.store.dyno import DynoRun, RunEnding
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import MarkKind, RecordingSummary, Samples
from cartech_desk.store.store import Store

_CANONICAL: Final = MappingProxyType(
    {
        "speed": "km/h",
        "acceleration": "m/s2",
        "force": "N",
        "power": "kW",
        "torque": "Nm",
        "pressure": "kPa",
        "temperature": "degC",
        "time": "s",
    }
)
"""The unit in which the sums want a kind of quantity; all others stay in the channel's own."""

_SUMS: Final = (Role.SPEED, Role.RPM, Role.POWER, Role.TORQUE, Role.FORCE, Role.ACCELERATION)


def read_raw(store: Store, run: DynoRun) -> RawRun:
    """Return a run as it was measured, in canonical units; reads as far as it has come.

    Errors: NotKept where it was never recorded or its recording is gone; those of the store.
    """
    recording = recording_of(store, run)
    first = recording.first_ns if run.first_ns is None else run.first_ns
    last = recording.last_ns if run.last_ns is None else run.last_ns
    last = max(first, last)
    names = [one.channel.name for one in recording.channels]
    samples = store.recordings.read_all(recording.id, names, first, last)
    tracks = {
        one.channel.name: _track(run, one.channel, samples[one.channel.name])
        for one in recording.channels
        if len(samples[one.channel.name].t_ns)
    }
    return RawRun(
        id=run.id,
        name=run.name,
        tracks=tracks,
        first_ns=first,
        last_ns=last,
        start_utc=recording.anchor + timedelta(microseconds=first / 1000),
        tier=run.tier,
        broken=_broken(run, recording, first, last),
    )


def recording_of(store: Store, run: DynoRun) -> RecordingSummary:
    """Return the recording that holds a run. Errors: NotKept, which says what became of it."""
    if run.ending is RunEnding.NOT_RECORDED or not run.recording_id:
        raise NotKept(
            f"{run.name} was driven but could not be recorded: there are no samples of it.",
            kept="Its name, time and set-up are kept.",
            to_do="Drive it again.",
        )
    try:
        return store.recordings.get(run.recording_id)
    except NotKept as error:
        raise NotKept(
            f"The recording that held the samples of {run.name} was removed for good.",
            kept="Its name, time, set-up and peaks are kept.",
            to_do="Take recordings.db from a backup if its curve is needed.",
        ) from error


def is_of_car(run: DynoRun, channel: str) -> bool:
    """Tell whether a channel is the car's: those of the bench begin with their source's alias."""
    if run.ending is RunEnding.IMPORTED:
        return False
    return not any(channel.startswith(f"{source.alias}_") for source in run.sources)


def _track(run: DynoRun, channel: Channel, samples: Samples) -> Track:
    values = np.array(samples.values, dtype=np.float64)
    quality = np.array(samples.quality, dtype=np.uint8)
    values[quality != Quality.GOOD] = np.nan
    unit = UNITS.get(channel.unit)
    wanted = _CANONICAL.get(unit.dimension, channel.unit) if unit is not None else channel.unit
    if wanted != channel.unit:
        values = convert(values, channel.unit, wanted)
        channel = replace(channel, unit=wanted)
    return Track(
        channel,
        np.array(samples.t_ns, dtype=np.int64),
        values,
        quality,
        is_of_car(run, channel.name),
    )


def _broken(
    run: DynoRun, recording: RecordingSummary, first: int, last: int
) -> tuple[tuple[int, int], ...]:
    """Return the stretches in which a link was gone that the sums need.

    Gaps of instruments carry a note; that of a car alone breaks no run whose dyno went on.
    """
    needs_car = not run.sources or any(
        is_of_car(run, run.setup.roles[role]) for role in _SUMS if role in run.setup.roles
    )
    found = []
    for mark in recording.marks:
        if mark.kind is not MarkKind.GAP or not (mark.note or needs_car):
            continue
        start = max(first, mark.t_ns)
        stop = last if mark.t_end_ns is None else min(last, mark.t_end_ns)
        if start < stop:
            found.append((start, stop))
    return tuple(found)
