"""The history of alarms in `desk.db`, one row for each occurrence, and what is on the shelf."""

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from cartech_desk.domain.alarms.limit import Level, Priority
from cartech_desk.domain.alarms.state import AlarmRefused, AlarmState
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import DESK, Act, Actor, require
from cartech_desk.store.audit import AuditLog
from cartech_desk.store.database import Database
from cartech_desk.store.errors import NotKept
from cartech_desk.store.presence import Presence, is_alive

CLOSED: Final = "the desk was closed"
"""Who ended an alarm that still stood when the desk was closed or killed."""

_WATCHER: Final = "alarms"
_COLUMNS: Final = (
    "id, key, vehicle_id, vehicle_name, recording_id, operator_id, operator_name, label, to_do, "
    "priority, level, state, channel, unit, edge, value, worst_value, times, first_out, raised, "
    "returned, acknowledged, acknowledged_by, cleared, cleared_by, shelved_until"
)
_ASKING: Final = "state IN ('active_unacknowledged', 'returned_unacknowledged')"


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """One occurrence of an alarm as the history keeps it; `level` is the worst that it reached.

    Times are UTC. `cleared` is when it was normal again, None while it stands; `cleared_by` is
    empty where that came by itself. Where it still stood when the desk was closed, `cleared_by`
    says so and `state` is the last one known. `value` and `worst_value` are NaN where there is
    none.
    """

    id: str
    key: str
    vehicle_id: str
    vehicle_name: str
    label: str
    to_do: str
    priority: Priority
    level: Level
    state: AlarmState
    raised: datetime
    channel: str = ""
    unit: str = ""
    edge: float | None = None
    value: float = math.nan
    worst_value: float = math.nan
    times: int = 1
    first_out: bool = False
    recording_id: str = ""
    operator_id: str = ""
    operator_name: str = ""
    returned: datetime | None = None
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    cleared: datetime | None = None
    cleared_by: str = ""
    shelved_until: datetime | None = None

    @property
    def standing(self) -> bool:
        """Whether it is not normal yet."""
        return self.cleared is None

    @property
    def never_acknowledged(self) -> bool:
        """Whether it ended, with the desk, while it still asked for acknowledgement."""
        asking = (AlarmState.ACTIVE_UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED)
        return self.cleared is not None and self.acknowledged is None and self.state in asking

    @property
    def entity(self) -> Entity:
        """What the audit log calls it."""
        return Entity("alarm", self.id, self.label, self.vehicle_id)


@dataclass(frozen=True, slots=True)
class AlarmQuery:
    """Which alarms are wanted; what is left out does not matter.

    `since` and `until` bound when it was raised (UTC, the second one not included); `vehicle` is
    an id, `priority` and `level` are the least; `text` looks in label, advice, channel, vehicle,
    operator and acknowledged-by, each word whatever its case. `standing` True for those that stand,
    False for those that are over; `never_acknowledged` for those alone.
    """

    since: datetime | None = None
    until: datetime | None = None
    vehicle: str = ""
    priority: Priority | None = None
    level: Level | None = None
    state: AlarmState | None = None
    text: str = ""
    standing: bool | None = None
    never_acknowledged: bool = False
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """An alarm that was put aside: from `shelved` until `until` (UTC), by whom and why."""

    vehicle_id: str
    key: str
    shelved: datetime
    until: datetime
    reason: str
    by_id: str
    by_name: str


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
        where, parameters = _where(query or AlarmQuery())
        if before:
            where += " AND id > ?" if oldest_first else " AND id < ?"
            parameters.append(before)
        order = "ASC" if oldest_first else "DESC"
        # Ids are made when an alarm is raised and rise: they keep the order of alarms of one batch.
        return self._rows(f"{where} ORDER BY id {order} LIMIT ?", (*parameters, limit))

    def count(self, query: AlarmQuery | None = None) -> int:
        """Return how many alarms are wanted."""
        where, parameters = _where(query or AlarmQuery())
        with self._database.read() as connection:
            row = connection.exec_driver_sql(
                f"SELECT count(*) FROM alarm WHERE {where}",  # noqa: S608 - words of ours
                tuple(parameters),
            ).fetchone()
        return int(row[0]) if row is not None else 0

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
        return tuple(Shelf(r[0], r[1], _time(r[2]), _time(r[3]), r[4], r[5], r[6]) for r in rows)

    # The desk's own writing

    def keep(self, records: Iterable[AlarmRecord], entries: Sequence[Entry] = ()) -> None:
        """Write these rows as they are now, and what is to be audited of them, all or nothing.

        Errors: StoreError.
        """
        rows = [_row(record) for record in records]
        if entries:
            with self._audit.act(DESK) as act:
                _put(act.connection, rows)
                for entry in entries:
                    act.record(entry)
        elif rows:
            with self._database.write() as connection:
                _put(connection, rows)

    def off_the_shelf(self, vehicle_id: str, key: str, entry: Entry) -> None:
        """Take an alarm from the shelf because its time is over, or the clock was set back."""
        with self._audit.act(DESK) as act:
            _unshelve(act.connection, vehicle_id, key)
            act.record(entry)

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
        which, parameters = "", [_text(now), CLOSED]
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
        changed: Sequence[tuple[AlarmRecord, Entry]],
        *,
        put: Shelf | None = None,
        taken: tuple[str, str] | None = None,
    ) -> None:
        """Write what a person did to alarms, durable and audited; all of it or nothing.

        `changed` are the rows as they become and the record of each; `put` is what is put on the
        shelf, `taken` the vehicle and key of what is taken from it. A row that is not kept yet
        (an alarm that was put aside before it came) has no `raised` of its own and is left out
        by an empty id. Errors: StoreError; nothing was changed then.
        """
        with self._audit.act(by) as act:
            _put(act.connection, [_row(record) for record, _ in changed if record.id])
            if put is not None:
                act.connection.exec_driver_sql(
                    "INSERT OR REPLACE INTO shelf (vehicle_id, key, shelved, until, reason, by_id, "
                    "by_name) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        put.vehicle_id,
                        put.key,
                        _text(put.shelved),
                        _text(put.until),
                        put.reason,
                        put.by_id,
                        put.by_name,
                    ),
                )
            if taken is not None:
                _unshelve(act.connection, *taken)
            for _, entry in changed:
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
        self.acted(by, [(after, acknowledged_entry(record, after))])
        return after

    def _rows(self, where: str, parameters: Sequence[Any]) -> tuple[AlarmRecord, ...]:
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT {_COLUMNS} FROM alarm WHERE {where}",  # noqa: S608 - words of ours
                tuple(parameters),
            ).fetchall()
        return tuple(_record(row) for row in rows)


