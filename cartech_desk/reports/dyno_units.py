"""Numbers of a dyno sheet in the units of its reader."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.units import UNITS, ShownUnit, UnitSystem, convert, shown

NOT_KNOWN: Final = "\u2013"
_TORQUE_OF: Final = {"hp": "lbft", "PS": "Nm", "kW": "Nm"}
"""Units that stand on one scale: their curves cross where power is torque times one."""
_CROSSING_RPM: Final = {
    "hp": 5252.113,
    "PS": 7023.524,
    "kW": 9549.297,
}


@dataclass(frozen=True, slots=True)
class SheetUnits:
    """What a sheet's numbers stand in. Power and torque stand on equal scales."""

    system: UnitSystem
    power: str
    """"hp", "PS" or "kW"."""

    @property
    def torque(self) -> str:
        """Torque on the scale of this power: lb·ft beside hp, else Nm."""
        return _TORQUE_OF.get(self.power, "Nm")

    @property
    def crossing_rpm(self) -> float:
        """Engine speed at which the two curves cross on equal scales."""
        return _CROSSING_RPM[self.power]

    @property
    def other_powers(self) -> tuple[str, ...]:
        """Units in which a peak of power stands as well."""
        return tuple(unit for unit in ("hp", "kW") if unit != self.power)

    @property
    def other_torque(self) -> str:
        """The unit in which a peak of torque stands as well."""
        return "Nm" if self.torque == "lbft" else "lbft"

    @property
    def speed(self) -> ShownUnit:
        """Road speed."""
        return shown("km/h", self.system)

    def power_of(self, kw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn kW into this sheet's unit of power."""
        return convert(kw, "kW", self.power)

    def torque_of(self, nm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn Nm into this sheet's unit of torque."""
        return convert(nm, "Nm", self.torque)


def symbol(unit: str) -> str:
    """Return how a unit is written."""
    return UNITS[unit].symbol


def number(value: float | None, decimals: int) -> str:
    """Return a number as printed, a dash where it is not known; with a true minus sign."""
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    words = f"{value:.{decimals}f}"
    if float(words) == 0:
        words = words.lstrip("-")
    return words.replace("-", "\u2212")


def per_speed(rpm_per_kmh: float | None, units: SheetUnits) -> float | None:
    """Turn a ratio of engine speed to road speed into one of the sheet's unit of speed."""
    return None if rpm_per_kmh is None else rpm_per_kmh / units.speed.factor


def signed(value: float | None, decimals: int) -> str:
    """Return a number with its sign."""
    words = number(value, decimals)
    positive = value is not None and math.isfinite(value) and float(f"{value:.{decimals}f}") > 0
    return f"+{words}" if positive else words


def measured(value: float | None, unit: str, to: str, decimals: int) -> str:
    """Return a value in `unit` as printed in `to` with its symbol, a dash where not known."""
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    return f"{number(convert(value, unit, to), decimals)} {symbol(to)}".rstrip()
