"""The numbers of a run in words: peaks, correction, air, times, how it was measured, its marks."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cartech_desk.domain.dyno.result import AccelerationTime, Peak, RunResult
from cartech_desk.domain.dyno.run import Basis, EstimateBy, RpmSource
from cartech_desk.domain.units import ShownUnit
from cartech_desk.ui.models.dyno_mark_words import mark_word
from cartech_desk.ui.models.dyno_shown import ShownRun
from cartech_desk.ui.models.dyno_units import DynoUnits
from cartech_desk.ui.models.value_scale import DASH, in_words
from cartech_desk.ui.theme.states import State

BASIS_WORDS: Final[Mapping[Basis, str]] = {
    Basis.DEVICE_POWER: "the dyno's own power",
    Basis.FORCE: "the dyno's force times speed",
    Basis.BRAKE: "torque and speed of the brake",
    Basis.ACCELERATION: "mass times the dyno's acceleration",
    Basis.SPEED: "mass times the change of speed",
}
RPM_WORDS: Final[Mapping[RpmSource, str]] = {
    RpmSource.TACH: "pick-up or dyno",
    RpmSource.OBD: "OBD",
    RpmSource.RATIO_FOUND: "ratio found from speed",
    RpmSource.RATIO_TYPED: "typed ratio and speed",
    RpmSource.NONE: "not known",
}
_PLUS_MINUS: Final = "\u00b1"
_TIMES: Final = "\u00d7"
_PARTS: Final = re.compile(r"(?<=\d)(?=[A-Za-z])|_")


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what stands beside it; a sentence alone has no label.

    `tone` is "" or "muted", "warning", "error", "good".
    """

    label: str
    value: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under one heading."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class PeakTold:
    """A peak: the number that is read across the room, and what belongs to it."""

    label: str
    number: str
    unit: str
    plus_minus: str
    at: str
    uncorrected: str
    too: str = ""

    @property
    def words(self) -> str:
        """All of it on one line."""
        parts = (f"{self.number} {self.unit}", self.plus_minus, self.at)
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Badge:
    """A mark of quality: shape and word, and the sentence behind it."""

    state: State
    word: str
    why: str


def signed(value: float, decimals: int) -> str:
    """Return a difference with its sign; nought has none."""
    text = in_words(value, decimals)
    return f"+{text}" if value > 0 and float(f"{value:.{decimals}f}") else text


def _peak_told(label: str, peak: Peak | None, result: RunResult, units: DynoUnits) -> PeakTold:
    """Return a peak corrected as the result says, with its plus-minus and the one uncorrected."""
    unit, too = units.power, None
    if label == "Torque":
        unit, too = units.torque, units.torque_too
    if peak is None:
        return PeakTold(label, DASH, unit.symbol, "", "", "")
    factor = result.factor.value
    number = in_words(peak.value * factor * unit.factor, unit.decimals)
    doubt = peak.uncertainty.total * factor * unit.factor
    at = f"at {in_words(peak.rpm, 0)} rpm"
    if not math.isfinite(peak.rpm):
        at = f"at {in_words(units.speed.to_shown(peak.speed_kmh), 0)} {units.speed.symbol}"
    beside = "" if too is None else f"{in_words(peak.value * factor * too.factor, 0)} {too.symbol}"
    return PeakTold(
        label,
        number,
        unit.symbol,
        f"{_PLUS_MINUS} {in_words(doubt, unit.decimals)}" if math.isfinite(doubt) else "",
        at,
        f"{in_words(peak.value * unit.factor, unit.decimals)} {unit.symbol}",
        beside,
    )


def peaks_told(result: RunResult, units: DynoUnits) -> tuple[PeakTold, PeakTold]:
    """Return the peaks of power and torque."""
    return (
        _peak_told("Power", result.peak_power, result, units),
        _peak_told("Torque", result.peak_torque, result, units),
    )


def badges(result: RunResult) -> tuple[Badge, ...]:
    """Return the marks of a run, the grave ones first; a run without one is good."""
    marks = sorted(result.quality, key=lambda mark: not mark.grave)
    told = tuple(
        Badge(State.TRIP if mark.grave else State.WARNING, mark_word(mark.key, mark.word), mark.why)
        for mark in marks
    )
    return told or (Badge(State.CONNECTED, "good", "Nothing to find fault with."),)


def correction_line(result: RunResult) -> str:
    """Return the correction's full name and its factor on one line."""
    factor = result.factor
    if factor.why_not:
        return "Uncorrected"
    if factor.correction.key == "none":
        return factor.correction.name
    return f"{factor.correction.name} {_TIMES} {in_words(factor.value, 4)}"


def air_line(result: RunResult, units: DynoUnits) -> str:
    """Return temperature, station pressure and humidity on one line; a dash for what is missing."""
    air = result.factor.conditions
    return " · ".join(
        (
            _measured(air.temperature_c, units.temperature),
            _measured(air.pressure_kpa, units.pressure),
            DASH if air.humidity_pct is None else f"{in_words(air.humidity_pct, 0)} %",
        )
    )


