"""The simulated dyno's JETDRIVE: a provider's datagrams, without any socket.

Dynojet's JETDRIVE Network Specification 2.1.1. The bytes are made here anew, not with the desk's
own reader of them, so that a mistake in one is not hidden by the same mistake in the other.
"""

import math
import random
import struct
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.dyno_options import RESTART_S, DynoOptions
from cartech_desk.hardware.sim.dyno_rollers import Resampled, Rollers
from cartech_desk.hardware.sim.dyno_sensors import SENSORS, WEATHER, DynoSensors, Sample, Sensor

PROVIDER: Final = "CarTech Desk simulated dyno"
WEATHER_PROVIDER: Final = "CarTech Desk simulated weather station"
FRAME_NS: Final = 10_000_000
"""One datagram holds all that was measured within this time."""
NAMES_EVERY_NS: Final = 30_000_000_000
MOST_VALUES: Final = 140
"""Values of one datagram: 1,400 bytes, which fit into one frame of any Ethernet."""
VENDOR: Final = 1
VERSION: Final = 1
FIRST_BREAKING_VERSION: Final = 10
"""Whoever speaks this or a later one is not answered."""
ALL: Final = 0xFFFF

CHANNEL_INFO, CHANNEL_VALUES, CLEAR_CHANNEL_INFO, PING, PONG, REQUEST_CHANNEL_INFO = range(1, 7)

_HEADER: Final = struct.Struct("<BHHBH")
_ENTRY: Final = struct.Struct("<HB30sB")
_VALUE: Final = struct.Struct("<HIf")


class Provider:
    """One provider: its host id, its channels with their ids, its clock and sequence."""

    def __init__(self, name: str, host: int, sensors: Iterable[Sensor], start_ms: int) -> None:
        self.name = name
        self.host = host
        self.sensors: tuple[Sensor, ...] = tuple(sensors)
        self._ids = {sensor.name: number for number, sensor in enumerate(self.sensors, start=1)}
        self._start_ms = start_ms
        self._began_ns: int | None = None
        self._sequence = 0

    def names(self) -> bytes:
        """Return a ChannelInfo of all channels."""
        value = self.name.encode().ljust(50, b"\0")
        for sensor in self.sensors:
            name = sensor.name.encode()
            value += _ENTRY.pack(self._ids[sensor.name], VENDOR, name, sensor.unit)
        return self._datagram(CHANNEL_INFO, value)

    def renumbered(self) -> bytes:
        """Give all channels other ids; return the word that those of before are to be forgotten."""
        highest = max(self._ids.values(), default=0)
        self._ids = {name: highest + 1 - number for name, number in self._ids.items()}
        return self._datagram(CLEAR_CHANNEL_INFO, b"")

    def values(self, samples: Iterable[Sample], jumped_ms: int) -> Iterator[bytes]:
        """Yield ChannelValues of those samples that are this provider's."""
        mine = [sample for sample in samples if sample.channel in self._ids]
        for first in range(0, len(mine), MOST_VALUES):
            value = b"".join(
                _VALUE.pack(self._ids[one.channel], self.ms(one.t_ns, jumped_ms), one.value)
                for one in mine[first : first + MOST_VALUES]
            )
            yield self._datagram(CHANNEL_VALUES, value)

    def pong(self, asked: bytes, asker: int, now_ns: int, jumped_ms: int) -> bytes:
        """Return the answer to a ping whose value was `asked`."""
        value = bytes((VERSION,)) + asked[1:5]
        value += struct.pack("<I", self.ms(now_ns, jumped_ms)) + asked[5:]
        return self._datagram(PONG, value, asker)

    def ms(self, t_ns: int, jumped_ms: int) -> int:
        """Return this provider's clock at an instant; it begins anywhere and wraps at 2^32."""
        if self._began_ns is None:
            self._began_ns = t_ns
        passed = (t_ns - self._began_ns) // 1_000_000
        return (self._start_ms + passed + jumped_ms) & 0xFFFFFFFF

    def _datagram(self, key: int, value: bytes, destination: int = ALL) -> bytes:
        header = _HEADER.pack(key, len(value), self.host, self._sequence, destination)
        self._sequence = (self._sequence + 1) & 0xFF
        return header + value


