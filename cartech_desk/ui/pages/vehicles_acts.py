"""What a person does with a vehicle: the record, the odometer, modifications, photos, doubles."""

from dataclasses import replace
from typing import TYPE_CHECKING

from cartech_desk.domain.people import Act
from cartech_desk.domain.vehicles.record import (
    Attachment,
    Customer,
    Modification,
    OdometerReading,
    VehicleRecord,
)
from cartech_desk.ui.pages import vehicles_forms as forms
from cartech_desk.ui.pages.card_page import CardPage
from cartech_desk.ui.pages.customers_forms import customer_form
from cartech_desk.ui.widgets.attachment_list import open_in_viewer
from cartech_desk.ui.widgets.record_picker import Pick

if TYPE_CHECKING:
    from cartech_desk.office.vehicles import Vehicles
    from cartech_desk.store.vehicles import Vehicle
    from cartech_desk.ui.widgets.vehicle_modifications import VehicleModifications

_CURRENCY = "EUR"


class VehiclesActs(CardPage):
    """The acts; the page that shows the vehicles gives `record` and reads anew."""

    thing = "vehicle"
    record: VehicleRecord
    fitted: "VehicleModifications"

    @property
    def room(self) -> "Vehicles":
        """The office's room of vehicles."""
        return self.desk.office.vehicles

    def pick(self, row: VehicleRecord) -> Pick:
        """Return a vehicle as one is chosen in a form."""
        return forms.vehicle_pick(row)

    def read_again(self) -> None:
        """Read the vehicle in sight anew."""
        raise NotImplementedError

    # The record

    def take_at_hand(self) -> None:
        """Make the vehicle in sight the one at hand."""
        if not self.record.id or self.acts.locked:
            return
        store, number = self.desk.store, self.record.id

        def take(vehicle: "Vehicle") -> None:
            self.acts.take_vehicle(vehicle)
            self.acts.say(f"{vehicle.name} is at hand now.")

        self.do(lambda: store.vehicles.get(number), take)

    def add(self) -> None:
        """Ask for a new vehicle."""
        self._ask_record(VehicleRecord())

    def edit(self) -> None:
        """Ask for other facts of the vehicle in sight."""
        if self.record.id:
            self._ask_record(self.record)

    def _ask_record(self, record: VehicleRecord) -> None:
        if self.refused(Act.KEEP_RECORDS):
            return
        office = self.desk.office
        self.ask(
            forms.VehicleForm(
                office.vehicles,
                office.customers,
                self.acts.actor,
                record,
                done=self.kept,
                bug=self.acts.tell,
                drafts=self.drafts,
                take=self.refresh,
                add_customer=self._ask_customer,
                parent=self,
            )
        )

    def _ask_customer(self, typed: str) -> None:
        """Ask for a new customer, who owns the vehicle in the form then."""
        form = self.form
        if not isinstance(form, forms.VehicleForm):
            return
        picker, customers = form.pickers["owner_id"], self.desk.office.customers

        def chosen(customer: object) -> None:
            if isinstance(customer, Customer):
                picker.choose(forms.customer_pick(customer))

        def take(number: str) -> None:
            self.do(lambda: customers.get(number), chosen)

        customer_form(
            customers,
            self.acts.actor,
            Customer(name=typed),
            done=chosen,
            bug=self.acts.tell,
            drafts={},
            take=take,
            parent=form,
        ).open()

    def kept(self, record: object) -> None:
        """Say that a vehicle is kept, and show it."""
        if not isinstance(record, VehicleRecord):
            return
        at_hand = self.acts.vehicle
        if at_hand is not None and at_hand.id == record.id:
            self.acts.take_vehicle(replace(at_hand, name=record.name, vin=record.vin))
        self.acts.say(f"{record.name} is kept.")
        self.refresh(record.id)

    def read_from_car(self) -> None:
        """Fill in what the connected car tells of itself."""
        if not self.record.id or self.refused(Act.KEEP_RECORDS):
            return
        car = self.desk.bay.snapshot().connection.car
        vin = car.vin if car is not None else ""
        if not vin:
            self.acts.say("No car is connected that tells its VIN: connect to it first.")
            return
        vehicles, by, number = self.desk.office.vehicles, self.acts.actor, self.record.id

        def read() -> VehicleRecord:
            from cartech_desk.bay.vin_facts import vin_facts
            from cartech_desk.office.vehicles import CarRead

            facts = vin_facts(vin)
            return vehicles.read_from_car(by, number, CarRead(vin, facts.maker, facts.years))

        self.do(read, self.kept)

    def note_odometer(self) -> None:
        """Ask what the odometer shows."""
        if self.record.id and not self.refused(Act.KEEP_RECORDS):
            self.ask(
                forms.odometer_form(
                    self.desk.office.vehicles,
                    self.acts.actor,
                    self.record,
                    done=self.kept,
                    bug=self.acts.tell,
                    parent=self,
                )
            )

    def take_back_reading(self) -> None:
        """Ask which reading of the odometer was wrong."""
        record, vehicles, by = self.record, self.desk.office.vehicles, self.acts.actor
        if not record.id or self.refused(Act.KEEP_RECORDS):
            return

        def ask(readings: tuple[OdometerReading, ...]) -> None:
            if not readings:
                self.acts.say("The odometer was never read here.")
                return
            self.ask(
                forms.take_back_form(
                    vehicles,
                    by,
                    record,
                    readings,
                    done=self._reading_taken_back,
                    bug=self.acts.tell,
                    parent=self,
                )
            )

        self.do(lambda: vehicles.odometer(record.id), ask)

    def _reading_taken_back(self, _record: object) -> None:
        self._told("The reading is taken back.")

    def open_job(self) -> None:
        """Open a job for the vehicle in sight."""
        if self.record.id and not self.refused(Act.KEEP_RECORDS):
            self.acts.go_to("jobs", ("new", self.record))

    def open_limits(self) -> None:
        """Open the limits of the vehicle in sight, which is at hand then."""
        store, number = self.desk.store, self.record.id

        def opened(vehicle: "Vehicle") -> None:
            self.acts.take_vehicle(vehicle)
            self.acts.go_to("limits")

        if number and not self.acts.locked:
            self.do(lambda: store.vehicles.get(number), opened)

    def delete(self) -> None:
        """Take the vehicle off the lists; it can be put back for a moment."""
        self.take_off_the_lists(self.record.id, self.record.name)

    def join(self) -> None:
        """Ask with which other vehicle the one in sight shall be joined."""
        self.twice.join(self.record.id, self.record.name)

    # Modifications

    def modify(self) -> None:
        """Ask what was fitted."""
        self._ask_modification(Modification())

    def change_modification(self) -> None:
        """Ask for other facts of the chosen modification."""
        chosen = self.fitted.chosen()
        if chosen is not None:
            self._ask_modification(chosen)

    def _ask_modification(self, one: Modification) -> None:
        record, office, by = self.record, self.desk.office, self.acts.actor
        if not record.id or self.refused(Act.KEEP_RECORDS):
            return

        def look() -> tuple[str, Modification]:
            job = None if one.id or one.job_id else office.jobs.at_hand(record.id)
            return self.currency(), replace(one, job_id=job.id if job is not None else one.job_id)

        def ask(found: tuple[str, Modification]) -> None:
            currency, noted = found
            self.ask(
                forms.modification_form(
                    office.vehicles,
                    by,
                    record,
                    noted,
                    currency,
                    done=self._modified,
                    bug=self.acts.tell,
                    drafts=self.drafts,
                    parent=self,
                )
            )

        self.do(look, ask)

    def currency(self) -> str:
        """Return the shop's currency; blocking."""
        shop = self.desk.office.people.shop()
        return shop.currency if shop is not None else _CURRENCY

    def _modified(self, result: object) -> None:
        found = getattr(result, "recommendations", ())
        urgent = sum(one.urgent for one in found)
        if found:
            more = f", {urgent} of it before the next pull" if urgent else ""
            self.acts.say(f"It is noted. See below what to see to because of it{more}.")
        else:
            self.acts.say("It is noted.")
        self.read_again()

    def take_off(self) -> None:
        """Ask when the chosen modification was taken off."""
        one = self.fitted.chosen()
        if one is not None and not self.refused(Act.KEEP_RECORDS):
            self.ask(
                forms.take_off_form(
                    self.desk.office.vehicles,
                    self.acts.actor,
                    one,
                    done=lambda _result: self._told("It is noted that it was taken off."),
                    bug=self.acts.tell,
                    parent=self,
                )
            )

    def forget_modification(self) -> None:
        """Take back what was noted by mistake; it can be noted again for a moment."""
        one, vehicles, by = self.fitted.chosen(), self.desk.office.vehicles, self.acts.actor
        if one is None or self.refused(Act.KEEP_RECORDS):
            return

        def again() -> None:
            self.do(lambda: vehicles.modify(by, replace(one, id="", version=1)), self._modified)

        def forgotten(_none: None) -> None:
            self.acts.say("The note is taken back.", again)
            self.read_again()

        self.do(lambda: vehicles.forget_modification(by, one.id), forgotten)

    def _told(self, sentence: str) -> None:
        self.acts.say(sentence)
        self.read_again()

    # Photos and documents

    def detach(self, one: Attachment) -> None:
        """Take a photo or document away."""
        vehicles, by = self.desk.office.vehicles, self.acts.actor
        if not self.refused(Act.KEEP_RECORDS):
            self.do(
                lambda: vehicles.detach(by, one.id),
                lambda _none: self._told(f"{one.caption or one.name} is taken away."),
            )

    def open_attachment(self, one: Attachment) -> None:
        """Open a photo or document in the system's viewer."""
        vehicles = self.desk.office.vehicles

        def opened(path: object) -> None:
            if not open_in_viewer(path):  # type: ignore[arg-type]
                self.acts.say(f"No program opens it. The file is here: {path}")

        self.do(lambda: vehicles.attachment_path(one.id), opened)
