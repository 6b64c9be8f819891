"""The questions of the Customers page: a customer's record."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.people import Actor
from cartech_desk.domain.vehicles.record import Customer
from cartech_desk.ui.widgets.record_form import Drafts, RecordForm

if TYPE_CHECKING:
    from cartech_desk.office.customers import Customers

_LINES = (
    ("name", "Name", "", True),
    ("company", "Company", "", False),
    ("phone", "Phone", "", False),
    ("email", "E-mail", "Confirmations of appointments go there.", False),
    ("street", "Street and number", "", False),
    ("postcode", "Postcode", "", False),
    ("city", "Town", "", False),
    ("country", "Country", "Two letters, as DE or US.", False),
    ("tax_id", "Tax number", "Stands on invoices to a company.", False),
)


def customer_form(
    customers: "Customers",
    by: Actor,
    customer: Customer,
    *,
    done: Callable[[object], None],
    bug: Callable[[BaseException], None],
    drafts: Drafts,
    take: Callable[[str], None],
    parent: QWidget,
) -> RecordForm:
    """Ask for a customer's facts; one without an id is new."""

    def keep(typed: Mapping[str, str]) -> Customer:
        changed = {name: typed[name].strip() for name, *_ in _LINES}
        found = replace(customer, note=typed["note"].strip(), **changed)  # type: ignore[arg-type]
        if customer.id:
            return customers.change(by, found)
        return customers.add(by, found, even_so="even_so" in typed)

    form = RecordForm(
        f"Customer {customer.name}" if customer.id else "New customer",
        "Keep the customer",
        keep,
        done,
        bug,
        drafts=drafts,
        draft=f"customer {customer.id}" if customer.id else "new customer",
        take=take,
        parent=parent,
    )
    for name, label, help_words, needed in _LINES:
        form.line(name, label, help_words, needed=needed, value=getattr(customer, name))
    form.text("note", "Note", value=customer.note)
    form.begin()
    return form
