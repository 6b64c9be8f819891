"""The peaks of the runs in the tree: of their results under the view in force, else what is kept.

What is kept beside a run was smoothed at one level: under another it is said to be of that one,
until somebody computes the run.
"""

from collections.abc import Iterable, Mapping

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.run import View
from cartech_desk.store.dyno import DynoRun, RunEnding
from cartech_desk.ui.models.dyno_peaks import PeakWords, ResultPeak, of_result, peak_words
from cartech_desk.ui.models.dyno_units import DynoUnits, dyno_units


class TreePeaks:
    """Peaks under `view`, in `units`."""

    def __init__(self) -> None:
        self.view = View()
        self.units: DynoUnits = dyno_units("metric", "hp")
        self._found: dict[str, ResultPeak] = {}

    def set_view(self, view: View, units: DynoUnits) -> None:
        """Look so at them; what was found under another view is forgotten."""
        if view != self.view:
            self._found = {}
        self.view, self.units = view, units

    def take(self, results: Mapping[str, RunResult]) -> list[str]:
        """Take the peaks of results that are under the view; return the runs that are new."""
        fresh = {
            run_id: ResultPeak.of(result)
            for run_id, result in results.items()
            if result.view == self.view
        }
        changed = [run_id for run_id, peak in fresh.items() if self._found.get(run_id) != peak]
        self._found |= fresh
        return changed

    def forget(self, run_ids: Iterable[str]) -> None:
        """Forget runs that were changed."""
        for run_id in run_ids:
            self._found.pop(run_id, None)

    def of(self, run: DynoRun) -> PeakWords:
        """Return the peak of a run."""
        found = self._found.get(run.id)
        return (
            peak_words(run, self.view, self.units)
            if found is None
            else of_result(found, self.units)
        )

    def wanted(self, run: DynoRun) -> bool:
        """Tell whether only its result tells the peak of a run under the view."""
        if run.id in self._found or run.ending in (RunEnding.OPEN, RunEnding.NOT_RECORDED):
            return False
        return bool(peak_words(run, self.view, self.units).note)
