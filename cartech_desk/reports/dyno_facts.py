"""What a dyno sheet says of a run in words: vehicle, run, dyno, air, correction, marks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cartech_desk.domain.dyno.corrections import Factor
from cartech_desk.domain.dyno.result import AccelerationTime, QualityMark, RunResult
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Basis, EstimateBy, Ignition, LossPart, RpmSource, TestType
from cartech_desk.domain.units import UnitSystem, shown
from cartech_desk.reports.dyno_sheet import DeviceSaid, Sheet, SheetRun
from cartech_desk.reports.dyno_units import (
    NOT_KNOWN,
    SheetUnits,
    measured,
    number,
    per_speed,
)
from cartech_desk.store.dyno import DynoRun, RunEnding, SourceUsed

TEST_WORDS: Final[Mapping[TestType, str]] = {
    TestType.POWER_PULL: "power pull",
    TestType.STEADY_STATE: "steady state",
    TestType.COAST_DOWN: "coast-down",
    TestType.FREE: "free drive",
}
BASIS_WORDS: Final[Mapping[Basis, str]] = {
    Basis.DEVICE_POWER: "the dyno's own uncorrected power",
    Basis.FORCE: "the dyno's tractive force times speed",
    Basis.BRAKE: "torque times speed of the absorber",
    Basis.ACCELERATION: "equivalent mass times the dyno's acceleration times speed",
    Basis.SPEED: "equivalent mass times change of speed times speed",
}
RPM_WORDS: Final[Mapping[RpmSource, str]] = {
    RpmSource.TACH: "pick-up or the dyno's own",
    RpmSource.OBD: "the car (OBD)",
    RpmSource.RATIO_FOUND: "speed times ratio found",
    RpmSource.RATIO_TYPED: "speed times ratio typed in",
    RpmSource.NONE: "not known",
}
ENDING_WORDS: Final[Mapping[RunEnding, str]] = {
    RunEnding.OPEN: "still being driven",
    RunEnding.STOPPED: "stopped",
    RunEnding.SOURCE_LOST: "the dyno fell silent",
    RunEnding.POWER_CUT: "the desk was cut off; what was recorded is here",
    RunEnding.NOT_RECORDED: "not recorded: the disk refused it",
    RunEnding.IMPORTED: "read from a file",
}
_LOSS_WORDS: Final[Mapping[LossPart, str]] = {
    LossPart.ROLLER: "rollers",
    LossPart.WHEEL: "rollers and wheels",
    LossPart.DRIVELINE: "rollers, wheels and driveline",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the sheet: what it is, and what it says."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Lines that belong together."""

    title: str
    rows: tuple[Fact, ...]


def instant(at: datetime) -> str:
    """Return an instant in the zone that it carries, and which one that is."""
    return f"{at:%Y-%m-%d %H:%M:%S} {zone(at)}"


def zone(at: datetime) -> str:
    """Return the zone that an instant carries, as its distance from UTC."""
    away = f"{at:%z}"
    return "UTC" + (f"{away[:3]}:{away[3:5]}" if away[1:5] != "0000" else "")


def zones_of(runs: Sequence[SheetRun]) -> list[str]:
    """Return the zones in which runs were driven, each once; winter and summer may differ."""
    return list(dict.fromkeys(zone(one.run.started) for one in runs))


def _driven_at(run: DynoRun) -> str:
    """Return when a run was driven, and how that is known where this desk did not see it."""
    said = f"{run.started:%Y-%m-%d}, time not known" if run.day_only else instant(run.started)
    return f"{said} ({run.started_is.words})" if run.started_is.words else said


def when(run: SheetRun, zones: Sequence[str]) -> str:
    """Return when a run was driven, with its zone where those of the sheet differ."""
    at = run.run.started
    return f"{at:%Y-%m-%d %H:%M}" + (f" {zone(at)}" if len(zones) > 1 else "")


def units_of(sheet: Sheet) -> SheetUnits:
    """Return the units of a sheet; power in hp where it names none that is known."""
    known = sheet.power_unit in ("hp", "PS", "kW")
    return SheetUnits(sheet.units, sheet.power_unit if known else "hp")


def facts_of(run: SheetRun, units: SheetUnits) -> tuple[Facts, ...]:
    """Return all that is said of a run in lines."""
    return (
        Facts("Vehicle", _vehicle(run, units)),
        Facts("Run", _run(run, units)),
        Facts("Dyno", _dyno(run, units)),
        Facts("Correction and air", _air(run.result, units)),
        Facts("Power", _power(run)),
    )


