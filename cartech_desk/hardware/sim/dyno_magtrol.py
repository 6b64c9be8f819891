"""The simulated dyno as a Magtrol DSP6001 controller: it answers `OD` with speed and torque.

As the vendor's manual describes it: upper-case ASCII, CR LF, `S 1725T22.60R` with direction R or L.
The absorber sits, as on a bench, at the engine's own shaft: torque is the wheel power at engine
speed, in the panel's unit.
"""

import random
from typing import Final

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.dyno_options import DynoOptions
from cartech_desk.hardware.sim.dyno_rollers import Rollers
from cartech_desk.hardware.sim.dyno_sensors import Dropouts

ASKED: Final = (b"OD", b"OD1")
LONGEST_LINE: Final = 64
TORQUE_NOISE_NM: Final = 0.2
RPM_NOISE: Final = 1.0


class MagtrolServer:
    """Answers polls, as `Endpoint` serves it; torque in Nm. Errors: NotOnRollers."""

    what: Final = "dyno controller"
    drop_after: Final = (0.0, 0)

    def __init__(self, car: SimulatedCar, options: DynoOptions) -> None:
        self.options = options
        self.requests = 0
        self._rollers = Rollers(car)
        self._dropouts = Dropouts(options)
        self._random = random.Random(f"magtrol {options.seed}")  # noqa: S311 - no secret
        self._line = bytearray()
        self._answer = b""

    @property
    def due_ns(self) -> int | None:
        """Nothing comes unasked."""
        return None

    def keep_time(self, now_ns: int) -> None:
        """Let the car's time pass and look how it stands."""
        self._rollers.moments(now_ns)

    def receive(self, data: bytes, now_ns: int) -> None:
        """Take what the client wrote; a line that it does not know is not answered."""
        for byte in data:
            if byte not in b"\r\n":
                if len(self._line) < LONGEST_LINE:
                    self._line.append(byte)
            elif self._line:
                asked = bytes(self._line)
                self._line.clear()
                if asked in ASKED:
                    self.requests += 1
                    self.keep_time(now_ns)
                    self._answer += self._told()

    def poll(self, now_ns: int) -> bytes:
        """Return the answers that are ready."""
        self.keep_time(now_ns)
        answer, self._answer = self._answer, b""
        return answer

    def close(self) -> None:
        """Let the car go."""
        self._rollers.close()

    def _told(self) -> bytes:
        now = self._rollers.now
        if self._dropouts.is_out(now) or self.options.is_silent(now.time_s):
            return b""
        noise = self.options.noise
        rpm = now.rpm + self._random.gauss(0.0, RPM_NOISE) * noise
        torque_nm = now.torque_nm + self._random.gauss(0.0, TORQUE_NOISE_NM) * noise
        direction = "R" if torque_nm >= 0 else "L"
        figures = f"{abs(torque_nm):.3f}"[:5]  # five places, as many behind the point as fit
        return f"S{max(round(rpm), 0):5d}T{figures:>5}{direction}\r\n".encode("ascii")
