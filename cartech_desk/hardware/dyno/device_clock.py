"""A device's own time on our clock: with the least latency seen, its drift followed, jumps found.

A sample's device time plus what separates the two clocks is its instant on ours. What separates
them is never seen alone: arrival minus device time holds the way's latency too, which is at least
zero and varies. So the least difference of each second is kept, and a straight line below those of
the last seconds tells offset and drift (an Arduino's resonator is off by half a percent). A latency
that was measured (a ping answered: half its round trip) is taken off, once two measurements agree;
an answer that took long says nothing of the way, for who answered was busy.

A device time that cannot be right (ahead of our present, or behind what came before) is not
believed and not used: `place` returns None, and the sample is to be marked. Where the next arrival
agrees with it, the device's clock has jumped: a new map begins and `jumps` counts it. Where it does
not, one time stamp was damaged and the map stays.
"""

from collections import deque
from typing import Final

_SECOND: Final = 1_000_000_000
_SETTLING_NS: Final = 2 * _SECOND
"""So long the least latency may not be known: a new map is a better one then, not a jump."""
_AHEAD_NS: Final = 50_000_000
"""How far the map may be corrected at once; further only once a second arrival agrees."""
_LATE_NS: Final = 5 * _SECOND
"""A sample that came later than this after its own time: its clock has jumped back."""
_AGREES_AHEAD_NS: Final = 50_000_000
_AGREES_LATE_NS: Final = 500_000_000
_ANSWER_NS: Final = 200_000_000
"""An answer that took longer tells nothing."""
_AGREE_NS: Final = 5_000_000
_ANSWERS_KEPT: Final = 8
_SECONDS_KEPT: Final = 16
_SECONDS_FOR_DRIFT: Final = 4
_DRIFT_MOST: Final = 0.02
_DRIFT_UNKNOWN: Final = 0.001
"""What an unknown clock may gain while nothing comes."""


