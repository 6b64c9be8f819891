"""The calendar's files and mail: others' calendars, the export, the outbox."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFileDialog, QLabel

from cartech_desk.domain.appointments.calendar import CalendarImport, ForeignCalendar
from cartech_desk.domain.appointments.hours import zone_of
from cartech_desk.domain.appointments.outbox import Mail, MailState
from cartech_desk.domain.counted import agreed
from cartech_desk.domain.people import Act
from cartech_desk.ui.models.appointment_words import span, title
from cartech_desk.ui.models.record_table import Column, newest_first, office_query, rows_query
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.widgets.list_dialog import ListDialog
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.widgets.record_tabs import plain_label
from cartech_desk.ui.words import counted, local_time

if TYPE_CHECKING:
    from cartech_desk.ui.pages.calendar import CalendarPage

_MAILS: Final[Mapping[MailState, tuple[State, str]]] = {
    MailState.QUEUED: (State.CONNECTING, "waits"),
    MailState.SENDING: (State.CONNECTING, "is being sent"),
    MailState.SENT: (State.CONNECTED, "sent"),
    MailState.FAILED: (State.TRIP, "failed"),
    MailState.CANCELLED: (State.OUT_OF_SERVICE, "withdrawn"),
}
_SHOWN: Final = 8
_KIND: Final = "Calendars (*.ics)"


class CalendarFiles:
    """Import, export and mail of one calendar page; tests replace `ask_path` and `ask_save`."""

    def __init__(self, page: "CalendarPage") -> None:
        self._page = page
        self.ask_path: Callable[[], Path | None] = self._ask_path
        self.ask_save: Callable[[str], Path | None] = self._ask_save

    # Others' calendars

    def calendars(self) -> None:
        """Show the calendars of others that are kept beside ours."""
        page = self._page
        appointments, by = page.desk.office.appointments, page.acts.actor
        why = page.why_not(Act.KEEP_RECORDS)
        columns: tuple[Column[ForeignCalendar], ...] = (
            Column("name", "Calendar", lambda one: one.name, 200),
            Column("events", "Events", lambda one: str(one.events), 80, right=True),
            Column("imported", "Imported", lambda one: local_time(one.imported), 140),
            Column("file", "File", lambda one: one.file, 260),
        )
        dialog = ListDialog(
            "Others' calendars",
            "calendars",
            columns,
            rows_query(appointments.calendars, columns),
            lambda one: one.id,
            failed=page.acts.tell,
            words="Shown beside our appointments and never in their way; what lies at the same "
            "time is marked. A calendar that is imported again under its name is replaced.",
            parent=page,
        )

        def done(words: str) -> None:
            page.acts.say(words)
            dialog.refresh()
            page.refresh()

        def remove(one: ForeignCalendar) -> None:
            page.do(
                lambda: appointments.remove_calendar(by, one.id),
                lambda _done: done(f"{one.name} is removed."),
            )

        dialog.add_button("Import a file…", lambda: self.take_in(dialog, done), why)
        dialog.add_row_button("Remove", remove, why)
        page.ask(dialog)

    def take_in(self, dialog: "ListDialog[ForeignCalendar]", done: Callable[[str], None]) -> None:
        """Read a file, show what is in it, and keep it once that is confirmed."""
        page = self._page
        path = self.ask_path()
        if path is None:
            return
        appointments = page.desk.office.appointments
        page.do(
            lambda: (appointments.look_into(path), appointments.resources()),
            lambda found: self._confirm(dialog, path, found, done),
        )

    def _confirm(
        self,
        dialog: "ListDialog[ForeignCalendar]",
        path: Path,
        found: tuple[CalendarImport, tuple],  # type: ignore[type-arg]
        done: Callable[[str], None],
    ) -> None:
        page = self._page
        looked, resources = found
        appointments, by = page.desk.office.appointments, page.acts.actor

        def kept(result: object) -> None:
            if isinstance(result, CalendarImport):
                number = len(result.events)
                stand = agreed(number, "stands", "stand")
                done(f"{counted(number, 'event')} of {result.name} {stand} beside ours.")

        form = RecordForm(
            f"Import {path.name}",
            "Import",
            lambda typed: appointments.import_calendar(
                by, path, name=typed["name"], resource_id=typed["resource_id"]
            ),
            kept,
            page.acts.tell,
            words=f"{counted(len(looked.events), 'event')} can be shown.",
            parent=dialog,
        )
        form.line("name", "Name", value=looked.name or path.stem)
        options = [("", "Nobody's alone"), *((one.id, one.name) for one in resources)]
        form.choice("resource_id", "Whose it is", options)
        for words in import_words(looked, self._page):
            form.column.addWidget(words)
        form.begin()
        form.open()

    # Our calendar

    def export(self) -> None:
        """Write our appointments to an iCalendar file."""
        page = self._page
        path = None if page.refused(Act.EXPORT) else self.ask_save("calendar.ics")
        if path is None:
            return
        appointments, by, now = page.desk.office.appointments, page.acts.actor, page.grid.now()
        span_shown = page.view.span if page.view is not None else None

        def act(typed: Mapping[str, str]) -> int:
            since = until = None
            if typed["which"] == "shown" and span_shown is not None:
                since, until = span_shown.starts, span_shown.ends
            elif typed["which"] == "coming":
                since = now
            return appointments.export(
                by, path, since=since, until=until, names=typed["names"] == "yes", even_so=True
            )

        def done(number: object) -> None:
            page.acts.say(f"{counted(int(str(number)), 'appointment')} written to {path.name}.")

        form = RecordForm(
            f"Export to {path.name}", "Export", act, done, page.acts.tell, parent=page
        )
        coming = (("coming", "All to come"), ("shown", "What is shown"), ("all", "All there are"))
        form.choice("which", "Which", coming)
        named = (("yes", "by their names"), ("no", "without names, to hand on"))
        form.choice("names", "Customers", named)
        form.column.addWidget(
            plain_label(
                "muted",
                "To subscribe to the calendar from a telephone, name a subscription file in the "
                "settings of the shop: it is written anew after each change.",
            )
        )
        form.begin()
        page.ask(form)

    # Mail

    def outbox(self) -> None:
        """Show e-mails to customers and how they fare."""
        page = self._page
        mailing, by = page.desk.office.mailing, page.acts.actor
        why = page.why_not(Act.KEEP_RECORDS)
        columns: tuple[Column[Mail], ...] = (
            Column(
                "state",
                "Stands",
                lambda one: _MAILS[one.state][1],
                120,
                lamp=lambda one: _MAILS[one.state][0],
            ),
            Column("to", "To", lambda one: one.to_name or one.to_address, 150),
            Column("subject", "Subject", lambda one: one.subject, 230, grows=True),
            Column(
                "created",
                "Written",
                lambda one: local_time(one.created) if one.created else "",
                120,
            ),
            Column(
                "problem",
                "Problem",
                lambda one: one.problem,
                200,
                grows=True,
                tip=lambda one: one.problem,
            ),
        )
        dialog = ListDialog(
            "Outbox",
            "e-mails",
            columns,
            office_query(newest_first(mailing.list, "created")),
            lambda one: one.id,
            failed=page.acts.tell,
            words="E-mails leave by themselves as soon as the server is there; what waits survives "
            "a restart.",
            parent=page,
        )

        def ended(_mail: object) -> None:
            dialog.refresh()
            page.refresh()

        def fits_again(one: Mail) -> str:
            gone = one.state in (MailState.SENT, MailState.CANCELLED)
            return "It has left." if gone else ""

        dialog.add_row_button(
            "Try again now",
            lambda one: page.do(lambda: mailing.send_again(by, one.id), ended),
            why,
            fits=fits_again,
        )
        dialog.add_row_button(
            "Withdraw",
            lambda one: page.do(lambda: mailing.cancel(by, one.id), ended),
            why,
            fits=fits_again,
        )
        dialog.add_button("Mail server…", lambda: self._to_settings(dialog))
        page.ask(dialog)

    def _to_settings(self, dialog: "ListDialog[Mail]") -> None:
        dialog.accept()
        self._page.acts.go_to("settings", "server")

    def _ask_path(self) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self._page, "Import a calendar", "", _KIND)
        return Path(name) if name else None

    def _ask_save(self, proposed: str) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self._page, "Export", proposed, _KIND)
        return Path(name) if name else None


def import_words(looked: CalendarImport, page: "CalendarPage") -> list[QLabel]:
    """Say what is left out of an imported file, and what lies at the same time as ours."""
    zone = zone_of(page.desk.office.rules().zone)
    said: list[QLabel] = []
    if looked.left_out:
        said.append(plain_label("heading", f"{len(looked.left_out)} left out of the file"))
    said += [
        plain_label("muted", f"Line {line.line}, {line.what}: {line.why}")
        for line in looked.left_out[:_SHOWN]
    ]
    said += [
        plain_label("muted", f"Event {line.line}, {line.what}: {line.why}")
        for line in looked.notes[:_SHOWN]
    ]
    if looked.clashes:
        said.append(plain_label("warning", f"▲ {len(looked.clashes)} at the same time as ours"))
    for clash in looked.clashes[:_SHOWN]:
        day = clash.event.starts.astimezone(zone)
        when = f"{day:%a} {day.day} {day:%b} {span(clash.event.starts, clash.event.ends, zone)}"
        said.append(plain_label("muted", f"{when} {clash.event.title}: {title(clash.appointment)}"))
    return said
