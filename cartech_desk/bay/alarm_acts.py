"""What people do to alarms: durable, with its audit record, before anything changes.

Runs in the keeper's thread. The disk is written between two looks under the lock, so that the
thread that reads the car never waits for it; what changed meanwhile is not covered by the act.
"""

import copy
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from cartech_desk.bay.alarm_book import AlarmBook
from cartech_desk.bay.alarm_occurrence import Occurrence
from cartech_desk.bay.alarm_pages import Pages
from cartech_desk.bay.alarm_shelves import Shelves
from cartech_desk.bay.alarm_surroundings import Clocks
from cartech_desk.domain.alarms.limit import LONGEST_TEXT
from cartech_desk.domain.alarms.state import UNACKNOWLEDGED, Alarm, AlarmRefused, AlarmState
from cartech_desk.domain.alarms.watch import limit_alarm
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import SHELVE_MOST_S, Actor
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.store.alarms import AlarmRecord, AlarmStore, Shelf, acknowledged_entry
from cartech_desk.store.errors import NotKept

ANY: Final = -1
"""However often it asked."""
_LONGEST_S: Final = max(SHELVE_MOST_S.values())


@dataclass(frozen=True, slots=True)
class Asked:
    """An alarm as it was when somebody acted on it."""

    id: str
    asks: int = ANY


@dataclass(frozen=True, slots=True)
class _Target:
    """What is put on the shelf."""

    vehicle_id: str
    key: str
    alarm: Alarm
    label: str


