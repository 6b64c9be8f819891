"""The numbers at the right: peaks with their uncertainty, conditions, cursor, comparison."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.dyno.compare import Comparison, Repeatability
from cartech_desk.ui.models.dyno_shown import ShownRun


class DynoNumbers(QWidget):
    """Numbers of the run in front, and what the others gained or lost against it."""

    def set_units(self, system: str, power_unit: str) -> None:
        """Show in these units."""

    def set_runs(
        self,
        runs: Sequence[ShownRun],
        comparison: Comparison | None = None,
        repeatability: Repeatability | None = None,
    ) -> None:
        """Tell the numbers of these runs."""

    def set_cursor(self, axis: str, place: float) -> None:
        """Tell every run's values at this place of the axis (NaN: none)."""
