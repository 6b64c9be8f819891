"""A run's peak as a list tells it: corrected from what is kept beside the run, or said to be raw.

Nothing is computed from samples: a list of thousands of runs is told at once.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cartech_desk.bay.dyno_runs import UNCORRECTED
from cartech_desk.domain.dyno.corrections import factor
from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Conditions, RunSetup, View
from cartech_desk.store.dyno import DynoRun
from cartech_desk.ui.models.dyno_units import DynoUnits
from cartech_desk.ui.models.value_scale import DASH, in_words

_WEATHER: Final = frozenset({Role.TEMPERATURE, Role.PRESSURE, Role.HUMIDITY})
_AT_WHEELS: Final = "at the wheels"


@dataclass(frozen=True, slots=True)
class PeakWords:
    """A peak in the shown unit; `corrected` False where the run's air is not known.

    `note` says where it is not under the view in force: "raw", "smoothing 3", "at the wheels".
    """

    number: str
    symbol: str
    corrected: bool
    why_not: str = ""
    note: str = ""

    @property
    def words(self) -> str:
        """Number, unit, and what it is not under where it is not under the view."""
        if not self.symbol:
            return self.number
        return f"{self.number} {self.symbol} {self.note}".strip()


NO_PEAK = PeakWords(DASH, "", corrected=True)


def peak_words(run: DynoRun, view: View, units: DynoUnits) -> PeakWords:
    """Return the peak power of a run from what is kept beside it; `note` where that falls short."""
    power_kw = run.summary.peak_power_kw
    if power_kw is None:
        return NO_PEAK
    value, why_not = 1.0, ""
    if view.correction != "none":
        conditions = run.summary.conditions
        if conditions is None and not _WEATHER.intersection(run.setup.roles):
            conditions = run.setup.conditions
        if conditions is None:
            why_not = "The weather station's air is read with the run: put it in front."
        else:
            value, why_not = _factor(view.correction, conditions, _Setup(run.setup))
    number = in_words(power_kw * value * units.power.factor, units.power.decimals)
    notes: tuple[str, ...] = ("raw",) if why_not else ()
    if view.engine:
        notes += (_AT_WHEELS,)
    if view.smoothing != UNCORRECTED.smoothing:
        notes += (f"smoothing {UNCORRECTED.smoothing}",)
    return PeakWords(number, units.power.symbol, not why_not, why_not, ", ".join(notes))


@dataclass(frozen=True, slots=True)
class ResultPeak:
    """Peak power of a result, corrected [kW]; None without a pull. `why_not` where it is raw."""

    power_kw: float | None
    why_not: str

    @classmethod
    def of(cls, result: RunResult) -> "ResultPeak":
        """Take it from a result."""
        peak, made = result.peak_power, result.factor
        return cls(None if peak is None else peak.value * made.value, made.why_not)


def of_result(peak: ResultPeak, units: DynoUnits) -> PeakWords:
    """Return a peak as the numbers of the run have it too."""
    if peak.power_kw is None:
        return NO_PEAK
    number = in_words(peak.power_kw * units.power.factor, units.power.decimals)
    note = "raw" if peak.why_not else ""
    return PeakWords(number, units.power.symbol, not peak.why_not, peak.why_not, note)


class _Setup:
    """A set-up that can be a key: the same object is the same key."""

    def __init__(self, setup: RunSetup) -> None:
        self.setup = setup

    def __hash__(self) -> int:
        return id(self.setup)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Setup) and other.setup is self.setup


@lru_cache(maxsize=4096)
def _factor(correction: str, conditions: Conditions, setup: _Setup) -> tuple[float, str]:
    made = factor(correction, conditions, setup.setup)
    return made.value, made.why_not
