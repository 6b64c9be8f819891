"""The marks of a run's quality: what each is called, and which make it no basis to compare by."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from cartech_desk.domain.dyno.result import QualityMark, RunResult

WORDS: Final[Mapping[str, tuple[str, bool]]] = MappingProxyType(
    {
        "no_pull": ("no pull", True),
        "no_basis": ("no power", True),
        "short": ("short", False),
        "still_rising": ("still rising", False),
        "several_pulls": ("several pulls", False),
        "lifted": ("lift in it", False),
        "noisy": ("noisy", False),
        "very_noisy": ("very noisy", True),
        "spikes": ("spikes", False),
        "slips": ("time glitch", False),
        "slips_hidden": ("time glitch?", False),
        "mixture_flat": ("mixture stands still", False),
        "wheel_spin": ("wheel spin", True),
        "ratio_drift": ("ratio drifts", False),
        "gaps": ("gaps", False),
        "long_gap": ("long gap", True),
        "source_lost": ("source lost", True),
        "clock_jump": ("clock jump", True),
        "absurd": ("absurd values", False),
        "doubled": ("doubled samples", False),
        "no_weather": ("no weather", False),
        "pressure_suspect": ("pressure?", True),
        "outside_validity": ("outside validity", False),
        "wrong_form": ("wrong form", False),
        "fuel_unknown": ("fuel unknown", False),
        "no_rpm": ("no rpm", False),
        "rpm_gaps": ("rpm gaps", False),
        "no_losses": ("no losses", False),
        "no_inertia": ("no inertia", False),
        "odd_mass": ("mass?", False),
        "mass_found": ("mass found", False),
        "coarse_speed": ("coarse speed", False),
        "too_coarse": ("too coarse", True),
        "dropout": ("dropout", False),
        "no_drive": ("no drive", True),
        "humidity_suspect": ("humidity?", False),
        "estimated": ("estimated", False),
        "no_estimate": ("no estimate", False),
        "offset": ("clocks", False),
        "unverified": ("unverified", False),
        "wrong_unit": ("wrong unit", False),
        "power_cut": ("power cut", False),
        "start_lost": ("start lost", True),
    }
)
"""Key: the word on the badge, and whether it is grave."""

WEATHER_MARKS: Final = frozenset(
    {
        "no_weather",
        "pressure_suspect",
        "humidity_suspect",
        "outside_validity",
        "wrong_form",
        "fuel_unknown",
    }
)
"""Marks that follow from the correction and change with it."""


def mark(key: str, why: str) -> QualityMark:
    """Make the mark of a key with its sentence."""
    word, grave = WORDS[key]
    return QualityMark(key, word, why, grave)


def with_marks(result: RunResult, *marks: QualityMark) -> RunResult:
    """Return a result with further marks, for what its samples do not tell (a power cut)."""
    have = {one.key for one in result.quality}
    fresh = tuple(one for one in marks if one.key not in have)
    return replace(result, quality=result.quality + fresh) if fresh else result
