"""Made-up pulls of a turbo engine for the tests of charts, tree and numbers; no store, no bay."""

from datetime import UTC, datetime, timedelta

import numpy as np

from cartech_desk.domain.dyno.corrections import Correction, Factor
from cartech_desk.domain.dyno.result import (
    AccelerationTime,
    Curve,
    Peak,
    QualityMark,
    RunResult,
    Slip,
    Smoothing,
    Uncertainty,
)
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import (
    Basis,
    Conditions,
    EstimateBy,
    RpmSource,
    RunSetup,
    TestType,
    View,
)
from cartech_desk.domain.people import Actor
from cartech_desk.domain.people import Role as PersonRole
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding, RunSummary, SourceUsed
from cartech_desk.ui.models.dyno_shown import ShownRun

KW_PER_HP = 0.7456998715822702
KW_NM_RPM = 9549.296585513721
WEATHER = Conditions(24.0, 98.4, 41.0, "weather station")
SAE = Correction("sae", "SAE J1349 (June 1990)", "SAE", "1.18·(99/Pd)·√(T/298) - 0.18", "verified")
NONE = Correction("none", "none", "uncorrected", "1", "exact", None)
SLIPPED = QualityMark("slips", "slips", "The speed column slips by 50 ms at 4.9 s; repaired.")
GRAVE = QualityMark("source_lost", "source lost", "The dyno fell silent at 6.2 s.", grave=True)
STARTED = datetime(2026, 3, 4, 14, 2, tzinfo=UTC)


def factor(value=1.222, correction=SAE, **more):
    return Factor(correction, value, WEATHER, 1.2, 97.2, **more)


def pull(
    run_id="r1",
    *,
    peak_hp=226.0,
    seed=1,
    seconds=9.0,
    rate_hz=100.0,
    upto=1.0,
    value=1.222,
    has_rpm=True,
    mixture="afr",
    boost=True,
    quality=(),
    slips=(),
    gap=None,
    why_not="",
):
    """Return a result; `peak_hp` is uncorrected, `gap` (first, last) seconds without samples."""
    rng = np.random.default_rng(seed)
    t_s = np.arange(0.0, seconds * upto, 1.0 / rate_hz)
    if gap is not None:
        t_s = t_s[(t_s < gap[0]) | (t_s > gap[1])]
    rpm = 2100.0 + 5400.0 * (t_s / seconds) ** 0.92
    shape = np.interp(
        rpm,
        [2000, 2600, 3200, 3900, 4800, 5600, 6400, 7000, 7600],
        [0.16, 0.27, 0.47, 0.63, 0.79, 0.90, 0.97, 1.0, 0.93],
    )
    width = max(1, round(0.3 * rate_hz))
    kernel = np.ones(width) / width
    shape = np.convolve(np.pad(shape, width, mode="edge"), kernel, mode="same")[width:-width]
    noise = np.convolve(rng.normal(0, 0.01, len(t_s) + width - 1), kernel, mode="valid")
    power = peak_hp * KW_PER_HP * (shape + noise)
    torque = power * KW_NM_RPM / rpm
    others = {}
    if mixture:
        afr = np.interp(rpm, [2000, 3400, 7600], [14.6, 12.2, 11.5])
        afr = afr + rng.normal(0, 0.06, len(rpm))
        others[mixture] = afr if mixture == "afr" else afr / 14.7
    if boost:
        others["ecu_boost"] = np.interp(
            rpm, [2000, 3400, 4200, 6500, 7600], [2.0, 96.0, 128.0, 122.0, 104.0]
        ) + rng.normal(0, 0.7, len(rpm))
    known = rpm if has_rpm else np.full_like(rpm, np.nan)
    if not has_rpm:
        torque = np.full_like(torque, np.nan)
    if why_not:
        value = 1.0
    curve = Curve(t_s, rpm / 37.0, known, power, torque, others)
    return RunResult(
        run_id=run_id,
        view=View("sae", 3),
        factor=factor(value, NONE if why_not else SAE, why_not=why_not),
        smoothing=Smoothing(3, 0.35),
        basis=Basis.DEVICE_POWER,
        rpm_source=RpmSource.TACH if has_rpm else RpmSource.NONE,
        estimate=EstimateBy.NONE,
        curve=curve,
        pull=(0.0, float(t_s[-1])) if len(t_s) else None,
        peak_power=peak(power, curve, 1.2),
        peak_torque=peak(torque, curve, 1.6) if has_rpm else None,
        times=(
            AccelerationTime("0-60mph_s", None, "The run begins at 35 mph."),
            AccelerationTime("60-100mph_s", 5.721),
        ),
        quality=tuple(quality),
        slips=tuple(slips),
        ratio_rpm_per_kmh=37.0 if has_rpm else None,
        roles={Role.BOOST: "ecu_boost", Role.POWER: "dyno_power"},
    )


def peak(values, curve, plus_minus):
    if not len(values) or not np.isfinite(values).any():
        return None
    at = int(np.nanargmax(values))
    return Peak(
        float(values[at]),
        float(curve.rpm[at]),
        float(curve.speed_kmh[at]),
        float(curve.t_s[at]),
        0.3,
        Uncertainty(plus_minus, 0.4, 0.3, 0.9),
    )


def no_pull(run_id="r9"):
    """Return a run that was never driven."""
    empty = np.empty(0)
    result = pull(run_id)
    mark = QualityMark("no_pull", "no pull", "Speed never rose: nothing was pulled.", grave=True)
    return RunResult(
        run_id,
        result.view,
        result.factor,
        result.smoothing,
        None,
        RpmSource.NONE,
        EstimateBy.NONE,
        Curve(empty, empty, empty, empty, empty),
        None,
        None,
        None,
        (),
        (mark,),
    )


def shown(result, name="Run 1", series=0, *, ghost=False):
    return ShownRun(result.run_id, name, result, series, ghost)


def slip(at_s=4.9):
    return Slip(at_s, 0.05)


SOURCE = SourceUsed(
    "dyno", "jetdrive://224.0.2.10", "dyno", "Dynojet", "DynoWare RT", "JETDRIVE", Tier.DOCUMENTED
)


def session(number=1, **more):
    facts = {
        "id": f"s{number}",
        "vehicle_id": f"v{number}",
        "vehicle_name": "2019 Civic Type R",
        "operator": Actor("p1", "Tom Technician", PersonRole.TECHNICIAN),
        "started": STARTED + timedelta(days=number),
        "ended": None,
        "test_type": TestType.POWER_PULL,
        "setup": RunSetup(conditions=WEATHER),
        "sources": (SOURCE,),
    }
    return DynoSession(**{**facts, **more})


def run(number=1, session_number=1, *, peak_hp=226.0, quality=(), **more):
    facts = {
        "id": f"s{session_number}r{number}",
        "session": f"s{session_number}",
        "number": number,
        "name": f"Run {number}",
        "recording_id": "rec",
        "first_ns": 0,
        "last_ns": 9_000_000_000,
        "started": STARTED + timedelta(days=session_number, minutes=number),
        "ending": RunEnding.STOPPED,
        "tier": Tier.DOCUMENTED,
        "setup": RunSetup(conditions=WEATHER),
        "sources": (SOURCE,),
        "summary": RunSummary(peak_hp * KW_PER_HP, 7032.0, 300.0, 5091.0, tuple(quality)),
    }
    return DynoRun(**{**facts, **more})
