"""The figures of the simulated car, its driving scripts and its faults, read from resources/sim."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cartech_desk.domain.resources import resource


@dataclass(frozen=True, slots=True)
class EngineData:
    """See `[engine]` and `[ignition]` in car.toml."""

    displacement_m3: float
    cylinders: int
    inertia_kgm2: float
    idle_rpm: float
    cold_idle_rpm: float
    limiter_rpm: float
    limiter_resume_rpm: float
    indicated_efficiency: float
    idle_efficiency: float
    heating_value_jkg: float
    stoichiometry: float
    fuel_density_kgl: float
    manifold_m3: float
    throttle_area_m2: float
    volumetric_rpm: tuple[float, ...]
    volumetric: tuple[float, ...]
    friction_bar: tuple[float, ...]
    reference_torque_nm: float


@dataclass(frozen=True, slots=True)
class IgnitionData:
    """Ignition angle in degrees before top dead centre over rpm (rows) and charge in bar."""

    rpm: tuple[float, ...]
    bar: tuple[float, ...]
    degrees: tuple[tuple[float, ...], ...]
    best_ahead_deg: float
    loss_per_deg2: float


@dataclass(frozen=True, slots=True)
class TurboData:
    """See `[turbo]` in car.toml."""

    target_rpm: tuple[float, ...]
    target_gauge_kpa: tuple[float, ...]
    inertia_kgm2: float
    compressor_efficiency: float
    turbine_efficiency: float
    full_speed_krpm: float
    turbine_restriction: float
    cooler_effectiveness: float


@dataclass(frozen=True, slots=True)
class ThermalData:
    """See `[thermal]` in car.toml."""

    engine_jk: float
    oil_jk: float
    to_coolant: float
    block_loss_wk: float
    oil_coupling_wk: float
    thermostat_opens_c: float
    thermostat_full_c: float
    radiator_wk: float
    fan_on_c: float
    catalyst_s: float


@dataclass(frozen=True, slots=True)
class DrivetrainData:
    """See `[drivetrain]` in car.toml."""

    ratios: tuple[float, ...]
    final: float
    tyre_radius_m: float
    mass_kg: float
    wheels_kgm2: float
    efficiency: float
    rolling: float
    drag_area_m2: float
    clutch_nm: float
    brake_n: float

    def ratio(self, gear: int) -> float:
        """Crankshaft turns for one turn of the wheel in gear 1 and up."""
        return self.ratios[gear - 1] * self.final

    def kmh_at(self, rpm: float, gear: int) -> float:
        """Road speed at an engine speed with the clutch closed."""
        return rpm / 60 * 2 * 3.141592653589793 / self.ratio(gear) * self.tyre_radius_m * 3.6


@dataclass(frozen=True, slots=True)
class DynoData:
    """See `[dyno]` in car.toml."""

    inertia_kg: float
    brake_n_per_ms: float
    roller_m: float


@dataclass(frozen=True, slots=True)
class BodyData:
    """See `[body]` in car.toml."""

    tank_l: float
    fuel_l: float
    odometer_km: float
    barometer_kpa: float
    ambient_c: float
    battery_v: float
    charging_v: float
    tyres_kpa: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class IdentityData:
    """See `[identity]` in car.toml."""

    vin_without_check: str
    calibrations: tuple[str, ...]
    verification: tuple[str, ...]
    gearbox_calibration: str
    gearbox_verification: str
    brakes_calibration: str
    brakes_verification: str


@dataclass(frozen=True, slots=True)
class CarData:
    """Everything that car.toml says."""

    engine: EngineData
    ignition: IgnitionData
    turbo: TurboData
    thermal: ThermalData
    drivetrain: DrivetrainData
    dyno: DynoData
    body: BodyData
    identity: IdentityData


@dataclass(frozen=True, slots=True)
class Script:
    """A driving script: the state at its start and manoeuvres, looped from number `again` on.

    `faults`, `overlays` and `silences` are what happens meanwhile at set times: see `scenario`.
    `bench` puts the car on the rollers; `grip_n` is the force at which its tyres begin to slip
    there (0: never).
    """

    name: str
    says: str
    start: dict[str, Any]
    drive: tuple[tuple[str, dict[str, Any]], ...]
    again: int = 0
    bench: bool = False
    grip_n: float = 0.0
    faults: tuple[dict[str, Any], ...] = ()
    overlays: tuple[dict[str, Any], ...] = ()
    silences: tuple[dict[str, Any], ...] = ()


KINDS = ("pending", "confirmed", "permanent")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that can be injected, and the code that it stores in which ECU.

    `failure` is the failure type byte behind the code where the car speaks UDS, `kinds` how the
    code is kept, `lamp` whether it lights the lamp once it is confirmed, `group` the readiness
    group that this car counts it to.
    """

    name: str
    code: str
    ecu: str
    says: str
    pending_s: float
    confirmed_s: float
    frame: dict[str, float] = field(default_factory=dict)
    failure: int = 0
    kinds: tuple[str, ...] = KINDS
    lamp: bool = True
    group: int = 0

    @property
    def only_remembered(self) -> bool:
        """Whether nothing is wrong with the car any more: only a permanent code is left."""
        return not {"pending", "confirmed"} & set(self.kinds)


@cache
def car_data() -> CarData:
    """Read car.toml."""
    table = read_table("car.toml")
    return CarData(
        engine=EngineData(**table["engine"]),
        ignition=IgnitionData(**table["ignition"]),
        turbo=TurboData(**table["turbo"]),
        thermal=ThermalData(**table["thermal"]),
        drivetrain=DrivetrainData(**table["drivetrain"]),
        dyno=DynoData(**table["dyno"]),
        body=BodyData(**table["body"]),
        identity=IdentityData(**table["identity"]),
    )


@cache
def scripts() -> dict[str, Script]:
    """Read scripts.toml: driving scripts by name."""
    table = read_table("scripts.toml")
    entries = {name: table.get(entry.get("like"), {}) | entry for name, entry in table.items()}
    return {
        name: Script(
            name=name,
            says=entry["says"],
            start=entry["start"],
            drive=entry["drive"],
            again=entry["again"],
            bench=entry.get("bench", False),
            grip_n=entry.get("grip_n", 0.0),
            faults=entry.get("faults", ()),
            overlays=entry.get("overlays", ()),
            silences=entry.get("silences", ()),
        )
        for name, entry in entries.items()
    }


@cache
def faults() -> dict[str, Fault]:
    """Read faults.toml: faults by name."""
    return {name: Fault(name=name, **entry) for name, entry in read_table("faults.toml").items()}


def read_table(name: str) -> dict[str, Any]:
    """Read one of the files of resources/sim, lists as tuples."""
    with resource(f"sim/{name}").open("rb") as file:
        table = tomllib.load(file)
    return {key: _frozen(value) for key, value in table.items()}


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return value
