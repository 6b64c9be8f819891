"""A window of the list of recordings: the newest, or those that match, in the order asked for.

A shop of ten years has fifty thousand of them, with a dozen channels each: nobody reads them all
to see the last ones.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.channels import Channel
from cartech_desk.store.database import Database
from cartech_desk.store.like_words import holds, like_words
from cartech_desk.store.recording_list import channel_of, summaries
from cartech_desk.store.recording_words import Ending, RecordingSummary

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.store.vehicles import Vehicle, VehicleStore

_LENGTH: Final = "CAST(round((last_ns - first_ns) / 1e9) AS INTEGER)"
_LASTING: Final = (
    f"CASE WHEN {_LENGTH} >= 3600 "
    f"THEN printf('%d h %02d min', {_LENGTH} / 3600, {_LENGTH} / 60 % 60) "
    f"WHEN {_LENGTH} >= 60 THEN printf('%d min %02d s', {_LENGTH} / 60, {_LENGTH} % 60) "
    f"ELSE printf('%d s', {_LENGTH}) END"
)
_CHANNELS: Final = "(SELECT count(*) FROM channel WHERE channel.recording = recording.no)"
_ALARMS: Final = (
    "(SELECT count(*) FROM mark WHERE mark.recording = recording.no AND mark.kind = 'alarm')"
)
_SORTS: Final[Mapping[str, str]] = {
    "started": "anchor",
    "vehicle": "lower(vehicle_name)",
    "length": "last_ns - first_ns",
    "channels": _CHANNELS,
    "ended": "ending",
    "alarms": f"(id IN (SELECT value FROM json_each(?))) * 1000000 + {_ALARMS}",  # noqa: S608 - words of ours
    "operator": "lower(operator_name)",
    "note": "lower(note)",
}
_SAID: Final[Mapping[Ending, str]] = {
    Ending.OPEN: "still recording",
    Ending.STOPPED: "stopped",
    Ending.POWER_CUT: "power cut",
    Ending.DISK_FULL: "disk full",
    Ending.WRITE_FAILED: "write failed",
}
_TEXTS: Final = (
    "recording.id",
    "vehicle_name",
    "vin",
    "recording.note",
    "operator_name",
    "strftime('%Y-%m-%d %H:%M %d.%m.%Y', anchor, 'localtime')",
    _LASTING,
)
_BELOW: Final = (
    "EXISTS (SELECT 1 FROM channel WHERE channel.recording = recording.no AND ({channel}))",
    "EXISTS (SELECT 1 FROM mark WHERE mark.recording = recording.no AND ({mark}))",
)


@dataclass(frozen=True, slots=True)
class RecordingsAsked:
    """What is wanted of the list of recordings that are not deleted.

    Each word of `search` is found in vehicle, VIN, note, operator, channels, marks, date, length
    or ending. `sort` is "started", "vehicle", "length", "channels", "ended", "alarms", "operator"
    or "note". `tripped` are ids of recordings with a trip, which stand first among alarms.
    """

    search: str = ""
    sort: str = "started"
    descending: bool = True
    limit: int = 100
    vehicle_id: str = ""
    ended: bool = False
    """None that is still being written."""
    tripped: Sequence[str] = ()
    holding: Sequence[str] = ()
    """Names of channels of which there are samples in each."""


@dataclass(frozen=True, slots=True)
class RecordingsFound:
    """The first recordings in the order asked for; `more` tells that others follow."""

    rows: tuple[RecordingSummary, ...]
    more: bool


def find(database: Database, vehicles: "VehicleStore", asked: RecordingsAsked) -> RecordingsFound:
    """Return what is asked for. Errors: those of `Database.read`."""
    conditions, values = _narrowed(vehicles, asked)
    order = _SORTS[asked.sort]
    ordered: tuple[str, ...] = (json.dumps(list(asked.tripped)),) if "?" in order else ()
    way = "DESC" if asked.descending else "ASC"
    with database.read() as connection:
        listed = connection.exec_driver_sql(
            f"SELECT no, id, vehicle_id FROM recording WHERE {' AND '.join(conditions)} "  # noqa: S608 - words of ours
            f"ORDER BY {order} {way}, anchor DESC, no DESC LIMIT ?",
            (*values, *ordered, asked.limit + 1),
        ).fetchall()
        rows = listed[: asked.limit]
        known = vehicles.known({row[2] for row in rows})
        found = of_numbers(connection, known, [row[0] for row in rows])
    place = {row[1]: number for number, row in enumerate(rows)}
    return RecordingsFound(
        tuple(sorted(found, key=lambda one: place[one.id])), len(listed) > len(rows)
    )


def channels_of(connection: "Connection", vehicle_id: str) -> tuple[Channel, ...]:
    """Return every channel that was ever recorded of a vehicle, each as it was last."""
    rows = connection.exec_driver_sql(
        "SELECT channel.name, label, unit, scale_minimum, scale_maximum, decimals, source, "
        "derived, max(anchor) FROM recording "
        "CROSS JOIN channel ON channel.recording = recording.no "
        "WHERE vehicle_id = ? AND recording.deleted IS NULL GROUP BY channel.name "
        "ORDER BY max(anchor) DESC, code",
        (vehicle_id,),
    ).fetchall()
    return tuple(channel_of(row[:8]) for row in rows)


def of_numbers(
    connection: "Connection", vehicles: "Mapping[str, Vehicle]", numbers: Sequence[int]
) -> tuple[RecordingSummary, ...]:
    """Return the summaries of these rows, the newest first."""
    where = "recording.no IN (SELECT value FROM json_each(?))"
    return summaries(connection, vehicles, where, (json.dumps(list(numbers)),))


def _narrowed(vehicles: "VehicleStore", asked: RecordingsAsked) -> tuple[list[str], list[Any]]:
    conditions, values = ["recording.deleted IS NULL"], list[Any]()
    if asked.vehicle_id:
        conditions.append("vehicle_id = ?")
        values.append(asked.vehicle_id)
    if asked.ended:
        conditions.append("ending <> ?")
        values.append(Ending.OPEN.value)
    for name in asked.holding:
        conditions.append(
            "EXISTS (SELECT 1 FROM channel WHERE channel.recording = recording.no "
            "AND channel.name = ? AND channel.samples > 0)"
        )
        values.append(name)
    for word in asked.search.lower().split():
        ways = list(_ways(vehicles, word))
        conditions.append(f"({' OR '.join(condition for condition, _ in ways)})")
        for _, some in ways:
            values += some
    return conditions, values


def _ways(vehicles: "VehicleStore", word: str) -> Iterator[tuple[str, list[str]]]:
    """Return in how many ways a word may be found in a recording, the quickest first."""
    yield holds(_TEXTS, word)
    endings = [one.value for one, said in _SAID.items() if word in said]
    if endings:
        yield f"ending IN ({', '.join('?' * len(endings))})", endings
    if word in "today":
        yield "date(anchor, 'localtime') = date(?, 'localtime')", [_now()]
    if word.rstrip(":").isdigit():
        yield f"{_CHANNELS} = ?", [word.rstrip(":")]
        yield f"{_ALARMS} = ?", [word]
    if word in "alarms, trip":
        yield f"{_ALARMS} > 0", []
    if word in "none":
        yield f"{_CHANNELS} = 0", []
    called = vehicles.called(like_words(word))
    if called:
        yield "vehicle_id IN (SELECT value FROM json_each(?))", [json.dumps(called)]
    for below, text in zip(_BELOW, (("channel.name", "label"), ("mark.note",)), strict=True):
        condition, some = holds(text, word)
        yield below.format(channel=condition, mark=condition), some


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
