"""One occurrence of an alarm: from the moment that it is raised until it is normal again."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from uuid_utils import uuid7

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.bay.alarm_words import About
from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.alarms.state import Alarm, AlarmState
from cartech_desk.domain.people import NOBODY, Actor
from cartech_desk.store.alarms import AlarmRecord, Shelf


@dataclass(frozen=True, slots=True)
class VehicleAtHand:
    """Whose limits are in force; `id` is empty for a car that nobody named."""

    id: str = ""
    name: str = ""
    profile: str = ""


@dataclass(slots=True)
class Occurrence:
    """One occurrence. Not thread-safe: the book of alarms owns it.

    `told` is False for an alarm that was put aside before it came: it stands in the list and has
    no row in the history. `asks` rises each time it asks for acknowledgement anew, so that an
    acknowledgement under way never covers what came after it was given.
    """

    key: str
    alarm: Alarm
    about: About
    vehicle: VehicleAtHand
    raised_ns: int
    raised: datetime
    order: int
    told: bool = True
    first_out: bool = False
    id: str = field(default_factory=lambda: str(uuid7()))
    worst: Level = Level.NONE
    times: int = 1
    asks: int = 1
    recording_id: str = ""
    operator: Actor = NOBODY
    returned: datetime | None = None
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    shelved_until: datetime | None = None
    shelved_by: str = ""
    shelved_reason: str = ""
    cleared: datetime | None = None
    cleared_by: str = ""
    returns_told: int = 0
    rest_ns: int = 0
    """When a return that was not told yet, since it flaps, will be; 0 for none."""
    mark: str = ""
    """Name of its last mark in the recording."""
    mark_ns: int = 0
    """Where that mark ends (monotonic)."""

    passed: float | None = None
    """The edge as it stood when it was passed; the limit may have been edited since."""

    def rise(self, level: Level) -> None:
        """Note that it came, or got worse, at this level, and the edge that is passed by that."""
        self.worst = max(self.worst, level)
        self.passed = self.about.edge(self.worst)

    def joins(self, recording_id: str) -> bool:
        """Note a recording that began while it stands; False where nothing is to be noted."""
        if not self.told or self.recording_id or not recording_id:
            return False
        self.recording_id = recording_id
        return True

    def put_aside(self, shelf: Shelf) -> None:
        """Note until when it is on the shelf, by whom, and why."""
        self.shelved_until, self.shelved_by = shelf.until, shelf.by_name
        self.shelved_reason = shelf.reason

    @property
    def edge(self) -> float | None:
        """The edge that it was raised at, or got worse at."""
        return self.passed if self.passed is not None else self.about.edge(self.worst)

    @property
    def value(self) -> float:
        """The last value while it was out, NaN where there is none."""
        return self.alarm.value

    @property
    def worst_value(self) -> float:
        """The value that lay farthest out while its limit counted."""
        worst = self.alarm.worst_value
        return worst if math.isfinite(worst) else self.alarm.value

    def standing(self, now_ns: int, now: datetime) -> StandingAlarm:
        """Return it as people see it."""
        alarm, about = self.alarm, self.about
        state = alarm.state
        shelved = state is AlarmState.SHELVED
        return StandingAlarm(
            id=self.id,
            key=self.key,
            state=state,
            level=alarm.level,
            worst=max(self.worst, alarm.worst),
            priority=about.priority,
            label=about.label,
            to_do=about.to_do,
            action=about.action,
            channel=about.channel,
            unit=about.unit,
            vehicle_id=self.vehicle.id,
            vehicle_name=self.vehicle.name,
            raised_ns=self.raised_ns,
            raised=self.raised,
            value=self.value,
            worst_value=self.worst_value,
            edge=self.edge,
            comparison=about.comparison,
            returned=self.returned,
            acknowledged=self.acknowledged,
            acknowledged_by=self.acknowledged_by,
            shelved_until=self._until(now_ns, now) if shelved else None,
            shelved_by=self.shelved_by if shelved else "",
            shelved_reason=self.shelved_reason if shelved else "",
            times=self.times,
            first_out=self.first_out,
            order=self.order,
            limit=about.limit,
            fault=about.fault,
        )

    def record(self) -> AlarmRecord:
        """Return its row as of now."""
        about = self.about
        return AlarmRecord(
            id=self.id,
            key=self.key,
            vehicle_id=self.vehicle.id,
            vehicle_name=self.vehicle.name,
            label=about.kept_label or about.label,
            to_do=about.to_do,
            priority=about.priority,
            level=self.worst,
            state=self.alarm.state,
            raised=self.raised,
            channel=about.channel,
            unit=about.unit,
            edge=self.edge,
            comparison=about.comparison,
            value=self.value,
            worst_value=self.worst_value,
            times=self.times,
            first_out=self.first_out,
            recording_id=self.recording_id,
            operator_id=self.operator.id,
            operator_name=self.operator.name if self.operator != NOBODY else "",
            returned=self.returned,
            acknowledged=self.acknowledged,
            acknowledged_by=self.acknowledged_by,
            cleared=self.cleared,
            cleared_by=self.cleared_by,
            shelved_until=self.shelved_until,
        )

    def _until(self, now_ns: int, now: datetime) -> datetime | None:
        """Return when it comes back from the shelf by the wall clock of this moment.

        The time on the shelf runs by the monotonic clock: where the wall clock was set meanwhile,
        what was said when it was put there is no longer true.
        """
        comes = now + timedelta(microseconds=(self.alarm.shelved_until_ns - now_ns) / 1000)
        said = self.shelved_until
        if said is not None and abs((comes - said).total_seconds()) < 2:
            return said
        return comes.replace(microsecond=0)


def rank(alarm: StandingAlarm) -> tuple[int, ...]:
    """Return by what alarms are sorted, the worst first."""
    state = alarm.state
    aside = {AlarmState.SHELVED: 1, AlarmState.OUT_OF_SERVICE: 2}.get(state, 0)
    order = {
        AlarmState.ACTIVE_UNACKNOWLEDGED: 0,
        AlarmState.ACTIVE_ACKNOWLEDGED: 1,
        AlarmState.RETURNED_UNACKNOWLEDGED: 2,
    }.get(state, 3)
    return (aside, order, -int(alarm.worst), -int(alarm.priority), alarm.order)
