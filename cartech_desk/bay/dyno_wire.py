"""The one thread that owns a source's wire: it opens it, listens, and comes back after a loss."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Final

from cartech_desk.bay.connection import back_off_s
from cartech_desk.bay.dyno_roles import DRIVING
from cartech_desk.bay.dyno_status import SourceStatus
from cartech_desk.bay.feed import Feed
from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.errors import CarTechError
from cartech_desk.hardware.dyno.errors import SourceSilent
from cartech_desk.hardware.dyno.source import (
    DynoSource,
    SourceChannel,
    SourceHealth,
    SourceState,
)
from cartech_desk.hardware.errors import HardwareError

READ_S: Final = 0.1
"""How long a read waits for readings: as soon is it noticed that nothing comes."""
SILENT_NS: Final = 1_000_000_000
"""Without a reading for longer a source is called silent, unless it is slower than that."""
SILENT_PERIODS: Final = 3
FIRST_NS: Final = 5_000_000_000
"""So long the first reading may take before who asked for the source is told that none came."""
ANEW_NS: Final = 20_000_000_000
"""After such a silence the wire is opened anew: a device that came back may not know of us."""
SWEEP_NS: Final = 250_000_000
RATES_NS: Final = 3_000_000_000
OTHER_RATE: Final = 1.5
"""A channel is declared anew once it comes so much faster or slower than it was said to."""
AHEAD_NS: Final = 100_000_000
"""A reading from further ahead of our clock than this is none."""
AFTER_FAULT: Final = 3

_LOG = logging.getLogger(__name__)


class GivenUp(HardwareError):
    """A source was let go of before anything came from it."""

    code = "given_up"


class SourceOwner:
    """Owns one source from `start` to `end`; what it delivers goes to the feed.

    Where it delivers what runs are made of, it is silent once nothing of that comes, and there is a
    gap then, whatever else goes on: a weather station on the same network hides no dyno.

    The Future of `start` ends with the first reading, or with why none came; either way it is
    tried on until `end`.
    """

    def __init__(
        self, make: Callable[[], DynoSource], url: str, alias: str, first: DynoSource, feed: Feed
    ) -> None:
        """`first` is the source for the first attempt, `make` makes those for later ones."""
        self.url, self.alias = url, alias
        self.instrument = f"dyno:{alias}"
        self._beside = f"{self.instrument} beside"
        """What it delivers beside that which runs are made of, as an instrument of its own."""
        self._make = make
        self._feed = feed
        self._ready: DynoSource | None = first
        self._source = first
        self._state = SourceState.OFF
        self._error: CarTechError | None = None
        self._channels: tuple[SourceChannel, ...] = ()
        self._known: tuple[SourceChannel, ...] | None = None
        self._last: dict[str, int] = {}
        self._measured: dict[str, float] = {}
        self._counts: Counter[str] = Counter()
        self._counted_ns = self._swept_ns = 0
        self._rate_hz = 0.0
        self._last_ns = self._driving_ns = 0
        self._others: frozenset[str] = frozenset()
        """Its channels that are no part of what runs are made of, where it has such as are."""
        self._misplaced = 0
        self._ended = threading.Event()
        self._first: Future[SourceStatus] = Future()
        self._gone: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name=f"dyno {alias}", daemon=True)

    @property
    def channels(self) -> tuple[SourceChannel, ...]:
        """What it delivers, as far as is known; those of before where its wire is lost."""
        return self._channels

    @property
    def state(self) -> SourceState:
        """How it is doing."""
        return self._state

    @property
    def last_ns(self) -> int:
        """When its last reading came, on our clock; 0 before it."""
        return self._last_ns

    def start(self) -> Future[SourceStatus]:
        """Start the thread and the first attempt."""
        self._first.set_running_or_notify_cancel()
        self._gone.set_running_or_notify_cancel()
        self._state = SourceState.CONNECTING
        self._thread.start()
        return self._first

    def end(self) -> Future[None]:
        """Let go of the wire; the Future ends once it is free."""
        self._ended.set()
        self._source.interrupt()
        return self._gone

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False where it is still there."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def status(self) -> SourceStatus:
        """Return how it is doing; any thread may ask."""
        source, error = self._source, self._error
        return SourceStatus(
            self.alias,
            self.url,
            self._state,
            source.identity,
            self._channels,
            self._health(source),
            error.happened if error is not None else "",
            error.to_do if error is not None else "",
            self._last_ns,
            self._rate_hz if self._state is SourceState.CONNECTED else 0.0,
        )

    # Below: the source's thread alone.

    def _run(self) -> None:
        attempt = 0
        while not self._ended.is_set():
            before_ns = self._last_ns
            try:
                self._listen()
            except Exception as error:
                if self._ended.is_set():
                    break
                attempt = 0 if self._last_ns > before_ns else attempt + 1
                if not isinstance(error, HardwareError):
                    attempt = max(attempt, AFTER_FAULT)
                self._lose(error)
            self._ended.wait(back_off_s(attempt))
        self._state = SourceState.OFF
        for each in (self.instrument, self._beside):
            self._feed.silence(monotonic_ns(), each)
            self._feed.declare({}, instrument=each)
            self._feed.forget(each)
        if not self._first.done():
            self._first.set_exception(
                GivenUp(f"{self.url} was let go of.", to_do="Connect it again.")
            )
        self._gone.set_result(None)

    def _listen(self) -> None:
        """Open the wire and listen until the end. Errors: those of the source, SourceSilent."""
        source, self._ready = self._ready or self._make(), None
        self._source, self._known = source, None
        if self._state is not SourceState.LOST:
            self._state = SourceState.CONNECTING
        try:
            if self._ended.is_set():
                return
            source.open()
            self._hear(source)
        finally:
            source.close()

    def _hear(self, source: DynoSource) -> None:
        opened_ns = self._counted_ns = monotonic_ns()
        self._counts.clear()
        while not self._ended.is_set():
            batch = source.read(READ_S)
            now_ns = monotonic_ns()
            if source.channels is not self._known:
                self._learn(source.channels)
            if batch:
                self._take(batch, now_ns)
            quiet_ns = now_ns - max(self._heard_ns, opened_ns)
            if quiet_ns > self._silence_ns():
                self._fall_silent(now_ns, opened_ns)
            if now_ns - self._swept_ns > SWEEP_NS:
                self._swept_ns = now_ns
                self._feed.sweep(now_ns, self.instrument)
                self._feed.sweep(now_ns, self._beside)
            if now_ns - self._counted_ns > RATES_NS:
                self._measure(now_ns)

    def _learn(self, channels: tuple[SourceChannel, ...]) -> None:
        """Take over what the source says that it delivers."""
        self._known = channels
        if channels:
            self._channels = channels
            self._declare()

    def _declare(self) -> None:
        driving: dict[Channel, float] = {}
        others: dict[Channel, float] = {}
        for one in self._channels:
            rate_hz = self._rate_of(one)
            asked = driving if one.role in DRIVING else others
            asked[one.channel] = rate_hz if rate_hz > 0 else 1.0
            self._last.setdefault(one.channel.name, 0)
        if not driving:
            driving, others = others, {}
        note = f"nothing from {self.alias}"
        self._feed.declare(driving, instrument=self.instrument, gap_note=note)
        if others or self._others:
            self._feed.declare(others, instrument=self._beside, gap_note=None)
        self._others = frozenset(channel.name for channel in others)

    @property
    def _heard_ns(self) -> int:
        """When something came last of what it is there for."""
        return (self._driving_ns if self._others else 0) or self._last_ns

    def _take(self, batch: Sequence[Reading], now_ns: int) -> None:
        """Hand readings on, in order of their times and under names that were told."""
        last, counts, most_ns = self._last, self._counts, now_ns + AHEAD_NS
        kept: list[Reading] = []
        for reading in batch:
            name, t_ns = reading.channel, reading.t_ns
            before_ns = last.get(name)
            if before_ns is None or t_ns < before_ns:
                self._misplaced += 1
                continue
            if t_ns > most_ns:
                self._misplaced += 1
                reading = Reading(name, now_ns, float("nan"), Quality.INVALID)  # noqa: PLW2901
                t_ns = now_ns
            last[name] = t_ns
            counts[name] += 1
            kept.append(reading)
        if not kept:
            return
        self._last_ns = now_ns
        if self._others:
            kept = self._publish_apart(kept)
        if kept:
            self._driving_ns = now_ns
            self._feed.publish(kept, self.instrument)
        elif self._driving_ns:
            return
        if self._state is not SourceState.CONNECTED:
            self._state, self._error = SourceState.CONNECTED, None
            if not self._first.done():
                self._first.set_result(self.status())

    def _publish_apart(self, batch: list[Reading]) -> list[Reading]:
        """Hand on what is beside what runs are made of; return the rest."""
        beside = [reading for reading in batch if reading.channel in self._others]
        if not beside:
            return batch
        self._feed.publish(beside, self._beside)
        return [reading for reading in batch if reading.channel not in self._others]

    def _silence_ns(self) -> int:
        made_of = [one for one in self._channels if one.channel.name not in self._others]
        fastest = max((self._rate_of(one) for one in made_of), default=0.0)
        return max(SILENT_NS, round(SILENT_PERIODS * 1e9 / fastest) if fastest > 0 else 0)

    def _rate_of(self, one: SourceChannel) -> float:
        return self._measured.get(one.channel.name, one.rate_hz)

    def _fall_silent(self, now_ns: int, opened_ns: int) -> None:
        whole_ns = now_ns - max(self._last_ns, opened_ns)
        quiet_ns = now_ns - max(self._heard_ns, opened_ns)
        who = self._source.identity.model or self.url
        wholly = whole_ns > self._silence_ns()
        if wholly and self._last_ns <= opened_ns and (odd := self._useless()):
            told = SourceSilent(
                f"Something comes from {who} and nothing of it can be used: {odd}",
                kept="The desk goes on listening to it.",
                to_do="Is it the right device at this address, with the right speed of the line, "
                "and the right definition of its link?",
            )
        else:
            told = SourceSilent(
                f"Nothing comes from {who}."
                if wholly
                else f"Nothing that a run is made of comes from {who}: only its other channels go "
                "on.",
                kept="The desk goes on listening to it.",
                to_do="Is it switched on and sending? Check its cable and its network.",
            )
        if self._state is SourceState.CONNECTED:
            self._feed.silence(now_ns, self.instrument)
        if self._state is not SourceState.SILENT and (self._last_ns or quiet_ns > FIRST_NS):
            self._state, self._error = SourceState.SILENT, told
            if not self._first.done():
                self._first.set_exception(told)
        if whole_ns > max(ANEW_NS, self._silence_ns()):
            raise told

    def _useless(self) -> str:
        """Say what comes though no reading was made of it; empty where nothing comes."""
        health = self._source.health
        if health.words:
            return health.words
        return f"{health.bad_bytes} bytes that fit nothing." if health.bad_bytes else ""

    def _measure(self, now_ns: int) -> None:
        """See how fast channels really come; say so where they were said to come otherwise."""
        seconds = (now_ns - self._counted_ns) / 1e9
        self._rate_hz = self._counts.total() / seconds
        other = False
        for one in self._channels:
            found, told = self._counts[one.channel.name] / seconds, self._rate_of(one)
            if found * seconds < 2:
                continue
            if told <= 0 or not 1 / OTHER_RATE < found / told < OTHER_RATE:
                self._measured[one.channel.name] = found
                other = True
        self._counts.clear()
        self._counted_ns = now_ns
        if other:
            self._declare()

    def _lose(self, error: Exception) -> None:
        if isinstance(error, CarTechError):
            told = error
        else:
            _LOG.error("the source %s failed", self.url, exc_info=error)
            told = HardwareError(
                f"The desk failed while it listened to {self.url} ({error!r}).",
                to_do="It is tried again by itself; the log holds the details.",
            )
        for each in (self.instrument, self._beside):
            self._feed.silence(monotonic_ns(), each)
        silent = isinstance(error, SourceSilent)
        self._state = SourceState.SILENT if silent else SourceState.LOST
        self._error = told
        if not self._first.done():
            self._first.set_exception(told)

    def _health(self, source: DynoSource) -> SourceHealth:
        health = source.health
        if not self._misplaced:
            return health
        words = f"{self._misplaced} readings came with times out of order and were left out."
        return replace(health, words=" ".join(filter(None, (health.words, words))))
