"""What a check-up's sheet says in words, for the owner of a car."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.faults.code import Code
from cartech_desk.domain.faults.compare import Difference
from cartech_desk.domain.faults.counted import Ready, readiness_of, tests_line
from cartech_desk.domain.faults.found import (
    CodeFound,
    CodeStatus,
    CodesTold,
    Counters,
    FaultScan,
    FrameValue,
    FreezeFrame,
    TestResult,
)
from cartech_desk.domain.faults.meaning import Meaning, Severity
from cartech_desk.domain.faults.told import code_asked, ecu_text
from cartech_desk.domain.units import UNITS, UnitSystem, shown
from cartech_desk.reports.checkup_signs import SIGN_OF, Sign
from cartech_desk.reports.dyno_units import number

SEVERITIES: Final = (Severity.CRITICAL, Severity.WARNING, Severity.INFORMATION)
"""The gravest first."""
ADVICE: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "Do not drive or load the engine until this was looked at.",
    Severity.WARNING: "The car can be moved; have this mended soon.",
    Severity.INFORMATION: "No hurry: have it looked at with the next service.",
}
_STATUS_ORDER: Final = (CodeStatus.STORED, CodeStatus.PERMANENT, CodeStatus.PENDING)
_FRAME_FIRST: Final = (
    *("rpm", "speed", "load", "temp", "throttle", "map", "SHRTFT1", "LONGFT1"),
    *("iat", "lambda", "timing", "voltage"),
)
"""What tells most of a moment, by the names of values."""
_FRAME_MOST: Final = 9
_HOUR_MIN: Final = 60.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check-up comes to: a sign, its word, and a sentence under it."""

    sign: Sign
    headline: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ToldCode:
    """A code with its meaning, and what became of it since the last check-up."""

    found: CodeFound
    meaning: Meaning
    change: str = ""

    @property
    def text(self) -> str:
        """The code as it is looked up, with its failure type where there is one."""
        return code_asked(self.found)


def counted(count: int, word: str) -> str:
    """Return "1 code", "3 codes"."""
    return f"{count} {word}" + "s" * (count != 1)


def verdict_of(scan: FaultScan, codes: Sequence[ToldCode]) -> Verdict:
    """Judge a scan. "No fault codes" is said only where every control unit said so."""
    failed = [one for one in scan.tests if one.passed is False]
    if codes:
        worst = min((one.meaning.severity for one in codes), key=SEVERITIES.index)
        if worst is Severity.INFORMATION and scan.mil:
            worst = Severity.WARNING
        number_of = counted(len(codes), "fault code")
        whole = not scan.unknown and scan.complete
        headline = number_of if whole else f"At least {number_of}"
        return Verdict(SIGN_OF[worst], headline, ADVICE[worst])
    if not scan.clean:
        why = next(iter(doubts_of(scan)), "No control unit said that it has no codes.")
        return Verdict(Sign.UNKNOWN, "Not known whether there are faults", why)
    units = len({one.ecu for one in scan.codes_told})
    said = f"All {units} control units" if units > 1 else "The control unit"
    if failed:
        headline = f"No fault codes, but {counted(len(failed), 'test')} failed"
        return Verdict(Sign.INFORMATION, headline, f"{said} told no codes; see the test results.")
    return Verdict(Sign.GOOD, "No fault codes", f"{said} told that there are none.")


def told_codes(
    scan: FaultScan, meanings: Mapping[str, Meaning], difference: Difference | None
) -> tuple[ToldCode, ...]:
    """Return the codes with their meanings, the gravest first."""
    new = {_key(one) for one in difference.new} if difference is not None else set()
    changed = {_key(one.now) for one in difference.changed} if difference is not None else set()
    codes = [
        ToldCode(
            one,
            meanings[code_asked(one)],
            "new" if _key(one) in new else "changed" if _key(one) in changed else "",
        )
        for one in scan.codes
    ]
    return tuple(sorted(codes, key=_gravity))


def _key(found: CodeFound) -> tuple[str, int, int | None]:
    return found.code, found.ecu, found.failure_type


def _gravity(code: ToldCode) -> tuple[int, int, str, int]:
    standing = [_STATUS_ORDER.index(one) for one in code.found.status]
    return (
        SEVERITIES.index(code.meaning.severity),
        min(standing, default=len(_STATUS_ORDER)),
        code.found.code,
        code.found.ecu,
    )


def ecu_words(scan: FaultScan, ecu: int) -> str:
    """Name a control unit: "ECM-EngineControl (7E8)", or its address alone."""
    name = next((one.name for one in scan.ecus if one.address == ecu), "")
    return f"{name} ({ecu_text(ecu)})" if name else f"control unit {ecu_text(ecu)}"


def status_words(found: CodeFound) -> str:
    """Say where a code stands: "stored, permanent"."""
    return ", ".join(found.status) or "standing not told"


