"""The dyno bench in words: what it does, what stands on it, what the air is, how a run went."""

import math
from typing import Final

from cartech_desk.bay.dyno_status import SourceStatus
from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import (
    Basis,
    Conditions,
    EstimateBy,
    Ignition,
    LossPart,
    RpmSource,
    TestType,
)
from cartech_desk.domain.units import ShownUnit
from cartech_desk.hardware.dyno.source import Kind, SourceState
from cartech_desk.ui.models.dyno_units import DynoUnits
from cartech_desk.ui.models.value_scale import in_words
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.words import counted

DASH: Final = "\N{EN DASH}"
TIMES: Final = "\N{MULTIPLICATION SIGN}"
SOURCE_LAMPS: Final = {
    SourceState.OFF: State.OFF,
    SourceState.CONNECTING: State.CONNECTING,
    SourceState.CONNECTED: State.CONNECTED,
    SourceState.SILENT: State.WARNING,
    SourceState.LOST: State.WARNING,
}
SOURCE_WORDS: Final = {
    SourceState.OFF: "off",
    SourceState.CONNECTING: "connecting",
    SourceState.CONNECTED: "connected",
    SourceState.SILENT: "silent",
    SourceState.LOST: "lost, trying again",
}
KIND_WORDS: Final = {
    Kind.DYNO: "Dynos",
    Kind.WIDEBAND: "Widebands",
    Kind.WEATHER: "Weather stations",
    Kind.ECU: "Control units",
}
TEST_WORDS: Final = {
    TestType.POWER_PULL: "Power pull",
    TestType.STEADY_STATE: "Steady state",
    TestType.COAST_DOWN: "Coast-down",
    TestType.FREE: "Free",
}
BASIS_WORDS: Final = {
    Basis.DEVICE_POWER: "The device's own power",
    Basis.FORCE: "The device's force times speed",
    Basis.BRAKE: "Torque and speed of the brake",
    Basis.ACCELERATION: "Mass times the device's acceleration",
    Basis.SPEED: "Mass and the change of speed",
}
RPM_WORDS: Final = {
    RpmSource.TACH: "Pick-up or the dyno's own channel",
    RpmSource.OBD: "The car (OBD)",
    RpmSource.RATIO_FOUND: "From speed, ratio found by itself",
    RpmSource.RATIO_TYPED: "From speed, ratio typed",
    RpmSource.NONE: "None: power over speed only",
}
ESTIMATE_WORDS: Final = {
    EstimateBy.NONE: "Wheel power only",
    EstimateBy.MEASURED: "With losses from a coast-down",
    EstimateBy.FLAT_PERCENT: "With a typed percentage (estimated)",
}
IGNITION_WORDS: Final = {Ignition.SPARK: "Petrol or gas", Ignition.DIESEL: "Diesel"}
LOSS_WORDS: Final = {
    LossPart.DRIVELINE: "With the driveline: in gear, clutch open",
    LossPart.WHEEL: "With the wheels: gearbox in neutral",
    LossPart.ROLLER: "The rollers alone",
}
ROLE_WORDS: Final = {
    Role.SPEED: "Speed",
    Role.ROLLER_RPM: "Roller's turns",
    Role.RPM: "Engine speed",
    Role.ACCELERATION: "Acceleration",
    Role.FORCE: "Tractive force",
    Role.POWER: "Power, uncorrected",
    Role.TORQUE: "Torque, uncorrected",
    Role.BRAKE_TORQUE: "Torque of the brake",
    Role.BRAKE_RPM: "Speed of the brake",
    Role.DEVICE_FACTOR: "The device's factor",
    Role.CORRECTED_POWER: "Power, corrected there",
    Role.CORRECTED_TORQUE: "Torque, corrected there",
    Role.THROTTLE: "Throttle",
    Role.LAMBDA: "Lambda",
    Role.AFR: "AFR",
    Role.BOOST: "Boost",
    Role.MANIFOLD: "Manifold pressure",
    Role.TEMPERATURE: "Air temperature",
    Role.PRESSURE: "Station pressure",
    Role.HUMIDITY: "Humidity",
    Role.CLOCK: "The device's clock",
}


def shown_words(value: float | None, unit: ShownUnit, decimals: int | None = None) -> str:
    """Write a canonical value in a shown unit; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return DASH
    places = unit.decimals if decimals is None else decimals
    return in_words(unit.to_shown(value), places)


def source_name(source: SourceStatus) -> str:
    """Name a source as its maker does, or by its address while nobody answered."""
    scheme = source.url.partition(":")[0]
    return "Simulated dyno" if scheme == "sim" else source.identity.make or scheme


def health_words(source: SourceStatus) -> str:
    """Say how a wire is doing, in one line."""
    health = source.health
    parts = [f"{source.rate_hz:.0f} readings a second"] if source.rate_hz else []
    if math.isfinite(health.latency_s):
        parts.append(f"{health.latency_s * 1000:.0f} ms behind")
    if health.marked:
        parts.append(f"{health.marked} not valid")
    if health.lost:
        parts.append(f"{health.lost} lost on the way")
    if health.bad_bytes:
        parts.append(f"{counted(health.bad_bytes, 'byte')} without a meaning")
    if health.clock_jumps:
        parts.append(f"its clock jumped {counted(health.clock_jumps, 'time')}")
    return " · ".join(parts)


def air_words(conditions: Conditions, units: DynoUnits) -> str:
    """Write the air as `24 °C · 98.4 kPa station · 41 %`, a dash for what is not known."""
    temperature = shown_words(conditions.temperature_c, units.temperature, 0)
    pressure_places = 2 if units.pressure.key == "inHg" else 1
    pressure = shown_words(conditions.pressure_kpa, units.pressure, pressure_places)
    humidity = conditions.humidity_pct
    wet = DASH if humidity is None else in_words(humidity, 0)
    return (
        f"{temperature} {units.temperature.symbol} · {pressure} {units.pressure.symbol} station"
        f" · {wet} %"
    )


def factor_words(short: str, value: float) -> str:
    """Write a correction with its factor behind a times sign."""
    return f"{short} {TIMES}{value:.3f}"


def run_words(name: str, result: RunResult, units: DynoUnits) -> str:
    """Say what a run came to: `Run 4: 276.5 hp at 7032 rpm`."""
    peak = result.peak_power
    if peak is None:
        why = next((mark.why for mark in result.quality if mark.grave), "")
        return f"{name} is kept, but holds no pull. {why}".strip()
    power = shown_words(peak.value * result.factor.value, units.power, 1)
    where = (
        f"{peak.rpm:.0f} rpm"
        if math.isfinite(peak.rpm)
        else f"{shown_words(peak.speed_kmh, units.speed, 0)} {units.speed.symbol}"
    )
    return f"{name}: {power} {units.power.symbol} at {where}"


def against_words(result: RunResult, before: RunResult, name: str, units: DynoUnits) -> str:
    """Say how much more the peak is than that of the run before; empty where one has none."""
    if result.peak_power is None or before.peak_power is None:
        return ""
    gain_kw = (
        result.peak_power.value * result.factor.value
        - before.peak_power.value * before.factor.value
    )
    gain = round(gain_kw * units.power.factor, 1)
    sign = "+" if gain > 0 else "\N{MINUS SIGN}" if gain < 0 else "±"
    return f"{sign}{in_words(abs(gain), 1)} against {name}"
