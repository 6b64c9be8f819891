"""What the page of recordings reads of its list, all of it in the background."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import RecordingsAsked, RecordingSummary
from cartech_desk.store.store import Store
from cartech_desk.ui.models.recording_alarms import tripped


@dataclass(frozen=True, slots=True)
class Listed:
    """A window of the list: `more` tells that others follow, `vins` those of the vehicles by id.

    `tripped` are the ids of those with a trip; `named` are recordings that were asked for by id,
    listed or not; `columns` how the list was left, None where it was not asked.
    """

    asked: RecordingsAsked
    rows: tuple[RecordingSummary, ...]
    more: bool
    vins: Mapping[str, str]
    tripped: frozenset[str]
    named: Mapping[str, RecordingSummary]
    columns: str | None = None


def read_list(
    store: Store, asked: RecordingsAsked, ids: Sequence[str], memory: tuple[str, str] | None
) -> Listed:
    """Read what is asked for, and these recordings; waits for the disk.

    `memory` is where the columns are kept, None not to read them.
    """
    if asked.sort == "alarms":
        asked = replace(asked, tripped=store.alarms.recordings_with_trips())
    found = store.recordings.find(asked)
    vehicles = store.vehicles.known({one.vehicle_id for one in found.rows})
    named = {one.id: one for one in found.rows if one.id in ids}
    for number in ids:
        if number and number not in named:
            with suppress(NotKept):
                kept = store.recordings.get(number)
                if not kept.deleted:
                    named[number] = kept
    columns: str | None = None
    if memory is not None:
        kept_columns = (store.layouts.load(*memory) or {}).get("columns", "")
        columns = kept_columns if isinstance(kept_columns, str) else ""
    return Listed(
        asked,
        found.rows,
        found.more,
        {number: one.vin or "" for number, one in vehicles.items()},
        tripped(store.alarms, found.rows),
        named,
        columns,
    )
