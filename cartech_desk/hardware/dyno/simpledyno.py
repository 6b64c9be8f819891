"""SimpleDyno's raw pulses as a source: rpm = 60e6 / (interval · pulses per turn).

RPM1 is the roller, RPM2 the engine. A turn's speed is the mean over its interval, so it belongs to
the middle of that. Where two lines show two pulses in a row, the interval must be the time between
their stamps; where more pulses came between, it must not be longer. Anything else is damage, and
the reading is INVALID; so is one that stands alone against both its neighbours (`step_guard`).
"""

from typing import Final

from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno.device_clock import DeviceClock
from cartech_desk.hardware.dyno.simpledyno_wire import BAUD, WRAP, PulseLine, SimpleDynoFramer
from cartech_desk.hardware.dyno.source import Kind, SourceChannel, SourceIdentity
from cartech_desk.hardware.dyno.source_url import SourceUrl
from cartech_desk.hardware.dyno.step_guard import Step, StepGuard
from cartech_desk.hardware.dyno.stream import StreamSource, baud_of, link_of
from cartech_desk.hardware.links.link import Link

_MICRO_NS: Final = 1000
_STANDS_US: Final = 2_000_000
"""Without a pulse for so long the shaft stands."""
_STANDS_EVERY_US: Final = 100_000
_MOST_RPM: Final = 30_000.0
_TORN_US: Final = 16
"""What `micros()` counts in steps of (4 on an Uno), with room for the interrupt's own time."""
_LINE_US: Final = 2_000
"""A pulse may come while its line is being written: so much after the line's own time."""
_TORN_IN_A_ROW: Final = 2
"""After more lines that do not agree with the last pulse, that one was the damaged."""
_SECOND_PULSE: Final = 0.6
"""A pulse between two stamps adds an interval like the last one, however hard a shaft is braked."""
_RPM_STEP: Final = Step(base=15.0, part=0.15)
_ANALOG_STEP: Final = Step(base=64.0)
_CLOCK_NS: Final = 100_000_000
_USUAL_HZ: Final = 100.0
_NAN: Final = float("nan")


