"""The questions of the Vehicles page: the record, a modification, the odometer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.fuels import fuels
from cartech_desk.domain.money import MoneyRefused, parse_money
from cartech_desk.domain.people import Actor
from cartech_desk.domain.vehicles.record import (
    Customer,
    Modification,
    ModificationType,
    OdometerReading,
    VehicleRecord,
)
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.ui.models.vehicle_words import (
    check_words,
    checked,
    made_words,
    reading_words,
    type_words,
)
from cartech_desk.ui.pages.twice_here import picks
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.widgets.record_form import Drafts, RecordForm
from cartech_desk.ui.widgets.record_picker import Pick

if TYPE_CHECKING:
    from cartech_desk.office.customers import Customers
    from cartech_desk.office.vehicles import Vehicles

Done = Callable[[object], None]
Bug = Callable[[BaseException], None]


def customer_picks(customers: "Customers") -> Callable[[str], Sequence[Pick]]:
    """Return how customers are found while one types."""
    return picks(customers, customer_pick)


def customer_pick(row: Customer) -> Pick:
    """Return a customer as it is chosen."""
    detail = " · ".join(filter(None, (row.company, row.phone, row.city, f"no. {row.number}")))
    return Pick(row.id, row.name or row.company, detail)


def vehicle_picks(vehicles: "Vehicles") -> Callable[[str], Sequence[Pick]]:
    """Return how vehicles are found while one types."""
    return picks(vehicles, vehicle_pick)


def vehicle_pick(row: VehicleRecord) -> Pick:
    """Return a vehicle as it is chosen."""
    detail = " · ".join(filter(None, (row.plate, made_words(row), row.owner)))
    return Pick(row.id, row.name, detail)


class VehicleForm(RecordForm):
    """The record of a vehicle. The VIN is checked while one types; a wrong one needs a reason."""

    restores = True

    def __init__(
        self,
        vehicles: "Vehicles",
        customers: "Customers",
        by: Actor,
        record: VehicleRecord,
        *,
        done: Done,
        bug: Bug,
        drafts: Drafts,
        take: Callable[[str], None],
        add_customer: Callable[[str], None] | None,
        parent: QWidget,
    ) -> None:
        self._vehicles, self._by, self._record = vehicles, by, record
        new = not record.id
        super().__init__(
            "New vehicle" if new else f"Vehicle {record.name}",
            "Keep the vehicle",
            self._keep,
            done,
            bug,
            drafts=drafts,
            draft=f"vehicle {record.id}" if not new else "new vehicle",
            take=take,
            parent=parent,
        )
        self._ask(customers, add_customer)
        self._check(self.lines["vin"].text())
        self.begin()

    def _ask(self, customers: "Customers", add: Callable[[str], None] | None) -> None:
        record = self._record
        self.line("plate", "Plate", needed=False, value=record.plate)
        vin = self.line("vin", "VIN", needed=False, value=record.vin or "")
        vin.textChanged.connect(self._check)
        self.check = LampLabel(State.OFF)
        self.fields["vin"].beside.addWidget(self.check)
        self.line(
            "vin_kept",
            "Why it is kept although it is wrong",
            "As an old chassis number, or as it stands in the papers.",
            needed=False,
            value=record.vin_kept,
        )
        owner = Pick(record.owner_id, record.owner) if record.owner_id else None
        self.pick("owner_id", "Owner", customer_picks(customers), owner, add_words="New…", add=add)
        self.line("make", "Make", needed=False, value=record.make)
        self.line("model", "Model", needed=False, value=record.model)
        self.line("year", "Year", needed=False, value=str(record.year or ""))
        self.line("engine", "Engine", "As 2.0 TSI, EA888.", needed=False, value=record.engine)
        known = [("", "not known"), *((key, fuel.label) for key, fuel in fuels().items())]
        self.choice("fuel", "Fuel", known, record.fuel)
        km = "" if record.odometer_km is None else str(record.odometer_km)
        self.line("odometer_km", "Odometer (km)", needed=False, value=km)
        self.line("colour", "Colour", needed=False, value=record.colour)
        self.line(
            "name",
            "Called",
            "Empty: by make, model and plate.",
            needed=False,
            value=record.name,
        )
        self.text("note", "Note", value=record.note)

    def _check(self, typed: str) -> None:
        text = typed.strip()
        if not text:
            self.check.show_state(State.OFF, "not known")
            self.show_field("vin_kept", False)
            return
        state, word, why = check_words(checked(text))
        self.check.show_state(state, word)
        self.fields["vin"].help_label.setText(why)
        self.fields["vin"].help_label.setVisible(bool(why))
        self.show_field("vin_kept", state is not State.CONNECTED)

    def _keep(self, typed: Mapping[str, str]) -> VehicleRecord:
        if "restore" in typed:
            return self._vehicles.restore(self._by, typed["restore"])
        vin = typed["vin"].strip()
        wrong: dict[str, str] = {}
        record = replace(
            self._record,
            vin=vin or None,
            vin_kept=typed["vin_kept"].strip(),
            name=typed["name"].strip(),
            plate=typed["plate"].strip(),
            owner_id=typed["owner_id"],
            make=typed["make"].strip(),
            model=typed["model"].strip(),
            year=whole_number(typed["year"], "year", wrong),
            engine=typed["engine"].strip(),
            fuel=typed["fuel"],
            odometer_km=whole_number(typed["odometer_km"], "odometer_km", wrong),
            colour=typed["colour"].strip(),
            note=typed["note"].strip(),
        )
        if wrong:
            raise FieldsRefused("vehicle_refused", wrong)
        even_so = "even_so" in typed
        if self._record.id:
            return self._vehicles.change(self._by, record, even_so=even_so)
        return self._vehicles.add(self._by, record, even_so=even_so)


def whole_number(text: str, field: str, wrong: dict[str, str]) -> int | None:
    """Return a typed whole number, None for nothing; what is none is put into `wrong`."""
    digits = "".join(text.split()).replace("\N{NARROW NO-BREAK SPACE}", "")
    if not digits:
        return None
    try:
        return int(digits)
    except ValueError:
        wrong[field] = "This is no whole number. Type digits alone."
        return None


def typed_day(text: str, field: str, wrong: dict[str, str]) -> date | None:
    """Return a typed day, None for nothing; what is none is put into `wrong`."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        wrong[field] = "This is no day. Type it as 2026-03-14."
        return None


