"""What the simulated dyno's sensors say of the rollers: noise, rates, slips, dropouts."""

import math
import random
from collections import deque
from collections.abc import Iterator
from typing import Final, NamedTuple

from cartech_desk.hardware.sim.dyno_options import DynoOptions
from cartech_desk.hardware.sim.dyno_rollers import Moment

SLIP_S: Final = 0.05
"""By how much the speed column is behind before it slips."""
CATCH_UP_S: Final = 0.12
"""How long the slip takes; in a real export of 50 ms rows it is seen in two or three of them."""
DROPOUT_S: Final = 0.3
FREE_AIR_AFR: Final = 22.4
"""Where a wideband's reading ends."""
STOICHIOMETRY: Final = 14.7

WIDEBAND_HZ: Final = 20
PRESSURE_HZ: Final = 50
WEATHER_HZ: Final = 1


class Sensor(NamedTuple):
    """A channel: its name, JETDRIVE's unit, how often it comes (0: always), noise of a good one."""

    name: str
    unit: int
    rate_hz: int
    noise: float


SENSORS: Final = (
    Sensor("Speed", 2, 0, 0.005),
    Sensor("Engine RPM", 8, 0, 3.0),
    Sensor("Roller RPM", 8, 0, 0.05),
    Sensor("Acceleration", 10, 0, 0.04),
    Sensor("Force", 3, 0, 8.0),
    Sensor("Power (uncorrected)", 4, 0, 0.0),
    Sensor("Torque (uncorrected)", 5, 0, 0.0),
    Sensor("Power", 4, 0, 0.0),
    Sensor("Torque", 5, 0, 0.0),
    Sensor("Correction Factor", 255, WEATHER_HZ, 0.0),
    Sensor("Air Fuel Ratio 1", 11, WIDEBAND_HZ, 0.03),
    Sensor("Boost", 7, PRESSURE_HZ, 0.3),
    Sensor("Manifold Absolute Pressure", 7, PRESSURE_HZ, 0.3),
    Sensor("Temperature 1", 6, WEATHER_HZ, 0.03),
    Sensor("Absolute Pressure", 7, WEATHER_HZ, 0.01),
    Sensor("Relative Humidity", 16, WEATHER_HZ, 0.05),
)
"""As a DynoWare RT names its channels: plain power is what the device itself has corrected."""
WEATHER: Final = ("Temperature 1", "Absolute Pressure", "Relative Humidity")


class Sample(NamedTuple):
    """One value of one channel of `SENSORS`."""

    channel: str
    t_ns: int
    value: float


