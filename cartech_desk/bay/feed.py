"""The feed: a batch of readings goes to the rings, the limit watch and the recorder.

`publish` runs in the thread that read the batch and never waits for anybody. What is derived from
a batch is computed there too and travels with it. Pages never hear from the feed: they ask it for
`statuses` and `series` on their own clock.
"""

import logging
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from cartech_desk.bay.rings import Ring, achieved_hz, capacity_for
from cartech_desk.bay.status import ChannelStatus, Series
from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.sources import Catalogue

Taker = Callable[[Sequence[Reading]], None]
"""Whoever is handed every batch; must not block."""

RATE_WINDOW_S: Final = 2.5
SLOW_PERIODS: Final = 3
"""Channels slower than 1 Hz are stale after so many periods, and their rate is taken over them."""

_NAN: Final = math.nan
_GOOD: Final = Quality.GOOD
_LOG = logging.getLogger(__name__)


class _Track:
    """What the feed keeps of one channel."""

    __slots__ = (
        "answer_ns",
        "asked_hz",
        "channel",
        "good_ns",
        "quality",
        "ring",
        "stale_ns",
        "value",
    )

    def __init__(self, channel: Channel, ring: Ring, now_ns: int) -> None:
        self.channel = channel
        self.ring = ring
        self.asked_hz = 0.0
        self.stale_ns = 0
        self.value = _NAN
        self.quality: int = Quality.GOOD
        self.good_ns = 0
        self.answer_ns = now_ns
        """When something was last heard of it; to begin with, when it was first asked for."""

    def silent(self, now_ns: int) -> bool:
        """Whether it was marked as stale, or is so by the clock."""
        return self.quality == Quality.STALE or now_ns - self.answer_ns > self.stale_ns