class DeviceClock:
    """The clock of one device that counts in ticks of `tick_ns` and wraps at 2 ** `bits`.

    `count` first, then `place`: counts do not wrap, and only those of one `era` may be compared.
    """

    def __init__(self, tick_ns: int, bits: int = 32) -> None:
        self.jumps = 0
        self.era = 0
        """Grows with every new map."""
        self._tick_ns = tick_ns
        self._span = 1 << bits
        self._newest = 0
        self._mapped = False
        self._began_ns = 0
        self._heard_ns = 0
        self._offset_ns = 0.0
        """Of the line below the differences, at `_from_ns` of our clock."""
        self._from_ns = 0
        self._drift = 0.0
        self._least: deque[tuple[int, int]] = deque(maxlen=_SECONDS_KEPT)
        self._second_ns = 0
        self._second_least: tuple[int, int] | None = None
        self._latency_ns: int | None = None
        self._round_trips: deque[int] = deque(maxlen=_ANSWERS_KEPT)
        self._doubted: tuple[int, int] | None = None

    @property
    def latency_s(self) -> float:
        """The least latency measured; NaN where none was."""
        return float("nan") if self._latency_ns is None else self._latency_ns / 1e9

    def measured(self, round_trip_ns: int) -> None:
        """Learn from a question that was answered: half its round trip is the latency.

        It is believed as soon as another one agrees, and the least of those stays.
        """
        if not 0 <= round_trip_ns <= _ANSWER_NS:
            return
        agreeing = [one for one in self._round_trips if abs(one - round_trip_ns) <= _AGREE_NS]
        self._round_trips.append(round_trip_ns)
        if not agreeing:
            return
        latency_ns = min(round_trip_ns, *agreeing) // 2
        if self._latency_ns is None or latency_ns < self._latency_ns:
            self._latency_ns = latency_ns

    def count(self, tick: int) -> int:
        """Return the tick without its wraps."""
        step = (tick - self._newest) % self._span
        if step >= self._span // 2:
            step -= self._span
        return self._newest + step

    def place(self, count: int, arrival_ns: int) -> int | None:
        """Return when a sample was taken, on our clock; None where its time is not believed."""
        if not self._mapped or self._too_long_silent(arrival_ns):
            self._begin(count, arrival_ns)
        difference_ns = arrival_ns - count * self._tick_ns
        ahead_ns = self._ahead_ns(difference_ns, arrival_ns)
        silent_ns = arrival_ns - self._heard_ns
        tolerated_ns = _AHEAD_NS + silent_ns * _DRIFT_UNKNOWN
        if not -_LATE_NS < ahead_ns < tolerated_ns:
            return self.doubt(count, arrival_ns)
        self._heard_ns = arrival_ns
        if count >= self._newest:
            self._newest = count
            self._doubted = None
        if ahead_ns > 0:
            self._offset_ns -= ahead_ns
        self._learn(difference_ns, arrival_ns)
        return self._on_ours(count, arrival_ns)

    def heed(self, count: int, arrival_ns: int) -> None:
        """Learn from a sample that waits for its turn by how much less it was delayed."""
        if not self._mapped:
            self._begin(count, arrival_ns)
        ahead_ns = self._ahead_ns(arrival_ns - count * self._tick_ns, arrival_ns)
        if 0 < ahead_ns < _AHEAD_NS:
            self._offset_ns -= ahead_ns

    def doubt(self, count: int, arrival_ns: int) -> int | None:
        """Do not believe this time, unless an earlier arrival was as far off: then map anew."""
        before = self._doubted
        difference_ns = arrival_ns - count * self._tick_ns
        if before is None or arrival_ns <= before[1]:
            self._doubted = before or (difference_ns, arrival_ns)
            return None
        if -_AGREES_AHEAD_NS <= difference_ns - before[0] <= _AGREES_LATE_NS:
            settling = arrival_ns - self._began_ns < _SETTLING_NS
            if not settling or not 0 < self._ahead_ns(before[0], arrival_ns) < _SECOND:
                self.jumps += 1
            self._begin(count, arrival_ns)
            self._offset_ns = min(difference_ns, before[0])
            return self._on_ours(count, arrival_ns)
        self._doubted = (difference_ns, arrival_ns)
        return None

    def _begin(self, count: int, arrival_ns: int) -> None:
        """Begin a new map at a sample that is taken to have come at once."""
        self.era += 1
        self._mapped = True
        self._newest = count
        self._began_ns = self._heard_ns = self._from_ns = self._second_ns = arrival_ns
        self._offset_ns = arrival_ns - count * self._tick_ns
        self._drift = 0.0
        self._least.clear()
        self._second_least = None
        self._doubted = None

    def _too_long_silent(self, arrival_ns: int) -> bool:
        """Tell whether so long has passed that wraps may have been missed."""
        return (arrival_ns - self._heard_ns) * 4 > self._span * self._tick_ns

    def _ahead_ns(self, difference_ns: int, arrival_ns: int) -> float:
        """Tell how far ahead of its arrival a sample would be by this map."""
        return self._offset_at(arrival_ns) - difference_ns

    def _offset_at(self, arrival_ns: int) -> float:
        return self._offset_ns + self._drift * (arrival_ns - self._from_ns)

    def _on_ours(self, count: int, arrival_ns: int) -> int:
        placed_ns = count * self._tick_ns + round(self._offset_at(arrival_ns))
        return min(placed_ns, arrival_ns) - (self._latency_ns or 0)

    def _learn(self, difference_ns: int, arrival_ns: int) -> None:
        """Keep the least difference of each second; at its end, lay the line anew."""
        if arrival_ns - self._second_ns >= _SECOND:
            if self._second_least is not None:
                self._least.append(self._second_least)
                self._lay_line()
            self._second_ns = arrival_ns
            self._second_least = None
        if self._second_least is None or difference_ns < self._second_least[1]:
            self._second_least = (arrival_ns, difference_ns)

    def _lay_line(self) -> None:
        """Fit a line to the least differences and lower it below all of them."""
        points = self._least
        if len(points) < _SECONDS_FOR_DRIFT:
            return
        zero_ns, base_ns = points[0]
        times = [float(t - zero_ns) for t, _ in points]
        rests = [float(d - base_ns) for _, d in points]
        middle_t = sum(times) / len(times)
        middle_d = sum(rests) / len(rests)
        spread = sum((t - middle_t) ** 2 for t in times)
        if spread <= 0:
            return
        slope = sum((t - middle_t) * (d - middle_d) for t, d in zip(times, rests, strict=True))
        slope = max(-_DRIFT_MOST, min(_DRIFT_MOST, slope / spread))
        lowest = min(d - slope * t for t, d in zip(times, rests, strict=True))
        self._drift = slope
        self._from_ns = zero_ns
        self._offset_ns = base_ns + lowest
