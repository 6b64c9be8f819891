"""What goes on with an appointment: on another day, or for somebody who waits."""

from dataclasses import replace
from datetime import datetime, timedelta

from cartech_desk.domain.appointments.booking import Appointment, ResourceKind
from cartech_desk.domain.appointments.calendar import Free, Offer
from cartech_desk.domain.appointments.free import Wanted
from cartech_desk.domain.appointments.hours import Stretch, day_of, zone_of
from cartech_desk.domain.appointments.status import UNFINISHED, WORDS
from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.office.booking_desk import AHEAD_DAYS, BookingDesk
from cartech_desk.office.booking_errors import StatusRefused
from cartech_desk.office.booking_rules import resolved
from cartech_desk.office.calendar_setup import CalendarSetup
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.opening import Opening


class GoingOn(CalendarSetup, BookingDesk):
    """Carrying over, and the waiting list's turn; a part of office.appointments.Appointments."""

    def carry_over(
        self,
        by: Actor,
        appointment_id: str,
        *,
        starts: datetime | None = None,
        minutes: int | None = None,
        even_so: bool = False,
    ) -> Appointment:
        """Book what goes on with it: at `starts`, else the next free time of its bay.

        The old one stays as what was used of the bay; the new one has its job and status.
        Errors: StatusRefused for one that is done, gone or carried over already; Overlap.
        """
        require(by, Act.KEEP_RECORDS)
        old = self._store.appointments.get(appointment_id)
        if old.status not in UNFINISHED or old.carried_to or not (old.starts and old.ends):
            stands = "goes on already" if old.carried_to else f"is {WORDS[old.status]}"
            raise StatusRefused(
                f"This appointment {stands}.",
                kept=NOTHING_CHANGED,
                to_do="Only one whose car is here and not done is carried over.",
            )
        rules = self._rules()
        length = minutes or Stretch(old.starts, old.ends).minutes
        bay = old.bay_id
        if starts is None:
            after = max(self._wall(), old.ends)
            if minutes is None:
                length = min(length, Opening(rules).longest(day_of(after, zone_of(rules.zone))))
            free = self._to_go_on(old, length, after)
            if not free:
                words = f"Nothing is free for {length} min within {AHEAD_DAYS} days."
                raise FieldsRefused("appointment_refused", {"starts": f"{words}\nChoose a time."})
            starts, bay = free[0].starts, free[0].bay_id
        wanted = resolved(
            replace(
                old,
                id="",
                uid="",
                sequence=0,
                starts=starts,
                ends=starts + timedelta(minutes=length),
                bay_id=bay,
                buffer_before_min=0,
                created=None,
                confirmation="",
            ),
            rules,
        )
        why = self._asked(wanted, None, rules, even_so=even_so, reason="")
        with self._overlaps_told(wanted):
            kept = self._store.appointments.follow(old, wanted, by, why, even_so=even_so)
        self.write_subscription()
        return kept

    def offers(self, appointment_id: str) -> tuple[Offer, ...]:
        """Return whom of the waiting list the time of a cancelled appointment would fit."""
        gone = self._store.appointments.get(appointment_id)
        now = self._wall()
        if gone.holds or gone.starts is None or gone.ends is None or gone.ends <= now:
            return ()
        found = []
        for one in self.waiting():
            after = max(filter(None, (now, gone.starts, one.earliest)))
            free = self.next_free(
                one.minutes,
                after=after,
                bay_id=gone.bay_id,
                technician_id=gone.technician_id,
                limit=1,
            )
            if free and free[0].starts < gone.ends and free[0].ends <= (one.latest or free[0].ends):
                found.append(Offer(one, free[0]))
        return tuple(found)

    def _to_go_on(self, old: Appointment, minutes: int, after: datetime) -> tuple[Free, ...]:
        """Return the next time at which an unfinished one could go on, in its bay or any."""
        bays: tuple[str, ...] = (old.bay_id,) if old.bay_id else ()
        if not bays and not old.technician_id:
            bays = tuple(each.id for each in self._store.appointments.resources(ResourceKind.BAY))
        technicians = (old.technician_id,) if old.technician_id else ()
        wanted = Wanted(minutes, bays, technicians, 0, max(0, old.buffer_after_min))
        return self._free(wanted, after, 1, but=old.id, vehicle_id=old.vehicle_id)
