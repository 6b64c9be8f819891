"""What is true of the simulated car at one moment, in the units that its fields name."""

from dataclasses import dataclass


@dataclass(slots=True)
class State:
    """The car at one moment; a copy of it is a freeze frame.

    Pressures are absolute. `lambda_measured` is what the wideband probe before the catalyst sees,
    `coolant_sensor_c` what the coolant sensor says, which a fault can tear away from `coolant_c`.
    """

    time_s: float = 0.0
    running: bool = False
    cranking: bool = False
    ignition: bool = True

    rpm: float = 0.0
    pedal_pct: float = 0.0
    throttle_pct: float = 0.0
    charge_kpa: float = 99.2
    charge_target_kpa: float = 99.2
    map_kpa: float = 99.2
    maf_gps: float = 0.0
    cylinder_gps: float = 0.0
    barometer_kpa: float = 99.2
    wastegate_pct: float = 0.0
    turbo_krpm: float = 0.0

    timing_deg: float = 0.0
    knock_retard_deg: float = 0.0
    lambda_measured: float = 1.0
    lambda_commanded: float = 1.0
    short_trim_pct: float = 0.0
    long_trim_pct: float = 0.0
    rear_probe_v: float = 0.45
    fuel_gps: float = 0.0
    closed_loop: bool = False
    fuel_cut: bool = False
    enriched: bool = False
    purge_pct: float = 0.0
    rail_kpa: float = 500.0

    load_pct: float = 0.0
    absolute_load_pct: float = 0.0
    torque_nm: float = 0.0
    friction_nm: float = 0.0
    demand_nm: float = 0.0

    ambient_c: float = 19.0
    intake_c: float = 19.0
    coolant_c: float = 19.0
    coolant_sensor_c: float = 19.0
    oil_c: float = 19.0
    gearbox_oil_c: float = 19.0
    exhaust_c: float = 19.0
    catalyst_c: float = 19.0

    speed_kmh: float = 0.0
    gear: int = 0
    clutch: float = 0.0
    clutch_closed: bool = False
    brake_pct: float = 0.0
    road_n: float = 0.0
    acceleration_ms2: float = 0.0
    roller_n: float = 0.0
    """What the tyres push the rollers with, 0 on the road; times speed it is the wheel power."""
    tyre_slip: float = 0.0
    """By how much the tyres run ahead of the rollers (0.05: five percent)."""

    battery_v: float = 12.55
    fuel_l: float = 34.0
    odometer_km: float = 0.0
    run_s: float = 0.0
    misfires: int = 0
    ignitions: int = 0
    """Ignitions of cylinder 1 since the engine started, of which `misfires` failed."""