def correction_section(result: RunResult, units: DynoUnits) -> Section:
    """Return what the correction was made from."""
    factor, air = result.factor, result.factor.conditions
    facts = [Fact("", factor.why_not, "warning")] if factor.why_not else []
    facts += [
        Fact("Correction", factor.correction.name),
        Fact("Factor", in_words(factor.value, 4)),
        Fact("Temperature", _measured(air.temperature_c, units.temperature)),
        Fact("Station pressure", _measured(air.pressure_kpa, units.pressure)),
        Fact(
            "Humidity", DASH if air.humidity_pct is None else f"{in_words(air.humidity_pct, 1)} %"
        ),
        Fact("Vapour pressure", _measured(factor.vapour_kpa, units.pressure)),
        Fact("Dry pressure", _measured(factor.dry_kpa, units.pressure)),
    ]
    if air.source:
        facts.append(Fact("Air from", air.source))
    told = {mark.why for mark in result.quality}
    facts += [Fact("", words, "warning") for words in factor.warnings if words not in told]
    return Section("Correction and air", tuple(facts))


def times_section(result: RunResult, units: DynoUnits) -> Section:
    """Return the acceleration times that the run spans; those it does not on one line below."""
    facts = [
        Fact(time_words(time.key), f"{in_words(time.seconds, 3)} s")
        for time in result.times
        if time.seconds is not None
    ]
    missing = [time for time in result.times if time.seconds is None]
    if missing:
        names = ", ".join(_time_briefly(time.key) for time in missing)
        facts.append(
            Fact("", f"Not spanned (n/a): {names}. {_why(result, missing, units)}", "muted")
        )
    return Section("Times", tuple(facts))


def _why(result: RunResult, missing: Sequence[AccelerationTime], units: DynoUnits) -> str:
    """Say why times are missing, in one sentence where the speeds of the run say it all."""
    reasons = list(dict.fromkeys(time.why_not for time in missing if time.why_not))
    speed = result.curve.speed_kmh[np.isfinite(result.curve.speed_kmh)]
    if len(reasons) > 1 and len(speed):
        low, high = (
            in_words(units.speed.to_shown(float(at)), 1) for at in (speed.min(), speed.max())
        )
        return f"The run goes from {low} to {high} {units.speed.symbol}."
    return " ".join(reasons)


def _time_briefly(key: str) -> str:
    """Return "60-100mph_s" as 60\u2013100 mph."""
    return time_words(key).replace(" to ", "\u2013")


def time_words(key: str) -> str:
    """Return what "60-100mph_s" is called: 60 to 100 mph."""
    words = _PARTS.sub(" ", key.removesuffix("_s")).replace("-", " to ")
    return words.replace("kmh", "km/h")


def measured_section(shown: ShownRun, units: DynoUnits) -> Section:
    """Return how the run was measured and computed."""
    result = shown.result
    facts = []
    if shown.dyno:
        facts.append(Fact("Dyno", shown.dyno))
    if shown.tier is not None:
        facts.append(Fact("Link", shown.tier.words))
    where = "at the wheels"
    if result.view.engine and result.estimate is EstimateBy.MEASURED:
        where = "of the engine, with measured losses"
    elif result.view.engine and result.estimate is EstimateBy.FLAT_PERCENT:
        where = "of the engine, estimated with a flat percentage"
    facts += [
        Fact("Power", where),
        Fact("From", DASH if result.basis is None else BASIS_WORDS[result.basis]),
        Fact("Engine speed", RPM_WORDS[result.rpm_source]),
        Fact("Smoothing", smoothing_words(result)),
    ]
    if result.ratio_rpm_per_kmh is not None:
        ratio = result.ratio_rpm_per_kmh / units.speed.factor
        facts.append(Fact("Ratio", f"{in_words(ratio, 1)} rpm per {units.speed.symbol}"))
    if result.ecu_offset_s:
        facts.append(Fact("Car's clock", f"{signed(result.ecu_offset_s, 2)} s"))
    if result.pull is not None:
        first, last = result.pull
        facts.append(Fact("Pull", f"{in_words(last - first, 1)} s"))
    if result.slips:
        facts.append(Fact("Time glitches repaired", str(len(result.slips))))
    return Section("How it was measured", tuple(facts))


def smoothing_words(result: RunResult) -> str:
    """Return the level of smoothing with its width."""
    if result.smoothing.level == 0:
        return "0, none"
    return f"{result.smoothing.level}, {in_words(result.smoothing.width_s, 2)} s wide"


def _measured(value: float | None, unit: ShownUnit) -> str:
    if value is None or not math.isfinite(value):
        return DASH
    return f"{in_words(unit.to_shown(value), unit.decimals)} {unit.symbol}"
