"""Power and torque over engine speed on equal scales, AFR and boost below on the same axis."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.ui.models.dyno_shown import ShownRun


class DynoChart(QWidget):
    """The charts of the Dyno page. Values are shown corrected, in the units set.

    `axis` is "rpm", "speed" or "time". Power and torque share one scale in hp and lb·ft (they cross
    at 5252) or each pair of units their own.
    """

    cursor_moved = Signal(float)
    """The place on the axis under the pointer, in the axis' shown unit; NaN when it left."""

    def set_units(self, system: str, power_unit: str) -> None:
        """Show in these units ("metric", …; "hp", "PS", "kW")."""

    def set_axis(self, axis: str) -> None:
        """Draw over "rpm", "speed" or "time"."""

    def set_runs(self, runs: Sequence[ShownRun]) -> None:
        """Overlay these runs; the first is the one that the numbers are about."""

    def set_live(self, result: RunResult | None) -> None:
        """Draw the run under way, as far as it has come, over all others; None: none is."""

    def set_difference(self, *, on: bool) -> None:
        """Show the difference of the first two runs on their common range."""
