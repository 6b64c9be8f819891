"""A customer or a vehicle added while an appointment is made: what the telephone tells, no more."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.people import Actor
from cartech_desk.domain.vehicles.record import Customer, VehicleRecord
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.widgets.record_picker import Pick

if TYPE_CHECKING:
    from cartech_desk.office.customers import Customers
    from cartech_desk.office.vehicles import Vehicles

Chosen = Callable[[Pick], None]


def customer_pick(customer: Customer) -> Pick:
    """Return how a customer stands in a picker."""
    title = customer.name or customer.company
    more = (customer.company if customer.name else "", customer.phone or customer.email)
    return Pick(customer.id, title, " · ".join(filter(None, (*more, customer.city))))


def vehicle_pick(record: VehicleRecord) -> Pick:
    """Return how a vehicle stands in a picker."""
    plate = record.plate if record.plate not in record.name else ""
    title = " · ".join(filter(None, (record.name, plate)))
    make = " ".join(filter(None, (record.make, record.model, str(record.year or ""))))
    return Pick(
        record.id, title or make or record.vin or "", ", ".join(filter(None, (make, record.owner)))
    )


def customer_form(
    customers: "Customers",
    by: Actor,
    typed: str,
    *,
    chosen: Chosen,
    bug: Callable[[BaseException], None],
    parent: QWidget,
) -> RecordForm:
    """Ask for a new customer; `typed` stands as the name, or as what it looks like."""

    def keep(words: Mapping[str, str]) -> Customer:
        return customers.add(
            by,
            Customer(
                name=words["name"],
                company=words["company"],
                phone=words["phone"],
                email=words["email"],
            ),
            even_so="even_so" in words,
        )

    def done(kept: object) -> None:
        if isinstance(kept, Customer):
            chosen(customer_pick(kept))

    def take(customer_id: str) -> None:
        chosen(customer_pick(customers.get(customer_id)))

    form = RecordForm("New customer", "Add", keep, done, bug, take=take, parent=parent)
    digits = sum(letter.isdigit() for letter in typed) > len(typed) / 2
    email = "@" in typed
    form.line("name", "Name", needed=False, value="" if digits or email else typed)
    form.line("company", "Company", needed=False)
    form.line("phone", "Telephone", needed=False, value=typed if digits and not email else "")
    form.line(
        "email", "E-mail", "For the confirmation.", needed=False, value=typed if email else ""
    )
    form.begin()
    return form


def vehicle_form(
    vehicles: "Vehicles",
    by: Actor,
    typed: str,
    owner: Pick | None,
    *,
    chosen: Chosen,
    bug: Callable[[BaseException], None],
    parent: QWidget,
) -> RecordForm:
    """Ask for a new vehicle of the customer who is chosen; `typed` stands as its plate."""

    def keep(words: Mapping[str, str]) -> VehicleRecord:
        year = words["year"].strip()
        return vehicles.add(
            by,
            VehicleRecord(
                plate=words["plate"],
                make=words["make"],
                model=words["model"],
                year=int(year) if year.isdecimal() else None,
                vin=words["vin"] or None,
                owner_id=owner.id if owner is not None else "",
            ),
            even_so="even_so" in words,
        )

    def done(kept: object) -> None:
        if isinstance(kept, VehicleRecord):
            chosen(vehicle_pick(kept))

    def take(vehicle_id: str) -> None:
        chosen(vehicle_pick(vehicles.get(vehicle_id)))

    words = f"It will belong to {owner.title}." if owner is not None else ""
    form = RecordForm("New vehicle", "Add", keep, done, bug, words=words, take=take, parent=parent)
    plate = any(letter.isdigit() for letter in typed)
    form.line("plate", "Plate", needed=False, value=typed if plate else "")
    form.line("make", "Make", needed=False, value="" if plate else typed)
    form.line("model", "Model", needed=False)
    form.line("year", "Year", needed=False)
    form.line("vin", "VIN", "May stay empty: it is read when the car is connected.", needed=False)
    form.begin()
    return form
