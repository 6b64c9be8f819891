"""The calendar: bookings, hours, waiting list, others' calendars."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus
from cartech_desk.domain.appointments.calendar import CalendarView, Check
from cartech_desk.domain.appointments.hours import OpenDay, day_of, zone_of
from cartech_desk.domain.appointments.letters import Letter, LetterKind
from cartech_desk.domain.clock import utc_now
from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.booking_errors import AskedFirst, StatusRefused
from cartech_desk.office.booking_going_on import GoingOn
from cartech_desk.office.booking_rules import foreign_notes, here_doubts, resolved
from cartech_desk.office.calendar_files import clashing
from cartech_desk.office.opening import Opening
from cartech_desk.store.appointments import AppointmentQuery
from cartech_desk.store.versions import same_version

if TYPE_CHECKING:
    from cartech_desk.store.store import Store

MOST_DAYS: Final = 62
"""Days of a view."""
_KINDS: Final = {
    AppointmentStatus.BOOKED: LetterKind.CONFIRMATION,
    AppointmentStatus.CANCELLED: LetterKind.CANCELLED,
}
"""What is written where a status is told of."""


class Appointments(GoingOn):
    """The calendar: bookings, hours, waiting list, others' calendars.

    `rules` gives the shop's rules of now. Thread-safe; methods may wait for the disk: not in the
    GUI thread. Acts of a person take `by`, the actor, and are audited.

    What cannot stand is refused by office.errors.FieldsRefused ("appointment_refused": "starts",
    "ends", "customer", "services", "notes", "buffers"), what overlaps by
    office.booking_errors.Overlap, what is asked about first by office.booking_errors.AskedFirst
    (again with `even_so`), an older version by store.errors.Changed.
    """

    def __init__(
        self,
        store: "Store",
        rules: Callable[[], ShopRules],
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(store, rules, wall)

    # Looking

    @property
    def usual_tax_bp(self) -> int:
        """The rate of tax of a service that has none of its own. Quick."""
        return self._rules().tax_bp

    def view(self, first: date, days: int = 1) -> CalendarView:
        """Return some days of the calendar, at most 62."""
        rules = self._rules()
        span = tuple(Opening(rules).days(first, max(1, min(days, MOST_DAYS))))
        since, until = span[0].starts, span[-1].ends
        kept = self._store.appointments
        appointments, foreign = kept.between(since, until), kept.foreign(since, until)
        return CalendarView(
            first=first,
            zone=rules.zone,
            days=span,
            resources=kept.resources(),
            appointments=appointments,
            time_off=kept.time_off(since, until),
            foreign=foreign,
            clashes=clashing(foreign, appointments),
            unfinished=kept.unfinished(since),
        )

    def list(
        self,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "starts",
        descending: bool = False,
        since: datetime | None = None,
        until: datetime | None = None,
        status: Sequence[AppointmentStatus] = (),
        resource_id: str = "",
        vehicle_id: str = "",
        customer_id: str = "",
    ) -> tuple[tuple[Appointment, ...], int]:
        """Return appointments and how many there are in all; search: customer, vehicle, notes."""
        return self._store.appointments.page(
            AppointmentQuery(
                search,
                since,
                until,
                tuple(status),
                resource_id,
                vehicle_id,
                customer_id,
                sort,
                descending,
                limit,
                offset,
            )
        )

    def get(self, appointment_id: str) -> Appointment:
        """Return an appointment by its id, a start or end of it, or "last". Errors: NotKept."""
        return self._store.appointments.get(appointment_id)

    def today(self) -> date:
        """Return the day in the shop's zone."""
        return day_of(self._wall(), zone_of(self._rules().zone))

    def open_day(self, day: date) -> OpenDay:
        """Return when the shop is open on a day, and why it is not."""
        return Opening(self._rules()).day(day)

    # Booking

    def check(self, appointment: Appointment) -> Check:
        """Say what stands against it, without booking: for a drag. Its own booking does not.

        Errors: FieldsRefused, NotKept.
        """
        rules = self._rules()
        before = self.get(appointment.id) if appointment.id else None
        wanted = resolved(appointment, rules)
        in_way = self._conflicts(self._store.appointments.conflicts(wanted))
        held = wanted.held
        return Check(
            overlaps=in_way,
            doubts=self._doubts(wanted, before, rules),
            notes=foreign_notes(
                wanted, self._store.appointments.foreign(held.starts, held.ends), rules
            ),
            next_free=self._next_for(wanted) if in_way else None,
        )

    def book(
        self,
        by: Actor,
        appointment: Appointment,
        *,
        even_so: bool = False,
        confirm: bool = False,
        waiting_id: str = "",
        reason: str = "",
    ) -> Appointment:
        """Book it; its `ends` empty: as long as its services take. Returns it as kept.

        `confirm` writes the confirmation in the same transaction, where the customer has an
        address (`confirmation` tells); `waiting_id` is whom of the waiting list it was booked
        for, who leaves the list with it.
        """
        require(by, Act.KEEP_RECORDS)
        rules = self._rules()
        wanted = resolved(replace(appointment, id="", carried_from=""), rules)
        why = self._asked(wanted, None, rules, even_so=even_so, reason=reason)

        def letter(kept: Appointment, withdrawn: bool) -> tuple[str, Letter] | None:
            del withdrawn
            return self._letter(LetterKind.CONFIRMATION, kept) if confirm else None

        with self._overlaps_told(wanted):
            kept = self._store.appointments.book(
                wanted, by, letter=letter, waiting_id=waiting_id, reason=why, even_so=even_so
            )
        self.write_subscription()
        return kept

    def change(
        self,
        by: Actor,
        appointment: Appointment,
        *,
        even_so: bool = False,
        tell: bool = False,
        reason: str = "",
    ) -> Appointment:
        """Keep its new facts; status, job and what it goes on with stay as they are.

        `tell` writes to the customer. What was written and has not gone yet is written anew.
        """
        require(by, Act.KEEP_RECORDS)
        rules = self._rules()
        before = self.get(appointment.id)
        wanted = resolved(
            replace(
                appointment,
                status=before.status,
                job_id=before.job_id,
                uid=before.uid,
                carried_from=before.carried_from,
                sequence=before.sequence + 1,
            ),
            rules,
        )
        why = self._asked(wanted, before, rules, even_so=even_so, reason=reason)
        with self._overlaps_told(wanted):
            kept = self._store.appointments.change(
                wanted,
                by,
                letter=self._telling(before, tell=tell),
                reason=why,
                even_so=even_so,
            )
        self.write_subscription()
        return kept

    def move(
        self,
        by: Actor,
        appointment_id: str,
        version: int,
        *,
        starts: datetime | None = None,
        ends: datetime | None = None,
        bay_id: str | None = None,
        technician_id: str | None = None,
        even_so: bool = False,
        tell: bool = False,
    ) -> Appointment:
        """Move, resize or reassign it; `starts` alone keeps its length. For a drag."""
        before = self.get(appointment_id)
        if starts is not None and ends is None and before.starts and before.ends:
            ends = starts + (before.ends - before.starts)
        moved = replace(
            before,
            version=version,
            starts=starts or before.starts,
            ends=ends or before.ends,
            bay_id=before.bay_id if bay_id is None else bay_id,
            technician_id=before.technician_id if technician_id is None else technician_id,
        )
        return self.change(by, moved, even_so=even_so, tell=tell)

    def set_status(
        self,
        by: Actor,
        appointment_id: str,
        status: AppointmentStatus,
        *,
        version: int | None = None,
        tell: bool = False,
        even_so: bool = False,
        note: str = "",
    ) -> Appointment:
        """Change where it stands, by domain.appointments.status; one that is back is checked.

        That the car is here is asked about on a day for which it is not booked.
        One that has a job stands where its job stands: that one is changed, and this follows.
        Errors: StatusRefused, Overlap, AskedFirst, Changed; AboveApproval as `Jobs.set_status`.
        """
        require(by, Act.KEEP_RECORDS)
        before = self.get(appointment_id)
        self._may_stand(before, status)
        back = replace(before, status=status)
        if status is AppointmentStatus.BOOKED and not before.holds:
            # It comes back as one that is booked anew: what speaks against it now is asked about.
            note = self._asked(back, None, self._rules(), even_so=even_so, reason=note)
        here = here_doubts(before, status, self._rules(), self._wall())
        if not before.holds and status is not AppointmentStatus.BOOKED:
            here += self._car_doubts(back, before)  # it was let go, and its car comes all the same
        if here and not even_so:
            raise AskedFirst(here)
        if before.job_id:
            return self._job_set(
                by, before, status, version=version, tell=tell, even_so=even_so, note=note
            )
        wanted = replace(
            before,
            status=status,
            version=before.version if version is None else version,
            sequence=before.sequence + 1,
        )

        unsaid = self._store.mail.unsaid(before.id)

        def letter(kept: Appointment, withdrawn: bool) -> tuple[str, Letter] | None:
            if status is AppointmentStatus.CANCELLED:
                return self._letter(LetterKind.CANCELLED, kept) if tell else None
            again = (withdrawn or unsaid) and status is AppointmentStatus.BOOKED
            return self._letter(LetterKind.CONFIRMATION, kept) if again or tell else None

        with self._overlaps_told(wanted):
            kept = self._store.appointments.change(
                wanted,
                by,
                letter=letter,
                action="appointment.status",
                reason=checked_reason(note),
                even_so=even_so,
            )
        self.write_subscription()
        return kept

    def _job_set(
        self,
        by: Actor,
        before: Appointment,
        status: AppointmentStatus,
        *,
        version: int | None,
        tell: bool,
        even_so: bool,
        note: str,
    ) -> Appointment:
        """Change where the job of an appointment stands, which this follows; see `set_status`."""
        from cartech_desk.domain.jobs.job import JobStatus
        from cartech_desk.office.jobs import Jobs

        jobs = Jobs(self._store, self._rules)
        # The job as it stood before the appointment was looked at once more: what anybody changes
        # of it from here on is found by its version.
        job = jobs.get(before.job_id)
        stood = self.get(before.id)
        same_version("The appointment", stood.version, before.version)
        same_version(
            "The appointment", stood.version, stood.version if version is None else version
        )
        with self._overlaps_told(replace(stood, status=status)):
            to = JobStatus(status.value)
            jobs.set_status(job.id, to, by, note=note, version=job.version, even_so=even_so)
        self.write_subscription()
        kept = self.get(before.id)
        kind = _KINDS.get(status)
        letter = self._letter(kind, kept) if tell and kind is not None else None
        if letter is not None:
            self._store.mail.add(letter[1], letter[0], by, appointment_id=kept.id)
            kept = self.get(kept.id)
        return kept

    def delete(self, by: Actor, appointment_id: str, version: int, *, reason: str = "") -> None:
        """Delete it (Act.DELETE), as one booked by mistake; cancelling keeps it to be seen."""
        require(by, Act.DELETE)
        before = replace(self.get(appointment_id), version=version)
        if before.job_id:
            raise StatusRefused(
                "It has a job, and what was done stays.",
                kept=NOTHING_CHANGED,
                to_do="Cancel it instead.",
            )
        self._store.appointments.delete(before, by, checked_reason(reason))
        self.write_subscription()

    def unfinished(self, before: date | None = None) -> tuple[Appointment, ...]:
        """Return those from before a day (today) whose car is here and not done."""
        day = self.open_day(before or self.today())
        return self._store.appointments.unfinished(day.starts)
