"""Runs beside each other: their curves on one axis, and what each gains over the first."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cartech_desk.reports.dyno_units import SheetUnits
from cartech_desk.reports.performance_report import Compared, PerformanceComparison
from cartech_desk.ui.models.dyno_shown import drawable_axis, shown_run
from cartech_desk.ui.models.performance_words import compared_columns
from cartech_desk.ui.models.record_table import Asked, rows_query
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.dyno_chart import DynoChart
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_tabs import button
from cartech_desk.ui.widgets.split import Split


class CompareView(QWidget):
    """Chart above, runs below; the first run is the one that others are told by."""

    removed = Signal(str)
    """The id of a run that is taken out of the comparison."""
    cleared = Signal()
    opened = Signal(str)
    """The id of a run that somebody wants to see."""

    def __init__(self, units: SheetUnits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.units = units
        self.found: PerformanceComparison | None = None
        self.range = QLabel()
        self.range.setProperty("role", "muted")
        self.warnings = QLabel()
        self.warnings.setProperty("role", "warning")
        for label in (self.range, self.warnings):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.warnings.hide()
        self.chart = DynoChart()
        self.chart.empty_words = "Runs that are compared lie over each other here."
        self.chart.set_units(units.system.value, units.power)
        self.runs: RecordList[Compared] = RecordList(
            "runs",
            compared_columns(units),
            self._read,
            lambda one: one.run.id,
            _raise,
            choose_first=False,
        )
        self.runs.search.hide()
        self.runs.opened.connect(lambda one: self.opened.emit(one.run.id))
        self.remove = button("Take out", self._remove, "Take the chosen run out of the comparison")
        self.clear = button(
            "First and last  X", self.cleared.emit, "Compare the first and the last session again"
        )
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.range, 1)
        row.addWidget(self.remove)
        row.addWidget(self.clear)
        split = Split(Qt.Orientation.Vertical)
        split.addWidget(self.chart)
        split.addWidget(self.runs)
        split.setSizes([360, 150])
        split.setStretchFactor(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(row)
        column.addWidget(self.warnings)
        column.addWidget(split, 1)
        self._by_hand(by_hand=False)

    def set_units(self, units: SheetUnits) -> None:
        """Show in these units."""
        self.units = units
        self.chart.set_units(units.system.value, units.power)
        self.runs.table.columns = compared_columns(units)
        self.runs.refresh()

    def show_comparison(self, found: PerformanceComparison, *, by_hand: bool) -> None:
        """Show runs beside each other."""
        self.found = found
        shown = [
            shown_run(one.run, one.result, name=one.label, series=place)
            for place, one in enumerate(found.runs)
        ]
        self.chart.set_axis(drawable_axis(found.axis, shown))
        self.chart.set_runs(shown)
        self.chart.fit()
        self.range.setText(_range_words(found, self.units))
        self.warnings.setText("\n".join(f"▲ {words}" for words in found.warnings))
        self.warnings.setVisible(bool(found.warnings))
        self._by_hand(by_hand=by_hand)
        self.runs.refresh()

    def show_nothing(self, words: str) -> None:
        """Show no run, and why."""
        self.found = None
        self.chart.set_runs(())
        self.range.setText(words)
        self.warnings.hide()
        self._by_hand(by_hand=False)
        self.runs.refresh()

    def _by_hand(self, *, by_hand: bool) -> None:
        self.remove.setVisible(by_hand)
        self.clear.setVisible(by_hand)

    def _read(self, asked: Asked) -> tuple[tuple[Compared, ...], int]:
        rows = () if self.found is None else self.found.runs
        found, total = rows_query(lambda: rows, self.runs.table.columns)(asked)
        return tuple(found), total

    def _remove(self) -> None:
        chosen = self.runs.chosen_id()
        if chosen:
            self.removed.emit(chosen)


def _range_words(found: PerformanceComparison, units: SheetUnits) -> str:
    if len(found.runs) < 2:
        return "One run alone: choose another session, of this vehicle or another, and press C."
    if not math.isfinite(found.low):
        return "These runs share no range: no gain can be told."
    if found.axis == "rpm":
        return f"Gains are over {found.low:,.0f} to {found.high:,.0f} rpm, which all runs share."
    low, high = (units.speed.to_shown(one) for one in (found.low, found.high))
    return f"Gains are over {low:,.0f} to {high:,.0f} {units.speed.symbol}, which all runs share."


def _raise(error: BaseException) -> None:
    raise error
