"""Sheets to lay out and write, made of runs that nobody drove."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from cartech_desk.domain.channels import Channel
from cartech_desk.domain.dyno.compare import Comparison, Repeatability
from cartech_desk.domain.dyno.corrections import Correction, Factor
from cartech_desk.domain.dyno.result import (
    AccelerationTime,
    Curve,
    Peak,
    QualityMark,
    RunResult,
    Smoothing,
    Uncertainty,
)
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import (
    Basis,
    Conditions,
    EstimateBy,
    RawRun,
    RpmSource,
    RunSetup,
    Track,
    View,
)
from cartech_desk.domain.people import Actor
from cartech_desk.domain.people import Role as PersonRole
from cartech_desk.reports.dyno_sheet import Sheet, SheetRun, Shop
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding, SourceUsed

ZONE = timezone(timedelta(hours=-7))
STARTED = datetime(2026, 7, 14, 15, 3, 11, tzinfo=ZONE)
ISSUED = datetime(2026, 7, 14, 15, 20, 0, tzinfo=ZONE)
AIR = Conditions(16.1, 82.6, 30.1, "weather station of the dyno")
SAE = Correction(
    "sae",
    "SAE J1349 (June 1990 form)",
    "SAE",
    "1.180 (99/Pd) sqrt(T/298) - 0.180",
    "reproduces what Dynojet prints",
)
DYNO = SourceUsed(
    "dyno", "jetdrive://", "dyno", "Dynojet", "224xLC", "JETDRIVE 2.1.1", Tier.DOCUMENTED
)
WIDEBAND = SourceUsed(
    "wb", "innovate:/dev/ttyUSB0", "wideband", "Innovate", "LC-2", "ISP2", Tier.DOCUMENTED
)
TOM = Actor("0192-t", "Tom Technician", PersonRole.TECHNICIAN)


def made_result(
    run_id="r1", *, factor=1.2219, peak_kw=168.8, has_rpm=True, pull=True, side=True, rate=50
):
    """A pull of a naturally aspirated engine, of eight seconds."""
    t = np.arange(0, 8 * rate) / rate
    rpm = 2400.0 + (7350.0 - 2400.0) * (t / 8.0) ** 0.9
    torque = np.interp(
        rpm,
        [2400, 3000, 3600, 4300, 5090, 6000, 7030, 7350],
        [200, 214, 225, 250, 266, 257, 229, 205],
    ) + 1.5 * np.sin(rpm / 90.0)
    torque *= peak_kw / 168.8
    power = torque * rpm / 9549.297
    speed = rpm / 38.5
    others = {}
    if side:
        others = {
            "wb_afr": 12.6 + 0.5 * np.sin(rpm / 700) + 0.05 * np.sin(rpm / 17),
            "boost": 62.0 * np.tanh((rpm - 2300) / 1500) + 0.7 * np.sin(rpm / 40),
        }
    quality = [
        QualityMark(
            "outside_validity",
            "outside validity",
            "The factor 1.222 lies outside 0.93 to 1.07, the range for which SAE J1349 was made.",
        )
    ]
    if not has_rpm:
        quality.append(QualityMark("no_rpm", "no rpm", "Engine speed is not known."))
    if not pull:
        t = rpm = torque = power = speed = np.empty(0)
        others = {}
        quality.append(
            QualityMark("no_pull", "no pull", "The throttle was never open while speed rose.", True)
        )
    best, most = (int(power.argmax()), int(torque.argmax())) if pull else (0, 0)

    def peak(values, at, total):
        return Peak(
            float(values[at]),
            float(rpm[at]) if has_rpm else math.nan,
            float(speed[at]),
            float(t[at]),
            0.42,
            Uncertainty(total, total * 0.3, total * 0.8, total * 0.5),
        )

    known = rpm if has_rpm else np.full_like(rpm, np.nan)
    return RunResult(
        run_id=run_id,
        view=View(),
        factor=Factor(
            SAE,
            factor,
            AIR,
            1.83,
            82.05,
            ("The factor 1.222 lies outside 0.93 to 1.07, for which the form was made.",),
        ),
        smoothing=Smoothing(3, 0.24),
        basis=Basis.DEVICE_POWER,
        rpm_source=RpmSource.TACH if has_rpm else RpmSource.NONE,
        estimate=EstimateBy.NONE,
        curve=Curve(
            t, speed, known, power, torque if has_rpm else np.full_like(rpm, np.nan), others
        ),
        pull=(0.6, 8.4) if pull else None,
        peak_power=peak(power, best, 1.3) if pull else None,
        peak_torque=peak(torque, most, 1.9) if pull and has_rpm else None,
        times=(
            AccelerationTime("60-100mph_s", 5.721),
            AccelerationTime("0-60mph_s", None, "the run begins at 31 mph"),
            AccelerationTime("100-200kmh_s", None, "the run ends at 187 km/h"),
        ),
        quality=tuple(quality),
        ratio_rpm_per_kmh=38.5 if has_rpm else None,
        roles={Role.AFR: "wb_afr", Role.BOOST: "boost", Role.POWER: "dyno_power"},
    )


def made_raw(run_id="r1", *, seconds=1.0, rate=50, channels=3):
    """Channels on one clock, but for the last, which has its own and a value that is none."""
    count = int(seconds * rate)
    tracks = {}
    for place in range(channels):
        t_ns = np.arange(count, dtype=np.int64) * (1_000_000_000 // rate)
        values = np.sin(np.arange(count) / 7.0 + place) * 100.0
        quality = np.zeros(count, np.uint8)
        if place == channels - 1:
            t_ns = t_ns + 1_234_567
            values[3], quality[3] = np.nan, 2
        name = f"dyno_channel_{place}"
        channel = Channel(name, f"Channel {place}", "kW", 0, 100, 1, "JETDRIVE")
        tracks[name] = Track(channel, t_ns, values, quality)
    last = max(int(track.t_ns[-1]) for track in tracks.values())
    return RawRun(run_id, "Run 1", tracks, 0, last, STARTED)


def made_session(**changes):
    words = {
        "id": "s1",
        "vehicle_id": "v1",
        "vehicle_name": "2013 Subaru BRZ, blue",
        "operator": TOM,
        "started": STARTED - timedelta(minutes=20),
        "ended": None,
        "test_type": RunSetup().test_type,
        "setup": RunSetup(gear="4"),
        "sources": (DYNO, WIDEBAND),
        "fuel": "98 RON",
        "tyre_kpa": 235.0,
        "odometer_km": 84210.0,
        "modifications": "Cat-back exhaust, panel filter",
        "customer": "J. Käufer",
        "notes": "",
    }
    return DynoSession(**{**words, **changes})


def made_run(number=1, *, result=None, session=None, raw=None, **changes):
    words = {
        "id": f"r{number}",
        "session": "s1",
        "number": number,
        "name": f"Run {number}",
        "recording_id": f"rec-{number}",
        "first_ns": 0,
        "last_ns": 9_200_000_000,
        "started": STARTED + timedelta(minutes=4 * (number - 1)),
        "ending": RunEnding.STOPPED,
        "tier": Tier.DOCUMENTED,
        "setup": RunSetup(gear="4", altitude_m=1700.0),
        "sources": (DYNO, WIDEBAND),
        "samples_sha256": f"{number:064x}".replace("0", "ab"[number % 2]),
    }
    run = DynoRun(**{**words, **changes})
    return SheetRun(
        run,
        session or made_session(),
        result or made_result(f"r{number}"),
        raw,
        "JF1ZCAC11D9600000",
        ("14:03:19 UTC, warning: coolant above 110 °C, 4.2 s",),
    )


def made_sheet(*runs, **changes):
    words = {
        "shop": Shop("Rolling Road Ltd.", "12 Dyno Lane\nCamshaft, CA 90000\nTel. +1 555 0100"),
        "runs": runs or (made_run(),),
        "issued": ISSUED,
        "issued_by": "Tom Technician",
        "audit_sequence": 4711,
        "audit_hash": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    }
    return Sheet(**{**words, **changes})


def made_pair(**changes):
    """Two runs and what a comparison of them says."""
    before, after = made_run(1), made_run(2, result=made_result("r2", peak_kw=181.0))
    x = np.arange(2400.0, 7350.0, 25.0)

    def at(run, values):
        curve = run.result.curve
        return np.interp(x, curve.rpm, getattr(curve, values)) * run.result.factor.value

    a, b = at(before, "power_kw"), at(after, "power_kw")
    at_nm, bt_nm = at(before, "torque_nm"), at(after, "torque_nm")
    gain = b - a
    found = Comparison(
        "rpm", x, a, b, at_nm, bt_nm, gain, bt_nm - at_nm,
        float(a.mean()), float(b.mean()), float(at_nm.mean()), float(bt_nm.mean()),
        float(gain.max()), float(x[gain.argmax()]), float(gain.min()), float(x[gain.argmin()]),
        float(gain.sum() * 25.0),
        ("The runs were made under another correction of smoothing than usual.",),
    )  # fmt: skip
    return made_sheet(before, after, comparison=found, **changes)


def made_session_sheet(count, **changes):
    """A session of so many runs that repeat well."""
    runs = tuple(
        made_run(n, result=made_result(f"r{n}", peak_kw=168.0 + 0.8 * math.sin(n * 2.3)))
        for n in range(1, count + 1)
    )
    found = None
    if count > 1:
        x = np.arange(2400.0, 7350.0, 25.0)
        mean = np.full(len(x), 150.0)
        found = Repeatability(
            count, "rpm", x, mean, mean * 0.01, 205.4, 0.8, 0.41, 1 if count > 2 else None,
            "Its peak lies 3.1 spreads from that of the others.",
        )  # fmt: skip
    return made_sheet(*runs, repeatability=found, **changes)


def utc(sheet):
    """The same sheet issued and driven in UTC."""
    return replace(sheet, issued=sheet.issued.astimezone(UTC))
