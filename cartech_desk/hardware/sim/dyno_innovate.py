"""The simulated car's wideband as Innovate's MTS sends it (ISP2): 12.2 packets a second.

Innovate Serial Protocol 2: big-endian words; a header word with the length in words, then for a
lambda channel a word of state and stoichiometric ratio and a word of the value.
"""

import random
from typing import Final

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.dyno_options import DynoOptions
from cartech_desk.hardware.sim.dyno_rollers import Moment
from cartech_desk.hardware.sim.dyno_stream import DynoStream

PACKETS_HZ: Final = 12.2
STOICHIOMETRY_TENTHS: Final = 147
LAMBDA, OXYGEN, WARMING = 0, 1, 4
"""States of the probe: a mixture, oxygen in per mille, per mille of the warming that is done."""
FREE_AIR: Final = 1.9
"""Above this the probe tells oxygen: nothing burns."""
WARMING_S: Final = 1.0
NOISE: Final = 0.002


class InnovateServer(DynoStream):
    """Sends packets of one probe. Errors: NotOnRollers."""

    what = "wideband"

    def __init__(self, car: SimulatedCar, options: DynoOptions) -> None:
        super().__init__(car, options, PACKETS_HZ)
        self._random = random.Random(f"innovate {options.seed}")  # noqa: S311 - no secret
        self._began_ns: int | None = None

    def _words(self, moment: Moment) -> bytes:
        if self._began_ns is None:
            self._began_ns = moment.t_ns
        noise = self._random.gauss(0.0, NOISE) * self.options.noise
        warm = (moment.t_ns - self._began_ns) / 1e9 / WARMING_S
        if warm < 1.0:
            return packet(WARMING, round(warm * 1000))
        if moment.mixture >= FREE_AIR:
            return packet(OXYGEN, 209)
        return packet(LAMBDA, round((moment.mixture + noise) * 1000) - 500)


def packet(state: int, value: int) -> bytes:
    """Make a packet of one lambda channel: header, state and stoichiometry, value of 13 bits."""
    value = min(max(value, 0), 0x1FFF)
    return bytes(
        (
            0xB2,
            0x82,  # two words follow
            0x42 | state << 2 | STOICHIOMETRY_TENTHS >> 7,
            STOICHIOMETRY_TENTHS & 0x7F,
            value >> 7,
            value & 0x7F,
        )
    )
