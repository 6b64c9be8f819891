"""Others' calendars that were imported, as rows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from cartech_desk.domain.appointments.calendar import ForeignCalendar, ForeignEvent
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.store.calendar_rows import resource_at
from cartech_desk.store.calendar_words import damaged
from cartech_desk.store.instants import instant, time_or_none
from cartech_desk.store.named_rows import Named, row_of
from cartech_desk.store.recording_words import storable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.audit import AuditedAct

_SELECT: Final = (
    "SELECT id, name, file, resource_id, imported, "
    "(SELECT count(*) FROM foreign_event WHERE calendar_id = foreign_calendar.id) "
    "FROM foreign_calendar"
)
CALENDARS: Final = f"{_SELECT} WHERE deleted IS NULL ORDER BY name, id"
EVENTS: Final = """
    SELECT foreign_event.calendar_id, foreign_calendar.name, foreign_calendar.resource_id,
        foreign_event.uid, foreign_event.starts, foreign_event.ends, foreign_event.title,
        foreign_event.all_day
    FROM foreign_event JOIN foreign_calendar ON foreign_calendar.id = foreign_event.calendar_id
    WHERE foreign_event.starts < ? AND foreign_event.ends > ?
    ORDER BY foreign_event.starts, foreign_event.uid
"""
_NAMED: Final = Named("foreign_calendar", "imported calendar", "name")


def now() -> datetime:
    """Return the instant that an import is kept under."""
    return datetime.now(UTC)


def calendar_at(connection: "Connection", word: str) -> ForeignCalendar:
    """Return an imported calendar by its id, a start or end of it, or its name. Errors: NotKept."""
    return calendar_of(row_of(connection, _SELECT, _NAMED, word))


def keep_calendar(
    act: "AuditedAct", calendar: ForeignCalendar, events: Iterable[ForeignEvent]
) -> ForeignCalendar:
    """Keep a calendar with its events. Errors: NotKept.

    One of the same name and of the same bay or technician is replaced: programs give the
    calendars of different people the same name.
    """
    connection = act.connection
    if calendar.resource_id:
        resource_at(connection, calendar.resource_id)
    before = connection.exec_driver_sql(
        f"{_SELECT} WHERE name = ? AND resource_id = ? AND deleted IS NULL",
        (storable(calendar.name), calendar.resource_id),
    ).fetchone()
    if before is not None:
        _drop(connection, str(before[0]))
    kept = replace(calendar, id=str(uuid7()), name=storable(calendar.name))
    connection.exec_driver_sql(
        "INSERT INTO foreign_calendar (id, name, file, resource_id, imported) "
        "VALUES (?, ?, ?, ?, ?)",
        (kept.id, kept.name, storable(kept.file), kept.resource_id, instant(kept.imported)),
    )
    rows = {
        (kept.id, storable(each.uid), instant(each.starts)): (
            instant(each.ends),
            int(each.all_day),
            storable(each.title),
        )
        for each in events
    }
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO foreign_event (calendar_id, uid, starts, ends, all_day, title) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [(*key, *rest) for key, rest in rows.items()],
        )
    kept = replace(kept, events=len(rows))
    act.record(
        Entry(
            "calendar.import",
            Entity("calendar", kept.id, kept.name),
            None if before is None else {"events": int(before[5])},
            {"events": kept.events, "file": storable(kept.file)},
        )
    )
    return kept


def remove_calendar(act: "AuditedAct", word: str) -> None:
    """Remove a calendar with its events, with its audit record. Errors: NotKept."""
    calendar = calendar_at(act.connection, word)
    _drop(act.connection, calendar.id)
    act.record(
        Entry(
            "calendar.remove",
            Entity("calendar", calendar.id, calendar.name),
            {"events": calendar.events},
        )
    )


def calendar_of(row: Sequence[Any]) -> ForeignCalendar:
    """Return the calendar of a row. Errors: DatabaseCorrupt."""
    try:
        imported = time_or_none(row[4]) or now()
        return ForeignCalendar(
            str(row[0]), str(row[1]), str(row[2]), str(row[3]), imported, int(row[5])
        )
    except (ValueError, TypeError) as error:
        raise damaged("the imported calendar", row[0]) from error


def event_of(row: Sequence[Any]) -> ForeignEvent:
    """Return the imported event of a row. Errors: DatabaseCorrupt."""
    try:
        return ForeignEvent(
            calendar_id=str(row[0]),
            calendar=str(row[1]),
            resource_id=str(row[2]),
            uid=str(row[3]),
            starts=datetime.fromisoformat(row[4]),
            ends=datetime.fromisoformat(row[5]),
            title=str(row[6]),
            all_day=bool(row[7]),
        )
    except (ValueError, TypeError) as error:
        raise damaged("the imported event", row[3]) from error


def _drop(connection: "Connection", calendar_id: str) -> None:
    connection.exec_driver_sql("DELETE FROM foreign_event WHERE calendar_id = ?", (calendar_id,))
    connection.exec_driver_sql("DELETE FROM foreign_calendar WHERE id = ?", (calendar_id,))
