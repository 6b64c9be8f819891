"""Readiness: which self-tests are complete since codes were cleared, and in this cycle."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.fault_readiness import (
    monitor_rows,
    monitor_state,
    not_complete,
    readiness_words,
)
from cartech_desk.ui.models.fault_words import counter_words
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.fault_table import FaultTable
from cartech_desk.ui.widgets.lamp import LampLabel

_COLUMNS = ("Monitor", "Since codes were cleared", "This driving cycle", "Control unit")
_WIDTHS = (360, 260, 260, 160)


class FaultReadiness(QWidget):
    """A line that sums it up, and a row for each monitor."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = LampLabel(State.OFF, "")
        self.help = QLabel(
            "An inspection refuses a car with monitors that are not complete. Clearing codes sets "
            "all of them back; they complete by themselves while the car is driven."
        )
        self.help.setProperty("role", "help")
        self.help.setWordWrap(True)
        self.counters = QLabel()
        self.counters.setProperty("role", "muted")
        self.table = FaultTable("Readiness", _COLUMNS, _WIDTHS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.summary)
        column.addWidget(self.help)
        column.addWidget(self.counters)
        column.addWidget(self.table, 1)

    def show_scan(self, scan: FaultScan, system: UnitSystem) -> None:
        """Show this scan's."""
        rows = monitor_rows(scan)
        words = readiness_words(scan)
        left = not_complete(scan.since_clear)
        known = any(one.monitors for one in scan.since_clear)
        state = State.WARNING if left or not known else State.CONNECTED
        self.summary.show_state(state, words)
        counters = " ".join(counter_words(scan.counters, system))
        self.counters.setText(counters)
        self.counters.setVisible(bool(counters))
        self.table.setVisible(bool(rows))
        self.table.show_rows(
            [
                (row.name, monitor_state(row.since_clear), monitor_state(row.this_cycle), row.ecu)
                for row in rows
            ]
        )
