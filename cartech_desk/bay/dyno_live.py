"""The run under way as far as it has come: computed a few times a second, in a thread of its own.

What it is computed from are copies of the rings: nobody who publishes waits for it.
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cartech_desk.bay.feed import Feed
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import RawRun, RunSetup, Track, View

EVERY_S: Final = 0.12
REST: Final = 4
"""After each look so many times as long is rested as it took: driving goes before drawing."""
FRESH_NS: Final = 500_000_000
"""The end of the curve is what happens now for so long; after the lift it stands still."""
SIGHT_NS: Final = 240_000_000_000
"""Of a test that lasts longer, the last minutes are shown."""
_JOIN_S: Final = 0.5

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Underway:
    """The run that is to be looked at. Times are monotonic; `anchor_ns` is its recording's."""

    run_id: str
    name: str
    anchor_ns: int
    begun_ns: int
    setup: RunSetup
    view: View
    tier: Tier = Tier.DOCUMENTED


class Live:
    """Computes the run under way; `result` is what came of the last look, None before it."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._wake = threading.Event()
        self._stopping = False
        self._underway: Underway | None = None
        self._result: RunResult | None = None
        self._end_ns = 0
        self._failed = False
        self._thread: threading.Thread | None = None

    @property
    def result(self) -> RunResult | None:
        """The run as far as it has come."""
        return self._result

    def fresh(self, now_ns: int) -> RunResult | None:
        """Return the run where its curve goes on to monotonic `now_ns`, None after the lift."""
        result = self._result
        return result if result is not None and now_ns - self._end_ns <= FRESH_NS else None

    def open(self) -> None:
        """Start the thread."""
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="dyno live", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        thread, self._thread = self._thread, None
        self._stopping = True
        self._wake.set()
        if thread is not None:
            thread.join(_JOIN_S)

    def follow(self, underway: Underway | None) -> None:
        """Look at this run from now on, or at none."""
        self._underway, self._result = underway, None
        self._failed = False
        self._wake.set()

    def _work(self) -> None:
        while not self._stopping:
            underway = self._underway
            if underway is None:
                self._wake.wait()
                self._wake.clear()
                continue
            began = time.monotonic()
            self._look(underway)
            took_s = time.monotonic() - began
            self._wake.wait(max(EVERY_S, REST * took_s))
            self._wake.clear()

    def _look(self, underway: Underway) -> None:
        try:
            now_ns = monotonic_ns()
            result, end_ns = _looked_at(self._feed, underway, now_ns)
            if result.pull is not None and now_ns - end_ns > FRESH_NS:
                # Another gear: its pull is seen from its start, not once it outdoes the one before.
                later = replace(underway, begun_ns=max(underway.begun_ns, end_ns))
                going, going_end_ns = _looked_at(self._feed, later, now_ns)
                if len(going.curve.t_s) and now_ns - going_end_ns <= FRESH_NS:
                    result, end_ns = going, going_end_ns
        except Exception:
            if not self._failed:
                _LOG.exception("the run under way could not be computed")
            self._failed = True
            return
        if self._underway is underway:
            self._end_ns = end_ns
            self._result = result


def _looked_at(feed: Feed, underway: Underway, now_ns: int) -> tuple[RunResult, int]:
    """Return the run as far as it has come, and when its curve ends [monotonic ns]."""
    from cartech_desk.domain.dyno.analysis import analyse

    raw = raw_now(feed, underway, now_ns)
    result = analyse(raw, underway.setup, underway.view)
    end_s = float(result.curve.t_s[-1]) if len(result.curve.t_s) else 0.0
    return result, underway.anchor_ns + raw.first_ns + round(end_s * 1e9)


def raw_now(feed: Feed, underway: Underway, now_ns: int) -> RawRun:
    """Return what the rings hold of a run: the channels that play a role in it."""
    since_ns = max(underway.begun_ns, now_ns - SIGHT_NS)
    known = {channel.name: channel for channel in feed.channels()}
    tracks = {}
    for name in set(underway.setup.roles.values()):
        track = _track(feed, known.get(name), underway.anchor_ns, since_ns)
        if track is not None:
            tracks[name] = track
    return RawRun(
        underway.run_id,
        underway.name,
        tracks,
        since_ns - underway.anchor_ns,
        now_ns - underway.anchor_ns,
        None,
        underway.tier,
    )


def _track(feed: Feed, channel: Channel | None, anchor_ns: int, since_ns: int) -> Track | None:
    found = feed.stretch(channel.name, since_ns) if channel is not None else None
    if channel is None or found is None or not len(found[0]):
        return None
    t_ns, values, quality = found
    return Track(channel, t_ns - anchor_ns, values, quality, feed.owner_of(channel.name) == "")


def power_and_torque(
    values: Mapping[Role, float], setup: RunSetup, live: RunResult | None
) -> tuple[float, float]:
    """Return power [kW] and torque at engine speed [Nm] right now, NaN where they cannot be told.

    Of a run whose curve goes on to now its last point, smoothed; else what the device says, or
    its force or the absorber's torque with the speed that goes with it.
    """
    if live is not None and len(live.curve.power_kw):
        return float(live.curve.power_kw[-1]), float(live.curve.torque_nm[-1])
    nan = float("nan")
    power = values.get(Role.POWER, nan)
    rpm = values.get(Role.RPM, nan)
    if not np.isfinite(power):
        power = values.get(Role.FORCE, nan) * values.get(Role.SPEED, nan) / 3600.0
    if not np.isfinite(power):
        power = values.get(Role.BRAKE_TORQUE, nan) * values.get(Role.BRAKE_RPM, nan) / 9549.297
    if not np.isfinite(power) and setup.equivalent_mass_kg is not None:
        push_n = setup.equivalent_mass_kg * values.get(Role.ACCELERATION, nan)
        power = push_n * values.get(Role.SPEED, nan) / 3600.0
    torque = values.get(Role.TORQUE, nan)
    if not np.isfinite(torque) and rpm > 0:
        torque = power * 9549.297 / rpm
    return power, torque
