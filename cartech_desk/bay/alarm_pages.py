"""What alarms leave behind: rows of the history, audit records, marks in the recording."""

import math
from collections.abc import Callable
from typing import Final, Protocol

from cartech_desk.bay.alarm_occurrence import Occurrence
from cartech_desk.domain.alarms.state import Change, Happening
from cartech_desk.domain.alarms.watch import DESK, desk_alarm
from cartech_desk.domain.audit import Entry
from cartech_desk.domain.people import NOBODY
from cartech_desk.store.alarms import AlarmRecord

MARK_NS: Final = 10_000_000_000
"""An alarm marks the recording from so long before it came to so long after it went."""
EXTEND_NS: Final = 5_000_000_000
"""The mark of an alarm that stands is moved on so often, for a power cut's sake."""
OF_THE_CAR: Final = (desk_alarm("link"), desk_alarm("engine"))
"""Alarms of the desk's own that say something of the car."""


class Pages(Protocol):
    """Who keeps what happened. No method of it waits."""

    def keep(self, record: AlarmRecord, entry: Entry | None = None, *, soon: bool = True) -> None:
        """Keep this row as it is now, and what the audit log is to say of it."""

    def off_the_shelf(self, vehicle_id: str, key: str, entry: Entry) -> None:
        """Keep that the time of an alarm on the shelf is over."""


class Marks:
    """Marks of alarms: `put` sets one (id, from, to, note), `extend` moves its end (id, to).

    `recording` tells the id of the recording under way. The desk's own alarms leave no marks, but
    for those of the link and the engine's ECU: the others say nothing of the car.
    """

    def __init__(
        self,
        put: Callable[[str, int, int, str], None],
        extend: Callable[[str, int], None],
        recording: Callable[[], str],
    ) -> None:
        self.recording = recording
        self._put = put
        self._extend = extend

    def raised(self, one: Occurrence, t_ns: int) -> None:
        """Mark that an alarm came; one that flaps is one mark as long as it does."""
        if one.key.startswith(DESK) and one.key not in OF_THE_CAR:
            return
        if one.mark and t_ns - MARK_NS <= one.mark_ns:
            self.still(one, t_ns)
            return
        one.mark = f"{one.id}:{one.times}" if one.mark else one.id
        one.mark_ns = t_ns + MARK_NS
        label = one.about.kept_label or one.about.label
        self._put(one.mark, t_ns - MARK_NS, one.mark_ns, label)

    def still(self, one: Occurrence, t_ns: int) -> None:
        """Move the end of its mark: it stands, or stood until now."""
        if one.mark and t_ns + MARK_NS > one.mark_ns:
            one.mark_ns = t_ns + MARK_NS
            self._extend(one.mark, one.mark_ns)


def entry_of(action: str, one: Occurrence, change: Change, reason: str = "") -> Entry:
    """Return what the audit log says of what happened by itself."""
    after: dict[str, object] = {
        "state": one.alarm.state.value,
        "level": max(one.worst, change.level).name.lower(),
        "raised": one.raised,
        "times": one.times,
    }
    if math.isfinite(one.value):
        after |= {"value": one.value, "worst_value": one.worst_value, "unit": one.about.unit}
    edge = one.edge
    if edge is not None:
        after["edge"] = edge
    if one.returned is not None:
        after["returned"] = one.returned
    if one.operator != NOBODY:
        after["operator"] = one.operator.name
    return Entry(action, one.record().entity, None, after, reason)


def again_of(one: Occurrence, action: str = "alarm.raise") -> Entry:
    """Return what the audit log says of one that came again, or worse, in the same occurrence."""
    state = one.alarm.state
    change = Change(one.key, 0, Happening.RAISED, state, state, one.worst, one.value)
    return entry_of(action, one, change)
