"""The bar on top: the vehicle at hand and its job, alarms, the search, who is at the desk."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy

from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.shell.alarm_place import AlarmPlace
from cartech_desk.ui.shell.operator_button import OperatorButton
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space

if TYPE_CHECKING:
    from cartech_desk.ui.shell.job_place import JobPlace

_VEHICLE_WIDTH = 420
_ROOMY = 1100


def vehicle_words(vehicle: Vehicle | None) -> str:
    """Name a vehicle as the bar shows it: its name, then its VIN where both are known."""
    if vehicle is None:
        return "Which vehicle?"
    if vehicle.vin and vehicle.vin != vehicle.name:
        return f"{vehicle.name} · {vehicle.vin}" if vehicle.name else vehicle.vin
    return vehicle.name or vehicle.vin or ""


class TopBar(QFrame):
    """48 px: the vehicle at the left; alarms, the search and the operator at the right."""

    vehicle_pressed = Signal()
    find_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self.setFixedHeight(Size.TOP_BAR)
        self._narrow = False
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, 0, Space.M, 0)
        row.setSpacing(Space.M)
        self.vehicle = QPushButton()
        self.vehicle.setProperty("role", "quiet")
        self.vehicle.setIconSize(QSize(Size.ICON, Size.ICON))
        self.vehicle.setMaximumWidth(_VEHICLE_WIDTH)
        self.vehicle.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.vehicle.clicked.connect(self.vehicle_pressed)
        row.addWidget(self.vehicle)
        self._row = row
        self.job: JobPlace | None = None
        row.addStretch(1)
        self.alarms = AlarmPlace()
        row.addWidget(self.alarms)
        self.find = QPushButton("Ctrl+K")
        self.find.setAccessibleName("Find a page, an action, a channel, a recording or a vehicle")
        self.find.setToolTip(
            "Find a page, an action, a channel, a recording or a vehicle  (Ctrl+K)"
        )
        self.find.clicked.connect(self.find_pressed)
        row.addWidget(self.find, 0, Qt.AlignmentFlag.AlignVCenter)
        self.operator = OperatorButton()
        row.addWidget(self.operator, 0, Qt.AlignmentFlag.AlignVCenter)
        theme_changed.connect(self._tint)
        self._tint()
        self.show_vehicle(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use fewer words where there is little room."""
        super().resizeEvent(event)
        narrow = self.width() < _ROOMY
        if narrow != self._narrow:
            self._narrow = narrow
            self.find.setText("" if narrow else "Ctrl+K")
            self.alarms.be_narrow(narrow)
            self.operator.be_narrow(narrow)
            if self.job is not None:
                self.job.be_narrow(narrow)

    def add_job(self, job: "JobPlace") -> None:
        """Put the job of the vehicle at hand beside the vehicle."""
        self.job = job
        self._row.insertWidget(1, job)

    def hold(self, held: bool) -> None:
        """Let what acts rest while nobody may act; alarms and the operator stay."""
        self.vehicle.setEnabled(not held)
        self.find.setEnabled(not held)
        if self.job is not None:
            self.job.setEnabled(not held)
        self.alarms.hold(held)

    def show_vehicle(self, vehicle: Vehicle | None) -> None:
        """Show the vehicle at hand."""
        words = vehicle_words(vehicle)
        room = _VEHICLE_WIDTH - 4 * Size.ICON
        shown = self.vehicle.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room)
        self.vehicle.setText(f"{shown}  ▾")
        self.vehicle.setAccessibleName(
            "Vehicle at hand: " + (words if vehicle is not None else "none, press to name one")
        )
        self.vehicle.setToolTip("Choose or name the vehicle at hand  (Ctrl+L)")

    def _tint(self) -> None:
        self.vehicle.setIcon(icon("car", "muted"))
        self.find.setIcon(icon("search", "muted"))
