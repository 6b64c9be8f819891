"""The simulated dyno as a SimpleDyno sketch: lines of pulses of rollers and engine.

Eleven unsigned integers and CR LF: micros, stamp and interval of the roller's last pulse, the same
of the engine's, and six analogue inputs of ten bits. An interval is repeated until a new pulse.
"""

from collections.abc import Sequence
from typing import Final

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.dyno_options import DynoOptions
from cartech_desk.hardware.sim.dyno_rollers import Moment
from cartech_desk.hardware.sim.dyno_stream import DynoStream

MICROS: Final = 1 << 32
FIRST_MICROS: Final = MICROS - 8_000_000
"""Where the sketch's clock stands at first: it wraps within the first seconds, as it may."""
MOST_LINES_HZ: Final = 100
VOLT: Final = 1023 / 5.0


class PulseCounter:
    """Stamp and interval of the pulses of one shaft, one for each turn."""

    def __init__(self) -> None:
        self._before: tuple[int, float] | None = None
        self.stamp_us: float = 0.0
        self.interval_us: float = 0.0

    def turn(self, at_us: int, turns: float) -> None:
        """Let the shaft turn on until a moment; `turns` counts from the beginning."""
        before, self._before = self._before, (at_us, turns)
        if before is None or int(turns) == int(before[1]):
            return
        per_us = (turns - before[1]) / (at_us - before[0])
        last_us = before[0] + (int(turns) - before[1]) / per_us
        pulses = int(turns) - int(before[1])
        if pulses > 1:
            self.interval_us = 1.0 / per_us
        elif self.stamp_us:
            self.interval_us = last_us - self.stamp_us
        self.stamp_us = last_us


class SimpleDynoServer(DynoStream):
    """Sends lines, at most 100 a second. Errors: NotOnRollers."""

    what = "pulse counter"

    def __init__(self, car: SimulatedCar, options: DynoOptions) -> None:
        super().__init__(car, options, min(options.rate, MOST_LINES_HZ))
        self._roller = PulseCounter()
        self._engine = PulseCounter()
        self._began_ns: int | None = None

    def _words(self, moment: Moment) -> bytes:
        if self._began_ns is None:
            self._began_ns = moment.t_ns
        at_us = FIRST_MICROS + (moment.t_ns - self._began_ns) // 1000
        self._roller.turn(at_us, moment.roller_turns)
        self._engine.turn(at_us, moment.engine_turns)
        numbers = (
            at_us,
            *_pulse(self._roller),
            *_pulse(self._engine),
            *_inputs(moment),
        )
        return ",".join(str(number % MICROS) for number in numbers).encode("ascii") + b"\r\n"


def _pulse(counter: PulseCounter) -> tuple[int, int]:
    return round(counter.stamp_us), round(counter.interval_us)


def _inputs(moment: Moment) -> Sequence[int]:
    """Return A0 to A5: a wideband's 0 to 5 V for AFR 10 to 20, manifold pressure, four open."""
    afr_volt = (min(max(moment.mixture * 14.7, 10.0), 20.0) - 10.0) / 2.0
    map_volt = min(moment.map_kpa / 60.0, 5.0)  # 0 to 300 kPa
    return round(afr_volt * VOLT), round(map_volt * VOLT), 0, 0, 0, 0
