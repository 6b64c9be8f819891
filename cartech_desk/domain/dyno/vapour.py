"""Water vapour in the air: how much of the station pressure is no oxygen for the engine."""

import math
from typing import Final

from cartech_desk.domain.units import convert

_CRITICAL_K: Final = 647.096
_CRITICAL_KPA: Final = 22064.0
# IAPWS SR1-86(1992), vapour pressure of ordinary water: coefficient, exponent of 1 - T/Tc.
_TERMS: Final = (
    (-7.85951783, 1.0),
    (1.84408259, 1.5),
    (-11.7866497, 3.0),
    (22.6807411, 3.5),
    (-15.9618719, 4.0),
    (1.80122502, 7.5),
)


def kelvin(temperature_c: float) -> float:
    """Return the absolute temperature."""
    return convert(temperature_c, "degC", "K")


def saturation_kpa(temperature_c: float) -> float:
    """Saturation pressure of water vapour [kPa] (IAPWS SR1-86, over liquid water)."""
    t_k = kelvin(temperature_c)
    rest = 1.0 - t_k / _CRITICAL_K
    total = sum(a * rest**exponent for a, exponent in _TERMS)
    return _CRITICAL_KPA * math.exp(_CRITICAL_K / t_k * total)


def vapour_kpa(temperature_c: float, humidity_pct: float) -> float:
    """Partial pressure of water vapour [kPa] at a relative humidity in percent."""
    return humidity_pct / 100.0 * saturation_kpa(temperature_c)


def air_density(temperature_c: float, pressure_kpa: float, humidity_pct: float = 0.0) -> float:
    """Density of moist air [kg/m³], both parts taken as ideal gases."""
    vapour = vapour_kpa(temperature_c, humidity_pct)
    dry_part = (pressure_kpa - vapour) / 0.287052874
    return (dry_part + vapour / 0.461523) / kelvin(temperature_c)