class Feed:
    """The feed of one bay. `publish`, `sweep` and `silence` belong to the driver's thread.

    `told` hears of the channels that are kept from now on, in the thread that declares them.
    """

    def __init__(
        self,
        *,
        ring_s: float,
        stale_after_s: float,
        told: Callable[[Iterable[Channel]], None] | None = None,
    ) -> None:
        self._told = told
        self._ring_s = ring_s
        self._stale_after_s = stale_after_s
        self._tracks: dict[str, _Track] = {}
        self._values: dict[str, float] = {}
        self._catalogue: Catalogue | None = None
        self._leaves: dict[str, tuple[_Track, ...]] = {}
        self._affected: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._takers: dict[str, Taker] = {}
        self._problems: dict[str, str] = {}

    def set_stale_after(self, seconds: float) -> None:
        """Call channels stale after so long, from the next declaration on."""
        self._stale_after_s = seconds

    def declare(self, asked: Mapping[Channel, float], catalogue: Catalogue | None = None) -> None:
        """Keep these channels from now on, at these rates; others are let go.

        `catalogue` tells what the derived ones among them are made of. May be called from any
        thread; what was kept of a channel stays.
        """
        if self._told is not None:
            self._told(asked)
        now_ns = time.monotonic_ns()
        tracks: dict[str, _Track] = {}
        for channel, rate_hz in asked.items():
            capacity = capacity_for(rate_hz, self._ring_s)
            track = self._tracks.get(channel.name)
            if track is None or track.channel != channel:
                track = _Track(channel, Ring(capacity), now_ns)
            elif track.ring.capacity < capacity:
                track.ring = track.ring.grown(capacity)
            track.asked_hz = rate_hz
            track.stale_ns = int(1e9 * self._stale_limit_s(rate_hz))
            tracks[channel.name] = track
        leaves: dict[str, tuple[_Track, ...]] = {}
        if catalogue is not None:
            for name in tracks:
                if name in catalogue.derived:
                    needed = catalogue.needed([name])
                    if all(leaf in tracks for leaf in needed):
                        leaves[name] = tuple(tracks[leaf] for leaf in needed)
        inputs = {track.channel.name for some in leaves.values() for track in some}
        self._values = {name: self._values.get(name, _NAN) for name in inputs}
        self._catalogue, self._leaves, self._affected = catalogue, leaves, {}
        self._tracks = tracks

    def set_taker(self, who: str, taker: Taker | None) -> None:
        """Hand every batch to `taker` under the name `who`, or to nobody any more."""
        takers = {name: other for name, other in self._takers.items() if name != who}
        if taker is not None:
            takers[who] = taker
        self._problems = {name: text for name, text in self._problems.items() if name != who}
        self._takers = takers

    def publish(self, batch: Sequence[Reading]) -> None:
        """Hand on a batch; readings of channels that nobody asked for any more are dropped."""
        tracks, values = self._tracks, self._values
        names = []
        for name, t_ns, value, quality in batch:
            track = tracks.get(name)
            if track is None:
                continue
            good = quality == _GOOD
            if good:
                track.value = value
                track.good_ns = t_ns
            else:
                value = _NAN  # noqa: PLW2901 - whatever came with it is no value
            track.quality = quality
            track.answer_ns = t_ns
            track.ring.put(t_ns, value, quality)
            if name in values:
                values[name] = value
                names.append(name)
        if names and self._leaves:
            derived = self._derive(tuple(names), max(reading.t_ns for reading in batch))
            if derived:
                batch = [*batch, *derived]
        for who, taker in self._takers.items():
            self._hand(who, taker, batch)

    def sweep(self, now_ns: int) -> None:
        """Mark channels from which nothing came for their time as stale, once each."""
        self._mark_stale(now_ns, lambda track: track.silent(now_ns))

    def silence(self, now_ns: int) -> None:
        """Mark every channel as stale at once: the wire is gone."""
        self._mark_stale(now_ns, lambda _: True)

    def statuses(self, now_ns: int) -> dict[str, ChannelStatus]:
        """Return every channel as of now, in the order in which they were asked for."""
        return {name: self._status(track, now_ns) for name, track in self._tracks.items()}

    def channels(self) -> tuple[Channel, ...]:
        """Return the channels that are kept."""
        return tuple(track.channel for track in self._tracks.values())

    def series(self, name: str, since_ns: int) -> Series:
        """Return a copy of one channel from `since_ns` on; empty where it is not kept."""
        track = self._tracks.get(name)
        if track is None:
            return Series(np.empty(0, dtype=np.int64), np.empty(0))
        return track.ring.series(since_ns)

    @property
    def problems(self) -> tuple[str, ...]:
        """What failed in those who are handed the batches, a sentence each."""
        return tuple(self._problems.values())

    def _mark_stale(self, now_ns: int, gone: Callable[[_Track], bool]) -> None:
        # Derived channels follow from their inputs.
        stale = [
            Reading(name, now_ns, _NAN, Quality.STALE)
            for name, track in self._tracks.items()
            if track.quality != Quality.STALE and name not in self._leaves and gone(track)
        ]
        if stale:
            self.publish(stale)

    def _stale_limit_s(self, rate_hz: float) -> float:
        if rate_hz >= 1.0 or rate_hz <= 0:
            return self._stale_after_s
        return max(self._stale_after_s, SLOW_PERIODS / rate_hz)

    def _status(self, track: _Track, now_ns: int) -> ChannelStatus:
        stale = track.silent(now_ns)
        fresh = track.good_ns > 0 and now_ns - track.good_ns <= track.stale_ns
        invalid = track.quality == Quality.INVALID and not stale
        window_s = max(RATE_WINDOW_S, SLOW_PERIODS / track.asked_hz if track.asked_hz > 0 else 0.0)
        return ChannelStatus(
            channel=track.channel,
            asked_hz=track.asked_hz,
            achieved_hz=0.0 if stale else achieved_hz(track.ring, now_ns, window_s),
            value=track.value if fresh and not stale and not invalid else _NAN,
            age_s=(now_ns - track.good_ns) / 1e9 if track.good_ns else math.inf,
            stale=stale,
            invalid=invalid,
        )

    def _derive(self, names: tuple[str, ...], t_ns: int) -> list[Reading]:
        """Compute what these inputs change; nothing of what still lacks a first input."""
        affected = self._affected.get(names)
        if affected is None:
            affected = self._affected[names] = self._changed_by(names)
        if not affected or self._catalogue is None:
            return []
        results = self._catalogue.evaluate(affected, self._values)
        readings = []
        for name in affected:
            worth = self._worth(self._leaves[name], t_ns)
            if worth is None:
                continue
            value = results.get(name, _NAN)
            if worth == _GOOD and not math.isfinite(value):
                worth = Quality.INVALID
            if worth != _GOOD:
                value = _NAN
            track = self._tracks.get(name)
            if track is None:
                continue
            track.quality = worth
            track.answer_ns = t_ns
            if worth == _GOOD:
                track.value = value
                track.good_ns = t_ns
            track.ring.put(t_ns, value, worth)
            readings.append(Reading(name, t_ns, value, worth))
        return readings

    def _changed_by(self, names: Iterable[str]) -> tuple[str, ...]:
        changed = frozenset(names)
        return tuple(
            name
            for name, leaves in self._leaves.items()
            if any(leaf.channel.name in changed for leaf in leaves)
        )

    @staticmethod
    def _worth(leaves: Iterable[_Track], t_ns: int) -> Quality | None:
        """Tell what a sum over these is worth; None where one of them never had a value."""
        worth = Quality.GOOD
        for leaf in leaves:
            if leaf.quality == Quality.INVALID:
                worth = Quality.INVALID
            elif leaf.good_ns == 0:
                return None
            elif worth == Quality.GOOD and leaf.silent(t_ns):
                worth = Quality.STALE
        return worth

    def _hand(self, who: str, taker: Taker, batch: Sequence[Reading]) -> None:
        try:
            taker(batch)
        except Exception as error:  # whoever it is, the readings go on
            if who not in self._problems:
                _LOG.exception("%s failed on a batch of %d readings", who, len(batch))
            self._problems = {
                **self._problems,
                who: f"The {who} failed and may have missed readings ({error!r}).",
            }
