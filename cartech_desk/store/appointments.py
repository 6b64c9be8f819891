"""Services, resources, appointments and what they hold."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.appointments.booking import (
    Appointment,
    Resource,
    ResourceKind,
    Service,
)
from cartech_desk.domain.appointments.calendar import (
    ForeignCalendar,
    ForeignEvent,
    TimeOff,
    Waiting,
)
from cartech_desk.domain.audit import Entry
from cartech_desk.domain.people import Actor
from cartech_desk.store import calendar_rows, foreign_rows
from cartech_desk.store.appointment_car import CarBooked, car_booked, car_held, need_car_free
from cartech_desk.store.appointment_coming import StillHeld, coming_of, held_to_come
from cartech_desk.store.appointment_query import SORTS, AppointmentQuery, selected, with_words
from cartech_desk.store.appointment_rows import (
    LONGEST,
    SELECT,
    Taken,
    appointment_at,
    appointment_of,
    conflicts,
    delete_appointment,
    entity,
    insert_appointment,
    told,
    update_appointment,
)
from cartech_desk.store.dyno_told import difference
from cartech_desk.store.instants import instant, instant_or_none, time_or_none
from cartech_desk.store.mail_rows import insert_mail, is_leaving, withdraw_of
from cartech_desk.store.ordered_page import Listed, among, page_of

if TYPE_CHECKING:
    from cartech_desk.domain.appointments.letters import Letter
    from cartech_desk.store.admission import AdmittingLog
    from cartech_desk.store.audit import AuditedAct
    from cartech_desk.store.database import Database

__all__ = ["AppointmentQuery", "AppointmentStore", "CarBooked", "Held", "StillHeld", "Taken"]

_LISTED: Final = Listed("appointment", "id", "starts")

LetterOf = Callable[[Appointment, bool], "tuple[str, Letter] | None"]
"""Gives kind and text of the letter about an appointment as it is kept now, None for none.

