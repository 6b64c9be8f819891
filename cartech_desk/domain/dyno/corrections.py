"""Corrections for weather: a table of forms, each with its exact name, reference and validity.

A correction is a multiplication afterwards: it never touches a sample. What is missing or absurd
in the weather is told in `Factor.why_not`, and the factor is 1 then, so that no run is lost or
wrongly corrected for want of a barometer.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import ClassVar, Final

from cartech_desk.domain.dyno.run import Conditions, Ignition, RunSetup
from cartech_desk.domain.dyno.station import (
    is_station_pressure,
    pressure_doubt,
    typed_in_another_unit,
)
from cartech_desk.domain.dyno.vapour import kelvin, saturation_kpa, vapour_kpa
from cartech_desk.domain.errors import CarTechError

__all__ = [
    "CORRECTIONS",
    "Correction",
    "Factor",
    "NoCorrection",
    "diesel_exponent",
    "factor",
    "saturation_kpa",
    "why_no_factor",
]


class NoCorrection(CarTechError):
    """A correction cannot be made: unknown form, or weather that is missing or absurd."""

    code: ClassVar[str] = "no_correction"


@dataclass(frozen=True, slots=True)
class Correction:
    """One form. `name` is printed in full; `evidence` tells how far it is verified.

    Outside the range of factors `valid` is warned, not blocked; `own_range` tells that it is the
    standard's own.
    """

    key: str
    name: str
    short: str
    formula: str
    evidence: str
    valid: tuple[float, float] | None = (0.93, 1.07)
    own_range: bool = False


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor as it was used, with all that a sheet prints beside it.

    `warnings` are sentences (outside validity, pressure that looks like sea level at altitude);
    `why_not` a sentence where the factor could not be made and 1.0 stands instead: the correction
    is then "none" and every face says so. `uncertainty` is relative, coverage about 95 %, from
    what weather stations and thermometers commonly err; `doubts` are the keys of the marks that
    the warnings belong to, in their order.
    """

    correction: Correction
    value: float
    conditions: Conditions
    vapour_kpa: float | None = None
    dry_kpa: float | None = None
    warnings: tuple[str, ...] = ()
    why_not: str = ""
    uncertainty: float = 0.0
    doubts: tuple[str, ...] = ()


_VERIFIED: Final = "verified against published numbers"
_UNVERIFIED: Final = "unverified: no published run was found to check it against"

_FORMS: Final = (
    Correction("none", "Uncorrected", "uncorrected", "1", "as measured", None),
    Correction(
        "sae",
        "SAE J1349, June 1990 form",
        "SAE",
        "1.180·(99 kPa/Pd)·√(T/298 K) - 0.180",
        "verified: reproduces what Dynojet prints as SAE",
    ),
    Correction(
        "sae2004",
        "SAE J1349, August 2004, η = 0.85",
        "SAE 2004",
        "(99 kPa/Pd)·√(T/298.15 K)/0.85 - 0.15/0.85",
        _VERIFIED,
    ),
    Correction("std", "STD, SAE J607", "STD", "(101.325 kPa/Pd)·√(T/288.71 K)", _VERIFIED),
    Correction("din", "DIN 70020", "DIN", "(101.3 kPa/P)·√(T/293 K), humidity ignored", _VERIFIED),
    *(
        Correction(key, name, short, "(99 kPa/Pd)^1.2·(T/298 K)^0.6", _UNVERIFIED, own_range=True)
        for key, name, short in (
            ("iso1585", "ISO 1585, spark ignition", "ISO 1585"),
            ("r85", "ECE R85, spark ignition", "ECE R85"),
            ("eec", "EEC, spark ignition", "EEC"),
        )
    ),
    Correction(
        "iso_diesel",
        "ISO 1585 / ECE R85 / EEC, diesel",
        "ISO diesel",
        "fa^fm, fm = 0.036·qc - 1.14 within 0.3 to 1.2, qc = q/r; fa = (99 kPa/Pd)·(T/298 K)^0.7, "
        "turbocharged (99 kPa/Pd)^0.7·(T/298 K)^1.5",
        "fm verified, fa unverified: no published run was found to check it against",
    ),
    Correction(
        "jis",
        "JIS D1001",
        "JIS",
        "(99 kPa/Pd)^1.2·(T/298.15 K)^0.6, reference 25 °C and 99 kPa dry",
        _UNVERIFIED,
    ),
)

CORRECTIONS: Final[Mapping[str, Correction]] = MappingProxyType({one.key: one for one in _FORMS})
"""By key: none, sae, sae2004, std, din, iso1585, r85, eec, iso_diesel, jis."""

_HUMIDITY_IGNORED: Final = frozenset({"din"})
_FOR_SPARK: Final = frozenset({"iso1585", "r85", "eec"})
_FM_RANGE: Final = (0.3, 1.2)
"""What ISO 1585 holds fm at below 40 and above 65 mg/(l·cycle)."""

