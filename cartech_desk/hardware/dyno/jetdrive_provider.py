"""One provider of a JETDRIVE network: channels, clock, and its values as readings."""

import math
from collections import deque
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.channels import Quality, Reading
from cartech_desk.hardware.dyno.device_clock import DeviceClock
from cartech_desk.hardware.dyno.jetdrive_sequence import SequenceCount
from cartech_desk.hardware.dyno.jetdrive_units import NONE, WireUnit
from cartech_desk.hardware.dyno.jetdrive_wire import (
    VALUE,
    ChannelInfo,
    Datagram,
    Key,
    NamedChannel,
)
from cartech_desk.hardware.links.udp import Place

if TYPE_CHECKING:
    from cartech_desk.hardware.dyno.jetdrive_roles import Guess
    from cartech_desk.hardware.dyno.source import SourceChannel

MOST_WAITING: Final = 20_000
"""So many values wait for their names: five seconds of 40 channels at 100 Hz."""
_TICK_NS: Final = 1_000_000
_HALF_TICK_NS: Final = _TICK_NS // 2
"""Samples of two milliseconds are further apart than that, those of one are nearer."""
SILENT_NS: Final = 5_000_000_000
"""Who has said nothing for so long plays no part: a dyno's software answers pings at least."""
_OLDEST_NS: Final = 30_000_000_000
"""Values that waited longer for their names are of another time."""
_NEWER_BY_MS: Final = 50
_LATE_AT_MOST_MS: Final = 2000
_ASK_NS: Final = 1_000_000_000
_ASK_AT_MOST_NS: Final = 32 * _ASK_NS
_ANSWERS_KEPT: Final = 8
_STANDS_STILL_NS: Final = 500_000_000
_GIVEN_UP_NS: Final = 2_000_000_000
_NO_COUNT: Final = -(1 << 62)
"""Before any count."""
_NAN: Final = math.nan
_GOOD: Final = Quality.GOOD
_INVALID: Final = Quality.INVALID
# A reading is a tuple; made in this way it costs a third of a call of its class, four thousand
# times a second.
_made: Final = tuple.__new__

Waiting = tuple[int, int | None, float, int]
"""Channel id, instant (None: not believed), value as on the wire, when it came."""


class Entry:
    """A named channel and what is needed to make its readings quickly."""

    __slots__ = (
        "channel",
        "count",
        "factor",
        "high",
        "low",
        "name",
        "room_ns",
        "samples",
        "shown",
        "value",
    )

    def __init__(self, channel: NamedChannel, name: str, unit: WireUnit) -> None:
        self.channel = channel
        self.name = name
        self.factor = unit.factor
        low, high = unit.possible if unit is not NONE else (-math.inf, math.inf)
        # Compared as on the wire; infinite and NaN are outside of any bounds.
        self.low = max(low / unit.factor, -3.5e38)
        self.high = min(high / unit.factor, 3.5e38)
        self.forget()
        self.samples = 0
        self.shown: SourceChannel | None = None
        """As it was told last."""

    def forget(self) -> None:
        """Forget what the last sample was: the device counts anew."""
        self.count = _NO_COUNT
        self.value = _NAN
        self.room_ns = 0


