"""Exports of other programs, made up: a car of known power on rollers of known mass."""

import math
from types import SimpleNamespace

import numpy as np

MASS_KG = 1250.0
LBF, MPH, HP, LBFT, INHG = 4.4482216152605, 1.609344, 0.7456998715822702, 1.3558179483314, 3.386389


def pull(seconds=10.0, step=0.05, ratio=45.0, top_kw=180.0):
    """Return columns of a pull in SI and km/h, consistent with each other."""
    t = np.arange(0.0, seconds + step / 2, step)
    v = [16.0]
    losses = lambda x: 40.0 + 1.5 * x + 0.05 * x * x  # noqa: E731 - a formula
    power = lambda x: 1000.0 * top_kw * (0.4 + 0.6 * math.sin(min(x / 45.0, 1.0) * math.pi / 2))  # noqa: E731
    acceleration, force = [], []
    for _ in t:
        f = power(v[-1]) / v[-1]
        force.append(f)
        acceleration.append((f - losses(v[-1])) / MASS_KG)
        v.append(v[-1] + acceleration[-1] * step)
    v = np.array(v[:-1])
    force = np.array(force)
    rpm = v * 3.6 * ratio
    kw = force * v / 1000.0
    return SimpleNamespace(
        t=t,
        kmh=v * 3.6,
        a=np.array(acceleration),
        force=force,
        kw=kw,
        rpm=rpm,
        nm=kw * 9549.297 / rpm,
        kpa=np.full(len(t), 98.5),
        c=np.full(len(t), 22.0),
        rh=np.full(len(t), 40.0),
    )


def cell(x, digits=4):
    return "" if x is None or not np.isfinite(x) else f"{x:.{digits}f}".rstrip("0").rstrip(".")


def text_of(
    columns, *, delimiter=",", decimal=".", trailing="", before=(), units=None, newline="\n"
):
    """Write columns by name as a table."""
    lines = [*before, delimiter.join(columns) + trailing]
    if units:
        lines.append(delimiter.join(units) + trailing)
    for row in zip(*columns.values(), strict=True):
        cells = [cell(x).replace(".", decimal) for x in row]
        lines.append(delimiter.join(cells) + trailing)
    return newline.join(lines) + newline


def winpep(run=None, *, factor=1.02):
    """Write a run as WinPEP 8 does: imperial, engine speed in thousands, no units, blank cells."""
    run = run or pull()
    rpm = run.rpm / 1000.0
    rpm[:3] = np.nan
    hp, lbft = run.kw / HP, run.nm / LBFT
    columns = {
        "Time": run.t,
        " (DWRT ATMO) Humidity": run.rh,
        " (DWRT ATMO) Pressure": run.kpa / INHG,
        " (DWRT ATMO) Temperature 1": run.c * 1.8 + 32.0,
        " (DWRT CPU) Acceleration": run.a * 3.6 / MPH,
        " (DWRT CPU) Correction Factor": np.full(len(run.t), factor),
        " (DWRT CPU) Distance 2": np.full(len(run.t), np.nan),
        " (DWRT CPU) Engine RPM": rpm,
        " (DWRT CPU) Force": run.force / LBF,
        " (DWRT CPU) Power": hp * factor,
        " (DWRT CPU) Power (uncorrected)": hp,
        " (DWRT CPU) Speed": run.kmh / MPH,
        " (DWRT CPU) Speed 1": run.kmh / MPH,
        " (DWRT CPU) Torque": lbft * factor,
        " (DWRT CPU) Torque (uncorrected)": lbft,
    }
    return text_of(columns, delimiter=",", trailing=", ").encode()


def mustang(run=None):
    """Write a run as exports of Mustang PowerDyne are passed around: units in the header."""
    run = run or pull()
    columns = {
        "Time (sec)": run.t,
        "Roller Speed (MPH)": run.kmh / MPH,
        "Engine RPM": run.rpm,
        "Power (HP)": run.kw / HP,
        "Torque (ft-lbs)": run.nm / LBFT,
        "Force (lbs)": run.force / LBF,
        "Air Temp (F)": run.c * 1.8 + 32.0,
        "Baro (in-Hg)": run.kpa / INHG,
        "Humidity (%)": run.rh,
    }
    return text_of(columns, before=("Mustang Dynamometer PowerDyne", "Run: 12")).encode()


def superflow(run=None):
    """Write a run as SuperFlow WinDyn prints it: short names, a row of units, tabulators."""
    run = run or pull()
    columns = {
        "Time": run.t,
        "EngSpd": run.rpm,
        "RollSpd": run.kmh / MPH,
        "ObsPwr": run.kw / HP,
        "ObsTrq": run.nm / LBFT,
        "STPPwr": run.kw / HP * 1.03,
        "STPTrq": run.nm / LBFT * 1.03,
        "AirTmp": run.c * 1.8 + 32.0,
        "BaroP": run.kpa / INHG,
    }
    units = ["Sec", "RPM", "MPH", "Hp", "lbs-ft", "Hp", "lbs-ft", "degF", "inHg"]
    return text_of(columns, delimiter="\t", units=units, before=("WinDyn test",)).encode("cp1252")