_LEAST_HUMIDITY: Final = 3.0
_ERRS_TYPED: Final = (1.0, 0.3, 5.0)
_ERRS_STATION: Final = (0.5, 0.1, 3.0)
"""How far temperature [K], pressure [kPa] and humidity [%] may be off, 95 %."""


def factor(correction: str, conditions: Conditions, setup: RunSetup) -> Factor:
    """Return the factor of a form under these conditions.

    Errors: NoCorrection for an unknown key; weather that lacks or is absurd gives `why_not`.
    """
    form = CORRECTIONS.get(correction)
    if form is None:
        raise NoCorrection(
            f"“{correction}” is no correction that the desk knows.",
            to_do="Choose one of: " + ", ".join(CORRECTIONS) + ".",
        )
    vapour, dry = _pressures(conditions)
    bare = Factor(form, 1.0, conditions, vapour, dry)
    if form.key == "none":
        return bare
    why_not = why_no_factor(form, conditions)
    if why_not:
        return replace(bare, why_not=why_not)
    value = _value(form, conditions, setup)
    if not 0.2 < value < 5.0:
        said = f"{form.name} gives a factor of {value:.3g} for this weather, which cannot be."
        return replace(bare, why_not=said)
    doubts = [*_doubts_of_air(form, conditions, setup), *_doubts_of_form(form, value, setup)]
    return replace(
        bare,
        value=value,
        warnings=tuple(words for _key, words in doubts),
        doubts=tuple(key for key, _words in doubts),
        uncertainty=_uncertainty(form, conditions, setup, value),
    )


def why_no_factor(form: Correction, conditions: Conditions) -> str:
    """Say what of the weather lacks or is absurd, empty where the form can be computed."""
    needs = [
        ("temperature", conditions.temperature_c),
        ("station pressure", conditions.pressure_kpa),
    ]
    if form.key not in _HUMIDITY_IGNORED:
        needs.append(("humidity", conditions.humidity_pct))
    lacking = [name for name, value in needs if value is None or not math.isfinite(value)]
    if lacking:
        words = " and ".join([", ".join(lacking[:-1]), lacking[-1]] if lacking[1:] else lacking)
        return f"{form.name} needs {words}: nobody measured or typed it, so nothing is corrected."
    temperature, pressure = conditions.temperature_c or 0.0, conditions.pressure_kpa or 0.0
    humidity = conditions.humidity_pct or 0.0
    if not -45.0 <= temperature <= 65.0:
        return (
            f"{temperature:.1f} °C is no temperature of intake air, so nothing is corrected. "
            "Is it typed in °F?"
        )
    if not is_station_pressure(pressure):
        hint = typed_in_another_unit(pressure)
        said = conditions.source.partition(", instead")[0].partition(";")[0]
        if not said.startswith("typed") and "pressure" not in said:
            hint = hint.replace("Is it typed in", "Does the file or the weather station tell it in")
        return f"{pressure:.4g} kPa is no station pressure, so nothing is corrected.{hint}"
    if form.key not in _HUMIDITY_IGNORED and not 0.0 <= humidity <= 100.0:
        return f"{humidity:.1f} % is no humidity, so nothing is corrected."
    return ""


def _pressures(conditions: Conditions) -> tuple[float | None, float | None]:
    """Return vapour and dry pressure [kPa] where both can be told."""
    temperature, humidity = conditions.temperature_c, conditions.humidity_pct
    if temperature is None or humidity is None:
        return None, None
    if not (-60.0 <= temperature <= 90.0 and 0.0 <= humidity <= 100.0):
        return None, None
    vapour = vapour_kpa(temperature, humidity)
    if conditions.pressure_kpa is None or not conditions.pressure_kpa > vapour:
        return vapour, None
    return vapour, conditions.pressure_kpa - vapour


def _sae_1990(dry: float, _station: float, t_k: float, _setup: RunSetup) -> float:
    return 1.180 * (99.0 / dry) * math.sqrt(t_k / 298.0) - 0.180


def _sae_2004(dry: float, _station: float, t_k: float, _setup: RunSetup) -> float:
    return ((99.0 / dry) * math.sqrt(t_k / 298.15) - 0.15) / 0.85


def _j607(dry: float, _station: float, t_k: float, _setup: RunSetup) -> float:
    return (101.325 / dry) * math.sqrt(t_k / 288.71)


def _din(_dry: float, station: float, t_k: float, _setup: RunSetup) -> float:
    return (101.3 / station) * math.sqrt(t_k / 293.0)


def _iso_spark(dry: float, _station: float, t_k: float, _setup: RunSetup) -> float:
    return float((99.0 / dry) ** 1.2 * (t_k / 298.0) ** 0.6)


def _jis(dry: float, _station: float, t_k: float, _setup: RunSetup) -> float:
    return float((99.0 / dry) ** 1.2 * (t_k / 298.15) ** 0.6)


def _iso_diesel(dry: float, _station: float, t_k: float, setup: RunSetup) -> float:
    pressure, warmth = 99.0 / dry, t_k / 298.0
    air = pressure**0.7 * warmth**1.5 if setup.turbo else pressure * warmth**0.7
    return float(air ** diesel_exponent(corrected_fuel(setup)))


