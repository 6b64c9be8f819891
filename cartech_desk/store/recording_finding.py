"""By what search finds a recording.

Recordings lie in one file and what search finds in the other. Nothing is written there while a car
is recorded: whoever is about to search first lets be found what came since, and forgets what went.
That also settles what a kill between the two files left out.
"""

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.store.database import Database
from cartech_desk.store.errors import StoreError
from cartech_desk.store.finding import Entry, drop_entry, keep_entries, numbers_of

if TYPE_CHECKING:
    from cartech_desk.store.vehicles import VehicleStore

_LOG = logging.getLogger(__name__)
_KIND: Final = "recording"
_AT_ONCE: Final = 500
"""So many in one transaction, so that nothing else of the desk waits."""


def catch_up(desk: Database, recordings: Database, vehicles: "VehicleStore") -> bool:
    """Let search find the recordings that have ended, and no deleted one.

    Returns whether anything changed by that. Errors: StoreError; what was caught up with until
    then stays.
    """
    kept = [
        str(key)
        for (key,) in recordings.glance(
            "SELECT id FROM recording WHERE deleted IS NULL AND ending <> 'open' "
            "ORDER BY anchor, no"
        )
    ]
    first, last = numbers_of(_KIND)
    known = {
        str(key)
        for (key,) in desk.glance(
            "SELECT ref FROM find_entry WHERE number BETWEEN ? AND ?", (first, last)
        )
    }
    new = [key for key in kept if key not in known]
    for place in range(0, len(new), _AT_ONCE):
        entries = _entries(recordings, vehicles, new[place : place + _AT_ONCE])
        with desk.write() as connection:
            for entry in entries:
                drop_entry(connection, _KIND, entry.ref)  # another process may have been faster
            keep_entries(connection, entries)
    gone = known.difference(kept)
    if gone:
        with desk.write() as connection:
            for key in gone:
                drop_entry(connection, _KIND, key)
    return bool(new or gone)


def forget(desk: Database, recording_id: str) -> None:
    """Let search find a recording no more, until it is caught up with again."""
    try:
        if desk.glance(
            "SELECT 1 FROM find_entry WHERE kind = ? AND ref = ?", (_KIND, recording_id)
        ):
            with desk.write() as connection:
                drop_entry(connection, _KIND, recording_id)
    except StoreError as error:
        _LOG.warning("search still finds the recording %s as it was: %s", recording_id, error)


def _entries(recordings: Database, vehicles: "VehicleStore", keys: Sequence[str]) -> list[Entry]:
    """Return the entries of some recordings, the oldest first."""
    rows = recordings.glance(
        "SELECT id, vehicle_id, vehicle_name, coalesce(vin, ''), note, anchor, operator_name, "
        "(SELECT group_concat(name, ' ') FROM channel WHERE channel.recording = recording.no) "
        "FROM recording WHERE id IN (SELECT value FROM json_each(?)) ORDER BY anchor, no",
        (json.dumps(list(keys)),),
    )
    known = vehicles.known({str(row[1]) for row in rows})
    names = {key: vehicle.name for key, vehicle in known.items()}
    return [_entry(row, names.get(row[1], row[2])) for row in rows]


def _entry(row: Sequence[Any], name: str) -> Entry:
    key, _vehicle, _name, vin, note, anchor, operator, channels = row
    at = datetime.fromisoformat(anchor).astimezone()
    detail = " · ".join(filter(None, (operator, note)))
    return Entry(
        _KIND, key, f"{name}, {at:%Y-%m-%d %H:%M}", detail, f"{vin} {channels or ''}", anchor
    )
