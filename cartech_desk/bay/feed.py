"""The feed: a batch of readings goes to the rings, the limit watch and the recorder.

`publish` runs in the thread that read the batch. Several threads may, one for each wire: they take
turns, a batch at a time, and wait for nothing else. What is derived from a batch is computed there
too and travels with it. Pages never hear from the feed: they ask it for `statuses` and `series` on
their own clock.

The car and each instrument beside it are heard apart: one that talks on hides no silence of
another.

What is kept may change at any moment, in another thread: all that `publish` needs of it is one
frozen state, which is exchanged in one assignment and read once for each batch.
"""

import logging
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.bay.hearing import LONGEST_NS, GapTaker, Hearing
from cartech_desk.bay.kept import Kept, changed_by, worth_of
from cartech_desk.bay.rings import Ring, capacity_for
from cartech_desk.bay.status import ChannelStatus, Series
from cartech_desk.bay.track import SLOW_PERIODS, Track, status_of
from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.sources import Catalogue

Taker = Callable[[Sequence[Reading]], None]
"""Whoever is handed every batch; must not block."""

CAR: Final = ""
"""The car among the instruments."""
INSTRUMENT_LONGEST_NS: Final = 1_000_000_000
"""Nothing of an instrument for longer is a gap: most deliver ten times a second and more."""
INSTRUMENT_RING: Final = 1 << 18
"""Instruments may deliver a thousand times a second: this is more than four minutes of it."""
_NAN: Final = math.nan
_GOOD: Final = Quality.GOOD
_LOG = logging.getLogger(__name__)


