"""Customers: who owns the cars and pays the jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from cartech_desk.domain.jobs.job import JobRow
from cartech_desk.domain.money import Money, total
from cartech_desk.domain.people import Act
from cartech_desk.domain.vehicles.doubles import Pair
from cartech_desk.domain.vehicles.record import Customer, VehicleRecord
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.job_words import due
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.record_table import Column, forgiving, office_query
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.pages import vehicles_forms as forms
from cartech_desk.ui.pages.customers_forms import customer_form
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.pages.record_page import RecordPage
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.customer_card import CustomerActs, CustomerCard
from cartech_desk.ui.widgets.doubles_form import DoublesForm
from cartech_desk.ui.widgets.empty_page import EmptyPage
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_picker import Pick
from cartech_desk.ui.widgets.record_tabs import button
from cartech_desk.ui.widgets.split import Split
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.office.office import Office

_WIDTHS: Final = (600, 660)
_JOBS: Final = 100
"""Jobs that a card shows; the Jobs page shows all."""

COLUMNS: Final = (
    Column[Customer]("name", "Name", lambda row: row.name or DASH, 156),
    Column[Customer]("phone", "Phone", lambda row: row.phone, 130, sorts=False),
    Column[Customer]("city", "Town", lambda row: row.city, 110),
    Column[Customer]("company", "Company", lambda row: row.company, 120),
    Column[Customer]("email", "E-mail", lambda row: row.email, 170, sorts=False),
    Column[Customer]("number", "No.", lambda row: str(row.number), 60, right=True),
)


@dataclass(frozen=True, slots=True)
class _Kept:
    customer: Customer
    vehicles: tuple[VehicleRecord, ...]
    jobs: tuple[JobRow, ...]
    total: int
    owed: Money | None


class CustomersPage(RecordPage):
    """Left every customer, right the chosen one with vehicles and jobs."""

    key = "customers"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self._reading = NewestOnly(self, acts.tell)
        self._in_sight = ""
        self.customer = Customer()
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.add_to_header(self.count, left=True)
        self.set_primary("New customer…  Ctrl+N", self.add)
        # Made from the outside in: what is put into another parent later is styled once more.
        self.pages = QStackedWidget(self)
        self.across = Split(Qt.Orientation.Horizontal, self.pages)
        self.list: RecordList[Customer] = RecordList(
            "customers",
            COLUMNS,
            forgiving(
                office_query(desk.office.customers.list),
                self.alike("customer"),
                desk.office.customers.get,
            ),
            lambda row: row.id,
            acts.tell,
            search_words="Search name, company, phone, e-mail, town or number",
            name="customers",
            layouts=desk.store.layouts,
            parent=self.across,
        )
        self.list.chosen_changed.connect(self._chosen_changed)
        self.list.listed.connect(self._listed)
        self.list.missed.connect(self._read)
        self.list.opened.connect(lambda _row: self.card.vehicle_table.setFocus())
        self.list.bar.addWidget(
            button("Twice here?", self.show_doubles, "Customers that may be one (D)")
        )
        self.card = CustomerCard(
            CustomerActs(self.edit, self.add_vehicle, self.open_job, self.join, self.delete),
            self.across,
        )
        self.card.vehicle_wanted.connect(lambda number: acts.go_to("vehicles", number))
        self.card.job_wanted.connect(lambda number: acts.go_to("jobs", number))
        self.across.setChildrenCollapsible(False)
        self.across.setHandleWidth(Space.L)
        self.across.addWidget(self.list)
        self.across.addWidget(self.card)
        self.across.setSizes(list(_WIDTHS))
        self.empty = EmptyPage(
            "Everybody who owns a car that is worked on here will be listed, with their vehicles "
            "and jobs.",
            "Enter a customer",
            self.add,
        )
        self.pages.addWidget(self.across)
        self.pages.addWidget(self.empty)
        self.body.addWidget(self.pages, 1)
        self.card.hide()
        self.rights_changed()

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

    def shown(self, what: object = None) -> None:
        """Read the list; `what` is the id of a customer."""
        self.list.refresh(what if isinstance(what, str) else "")

    def hidden(self) -> None:
        """Remember the columns."""
        self.list.keep_columns()

    # Reading

    @property
    def busy(self) -> bool:
        """Whether something is being read or done."""
        return self.list.busy or self._reading.busy or bool(self.under_way)

    def refresh(self, wanted: str = "") -> None:
        """Read the list anew, in the background."""
        self.list.refresh(wanted)

    def _listed(self) -> None:
        self.count.setText(counted(self.list.total, "customer") if self.list.total else "")
        self.pages.setCurrentWidget(self.empty if self.list.empty else self.across)
        if not self.list.total:
            self._reading.forget()
            self.customer, self._in_sight = Customer(), ""
            self.card.hide()
            self.actions_changed.emit()

    def _chosen_changed(self) -> None:
        row = self.list.chosen()
        if row is not None:
            self._show(row)
            self._read(row.id)

    def _show(self, customer: Customer) -> None:
        self.customer = customer
        self.card.show_customer(customer)
        if customer.id != self._in_sight:
            self.card.show_kept((), (), 0, None)
            self.card.no_jobs.hide()
            self.card.no_vehicles.hide()
        self._in_sight = customer.id
        self.card.show()
        self.actions_changed.emit()

    def _read(self, customer_id: str) -> None:
        office = self.desk.office
        self._reading.ask(lambda: _kept(office, customer_id), self._show_kept)

    def _show_kept(self, kept: _Kept) -> None:
        if kept.customer != self.customer:
            self._show(kept.customer)
        self.card.show_kept(kept.vehicles, kept.jobs, kept.total, kept.owed)

    def rights_changed(self) -> None:
        """Show what may be done by whoever is at the desk now."""
        why = self.why_not(Act.KEEP_RECORDS)
        self.card.show_rights(why, self.why_not(Act.DELETE))
        if self.primary is not None:
            self.primary.setEnabled(not why)
            self.primary.setToolTip(why or "Enter a customer (Ctrl+N)")

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
                done=self._done,
                bug=self.acts.tell,
                drafts=self.drafts,
                take=self.refresh,
                parent=self,
            )
        )

    def _done(self, customer: object) -> None:
        if isinstance(customer, Customer):
            self.acts.say(f"{customer.name or customer.company} is kept.")
            self.refresh(customer.id)
            self._read(customer.id)

    def add_vehicle(self) -> None:
        """Ask for a vehicle of the customer in sight."""
        customer, office = self.customer, self.desk.office
        if not customer.id or self.refused(Act.KEEP_RECORDS):
            return

        def done(record: object) -> None:
            if isinstance(record, VehicleRecord):
                self.acts.say(f"{record.name} is kept.")
                self._read(customer.id)

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
        customer, customers, by = self.customer, self.desk.office.customers, self.acts.actor
        if not customer.id or self.refused(Act.DELETE):
            return
        name = customer.name or customer.company

        def restore() -> None:
            self.do(lambda: customers.restore(by, customer.id), self._done)

        def deleted(_none: None) -> None:
            self.acts.say(f"{name} is deleted.", restore)
            self.refresh()

        self.do(lambda: customers.delete(by, customer.id), deleted)

    # Doubles

    def join(self) -> None:
        """Ask with which other customer the one in sight shall be joined."""
        if self.customer.id and not self.refused(Act.KEEP_RECORDS):
            name = self.customer.name or self.customer.company
            self._ask_join(self.customer.id, name, None)

    def show_doubles(self) -> None:
        """Show customers that may be one."""
        if not self.refused(Act.KEEP_RECORDS):
            self.do(self.desk.office.customers.doubles, self._show_pairs)

    def _show_pairs(self, pairs: tuple[Pair, ...]) -> None:
        if not pairs:
            self.acts.say("No customer seems to be here twice.")
            return
        customers, by = self.desk.office.customers, self.acts.actor

        def join(pair: Pair) -> None:
            self._ask_join(pair.id, pair.title, Pick(pair.other.id, pair.other.title), pair)

        def apart(pair: Pair) -> None:
            self.do(partial(customers.tell_apart, by, pair.id, pair.other.id), lambda _none: None)

        self.ask(DoublesForm("customer", pairs, join, apart, self))

    def _ask_join(
        self, number: str, name: str, other: Pick | None, pair: Pair | None = None
    ) -> None:
        customers, by = self.desk.office.customers, self.acts.actor
        above = self.form if isinstance(self.form, DoublesForm) else None

        def done(customer: object) -> None:
            if above is not None and pair is not None:
                above.drop(pair)
            self._done(customer)

        def find(typed: str) -> Sequence[Pick]:
            return [one for one in forms.customer_picks(customers)(typed) if one.id != number]

        form = forms.join_form(
            "customer",
            name,
            find,
            lambda other_id, reason: customers.join(by, number, other_id, reason=reason),
            other=other,
            done=done,
            bug=self.acts.tell,
            parent=above or self,
        )
        if above is None:
            self.ask(form)
        else:
            form.open()


def _kept(office: "Office", customer_id: str) -> _Kept:
    """Return what is kept of a customer; blocking."""
    customer = office.customers.get(customer_id)
    jobs, count = office.jobs.list(customer_id=customer.id, limit=_JOBS)
    unpaid, _ = office.jobs.list(customer_id=customer.id, unpaid=True, limit=_JOBS)
    owed = total(map(due, unpaid), unpaid[0].gross.currency) if unpaid else None
    return _Kept(customer, office.customers.vehicles_of(customer.id), jobs, count, owed)
