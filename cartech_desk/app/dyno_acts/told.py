"""A run as the command line tells it: one document for `run`, `import` and `show`, and its text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cartech_desk.domain.dyno.offset import estimate_offset
from cartech_desk.domain.dyno.result import Peak, QualityMark, RunResult
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RawRun
from cartech_desk.domain.units import UnitSystem, convert, known_unit
from cartech_desk.store.dyno import DynoRun, DynoSession, as_driven, started_words

if TYPE_CHECKING:
    from cartech_desk.domain.dyno.corrections import Factor

_BASES: Final[Mapping[str, str]] = {
    "device_power": "the device's own uncorrected power",
    "force": "the device's force and speed",
    "brake": "the absorber's torque and speed",
    "acceleration": "equivalent mass, the device's acceleration and speed",
    "speed": "equivalent mass and the change of speed",
}
_RPM_SOURCES: Final[Mapping[str, str]] = {
    "tach": "the dyno or a pick-up",
    "obd": "the car",
    "ratio_found": "speed, by the ratio that was found",
    "ratio_typed": "speed, by the ratio that was typed",
    "none": "not known",
}
_ENDINGS: Final[Mapping[str, str]] = {
    "open": "still being driven",
    "stopped": "complete",
    "source_lost": "the dyno fell silent",
    "power_cut": "cut off: the desk was killed or lost power",
    "not_recorded": "not recorded",
    "imported": "imported",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The units in which a text tells power, torque, speed."""

    power: str = "hp"
    torque: str = "lbft"
    system: UnitSystem = UnitSystem.METRIC

    @classmethod
    def of(cls, power_unit: str, system: UnitSystem) -> "Shown":
        """Return the units for a power unit: torque in lb·ft goes with hp, in Nm with others."""
        return cls(power_unit, "lbft" if power_unit == "hp" else "Nm", system)

    def power_of(self, kw: float | None) -> str:
        """Return power in words."""
        return _with_unit(kw, "kW", self.power, 1)

    def torque_of(self, nm: float | None) -> str:
        """Return torque in words."""
        return _with_unit(nm, "Nm", self.torque, 1)


def run_document(run: DynoRun, result: RunResult, raw: RawRun | None = None) -> dict[str, Any]:
    """Return a run under a view as plain values; `raw` adds what the device says itself."""
    factor = result.factor
    document: dict[str, Any] = {
        "run_id": run.id,
        "name": run.name,
        "session_id": run.session,
        "correction": correction_document(factor),
        "peak_power": _power(result.peak_power, factor.value),
        "peak_torque": _torque(result.peak_torque, factor.value),
        "uncorrected": {
            "peak_power": _power(result.peak_power, 1.0),
            "peak_torque": _torque(result.peak_torque, 1.0),
        },
        "quality": [quality_document(mark) for mark in result.quality],
        "times": {
            one.key: None if one.seconds is None else round(one.seconds, 4) for one in result.times
        },
        "conditions": {
            "temperature_c": factor.conditions.temperature_c,
            "pressure_kpa": factor.conditions.pressure_kpa,
            "humidity_pct": factor.conditions.humidity_pct,
            "source": factor.conditions.source,
            "vapour_kpa": factor.vapour_kpa,
            "dry_kpa": factor.dry_kpa,
            "warnings": list(factor.warnings),
        },
        "basis": None if result.basis is None else result.basis.value,
        "rpm_source": result.rpm_source.value,
        "estimate": result.estimate.value,
        "smoothing": {"level": result.smoothing.level, "width_s": result.smoothing.width_s},
        "pull": None
        if result.pull is None
        else {"first_s": round(result.pull[0], 4), "last_s": round(result.pull[1], 4)},
        "ratio_rpm_per_kmh": result.ratio_rpm_per_kmh,
        "ecu_offset_s": round(result.ecu_offset_s, 4),
        "slips": [{"t_s": round(one.t_s, 3), "by_s": round(one.by_s, 4)} for one in result.slips],
        "gear": run.setup.gear,
        "fuel": "" if run.facts is None else run.facts.fuel,
        "customer": "" if run.facts is None else run.facts.customer,
        "ending": run.ending.value,
        "tier": run.tier.value,
        "started": run.started.isoformat(),
        "started_is": run.started_is.value,
        "started_day_only": run.day_only,
        "recording_id": run.recording_id,
        "samples_sha256": run.samples_sha256,
        "note": run.note,
        "deleted": run.deleted,
    }
    if run.file:
        document["file"] = {"name": run.file, "sha256": run.file_sha256}
    if raw is not None:
        document["device"] = _device(run, raw)
        document["car_clock"] = _car_clock(run, raw)
    return document