class Provider:
    """What is known of one host at one address. Used by the thread of its source.

    `owner` is under whom its channels are named: itself, or whose software it is anew.
    """

    def __init__(self, host: int, sender: Place = ("", 0), met_ns: int = 0) -> None:
        self.host = host
        self.sender = sender
        self.met_ns = self.heard_ns = met_ns
        self.owner: tuple[Place, int] = (sender, host)
        self.name = ""
        self.entries: dict[int, Entry] = {}
        self.guesses: dict[int, Guess] | None = None
        """What its channels may be; None until they are looked at anew."""
        self.full = False
        """It names more channels than there is room for."""
        self.silent = False
        self.refused_version = 0
        """A version that must not be talked to; 0 where it speaks none such."""
        self.clock = DeviceClock(_TICK_NS)
        self.order = SequenceCount(self._is_newer)
        self.marked = 0
        self.stands_still = False
        self.count = 0
        """Of the newest sample, in milliseconds without wraps."""
        self.cleared_ns = 0
        """When it let its channels be forgotten and named none yet; else 0."""
        self._let_go: tuple[NamedChannel, ...] = ()
        self._waiting: deque[Waiting] = deque(maxlen=MOST_WAITING)
        self._moved_ns = 0
        self._asked_ns = 0
        self._ask_again_ns = _ASK_NS
        self._answered: deque[int] = deque(maxlen=_ANSWERS_KEPT)

    @property
    def listed(self) -> tuple[NamedChannel, ...]:
        """Its channels, or those that it let be forgotten last."""
        return tuple(entry.channel for entry in list(self.entries.values())) or self._let_go

    @property
    def named(self) -> bool:
        """Whether any of its channels has a name."""
        return bool(self.entries)

    @property
    def speaks(self) -> bool:
        """Whether values came from it."""
        return self._moved_ns > 0

    @property
    def waiting(self) -> int:
        """How many values wait for their names."""
        return len(self._waiting)

    def is_silent(self, now_ns: int) -> bool:
        """Tell whether nothing was heard of it for some time."""
        return now_ns - self.heard_ns >= SILENT_NS

    def is_to_be_asked(self, now_ns: int) -> bool:
        """Tell whether names of values that wait are to be asked for: ever more seldom."""
        if not self._waiting or (self._asked_ns and now_ns - self._asked_ns < self._ask_again_ns):
            return False
        if self._asked_ns:
            self._ask_again_ns = min(2 * self._ask_again_ns, _ASK_AT_MOST_NS)
        self._asked_ns = now_ns
        return True

    def answered(self, host_ms: int, round_trip_ns: int) -> None:
        """Learn from the answer to a ping; a second answer to the same one tells nothing."""
        if host_ms not in self._answered:
            self._answered.append(host_ms)
            self.clock.measured(round_trip_ns)

    def _is_newer(self, datagram: Datagram) -> bool:
        """Tell whether values are younger than the youngest, whatever the sequence number says.

        Not by more than the time that has passed: that would be of before a clock that jumped back.
        """
        if datagram.key != Key.CHANNEL_VALUES or len(datagram.value) < VALUE.size:
            return False
        _, ms, _ = VALUE.unpack_from(datagram.value)
        passed_ms = (self.heard_ns - self._moved_ns) // _TICK_NS
        return 0 < self.clock.count(ms) - self.count <= passed_ms + _NEWER_BY_MS

    def learn(self, info: ChannelInfo) -> tuple[bool, list[NamedChannel]]:
        """Learn the provider's name; return whether that is new, and the channels that are."""
        renamed = bool(info.provider) and info.provider != self.name
        if renamed:
            self.name = info.provider
            self.guesses = None
            for one in self.entries.values():
                one.shown = None
        known = self.entries
        news = [
            channel
            for channel in info.channels
            if (entry := known.get(channel.id)) is None or entry.channel != channel
        ]
        if news:
            self._ask_again_ns = _ASK_NS
        return renamed, news

    def forget(self, now_ns: int = 0) -> None:
        """Forget all names, as the provider asks. Its datagrams are counted on."""
        self._let_go = self.listed
        self.entries.clear()
        self.guesses = None
        self.full = False
        self._waiting.clear()
        self._asked_ns = 0
        self._ask_again_ns = _ASK_NS
        self.cleared_ns = now_ns

    def drop_stale(self, now_ns: int) -> None:
        """Let values go that waited too long for their names."""
        waiting = self._waiting
        while waiting and now_ns - waiting[0][3] > _OLDEST_NS:
            waiting.popleft()

    def late_values(self, value: memoryview, arrival_ns: int, out: list[Reading]) -> bool:
        """Put what an overtaken ChannelValues has for channels that said nothing newer."""
        before = len(out), len(self._waiting)
        understood = self.values(value, arrival_ns, out, late=True)
        if understood and (len(out), len(self._waiting)) == before:
            self.order.unused()
        return understood

    def values(
        self, value: memoryview, arrival_ns: int, out: list[Reading], *, late: bool = False
    ) -> bool:
        """Put the readings of a ChannelValues into `out`; False where it holds no whole entries."""
        if len(value) % VALUE.size:
            return False
        entries = self.entries
        clock = self.clock
        seen = -1
        count = 0
        t_ns: int | None = None
        for number, ms, sample in VALUE.iter_unpack(value):
            if ms != seen:
                seen = ms
                count = clock.count(ms)
                if late and not 0 <= self.count - count <= _LATE_AT_MOST_MS:
                    break  # of before a jump of the clock, which such a one must not move
                t_ns = self._placed(count, arrival_ns)
            entry = entries.get(number)
            if entry is None:
                if not self.full:
                    self._waiting.append((number, t_ns, sample, arrival_ns))
                continue
            if t_ns is None or t_ns <= entry.room_ns:
                if late:
                    continue
                reading = self._odd(entry, count, t_ns, sample, arrival_ns)
                if reading is not None:
                    out.append(reading)
                continue
            entry.count = count
            entry.value = sample
            entry.samples += 1
            entry.room_ns = t_ns + _HALF_TICK_NS
            if entry.low <= sample <= entry.high:
                out.append(_made(Reading, (entry.name, t_ns, sample * entry.factor, _GOOD)))
            else:
                self.marked += 1
                out.append(_made(Reading, (entry.name, t_ns, _NAN, _INVALID)))
        return True

    def _placed(self, count: int, arrival_ns: int) -> int | None:
        """Return when samples of this count were taken; None where that is not believed."""
        if self.stands_still and count == self.count:
            return arrival_ns
        era = self.clock.era
        t_ns = self.clock.place(count, arrival_ns)
        if self.clock.era != era:
            self._new_era()
        if count > self.count and t_ns is not None:
            self.count = count
            self._moved_ns = arrival_ns
            self.stands_still = False
        return t_ns

    def foresee(self, value: memoryview, arrival_ns: int) -> None:
        """Learn of the clock from values that came before their turn."""
        if len(value) >= VALUE.size:
            era = self.clock.era
            self.clock.heed(self.clock.count(VALUE.unpack_from(value)[1]), arrival_ns)
            if self.clock.era != era:
                self._new_era()

    def _new_era(self) -> None:
        """Begin to compare counts anew, for the clock has a new map."""
        for entry in self.entries.values():
            entry.count = _NO_COUNT
        self.count = _NO_COUNT

    def _odd(
        self, entry: Entry, count: int, t_ns: int | None, sample: float, arrival_ns: int
    ) -> Reading | None:
        """Deal with a sample whose time is not believed, or not after the one before.

        The same sample again is none. Another value at the same millisecond was sampled faster
        than the clock ticks, unless the clock stands still: then nothing is known of its time, and
        after a while values are timed as they come, which is said. A sample before the one before
        means that the clock went back.

        A newer one that falls before the last was timed by less latency than was known then, by
        which the times of before were too late. A hair is smoothed over; a sample for which there
        is no room is marked.
        """
        if count > entry.count and t_ns is not None:
            entry.count = count
            if entry.room_ns - t_ns < _TICK_NS:
                return self._pass(entry, sample, t_ns)
            return self._mark(entry, entry.room_ns)
        if count == entry.count:
            if sample == entry.value:
                return None
            still_ns = arrival_ns - self._moved_ns
            if still_ns < _STANDS_STILL_NS and t_ns is not None:
                return self._pass(entry, sample, t_ns)
            if still_ns < _GIVEN_UP_NS:
                return self._mark(entry, arrival_ns)
            self.stands_still = True
            return self._pass(entry, sample, arrival_ns)
        if (
            count < entry.count
            and t_ns is not None
            and self.clock.doubt(count, arrival_ns) is not None
        ):
            self._new_era()
        return self._mark(entry, arrival_ns)

    def _pass(self, entry: Entry, sample: float, t_ns: int) -> Reading:
        entry.value = sample
        entry.samples += 1
        t_ns = max(t_ns, entry.room_ns - _HALF_TICK_NS + 1)
        entry.room_ns = t_ns + _HALF_TICK_NS
        if entry.low <= sample <= entry.high:
            return Reading(entry.name, t_ns, sample * entry.factor)
        self.marked += 1
        return Reading(entry.name, t_ns, _NAN, _INVALID)

    def _mark(self, entry: Entry, arrival_ns: int) -> Reading:
        self.marked += 1
        t_ns = max(arrival_ns, entry.room_ns - _HALF_TICK_NS + 1)
        entry.room_ns = t_ns + _HALF_TICK_NS
        return Reading(entry.name, t_ns, _NAN, _INVALID)

    def named_now(self, now_ns: int, out: list[Reading]) -> None:
        """Put the readings into `out` that only waited for names which are known by now."""
        self.cleared_ns = 0
        self.drop_stale(now_ns)
        waiting, self._waiting = self._waiting, deque(maxlen=MOST_WAITING)
        for one in sorted(waiting, key=_instant):  # those that were overtaken, too
            number, t_ns, sample, arrival_ns = one
            entry = self.entries.get(number)
            if entry is None:
                if not self.full:
                    self._waiting.append(one)
            elif t_ns is None:
                out.append(self._mark(entry, arrival_ns))
            elif t_ns > entry.room_ns or sample != entry.value:
                out.append(self._pass(entry, sample, t_ns))


def _instant(one: Waiting) -> int:
    return one[3] if one[1] is None else one[1]
