"""Alarms as rows of `desk.db`: what a row says, which are wanted, how they are written and read."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cartech_desk.domain.alarms.limit import Comparison, Level, Priority
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.audit import Entity
from cartech_desk.store.instants import instant
from cartech_desk.store.like_words import holds

COLUMNS: Final = (
    "id, key, vehicle_id, vehicle_name, recording_id, operator_id, operator_name, label, to_do, "
    "priority, level, state, channel, unit, edge, comparison, value, worst_value, times, "
    "first_out, raised, returned, acknowledged, acknowledged_by, cleared, cleared_by, shelved_until"
)
_WORDS: Final = ("label", "to_do", "channel", "vehicle_name", "operator_name", "acknowledged_by")
_ASKING: Final = "state IN ('active_unacknowledged', 'returned_unacknowledged', 'shelved')"


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """One occurrence of an alarm as the history keeps it; `level` is the worst that it reached.

    Times are UTC. `cleared` is when it was normal again, None while it stands; `cleared_by` is
    empty where that came by itself. Where it still stood when the desk was closed, `cleared_by`
    says so and `state` is the last one known. `value` and `worst_value` are NaN where there is
    none; `edge` and `comparison` are None for an alarm that is of no limit.
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
    comparison: Comparison | None = None
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
        """Whether it ended, with the desk, while it still asked, or would have off the shelf."""
        asking = (
            AlarmState.ACTIVE_UNACKNOWLEDGED,
            AlarmState.RETURNED_UNACKNOWLEDGED,
            AlarmState.SHELVED,
        )
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


def where_of(query: AlarmQuery) -> tuple[str, list[Any]]:
    """Return what SQLite is asked for: words of ours, and the typed ones as parameters."""
    words = ["1"]
    parameters: list[Any] = []

    def also(word: str, *values: Any) -> None:
        words.append(word)
        parameters.extend(values)

    if query.since is not None:
        also("raised >= ?", text_of(query.since))
    if query.until is not None:
        also("raised < ?", text_of(query.until))
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
        condition, values = holds(_WORDS, word)
        also(condition, *values)
    return " AND ".join(words), parameters


def row_of(record: AlarmRecord) -> tuple[Any, ...]:
    """Return a row in the order of `COLUMNS`."""
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
        None if record.comparison is None else record.comparison.value,
        _number(record.value),
        _number(record.worst_value),
        record.times,
        int(record.first_out),
        text_of(record.raised),
        _text_or_none(record.returned),
        _text_or_none(record.acknowledged),
        record.acknowledged_by or None,
        _text_or_none(record.cleared),
        record.cleared_by or None,
        _text_or_none(record.shelved_until),
    )


def record_of(row: Any) -> AlarmRecord:
    """Return what a row says."""
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
        comparison=None if row[15] is None else Comparison(row[15]),
        value=math.nan if row[16] is None else row[16],
        worst_value=math.nan if row[17] is None else row[17],
        times=row[18],
        first_out=bool(row[19]),
        raised=time_of(row[20]),
        returned=_time_or_none(row[21]),
        acknowledged=_time_or_none(row[22]),
        acknowledged_by=row[23] or "",
        cleared=_time_or_none(row[24]),
        cleared_by=row[25] or "",
        shelved_until=_time_or_none(row[26]),
    )


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def text_of(at: datetime) -> str:
    """Write an instant as it is kept: UTC, so that texts sort as instants do."""
    return instant(at)


def _text_or_none(at: datetime | None) -> str | None:
    return None if at is None else text_of(at)


def time_of(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


def _time_or_none(text: str | None) -> datetime | None:
    return None if text is None else time_of(text)
