"""A car on its rollers driven without waiting: moments, samples and runs of a script."""

from collections import defaultdict

import numpy as np

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RawRun, RunSetup, Track
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.dyno_jetdrive import JetdriveDyno
from cartech_desk.hardware.sim.dyno_options import DynoOptions
from cartech_desk.hardware.sim.dyno_rollers import Moment, Resampled, Rollers
from cartech_desk.hardware.sim.dyno_sensors import DynoSensors, Sample
from cartech_desk.hardware.sim.options import CarOptions

BEGAN_NS = 7_000_000_000
TICK_NS = 10_000_000

ROLES = {
    "Speed": (Role.SPEED, "km/h"),
    "Engine RPM": (Role.RPM, "rpm"),
    "Acceleration": (Role.ACCELERATION, "m/s2"),
    "Force": (Role.FORCE, "N"),
    "Power (uncorrected)": (Role.POWER, "kW"),
    "Torque (uncorrected)": (Role.TORQUE, "Nm"),
    "Air Fuel Ratio 1": (Role.AFR, "ratio"),
    "Temperature 1": (Role.TEMPERATURE, "degC"),
    "Absolute Pressure": (Role.PRESSURE, "kPa"),
    "Relative Humidity": (Role.HUMIDITY, "percent"),
}


def car(script: str = "dyno", **options: object) -> SimulatedCar:
    return SimulatedCar(CarOptions(script=script, **options))  # type: ignore[arg-type]


def moments(script: str, until_s: float, seed: int = 1) -> list[Moment]:
    """Return every step of a drive: what really happens."""
    rollers = Rollers(car(script, seed=seed))
    rollers.moments(BEGAN_NS)
    seen: list[Moment] = []
    for second in range(1, int(until_s) + 1):
        seen += rollers.moments(BEGAN_NS + second * 1_000_000_000)
    return seen


def samples(truth: list[Moment], options: DynoOptions, roller_m: float = 1.4451) -> list[Sample]:
    """Return what a dyno's sensors say of a drive."""
    sensors = DynoSensors(options, roller_m)
    return sensors.samples(Resampled(options.rate).through(truth))


def datagrams(dyno: JetdriveDyno, until_s: float, from_s: float = 0.0) -> list[bytes]:
    """Return what a dyno sends from one time of its drive to another."""
    sent: list[bytes] = []
    if not from_s:
        sent += dyno.poll(BEGAN_NS)
    for tick in range(round(from_s * 100) + 1, round(until_s * 100) + 1):
        sent += dyno.poll(BEGAN_NS + tick * TICK_NS)
    return sent


def raw_run(told: list[Sample]) -> tuple[RawRun, RunSetup]:
    """Return the run that a desk would record of these samples, and its set-up."""
    columns: dict[str, list[Sample]] = defaultdict(list)
    for one in told:
        if one.channel in ROLES:
            columns[one.channel].append(one)
    anchor_ns = told[0].t_ns
    tracks = {}
    for name, (role, unit) in ROLES.items():
        column = columns[name]
        values = np.array([one.value for one in column])
        if role is Role.ACCELERATION:
            values = values / 3.6
        tracks[name] = Track(
            Channel(name, name, unit, 0.0, 100.0),
            np.array([one.t_ns - anchor_ns for one in column], dtype=np.int64),
            values,
            np.zeros(len(column), dtype=np.uint8),
        )
    setup = RunSetup(roles={role: name for name, (role, _) in ROLES.items()})
    last_ns = max(one.t_ns for one in told) - anchor_ns
    return RawRun("run", "Run 1", tracks, 0, last_ns), setup


def smoothed_peak(truth: list[Moment], values: list[float], width_s: float) -> float:
    """Return the highest centred mean over `width_s` while the throttle is open."""
    steps = max(round(width_s * 100), 1)
    series = np.array(values)
    means = np.convolve(series, np.ones(steps) / steps, mode="same")
    open_wide = np.array([one.throttle_pct > 90 for one in truth])
    inside = np.convolve(open_wide, np.ones(steps), mode="same") >= steps - 0.5
    return float(means[inside].max())