def modification_form(
    vehicles: "Vehicles",
    by: Actor,
    vehicle: VehicleRecord,
    one: Modification,
    currency: str,
    *,
    done: Done,
    bug: Bug,
    drafts: Drafts,
    parent: QWidget,
) -> RecordForm:
    """Ask what was fitted; `one` has an id where it is noted already."""

    def keep(typed: Mapping[str, str]) -> object:
        wrong: dict[str, str] = {}
        price = None
        if typed["price"].strip():
            try:
                price = parse_money(typed["price"], currency)
            except MoneyRefused as error:
                wrong["price"] = error.message
        found = replace(
            one,
            vehicle_id=vehicle.id,
            type=ModificationType(typed["type"]),
            brand=typed["brand"].strip(),
            model=typed["model"].strip(),
            fitted=typed_day(typed["fitted"], "fitted", wrong),
            removed=typed_day(typed["removed"], "removed", wrong),
            price=price,
            done_by=typed["done_by"].strip(),
            odometer_km=whole_number(typed["odometer_km"], "odometer_km", wrong),
            note=typed["note"].strip(),
        )
        if wrong:
            raise FieldsRefused("modification_refused", wrong)
        return vehicles.modify(by, found)

    form = RecordForm(
        f"Fitted to {vehicle.name}" if not one.id else f"Modification of {vehicle.name}",
        "Keep the modification",
        keep,
        done,
        bug,
        drafts=drafts,
        draft=f"modification {one.id or vehicle.id}",
        parent=parent,
    )
    kinds = [(kind.value, type_words(kind)) for kind in ModificationType]
    form.choice("type", "What", kinds, one.type.value)
    form.line("brand", "Brand", needed=False, value=one.brand)
    form.line("model", "Model", needed=False, value=one.model)
    fitted = one.fitted if one.id else one.fitted or date.today()
    form.line("fitted", "Fitted on", "As 2026-03-14.", needed=False, value=str(fitted or ""))
    form.line("removed", "Taken off on", needed=False, value=str(one.removed or ""))
    form.show_field("removed", bool(one.id))
    km = one.odometer_km if one.id else vehicle.odometer_km
    form.line("odometer_km", "Odometer (km)", needed=False, value="" if km is None else str(km))
    price = "" if one.price is None else str(one.price.major)
    form.line("price", f"Price ({currency})", needed=False, value=price)
    form.line("done_by", "Fitted by", needed=False, value=one.done_by or by.name)
    form.text("note", "Note", value=one.note)
    form.begin()
    return form