class DynoSensors:
    """Turns resampled moments into samples; deterministic for seed, rate and drive."""

    def __init__(self, options: DynoOptions, roller_m: float) -> None:
        self._options = options
        self._roller_m = roller_m
        self._random = random.Random(f"dyno sensors {options.seed}")  # noqa: S311 - no secret
        self._slips = SpeedSlips(options)
        self._dropouts = Dropouts(options)
        self._count = 0

    def samples(self, moments: list[Moment]) -> list[Sample]:
        """Return what the sensors say, in order of time."""
        samples: list[Sample] = []
        for moment in moments:
            speed_ms = self._slips.speed_ms(moment)
            told = not self._dropouts.is_out(moment) and not self._options.is_silent(moment.time_s)
            # The dice are thrown for every value, so that silence changes nothing of the rest.
            values = tuple(self._values(moment, speed_ms))
            if told:
                samples.extend(values)
            self._count += 1
        return samples

    def _values(self, moment: Moment, speed_ms: float) -> Iterator[Sample]:
        true = self._true(moment, speed_ms)
        for sensor in SENSORS:
            if self._is_due(sensor):
                value = true[sensor.name]
                if sensor.noise and self._options.noise:
                    value += self._random.gauss(0.0, sensor.noise) * self._options.noise
                true[sensor.name] = value
                if sensor.name == "Force":
                    self._derive(true, moment)
                yield Sample(sensor.name, moment.t_ns, value)

    def _true(self, moment: Moment, speed_ms: float) -> dict[str, float]:
        factor = sae_factor(moment.ambient_c, moment.barometer_kpa, self._options.humidity)
        return {
            "Speed": speed_ms * 3.6,
            "Engine RPM": moment.rpm,
            "Roller RPM": moment.speed_ms / self._roller_m * 60.0,
            "Acceleration": moment.acceleration_ms2 * 3.6,
            "Force": moment.force_n,
            "Correction Factor": factor,
            "Air Fuel Ratio 1": min(moment.mixture * STOICHIOMETRY, FREE_AIR_AFR),
            "Boost": moment.map_kpa - moment.barometer_kpa,
            "Manifold Absolute Pressure": moment.map_kpa,
            "Temperature 1": moment.ambient_c,
            "Absolute Pressure": moment.barometer_kpa,
            "Relative Humidity": self._options.humidity,
        }

    @staticmethod
    def _derive(values: dict[str, float], moment: Moment) -> None:
        """Let the device compute power and torque from the force that it has measured."""
        power_kw = values["Force"] * moment.speed_ms / 1e3
        turning = values["Engine RPM"] > 100.0
        torque_nm = power_kw * 9549.297 / values["Engine RPM"] if turning else 0.0
        factor = values["Correction Factor"]
        values["Power (uncorrected)"], values["Torque (uncorrected)"] = power_kw, torque_nm
        values["Power"], values["Torque"] = power_kw * factor, torque_nm * factor

    def _is_due(self, sensor: Sensor) -> bool:
        if not sensor.rate_hz or sensor.rate_hz >= self._options.rate:
            return True
        return self._count % (self._options.rate // sensor.rate_hz) == 0


class SpeedSlips:
    """The speed column falls slowly behind by 50 ms and catches up all at once, again and again.

    As exports of real dynos have it every five seconds or so; the acceleration has it not.
    """

    def __init__(self, options: DynoOptions) -> None:
        self._every_s = options.slips
        self._random = random.Random(f"dyno slips {options.seed}")  # noqa: S311 - no secret
        self._began_s = 0.0
        self._next_s = self._some_time()
        self._recent: deque[tuple[float, float]] = deque()

    def speed_ms(self, moment: Moment) -> float:
        """Return what the speed column says at this moment."""
        if not self._every_s:
            return moment.speed_ms
        at_s = moment.t_ns / 1e9
        if not self._recent:
            self._began_s += at_s
            self._next_s += at_s
        self._recent.append((at_s, moment.speed_ms))
        while len(self._recent) > 2 and self._recent[1][0] < at_s - SLIP_S:
            self._recent.popleft()
        return self._speed_at(at_s - self._behind_s(at_s))

    def _behind_s(self, at_s: float) -> float:
        if at_s >= self._next_s + CATCH_UP_S:
            self._began_s, self._next_s = self._next_s + CATCH_UP_S, at_s + self._some_time()
        if at_s < self._next_s:
            return SLIP_S * (at_s - self._began_s) / (self._next_s - self._began_s)
        return SLIP_S * (1.0 - (at_s - self._next_s) / CATCH_UP_S)

    def _speed_at(self, at_s: float) -> float:
        later = self._recent[-1]
        for earlier in reversed(self._recent):
            if earlier[0] <= at_s:
                width = later[0] - earlier[0]
                share = (at_s - earlier[0]) / width if width > 0 else 0.0
                return earlier[1] + (later[1] - earlier[1]) * min(max(share, 0.0), 1.0)
            later = earlier
        return later[1]

    def _some_time(self) -> float:
        return self._every_s * (0.9 + 0.2 * self._random.random())


class Dropouts:
    """Moments of which nothing is told, by chance: some seconds begin with 0.3 s of nothing."""

    def __init__(self, options: DynoOptions) -> None:
        self._probability = options.dropouts
        self._random = random.Random(f"dyno dropouts {options.seed}")  # noqa: S311 - no secret
        self._second = -1
        self._out = False

    def is_out(self, moment: Moment) -> bool:
        """Tell whether this moment is lost; ask in order of time."""
        if not self._probability:
            return False
        second = math.floor(moment.time_s)
        if second != self._second:
            self._second = second
            self._out = self._random.random() < self._probability
        return self._out and moment.time_s - second < DROPOUT_S


def sae_factor(temperature_c: float, pressure_kpa: float, humidity_pct: float) -> float:
    """Return the factor that the device prints as SAE (J1349, June 1990 form).

    Vapour pressure by Tetens' formula (1930): the device's own sums are not the desk's.
    """
    vapour = 0.61078 * math.exp(17.27 * temperature_c / (temperature_c + 237.3))
    dry = pressure_kpa - humidity_pct / 100.0 * vapour
    return 1.180 * (99.0 / dry) * math.sqrt((temperature_c + 273.15) / 298.0) - 0.180
