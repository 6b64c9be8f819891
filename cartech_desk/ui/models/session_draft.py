"""What is typed into the form of a dyno session, and the wish that it makes or what is wrong.

A draft is text by field, in the shown units, as a person leaves it: it can be put down and taken
up again. Fields are data: name, kind of quantity, the least and the most in the canonical unit.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from PySide6.QtCore import QLocale

from cartech_desk.bay.dyno import SessionWish
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import (
    Basis,
    Conditions,
    EstimateBy,
    Ignition,
    Losses,
    RpmSource,
    RunSetup,
    TestType,
)
from cartech_desk.domain.dyno.station import typed_in_another_unit
from cartech_desk.domain.plain_text import printable
from cartech_desk.domain.units import ShownUnit, UnitSystem, shown
from cartech_desk.store.dyno import DynoSession
from cartech_desk.ui.models.dyno_units import dyno_units
from cartech_desk.ui.models.limit_draft import NOT_A_NUMBER, read_number

Draft = dict[str, str]
_Chosen = TypeVar("_Chosen", bound=StrEnum)
LONGEST: Final = 500
_AIR: Final = ("temperature_c", "pressure_kpa", "humidity_pct")
_OF_SESSION: Final = ("tyre_kpa", "odometer_km")
ON: Final = "yes"


@dataclass(frozen=True, slots=True)
class Number:
    """A field of a number: its quantity's canonical unit, the least and the most, decimals."""

    unit: str
    least: float
    most: float
    decimals: int = 1
    plain: str = ""
    """How the unit is written where the units of the desk do not hold it."""


NUMBERS: Final[Mapping[str, Number]] = MappingProxyType(
    {
        "temperature_c": Number("degC", -40.0, 60.0),
        "pressure_kpa": Number("kPa", 50.0, 110.0, 2),
        "humidity_pct": Number("percent", 0.0, 100.0, 0),
        "ratio_rpm_per_kmh": Number("", 2.0, 1000.0, 2, "rpm per km/h"),
        "tyre_kpa": Number("kPa", 50.0, 1000.0, 1),
        "odometer_km": Number("km", 0.0, 5_000_000.0, 0),
        "equivalent_mass_kg": Number("kg", 10.0, 20_000.0, 1),
        "wheel_mass_kg": Number("kg", 1.0, 5000.0, 1),
        "roller_m": Number("", 0.1, 10.0, 4, "m"),
        "road_mass_kg": Number("kg", 100.0, 20_000.0, 0),
        "drag_area_m2": Number("", 0.1, 10.0, 3, "m²"),
        "rolling": Number("", 0.001, 0.1, 4, ""),
        "driveline_pct": Number("percent", 0.0, 50.0, 1),
        "fuel_mg_per_stroke_l": Number("", 1.0, 200.0, 1, "mg per stroke and litre"),
        "boost_ratio": Number("", 1.0, 10.0, 2, ": 1"),
        "gauge_stoichiometry": Number("", 5.0, 20.0, 2, ": 1"),
        "stoichiometry": Number("", 5.0, 20.0, 2, ": 1"),
        "ecu_offset_s": Number("", -5.0, 5.0, 3, "s"),
    }
)
TEXTS: Final = ("gear", "run_prefix", "fuel", "modifications", "customer", "notes")
CHECKS: Final = ("road", "turbo")


@dataclass(frozen=True, slots=True)
class Read:
    """The wish that a draft makes, None where something is `wrong`: sentences by field."""

    wish: SessionWish | None
    wrong: Mapping[str, str] = field(default_factory=dict)


def unit_of(name: str, system: UnitSystem, power_unit: str) -> ShownUnit:
    """Return how the number of a field is shown."""
    kind = NUMBERS[name]
    units = dyno_units(system.value, power_unit)
    if name == "pressure_kpa":
        return units.pressure
    if name == "temperature_c":
        return units.temperature
    if not kind.unit:
        return ShownUnit("", kind.plain, kind.decimals)
    if name == "tyre_kpa" and system is UnitSystem.METRIC:
        return ShownUnit("bar", "bar", 2, 0.01)
    return shown(kind.unit, system)


