"""Station pressure: whether a barometer tells it, or what the forecast calls pressure."""

import math
from typing import Final

_SEA_LEVEL_KPA: Final = 101.325
_WEATHER_KPA: Final = 3.5
"""How far weather moves pressure about its mean, beyond which something else explains it."""
_HEIGHTS_M: Final = (-2_000.0, 11_000.0)
"""Where the layer that the formula describes begins and ends (ISO 2533); cars stand within."""


def is_station_pressure(pressure_kpa: float | None) -> bool:
    """Tell whether a barometer can show a pressure where cars are driven."""
    return pressure_kpa is not None and 50.0 <= pressure_kpa <= 110.0


def standard_pressure_kpa(altitude_m: float) -> float:
    """Pressure of the standard atmosphere [kPa] at a height above the sea (ISO 2533).

    Heights outside of -2 km to 11 km raise ValueError: the formula holds within that layer.
    """
    lowest, highest = _HEIGHTS_M
    if not lowest <= altitude_m <= highest:
        raise ValueError(f"{altitude_m:g} m is not between {lowest:g} m and {highest:g} m.")
    return float(_SEA_LEVEL_KPA * (1.0 - 2.25577e-5 * altitude_m) ** 5.25588)


def pressure_doubt(pressure_kpa: float | None, altitude_m: float | None) -> str:
    """Say why a pressure cannot be the station's at this altitude; empty where it can."""
    if pressure_kpa is None or altitude_m is None:
        return ""
    if not (math.isfinite(pressure_kpa) and math.isfinite(altitude_m)):
        return ""
    try:
        expected = standard_pressure_kpa(altitude_m)
    except ValueError as exc:
        return f"The altitude cannot be right: {exc} Give the shop's height above the sea."
    if abs(pressure_kpa - expected) <= _WEATHER_KPA:
        return ""
    if pressure_kpa > expected and abs(pressure_kpa - _SEA_LEVEL_KPA) <= _WEATHER_KPA:
        return (
            f"{pressure_kpa:.2f} kPa looks like pressure reduced to sea level: at "
            f"{altitude_m:.0f} m a barometer shows about {expected:.1f} kPa. Station pressure is "
            "needed, the forecast's is not."
        )
    return (
        f"{pressure_kpa:.2f} kPa does not fit {altitude_m:.0f} m, where a barometer shows about "
        f"{expected:.1f} kPa."
    )


def typed_in_another_unit(pressure_kpa: float) -> str:
    """Guess which unit an absurd pressure is in, as a sentence with a space before it."""
    if 15.0 <= pressure_kpa <= 33.0:
        return " Is it typed in inHg?"
    if 500.0 <= pressure_kpa <= 1100.0:
        return " Is it typed in hPa?"
    if 7.0 <= pressure_kpa < 15.0:
        return " Is it typed in psi?"
    return ""
