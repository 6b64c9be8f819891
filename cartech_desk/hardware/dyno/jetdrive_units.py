"""JETDRIVE's units, and what a value in each of them can be at all.

Specification 2.1.1, table of units. A value beyond what is possible anywhere is no value; the
bounds are wide on purpose, for a strange reading is still a reading.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class WireUnit:
    """A unit on the wire: value · `factor` is in `unit`, a key of `domain.units`.

    `shown` is the scale of a gauge, `possible` what can be at all, both in `unit`; `added` is put
    behind a label where `unit` does not say it all.
    """

    unit: str
    shown: tuple[float, float]
    possible: tuple[float, float]
    decimals: int
    factor: float = 1.0
    added: str = ""


TIME: Final = 0
DISTANCE: Final = 1
SPEED: Final = 2
FORCE: Final = 3
POWER: Final = 4
TORQUE: Final = 5
TEMPERATURE: Final = 6
PRESSURE: Final = 7
ENGINE_SPEED: Final = 8
GEAR_RATIO: Final = 9
ACCELERATION: Final = 10
AFR: Final = 11
FLOW: Final = 12
LAMBDA: Final = 13
VOLTS: Final = 14
AMPS: Final = 15
PERCENT: Final = 16
NO_UNIT: Final = 255

NONE: Final = WireUnit("none", (0.0, 100.0), (-1e30, 1e30), 2)

WIRE_UNITS: Final = MappingProxyType(
    {
        TIME: WireUnit("s", (0.0, 60.0), (-1e9, 1e9), 2),
        DISTANCE: WireUnit("m", (0.0, 1000.0), (-1e9, 1e9), 1),
        SPEED: WireUnit("km/h", (0.0, 250.0), (-200.0, 1000.0), 1),
        FORCE: WireUnit("N", (0.0, 8000.0), (-2e5, 2e5), 0),
        POWER: WireUnit("kW", (0.0, 400.0), (-5000.0, 10000.0), 1),
        TORQUE: WireUnit("Nm", (0.0, 600.0), (-1e5, 1e5), 1),
        TEMPERATURE: WireUnit("degC", (-20.0, 120.0), (-273.15, 3000.0), 1),
        PRESSURE: WireUnit("kPa", (0.0, 300.0), (-1000.0, 500000.0), 1),
        ENGINE_SPEED: WireUnit("rpm", (0.0, 8000.0), (-1000.0, 500000.0), 0),
        GEAR_RATIO: WireUnit("none", (0.0, 150.0), (-1e4, 1e4), 2, added="rpm per km/h"),
        ACCELERATION: WireUnit("m/s2", (-5.0, 10.0), (-1000.0, 1000.0), 2, 1.0 / 3.6),
        AFR: WireUnit("ratio", (10.0, 20.0), (0.0, 300.0), 2),
        FLOW: WireUnit("kg/h", (0.0, 1000.0), (-1e5, 1e5), 1),
        LAMBDA: WireUnit("ratio", (0.7, 1.3), (0.0, 30.0), 3),
        VOLTS: WireUnit("V", (0.0, 5.0), (-1e5, 1e5), 2),
        AMPS: WireUnit("A", (0.0, 20.0), (-1e5, 1e5), 2),
        PERCENT: WireUnit("percent", (0.0, 100.0), (-1000.0, 1000.0), 1),
        NO_UNIT: NONE,
    }
)


def wire_unit(code: int) -> WireUnit:
    """Return the unit of a code; codes of later specifications have none that is known."""
    return WIRE_UNITS.get(code, NONE)
