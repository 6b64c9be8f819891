"""The job of the vehicle at hand, in the bar on top: what the bay records now belongs to it."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QPushButton, QSizePolicy

from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size

if TYPE_CHECKING:
    from cartech_desk.domain.jobs.job import Job
    from cartech_desk.store.vehicles import Vehicle

_AGAIN_MS: Final = 20_000
"""Jobs are opened and closed on pages and at other places."""


class JobPlace(QPushButton):
    """A press opens the job, or a new one for the vehicle; hidden while no vehicle is at hand."""

    def __init__(self, desk: DeskParts, acts: Acts) -> None:
        super().__init__()
        self._desk = desk
        self._acts = acts
        self._job: Job | None = None
        self._vehicle: Vehicle | None = None
        self._narrow = False
        self._work = NewestOnly(self, acts.tell)
        self.setProperty("role", "quiet")
        self.setIconSize(QSize(Size.ICON, Size.ICON))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda _checked=False: self._press())
        self.again = QTimer(self)
        self.again.setInterval(_AGAIN_MS)
        self.again.timeout.connect(self.refresh)
        acts.vehicle_changed.connect(lambda _vehicle: self.refresh())
        acts.page_wanted.connect(lambda _page, _what: self.refresh())
        acts.jobs_changed.connect(self.refresh)
        theme_changed.connect(self._tint)
        self._tint()
        self._show(None, None)

    def refresh(self) -> None:
        """Read anew which job the vehicle at hand has."""
        vehicle = self._acts.vehicle
        if vehicle is None:
            self._work.forget()
            self.again.stop()
            self._show(None, None)
            return
        self.again.start()
        office = self._desk.office

        self._work.ask(lambda: (vehicle, office.jobs.at_hand(vehicle.id)), self._arrived)

    def be_narrow(self, narrow: bool) -> None:
        """Leave the status out where there is little room."""
        self._narrow = narrow
        self._show(self._job, self._vehicle)

    def _arrived(self, found: "tuple[Vehicle, Job | None]") -> None:
        vehicle, job = found
        if self._acts.vehicle is not None and vehicle.id == self._acts.vehicle.id:
            self._show(job, vehicle)

    def _show(self, job: "Job | None", vehicle: "Vehicle | None") -> None:
        self._job, self._vehicle = job, vehicle
        self.setVisible(vehicle is not None)
        if job is None:
            self.setText("no job")
            self.setToolTip("No job is open for this vehicle: press to open one")
            self.setAccessibleName("No job is open for the vehicle at hand, press to open one")
            return
        from cartech_desk.domain.jobs.states import WORDS

        word = WORDS[job.status].lower()
        self.setText(f"job {job.number}" if self._narrow else f"job {job.number} · {word}")
        said = f"Job {job.number}, {job.title}, {word}"
        self.setToolTip(f"{said}. What the bay records of this vehicle now belongs to it.")
        self.setAccessibleName(f"{said}: press to open it")

    def _press(self) -> None:
        if self._job is not None:
            self._acts.go_to("jobs", self._job.id)
        elif self._vehicle is not None:
            from cartech_desk.domain.vehicles.record import VehicleRecord

            known = self._vehicle
            record = VehicleRecord(id=known.id, vin=known.vin, name=known.name)
            self._acts.go_to("jobs", ("new", record))

    def _tint(self) -> None:
        self.setIcon(icon("jobs", "muted"))
