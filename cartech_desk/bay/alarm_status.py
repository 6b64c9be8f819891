"""What the bay tells of its alarms: immutable pictures that any thread may read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cartech_desk.domain.alarms.limit import Action, Comparison, Level, Limit, Priority
from cartech_desk.domain.alarms.state import AlarmState
from cartech_desk.domain.alarms.watch import SignalFault


@dataclass(frozen=True, slots=True)
class StandingAlarm:
    """One alarm that is not normal.

    `id` names this occurrence (it is the row of the history), `key` the alarm ("limit:rpm_high",
    "signal:afr", "desk:link"); `label` and `to_do` are for the technician. `value` and
    `worst_value` are in the canonical `unit`, NaN where there is none; `edge` is the value of the
    limit that was passed. Times `*_ns` are monotonic, the others UTC. `first_out`: it came while
    no other stood. `times` counts how often it came in this occurrence. `limit` is None for
    alarms of channels without a value and of the desk's own; `fault` says why a channel has none.
    """

    id: str
    key: str
    state: AlarmState
    level: Level
    """How far it is out now."""
    worst: Level
    priority: Priority
    label: str
    to_do: str
    action: Action
    channel: str
    unit: str
    vehicle_id: str
    vehicle_name: str
    raised_ns: int
    raised: datetime
    value: float = float("nan")
    worst_value: float = float("nan")
    edge: float | None = None
    comparison: Comparison | None = None
    returned: datetime | None = None
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    shelved_until: datetime | None = None
    shelved_by: str = ""
    shelved_reason: str = ""
    times: int = 1
    first_out: bool = False
    order: int = 0
    """Rises with each alarm raised since the start of the desk."""
    limit: Limit | None = None
    fault: SignalFault | None = None


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A limit in service that is not watched, and why, in a sentence.

    `absent` where the car has no such channel: that is so for good and asks nobody for anything.
    Otherwise something is wrong now: a channel without a value, a limit that cannot be read.
    """

    limit: Limit
    why: str
    absent: bool = False


NO_PROFILE: Final = (
    "This vehicle has no profile: beside its own limits only those are watched that suit any car. "
    "Give it its profile, with its limits."
)
NO_VEHICLE: Final = "No vehicle is chosen: only limits are watched that suit any car."


@dataclass(frozen=True, slots=True)
class AlarmsSnapshot:
    """All alarms as of now.

    `standing` has the worst first: active before returned, unacknowledged before acknowledged,
    trip before warning, then priority, then the first one raised; shelved and out of service come
    last. `armed` limits are being watched at this moment; `vehicle_id` is whose limits are in
    force and `profile` the name of the vehicle's profile, empty for none. `silent_until_ns` is
    monotonic, 0 where the sound is not silenced; `sound_problem` says why no alarm can be heard;
    `problem` that the history or the audit log cannot be written.
    """

    standing: tuple[StandingAlarm, ...] = ()
    limits: tuple[Limit, ...] = ()
    armed: int = 0
    unwatched: tuple[Unwatched, ...] = ()
    vehicle_id: str = ""
    profile: str = ""
    silent_until_ns: int = 0
    sounding: Level = Level.NONE
    """What is being heard, or would be were it not silenced."""
    sound_problem: str = ""
    problem: str = ""

    @property
    def announced(self) -> tuple[StandingAlarm, ...]:
        """Those that people have to see: all but the shelved and those out of service."""
        aside = (AlarmState.SHELVED, AlarmState.OUT_OF_SERVICE)
        return tuple(alarm for alarm in self.standing if alarm.state not in aside)

    @property
    def missed(self) -> tuple[Unwatched, ...]:
        """Limits that should be watched and are not: somebody has to see to it."""
        return tuple(one for one in self.unwatched if not one.absent)

    @property
    def absent(self) -> tuple[Unwatched, ...]:
        """Limits on channels that this car has not: worth a word, no warning."""
        return tuple(one for one in self.unwatched if one.absent)

    @property
    def only_any(self) -> str:
        """Say that only limits that suit any car are watched; empty where a profile is in force."""
        if self.profile or not self.limits:
            return ""
        return NO_PROFILE if self.vehicle_id else NO_VEHICLE

    @property
    def worst(self) -> StandingAlarm | None:
        """The one that comes first."""
        return self.announced[0] if self.announced else None


NO_ALARMS: Final = AlarmsSnapshot()
"""Before anything is watched."""