The second is whether an older letter about it was withdrawn that never left.
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch in which a resource cannot be booked, buffers included."""

    resource_id: str
    starts: datetime
    ends: datetime


class AppointmentStore:
    """Services, resources, appointments and what they hold.

    Thread-safe; made lazily by `Store.appointments`.

    Errors of all: those of `Database`, and DatabaseCorrupt for a row that is damaged; of changes
    also those of the audit log. Nothing was changed then.
    """

    def __init__(self, database: "Database", audit: "AdmittingLog") -> None:
        self._database = database
        self._audit = audit

    # Looking

    def get(self, word: str) -> Appointment:
        """Return an appointment by its id, a start or end of it, or “last”. Errors: NotKept."""
        with self._database.read() as connection:
            return appointment_at(connection, word)

    def page(self, query: AppointmentQuery) -> tuple[tuple[Appointment, ...], int]:
        """Return the appointments that were asked for, and how many fit in all."""
        where, parameters = selected(query)
        with self._database.read() as connection:
            if query.search.strip():
                condition, found = among("appointment", with_words(connection, query.search))
                where, parameters = f"{where} AND {condition}", [*parameters, found]
            (count,) = connection.exec_driver_sql(
                f"SELECT count(*) FROM appointment WHERE {where}",  # noqa: S608 - words of ours
                tuple(parameters),
            ).one()
            wanted = page_of(
                connection,
                _LISTED,
                SORTS.get(query.sort, SORTS["starts"]),
                where,
                parameters,
                descending=query.descending,
                limit=query.limit,
                offset=query.offset,
                total=int(count),
            )
            rows = connection.exec_driver_sql(
                f"{SELECT} WHERE appointment.id IN (SELECT value FROM json_each(?))",  # noqa: S608 - words of ours
                (json.dumps(wanted),),
            ).fetchall()
        shown = {str(row[0]): appointment_of(tuple(row)) for row in rows}
        return tuple(shown[key] for key in wanted), int(count)

    def between(self, since: datetime, until: datetime) -> tuple[Appointment, ...]:
        """Return every appointment that touches a stretch, by its start."""
        return self._appointments(
            "appointment.starts < ? AND appointment.starts > ? AND appointment.ends > ? "
            "ORDER BY appointment.starts, appointment.id",
            (instant(until), instant(since - LONGEST), instant(since)),
        )

    def unfinished(self, before: datetime) -> tuple[Appointment, ...]:
        """Return those that began before and whose car is here and not done; carried over: no."""
        found = self._appointments(
            "appointment.status IN ('arrived', 'in_bay', 'waiting_for_parts') "
            "AND appointment.starts < ? AND appointment.ends <= ? ORDER BY appointment.starts",
            (instant(before), instant(before)),
        )
        return tuple(one for one in found if not one.carried_to)

    def conflicts(self, appointment: Appointment) -> tuple[tuple[str, Appointment], ...]:
        """Return what holds its bay or technician at its time, itself left out."""
        with self._database.read() as connection:
            return conflicts(connection, appointment)

    def car_booked(
        self, wanted: Appointment, before: Appointment | None
    ) -> tuple[Appointment, ...]:
        """Return what its car is booked for at its time; none where it stood so `before`."""
        with self._database.read() as connection:
            return car_booked(connection, wanted, before)

    def car_held(
        self, vehicle_id: str, since: datetime, until: datetime, *, but: str = ""
    ) -> tuple[Appointment, ...]:
        """Return a car's appointments within a stretch that are not off; `but` is left out."""
        with self._database.read() as connection:
            return car_held(connection, vehicle_id, since, until, but=but)

    def held(
        self, resource_ids: Sequence[str], since: datetime, until: datetime, *, but: str = ""
    ) -> tuple[Held, ...]:
        """Return what is held of these resources within a stretch; `but` names one left out."""
        marks = ", ".join("?" * len(resource_ids))
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT resource_id, starts, ends FROM booking WHERE resource_id IN ({marks}) "  # noqa: S608 - marks
                "AND starts < ? AND starts > ? AND ends > ? AND appointment_id <> ? "
                "ORDER BY starts",
                (*resource_ids, instant(until), instant(since - LONGEST), instant(since), but),
            ).fetchall()
        return tuple(
            Held(str(row[0]), starts, ends)
            for row in rows
            if (starts := time_or_none(row[1])) and (ends := time_or_none(row[2]))
        )

    # Booking

    def book(
        self,
        appointment: Appointment,
        by: Actor,
        *,
        letter: LetterOf | None = None,
        waiting_id: str = "",
        reason: str = "",
        even_so: bool = False,
    ) -> Appointment:
        """Keep a new appointment with what it holds.

        Errors: Taken, NotKept; CarBooked where its car is booked then, but for `even_so`.
        """
        with self._audit.act(by) as act:
            kept = insert_appointment(act, appointment)
            if not even_so:
                need_car_free(act.connection, kept)
            act.record(Entry("appointment.book", entity(kept), after=told(kept), reason=reason))
            if waiting_id:
                calendar_rows.leave_list(act, waiting_id, kept.id)
            return _written_to(act, kept, letter, withdrawn=False)

    def change(
        self,
        appointment: Appointment,
        by: Actor,
        *,
        letter: LetterOf | None = None,
        action: str = "appointment.change",
        reason: str = "",
        even_so: bool = False,
    ) -> Appointment:
        """Keep new facts of an appointment. Errors: Changed, Taken, NotKept, CarBooked as `book`.

        A letter that still waits is withdrawn: it tells what is not so any more. One that is
        leaving cannot be, and counts as one that was: what it tells is to be put right.
        """
        with self._audit.act(by) as act:
            before = appointment_at(act.connection, appointment.id)
            kept = update_appointment(act, appointment)
            if not even_so:
                need_car_free(act.connection, kept, before)
            changed = difference(told(before), told(kept))
            act.record(Entry(action, entity(kept), *changed, reason))
            withdrawn = bool(withdraw_of(act, kept.id)) or is_leaving(act.connection, kept.id)
            return _written_to(act, kept, letter, withdrawn=withdrawn)

    def delete(self, appointment: Appointment, by: Actor, reason: str = "") -> None:
        """Delete an appointment. Errors: Changed, NotKept."""
        with self._audit.act(by) as act:
            before = appointment_at(act.connection, appointment.id)
            delete_appointment(act, appointment)
            withdraw_of(act, before.id)
            calendar_rows.back_on_list(act, before.id)
            act.record(Entry("appointment.delete", entity(before), told(before), reason=reason))

    def follow(
        self,
        old: Appointment,
        new: Appointment,
        by: Actor,
        reason: str = "",
        *,
        even_so: bool = False,
    ) -> Appointment:
        """Keep what goes on with an appointment. Errors: Changed, Taken, NotKept, CarBooked.

        What was to be kept free after the old one is free: its car stays.
        """
        with self._audit.act(by) as act:
            before = appointment_at(act.connection, old.id)
            update_appointment(act, replace(before, version=old.version, buffer_after_min=0))
            kept = insert_appointment(act, replace(new, carried_from=old.id))
            if not even_so:
                need_car_free(act.connection, kept)
            after = told(kept) | {"goes on with": old.id}
            act.record(Entry("appointment.book", entity(kept), after=after, reason=reason))
            return kept

    # Services, bays and technicians, time off, waiting list

    def services(self, *, active_only: bool = True) -> tuple[Service, ...]:
        """Return services by name."""
        active = "AND active = 1 " if active_only else ""
        where = f" WHERE deleted IS NULL {active}ORDER BY name, id"
        return tuple(map(calendar_rows.service_of, self._rows(calendar_rows.SERVICES + where)))

    def service(self, word: str) -> Service:
        """Return a service by its id or code. Errors: NotKept."""
        with self._database.read() as connection:
            return calendar_rows.service_at(connection, word)

    def resources(
        self, kind: ResourceKind | None = None, *, active_only: bool = True
    ) -> tuple[Resource, ...]:
        """Return bays and technicians, bays first."""
        active = "AND active = 1 " if active_only else ""
        where = f" WHERE deleted IS NULL {active}ORDER BY kind, place, name, id"
        found = map(calendar_rows.resource_of, self._rows(calendar_rows.RESOURCES + where))
        return tuple(one for one in found if kind is None or one.kind is kind)

    def resource(self, word: str) -> Resource:
        """Return a bay or technician by its id or name. Errors: NotKept."""
        with self._database.read() as connection:
            return calendar_rows.resource_at(connection, word)

    def time_off(self, since: datetime, until: datetime | None = None) -> tuple[TimeOff, ...]:
        """Return time off that touches a stretch, by its start."""
        last = instant_or_none(until) or "9"
        where = " WHERE deleted IS NULL AND ends > ? AND starts < ? ORDER BY starts, id"
        rows = self._rows(calendar_rows.TIME_OFF + where, (instant(since), last))
        return tuple(map(calendar_rows.time_off_of, rows))

    def waiting(self) -> tuple[Waiting, ...]:
        """Return who waits, the longest waiting first."""
        where = (
            " WHERE waiting.deleted IS NULL AND waiting.appointment_id = '' "
            "ORDER BY waiting.created, waiting.id"
        )
        return tuple(map(calendar_rows.waiting_of, self._rows(calendar_rows.WAITING + where)))

    def keep_service(self, service: Service, by: Actor) -> Service:
        """Add or change a service. Errors: CodeTaken, Changed, NotKept."""
        with self._audit.act(by) as act:
            return calendar_rows.keep_service(act, service)

    def keep_resource(self, resource: Resource, by: Actor) -> Resource:
        """Add or change a bay or technician. Errors: Changed, NotKept."""
        with self._audit.act(by) as act:
            return calendar_rows.keep_resource(act, resource)

    def keep_time_off(self, off: TimeOff, by: Actor) -> TimeOff:
        """Keep time off. Errors: Changed, NotKept."""
        with self._audit.act(by) as act:
            return calendar_rows.keep_time_off(act, off)

    def keep_waiting(self, waiting: Waiting, by: Actor) -> Waiting:
        """Add or change an entry of the waiting list. Errors: Changed, NotKept."""
        with self._audit.act(by) as act:
            return calendar_rows.keep_waiting(act, waiting)

    def remove(self, kind: str, key: str, version: int, by: Actor) -> None:
        """Remove a "service", "resource", "time_off" or "waiting". Errors: Changed, NotKept."""
        with self._audit.act(by) as act:
            calendar_rows.remove(act, kind, key, version)

    def remove_resource(self, key: str, version: int, by: Actor, now: datetime) -> None:
        """Remove a bay or technician. Errors: Changed, NotKept, StillHeld."""
        with self._audit.act(by) as act:
            count = held_to_come(act.connection, key, now)
            if count:
                raise StillHeld(count)
            calendar_rows.remove(act, "resource", key, version)

    def coming_of(
        self, now: datetime, *, customer_id: str = "", vehicle_id: str = ""
    ) -> tuple[Appointment, ...]:
        """Return what is to come, or not done, of a customer or vehicle; the next first."""
        with self._database.read() as connection:
            return coming_of(connection, now, customer_id=customer_id, vehicle_id=vehicle_id)

    # Others' calendars

    def calendars(self) -> tuple[ForeignCalendar, ...]:
        """Return imported calendars by name."""
        return tuple(map(foreign_rows.calendar_of, self._rows(foreign_rows.CALENDARS)))

    def foreign(self, since: datetime, until: datetime) -> tuple[ForeignEvent, ...]:
        """Return imported events that touch a stretch."""
        rows = self._rows(foreign_rows.EVENTS, (instant(until), instant(since)))
        return tuple(map(foreign_rows.event_of, rows))

    def keep_calendar(
        self, name: str, file: str, resource_id: str, events: Iterable[ForeignEvent], by: Actor
    ) -> ForeignCalendar:
        """Keep an imported calendar; one of this name and resource is replaced. Errors: NotKept."""
        with self._audit.act(by) as act:
            return foreign_rows.keep_calendar(
                act, ForeignCalendar("", name, file, resource_id, foreign_rows.now()), events
            )

    def remove_calendar(self, word: str, by: Actor) -> None:
        """Remove an imported calendar with its events. Errors: NotKept."""
        with self._audit.act(by) as act:
            foreign_rows.remove_calendar(act, word)

    # Below

    def _appointments(self, where: str, parameters: Sequence[Any]) -> tuple[Appointment, ...]:
        rows = self._rows(f"{SELECT} WHERE appointment.deleted IS NULL AND {where}", parameters)
        return tuple(map(appointment_of, rows))

    def _rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._database.read() as connection:
            found = connection.exec_driver_sql(statement, tuple(parameters)).fetchall()
        return [tuple(row) for row in found]


def _written_to(
    act: "AuditedAct", kept: Appointment, letter: LetterOf | None, *, withdrawn: bool
) -> Appointment:
    """Put the letter about an appointment into the outbox; returns it as it is kept then."""
    written = None if letter is None else letter(kept, withdrawn)
    if written is not None:
        kind, text = written
        insert_mail(act, text, kind, appointment_id=kept.id)
    return appointment_at(act.connection, kept.id)