_SUMS: Final[Mapping[str, Callable[[float, float, float, RunSetup], float]]] = {
    "sae": _sae_1990,
    "sae2004": _sae_2004,
    "std": _j607,
    "din": _din,
    "iso1585": _iso_spark,
    "r85": _iso_spark,
    "eec": _iso_spark,
    "iso_diesel": _iso_diesel,
    "jis": _jis,
}


def corrected_fuel(setup: RunSetup) -> float | None:
    """Return qc of ISO 1585: fuel per litre and cycle over the pressure ratio of the compressor.

    None where either is not known; without a compressor the ratio is 1.
    """
    fuel, ratio = setup.fuel_mg_per_stroke_l, setup.boost_ratio
    if not setup.turbo:
        ratio = 1.0
    if fuel is None or ratio is None or not ratio >= 1.0:
        return None
    return fuel / ratio


def diesel_exponent(fuel_mg_per_stroke_l: float | None) -> float:
    """Return fm of ISO 1585 for its qc, in mg per litre of displacement and cycle.

    It is held within 0.3 and 1.2; where the fuel is not known, 0.3: the smallest correction.
    """
    if fuel_mg_per_stroke_l is None or not math.isfinite(fuel_mg_per_stroke_l):
        return _FM_RANGE[0]
    return min(max(0.036 * fuel_mg_per_stroke_l - 1.14, _FM_RANGE[0]), _FM_RANGE[1])


def _value(form: Correction, conditions: Conditions, setup: RunSetup) -> float:
    """Return the factor; the weather is known to be there and to be weather."""
    temperature, station = conditions.temperature_c or 0.0, conditions.pressure_kpa or 0.0
    humidity = 0.0 if form.key in _HUMIDITY_IGNORED else conditions.humidity_pct or 0.0
    dry = station - vapour_kpa(temperature, humidity)
    return _SUMS[form.key](dry, station, kelvin(temperature), setup) if dry > 0.0 else 0.0


def _uncertainty(form: Correction, conditions: Conditions, setup: RunSetup, value: float) -> float:
    """Return how far the factor may be off, as a part of it: each instrument's error in turn."""
    typed = conditions.source.startswith("typed") or not conditions.source
    errs = _ERRS_TYPED if typed else _ERRS_STATION
    temperature, pressure = conditions.temperature_c or 0.0, conditions.pressure_kpa or 0.0
    moved = (
        replace(conditions, temperature_c=temperature + errs[0]),
        replace(conditions, pressure_kpa=pressure + errs[1]),
        replace(conditions, humidity_pct=(conditions.humidity_pct or 0.0) + errs[2]),
    )
    off = [_value(form, one, setup) - value for one in moved]
    if form.key == "iso_diesel" and corrected_fuel(setup) is None:
        # Whichever fm it really is, what is shown is for the least of them.
        most = replace(setup, boost_ratio=1.0, fuel_mg_per_stroke_l=1000.0)
        off.append(_value(form, conditions, most) - value)
    return math.hypot(*off) / value


def _doubts_of_air(
    form: Correction, conditions: Conditions, setup: RunSetup
) -> list[tuple[str, str]]:
    doubt = pressure_doubt(conditions.pressure_kpa, setup.altitude_m)
    found = [("pressure_suspect", doubt)] if doubt else []
    humidity = conditions.humidity_pct or 0.0
    if 0.0 < humidity < _LEAST_HUMIDITY and form.key not in _HUMIDITY_IGNORED:
        found.append(
            (
                "humidity_suspect",
                f"A humidity of {humidity:.3g} % is drier than any desert: is it {humidity:.2g} of "
                f"1, which is {100.0 * min(humidity, 1.0):.0f} %?",
            )
        )
    return found


def _doubts_of_form(form: Correction, value: float, setup: RunSetup) -> list[tuple[str, str]]:
    found = []
    if form.valid is not None and not form.valid[0] <= value <= form.valid[1]:
        found.append(
            (
                "outside_validity",
                f"The factor {value:.3f} lies outside {form.valid[0]:g} to {form.valid[1]:g}, "
                + (
                    f"to which {form.name} itself limits corrections."
                    if form.own_range
                    else f"beyond which corrections are doubtful; {form.name} sets no limit here."
                ),
            )
        )
    if form.key in _FOR_SPARK and setup.ignition is Ignition.DIESEL:
        found.append(("wrong_form", f"{form.name} is not meant for a diesel engine."))
    if form.key == "iso_diesel":
        if setup.ignition is Ignition.SPARK:
            found.append(
                ("wrong_form", f"{form.name} is not meant for an engine with spark ignition.")
            )
        if corrected_fuel(setup) is None:
            lacks = "fuel per litre and cycle"
            if setup.fuel_mg_per_stroke_l is not None:
                lacks = "pressure ratio of the compressor"
            found.append(
                (
                    "fuel_unknown",
                    f"The {lacks} is not known: fm = 0.3, the smallest correction, stands for it; "
                    "the ± holds what fm = 1.2 would give.",
                )
            )
    return found
