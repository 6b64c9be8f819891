"""How appointments go on: states, cancelling, carrying over, their jobs and letters."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus
from cartech_desk.domain.appointments.calendar import Offer
from cartech_desk.domain.appointments.letters import Letter, LetterKind
from cartech_desk.domain.jobs.job import Job
from cartech_desk.domain.people import Act
from cartech_desk.office.booking_errors import AskedFirst
from cartech_desk.office.job_errors import AskedOfJob, JobOpenAlready
from cartech_desk.ui.models.appointment_words import title, without_job
from cartech_desk.ui.models.work_states import booking_state
from cartech_desk.ui.widgets.calendar_booking_form import even_so_words
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.widgets.record_tabs import plain_label

if TYPE_CHECKING:
    from cartech_desk.ui.pages.calendar import CalendarPage


class CalendarStates:
    """What happens to appointments that are booked; all of it is the office's."""

    def __init__(self, page: "CalendarPage") -> None:
        self._page = page

    # States

    def set_status(self, status: AppointmentStatus, one: Appointment | None = None) -> None:
        """Bring the chosen appointment into another state; cancelling asks first."""
        page = self._page
        chosen = one or page.grid.chosen
        if chosen is None or page.refused(Act.KEEP_RECORDS):
            return
        if status is AppointmentStatus.CANCELLED:
            self._cancel(chosen)
            return
        appointments, by = page.desk.office.appointments, page.acts.actor

        def act(*, even_so: bool = False) -> Appointment:
            return appointments.set_status(
                by, chosen.id, status, version=chosen.version, even_so=even_so
            )

        def refused(error: BaseException) -> None:
            if isinstance(error, AskedFirst):
                words = " ".join(sentence for _, sentence in error.doubts)
                back = status is AppointmentStatus.BOOKED
                heading = f"{title(chosen)} comes back" if back else title(chosen)
                self._ask_even_so(heading, words, act, self._status_set)
            elif isinstance(error, AskedOfJob):
                self._ask_even_so(title(chosen), error.message, act, self._status_set)
            else:
                page.told_and_read(error)

        page.do(act, self._status_set, refused)

    def _status_set(self, kept: Appointment) -> None:
        begin = " It has no job yet: J begins it." if without_job(kept) else ""
        self._page.acts.say(f"{title(kept)}: {booking_state(kept).lamp.word}.{begin}")
        self._page.go_to_appointment(kept)

    def _cancel(self, one: Appointment) -> None:
        page = self._page
        appointments, by = page.desk.office.appointments, page.acts.actor

        def act(typed: Mapping[str, str]) -> tuple[Appointment, tuple[Offer, ...]]:
            kept = appointments.set_status(
                by,
                one.id,
                AppointmentStatus.CANCELLED,
                version=one.version,
                tell=typed["tell"] == "yes",
                note=typed["note"],
            )
            return kept, appointments.offers(kept.id)

        def done(found: object) -> None:
            kept, offers = found  # type: ignore[misc]
            page.go_to_appointment(kept)
            self._offer(kept, offers)

        form = RecordForm(
            f"Cancel {title(one)}",
            "Cancel the appointment",
            act,
            done,
            page.acts.tell,
            words=f"{page.when_words(one)}. It stays to be seen; its time is free again.",
            parent=page,
        )
        form.leave.setText("Leave it")
        form.line("note", "Reason", needed=False)
        form.choice(
            "tell",
            "The customer",
            (("", "is not written to"), ("yes", "is written that it was cancelled")),
        )
        form.take.setProperty("role", "danger")
        form.begin()
        page.ask(form)

    def _offer(self, gone: Appointment, offers: tuple[Offer, ...]) -> None:
        page = self._page
        if not offers:
            page.acts.say(f"{title(gone)} is cancelled.")
            return
        page.acts.say(f"{title(gone)} is cancelled; its time suits somebody who waits.")
        page.waiting_list.offer(offers)

    def delete(self) -> None:
        """Ask whether the chosen appointment shall be deleted, as one booked by mistake."""
        page, one = self._page, self._page.grid.chosen
        if one is None or page.refused(Act.DELETE):
            return
        appointments, by = page.desk.office.appointments, page.acts.actor

        def done(_result: object) -> None:
            page.acts.say(f"{title(one)} is deleted.")
            page.refresh()

        form = RecordForm(
            f"Delete {title(one)}",
            "Delete",
            lambda typed: appointments.delete(by, one.id, one.version, reason=typed["reason"]),
            done,
            page.acts.tell,
            words=f"{page.when_words(one)}. For one that was booked by mistake; what is called off "
            "is cancelled instead.",
            parent=page,
        )
        form.line("reason", "Reason", "Stands in the audit log.", needed=False)
        form.take.setProperty("role", "danger")
        form.begin()
        page.ask(form)

    # Another day

    def carry_over(self, one: Appointment | None) -> None:
        """Book what goes on with an appointment, at the next free time of its bay."""
        page = self._page
        if one is None or page.refused(Act.KEEP_RECORDS):
            return
        appointments, by = page.desk.office.appointments, page.acts.actor

        def done(kept: Appointment) -> None:
            page.acts.say(f"{title(kept)} goes on {page.when_words(kept)}.")
            page.go_to_appointment(kept)

        def refused(error: BaseException) -> None:
            if isinstance(error, AskedFirst):
                self._ask_to_carry(one, error)
            else:
                page.told_and_read(error)

        page.do(lambda: appointments.carry_over(by, one.id), done, refused)

    def _ask_to_carry(self, one: Appointment, error: AskedFirst) -> None:
        appointments, by = self._page.desk.office.appointments, self._page.acts.actor
        self._ask_even_so(
            f"Carry {title(one)} over",
            " ".join(sentence for _, sentence in error.doubts),
            lambda *, even_so: appointments.carry_over(by, one.id, even_so=even_so),
            self._page.go_to_appointment,
        )

    def _ask_even_so(
        self,
        heading: str,
        words: str,
        act: Callable[..., Appointment],
        shown: Callable[[Appointment], None],
    ) -> None:
        """Ask whether something is done although something speaks against it."""
        page = self._page

        def done(kept: object) -> None:
            if isinstance(kept, Appointment):
                shown(kept)

        form = RecordForm(
            heading,
            "Do it even so",
            lambda _typed: act(even_so=True),
            done,
            page.acts.tell,
            words=words,
            even_so=even_so_words,
            parent=page,
        )
        form.begin()
        page.ask(form)

    # Job and letters

    def open_job(self) -> None:
        """Open the job of the chosen appointment, or begin it."""
        page, one = self._page, self._page.grid.chosen
        if one is None:
            return
        if one.job_id:
            page.acts.go_to("jobs", one.job_id)
            return
        if page.refused(Act.KEEP_RECORDS):
            return
        jobs, by = page.desk.office.jobs, page.acts.actor

        def shown(job: Job) -> None:
            page.acts.go_to("jobs", job.id)

        def refused(error: BaseException) -> None:
            if isinstance(error, JobOpenAlready):
                self._ask_for_another(one, error)
            else:
                page.told_and_read(error)

        page.do(lambda: jobs.open_from(one.id, by), shown, refused)

    def _ask_for_another(self, one: Appointment, error: JobOpenAlready) -> None:
        """Ask whether a car that has an open job gets another one of its appointment."""
        page = self._page
        jobs, by = page.desk.office.jobs, page.acts.actor

        def done(job: object) -> None:
            if isinstance(job, Job):
                page.acts.go_to("jobs", job.id)

        form = RecordForm(
            f"Job of {title(one)}",
            "Open another even so",
            lambda _typed: jobs.open_from(one.id, by, asked=True),
            done,
            page.acts.tell,
            words=error.message,
            parent=page,
        )
        form.begin()
        page.ask(form)

    def write_letter(self, kind: LetterKind) -> None:
        """Show what the customer would be written, and put it into the outbox."""
        page, one = self._page, self._page.grid.chosen
        if one is None or page.refused(Act.KEEP_RECORDS):
            return
        mailing = page.desk.office.mailing
        page.do(
            lambda: mailing.preview(kind, one.id),
            lambda letter: self._show_letter(kind, one, letter),
        )

    def _show_letter(self, kind: LetterKind, one: Appointment, letter: Letter) -> None:
        page = self._page
        mailing, by = page.desk.office.mailing, page.acts.actor

        def done(_mail: object) -> None:
            page.acts.say(f"The letter to {letter.to_address} is in the outbox.")
            page.refresh()

        form = RecordForm(
            f"To {letter.to_name or letter.to_address}",
            "Send",
            lambda _typed: mailing.write(by, kind, one.id),
            done,
            page.acts.tell,
            parent=page,
        )
        form.column.addWidget(plain_label("muted", letter.to_address))
        form.column.addWidget(plain_label("heading", letter.subject))
        form.column.addWidget(plain_label("", letter.body))
        form.begin()
        page.ask(form)
