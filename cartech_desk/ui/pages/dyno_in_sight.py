"""Computes the runs in sight under the view in force, one after the other, in the background."""

from typing import TYPE_CHECKING

from cartech_desk.bay.dyno_status import Phase
from cartech_desk.ui.background import in_background

if TYPE_CHECKING:
    from cartech_desk.domain.dyno.result import RunResult
    from cartech_desk.domain.dyno.run import View
    from cartech_desk.store.dyno import DynoRun
    from cartech_desk.ui.pages.dyno import DynoPage


class InSight:
    """Brings the tree's peaks to the view. It rests while a run is driven: that goes first."""

    def __init__(self, page: "DynoPage") -> None:
        self._page = page
        self._busy = False
        self._refused: set[tuple[str, View]] = set()

    def look(self) -> None:
        """Compute the next run in sight whose kept peak is not under the view."""
        page = self._page
        run = None if self._busy or self._driven() else self._next()
        if run is None:
            return
        runs, view = page.desk.bay.runs, page.view

        def came(result: "RunResult") -> None:
            self._busy = False
            if page.runs.get(run.id) == run:
                page.tree.show_results({run.id: result})
            self.look()

        def failed(_error: BaseException) -> None:
            # What is kept of it stays, said to be so; in front it tells why it cannot be read.
            self._busy = False
            self._refused.add((run.id, view))
            self.look()

        self._busy = True
        in_background(lambda: runs.result(run.id, view), page, came, failed)

    def _driven(self) -> bool:
        return self._page.desk.bay.snapshot().dyno.phase in (Phase.RUNNING, Phase.SAVING)

    def _next(self) -> "DynoRun | None":
        page = self._page
        for run in page.tree.in_sight():
            if (run.id, page.view) not in self._refused and page.tree.model.peaks.wanted(run):
                return run
        return None