def correction_document(factor: "Factor") -> dict[str, Any]:
    """Return what was done about the weather: “none” where nothing was, and why."""
    asked = factor.correction
    done = not factor.why_not and asked.key != "none"
    document: dict[str, Any] = {
        "name": asked.name if done else "none",
        "factor": round(factor.value, 6),
        "key": asked.key if done else "none",
        "why_not": factor.why_not,
    }
    if factor.why_not:
        document["asked"] = {"name": asked.name, "key": asked.key}
    return document


def quality_document(mark: QualityMark) -> dict[str, Any]:
    """Return a mark as plain values."""
    return {"key": mark.key, "word": mark.word, "why": mark.why, "grave": mark.grave}


def run_text(run: DynoRun, session: DynoSession | None, result: RunResult, shown: Shown) -> str:
    """Return a run under a view as a person reads it."""
    factor = result.factor
    vehicle = "" if session is None else f"  {session.vehicle_name}"
    lines = [
        f"{run.name}{vehicle}  {started_words(run)}  ({_ENDINGS[run.ending.value]})  {run.id}",
    ]
    if run.deleted:
        lines.append(f"■ It is deleted. To bring it back: cartech-desk dyno restore {run.id[-6:]}")
    lines += ["", *_said_of(run, session)]
    if factor.why_not:
        lines.append(f"Correction:   none, factor 1 ({factor.correction.name} was asked for)")
        lines.append(f"              {factor.why_not}")
    elif factor.correction.key == "none":
        lines.append("Correction:   none, factor 1")
    else:
        lines.append(f"Correction:   {factor.correction.name}, factor {factor.value:.4f}")
    lines += [
        f"Peak power:   {_peak(result.peak_power, factor.value, shown.power_of)}",
        f"Peak torque:  {_peak(result.peak_torque, factor.value, shown.torque_of)}",
        f"Uncorrected:  {_peak(result.peak_power, 1.0, shown.power_of)}; "
        f"{_peak(result.peak_torque, 1.0, shown.torque_of)}",
        "Power from:   "
        + ("nothing" if result.basis is None else _BASES[result.basis.value])
        + (" (estimated for the engine)" if result.estimate.value != "none" else ""),
        f"Engine speed: {_RPM_SOURCES[result.rpm_source.value]}",
        f"Smoothing:    {result.smoothing.level} ({result.smoothing.width_s:g} s)",
        f"Air:          {_air(result)}",
    ]
    if result.ecu_offset_s:
        how = "estimated" if run.setup.ecu_offset_s is None else "typed"
        lines.append(f"Car's clock:  {1000 * result.ecu_offset_s:+.0f} ms ({how})")
    times = [f"{_time_words(one.key)} {one.seconds:.3f} s" for one in result.times if one.seconds]
    never = [_time_words(one.key) for one in result.times if not one.seconds]
    lines.append(f"Times:        {', '.join(times) or 'none: the run spans none of them'}")
    if times and never:
        lines.append(f"              not driven: {', '.join(never)}")
    for mark in result.quality:
        sign = "■" if mark.grave else "▲"
        lines.append(f"{sign} {mark.word}: {mark.why}")
    if not result.quality:
        lines.append("● Nothing is wrong with this run.")
    return "\n".join(lines)


def _said_of(run: DynoRun, session: DynoSession | None) -> list[str]:
    """Return what people said of a run: gear, fuel, customer, note."""
    driven = session if session is None else as_driven(session, run)
    told = [
        ("Customer:", "" if driven is None else driven.customer),
        ("Gear:", run.setup.gear),
        ("Fuel:", "" if driven is None else driven.fuel),
        ("Note:", run.note),
    ]
    return [f"{name:<13} {words}" for name, words in told if words]