class AlarmActs:
    """Acts on the alarms of one bay. Errors of all: AlarmRefused, NotKept, StoreError."""

    def __init__(
        self,
        book: AlarmBook,
        lock: threading.Lock,
        store: AlarmStore,
        clocks: Clocks,
        *,
        shelves: Shelves,
        pages: Pages,
    ) -> None:
        self._book = book
        self._lock = lock
        self._store = store
        self._pages = pages
        self._shelves = shelves
        self._clocks = clocks

    def asked(self, alarm_id: str) -> Asked:
        """Return how an alarm stands now, for an act that is done later."""
        with self._lock:
            one = self._book.occurrences.find(alarm_id)
            return Asked(alarm_id, one.asks if one is not None else 0)

    def all_asking(self) -> tuple[Asked, ...]:
        """Return every announced alarm that asks for acknowledgement."""
        with self._lock:
            return tuple(
                Asked(one.id, one.asks)
                for one in self._book.occurrences
                if one.alarm.state in UNACKNOWLEDGED
            )

    def acknowledge(self, asked: Sequence[Asked], by: Actor, *, named: bool) -> int:
        """Acknowledge these, all in one transaction; returns how many they were.

        One that was `named` is refused where it is gone, asks no more or got worse since it was
        asked for; of all that asked, such are left out.
        """
        now_ns, now = self._clocks.monotonic_ns(), self._clocks.utc()
        records: list[AlarmRecord] = []
        entries: list[Entry] = []
        with self._lock:
            found = [(each, self._book.occurrences.find(each.id)) for each in asked]
            written: list[tuple[Occurrence, int, AlarmState]] = []
            for each, one in found:
                if one is None:
                    continue
                if one.asks != each.asks:
                    if named:
                        raise _changed()
                    continue
                trial: Alarm = copy.copy(one.alarm)
                if named or trial.state in UNACKNOWLEDGED:
                    trial.acknowledge(now_ns)
                    written.append((one, each.asks, one.alarm.state))
                    before = one.record()
                    after = replace(
                        before,
                        state=trial.state,
                        acknowledged=now,
                        acknowledged_by=by.name,
                        cleared=now if trial.quiet else None,
                        cleared_by=by.name if trial.quiet else "",
                    )
                    records.append(after)
                    entries.append(acknowledged_entry(before, after))
        if named and found[0][1] is None:
            self._store.acknowledge(asked[0].id, by)  # one of an earlier run of the desk
            return 1
        if entries:
            self._store.acted(by, records, entries)
        with self._lock:
            done = [self._book.acknowledged(*each, by, now_ns) for each in written]
        if named and not all(done):
            raise _changed()
        return sum(done)

    def clear(self, asked: Asked, by: Actor, reason: str) -> None:
        """Clear a latched alarm; refused where it came again since it was asked for."""
        reason = checked_reason(reason)
        now_ns, now = self._clocks.monotonic_ns(), self._clocks.utc()
        with self._lock:
            one = self._must(asked)
            before = one.record()
            copy.copy(one.alarm).clear(now_ns)
        after = replace(before, state=AlarmState.NORMAL, cleared=now, cleared_by=by.name)
        entry = Entry(
            "alarm.clear",
            after.entity,
            {"state": before.state.value},
            {"state": after.state.value},
            reason,
        )
        self._store.acted(by, [after], [entry])
        with self._lock:
            if one.asks != asked.asks or one.alarm.state is not AlarmState.LATCHED:
                raise _changed()
            self._book.cleared(one, by, now_ns)

    def shelve(self, asked: Asked, seconds: float, reason: str, by: Actor) -> None:
        """Put an alarm aside for a time; refused where it got worse since it was asked for."""
        with self._lock:
            one = self._must(asked)
            target = _Target(one.vehicle.id, one.key, one.alarm, one.about.label)
        self._shelve(target, seconds, reason, by)

    def vehicle_id(self) -> str:
        """Return whose limits are in force now, for an act that is done later."""
        with self._lock:
            return self._book.vehicle.id

    def shelve_limit(
        self, limit_key: str, vehicle_id: str, seconds: float, reason: str, by: Actor
    ) -> None:
        """Put the alarm of a limit of this vehicle aside, whether it stands or not.

        Refused where another vehicle is at hand by now.
        """
        key = limit_alarm(limit_key)
        with self._lock:
            if self._book.vehicle.id != vehicle_id:
                raise _refused("Another vehicle is at hand now.", "Look at its limits.")
            alarm = self._book.alarm(key)
            if alarm is None or all(limit.key != limit_key for limit in self._book.limits):
                raise NotKept(
                    f"No limit “{limit_key}” is in force.", to_do="Look in the list of limits."
                )
            target = _Target(self._book.vehicle.id, key, alarm, self._book.about(key).label)
        self._shelve(target, seconds, reason, by)

    def unshelve(self, alarm_id: str, by: Actor) -> None:
        """Take an alarm back from the shelf."""
        now_ns = self._clocks.monotonic_ns()
        with self._lock:
            one = self._must(Asked(alarm_id))
            copy.copy(one.alarm).unshelve(now_ns)
            record = one.record()
            told, vehicle_id, key = one.told, one.vehicle.id, one.key
        entity = record.entity if told else shelf_entity(vehicle_id, key, record.label)
        entry = Entry("alarm.unshelve", entity, {"state": AlarmState.SHELVED.value}, None)
        rows = [replace(record, shelved_until=None)] if told else []
        self._store.acted(by, rows, [entry], taken=(vehicle_id, key))
        with self._lock:
            self._book.unshelved(vehicle_id, key, by.name, now_ns)

    def _shelve(self, target: _Target, seconds: float, reason: str, by: Actor) -> None:
        now_ns, now = self._clocks.monotonic_ns(), self._clocks.utc()
        until_ns = now_ns + round(1e9 * seconds)
        until = now + timedelta(seconds=seconds)
        shelf = Shelf(target.vehicle_id, target.key, now, until, reason, by.id, by.name)
        with self._lock:
            copy.copy(target.alarm).shelve(now_ns, until_ns)
            found = [
                (one, one.asks) for one in self._book.occurrences.of(shelf.vehicle_id, shelf.key)
            ]
            rows = [
                replace(one.record(), state=AlarmState.SHELVED, shelved_until=until)
                for one, _ in found
                if one.told
            ]
            state = target.alarm.state.value
        entity = shelf_entity(shelf.vehicle_id, shelf.key, target.label)
        entity = rows[0].entity if rows else entity
        after = {"state": AlarmState.SHELVED.value, "shelved": now, "until": until}
        entry = Entry("alarm.shelve", entity, {"state": state}, after, reason)
        self._store.acted(by, rows, [entry], put=shelf)
        self._shelves.put(shelf, until_ns)
        with self._lock:
            if any(one.asks != asks for one, asks in found):
                back = Entry("alarm.unshelve", entity, after, None, "It got worse meanwhile.")
                self._pages.off_the_shelf(shelf.vehicle_id, shelf.key, back)
                raise _changed()
            self._book.shelved(shelf, until_ns, now_ns)

    def _must(self, asked: Asked) -> Occurrence:
        one = self._book.occurrences.find(asked.id)
        if one is not None and asked.asks not in (one.asks, ANY):
            raise _changed()
        if one is None:
            raise NotKept(
                "This alarm does not stand any more.", to_do="Look at the list of alarms again."
            )
        return one


def shelf_entity(vehicle_id: str, key: str, label: str) -> Entity:
    """Return what the audit log calls an alarm that is put aside while it does not stand."""
    return Entity("alarm", key, label, vehicle_id)


def check_shelving(seconds: float, reason: str, by: Actor) -> None:
    """Refuse to shelve without a reason, or for longer than this role may. Errors: AlarmRefused."""
    if not reason.strip():
        raise _refused("An alarm is not shelved without a reason.", "Say why.")
    if len(reason) > LONGEST_TEXT or not reason.isprintable():
        raise _refused(
            "The reason is too long or has signs that cannot be shown.",
            f"Use at most {LONGEST_TEXT} printable characters.",
        )
    most_s = SHELVE_MOST_S[by.role] if by.role is not None else _LONGEST_S
    if not (math.isfinite(seconds) and 0 < seconds <= most_s):
        who = by.role.value if by.role is not None else "desk"
        raise _refused(
            f"An alarm cannot be shelved for {seconds / 3600:.3g} hours.",
            f"Give a time above 0, up to the {most_s / 3600:g} hours that a {who} may.",
        )


def _changed() -> AlarmRefused:
    return AlarmRefused(
        "This alarm got worse, or came again, since you looked.",
        kept="It asks on.",
        to_do="Look at it again.",
    )


def _refused(happened: str, to_do: str) -> AlarmRefused:
    return AlarmRefused(happened, kept="The alarm stays as it is.", to_do=to_do)