class Feed:
    """The feed of one bay. Any thread may `publish`, but for one instrument only one at a time.

    `told` hears of the channels that are kept from now on and their rates, in the thread that
    declares them;
    `gap` of stretches in which nothing was heard of the car or an instrument (which its note
    names), in the thread that published what ended them. No taker may publish.
    """

    def __init__(
        self,
        *,
        ring_s: float,
        stale_after_s: float,
        told: Callable[[Mapping[Channel, float]], None] | None = None,
        gap: Callable[[int, int, str], None] | None = None,
    ) -> None:
        self._told = told
        self._ring_s = ring_s
        self._stale_after_s = stale_after_s
        self._declaring = threading.Lock()
        self._declared: dict[str, dict[Channel, float]] = {}
        """What each instrument delivers, the car under no name."""
        self._catalogue: Catalogue | None = None
        self._kept = Kept()
        self._grown_for = self._kept
        self._values: dict[str, float] = {}
        self._publishing = threading.Lock()
        """Held for one batch at a time: rings, last values and hearing have one writer."""
        self._gap = gap
        self._hearing = {CAR: self._hearing_of("")}
        self._takers: dict[str, Taker] = {}
        self._problems: dict[str, str] = {}

    def set_stale_after(self, seconds: float) -> None:
        """Call channels stale after so long, from the next declaration on."""
        self._stale_after_s = seconds

    def declare(
        self,
        asked: Mapping[Channel, float],
        catalogue: Catalogue | None = None,
        *,
        instrument: str = CAR,
        gap_note: str | None = "",
    ) -> None:
        """Keep these channels of the car's from now on, at these rates; its others are let go.

        `instrument` names another one than the car, such as a dyno: what it delivers stays until
        it declares otherwise, whatever is polled, and goes before a channel of the car's of the
        same name; `gap_note` is what its gaps are called, None where they matter to nobody.
        `catalogue` tells what the car's derived ones are made of. May be called from any thread;
        what was kept of a channel stays.
        """
        with self._declaring:
            with self._publishing:
                if instrument not in self._hearing:
                    self._hearing[instrument] = self._hearing_of(gap_note)
            self._declared[instrument] = dict(asked)
            if not instrument:
                self._catalogue = catalogue
            everybody = sorted(self._declared.items())  # the car, which has no name, comes first
            by_name = {
                channel.name: (channel, rate_hz)
                for _, some in everybody
                for channel, rate_hz in some.items()
            }
            others = {channel.name: name for name, some in everybody if name for channel in some}
            self._keep(dict(by_name.values()), self._catalogue, others)

    def _keep(
        self,
        asked: Mapping[Channel, float],
        catalogue: Catalogue | None,
        others: Mapping[str, str],
    ) -> None:
        if self._told is not None:
            self._told(asked)
        now_ns = monotonic_ns()
        before = self._kept.tracks
        tracks: dict[str, Track] = {}
        for channel, rate_hz in asked.items():
            capacity = capacity_for(rate_hz, self._ring_s)
            if channel.name in others:
                capacity = min(capacity, INSTRUMENT_RING)
            track = before.get(channel.name)
            if track is None or track.channel != channel:
                track = Track(channel, Ring(capacity), now_ns)
            track.capacity = max(track.capacity, capacity)
            track.asked_hz = rate_hz
            track.stale_ns = int(1e9 * self._stale_limit_s(rate_hz))
            tracks[channel.name] = track
        leaves: dict[str, tuple[Track, ...]] = {}
        if catalogue is not None:
            for name in tracks:
                if name in catalogue.derived and name not in others:
                    needed = catalogue.needed([name])
                    if all(leaf in tracks for leaf in needed):
                        leaves[name] = tuple(tracks[leaf] for leaf in needed)
        inputs = frozenset(track.channel.name for some in leaves.values() for track in some)
        fastest: dict[str, float] = {}
        for channel, rate_hz in asked.items():
            whose = others.get(channel.name, CAR)
            fastest[whose] = max(rate_hz, fastest.get(whose, 0.0))
        usual_ns = {whose: 1e9 / rate_hz for whose, rate_hz in fastest.items() if rate_hz > 0}
        self._kept = Kept(tracks, catalogue, leaves, inputs, usual_ns, others=others)

    def forget(self, instrument: str = CAR) -> None:
        """Forget when something was last heard: what comes next is another car's."""
        with self._publishing:
            hearing = self._hearing.get(instrument)
            if hearing is not None:
                hearing.forget()

    @property
    def silent_since_ns(self) -> int:
        """The time of the car's last reading before a silence that still lasts, else 0."""
        return self._hearing[CAR].silent_since_ns

    @property
    def heard_ns(self) -> int:
        """The time of the car's last reading, whatever other instruments say; 0 before it."""
        return self._hearing[CAR].last_ns

    def note_silences(self, since_ns: int, now_ns: int) -> None:
        """Tell the gaps, so far, of those that were heard after `since_ns` and no more."""
        for hearing in tuple(self._hearing.values()):
            if hearing.last_ns > since_ns:
                hearing.note_silence(now_ns)

    def set_taker(self, who: str, taker: Taker | None) -> None:
        """Hand every batch to `taker` under the name `who`, or to nobody any more."""
        takers = {name: other for name, other in self._takers.items() if name != who}
        if taker is not None:
            takers[who] = taker
        self._problems = {name: text for name, text in self._problems.items() if name != who}
        self._takers = takers

    def publish(self, batch: Sequence[Reading], instrument: str = CAR) -> None:
        """Hand on a batch of the car's, or of the instrument that declared its channels.

        Readings of channels that nobody asked for any more are dropped.
        """
        with self._publishing:
            kept = self._kept
            batch = self._spread(kept, batch)
            hearing = self._hearing.get(instrument)
            if batch and hearing is not None:
                hearing.heard(batch[0].t_ns, batch[-1].t_ns, kept.usual_ns.get(instrument, 0.0))
                self._hand_on(kept, batch)

    def sweep(self, now_ns: int, instrument: str = CAR) -> None:
        """Mark channels of the car's, or of this instrument, that are silent as stale, once each.

        Nothing came from these for their time.
        """
        with self._publishing:
            others = self._kept.others
            self._mark_stale(
                now_ns,
                lambda track: (
                    others.get(track.channel.name, CAR) == instrument and track.silent(now_ns)
                ),
            )

    def silence(self, now_ns: int, instrument: str = CAR) -> None:
        """Mark every channel of the car's, or of this instrument, as stale at once.

        Its wire is gone, or nothing comes from it any more.
        """
        with self._publishing:
            others = self._kept.others
            self._mark_stale(
                now_ns, lambda track: others.get(track.channel.name, CAR) == instrument
            )
            hearing = self._hearing.get(instrument)
            if hearing is not None:
                hearing.broke()

    def statuses(
        self, now_ns: int, leave_out: AbstractSet[str] = frozenset()
    ) -> dict[str, ChannelStatus]:
        """Return every channel as of now, in the order in which they were asked for."""
        return {
            name: status_of(track, now_ns)
            for name, track in self._kept.tracks.items()
            if name not in leave_out
        }

    def status(self, name: str, now_ns: int) -> ChannelStatus | None:
        """Return one channel as of now; None where it is not kept."""
        track = self._kept.tracks.get(name)
        return None if track is None else status_of(track, now_ns)

    def channels(self) -> tuple[Channel, ...]:
        """Return the channels that are kept."""
        return tuple(track.channel for track in self._kept.tracks.values())

    def series(self, name: str, since_ns: int) -> Series:
        """Return a copy of one channel from `since_ns` on; empty where it is not kept."""
        track = self._kept.tracks.get(name)
        if track is None:
            return Series(np.empty(0, dtype=np.int64), np.empty(0))
        return track.ring.series(since_ns)

    def stretch(
        self, name: str, since_ns: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.uint8]] | None:
        """Return a copy of times, values and quality of one channel; None where it is not kept."""
        track = self._kept.tracks.get(name)
        return None if track is None else track.ring.since(since_ns)

    def good_ns(self, name: str) -> int:
        """Return when a channel had its last value; 0 before it, or where it is not kept."""
        track = self._kept.tracks.get(name)
        return 0 if track is None else track.good_ns

    def owner_of(self, name: str) -> str:
        """Return the instrument that a channel belongs to; empty for the car's."""
        return self._kept.others.get(name, CAR)

    def latest(self, name: str, since_ns: int) -> float | None:
        """Return the last good value of a channel, None where none came since then."""
        track = self._kept.tracks.get(name)
        return track.value if track is not None and track.good_ns > max(0, since_ns) else None

    @property
    def problems(self) -> tuple[str, ...]:
        """What failed in those who are handed the batches, a sentence each."""
        return tuple(self._problems.values())

    @property
    def failures(self) -> Mapping[str, str]:
        """The same by the name of each who failed."""
        return self._problems

    def _hearing_of(self, note: str | None) -> Hearing:
        gap = self._gap if note is not None else None
        told: GapTaker | None = None
        if gap is not None and note is not None:
            told = partial(_told_gap, gap, note)
        return Hearing(told, longest_ns=LONGEST_NS if note == "" else INSTRUMENT_LONGEST_NS)

    def _mark_stale(self, now_ns: int, gone: Callable[[Track], bool]) -> None:
        # Derived channels follow from their inputs.
        kept = self._kept
        stale = [
            Reading(name, now_ns, _NAN, Quality.STALE)
            for name, track in kept.tracks.items()
            if track.quality != Quality.STALE and name not in kept.leaves and gone(track)
        ]
        if stale:
            self._hand_on(kept, self._spread(kept, stale))

    def _spread(self, kept: Kept, batch: Sequence[Reading]) -> Sequence[Reading]:
        """Put a batch into the rings; return the part of it that is kept."""
        if kept is not self._grown_for:
            self._grow(kept)
        tracks, values, inputs = kept.tracks, self._values, kept.inputs
        strangers = False
        for name, t_ns, value, quality in batch:
            track = tracks.get(name)
            if track is None:
                strangers = True
                continue
            if quality == _GOOD:
                track.good(t_ns, value)
            else:
                value = _NAN  # noqa: PLW2901 - whatever came with it is no value
            track.quality = quality
            track.answer_ns = t_ns
            track.ring.put(t_ns, value, quality)
            if name in inputs:
                values[name] = value
        return [reading for reading in batch if reading.channel in tracks] if strangers else batch

    def _grow(self, kept: Kept) -> None:
        """Give the rings the room that was asked for, in the one thread that fills them."""
        for track in kept.tracks.values():
            if track.ring.capacity < track.capacity:
                track.ring = track.ring.grown(track.capacity)
        self._grown_for = kept

    def _hand_on(self, kept: Kept, batch: Sequence[Reading]) -> None:
        """Hand a batch to everybody, with what is derived from it."""
        if kept.leaves:
            inputs = kept.inputs
            names = tuple([name for name, _, _, _ in batch if name in inputs])
            if names:
                derived = self._derive(kept, names, max(reading.t_ns for reading in batch))
                if derived:
                    batch = [*batch, *derived]
        for who, taker in self._takers.items():
            self._hand(who, taker, batch)

    def _stale_limit_s(self, rate_hz: float) -> float:
        if rate_hz >= 1.0 or rate_hz <= 0:
            return self._stale_after_s
        return max(self._stale_after_s, SLOW_PERIODS / rate_hz)

    def _derive(self, kept: Kept, names: tuple[str, ...], t_ns: int) -> list[Reading]:
        """Compute what these inputs change; nothing of what still lacks a first input."""
        affected = kept.affected.get(names)
        if affected is None:
            affected = kept.affected[names] = changed_by(kept, names)
        if not affected or kept.catalogue is None:
            return []
        results = kept.catalogue.evaluate(affected, self._values)
        readings = []
        for name in affected:
            worth = worth_of(kept.leaves[name], t_ns)
            if worth is None:
                continue
            value = results.get(name, _NAN)
            if worth == _GOOD and not math.isfinite(value):
                worth = Quality.INVALID
            track = kept.tracks[name]
            track.quality = worth
            track.answer_ns = t_ns
            if worth == _GOOD:
                track.good(t_ns, value)
            else:
                value = _NAN
            track.ring.put(t_ns, value, worth)
            readings.append(Reading(name, t_ns, value, worth))
        return readings

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


def _told_gap(gap: Callable[[int, int, str], None], note: str, t0_ns: int, t1_ns: int) -> None:
    gap(t0_ns, t1_ns, note)
