"""Booking an appointment, or changing one: who, which car, what, when, where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from cartech_desk.domain.appointments.booking import (
    Appointment,
    Resource,
    ResourceKind,
    Service,
)
from cartech_desk.domain.appointments.calendar import Check, Free
from cartech_desk.domain.errors import CarTechError
from cartech_desk.office.booking_errors import AskedFirst, Overlap
from cartech_desk.ui.models.appointment_words import span
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.calendar_services import ServiceChoice
from cartech_desk.ui.widgets.calendar_when import When
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.record_form import Drafts, RecordForm
from cartech_desk.ui.widgets.record_picker import Pick

_SETTLE_MS: Final = 200
_NOBODY: Final = ""
_NOT_SAID_YET: Final = "-"


@dataclass(frozen=True, slots=True)
class BookingNeeds:
    """What the form asks the office and the page for; the functions that find run in threads."""

    services: Sequence[Service]
    resources: Sequence[Resource]
    zone: tzinfo
    find_customer: Callable[[str], Sequence[Pick]]
    find_vehicle: Callable[[str], Sequence[Pick]]
    owner_of: Callable[[str], Pick | None]
    check: Callable[[Appointment], Check]
    add_customer: Callable[[str], None]
    add_vehicle: Callable[[str], None]
    confirms: bool = True


class BookingForm(RecordForm):
    """Books, or changes what is booked; says while one types what stands against it.

    `keep` runs in a thread with the appointment that was typed, whether it shall be done even so,
    and whether the customer is written to.
    """

    def __init__(
        self,
        appointment: Appointment,
        needs: BookingNeeds,
        keep: Callable[[Appointment, bool, bool], object],
        done: Callable[[object], None],
        bug: Callable[[BaseException], None],
        *,
        drafts: Drafts | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._appointment, self._needs, self._keep = appointment, needs, keep
        new = not appointment.id
        super().__init__(
            "Book an appointment" if new else "Change the appointment",
            "Book it" if new else "Keep it",
            self._act,
            done,
            bug,
            drafts=drafts,
            draft="booking" if new else f"booking {appointment.id}",
            even_so=even_so_words,
            parent=parent,
        )
        self._length_typed = not new
        self._checking = NewestOnly(self, lambda _error: None)
        self._next_free: Free | None = None
        self._asked = appointment
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._check)
        self._make_fields(appointment, needs)
        self.begin()
        self._check()

    def _make_fields(self, one: Appointment, needs: BookingNeeds) -> None:
        vehicle = Pick(one.vehicle_id, one.vehicle) if one.vehicle_id else None
        customer = Pick(one.customer_id, one.customer) if one.customer_id else None
        self.vehicle = self.pick(
            "vehicle",
            "Vehicle",
            needs.find_vehicle,
            vehicle,
            "Plate, VIN, name or owner.",
            add_words="New vehicle…",
            add=needs.add_vehicle,
        )
        self.customer = self.pick(
            "customer",
            "Customer",
            needs.find_customer,
            customer,
            add_words="New customer…",
            add=needs.add_customer,
        )
        self.services = ServiceChoice(needs.services, one.services)
        self._put_field("services", "What is to be done", self.services)
        starts = one.starts or datetime.now(needs.zone)
        minutes = 60
        if one.starts is not None and one.ends is not None:
            minutes = (one.ends - one.starts) // timedelta(minutes=1)
        self.when = When(needs.zone, starts, minutes)
        self._put_field("starts", "When", self.when)
        self.choice("bay", "Bay", _options(needs.resources, ResourceKind.BAY), one.bay_id)
        technicians = _options(needs.resources, ResourceKind.TECHNICIAN)
        self.choice("technician", "Technician", technicians, one.technician_id)
        pair = QHBoxLayout()
        pair.setSpacing(Space.M)
        for name in ("bay", "technician"):
            self.column.removeWidget(self.fields[name])
            pair.addWidget(self.fields[name], 1)
        self.column.addLayout(pair)
        self.text("notes", "Notes", "What the customer says, what to bring.", one.notes)
        self.confirm = QCheckBox(
            "Write a confirmation to the customer" if not one.id else "Write it to the customer"
        )
        self.confirm.setChecked(needs.confirms and not one.id)
        self.column.addWidget(self.confirm)
        self.vehicle.changed.connect(self._vehicle_chosen)
        self.services.changed.connect(self._services_changed)
        self.when.changed.connect(self._changed)
        self.when.typed_length.connect(self._note_length)
        for name in ("bay", "technician"):
            self.choices[name].currentIndexChanged.connect(lambda _index: self._changed())

    def _put_field(self, name: str, label: str, editor: QWidget) -> None:
        field = Field(label, editor, error_below=True)
        field.beside.setStretch(0, 1)
        self.fields[name] = field
        self.column.addWidget(field)

    # What was typed

    def appointment(self, typed: Mapping[str, str] | None = None) -> Appointment:
        """Return the appointment as it was typed."""
        words = self.typed() if typed is None else typed
        vehicle, customer = self.vehicle.chosen, self.customer.chosen
        return replace(
            self._appointment,
            vehicle_id=words["vehicle"],
            vehicle=vehicle.title if vehicle is not None else "",
            customer_id=words["customer"],
            customer=customer.title if customer is not None else "",
            services=self.services.services,
            starts=self.when.starts,
            ends=self.when.ends,
            bay_id=words["bay"],
            technician_id=words["technician"],
            notes=words["notes"],
        )

    def take_vehicle(self, pick: Pick) -> None:
        """Take a vehicle that was just added."""
        self.vehicle.choose(pick)

    def take_customer(self, pick: Pick) -> None:
        """Take a customer who was just added."""
        self.customer.choose(pick)

    def _note_length(self) -> None:
        self._length_typed = True

    def _vehicle_chosen(self) -> None:
        number = self.vehicle.id
        if not number or self.customer.id:
            return

        def arrived(owner: Pick | None) -> None:
            if owner is not None and not self.customer.id and self.vehicle.id == number:
                self.customer.choose(owner)

        NewestOnly(self, self._failed).ask(lambda: self._needs.owner_of(number), arrived)

    def _services_changed(self) -> None:
        self.fields["services"].show_error("")
        if not self._length_typed and self.services.minutes:
            self.when.put_length(self.services.minutes)

    def _changed(self) -> None:
        self.fields["starts"].show_error("")
        self._settle.start()

    # What stands against it

    @property
    def checking(self) -> bool:
        """Whether the office is being asked what stands against it."""
        return self._checking.busy or self._settle.isActive()

    def _check(self) -> None:
        if self.when.problem:
            self.when.say(None)
            return
        one, check = self.appointment(), self._needs.check
        # Whose it is may be said last; the time is looked at all the same.
        one = replace(one, notes=one.notes or _NOT_SAID_YET)
        self._checking.ask(lambda: check(one), self._checked)

    def _checked(self, found: Check) -> None:
        state, words = check_words(found, self._needs.zone)
        self.when.say(state, words)
        QTimer.singleShot(0, self, self._fit)

    # What it does

    def submit(self) -> None:
        """Do it, where day, time and length can be read."""
        problem = self.when.problem
        self.fields["starts"].show_error(problem)
        if problem:
            self.when.time.setFocus()
            return
        super().submit()

    def typed(self) -> dict[str, str]:
        """Return what was typed, with what the widgets of this form alone hold."""
        found = super().typed()
        return found | {"confirm": "yes" if self.confirm.isChecked() else ""}

    def _state(self) -> dict[str, str]:
        return super()._state() | {
            **self.when.typed,
            "services": "\n".join(self.services.ticked),
            "length typed": "yes" if self._length_typed else "",
        }

    def _put(self, state: Mapping[str, str]) -> None:
        super()._put(state)
        # The services come first: they put a length there.
        self.services.put(state["services"].split("\n"))
        self._length_typed = bool(state["length typed"])
        self.when.put_typed(state)
        self.confirm.setChecked(bool(state["confirm"]))

    def _act(self, typed: Mapping[str, str]) -> object:
        # Read in the GUI thread by `submit`, which made `typed`; here only the office is asked.
        return self._keep(self._asked, "even_so" in typed, typed["confirm"] == "yes")

    def _hold(self, held: bool) -> None:
        if held:
            self._asked = self.appointment()
        super()._hold(held)

    def _refused(self, error: BaseException) -> None:
        super()._refused(error)
        if isinstance(error, Overlap) and error.next_free is not None:
            free = error.next_free
            self._next_free = free
            words = f"Take the next free time: {free_words(free, self._needs.zone)}"
            self._offer([(words, self.take_next_free)])

    def take_next_free(self) -> None:
        """Take the time that was offered, and what is free then."""
        free, self._next_free = self._next_free, None
        if free is None:
            return
        self.when.put(free.starts)
        for name, number in (("bay", free.bay_id), ("technician", free.technician_id)):
            if number:
                choice = self.choices[name]
                choice.setCurrentIndex(max(0, choice.findData(number)))
        self._offer(())
        self.wrong.hide()


def even_so_words(error: CarTechError) -> str:
    """Return the words of the button that does it even so."""
    return "Do it even so" if isinstance(error, AskedFirst) else ""


def check_words(found: Check, zone: tzinfo) -> tuple[State, str]:
    """Say all that stands against a booking, by a shape and sentences."""
    said = [sentence for _, sentence in found.doubts] + list(found.notes)
    if found.overlaps:
        parts = [
            f"{each.resource.name} is taken {_span(each.appointment, zone)}."
            for each in found.overlaps[:2]
        ]
        parts += said
        if found.next_free is not None:
            parts.append(f"Free next: {free_words(found.next_free, zone)}.")
        return State.TRIP, " ".join(parts)
    if said:
        return State.WARNING, " ".join(said)
    return State.CONNECTED, "Free."


def free_words(free: Free, zone: tzinfo) -> str:
    """Name a free time: `Mon 23 Nov 10:00`."""
    local = free.starts.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def _span(one: Appointment, zone: tzinfo) -> str:
    return span(one.starts, one.ends, zone) if one.starts and one.ends else ""


def _options(resources: Sequence[Resource], kind: ResourceKind) -> list[tuple[str, str]]:
    own: list[Any] = [one for one in resources if one.kind is kind]
    return [(_NOBODY, "None yet")] + [(one.id, one.name) for one in own]
