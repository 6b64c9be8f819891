"""One provider of a JETDRIVE network: names, clock, sequence, and its values as readings."""

import math
from collections import deque
from typing import Final

from cartech_desk.domain.channels import Quality, Reading
from cartech_desk.hardware.dyno.device_clock import DeviceClock
from cartech_desk.hardware.dyno.jetdrive_units import NONE, WireUnit
from cartech_desk.hardware.dyno.jetdrive_wire import (
    VALUE,
    ChannelInfo,
    Datagram,
    Key,
    NamedChannel,
)

MOST_WAITING: Final = 20_000
"""So many values wait for their names: five seconds of 40 channels at 100 Hz."""
_TICK_NS: Final = 1_000_000
_HALF_TICK_NS: Final = _TICK_NS // 2
"""Samples of two milliseconds are further apart than that, those of one are nearer."""
_LATE_AT_MOST: Final = 16
"""A sequence number so little behind is an older datagram; further behind, many are missing."""
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

    __slots__ = ("channel", "count", "factor", "high", "low", "name", "room_ns", "samples", "value")

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

    def forget(self) -> None:
        """Forget what the last sample was: the device counts anew."""
        self.count = _NO_COUNT
        self.value = _NAN
        self.room_ns = 0


class Provider:
    """What is known of one host. Used by the thread of its source."""

    def __init__(self, host: int) -> None:
        self.host = host
        self.name = ""
        self.named: dict[int, NamedChannel] = {}
        self.entries: dict[int, Entry] = {}
        self.clock = DeviceClock(_TICK_NS)
        self.lost = 0
        self.marked = 0
        self.stands_still = False
        self.heard_ns = 0
        self.count = 0
        """Of the newest sample, in milliseconds without wraps."""
        self._waiting: deque[Waiting] = deque(maxlen=MOST_WAITING)
        self._sequence: int | None = None
        self._last_value = b""
        self._lates = 0
        self._moved_ns = 0

    @property
    def waiting(self) -> int:
        """How many values wait for their names."""
        return len(self._waiting)

    def in_order(self, datagram: Datagram) -> bool:
        """Note the sequence number; False for a datagram that came twice or too late.

        What is missing between is counted as lost; one that comes late was counted already.
        """
        before = self._sequence
        if before is None:
            self._follow(datagram)
            return True
        step = (datagram.sequence - before) & 0xFF
        if step == 1:
            self._follow(datagram)
            return True
        if step == 0 and datagram.value == self._last_value:
            self.lost += 1
            return False
        if step == 0 or step < 256 - _LATE_AT_MOST:
            self.lost += (step - 1) & 0xFF
            self._follow(datagram)
            return True
        self._lates += 1
        if self._lates > _LATE_AT_MOST or self._is_newer(datagram):
            self._follow(datagram)  # not late: it began to count anew
            return True
        return False

    def _is_newer(self, datagram: Datagram) -> bool:
        """Tell whether values are younger than the youngest, whatever the sequence number says."""
        if datagram.key != Key.CHANNEL_VALUES or len(datagram.value) < VALUE.size:
            return False
        _, ms, _ = VALUE.unpack_from(datagram.value)
        return self.clock.count(ms) > self.count

    def _follow(self, datagram: Datagram) -> None:
        self._sequence = datagram.sequence
        # The view is into a buffer that is used again.
        self._last_value = bytes(datagram.value)
        self._lates = 0

    def learn(self, info: ChannelInfo) -> bool:
        """Learn names; True where anything is new."""
        changed = bool(info.provider) and info.provider != self.name
        if changed:
            self.name = info.provider
        for channel in info.channels:
            if self.named.get(channel.id) != channel:
                self.named[channel.id] = channel
                changed = True
        return changed

    def forget(self) -> None:
        """Forget all names, as the provider asks; it may have begun anew."""
        self.named.clear()
        self.entries.clear()
        self._waiting.clear()
        self._sequence = None

    def values(self, value: memoryview, arrival_ns: int, out: list[Reading]) -> bool:
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
                t_ns = self._placed(count, arrival_ns)
            entry = entries.get(number)
            if entry is None:
                self._waiting.append((number, t_ns, sample, arrival_ns))
                continue
            if t_ns is None or t_ns <= entry.room_ns:
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

    def named_now(self, out: list[Reading]) -> None:
        """Put the readings into `out` that only waited for names which are known by now."""
        waiting, self._waiting = self._waiting, deque(maxlen=MOST_WAITING)
        for one in waiting:
            number, t_ns, sample, arrival_ns = one
            entry = self.entries.get(number)
            if entry is None:
                self._waiting.append(one)
            elif t_ns is None:
                out.append(self._mark(entry, arrival_ns))
            elif t_ns > entry.room_ns or sample != entry.value:
                out.append(self._pass(entry, sample, t_ns))