def write(value: float | None, unit: ShownUnit, decimals: int) -> str:
    """Write a canonical number as this locale and system do; nothing for None."""
    if value is None or not math.isfinite(value):
        return ""
    text = QLocale().toString(float(unit.to_shown(value)), "f", max(decimals, unit.decimals))
    point = QLocale().decimalPoint()
    return text.rstrip("0").rstrip(point) if point in text else text


def read(name: str, text: str, system: UnitSystem, power_unit: str) -> tuple[float | None, str]:
    """Return the canonical number of a field and what is wrong with it, empty for nothing."""
    number = read_number(text)
    if number is None:
        return None, ""
    if math.isnan(number):
        return None, NOT_A_NUMBER
    kind, unit = NUMBERS[name], unit_of(name, system, power_unit)
    value = float(unit.from_shown(number))
    slack = 1e-9 * max(1.0, abs(kind.most))
    if not kind.least - slack <= value <= kind.most + slack:
        least, most = (write(edge, unit, kind.decimals) for edge in (kind.least, kind.most))
        hint = typed_in_another_unit(value) if name == "pressure_kpa" else ""
        return None, f"Give {least} to {most} {unit.symbol}".rstrip() + f".{hint}"
    return value, ""


def draft_of(
    session: DynoSession | None, system: UnitSystem, power_unit: str, usual: Mapping[str, float]
) -> Draft:
    """Return what the form begins with: the values of a session, else the shop's `usual` ones."""
    setup = session.setup if session is not None else RunSetup()
    draft: Draft = {}
    for name, kind in NUMBERS.items():
        value = _fact(session, setup, name)
        if value is None:
            value = usual.get(name)
        draft[name] = write(value, unit_of(name, system, power_unit), kind.decimals)
    draft["gear"] = setup.gear
    for name in TEXTS[1:]:
        draft[name] = str(getattr(session, name)) if session is not None else ""
    draft["run_prefix"] = draft["run_prefix"] or "Run"
    draft["test_type"] = (session.test_type if session is not None else setup.test_type).value
    draft["basis"] = setup.basis.value if setup.basis is not None else ""
    draft["rpm_source"] = setup.rpm_source.value if setup.rpm_source is not None else ""
    draft["estimate_by"] = setup.estimate_by.value
    draft["ignition"] = setup.ignition.value
    for name in CHECKS:
        draft[name] = ON if getattr(setup, name) else ""
    return draft


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _fact(session: DynoSession | None, setup: RunSetup, name: str) -> float | None:
    if name in _AIR:
        return _number(getattr(setup.conditions, name))
    if name in _OF_SESSION:
        return _number(getattr(session, name)) if session is not None else None
    return _number(getattr(setup, name))


