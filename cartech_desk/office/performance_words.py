"""Who computes runs for the office, and whom of the vehicles there is to choose from."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from cartech_desk.domain.dyno.view import View
from cartech_desk.store.dyno_words import DynoRun, RunEnding

if TYPE_CHECKING:
    from cartech_desk.domain.dyno.compare import Comparison
    from cartech_desk.domain.dyno.result import RunResult


class RunReader(Protocol):
    """Who computes what a run comes to; the bay's `DynoRuns` is one."""

    def result(self, run_id: str, view: View) -> "RunResult":
        """Return what a run comes to."""

    def compare(self, a: str, b: str, view: View) -> "Comparison":
        """Compare two runs. Errors: NotComparable."""


def usable(run: DynoRun) -> bool:
    """Tell whether a run has power to be judged by."""
    return (
        not run.deleted
        and run.ending not in (RunEnding.OPEN, RunEnding.NOT_RECORDED)
        and run.summary.peak_power_kw is not None
    )


@dataclass(frozen=True, slots=True)
class DrivenVehicle:
    """A vehicle that was on the dyno, in the list to choose from; `last` its last session's day."""

    vehicle_id: str
    vehicle: str
    plate: str
    owner: str
    sessions: int
    last: date