def doubts_of(scan: FaultScan) -> tuple[str, ...]:
    """Say all that is not known in whole sentences, the gravest first."""
    doubts: list[str] = []
    if not scan.complete:
        doubts.append(
            "The car went silent in the middle of the reading: what was not read by then is "
            "missing on this sheet."
        )
    missing: dict[int, list[CodesTold]] = {}
    for one in scan.unknown:
        missing.setdefault(one.ecu, []).append(one)
    for ecu, some in missing.items():
        kinds = _listed([one.kind.value for one in some])
        whys = " ".join(dict.fromkeys(one.why.strip() for one in some if one.why.strip()))
        who = ecu_words(scan, ecu)
        doubts.append(f"{who[0].upper()}{who[1:]}: {kinds} codes are not known. {whys}".strip())
    counting = [one for one in scan.lamps if one.codes]
    if counting and not scan.codes:
        said = _listed([f"{ecu_words(scan, one.ecu)} counts {one.codes}" for one in counting])
        doubts.append(f"No code was told, but {said}.")
    if scan.mil is None:
        doubts.append("No control unit said whether it lights the engine lamp.")
    return tuple(dict.fromkeys((*doubts, *scan.other_warnings)))


def lamp_words(lit: bool | None) -> str:
    """Say how the engine lamp stands."""
    if lit is None:
        return "Engine lamp: not known"
    return "Engine lamp: lit" if lit else "Engine lamp: off"


def counter_words(counters: Counters, system: UnitSystem) -> tuple[str, ...]:
    """Say since when the lamp is lit and codes were cleared; nothing for what is not told."""
    found = []
    lit = [_km(counters.lamp_km, system), _minutes(counters.lamp_min)]
    if any(lit) and (counters.lamp_km or counters.lamp_min):
        found.append("Driven with the lamp lit: " + ", ".join(filter(None, lit)))
    warm = counted(counters.warm_ups, "warm-up") if counters.warm_ups is not None else ""
    cleared = [_km(counters.cleared_km, system), _minutes(counters.cleared_min), warm]
    if any(cleared):
        found.append("Since codes were cleared: " + ", ".join(filter(None, cleared)))
    return tuple(found)


def _km(km: float | None, system: UnitSystem) -> str:
    if km is None or not math.isfinite(km):
        return ""
    unit = shown("km", system)
    return f"{unit.to_shown(km):,.0f} {unit.symbol}"


def _minutes(minutes: float | None) -> str:
    if minutes is None or not math.isfinite(minutes):
        return ""
    if minutes < 2 * _HOUR_MIN:
        return f"{minutes:.0f} min"
    return f"{minutes / _HOUR_MIN:,.0f} h"


def change_lines(difference: Difference) -> tuple[tuple[str, str], ...]:
    """Say what changed since the last check-up: a word, and what it is about."""
    rows = [
        ("New", _codes(difference.new)),
        ("Gone", _codes(difference.gone)),
        (
            "Changed",
            ", ".join(
                f"{code_asked(one.now)} (was {status_words(one.before)}, now "
                f"{status_words(one.now)})"
                for one in difference.changed
            ),
        ),
        ("Not told this time", _codes(difference.untold)),
        ("As before", _codes(difference.same)),
        ("Tests in limits again", ", ".join(one.name for one in difference.mended)),
    ]
    return tuple((word, said) for word, said in rows if said)


def _codes(some: Sequence[CodeFound]) -> str:
    return ", ".join(dict.fromkeys(code_asked(one) for one in some))


def frame_words(frame: FreezeFrame, system: UnitSystem) -> str:
    """Say a freeze frame in short: the values that tell most, each with its name."""
    order = {name: place for place, name in enumerate(_FRAME_FIRST)}
    values = [one for one in frame.values if one.state or math.isfinite(one.value)]
    values.sort(key=lambda one: order.get(one.name, len(order)))
    parts = [f"{one.label} {one.state or _in_unit(one, system)}" for one in values[:_FRAME_MOST]]
    more = len(values) - _FRAME_MOST
    return "; ".join(parts) + (f"; {counted(more, 'more value')}" if more > 0 else "")


def _in_unit(one: FrameValue, system: UnitSystem) -> str:
    if one.unit not in UNITS:
        return f"{_figure(one.value)} {one.unit}".strip()
    unit = shown(one.unit, system, one.name)
    return f"{number(unit.to_shown(one.value), unit.decimals)} {unit.symbol}".strip()


def frame_title(frame: FreezeFrame, scan: FaultScan) -> str:
    """Name a freeze frame by its code and its control unit."""
    code = str(Code(frame.code)) if frame.code else "Code not told"
    return f"{code}, {ecu_words(scan, frame.ecu)}"


def test_words(test: TestResult) -> str:
    """Say what a test measured and what its limits are."""
    unit = UNITS[test.unit].symbol if test.unit in UNITS else test.unit
    limits = []
    if test.minimum is not None:
        limits.append(f"at least {_figure(test.minimum)}")
    if test.maximum is not None:
        limits.append(f"at most {_figure(test.maximum)}")
    due = f" (due: {', '.join(limits)})" if limits else ""
    return f"{test.test_name}: {_figure(test.value)} {unit}".rstrip() + due


def _figure(value: float) -> str:
    if not math.isfinite(value):
        return "no value"
    words = f"{value:.4g}" if abs(value) < 10_000 else f"{value:.0f}"
    return words.replace("-", "\u2212")


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


__all__ = [
    "ADVICE",
    "SEVERITIES",
    "Ready",
    "ToldCode",
    "Verdict",
    "change_lines",
    "counted",
    "counter_words",
    "doubts_of",
    "ecu_words",
    "frame_title",
    "frame_words",
    "lamp_words",
    "readiness_of",
    "status_words",
    "test_words",
    "tests_line",
    "told_codes",
    "verdict_of",
]
