"""One customer: how to reach them, what they own, what was done for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cartech_desk.domain.jobs.job import JobRow
from cartech_desk.domain.money import Money, money_text
from cartech_desk.domain.vehicles.record import Customer, VehicleRecord
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.models.vehicle_words import kilometres, made_words, stamp
from cartech_desk.ui.models.work_states import JOBS, WorkState, state_words
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.elided_label import ElidedLabel
from cartech_desk.ui.widgets.fault_table import FaultTable
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.widgets.record_tabs import (
    button,
    head_card,
    menu_button,
    plain_label,
    say,
    show_choice_rights,
    show_right,
    stacked,
)
from cartech_desk.ui.widgets.split import Split
from cartech_desk.ui.words import counted

_VEHICLES: Final = ("Vehicle", "Plate", "Make, model, year", "Odometer")
_VEHICLE_WIDTHS: Final = (190, 100, 190, 100)
_JOBS: Final = ("Job", "Status", "Vehicle", "What", "Opened", "Total")
_JOB_WIDTHS: Final = (52, 144, 92, 124, 124, 92)


@dataclass(frozen=True, slots=True)
class CustomerActs:
    """What the card's buttons do."""

    edit: Callable[[], None]
    add_vehicle: Callable[[], None]
    open_job: Callable[[], None]
    join: Callable[[], None]
    delete: Callable[[], None]


class CustomerCard(QWidget):
    """Shows a customer; a vehicle or a job is opened at its own page."""

    vehicle_wanted = Signal(str)
    job_wanted = Signal(str)

    def __init__(self, acts: CustomerActs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.customer = Customer()
        self.vehicles: tuple[VehicleRecord, ...] = ()
        self.jobs: tuple[JobRow, ...] = ()
        self.name = ElidedLabel("title")
        self.number = plain_label("muted")
        self.number.setWordWrap(False)
        self.reach = plain_label()
        self.reach.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.place = plain_label("muted")
        self.note = plain_label()
        self.owed = LampLabel(State.WARNING)
        self.edit = button("Edit…  E", acts.edit)
        self.add_vehicle = button("Add a vehicle…  V", acts.add_vehicle)
        self.open_job = button("Open a job…  J", acts.open_job)
        self.more = menu_button(
            "More",
            (
                ("Join with another customer…", acts.join),
                ("Delete the customer", acts.delete),
            ),
        )
        self.vehicle_table = FaultTable(
            "Vehicles",
            _VEHICLES,
            _VEHICLE_WIDTHS,
            row_height=Size.CONTROL,
            right=(3,),
            grows=(0, 2),
        )
        self.vehicle_table.opened.connect(
            lambda place: self.vehicle_wanted.emit(self.vehicles[place].id)
        )
        self.no_vehicles = plain_label("muted", "No vehicle yet.")
        self.job_table = FaultTable(
            "Jobs", _JOBS, _JOB_WIDTHS, row_height=Size.CONTROL, right=(0, 5), grows=(3,)
        )
        self.job_table.opened.connect(lambda place: self.job_wanted.emit(self.jobs[place].id))
        self.no_jobs = plain_label("muted", "No job yet.")
        self.more_jobs = plain_label("help")
        self._lay_out()
        theme_changed.connect(self._dress)
        self._dress()

    def _lay_out(self) -> None:
        card = head_card(
            (self.name, self.number),
            (self.reach, self.place, self.note, self.owed),
            (self.open_job, self.add_vehicle, self.edit, self.more),
        )
        halves = Split(Qt.Orientation.Vertical)
        halves.setHandleWidth(Space.M)
        halves.setChildrenCollapsible(False)
        halves.addWidget(_part("Vehicles", self.no_vehicles, self.vehicle_table))
        halves.addWidget(_part("Jobs", self.no_jobs, self.job_table, self.more_jobs))
        halves.setSizes([200, 300])
        stacked(self, card, halves)

    def _dress(self) -> None:
        self.edit.setIcon(icon("pencil"))
        self.add_vehicle.setIcon(icon("car"))
        self.open_job.setIcon(icon("jobs"))

    def show_customer(self, customer: Customer) -> None:
        """Show this customer."""
        self.customer = customer
        company = f", {customer.company}" if customer.company and customer.name else ""
        self.name.say(f"{customer.name or customer.company}{company}")
        self.number.setText(f"no. {customer.number}")
        say(self.reach, "   ".join(filter(None, (customer.phone, customer.email))))
        town = " ".join(filter(None, (customer.postcode, customer.city)))
        say(self.place, ", ".join(filter(None, (customer.street, town, customer.country))))
        say(self.note, customer.note)

    def show_kept(
        self,
        vehicles: Sequence[VehicleRecord],
        jobs: Sequence[JobRow],
        total: int,
        owed: Money | None,
    ) -> None:
        """Show what they own and what was done for them, and what they owe."""
        self.vehicles, self.jobs = tuple(vehicles), tuple(jobs)
        self.vehicle_table.show_rows(
            [
                [
                    one.name,
                    one.plate or DASH,
                    made_words(one) or DASH,
                    kilometres(one.odometer_km),
                ]
                for one in vehicles
            ]
        )
        self.vehicle_table.setVisible(bool(vehicles))
        self.no_vehicles.setVisible(not vehicles)
        self.job_table.show_rows(
            [
                [
                    str(row.number),
                    (JOBS[row.status], state_words(row.status)),
                    row.plate or row.vehicle,
                    row.title,
                    stamp(row.opened),
                    money_text(row.gross),
                ]
                for row in jobs
            ]
        )
        self.job_table.setVisible(bool(jobs))
        self.no_jobs.setVisible(not jobs)
        say(
            self.more_jobs,
            f"The newest {len(jobs)} of {counted(total, 'job')}." if total > len(jobs) else "",
        )
        self.owed.setVisible(owed is not None and owed.minor > 0)
        if owed is not None and owed.minor > 0:
            self.owed.show_state(WorkState.UNPAID, f"{money_text(owed)} to be paid")
        for table in (self.vehicle_table, self.job_table):
            if table.rowCount() and not table.chosen():
                table.selectRow(0)

    def show_rights(self, why: str, why_join: str, why_delete: str) -> None:
        """Let who may change, join or delete it; each says why not."""
        show_right(self.edit, why, "Change the record (E)")
        show_right(self.add_vehicle, why, "Enter a vehicle of theirs (V)")
        show_right(self.open_job, why, "Open a job for them at the counter (J)")
        show_choice_rights(self.more, (why_join, why_delete))


def _part(words: str, *parts: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(Space.S)
    column.addWidget(plain_label("heading", words))
    for part in parts:
        column.addWidget(part, 1 if isinstance(part, FaultTable) else 0)
    column.addStretch(0)
    return made
