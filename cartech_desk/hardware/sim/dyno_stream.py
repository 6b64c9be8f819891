"""What the simulated serial instruments share: a server without a clock that talks by itself."""

from abc import ABC, abstractmethod

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.dyno_options import DynoOptions
from cartech_desk.hardware.sim.dyno_rollers import Moment, Resampled, Rollers
from cartech_desk.hardware.sim.dyno_sensors import Dropouts


class DynoStream(ABC):
    """An instrument at the rollers that sends at a steady rate, as `Endpoint` serves it.

    Errors: NotOnRollers.
    """

    what: str
    requests = 0
    drop_after = (0.0, 0)

    def __init__(self, car: SimulatedCar, options: DynoOptions, rate_hz: float) -> None:
        self.options = options
        self._rollers = Rollers(car)
        self._resampled = Resampled(rate_hz)
        self._dropouts = Dropouts(options)
        self._period_ns = round(1e9 / rate_hz)
        self._due_ns: int | None = None

    @property
    def due_ns(self) -> int | None:
        """When to ask again."""
        return self._due_ns

    def keep_time(self, now_ns: int) -> None:
        """Let the car's time pass; what happens meanwhile is told at the next `poll`."""
        self._rollers.keep_time(now_ns)

    def receive(self, data: bytes, now_ns: int) -> None:
        """Hear nothing."""
        del data, now_ns  # it only talks

    def poll(self, now_ns: int) -> bytes:
        """Return what it says by now."""
        self._due_ns = now_ns + self._period_ns
        sent = bytearray()
        for moment in self._resampled.through(self._rollers.moments(now_ns)):
            words = self._words(moment)
            if not self._is_quiet(moment):
                sent += words
        return bytes(sent)

    def close(self) -> None:
        """Let the car go."""
        self._rollers.close()

    def _is_quiet(self, moment: Moment) -> bool:
        return self._dropouts.is_out(moment) or self.options.is_silent(moment.time_s)

    @abstractmethod
    def _words(self, moment: Moment) -> bytes:
        """Return what is sent of one moment."""
