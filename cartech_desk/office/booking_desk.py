"""How a booking is checked, refused and written about; a part of office.appointments."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus, ResourceKind
from cartech_desk.domain.appointments.calendar import Conflict, Doubt, Free
from cartech_desk.domain.appointments.free import Wanted, free_times
from cartech_desk.domain.appointments.hours import Stretch, day_of, zone_of
from cartech_desk.domain.appointments.letters import Letter, LetterKind
from cartech_desk.domain.appointments.outbox import MailState
from cartech_desk.domain.appointments.status import NEXT, WORDS, may_become
from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.booking_errors import AskedFirst, StatusRefused
from cartech_desk.office.booking_rules import LATEST, car_doubts, doubts, overlap
from cartech_desk.office.calendar_files import CalendarFiles
from cartech_desk.office.letters_about import letter_about
from cartech_desk.office.opening import Opening
from cartech_desk.store.appointments import CarBooked, Taken
from cartech_desk.store.mail import MailQuery

AHEAD_DAYS: Final = 60
"""Within which free times are looked for."""
_LONGEST_REASON: Final = 500

LetterOf = Callable[[Appointment, bool], tuple[str, Letter] | None]


class BookingDesk(CalendarFiles):
    """Free times, doubts, overlaps in words, letters about appointments."""

    def next_free(
        self,
        minutes: int,
        *,
        after: datetime | None = None,
        bay_id: str = "",
        technician_id: str = "",
        any_bay: bool = False,
        any_technician: bool = False,
        limit: int = 5,
    ) -> tuple[Free, ...]:
        """Return the next times that can be booked without a question, within 60 days.

        Without a bay or a technician any bay will do; one that is named has to be free too.
        """
        kept = self._store.appointments
        bays: tuple[str, ...] = (bay_id,) if bay_id else ()
        technicians: tuple[str, ...] = (technician_id,) if technician_id else ()
        if not bays and (any_bay or not technicians):
            bays = tuple(each.id for each in kept.resources(ResourceKind.BAY))
        if not technicians and any_technician:
            technicians = tuple(each.id for each in kept.resources(ResourceKind.TECHNICIAN))
        after_min = self._rules().buffer_min
        return self._free(Wanted(minutes, bays, technicians, 0, after_min), after, limit)

    # Below

    def _free(
        self,
        wanted: Wanted,
        after: datetime | None,
        limit: int,
        *,
        but: str = "",
        vehicle_id: str = "",
    ) -> tuple[Free, ...]:
        """Return the next times that something can be booked at without a question.

        `but` is the appointment whose own booking is in nobody's way, `vehicle_id` the car, which
        is not free either while it is booked elsewhere. A time after that of which
        the calendar knows is never free.
        """
        rules, now = self._rules(), self._wall()
        zone = zone_of(rules.zone)
        begin = max(after or now, now)
        if wanted.minutes < 1 or begin >= LATEST:
            return ()
        usable = self._in_use(wanted)
        if usable is None:
            return ()
        wanted = usable
        first = day_of(begin, zone)
        until = begin + timedelta(days=AHEAD_DAYS + 1)
        resources = tuple(filter(None, (*wanted.bays, *wanted.technicians)))
        held: dict[str, list[Stretch]] = {"": []}
        since = begin - timedelta(days=1)
        for one in self._store.appointments.held(resources, since, until, but=but):
            held.setdefault(one.resource_id, []).append(Stretch(one.starts, one.ends))
        for off in self._store.appointments.time_off(since, until):
            if off.starts is not None and off.ends is not None:
                held.setdefault(off.resource_id, []).append(Stretch(off.starts, off.ends))
        if vehicle_id:
            for its in self._store.appointments.car_held(vehicle_id, since, until, but=but):
                if its.starts is not None and its.ends is not None:
                    held[""].append(Stretch(its.starts, its.ends))
        times = free_times(
            Opening(rules).days(first, AHEAD_DAYS),
            wanted,
            held,
            after=begin,
            slot_min=rules.slot_min,
            zone=zone,
        )
        return tuple(free for free, _ in zip(times, range(limit), strict=False))

    def _in_use(self, wanted: Wanted) -> Wanted | None:
        """Return it with what is in use alone; None where nothing of a kind that it needs is."""
        active = {each.id for each in self._store.appointments.resources()}
        bays = tuple(each for each in wanted.bays if each in active)
        technicians = tuple(each for each in wanted.technicians if each in active)
        if bool(bays) != bool(wanted.bays) or bool(technicians) != bool(wanted.technicians):
            return None
        return replace(wanted, bays=bays, technicians=technicians)

    def _next_for(self, wanted: Appointment) -> Free | None:
        """Return the next time at which an appointment could have what it asks for."""
        if wanted.starts is None or wanted.ends is None:
            return None
        need = Wanted(
            Stretch(wanted.starts, wanted.ends).minutes,
            (wanted.bay_id,) if wanted.bay_id else (),
            (wanted.technician_id,) if wanted.technician_id else (),
            max(0, wanted.buffer_before_min),
            max(0, wanted.buffer_after_min),
        )
        return next(
            iter(self._free(need, wanted.starts, 1, but=wanted.id, vehicle_id=wanted.vehicle_id)),
            None,
        )

    def _conflicts(self, found: Sequence[tuple[str, Appointment]]) -> tuple[Conflict, ...]:
        places = {one.id: one for one in self._store.appointments.resources(active_only=False)}
        return tuple(Conflict(one, places[key]) for key, one in found if key in places)

    def _doubts(
        self, wanted: Appointment, before: Appointment | None, rules: ShopRules
    ) -> tuple[tuple[Doubt, str], ...]:
        held = wanted.held
        return doubts(
            wanted,
            before,
            rules=rules,
            time_off=self._store.appointments.time_off(held.starts, held.ends),
            resources=self._store.appointments.resources(active_only=False),
            now=self._wall(),
            of_car=self._store.appointments.car_booked(wanted, before),
        )

    def _asked(
        self,
        wanted: Appointment,
        before: Appointment | None,
        rules: ShopRules,
        *,
        even_so: bool,
        reason: str,
    ) -> str:
        """Return the reason for the audit log, with what was confirmed.

        Errors: AskedFirst; Overlap with all of it where confirming would not help.
        """
        found = self._doubts(wanted, before, rules)
        if not found:
            return checked_reason(reason)
        if not even_so:
            in_way = self._conflicts(self._store.appointments.conflicts(wanted))
            if in_way:
                resources = self._store.appointments.resources(active_only=False)
                raise overlap(in_way, self._next_for(wanted), rules, resources, found)
            raise AskedFirst(found)
        confirmed = " ".join(sentence for _, sentence in found)
        return checked_reason(f"{reason} Confirmed: {confirmed}".strip()[:_LONGEST_REASON])

    @contextmanager
    def _overlaps_told(self, wanted: Appointment) -> Iterator[None]:
        """Let a refusal of the store name what is in the way, and the next free time."""
        try:
            yield
        except Taken as error:
            # The transaction is over: what is free next is looked for in what is kept now.
            in_way = self._conflicts(error.by)
            resources = self._store.appointments.resources(active_only=False)
            raise overlap(in_way, self._next_for(wanted), self._rules(), resources) from error
        except CarBooked as error:
            resources = self._store.appointments.resources(active_only=False)
            raise AskedFirst(car_doubts(error.by, self._rules(), resources)) from error

    def _car_doubts(
        self, wanted: Appointment, before: Appointment
    ) -> tuple[tuple[Doubt, str], ...]:
        """Return what is asked of its car alone."""
        found = self._store.appointments.car_booked(wanted, before)
        resources = self._store.appointments.resources(active_only=False)
        return tuple(car_doubts(found, self._rules(), resources))

    def _letter(self, kind: LetterKind, kept: Appointment) -> tuple[str, Letter] | None:
        """Return kind and text of a letter; None where the customer has no address."""
        shop = self._store.people.shop()
        letter = letter_about(kind, kept, self._rules(), shop.name if shop else "")
        return None if letter is None else (kind.value, letter)

    def _telling(self, before: Appointment, *, tell: bool) -> LetterOf:
        """Return what is written about an appointment that changes.

        Before anything has left for the customer it is a confirmation, after that a change.
        """
        _, sent = self._store.mail.page(
            MailQuery(appointment_id=before.id, state=(MailState.SENT, MailState.SENDING), limit=1)
        )
        kind = LetterKind.MOVED if sent else LetterKind.CONFIRMATION

        def letter(kept: Appointment, withdrawn: bool) -> tuple[str, Letter] | None:
            return self._letter(kind, kept) if kept.holds and (tell or withdrawn) else None

        return letter

    def _may_stand(self, before: Appointment, status: AppointmentStatus) -> None:
        """Refuse a status that does not follow. Errors: StatusRefused."""
        if before.carried_to:
            raise StatusRefused(
                "This appointment goes on with another one.",
                kept=NOTHING_CHANGED,
                to_do="Change the one that it goes on with.",
            )
        if not may_become(before.status, status):
            ways = ", ".join(WORDS[each] for each in NEXT[before.status])
            raise StatusRefused(
                f"An appointment that is {WORDS[before.status]} cannot become {WORDS[status]}.",
                kept=NOTHING_CHANGED,
                to_do=f"From there it may become: {ways}.",
            )
        if status is AppointmentStatus.NO_SHOW and before.starts and before.starts > self._wall():
            raise StatusRefused(
                "It has not begun yet: nobody can have failed to come.",
                kept=NOTHING_CHANGED,
                to_do="Cancel it instead.",
            )