def acknowledged_entry(before: AlarmRecord, after: AlarmRecord) -> Entry:
    """Return what the audit log says of an acknowledgement."""
    return Entry(
        "alarm.acknowledge",
        after.entity,
        {"state": before.state.value},
        {"state": after.state.value, "level": after.level.name.lower(), "times": after.times},
    )


def _where(query: AlarmQuery) -> tuple[str, list[Any]]:
    """Return what SQLite is asked for: words of ours, and the typed ones as parameters."""
    words, parameters = ["1"], []

    def also(word: str, *values: Any) -> None:
        words.append(word)
        parameters.extend(values)

    if query.since is not None:
        also("raised >= ?", _text(query.since))
    if query.until is not None:
        also("raised < ?", _text(query.until))
    if query.vehicle:
        also("vehicle_id = ?", query.vehicle)
    if query.recording:
        also("recording_id = ?", query.recording)
    if query.priority is not None:
        also("priority >= ?", int(query.priority))
    if query.level is not None:
        also("level >= ?", int(query.level))
    if query.state is not None:
        also("state = ?", query.state.value)
    if query.standing is not None:
        also("cleared IS NULL" if query.standing else "cleared IS NOT NULL")
    if query.never_acknowledged:
        also(f"cleared IS NOT NULL AND acknowledged IS NULL AND {_ASKING}")
    for word in query.text.split():
        also(
            "instr(lower(label || ' ' || to_do || ' ' || channel || ' ' || vehicle_name || ' ' || "
            "operator_name || ' ' || coalesce(acknowledged_by, '')), ?) > 0",
            word.lower(),
        )
    return " AND ".join(words), parameters


def _put(connection: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    names = _COLUMNS.split(", ")
    changing = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    for row in rows:
        connection.exec_driver_sql(
            f"INSERT INTO alarm ({_COLUMNS}) VALUES ({', '.join('?' * len(names))}) "  # noqa: S608
            f"ON CONFLICT (id) DO UPDATE SET {changing}",
            row,
        )


def _unshelve(connection: Any, vehicle_id: str, key: str) -> None:
    connection.exec_driver_sql(
        "DELETE FROM shelf WHERE vehicle_id = ? AND key = ?", (vehicle_id, key)
    )


def _row(record: AlarmRecord) -> tuple[Any, ...]:
    return (
        record.id,
        record.key,
        record.vehicle_id,
        record.vehicle_name,
        record.recording_id,
        record.operator_id,
        record.operator_name,
        record.label,
        record.to_do,
        int(record.priority),
        int(record.level),
        record.state.value,
        record.channel,
        record.unit,
        record.edge,
        _number(record.value),
        _number(record.worst_value),
        record.times,
        int(record.first_out),
        _text(record.raised),
        _text_or_none(record.returned),
        _text_or_none(record.acknowledged),
        record.acknowledged_by or None,
        _text_or_none(record.cleared),
        record.cleared_by or None,
        _text_or_none(record.shelved_until),
    )


def _record(row: Any) -> AlarmRecord:
    return AlarmRecord(
        id=row[0],
        key=row[1],
        vehicle_id=row[2],
        vehicle_name=row[3],
        recording_id=row[4],
        operator_id=row[5],
        operator_name=row[6],
        label=row[7],
        to_do=row[8],
        priority=Priority(row[9]),
        level=Level(row[10]),
        state=AlarmState(row[11]),
        channel=row[12],
        unit=row[13],
        edge=row[14],
        value=math.nan if row[15] is None else row[15],
        worst_value=math.nan if row[16] is None else row[16],
        times=row[17],
        first_out=bool(row[18]),
        raised=_time(row[19]),
        returned=_time_or_none(row[20]),
        acknowledged=_time_or_none(row[21]),
        acknowledged_by=row[22] or "",
        cleared=_time_or_none(row[23]),
        cleared_by=row[24] or "",
        shelved_until=_time_or_none(row[25]),
    )


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _text_or_none(at: datetime | None) -> str | None:
    return None if at is None else _text(at)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _time_or_none(text: str | None) -> datetime | None:
    return None if text is None else _time(text)
