"""Booking from the calendar, changing, and moving by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.appointments.booking import (
    Appointment,
    ResourceKind,
)
from cartech_desk.domain.appointments.calendar import Free, Waiting
from cartech_desk.domain.appointments.hours import zone_of
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Act
from cartech_desk.office.booking_errors import AskedFirst, Overlap
from cartech_desk.store.errors import Changed
from cartech_desk.ui.models.appointment_words import title
from cartech_desk.ui.models.calendar_drag import Landing
from cartech_desk.ui.models.calendar_time import instant_of
from cartech_desk.ui.widgets.calendar_booking_form import BookingForm, BookingNeeds, free_words
from cartech_desk.ui.widgets.calendar_quick_add import (
    customer_form,
    customer_pick,
    vehicle_form,
    vehicle_pick,
)
from cartech_desk.ui.widgets.calendar_view import Slot
from cartech_desk.ui.widgets.record_picker import Pick
from cartech_desk.ui.words import for_window

if TYPE_CHECKING:
    from cartech_desk.ui.pages.calendar import CalendarPage

_FOUND: Final = 12
_TOLD: Final = frozenset({"queued", "sending", "sent"})


class CalendarActs:
    """The acts of one calendar page, all of them the office's."""

    def __init__(self, page: "CalendarPage") -> None:
        self._page = page

    # Booking

    def book(self, slot: Slot | None, waiting: Waiting | None = None) -> None:
        """Ask for an appointment at a place, or the next whole hour of the day that is shown."""
        page = self._page
        if page.refused(Act.KEEP_RECORDS):
            return
        one = self._new(slot)
        if waiting is not None:
            one = _for_waiting(one, waiting)
        self._open_form(one, waiting.id if waiting is not None else "")

    def book_free(self, free: Free, waiting: Waiting) -> None:
        """Ask for an appointment for somebody who waits, at a time that got free."""
        if self._page.refused(Act.KEEP_RECORDS):
            return
        one = replace(
            self._new(None),
            starts=free.starts,
            bay_id=free.bay_id,
            technician_id=free.technician_id,
        )
        self._open_form(_for_waiting(one, waiting), waiting.id)

    def edit(self, one: Appointment) -> None:
        """Ask for other facts of an appointment."""
        if not self._page.refused(Act.KEEP_RECORDS):
            self._open_form(one, "")

    def _new(self, slot: Slot | None) -> Appointment:
        page = self._page
        rules = page.desk.office.rules()
        zone = zone_of(rules.zone)
        bay = technician = ""
        starts: datetime | None = None
        if slot is not None:
            starts = instant_of(slot.column.day, slot.first, zone)
            if slot.column.kind is ResourceKind.BAY:
                bay = slot.column.resource_id
            elif slot.column.kind is ResourceKind.TECHNICIAN:
                technician = slot.column.resource_id
        if starts is None:
            opened = page.view.days[0].open if page.view is not None and page.view.days else ()
            starts = opened[0].starts if opened else page.grid.now()
            now = page.grid.now()
            if starts < now:
                starts = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return Appointment(
            starts=starts,
            ends=starts + timedelta(hours=1),
            zone=rules.zone,
            buffer_after_min=rules.buffer_min,
            bay_id=bay,
            technician_id=technician,
        )

    def _open_form(self, one: Appointment, waiting_id: str) -> None:
        page = self._page
        appointments = page.desk.office.appointments

        def arrived(found: tuple[object, object]) -> None:
            services, resources = found
            needs = BookingNeeds(
                services,  # type: ignore[arg-type]
                resources,  # type: ignore[arg-type]
                zone_of(page.desk.office.rules().zone),
                self.find_customer,
                self.find_vehicle,
                self._owner_of,
                appointments.check,
                lambda typed: self._add_customer(form, typed),
                lambda typed: self._add_vehicle(form, typed),
                page.desk.office.rules().confirm,
            )
            form = BookingForm(
                one,
                needs,
                self._keeper(waiting_id),
                self._booked,
                page.acts.tell,
                drafts=page.drafts if not waiting_id else None,
                parent=page,
            )
            page.ask(form)

        page.do(lambda: (appointments.services(), appointments.resources()), arrived)

    def _keeper(self, waiting_id: str) -> Callable[[Appointment, bool, bool], object]:
        appointments, by = self._page.desk.office.appointments, self._page.acts.actor

        def keep(one: Appointment, even_so: bool, confirm: bool) -> tuple[Appointment, bool]:
            if one.id:
                return appointments.change(by, one, even_so=even_so, tell=confirm), confirm
            kept = appointments.book(
                by, one, even_so=even_so, confirm=confirm, waiting_id=waiting_id
            )
            return kept, confirm

        return keep

    def _booked(self, kept: object) -> None:
        if not isinstance(kept, tuple):
            return
        page = self._page
        one, confirm = kept
        words = f"{title(one)} is booked for {page.when_words(one)}."
        if confirm and not one.email:
            words += " Nothing was written: no e-mail address is known."
        page.acts.say(words)
        page.go_to_appointment(one)

    def find_customer(self, typed: str) -> list[Pick]:
        """Return customers that fit what was typed; runs in a thread."""
        found, _ = self._page.desk.office.customers.list(typed, limit=_FOUND)
        return [customer_pick(one) for one in found]

    def find_vehicle(self, typed: str) -> list[Pick]:
        """Return vehicles that fit what was typed; runs in a thread."""
        found, _ = self._page.desk.office.vehicles.list(typed, limit=_FOUND)
        return [vehicle_pick(one) for one in found]

    def _owner_of(self, vehicle_id: str) -> Pick | None:
        record = self._page.desk.office.vehicles.get(vehicle_id)
        return Pick(record.owner_id, record.owner) if record.owner_id else None

    def _add_customer(self, form: BookingForm, typed: str) -> None:
        page = self._page
        customer_form(
            page.desk.office.customers,
            page.acts.actor,
            typed,
            chosen=form.take_customer,
            bug=page.acts.tell,
            parent=form,
        ).open()

    def _add_vehicle(self, form: BookingForm, typed: str) -> None:
        page = self._page
        vehicle_form(
            page.desk.office.vehicles,
            page.acts.actor,
            typed,
            form.customer.chosen,
            chosen=form.take_vehicle,
            bug=page.acts.tell,
            parent=form,
        ).open()

    # Moving

    def move(self, one: Appointment, landing: Landing, *, even_so: bool = False) -> None:
        """Move what was put down; refused, the reason stands where it was put down."""
        page = self._page
        why = page.why_not(Act.KEEP_RECORDS)
        if why:
            page.grid.refuse(why)
            return
        appointments, by = page.desk.office.appointments, page.acts.actor

        def work() -> Appointment:
            return appointments.move(
                by,
                one.id,
                one.version,
                starts=landing.starts,
                ends=landing.ends,
                bay_id=landing.bay_id,
                technician_id=landing.technician_id,
                even_so=even_so,
            )

        def refused(error: BaseException) -> None:
            if isinstance(error, AskedFirst):
                words = " ".join(sentence for _, sentence in error.doubts)
                page.grid.refuse(words, lambda: self.move(one, landing, even_so=True))
            elif isinstance(error, Overlap):
                page.grid.refuse(error.happened, other=self._instead(one, landing, error.next_free))
            elif isinstance(error, CarTechError):
                page.grid.refuse(for_window(error.message))
                if isinstance(error, Changed):
                    page.refresh()
            else:
                page.grid.put_back()
                page.acts.tell(error)

        page.do(work, lambda moved: self._moved(one, moved), refused)

    def _instead(
        self, one: Appointment, landing: Landing, free: Free | None
    ) -> tuple[str, Callable[[], None]] | None:
        """Return the next free time as another way, in words and as an act."""
        if free is None:
            return None
        there = replace(
            landing,
            starts=free.starts,
            ends=free.ends,
            bay_id=free.bay_id or landing.bay_id,
            technician_id=free.technician_id or landing.technician_id,
        )
        words = free_words(free, zone_of(self._page.desk.office.rules().zone))
        return f"To {words}", lambda: self.move(one, there)

    def _moved(self, before: Appointment, moved: Appointment) -> None:
        page = self._page
        page.grid.settle()
        page.go_to_appointment(moved)
        told = moved.confirmation in _TOLD and moved.starts != before.starts
        more = " The customer was written the old time: More writes the new one." if told else ""
        page.acts.say(
            f"{title(moved)} is now on {page.when_words(moved)}.{more}",
            lambda: self._move_back(before, moved),
        )

    def _move_back(self, before: Appointment, moved: Appointment) -> None:
        page = self._page
        appointments, by = page.desk.office.appointments, page.acts.actor
        page.do(
            lambda: appointments.move(
                by,
                moved.id,
                moved.version,
                starts=before.starts,
                ends=before.ends,
                bay_id=before.bay_id,
                technician_id=before.technician_id,
                even_so=True,
            ),
            page.go_to_appointment,
            page.told_and_read,
        )


def _for_waiting(one: Appointment, waiting: Waiting) -> Appointment:
    return replace(
        one,
        customer_id=waiting.customer_id,
        customer=waiting.customer,
        vehicle_id=waiting.vehicle_id,
        vehicle=waiting.vehicle,
        services=waiting.services,
        notes=waiting.notes,
        ends=None if one.starts is None else one.starts + timedelta(minutes=waiting.minutes),
    )
