"""Units: what a number means, and how each shop wants to see it.

Every value inside the desk is in the canonical unit of its channel; people see their own units at
the edge, through `shown`. Factors are exact by definition where a standard defines them (SI
brochure, 9th edition; NIST SP 811, appendix B).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import ClassVar, Final, overload

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.errors import CarTechError


class UnitError(CarTechError):
    """A unit that the desk does not know, or two that measure different things."""

    code: ClassVar[str] = "unit"


class UnitSystem(StrEnum):
    """How a shop reads its numbers; MIXED is the British one (mph and psi, but °C and kPa)."""

    METRIC = "metric"
    IMPERIAL = "imperial"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: value in the unit * `factor` + `offset` = value in the base of its `dimension`."""

    key: str
    symbol: str
    dimension: str
    factor: float = 1.0
    offset: float = 0.0
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class ShownUnit:
    """A unit as it stands on the screen: shown = value * `factor` + `offset`.

    `symbol` stands beside the number ("bar", "°C", "" where there is none); `decimals` is how
    many are worth showing in this unit.
    """

    key: str
    symbol: str
    decimals: int
    factor: float = 1.0
    offset: float = 0.0

    @overload
    def to_shown(self, x: float) -> float: ...
    @overload
    def to_shown(self, x: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def to_shown(self, x: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
        """Turn a value in the channel's unit (or an array of them) into the shown one."""
        if self.factor == 1.0 and self.offset == 0.0:
            return x
        return x * self.factor + self.offset

    @overload
    def from_shown(self, x: float) -> float: ...
    @overload
    def from_shown(self, x: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def from_shown(self, x: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
        """Turn a shown value (or an array of them) back into the channel's unit."""
        if self.factor == 1.0 and self.offset == 0.0:
            return x
        return (x - self.offset) / self.factor


_MILE_KM: Final = 1.609344
_POUND_KG: Final = 0.45359237
_GALLON_US_L: Final = 3.785411784
_GALLON_UK_L: Final = 4.54609
_PSI_KPA: Final = 6.894757293168361
_FAHRENHEIT: Final = 5.0 / 9.0
_FOOT_M: Final = 0.3048
_POUND_FORCE_FOOT_NM: Final = 1.3558179483314004
_HORSEPOWER_KW: Final = 0.7456998715822702
_METRIC_HORSEPOWER_KW: Final = 0.73549875

# key, symbol, dimension, factor to the base of the dimension, offset, decimals worth showing
_TABLE: Final[tuple[tuple[str, str, str, float, float, int], ...]] = (
    ("none", "", "none", 1.0, 0.0, 0),
    ("count", "", "count", 1.0, 0.0, 0),
    ("ratio", "", "ratio", 1.0, 0.0, 3),
    ("percent", "%", "ratio", 0.01, 0.0, 1),
    ("ppm", "ppm", "ratio", 1e-6, 0.0, 0),
    ("rpm", "rpm", "rotation", 1.0, 0.0, 0),
    ("Hz", "Hz", "rotation", 60.0, 0.0, 2),
    ("THz", "THz", "rotation", 6e13, 0.0, 2),
    ("GHz", "GHz", "rotation", 6e10, 0.0, 2),
    ("MHz", "MHz", "rotation", 6e7, 0.0, 2),
    ("kHz", "kHz", "rotation", 6e4, 0.0, 2),
    ("mHz", "mHz", "rotation", 6e-2, 0.0, 0),
    ("uHz", "µHz", "rotation", 6e-5, 0.0, 0),
    ("nHz", "nHz", "rotation", 6e-8, 0.0, 0),
    ("1/s", "1/s", "rotation", 60.0, 0.0, 1),
    ("rad/s", "rad/s", "rotation", 30.0 / np.pi, 0.0, 2),
    ("kPa", "kPa", "pressure", 1.0, 0.0, 0),
    ("Pa", "Pa", "pressure", 1e-3, 0.0, 0),
    ("hPa", "hPa", "pressure", 0.1, 0.0, 0),
    ("MPa", "MPa", "pressure", 1e3, 0.0, 2),
    ("bar", "bar", "pressure", 100.0, 0.0, 2),
    ("mbar", "mbar", "pressure", 0.1, 0.0, 0),
    ("psi", "psi", "pressure", _PSI_KPA, 0.0, 1),
    ("Pa/s", "Pa/s", "pressure change", 1.0, 0.0, 1),
    ("inHg", "inHg", "pressure", 3.386388640341, 0.0, 2),
    ("mmHg", "mmHg", "pressure", 0.133322387415, 0.0, 0),
    ("degC", "°C", "temperature", 1.0, 0.0, 0),
    ("degF", "°F", "temperature", _FAHRENHEIT, -32.0 * _FAHRENHEIT, 0),
    ("K", "K", "temperature", 1.0, -273.15, 0),
    ("deg", "°", "angle", 1.0, 0.0, 1),
    ("rad", "rad", "angle", 180.0 / np.pi, 0.0, 3),
    ("km/h", "km/h", "speed", 1.0, 0.0, 0),
    ("mph", "mph", "speed", _MILE_KM, 0.0, 0),
    ("m/s", "m/s", "speed", 3.6, 0.0, 1),
    ("m/s2", "m/s²", "acceleration", 1.0, 0.0, 2),
    ("g0", "g", "acceleration", 9.80665, 0.0, 2),
    ("deg/s", "°/s", "turn rate", 1.0, 0.0, 1),
    ("V", "V", "voltage", 1.0, 0.0, 1),
    ("mV", "mV", "voltage", 1e-3, 0.0, 0),
    ("kV", "kV", "voltage", 1e3, 0.0, 2),
    ("V/s", "V/s", "voltage change", 1.0, 0.0, 2),
    ("A", "A", "current", 1.0, 0.0, 1),
    ("kA", "kA", "current", 1e3, 0.0, 2),
    ("mA", "mA", "current", 1e-3, 0.0, 2),
    ("uA", "µA", "current", 1e-6, 0.0, 2),
    ("Ah", "Ah", "charge", 1.0, 0.0, 1),
    ("kAh", "kAh", "charge", 1e3, 0.0, 2),
    ("mAh", "mAh", "charge", 1e-3, 0.0, 0),
    ("C", "C", "charge", 1.0 / 3600.0, 0.0, 0),
    ("ohm", "Ω", "resistance", 1.0, 0.0, 1),
    ("kohm", "kΩ", "resistance", 1e3, 0.0, 1),
    ("Mohm", "MΩ", "resistance", 1e6, 0.0, 2),
    ("mohm", "mΩ", "resistance", 1e-3, 0.0, 1),
    ("uohm", "µΩ", "resistance", 1e-6, 0.0, 0),
    ("kW", "kW", "power", 1.0, 0.0, 1),
    ("W", "W", "power", 1e-3, 0.0, 0),
    ("mW", "mW", "power", 1e-6, 0.0, 0),
    ("hp", "hp", "power", _HORSEPOWER_KW, 0.0, 1),
    ("PS", "PS", "power", _METRIC_HORSEPOWER_KW, 0.0, 1),
    ("kWh", "kWh", "energy", 1.0, 0.0, 2),
    ("Wh", "Wh", "energy", 1e-3, 0.0, 0),
    ("J", "J", "energy", 1.0 / 3.6e6, 0.0, 0),
    ("kJ", "kJ", "energy", 1.0 / 3.6e3, 0.0, 1),
    ("Nm", "Nm", "torque", 1.0, 0.0, 0),
    ("lbft", "lb·ft", "torque", _POUND_FORCE_FOOT_NM, 0.0, 0),
    ("lbin", "lb·in", "torque", _POUND_FORCE_FOOT_NM / 12.0, 0.0, 0),
    ("g/s", "g/s", "mass flow", 1.0, 0.0, 2),
    ("kg/h", "kg/h", "mass flow", 1.0 / 3.6, 0.0, 1),
    ("lb/min", "lb/min", "mass flow", _POUND_KG * 1000.0 / 60.0, 0.0, 2),
    ("lb/h", "lb/h", "mass flow", _POUND_KG / 3.6, 0.0, 1),
    ("L/h", "L/h", "volume flow", 1.0, 0.0, 2),
    ("mL/min", "mL/min", "volume flow", 0.06, 0.0, 0),
    ("gal/h", "gal/h", "volume flow", _GALLON_US_L, 0.0, 2),
    ("L", "L", "volume", 1.0, 0.0, 1),
    ("mL", "mL", "volume", 1e-3, 0.0, 0),
    ("gal", "gal", "volume", _GALLON_US_L, 0.0, 1),
    ("gal UK", "gal", "volume", _GALLON_UK_L, 0.0, 1),
    ("s", "s", "time", 1.0, 0.0, 0),
    ("ms", "ms", "time", 1e-3, 0.0, 2),
    ("us", "µs", "time", 1e-6, 0.0, 0),
    ("min", "min", "time", 60.0, 0.0, 0),
    ("h", "h", "time", 3600.0, 0.0, 1),
    ("d", "d", "time", 86400.0, 0.0, 1),
    ("km", "km", "distance", 1.0, 0.0, 1),
    ("mi", "mi", "distance", _MILE_KM, 0.0, 1),
    ("m", "m", "distance", 1e-3, 0.0, 1),
    ("cm", "cm", "distance", 1e-5, 0.0, 1),
    ("mm", "mm", "distance", 1e-6, 0.0, 1),
    ("ft", "ft", "distance", _FOOT_M / 1000.0, 0.0, 0),
    ("yd", "yd", "distance", 3.0 * _FOOT_M / 1000.0, 0.0, 0),
    ("in", "in", "distance", _FOOT_M / 12000.0, 0.0, 2),
    ("mm2", "mm²", "area", 1.0, 0.0, 3),
    ("kg", "kg", "mass", 1.0, 0.0, 1),
    ("g", "g", "mass", 1e-3, 0.0, 1),
    ("lb", "lb", "mass", _POUND_KG, 0.0, 1),
    ("N", "N", "force", 1.0, 0.0, 0),
    ("kN", "kN", "force", 1e3, 0.0, 2),
    ("lbf", "lbf", "force", 4.4482216152605, 0.0, 0),
    ("mg/m3", "mg/m³", "mass concentration", 1.0, 0.0, 2),
    ("mg/stroke", "mg/stroke", "mass per stroke", 1.0, 0.0, 2),
    ("mm3/stroke", "mm³/stroke", "volume per stroke", 1.0, 0.0, 2),
    ("g/km", "g/km", "mass per distance", 1.0, 0.0, 2),
    ("L/100km", "L/100 km", "fuel per distance", 1.0, 0.0, 1),
    ("km/L", "km/L", "distance per fuel", 1.0, 0.0, 1),
    ("mpg", "mpg", "distance per fuel", _MILE_KM / _GALLON_US_L, 0.0, 1),
    ("g/L", "g/L", "mass concentration", 1e6, 0.0, 2),
    ("mg/dL", "mg/dL", "mass concentration", 1e4, 0.0, 1),
    ("kWh/100km", "kWh/100 km", "energy per distance", 10.0, 0.0, 1),
    ("kWh/100mi", "kWh/100 mi", "energy per distance", 10.0 / _MILE_KM, 0.0, 1),
    ("Wh/km", "Wh/km", "energy per distance", 1.0, 0.0, 0),
    ("km/kWh", "km/kWh", "distance per energy", 1.0, 0.0, 1),
    ("mi/kWh", "mi/kWh", "distance per energy", _MILE_KM, 0.0, 1),
    ("lx", "lx", "illuminance", 1.0, 0.0, 0),
    ("bit", "bit", "information", 1.0, 0.0, 0),
    ("byte", "B", "information", 8.0, 0.0, 0),
)

UNITS: Final[Mapping[str, Unit]] = MappingProxyType({row[0]: Unit(*row) for row in _TABLE})
"""Every unit by its key."""

# What each system shows in place of a unit; all else is shown as it is.
_IMPERIAL: Final = {
    "kPa": "psi",
    "bar": "psi",
    "degC": "degF",
    "km/h": "mph",
    "km": "mi",
    "m": "ft",
    "g/s": "lb/min",
    "kg/h": "lb/h",
    "L/h": "gal/h",
    "L": "gal",
    "Nm": "lbft",
    "kW": "hp",
    "kg": "lb",
    "N": "lbf",
    "km/L": "mpg",
    "km/kWh": "mi/kWh",
}
_MIXED: Final = {
    "bar": "psi",
    "km/h": "mph",
    "km": "mi",
    "Nm": "lbft",
    "kW": "hp",
    "km/kWh": "mi/kWh",
}
_SHOWN: Final[Mapping[UnitSystem, Mapping[str, str]]] = {
    UnitSystem.METRIC: {},
    UnitSystem.IMPERIAL: _IMPERIAL,
    UnitSystem.MIXED: _MIXED,
}
# Channels that the trade reads in another unit than the rest of their kind.
_SHOWN_CHANNEL: Final[Mapping[tuple[UnitSystem, str], str]] = {
    (UnitSystem.METRIC, "boost"): "bar",
    (UnitSystem.IMPERIAL, "boost"): "psi",
    (UnitSystem.MIXED, "boost"): "psi",
    (UnitSystem.IMPERIAL, "barometer"): "inHg",
}
_CHANNEL_DECIMALS: Final = {"afr": 1, "lambda": 2, "throttle": 0, "load": 0}


def known_unit(key: str) -> Unit:
    """Return the unit of this key; UnitError where there is none."""
    found = UNITS.get(key)
    if found is None:
        raise UnitError(
            f"“{key}” is not a unit that the desk knows.",
            to_do="Use one of: " + ", ".join(UNITS) + ".",
        )
    return found


def same_kind(one: str, other: str) -> bool:
    """Tell whether two units measure the same kind of thing; UnitError where one is unknown."""
    return known_unit(one).dimension == known_unit(other).dimension


@overload
def convert(value: float, from_unit: str, to_unit: str) -> float: ...
@overload
def convert(value: NDArray[np.float64], from_unit: str, to_unit: str) -> NDArray[np.float64]: ...
def convert(
    value: float | NDArray[np.float64], from_unit: str, to_unit: str
) -> float | NDArray[np.float64]:
    """Convert a value or an array; UnitError where a unit is unknown or measures something else."""
    factor, offset = _step(from_unit, to_unit)
    if factor == 1.0 and offset == 0.0:
        return value
    return value * factor + offset


@cache
def shown(unit: str, system: UnitSystem, channel: str = "") -> ShownUnit:
    """Return how a value of `unit` is shown in this system; UnitError where it is unknown.

    `channel` is the channel's name: boost is bar or psi, whatever kPa are shown as elsewhere.
    """
    target = UNITS.get(_SHOWN_CHANNEL.get((system, channel), ""))
    if target is None or target.dimension != known_unit(unit).dimension:
        target = known_unit(_SHOWN[system].get(unit, unit))
    factor, offset = _step(unit, target.key)
    decimals = _CHANNEL_DECIMALS.get(channel, target.decimals)
    return ShownUnit(target.key, target.symbol, decimals, factor, offset)


@cache
def _step(from_unit: str, to_unit: str) -> tuple[float, float]:
    """Return factor and offset from one unit to the other."""
    source, target = known_unit(from_unit), known_unit(to_unit)
    if source.dimension != target.dimension:
        raise UnitError(
            f"{source.symbol or source.key} ({source.dimension}) cannot be turned into "
            f"{target.symbol or target.key} ({target.dimension}).",
            to_do="Choose a unit of the same kind.",
        )
    if source is target:
        return 1.0, 0.0
    return source.factor / target.factor, (source.offset - target.offset) / target.factor
