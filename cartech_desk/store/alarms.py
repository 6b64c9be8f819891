"""The history of alarms in `desk.db`, one row for each occurrence, and what is on the shelf."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.alarms.state import AlarmRefused
from cartech_desk.domain.audit import Entry
from cartech_desk.domain.people import DESK, Act, Actor, require
from cartech_desk.store.alarm_rows import (
    COLUMNS,
    AlarmQuery,
    AlarmRecord,
    Shelf,
    record_of,
    row_of,
    text_of,
    time_of,
    where_of,
)
from cartech_desk.store.audit import AuditLog
from cartech_desk.store.database import Database
from cartech_desk.store.errors import NotKept
from cartech_desk.store.job_at_hand import note_record
from cartech_desk.store.presence import Presence, is_alive

__all__ = ["CLOSED", "AlarmQuery", "AlarmRecord", "AlarmStore", "Shelf", "acknowledged_entry"]

CLOSED: Final = "the desk was closed"
"""Who ended an alarm that still stood when the desk was closed or killed."""

_LAST_RECORDS: Final = 5_000
"""Among so many it is looked for the latest time: the last one may be of a clock that was set."""
_WATCHER: Final = "alarms"


class AlarmStore:
    """Alarms and shelves. Thread-safe; whatever a person does is audited in its transaction.

    `watch_alone` is held by the process that watches limits with this folder, so that another one
    does not take its standing alarms for those of a desk that was closed.
    """

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database = database
        self._audit = audit
        self._watching: Presence | None = None

    # Looking

    def get(self, alarm_id: str) -> AlarmRecord:
        """Return one occurrence by its id or how only it begins; NotKept where there is none."""
        wanted = alarm_id.strip().lower()
        rows = self._rows("substr(id, 1, ?) = ? LIMIT 2", (len(wanted), wanted))
        if len(rows) != 1 or not wanted:
            many = len(rows) > 1
            raise NotKept(
                f"Several alarms begin with {alarm_id!r}."
                if many
                else f"No alarm {alarm_id!r} is kept here.",
                to_do="Give more of the id." if many else "Look in the list of alarms.",
            )
        return rows[0]

    def find(
        self,
        query: AlarmQuery | None = None,
        *,
        limit: int = 500,
        before: str = "",
        oldest_first: bool = False,
    ) -> tuple[AlarmRecord, ...]:
        """Return the alarms wanted, the newest first; `oldest_first` is the first-out order.

        `before` is the id of the last one that was read already: those that follow it come.
        """
        where, parameters = where_of(query or AlarmQuery())
        if before:
            where += " AND id > ?" if oldest_first else " AND id < ?"
            parameters.append(before)
        order = "ASC" if oldest_first else "DESC"
        # Ids are made when an alarm is raised and rise: they keep the order of alarms of one batch.
        return self._rows(f"{where} ORDER BY id {order} LIMIT ?", (*parameters, limit))

    def count(self, query: AlarmQuery | None = None) -> int:
        """Return how many alarms are wanted."""
        where, parameters = where_of(query or AlarmQuery())
        # A glance: the window asks as it starts, and SQLAlchemy would hold that up.
        ((count,),) = self._database.glance(
            f"SELECT count(*) FROM alarm WHERE {where}",  # noqa: S608 - words of ours
            tuple(parameters),
        )
        return int(count)

    def recordings_with_trips(self) -> tuple[str, ...]:
        """Return the ids of the recordings in which an alarm became a trip."""
        rows = self._database.glance(
            "SELECT DISTINCT recording_id FROM alarm WHERE level >= ? AND recording_id <> ''",
            (int(Level.TRIP),),
        )
        return tuple(str(row[0]) for row in rows)

    def standing(self) -> tuple[AlarmRecord, ...]:
        """Return the alarms that stand, the first one raised first."""
        return self.find(AlarmQuery(standing=True), limit=-1, oldest_first=True)

    def shelves(self, vehicle_id: str) -> tuple[Shelf, ...]:
        """Return what is on the shelf for a vehicle."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT vehicle_id, key, shelved, until, reason, by_id, by_name FROM shelf "
                "WHERE vehicle_id = ? ORDER BY shelved",
                (vehicle_id,),
            ).fetchall()
        return tuple(
            Shelf(r[0], r[1], time_of(r[2]), time_of(r[3]), r[4], r[5], r[6]) for r in rows
        )

    def newest(self) -> datetime | None:
        """Return the latest time that alarms or the last records of the audit log tell, if any."""
        rows = self._database.glance(
            "SELECT max(raised) FROM alarm UNION ALL SELECT max(at) FROM "
            "(SELECT at FROM audit ORDER BY sequence DESC LIMIT ?)",
            (_LAST_RECORDS,),
        )
        return max((time_of(text) for (text,) in rows if text is not None), default=None)

    # The desk's own writing

    def keep(
        self,
        records: Iterable[AlarmRecord],
        entries: Sequence[Entry] = (),
        taken: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Write these rows as they are now, and what is to be audited of them, all or nothing.

        `taken` are vehicles and keys of alarms whose time on the shelf is over. Errors: StoreError.
        """
        rows = [row_of(record) for record in records]
        if entries:
            with self._audit.act(DESK) as act:
                _put(act.connection, rows)
                for vehicle_id, key in taken:
                    _unshelve(act.connection, vehicle_id, key)
                for entry in entries:
                    act.record(entry)
        elif rows:
            with self._database.write() as connection:
                _put(connection, rows)

    def watch_alone(self) -> bool:
        """Be the one process that watches limits here; False where another one is."""
        if self._watching is None:
            with suppress(OSError):
                self._watching = Presence(self._database.path, _WATCHER)
        return self._watching is not None

    def leave_watch(self) -> None:
        """Let another process watch."""
        if self._watching is not None:
            self._watching.leave()
            self._watching = None

    def settle(self, now: datetime, only: Sequence[str] | None = None) -> int:
        """End the alarms that still stand in the history as those of a desk that was closed.

        Their last state stays, so that one sees which were never acknowledged. `only` names them,
        None for all. Returns how many they were.
        """
        if not self._database.glance("SELECT 1 FROM alarm WHERE cleared IS NULL LIMIT 1"):
            return 0  # as after most starts, which nothing heavy shall hold up then
        which, parameters = "", [text_of(now), CLOSED]
        if only is not None:
            which = f" AND id IN ({', '.join('?' * len(only))})"
            parameters += only
        with self._database.write() as connection:
            done = connection.exec_driver_sql(
                f"UPDATE alarm SET cleared = ?, cleared_by = ? WHERE cleared IS NULL{which}",  # noqa: S608
                tuple(parameters),
            )
        return int(done.rowcount)

    # What people do

    def acted(
        self,
        by: Actor,
        records: Iterable[AlarmRecord],
        entries: Sequence[Entry],
        *,
        put: Shelf | None = None,
        taken: tuple[str, str] | None = None,
    ) -> None:
        """Write what a person did to alarms, durable and audited; all of it or nothing.

        `records` are the rows as they become, `put` is what is put on the shelf, `taken` the
        vehicle and key of what is taken from it. Errors: StoreError; nothing was changed then.
        """
        with self._audit.act(by) as act:
            _put(act.connection, [row_of(record) for record in records])
            if put is not None:
                act.connection.exec_driver_sql(
                    "INSERT OR REPLACE INTO shelf (vehicle_id, key, shelved, until, reason, by_id, "
                    "by_name) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        put.vehicle_id,
                        put.key,
                        text_of(put.shelved),
                        text_of(put.until),
                        put.reason,
                        put.by_id,
                        put.by_name,
                    ),
                )
            if taken is not None:
                _unshelve(act.connection, *taken)
            for entry in entries:
                act.record(entry)

    def acknowledge(self, alarm_id: str, by: Actor) -> AlarmRecord:
        """Acknowledge, afterwards, an alarm that nobody acknowledged before the desk was closed.

        Errors: NotSignedIn, RightMissing, NotKept; AlarmRefused where it stands at a desk that is
        open, or was acknowledged; StoreError.
        """
        require(by, Act.ACKNOWLEDGE)
        record = self.get(alarm_id)
        open_elsewhere = self._watching is None and is_alive(self._database.path, _WATCHER)
        if record.standing and not open_elsewhere:
            self.settle(datetime.now(UTC), [record.id])
            record = self.get(record.id)
        if record.standing:
            raise AlarmRefused(
                f"“{record.label}” stands at a desk that is open.",
                kept="It stays as it is.",
                to_do="Acknowledge it there.",
            )
        if not record.never_acknowledged:
            raise AlarmRefused(
                f"“{record.label}” does not ask for acknowledgement.",
                kept="It stays as it is.",
                to_do="Look at the list of alarms again.",
            )
        after = replace(record, acknowledged=datetime.now(UTC), acknowledged_by=by.name)
        self.acted(by, [after], [acknowledged_entry(record, after)])
        return after

    def _rows(self, where: str, parameters: Sequence[Any]) -> tuple[AlarmRecord, ...]:
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT {COLUMNS} FROM alarm WHERE {where}",  # noqa: S608 - words of ours
                tuple(parameters),
            ).fetchall()
        return tuple(record_of(row) for row in rows)


def acknowledged_entry(before: AlarmRecord, after: AlarmRecord) -> Entry:
    """Return what the audit log says of an acknowledgement."""
    return Entry(
        "alarm.acknowledge",
        after.entity,
        {"state": before.state.value},
        {"state": after.state.value, "level": after.level.name.lower(), "times": after.times},
    )


def _put(connection: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    names = COLUMNS.split(", ")
    changing = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    for row in rows:
        told = dict(zip(names, row, strict=True))
        known = "SELECT 1 FROM alarm WHERE id = ?"
        if connection.exec_driver_sql(known, (told["id"],)).fetchone() is None:
            raised = time_of(told["raised"])
            note_record(connection, "alarm", told["id"], told["vehicle_id"], raised)
        connection.exec_driver_sql(
            f"INSERT INTO alarm ({COLUMNS}) VALUES ({', '.join('?' * len(names))}) "  # noqa: S608
            f"ON CONFLICT (id) DO UPDATE SET {changing}",
            row,
        )


def _unshelve(connection: Any, vehicle_id: str, key: str) -> None:
    connection.exec_driver_sql(
        "DELETE FROM shelf WHERE vehicle_id = ? AND key = ?", (vehicle_id, key)
    )