def take_off_form(
    vehicles: "Vehicles", by: Actor, one: Modification, *, done: Done, bug: Bug, parent: QWidget
) -> RecordForm:
    """Ask when something was taken off."""

    def keep(typed: Mapping[str, str]) -> object:
        wrong: dict[str, str] = {}
        day = typed_day(typed["removed"], "removed", wrong)
        if wrong:
            raise FieldsRefused("modification_refused", wrong)
        return vehicles.take_off(by, one.id, day=day, reason=typed["reason"].strip())

    form = RecordForm(
        f"{type_words(one.type)} taken off", "It was taken off", keep, done, bug, parent=parent
    )
    form.line("removed", "Taken off on", "As 2026-03-14.", value=str(date.today()))
    form.line("reason", "Why", "May stay empty.", needed=False)
    form.begin()
    return form


def odometer_form(
    vehicles: "Vehicles",
    by: Actor,
    vehicle: VehicleRecord,
    *,
    done: Done,
    bug: Bug,
    parent: QWidget,
) -> RecordForm:
    """Ask what the odometer shows; a reading that goes back needs its reason."""

    def keep(typed: Mapping[str, str]) -> object:
        wrong: dict[str, str] = {}
        km = whole_number(typed["km"], "km", wrong)
        if wrong or km is None:
            raise FieldsRefused("odometer_refused", wrong or {"km": "Type what it shows."})
        return vehicles.note_odometer(by, vehicle.id, km, reason=typed["reason"].strip())

    form = RecordForm(
        f"Odometer of {vehicle.name}", "Note the reading", keep, done, bug, parent=parent
    )
    before = "" if vehicle.odometer_km is None else f"It showed {vehicle.odometer_km} km before."
    form.line("km", "It shows (km)", before)
    form.line("reason", "Why it is less than before", "Only where it is.", needed=False)
    form.begin()
    return form


def take_back_form(
    vehicles: "Vehicles",
    by: Actor,
    vehicle: VehicleRecord,
    readings: Sequence[OdometerReading],
    *,
    done: Done,
    bug: Bug,
    parent: QWidget,
) -> RecordForm:
    """Ask which reading the odometer never showed; the newest of the others stands then."""

    def keep(typed: Mapping[str, str]) -> object:
        reason = typed["reason"].strip()
        return vehicles.take_back_reading(by, vehicle.id, typed["reading"], reason=reason)

    form = RecordForm(
        f"Take back a reading of {vehicle.name}",
        "Take it back",
        keep,
        done,
        bug,
        words="For a reading that was noted wrong. The newest of the others stands in the record "
        "then; the audit log keeps what was taken back.",
        parent=parent,
    )
    form.choice("reading", "Which reading", [(one.id, reading_words(one)) for one in readings])
    form.line("reason", "Why", "May stay empty.", needed=False)
    form.begin()
    return form
