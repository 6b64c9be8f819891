"""Runs made up for tests: a car on rollers with known mass, power and gear."""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.roles import ROLE_UNITS, Role
from cartech_desk.domain.dyno.run import RawRun, RunSetup, Track
from cartech_desk.domain.units import convert

REAL_RUN = Path(__file__).parents[3].parent / "shared" / "data" / "dyno" / "RunFile_86.csv"

_COLUMNS = {
    "(DWRT CPU) Speed": (Role.SPEED, "mph", 1.0),
    "(DWRT CPU) Engine RPM": (Role.RPM, "rpm", 1000.0),
    "(DWRT CPU) Power (uncorrected)": (Role.POWER, "hp", 1.0),
    "(DWRT CPU) Power": (Role.CORRECTED_POWER, "hp", 1.0),
    "(DWRT CPU) Torque (uncorrected)": (Role.TORQUE, "lbft", 1.0),
    "(DWRT CPU) Force": (Role.FORCE, "lbf", 1.0),
    "(DWRT CPU) Acceleration": (Role.ACCELERATION, "m/s2", 0.44704),
    "(DWRT CPU) Correction Factor": (Role.DEVICE_FACTOR, "ratio", 1.0),
    "(DWRT ATMO) Humidity": (Role.HUMIDITY, "percent", 1.0),
    "(DWRT ATMO) Pressure": (Role.PRESSURE, "inHg", 1.0),
    "(DWRT ATMO) Temperature 1": (Role.TEMPERATURE, "degF", 1.0),
}


def track(name, unit, t_s, values, *, quality=None, of_car=False):
    """Return a track; NaN values get INVALID where no quality is given."""
    values = np.asarray(values, dtype=np.float64)
    if quality is None:
        quality = np.where(np.isfinite(values), 0, 2)
    return Track(
        Channel(name, name, unit, 0.0, 100.0),
        np.round(np.asarray(t_s, dtype=np.float64) * 1e9).astype(np.int64),
        values,
        np.asarray(quality, dtype=np.uint8),
        of_car,
    )


def run_of(tracks, *, roles=None, last_s=None, broken=(), run_id="run", **setup):
    """Return a raw run and its set-up; `tracks` by role are named after it."""
    named, roles = {}, dict(roles or {})
    for key, one in tracks.items():
        named[one.channel.name] = one
        if isinstance(key, Role):
            roles[key] = one.channel.name
    ends = [int(one.t_ns[-1]) for one in named.values() if len(one.t_ns)]
    last_ns = round(last_s * 1e9) if last_s is not None else max(ends, default=0)
    raw = RawRun(
        run_id,
        "Run 1",
        named,
        0,
        last_ns,
        broken=tuple((round(a * 1e9), round(b * 1e9)) for a, b in broken),
    )
    return raw, RunSetup(roles=roles, **setup)


def by_role(series):
    """Return tracks of `{role: (t_s, values)}` in canonical units."""
    return {
        role: track(f"dyno_{role.value}", ROLE_UNITS[role], *pair) for role, pair in series.items()
    }


MASS_KG = 1200.0
GEAR = 42.0
"""rpm for 1 km/h."""


def pull(rate_hz=100.0, seconds=10.0, lift_s=2.0, start_kmh=50.0, torque=None, t_s=None):
    """Return time [s], speed [km/h], acceleration [m/s²] and wheel power [kW] of a pull and lift.

    `torque` gives engine torque [Nm] at engine speed; the car coasts after `seconds`.
    """
    fine, speeds, gains = _drive(seconds, lift_s, start_kmh, torque or usual_torque)
    if t_s is None:
        t_s = np.arange(0.0, seconds + lift_s - 0.001, 1.0 / rate_hz)
    speed, gain = np.interp(t_s, fine, speeds), np.interp(t_s, fine, gains)
    return t_s, speed, gain, MASS_KG * gain * speed / 3.6 / 1000.0


def usual_torque(rpm):
    return 260.0 - 60.0 * ((rpm - 4000.0) / 2000.0) ** 2


@cache
def _drive(seconds, lift_s, start_kmh, torque):
    fine = np.arange(0.0, seconds + lift_s, 0.001)
    v, speeds, gains = start_kmh / 3.6, [], []
    for now in fine:
        rpm = v * 3.6 * GEAR
        force = torque(rpm) * rpm * np.pi / 30.0 / v if now < seconds else -600.0
        gains.append(force / MASS_KG)
        speeds.append(v * 3.6)
        v += gains[-1] * 0.001
    return fine, speeds, gains


def real_run(*, only=(), **setup):
    """Read RunFile_86.csv; `only` keeps these roles."""
    with REAL_RUN.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    head = [cell.strip() for cell in lines[0]]
    rows = [[cell.strip() for cell in line] for line in lines[1:]]
    t_s = [float(row[0]) for row in rows]
    tracks = {}
    for name, (role, unit, factor) in _COLUMNS.items():
        if only and role not in only:
            continue
        at = head.index(name)
        values = np.array([float(row[at]) * factor if row[at] else np.nan for row in rows])
        canonical = ROLE_UNITS[role]
        filled = np.isfinite(values)
        tracks[role] = track(
            f"dyno_{role.value}",
            canonical,
            np.array(t_s)[filled],
            convert(values[filled], unit, canonical),
        )
    return run_of(tracks, last_s=t_s[-1], **setup)