def read_draft(
    draft: Draft,
    vehicle_id: str,
    system: UnitSystem,
    power_unit: str,
    *,
    roles: Mapping[Role, str],
    losses: tuple[Losses, ...],
    altitude_m: float | None,
    base: DynoSession | None = None,
) -> Read:
    """Make the wish of a draft, or say beside each field what is wrong.

    A number of the session `base` that nobody touched keeps its exact value, whatever was rounded
    to show it.
    """
    wrong: dict[str, str] = {}
    numbers: dict[str, float | None] = {}
    before = draft_of(base, system, power_unit, {}) if base is not None else {}
    for name in NUMBERS:
        if base is not None and draft.get(name, "") == before[name]:
            numbers[name] = _fact(base, base.setup, name)
            continue
        numbers[name], sentence = read(name, draft.get(name, ""), system, power_unit)
        if sentence:
            wrong[name] = sentence
    texts = {name: " ".join(draft.get(name, "").split()) for name in TEXTS}
    for name, text in texts.items():
        if len(text) > LONGEST or not printable(text):
            wrong[name] = f"Use at most {LONGEST} printable characters."
    rpm_source = _chosen(RpmSource, draft.get("rpm_source", ""))
    estimate = _chosen(EstimateBy, draft.get("estimate_by", "")) or EstimateBy.NONE
    road = bool(draft.get("road"))
    _must(rpm_source is RpmSource.RATIO_TYPED, "ratio_rpm_per_kmh", draft, wrong, "the ratio")
    _must(road, "road_mass_kg", draft, wrong, "what the car weighs with its driver")
    _must(estimate is EstimateBy.FLAT_PERCENT, "driveline_pct", draft, wrong, "the percentage")
    if estimate is EstimateBy.MEASURED and not losses:
        wrong["estimate_by"] = "Choose a coast-down run whose losses are taken."
    if wrong:
        return Read(None, wrong)
    stoichiometry = numbers["stoichiometry"]
    air = Conditions(*(numbers[name] for name in _AIR), source="typed")
    if air == Conditions(source="typed"):
        air = Conditions()
    setup = RunSetup(
        test_type=_chosen(TestType, draft.get("test_type", "")) or TestType.POWER_PULL,
        roles=dict(roles),
        basis=_chosen(Basis, draft.get("basis", "")),
        equivalent_mass_kg=numbers["equivalent_mass_kg"],
        wheel_mass_kg=numbers["wheel_mass_kg"],
        roller_m=numbers["roller_m"],
        losses=losses,
        gear=texts["gear"],
        rpm_source=rpm_source,
        ratio_rpm_per_kmh=numbers["ratio_rpm_per_kmh"],
        road=road,
        road_mass_kg=numbers["road_mass_kg"],
        drag_area_m2=numbers["drag_area_m2"],
        rolling=numbers["rolling"],
        conditions=air,
        altitude_m=altitude_m,
        ignition=_chosen(Ignition, draft.get("ignition", "")) or Ignition.SPARK,
        turbo=bool(draft.get("turbo")),
        fuel_mg_per_stroke_l=numbers["fuel_mg_per_stroke_l"],
        boost_ratio=numbers["boost_ratio"],
        estimate_by=estimate,
        driveline_pct=numbers["driveline_pct"],
        ecu_offset_s=numbers["ecu_offset_s"],
    )
    if stoichiometry is not None:
        setup = replace(setup, stoichiometry=stoichiometry)
    scale = numbers["gauge_stoichiometry"]
    if scale is not None:
        setup = replace(setup, gauge_stoichiometry=scale)
    wish = SessionWish(
        vehicle_id=vehicle_id,
        test_type=setup.test_type,
        setup=setup,
        run_prefix=texts["run_prefix"] or "Run",
        fuel=texts["fuel"],
        tyre_kpa=numbers["tyre_kpa"],
        odometer_km=numbers["odometer_km"],
        modifications=texts["modifications"],
        customer=texts["customer"],
        notes=texts["notes"],
    )
    return Read(wish)


def wish_of(session: DynoSession, setup: RunSetup | None = None) -> SessionWish:
    """Return the wish that a session came from, with another set-up where one is given."""
    return SessionWish(
        vehicle_id=session.vehicle_id,
        test_type=session.test_type,
        setup=session.setup if setup is None else setup,
        run_prefix=session.run_prefix,
        fuel=session.fuel,
        tyre_kpa=session.tyre_kpa,
        odometer_km=session.odometer_km,
        modifications=session.modifications,
        customer=session.customer,
        notes=session.notes,
    )


def _must(wanted: bool, name: str, draft: Draft, wrong: dict[str, str], what: str) -> None:
    if wanted and not draft.get(name, "").strip():
        wrong.setdefault(name, f"Type {what}.")


def _chosen(kind: type[_Chosen], text: str) -> _Chosen | None:
    try:
        return kind(text)
    except ValueError:
        return None
