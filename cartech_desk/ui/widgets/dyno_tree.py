"""Sessions and runs as a tree: name, badge of quality, peak; any number can be overlaid."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cartech_desk.domain.dyno.run import View
from cartech_desk.store.dyno import DynoRun, DynoSession


class DynoTree(QWidget):
    """The tree. A press on a run makes it the one in front, its box lays it over the others."""

    chosen = Signal(list)
    """Ids of the runs to overlay, the one in front first."""
    rename_wanted = Signal(str)
    delete_wanted = Signal(str)
    properties_wanted = Signal(str)

    def set_runs(self, sessions: Sequence[DynoSession], runs: Sequence[DynoRun]) -> None:
        """Show these; what was open and chosen stays so."""

    def set_view(self, view: View, units: str, power_unit: str) -> None:
        """Show the peaks under this correction, in these units."""

    def choose(self, run_ids: Sequence[str]) -> None:
        """Choose these runs, the first in front."""