def _power(peak: Peak | None, factor: float) -> dict[str, Any] | None:
    if peak is None:
        return None
    doubt = peak.uncertainty.total * factor
    return {
        "hp": round(convert(peak.value * factor, "kW", "hp"), 3),
        "kW": round(peak.value * factor, 4),
        "rpm": _rounded(peak.rpm),
        "speed_kmh": _rounded(peak.speed_kmh, 2),
        "t_s": round(peak.t_s, 3),
        "plus_minus_hp": round(convert(doubt, "kW", "hp"), 3),
        "plus_minus_kW": round(doubt, 4),
    }


def _torque(peak: Peak | None, factor: float) -> dict[str, Any] | None:
    if peak is None:
        return None
    doubt = peak.uncertainty.total * factor
    return {
        "lbft": round(convert(peak.value * factor, "Nm", "lbft"), 3),
        "Nm": round(peak.value * factor, 3),
        "rpm": _rounded(peak.rpm),
        "speed_kmh": _rounded(peak.speed_kmh, 2),
        "t_s": round(peak.t_s, 3),
        "plus_minus_lbft": round(convert(doubt, "Nm", "lbft"), 3),
        "plus_minus_Nm": round(doubt, 3),
    }


def _device(run: DynoRun, raw: RawRun) -> dict[str, Any]:
    """Return what the device says itself; none of it goes into our sums."""
    highest = {
        role: _highest(run, raw, role)
        for role in (Role.CORRECTED_POWER, Role.CORRECTED_TORQUE, Role.DEVICE_FACTOR)
    }
    power, torque = highest[Role.CORRECTED_POWER], highest[Role.CORRECTED_TORQUE]
    return {
        "factor": highest[Role.DEVICE_FACTOR],
        "corrected_hp": None if power is None else round(convert(power, "kW", "hp"), 3),
        "corrected_lbft": None if torque is None else round(convert(torque, "Nm", "lbft"), 3),
    }


def _car_clock(run: DynoRun, raw: RawRun) -> dict[str, Any] | None:
    """Return how far the car's clock is off and how that is known; None without a car."""
    if not any(track.of_car for track in raw.tracks.values()):
        return None
    found = estimate_offset(raw, run.setup)
    typed = run.setup.ecu_offset_s
    return {
        "offset_s": round(found.seconds if typed is None else typed, 4),
        "typed": typed is not None,
        "estimated_s": round(found.seconds, 4),
        "confidence": round(found.confidence, 3),
        "plus_minus_s": round(found.plus_minus_s, 4),
        "why": found.why,
    }


def _highest(run: DynoRun, raw: RawRun, role: Role) -> float | None:
    track = raw.tracks.get(run.setup.roles.get(role, ""))
    if track is None or not np.isfinite(track.values).any():
        return None
    return float(np.nanmax(track.values))


def _rounded(value: float, digits: int = 1) -> float | None:
    return round(float(value), digits) if np.isfinite(value) else None


def _with_unit(value: float | None, unit: str, shown: str, decimals: int) -> str:
    if value is None or not np.isfinite(value):
        return "n/a"
    return f"{convert(value, unit, shown):.{decimals}f} {known_unit(shown).symbol}"


def _peak(peak: Peak | None, factor: float, words: Any) -> str:
    if peak is None:
        return "n/a"
    doubt = words(peak.uncertainty.total * factor)
    at = f" at {peak.rpm:.0f} rpm" if np.isfinite(peak.rpm) else ""
    if not at and np.isfinite(peak.speed_kmh):
        at = f" at {peak.speed_kmh:.0f} km/h"
    return f"{words(peak.value * factor)}{at} (±{doubt})"


def _air(result: RunResult) -> str:
    air, factor = result.factor.conditions, result.factor
    parts = []
    if air.temperature_c is not None:
        parts.append(f"{air.temperature_c:.1f} °C")
    if air.pressure_kpa is not None:
        parts.append(f"station pressure {air.pressure_kpa:.2f} kPa")
    if air.humidity_pct is not None:
        parts.append(f"humidity {air.humidity_pct:.0f} %")
    if factor.dry_kpa is not None:
        parts.append(f"dry {factor.dry_kpa:.2f} kPa")
    return ", ".join(parts) + (f" ({air.source})" if air.source else "") if parts else "not known"


def _time_words(key: str) -> str:
    words = key.removesuffix("_s").replace("_", " ")
    return words.replace("mph", " mph").replace("kmh", " km/h")
