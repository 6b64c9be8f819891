"""The history of alarms as a document and as a file: CSV for a spreadsheet, JSON for a program."""

import csv
import json
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cartech_desk.bay.export import check_file
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.reports.selection import unfinished
from cartech_desk.reports.spreadsheet import harmless
from cartech_desk.store.alarms import AlarmQuery, AlarmRecord
from cartech_desk.store.store import Store

ADVISORY: Final = (
    "The desk advises. It is no emergency stop: it does not cut fuel, load or ignition."
)
PAGE: Final = 1_000


def export_alarms(store: Store, query: AlarmQuery, path: Path, by: Actor) -> Path:
    """Write the alarms wanted to a .csv or .json file, the first one raised first.

    Recorded before anything is written, and how it ended. Errors: NotSignedIn, RightMissing,
    ExportRefused, ExportFailed, StoreError.
    """
    require(by, Act.EXPORT)
    check_file(path, ENDINGS)
    what = {"file": str(path.absolute()), "alarms": store.alarms.count(query)}
    entity = Entity("alarm", "", "history of alarms", query.vehicle)
    intent = store.audit.intent(by, Entry("alarm.export", entity, None, what))
    done, reason = False, ""
    try:
        with unfinished(path) as part:
            ENDINGS[path.suffix.lower()](everything(store, query), part)
        done = True
    except CarTechError as error:
        reason = error.happened
        raise
    finally:
        store.audit.result(intent, done=done, reason=reason)
    return path


def everything(store: Store, query: AlarmQuery) -> Iterator[AlarmRecord]:
    """Yield the alarms wanted, the first one raised first, some at a time."""
    last = ""
    while page := store.alarms.find(query, limit=PAGE, before=last, oldest_first=True):
        yield from page
        last = page[-1].id


def as_document(record: AlarmRecord) -> dict[str, Any]:
    """Return one alarm as plain values.

    `type`, `severity`, `vehicle` and `timestamp` are the names of GET /api/safety/alerts.
    """
    return {
        "type": record.key,
        "severity": record.level.name.lower(),
        "vehicle": record.vehicle_name,
        "timestamp": _time(record.raised),
        "id": record.id,
        "label": record.label,
        "to_do": record.to_do,
        "priority": record.priority.name.lower(),
        "state": record.state.value,
        "standing": record.standing,
        "never_acknowledged": record.never_acknowledged,
        "first_out": record.first_out,
        "times": record.times,
        "channel": record.channel,
        "unit": record.unit,
        "edge": _number(record.edge),
        "comparison": None if record.comparison is None else record.comparison.value,
        "value": _number(record.value),
        "worst_value": _number(record.worst_value),
        "vehicle_id": record.vehicle_id,
        "recording_id": record.recording_id,
        "operator": record.operator_name,
        "operator_id": record.operator_id,
        "returned": _time(record.returned),
        "acknowledged": _time(record.acknowledged),
        "acknowledged_by": record.acknowledged_by,
        "cleared": _time(record.cleared),
        "cleared_by": record.cleared_by,
        "shelved_until": _time(record.shelved_until),
    }


def _write_csv(records: Iterator[AlarmRecord], path: Path) -> None:
    # With a byte order mark: without it a usual spreadsheet takes UTF-8 for the country's own code.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(COLUMNS)
        for record in records:
            document = as_document(record)
            lines.writerow([_cell(document[name]) for name in COLUMNS])


def _write_json(records: Iterator[AlarmRecord], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"advisory": {json.dumps(ADVISORY)}, "alarms": [')
        for number, record in enumerate(records):
            body = json.dumps(as_document(record), ensure_ascii=False, allow_nan=False)
            file.write(("," if number else "") + "\n" + body)
        file.write("\n]}\n")


ENDINGS: Final[dict[str, Callable[[Iterator[AlarmRecord], Path], None]]] = {
    ".csv": _write_csv,
    ".json": _write_json,
}
"""What the history can be exported to, by the file's ending."""


COLUMNS: Final = (
    "timestamp",
    "severity",
    "label",
    "vehicle",
    "state",
    "first_out",
    "priority",
    "channel",
    "worst_value",
    "comparison",
    "edge",
    "unit",
    "times",
    "returned",
    "acknowledged",
    "acknowledged_by",
    "cleared",
    "cleared_by",
    "never_acknowledged",
    "operator",
    "to_do",
    "type",
    "id",
    "recording_id",
    "vehicle_id",
)


def _cell(value: object) -> object:
    """Return a cell that no spreadsheet carries out; numbers stay numbers."""
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else value


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds")
