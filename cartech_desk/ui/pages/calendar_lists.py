"""What the calendar is set up with, as dialogs: services, bays and technicians, time off."""

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, TypeVar

from cartech_desk.domain.appointments.booking import (
    Appointment,
    Resource,
    ResourceKind,
    Service,
)
from cartech_desk.domain.appointments.calendar import TimeOff
from cartech_desk.domain.appointments.hours import zone_of
from cartech_desk.domain.counted import agreed
from cartech_desk.domain.money import money_text
from cartech_desk.domain.people import Act
from cartech_desk.ui.models.appointment_words import length, title
from cartech_desk.ui.models.record_table import Column, newest_first, office_query, rows_query
from cartech_desk.ui.models.work_states import booking_state
from cartech_desk.ui.pages.calendar_forms import resource_form, service_form, time_off_form
from cartech_desk.ui.widgets.list_dialog import ListDialog
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.ui.pages.calendar import CalendarPage

T = TypeVar("T", Service, Resource, TimeOff)


class CalendarLists:
    """The dialogs of one calendar page."""

    def __init__(self, page: "CalendarPage") -> None:
        self._page = page

    # Finding

    def find(self) -> None:
        """Find an appointment by customer, vehicle or notes, of any day."""
        page = self._page
        columns: tuple[Column[Appointment], ...] = (
            Column("starts", "When", page.when_words, 170),
            Column("vehicle", "Vehicle", title, 210, grows=True, sorts=False),
            Column("customer", "Customer", lambda one: one.customer, 140, grows=True),
            Column(
                "status",
                "Stands",
                lambda one: booking_state(one).lamp.word,
                150,
                lamp=booking_state,
            ),
            Column("work", "To do", lambda one: one.work, 160, grows=True, sorts=False),
        )
        appointments = page.desk.office.appointments
        dialog = ListDialog(
            "Find an appointment",
            "appointments",
            columns,
            office_query(newest_first(appointments.list, "starts")),
            lambda one: one.id,
            failed=page.acts.tell,
            parent=page,
        )

        def go(one: Appointment) -> None:
            dialog.accept()
            page.go_to_appointment(one)

        dialog.list.opened.connect(go)
        dialog.add_row_button("Go there", go, role="primary")
        dialog.list.go_to_search()
        page.ask(dialog)

    # Services, bays, technicians, time off

    def services(self) -> None:
        """Show what the shop offers, with length and price."""
        page = self._page
        appointments, by = page.desk.office.appointments, page.acts.actor
        why = page.why_not(Act.RUN_SHOP)
        columns: tuple[Column[Service], ...] = (
            Column("name", "Service", lambda one: one.name, 220, grows=True),
            Column("code", "Code", lambda one: one.code, 90),
            Column("category", "Category", lambda one: one.category, 120),
            Column("minutes", "Takes", lambda one: length(one.minutes), 80, right=True),
            Column("price", "Price", lambda one: money_text(one.price), 110, right=True),
            Column("active", "", lambda one: "" if one.active else "not offered", 90),
        )
        dialog = self._dialog(
            "Services",
            "services",
            columns,
            lambda: appointments.services(active_only=False),
            "What can be booked, how long it takes and what it costs.",
        )

        def ask(one: Service | None) -> None:
            shop = page.desk.office.people.shop()
            currency = shop.currency if shop is not None else "EUR"
            form = service_form(one, appointments, by, currency, page.acts.tell, parent=dialog)
            form.accepted.connect(dialog.refresh)
            form.open()

        def remove(one: Service) -> None:
            self._removed(
                dialog, one.name, lambda: appointments.remove_service(by, one.id, one.version)
            )

        dialog.add_button("Add…", lambda: ask(None), why)
        self._show(dialog, ask, remove, why)

    def resources(self) -> None:
        """Show bays and technicians."""
        page = self._page
        appointments, by = page.desk.office.appointments, page.acts.actor
        why = page.why_not(Act.RUN_SHOP)
        columns: tuple[Column[Resource], ...] = (
            Column("kind", "Kind", lambda one: one.kind.value, 110),
            Column("name", "Name", lambda one: one.name, 260, grows=True),
            Column("place", "Place", lambda one: str(one.place + 1), 70, right=True),
            Column("active", "", lambda one: "" if one.active else "out of use", 120),
        )
        dialog = self._dialog(
            "Bays and technicians",
            "bays and technicians",
            columns,
            lambda: appointments.resources(active_only=False),
            "The columns of the calendar, in the order of their places.",
        )

        def ask(one: Resource | None, kind: ResourceKind = ResourceKind.BAY) -> None:
            people = page.desk.office.people
            page.do(
                lambda: tuple(people.list()),
                lambda found: show(
                    one or Resource(kind=kind, place=dialog.list.total),
                    [(p.id, p.name) for p in found],
                ),
            )

        def show(one: Resource, people: Sequence[tuple[str, str]]) -> None:
            form = resource_form(one, people, appointments, by, page.acts.tell, parent=dialog)
            form.accepted.connect(dialog.refresh)
            form.open()

        def remove(one: Resource) -> None:
            self._removed(
                dialog, one.name, lambda: appointments.remove_resource(by, one.id, one.version)
            )

        dialog.add_button("Add a bay…", lambda: ask(None), why)
        dialog.add_button("Add a technician…", lambda: ask(None, ResourceKind.TECHNICIAN), why)
        self._show(dialog, ask, remove, why)

    def time_off(self) -> None:
        """Show when somebody is away, or the shop is closed."""
        page = self._page
        appointments, by = page.desk.office.appointments, page.acts.actor
        zone = zone_of(page.desk.office.rules().zone)
        why = page.why_not(Act.RUN_SHOP)
        names: dict[str, str] = {"": "The whole shop"}
        columns: tuple[Column[TimeOff], ...] = (
            Column("who", "Who", lambda one: names.get(one.resource_id, ""), 170),
            Column("from", "From", lambda one: _instant(one.starts, zone), 165),
            Column("until", "Until", lambda one: _instant(one.ends, zone), 165),
            Column("words", "Why", lambda one: one.words, 200, grows=True),
        )

        def read() -> Sequence[TimeOff]:
            names.update({one.id: one.name for one in appointments.resources(active_only=False)})
            return appointments.time_off()

        dialog = self._dialog(
            "Time off",
            "time off",
            columns,
            read,
            "Nothing is booked then without a question. Weekly hours and holidays are settings of "
            "the shop.",
        )

        def ask(one: TimeOff | None) -> None:
            page.do(appointments.resources, lambda found: show(one or TimeOff(), found))

        def show(one: TimeOff, resources: Sequence[Resource]) -> None:
            form = time_off_form(
                one, resources, appointments, by, zone, told=told, bug=page.acts.tell, parent=dialog
            )
            form.accepted.connect(dialog.refresh)
            form.open()

        def told(lies_in_it: Sequence[Appointment]) -> None:
            if lies_in_it:
                first = ", ".join(title(one) for one in lies_in_it[:3])
                number = counted(len(lies_in_it), "appointment")
                stay = agreed(len(lies_in_it), "lies in it and stays", "lie in it and stay")
                dialog.said.setText(f"▲ {number} {stay} booked: {first}.")
                dialog.said.show()
            page.refresh()

        def remove(one: TimeOff) -> None:
            self._removed(
                dialog, "It", lambda: appointments.remove_time_off(by, one.id, one.version)
            )

        dialog.add_button("Add…", lambda: ask(None), why)
        self._show(dialog, ask, remove, why)

    def _dialog(
        self,
        title: str,
        things: str,
        columns: Sequence[Column[T]],
        read: Callable[[], Sequence[T]],
        words: str,
    ) -> ListDialog[T]:
        """Make the dialog of one of the lists."""
        page = self._page
        return ListDialog(
            title,
            things,
            columns,
            rows_query(read, columns),
            lambda one: one.id,
            failed=page.acts.tell,
            words=words,
            parent=page,
        )

    def _show(
        self,
        dialog: ListDialog[T],
        ask: Callable[[T], None],
        remove: Callable[[T], None],
        why: str,
    ) -> None:
        """Let a row be changed and removed, and open the dialog; `why` says why not."""
        if not why:
            dialog.list.opened.connect(ask)
        dialog.add_row_button("Change…", ask, why)
        dialog.add_row_button("Remove…", remove, why)
        self._page.ask(dialog)

    def _removed(self, dialog: "ListDialog[Any]", name: str, work: Callable[[], None]) -> None:
        """Ask by naming the thing, then remove it; a refusal stands in the question."""
        page = self._page

        def done(_result: object) -> None:
            page.acts.say(f"{name} is removed.")
            dialog.refresh()
            page.refresh()

        form = RecordForm(
            f"Remove {name}?",
            "Remove",
            lambda _typed: work(),
            done,
            page.acts.tell,
            words="Appointments keep what they agreed.",
            parent=dialog,
        )
        form.take.setProperty("role", "danger")
        form.begin()
        form.open()


def _instant(at: datetime | None, zone: tzinfo) -> str:
    if at is None:
        return ""
    local = at.astimezone(zone)
    return f"{local:%a %Y-%m-%d %H:%M}"
