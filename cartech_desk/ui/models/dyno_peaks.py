"""A run's peak as a list tells it: corrected from what is kept beside the run, or said to be raw.

Nothing is computed from samples: a list of thousands of runs is told at once.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cartech_desk.domain.dyno.corrections import factor
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Conditions, RunSetup, View
from cartech_desk.store.dyno import DynoRun
from cartech_desk.ui.models.dyno_units import DynoUnits
from cartech_desk.ui.models.value_scale import DASH, in_words

_WEATHER: Final = frozenset({Role.TEMPERATURE, Role.PRESSURE, Role.HUMIDITY})


@dataclass(frozen=True, slots=True)
class PeakWords:
    """A peak in the shown unit; `corrected` False where the run's air is not known."""

    number: str
    symbol: str
    corrected: bool
    why_not: str = ""

    @property
    def words(self) -> str:
        """Number, unit, and "raw" where it is."""
        if not self.symbol:
            return self.number
        return f"{self.number} {self.symbol}" + ("" if self.corrected else " raw")


NO_PEAK = PeakWords(DASH, "", corrected=True)


def peak_words(run: DynoRun, view: View, units: DynoUnits) -> PeakWords:
    """Return the peak power of a run under a view."""
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
    return PeakWords(number, units.power.symbol, not why_not, why_not)


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