def _vehicle(run: SheetRun, units: SheetUnits) -> tuple[Fact, ...]:
    session, setup = run.session, run.run.setup
    distance = shown("km", units.system)
    odometer = measured(session.odometer_km, "km", distance.key, 0)
    engine = "diesel" if setup.ignition is Ignition.DIESEL else "spark ignition"
    if setup.turbo:
        engine += ", turbocharged"
    return (
        Fact("Vehicle", session.vehicle_name or NOT_KNOWN),
        Fact("VIN", run.vin or NOT_KNOWN),
        Fact("Customer", session.customer or NOT_KNOWN),
        Fact("Odometer", odometer),
        Fact("Fuel", session.fuel or NOT_KNOWN),
        Fact("Engine", engine),
        Fact("Tyre pressure", _tyre(session.tyre_kpa, units.system)),
        Fact("Modifications", " ".join(session.modifications.split()) or NOT_KNOWN),
    )


def _tyre(kpa: float | None, system: UnitSystem) -> str:
    if kpa is None:
        return NOT_KNOWN
    bar, psi = measured(kpa, "kPa", "bar", 2), measured(kpa, "kPa", "psi", 1)
    return f"{bar} ({psi})" if system is UnitSystem.METRIC else f"{psi} ({bar})"


def _run(run: SheetRun, units: SheetUnits) -> tuple[Fact, ...]:
    kept, session, result = run.run, run.session, run.result
    setup = kept.setup
    ratio = per_speed(result.ratio_rpm_per_kmh or setup.ratio_rpm_per_kmh, units)
    seconds = NOT_KNOWN
    if kept.first_ns is not None and kept.last_ns is not None:
        seconds = f"{(kept.last_ns - kept.first_ns) / 1e9:.1f} s"
    pull = "no pull" if result.pull is None else "pull {:.2f} to {:.2f} s".format(*result.pull)
    rows = [
        Fact("Run", f"{kept.name}, number {kept.number} of its session"),
        Fact("Date and time", _driven_at(kept)),
        Fact("Operator", session.operator.name or NOT_KNOWN),
        Fact("Test", TEST_WORDS[setup.test_type] + (", on the road" if setup.road else "")),
        Fact("Gear", setup.gear or NOT_KNOWN),
        Fact("Ratio", f"{ratio:.3f} rpm per {units.speed.symbol}" if ratio else NOT_KNOWN),
        Fact("Engine speed from", RPM_WORDS[result.rpm_source]),
        Fact("Lasts", f"{seconds}, {pull}"),
    ]
    if kept.ending not in {RunEnding.STOPPED, RunEnding.IMPORTED}:
        rows.append(Fact("Ended", ENDING_WORDS[kept.ending]))
    if result.ecu_offset_s:
        by = "set by hand" if setup.ecu_offset_s is not None else "estimated"
        rows.append(Fact("Car's clock", f"moved by {number(result.ecu_offset_s, 3)} s ({by})"))
    return tuple(rows)


def _dyno(run: SheetRun, units: SheetUnits) -> tuple[Fact, ...]:
    sources = run.run.sources or run.session.sources
    rows = [Fact(_KIND_WORDS.get(one.kind, "Source"), _source(one)) for one in sources]
    if not rows:
        rows.append(Fact("Dyno", NOT_KNOWN))
    rows.append(Fact("Tier of the link", run.run.tier.words))
    if run.run.file:
        rows.append(Fact("File", run.run.file))
    if run.device is not None:
        rows.append(Fact("Dyno's own peaks", _device(run.device, units)))
    return tuple(rows)


def _device(said: DeviceSaid, units: SheetUnits) -> str:
    parts = [
        measured(value, unit, to, 1)
        for value, unit, to in (
            (said.power_kw, "kW", units.power),
            (said.torque_nm, "Nm", units.torque),
        )
        if value is not None
    ]
    if said.factor is not None:
        parts.append(f"factor {said.factor:.4g}")
    return ", ".join(parts) + ": corrected by the dyno itself, used in no sum here"


_KIND_WORDS: Final = {
    "dyno": "Dyno",
    "wideband": "Wideband",
    "weather": "Weather station",
    "ecu": "Engine control",
}


def _source(source: SourceUsed) -> str:
    name = " ".join(part for part in (source.make, source.model) if part) or source.kind
    how = ", ".join(part for part in (source.protocol, source.tier.words) if part)
    return f"{name} ({how})"


def _air(result: RunResult, units: SheetUnits) -> tuple[Fact, ...]:
    factor, air = result.factor, result.factor.conditions
    heat = shown("degC", units.system).key
    rows = [
        Fact("Correction", correction_name(factor)),
        Fact("Factor", f"{factor.value:.4f}"),
    ]
    if factor.why_not:
        rows.append(Fact("Why not", factor.why_not))
    rows += [Fact("Mind", warning) for warning in factor.warnings]
    rows += [
        Fact("Temperature", measured(air.temperature_c, "degC", heat, 1)),
        Fact("Station pressure", pressure(air.pressure_kpa, units.system)),
        Fact("Humidity", measured(air.humidity_pct, "percent", "percent", 1)),
        Fact("Vapour pressure", pressure(factor.vapour_kpa, units.system)),
        Fact("Dry pressure", pressure(factor.dry_kpa, units.system)),
        Fact("Air from", air.source or NOT_KNOWN),
    ]
    return tuple(rows)