class JetdriveDyno:
    """The dyno's side of the wire: what it sends by itself, and what it answers.

    It keeps no clock: whoever calls says what time it is. Errors: NotOnRollers.
    """

    def __init__(self, car: SimulatedCar, options: DynoOptions) -> None:
        self.options = options
        self._rollers = Rollers(car)
        self._when_ns = car.vehicle.when_ns
        self._resampled = Resampled(options.rate)
        self._sensors = DynoSensors(options, self._rollers.roller_m)
        self._random = random.Random(f"dyno wire {options.seed}")  # noqa: S311 - no secret
        self.providers = _providers(options, self._random)
        self._began_ns: int | None = None
        self._named_ns: int | None = None
        self._silent = False
        self._restarts_s = options.restart_at + RESTART_S if options.restart_at else math.inf
        self._clears_s = options.clear_at or math.inf

    def close(self) -> None:
        """Let the car go."""
        self._rollers.close()

    def poll(self, now_ns: int) -> list[bytes]:
        """Return the datagrams that are due, names first."""
        if self._began_ns is None:
            self._began_ns = now_ns
        moments = self._rollers.moments(now_ns)
        cleared: list[bytes] = []
        if moments:
            time_s = moments[-1].time_s
            self._silent = self.options.is_silent(time_s)
            cleared = self._begun_anew(time_s)
        samples = self._sensors.samples(self._resampled.through(moments))
        sent = cleared + self._names_due(now_ns)
        for _, frame in groupby(samples, key=lambda sample: sample.t_ns // FRAME_NS):
            together = list(frame)
            jumped_ms = self._jumped_ms(together[0].t_ns)
            for provider in self.providers:
                sent.extend(provider.values(together, jumped_ms))
        return self._through_the_net(sent)

    def hear(self, datagram: bytes, now_ns: int) -> list[bytes]:
        """Return the answers to what somebody sent: to a ping, to a request for names."""
        if len(datagram) < _HEADER.size or self._silent:
            return []
        key, length, asker, _, destination = _HEADER.unpack_from(datagram)
        value = datagram[_HEADER.size :]
        if len(value) != length:
            return []
        answers: list[bytes] = []
        for provider in self.providers:
            if destination not in (ALL, provider.host):
                continue
            if key == PING and length >= 5 and value[0] < FIRST_BREAKING_VERSION:
                answers.append(provider.pong(value, asker, now_ns, self._jumped_ms(now_ns)))
            elif key == REQUEST_CHANNEL_INFO and self._may_name(now_ns):
                answers.append(provider.names())
        return self._through_the_net(answers)

    def _begun_anew(self, time_s: float) -> list[bytes]:
        """Begin anew as another host, or with other ids, where that is due; return what to say."""
        if time_s >= self._restarts_s:
            self._restarts_s = math.inf
            self._named_ns = None
            self.providers = _providers(self.options, self._random)
        if time_s < self._clears_s:
            return []
        self._clears_s = math.inf
        self._named_ns = None
        return [provider.renumbered() for provider in self.providers]

    def _may_name(self, now_ns: int) -> bool:
        if self._began_ns is None:
            return False
        return now_ns - self._began_ns >= self.options.names_after * 1e9

    def _names_due(self, now_ns: int) -> list[bytes]:
        if self.options.names == "asked" or self._silent or not self._may_name(now_ns):
            return []
        if self._named_ns is not None and now_ns - self._named_ns < NAMES_EVERY_NS:
            return []
        self._named_ns = now_ns
        return [provider.names() for provider in self.providers]

    def _jumped_ms(self, t_ns: int) -> int:
        """By how much the clock has jumped until then."""
        at_s = self.options.jump_at
        if not at_s or t_ns < self._when_ns(at_s):
            return 0
        return round(self.options.jump_s * 1000)

    def _through_the_net(self, datagrams: list[bytes]) -> list[bytes]:
        loss, double = self.options.loss, self.options.double
        if not (loss or double):
            return datagrams
        arrived: list[bytes] = []
        for one in datagrams:
            lost, twice = self._random.random() < loss, self._random.random() < double
            if not lost:
                arrived += [one, one] if twice else [one]
        return arrived


def _providers(options: DynoOptions, dice: random.Random) -> tuple[Provider, ...]:
    """Make the dyno's providers; a second one has the weather, under ids of the first."""
    host = dice.randrange(1, 0x8000)
    start_ms = dice.randrange(1 << 32)
    if not options.second:
        return (Provider(PROVIDER, host, SENSORS, start_ms),)
    dyno = [sensor for sensor in SENSORS if sensor.name not in WEATHER]
    weather = [sensor for sensor in SENSORS if sensor.name in WEATHER]
    return (
        Provider(PROVIDER, host, dyno, start_ms),
        Provider(WEATHER_PROVIDER, host + 0x1000, weather, dice.randrange(1 << 32)),
    )
