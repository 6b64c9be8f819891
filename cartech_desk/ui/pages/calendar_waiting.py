"""The waiting list: who would come sooner, and whom a time that got free would suit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.appointments.booking import Service
from cartech_desk.domain.appointments.calendar import Offer, Waiting
from cartech_desk.domain.appointments.hours import instant_of, zone_of
from cartech_desk.domain.people import Act
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.ui.models.appointment_words import length
from cartech_desk.ui.models.calendar_typed import minutes_of
from cartech_desk.ui.models.record_table import Column, rows_query
from cartech_desk.ui.widgets.calendar_booking_form import free_words
from cartech_desk.ui.widgets.calendar_quick_add import customer_form, vehicle_form
from cartech_desk.ui.widgets.calendar_services import ServiceChoice
from cartech_desk.ui.widgets.calendar_side import waiting_words
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.list_dialog import ListDialog
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.widgets.record_picker import Pick, RecordPicker
from cartech_desk.ui.widgets.record_tabs import button

if TYPE_CHECKING:
    from cartech_desk.ui.pages.calendar import CalendarPage

_HOUR: Final = 60


class CalendarWaiting:
    """The acts of the waiting list of one calendar page."""

    def __init__(self, page: "CalendarPage") -> None:
        self._page = page

    def book(self, waiting: Waiting) -> None:
        """Ask for an appointment for somebody who waits, at the chosen place."""
        self._page.doing.book(self._page.grid.slot, waiting)

    def offer(self, offers: Sequence[Offer]) -> None:
        """Show whom a time that got free would suit, the longest waiting first."""
        page = self._page
        zone = zone_of(page.desk.office.rules().zone)
        columns: tuple[Column[Offer], ...] = (
            Column("who", "Waits", lambda one: _who(one.waiting), 240),
            Column("free", "Could come", lambda one: free_words(one.free, zone), 150),
            Column("more", "Needs", lambda one: waiting_words(one.waiting, zone), 300),
        )
        dialog = ListDialog(
            "The time that got free",
            "people who wait",
            columns,
            rows_query(lambda: offers, columns),
            lambda one: one.waiting.id,
            failed=page.acts.tell,
            words="These wait and would fit into it. Ask one of them, then book.",
            parent=page,
        )

        def book(one: Offer) -> None:
            dialog.accept()
            page.doing.book_free(one.free, one.waiting)

        dialog.list.opened.connect(book)
        dialog.add_row_button("Book it…", book, role="primary")
        page.ask(dialog)

    def edit(self, waiting: Waiting | None) -> None:
        """Ask for somebody who would come sooner, or change what was noted."""
        page = self._page
        if page.refused(Act.KEEP_RECORDS):
            return
        appointments = page.desk.office.appointments
        page.do(appointments.services, lambda found: self._form(waiting or Waiting(), found))

    def _form(self, one: Waiting, offered: Sequence[Service]) -> None:
        page = self._page
        appointments, by = page.desk.office.appointments, page.acts.actor
        zone = zone_of(page.desk.office.rules().zone)

        def keep(typed: Mapping[str, str]) -> Waiting:
            wrong: dict[str, str] = {}
            minutes = minutes_of(typed["minutes"])
            if minutes is None:
                wrong["minutes"] = "Write the length as in 90 or 1 h 30."
            days: dict[str, date | None] = {}
            for name in ("earliest", "latest"):
                try:
                    text = typed[name].strip()
                    days[name] = date.fromisoformat(text) if text else None
                except ValueError:
                    wrong[name] = "Write the day as in 2026-11-23."
            if wrong:
                raise FieldsRefused("waiting_refused", wrong)
            latest = days["latest"]
            return appointments.keep_waiting(
                by,
                replace(
                    one,
                    customer_id=typed["customer"],
                    vehicle_id=typed["vehicle"],
                    services=kept_services[0],
                    minutes=minutes or _HOUR,
                    earliest=_midnight(days["earliest"]),
                    latest=_midnight(None if latest is None else latest + timedelta(days=1)),
                    notes=typed["notes"],
                ),
            )

        def _midnight(day: date | None) -> datetime | None:
            return None if day is None else instant_of(day, 0, zone)

        def done(_kept: object) -> None:
            page.refresh()

        form = RecordForm(
            "Waiting list", "Keep", keep, done, page.acts.tell, drafts=page.drafts, parent=page
        )
        pickers = self._who_fields(form, one)
        services = ServiceChoice(offered, one.services)
        kept_services = [services.services]
        field = Field("What is to be done", services, error_below=True)
        field.beside.setStretch(0, 1)
        form.fields["services"] = field
        form.column.addWidget(field)
        minutes = form.line("minutes", "How long", value=length(one.minutes))

        def ticked() -> None:
            kept_services[0] = services.services
            if services.minutes:
                minutes.setText(length(services.minutes))

        services.changed.connect(ticked)
        last = None if one.latest is None else one.latest - timedelta(minutes=1)
        day = "As in 2026-11-23; empty: any day."
        form.line("earliest", "From", day, needed=False, value=_day_text(one.earliest, zone))
        form.line("latest", "Until", day, needed=False, value=_day_text(last, zone))
        form.text("notes", "Notes", "When it suits, how to be reached.", one.notes)
        if one.id:
            removed = button("Take off the list", lambda: self._remove(one, form), role="danger")
            form.column.addWidget(removed)
        form.begin()
        del pickers
        page.ask(form)

    def _who_fields(self, form: RecordForm, one: Waiting) -> tuple[RecordPicker, RecordPicker]:
        page = self._page
        office, by = page.desk.office, page.acts.actor

        def add_customer(typed: str) -> None:
            customer_form(
                office.customers, by, typed, chosen=customer.choose, bug=page.acts.tell, parent=form
            ).open()

        def add_vehicle(typed: str) -> None:
            vehicle_form(
                office.vehicles,
                by,
                typed,
                customer.chosen,
                chosen=vehicle.choose,
                bug=page.acts.tell,
                parent=form,
            ).open()

        customer = form.pick(
            "customer",
            "Customer",
            page.doing.find_customer,
            Pick(one.customer_id, one.customer) if one.customer_id else None,
            add_words="New customer…",
            add=add_customer,
        )
        vehicle = form.pick(
            "vehicle",
            "Vehicle",
            page.doing.find_vehicle,
            Pick(one.vehicle_id, one.vehicle) if one.vehicle_id else None,
            add_words="New vehicle…",
            add=add_vehicle,
        )
        return customer, vehicle

    def _remove(self, one: Waiting, form: RecordForm) -> None:
        page = self._page
        appointments, by = page.desk.office.appointments, page.acts.actor
        form.reject()

        def done(_result: None) -> None:
            page.acts.say(f"{_who(one)} waits no more.")
            page.refresh()

        page.do(
            lambda: appointments.remove_waiting(by, one.id, one.version), done, page.told_and_read
        )


def _who(one: Waiting) -> str:
    return " · ".join(filter(None, (one.customer, one.vehicle))) or "Without a name"


def _day_text(instant: datetime | None, zone: object) -> str:
    return "" if instant is None else f"{instant.astimezone(zone):%Y-%m-%d}"  # type: ignore[arg-type]