def correction_name(factor: Factor) -> str:
    """Return the form that was used, in full; that none was where it could not be made."""
    if factor.why_not:
        return f"not corrected ({factor.correction.name} was asked for)"
    return factor.correction.name


def correction_short(factor: Factor) -> str:
    """Return the form and the factor in a few letters."""
    if factor.why_not:
        return "NOT CORRECTED"
    return f"{factor.correction.short} \u00d7 {factor.value:.4f}"


def pressure(kpa: float | None, system: UnitSystem) -> str:
    """Return a pressure of the air: kPa, and inHg where the reader thinks in it."""
    if kpa is None or not math.isfinite(kpa):
        return NOT_KNOWN
    metric = measured(kpa, "kPa", "kPa", 2)
    if system is UnitSystem.METRIC:
        return metric
    return f"{measured(kpa, 'kPa', 'inHg', 2)} ({metric})"


def _power(run: SheetRun) -> tuple[Fact, ...]:
    result, setup = run.result, run.run.setup
    rows = [
        Fact("Shown", where(run)),
        Fact("Computed from", BASIS_WORDS[result.basis] if result.basis else NOT_KNOWN),
        Fact("Smoothing", smoothing(result)),
    ]
    if result.basis in {Basis.ACCELERATION, Basis.SPEED} and setup.equivalent_mass_kg:
        rows.append(Fact("Equivalent mass", f"{setup.equivalent_mass_kg:.1f} kg"))
    rows += [
        Fact(
            "Losses",
            f"{_LOSS_WORDS[loss.part]}: {number(loss.c0_n, 1)} N + {number(loss.c1_ns_m, 3)}·v + "
            f"{number(loss.c2_ns2_m2, 4)}·v² (v in m/s)",
        )
        for loss in setup.losses
    ]
    if result.slips:
        found = f"{len(result.slips)}, repaired wherever power is computed from speed"
        rows.append(Fact("Time glitches of speed", found))
    return tuple(rows)


def where(run: SheetRun) -> str:
    """Tell at what the power is: wheels, or an engine's that was estimated, and how."""
    percent = run.run.setup.driveline_pct
    part = "a percentage" if percent is None else f"a flat {percent:g} % driveline loss"
    return {
        EstimateBy.NONE: "at the wheels",
        EstimateBy.MEASURED: "engine, estimated: wheel power and measured driveline losses",
        EstimateBy.FLAT_PERCENT: f"engine, estimated: wheel power and {part} that somebody chose, "
        "not measured",
    }[run.result.estimate]


def where_short(result: RunResult) -> str:
    """Tell the same in two or three words."""
    return "at the wheels" if result.estimate is EstimateBy.NONE else "engine, estimated"


def smoothing(result: RunResult) -> str:
    """Return level and width of smoothing."""
    if not result.smoothing.width_s:
        return f"level {result.smoothing.level}: none"
    return f"level {result.smoothing.level}: centred window of {result.smoothing.width_s:g} s"


def time_words(time: AccelerationTime) -> tuple[str, str]:
    """Return what was timed, and the time or why there is none."""
    span = time.key.removesuffix("_s").replace("_", " ").replace("-", " to ")
    for unit, written in (("mph", " mph"), ("kmh", " km/h"), ("rpm", " rpm"), ("0m", "0 m")):
        if span.endswith(unit) and not span.endswith(written):
            span = span.removesuffix(unit) + written
    if time.seconds is None:
        return span, "n/a" + (f": {time.why_not}" if time.why_not else "")
    return span, f"{time.seconds:.3f} s"


def run_names(runs: Sequence[SheetRun]) -> list[str]:
    """Return names of runs that tell them apart: by their place where names are the same."""
    names = [one.run.name for one in runs]
    if len(set(names)) == len(names):
        return names
    return [f"{place}: {name}" for place, name in enumerate(names, 1)]


def quality_words(marks: tuple[QualityMark, ...]) -> str:
    """Return a run's marks in one line."""
    return ", ".join(mark.word for mark in marks) or "good"


def side_title(role: Role, units: SheetUnits) -> tuple[str, str, float, float, int]:
    """Return name, unit, factor, offset and decimals of what stands under power and torque."""
    if role is Role.BOOST:
        unit = shown("kPa", units.system, "boost")
        return "Boost", unit.symbol, unit.factor, unit.offset, unit.decimals
    if role is Role.LAMBDA:
        return "Lambda", "", 1.0, 0.0, 3
    return "AFR", "", 1.0, 0.0, 2