def _signed(difference: int) -> int:
    """Return a difference of two counters that wrap."""
    return (difference + WRAP // 2) % WRAP - WRAP // 2


class _Input:
    """One of the two pulse inputs."""

    def __init__(self, name: str, pulses: float) -> None:
        self.name = name
        self.pulses = pulses
        self.stamp: int | None = None
        self.interval = 0
        self.stood_us = 0
        self.torn = 0


class SimpleDynoSource(StreamSource):
    """An Arduino; `pulses` for each turn of the two inputs, the roller's circumference [m]."""

    def __init__(
        self,
        url: str,
        alias: str,
        link: Link,
        pulses: tuple[float, float],
        circumference_m: float | None,
    ) -> None:
        identity = SourceIdentity(
            Kind.DYNO,
            "SimpleDyno",
            "Arduino with raw pulses",
            "SimpleDyno lines",
            Tier.DOCUMENTED,
            f"{pulses[0]:g} and {pulses[1]:g} pulses a turn",
        )
        self._pulses = pulses
        self._circumference_m = circumference_m
        self._roller = f"{alias}_roller_rpm"
        self._engine = f"{alias}_rpm"
        super().__init__(url, alias, link, identity, StepGuard({}))
        self._begin()
        self._channels = _channels(alias, speed=circumference_m is not None)

    def _begin(self) -> None:
        self._framer = SimpleDynoFramer()
        self._clock = DeviceClock(_MICRO_NS)
        self._analog = tuple(f"{self.alias}_a{number}" for number in range(6))
        steps = {self._roller: _RPM_STEP, self._engine: _RPM_STEP}
        self._guard = StepGuard(steps | dict.fromkeys(self._analog, _ANALOG_STEP))
        self._inputs = (
            _Input(self._roller, self._pulses[0]),
            _Input(self._engine, self._pulses[1]),
        )
        self._line_count: int | None = None
        self._micros: int | None = None
        self._era = 0
        self._clock_ns = 0

    def _take(self, data: bytes, t_ns: int) -> list[Reading]:
        return [r for line in self._framer.feed(data, t_ns) for r in self._readings_of(line)]

    def _quiet(self, now_ns: int) -> list[Reading]:  # noqa: ARG002 - nothing waits
        return []

    def _bad_bytes(self) -> int:
        return self._framer.bad_bytes

    def _clock_jumps(self) -> int:
        return self._clock.jumps

    def _readings_of(self, line: PulseLine) -> list[Reading]:
        count = self._clock.count(line.micros)
        placed_ns = self._clock.place(count, line.t_ns)
        if self._clock.era != self._era:
            self._era = self._clock.era
            for one in self._inputs:
                one.stamp = None
            self._line_count = None
            self._micros = None
        went_back = self._line_count is not None and count <= self._line_count
        if placed_ns is not None and went_back:
            placed_ns = self._clock.doubt(count, line.t_ns)
        if placed_ns is None:
            return self._all_invalid(line.t_ns)
        self._line_count = count
        found: list[Reading] = []
        for one, (stamp, interval) in zip(self._inputs, line.pulses, strict=True):
            pulse = self._pulse(one, line, stamp, interval, placed_ns)
            found += self._guarded([pulse] if pulse is not None else [])
        self._micros = line.micros
        if line.t_ns - self._clock_ns >= _CLOCK_NS:
            self._clock_ns = line.t_ns
            found.append(Reading(f"{self.alias}_clock", line.t_ns, count / 1e6))
        inputs = zip(self._analog, line.analog, strict=True)
        return found + self._guarded([Reading(name, placed_ns, float(raw)) for name, raw in inputs])

    def _all_invalid(self, t_ns: int) -> list[Reading]:
        return self._guarded(
            [Reading(one.name, t_ns, _NAN, Quality.INVALID) for one in self._inputs]
        )

    def _pulse(
        self, one: _Input, line: PulseLine, stamp: int, interval: int, placed_ns: int
    ) -> Reading | None:
        """Return what a line says of one input: a new pulse, that it stands, or nothing new."""
        age_us = _signed(line.micros - stamp)
        before, interval_before = one.stamp, one.interval
        if before is None or stamp == 0 == interval:
            one.stamp, one.interval = stamp, interval
            return None
        if stamp == before and interval == interval_before:
            return self._standing(one, age_us, line.micros, placed_ns)
        between_us = _signed(stamp - before)
        since_first = before == 0 == interval_before
        torn = (
            stamp == before
            or age_us < -_LINE_US
            or between_us < 0
            or (self._micros is not None and _signed(stamp - self._micros) < -_LINE_US)
            or not 0 < interval <= between_us + _TORN_US
            or _TORN_US < between_us - interval < _SECOND_PULSE * interval
            or interval * one.pulses * _MOST_RPM < 60e6
        )
        if torn and not since_first:
            one.torn += 1
            if one.torn > _TORN_IN_A_ROW:
                one.stamp = None
            return Reading(one.name, placed_ns, _NAN, Quality.INVALID)
        one.stamp, one.interval, one.stood_us, one.torn = stamp, interval, 0, 0
        if since_first:
            return None  # the time since the board was started is no interval
        t_ns = placed_ns - (age_us + interval // 2) * _MICRO_NS
        return Reading(one.name, t_ns, 60e6 / (interval * one.pulses))

    def _standing(self, one: _Input, age_us: int, micros: int, placed_ns: int) -> Reading | None:
        """Say ten times a second that a shaft stands, which sends no pulse that could say it."""
        if age_us < max(_STANDS_US, 4 * one.interval):
            return None
        if one.stood_us and (micros - one.stood_us) % WRAP < _STANDS_EVERY_US:
            return None
        one.stood_us = micros or 1
        return Reading(one.name, placed_ns, 0.0)

    def _with_derived(self, reading: Reading) -> list[Reading]:
        if self._circumference_m is None or reading.channel != self._roller:
            return [reading]
        kmh = reading.value * self._circumference_m * 60.0 / 1000.0
        return [reading, reading._replace(channel=f"{self.alias}_speed", value=kmh)]


def _channels(alias: str, *, speed: bool) -> tuple[SourceChannel, ...]:
    source = "SimpleDyno, "
    told = [
        SourceChannel(
            Channel(f"{alias}_roller_rpm", "Roller speed", "rpm", 0.0, 4000.0, 0, source + "RPM1"),
            Role.ROLLER_RPM,
            _USUAL_HZ,
        ),
        SourceChannel(
            Channel(f"{alias}_rpm", "Engine speed", "rpm", 0.0, 8000.0, 0, source + "RPM2"),
            Role.RPM,
            _USUAL_HZ,
        ),
    ]
    if speed:
        channel = Channel(
            f"{alias}_speed", "Speed", "km/h", 0.0, 250.0, 1, source + "RPM1 · circumference"
        )
        told.append(SourceChannel(channel, Role.SPEED, _USUAL_HZ))
    for number in range(6):
        channel = Channel(
            f"{alias}_a{number}", f"Input A{number}", "count", 0.0, 1023.0, 0, source + f"A{number}"
        )
        told.append(SourceChannel(channel, None, _USUAL_HZ))
    clock = Channel(
        f"{alias}_clock", "Board's clock", "s", 0.0, 3600.0, 3, source + "micros, wraps taken out"
    )
    return (*told, SourceChannel(clock, Role.CLOCK, 1e9 / _CLOCK_NS))


def simpledyno_source(url: SourceUrl, alias: str) -> SimpleDynoSource:
    """Make the source of `simpledyno:PORT?pulses=1&pulses2=1&circumference=1.5`.

    Errors: BadSourceUrl.
    """
    url.only(("baud", "pulses", "pulses2", "circumference"))
    pulses = url.number("pulses", 0.01, 10_000, 1.0)
    pulses2 = url.number("pulses2", 0.01, 10_000, pulses)
    circumference_m = None
    if "circumference" in url.options:
        circumference_m = url.number("circumference", 0.05, 20.0, 1.0)
    link = link_of(url, baud_of(url, BAUD))
    return SimpleDynoSource(url.text, alias, link, (pulses, pulses2), circumference_m)
