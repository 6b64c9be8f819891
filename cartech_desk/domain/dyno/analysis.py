"""From a raw run to its result: the one way that the live page, the tree and the sheets share."""

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.run import RawRun, RunSetup, View


def analyse(run: RawRun, setup: RunSetup, view: View) -> RunResult:
    """Return what a run comes to under a view; pure, the run is not changed.

    Never raises for what was measured: an empty, short or broken run gives a result without a
    curve and the marks of quality that say why. Errors: NoCorrection for an unknown correction.
    """
    raise NotImplementedError


def with_correction(result: RunResult, setup: RunSetup, correction: str) -> RunResult:
    """Return the same result under another correction, without computing the curve again."""
    raise NotImplementedError
