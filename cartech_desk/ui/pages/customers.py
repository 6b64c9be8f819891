"""Customers: who owns the cars and pays the jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.jobs.job import JobRow
from cartech_desk.domain.money import Money, total
from cartech_desk.domain.people import Act
from cartech_desk.domain.vehicles.record import Customer, VehicleRecord
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.job_words import due
from cartech_desk.ui.models.record_table import Column
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.pages import vehicles_forms as forms
from cartech_desk.ui.pages.card_page import CardPage
from cartech_desk.ui.pages.customers_forms import customer_form
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.widgets.customer_card import CustomerActs, CustomerCard
from cartech_desk.ui.widgets.record_picker import Pick

if TYPE_CHECKING:
    from cartech_desk.office.customers import Customers
    from cartech_desk.office.office import Office

_WIDTHS: Final = (600, 660)
_JOBS: Final = 100
"""Jobs that a card shows; the Jobs page shows all."""

COLUMNS: Final = (
    Column[Customer]("name", "Name", lambda row: row.name or DASH, 156, grows=True),
    Column[Customer]("phone", "Phone", lambda row: row.phone, 130, sorts=False),
    Column[Customer]("city", "Town", lambda row: row.city, 110),
    Column[Customer]("company", "Company", lambda row: row.company, 120, grows=True),
    Column[Customer]("email", "E-mail", lambda row: row.email, 170, grows=True, sorts=False),
    Column[Customer]("number", "No.", lambda row: str(row.number), 60, right=True),
)


@dataclass(frozen=True, slots=True)
class _Kept:
    customer: Customer
    vehicles: tuple[VehicleRecord, ...]
    jobs: tuple[JobRow, ...]
    total: int
    owed: Money | None


class CustomersPage(CardPage):
    """Left every customer, right the chosen one with vehicles and jobs."""

    key = "customers"

    thing = "customer"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._in_sight = ""
        self.customer = Customer()
        self.make_list(
            COLUMNS,
            self.room.list,
            self.room.get,
            "Search name, company, phone, e-mail, town or number",
        )
        self.list.opened.connect(lambda _row: self.card.vehicle_table.setFocus())
        self.card = CustomerCard(
            CustomerActs(self.edit, self.add_vehicle, self.open_job, self.join, self.delete),
            self.across,
        )
        self.card.vehicle_wanted.connect(lambda number: acts.go_to("vehicles", number))
        self.card.job_wanted.connect(lambda number: acts.go_to("jobs", number))
        self.put_together(
            _WIDTHS,
            "Everybody who owns a car that is worked on here will be listed, with their vehicles "
            "and jobs.",
        )

    @property
    def room(self) -> "Customers":
        """The office's room of customers."""
        return self.desk.office.customers

    def pick(self, row: Customer) -> Pick:
        """Return a customer as one is chosen in a form."""
        return forms.customer_pick(row)

    # What the shell calls

    def actions(self) -> Sequence[PageAction]:
        """Return what can be done here."""
        found = [
            PageAction("New customer", self.add, "Ctrl+N", "add enter person"),
            PageAction("Search customers", self.list.go_to_search, "Ctrl+F", "find phone name"),
            PageAction("Export the list of customers", self.export_list, "Ctrl+E", "csv excel"),
            PageAction("Read the list of customers anew", self.refresh, "F5", "refresh"),
            PageAction("Customers that may be here twice", self.show_doubles, "D", "double join"),
        ]
        if self.customer.id:
            found += [
                PageAction("Open a job for the customer", self.open_job, "J", "work order"),
                PageAction("Add a vehicle of the customer", self.add_vehicle, "V", "car"),
                PageAction("Edit the customer", self.edit, "E", "change phone address"),
                PageAction("Join with another customer", self.join, "", "double merge"),
                PageAction("Delete the customer", self.delete, "", "remove"),
            ]
        return found

    # Reading

    def show_nothing(self) -> None:
        """Show that no customer is chosen."""
        self.customer, self._in_sight = Customer(), ""

    def show_record(self, customer: Customer) -> None:
        """Show this customer; vehicles and jobs arrive later."""
        self.customer = customer
        self.card.show_customer(customer)
        if customer.id != self._in_sight:
            self.card.show_kept((), (), 0, None)
            self.card.no_jobs.hide()
            self.card.no_vehicles.hide()
        self._in_sight = customer.id
        self.card.show()
        self.actions_changed.emit()

    def read(self, customer_id: str) -> None:
        """Read what is kept of a customer, in the background."""
        office = self.desk.office
        self.reading.ask(lambda: _kept(office, customer_id), self._show_kept)

    def _show_kept(self, kept: _Kept) -> None:
        if kept.customer != self.customer:
            self.show_record(kept.customer)
        self.card.show_kept(kept.vehicles, kept.jobs, kept.total, kept.owed)

    def rights_changed(self) -> None:
        """Show what may be done by whoever is at the desk now."""
        why = self.why_not(Act.KEEP_RECORDS)
        self.card.show_rights(why, self.twice.why_not_join(), self.why_not(Act.DELETE))
        self.show_primary_right(why, "Enter a customer (Ctrl+N)")

    # What a person does

    def add(self) -> None:
        """Ask for a new customer."""
        self._ask_record(Customer())

    def edit(self) -> None:
        """Ask for other facts of the customer in sight."""
        if self.customer.id:
            self._ask_record(self.customer)

    def _ask_record(self, customer: Customer) -> None:
        if self.refused(Act.KEEP_RECORDS):
            return
        self.ask(
            customer_form(
                self.desk.office.customers,
                self.acts.actor,
                customer,
                done=self.kept,
                bug=self.acts.tell,
                drafts=self.drafts,
                take=self.refresh,
                parent=self,
            )
        )

    def kept(self, customer: object) -> None:
        """Say that a customer is kept, and show them."""
        if isinstance(customer, Customer):
            self.acts.say(f"{customer.name or customer.company} is kept.")
            self.refresh(customer.id)
            self.read(customer.id)

    def add_vehicle(self) -> None:
        """Ask for a vehicle of the customer in sight."""
        customer, office = self.customer, self.desk.office
        if not customer.id or self.refused(Act.KEEP_RECORDS):
            return

        def done(record: object) -> None:
            if isinstance(record, VehicleRecord):
                self.acts.say(f"{record.name} is kept.")
                self.read(customer.id)

        self.ask(
            forms.VehicleForm(
                office.vehicles,
                office.customers,
                self.acts.actor,
                VehicleRecord(owner_id=customer.id, owner=customer.name or customer.company),
                done=done,
                bug=self.acts.tell,
                drafts={},
                take=lambda number: self.acts.go_to("vehicles", number),
                add_customer=None,
                parent=self,
            )
        )

    def open_job(self) -> None:
        """Open a job for the customer in sight."""
        if self.customer.id and not self.refused(Act.KEEP_RECORDS):
            self.acts.go_to("jobs", ("new", self.customer))

    def delete(self) -> None:
        """Take the customer off the lists; it can be put back for a moment."""
        self.take_off_the_lists(self.customer.id, self.customer.name or self.customer.company)

    def join(self) -> None:
        """Ask with which other customer the one in sight shall be joined."""
        self.twice.join(self.customer.id, self.customer.name or self.customer.company)


def _kept(office: "Office", customer_id: str) -> _Kept:
    """Return what is kept of a customer; blocking."""
    customer = office.customers.get(customer_id)
    jobs, count = office.jobs.list(customer_id=customer.id, limit=_JOBS)
    unpaid, _ = office.jobs.list(customer_id=customer.id, unpaid=True, limit=_JOBS)
    owed = total(map(due, unpaid), unpaid[0].gross.currency) if unpaid else None
    return _Kept(customer, office.customers.vehicles_of(customer.id), jobs, count, owed)
