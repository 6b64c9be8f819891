"""How a tile tells the alarm of its channel: lamp, word, and whether it still calls."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.alarms.state import ACTIVE, AlarmState
from cartech_desk.ui.models.alarm_words import asks, lamp_state
from cartech_desk.ui.theme.states import State

_WORDS: Final = {Level.NONE: "ALARM", Level.WARNING: "WARN", Level.TRIP: "TRIP"}
_ADDED: Final = {
    AlarmState.ACTIVE_UNACKNOWLEDGED: "{}",
    AlarmState.ACTIVE_ACKNOWLEDGED: "{} ack.",
    AlarmState.RETURNED_UNACKNOWLEDGED: "was {}",
    AlarmState.LATCHED: "{} latched",
    AlarmState.SHELVED: "shelved",
}


@dataclass(frozen=True, slots=True)
class AlarmFace:
    """An alarm on a tile. `word` is empty where the tile's own words say what is wrong.

    `calls`: nobody has acknowledged it yet. `gone`: its condition is over.
    """

    lamp: State
    word: str
    calls: bool
    gone: bool

    @property
    def token(self) -> str:
        """Name of its colour."""
        return self.lamp.lamp.token


def face_of(alarm: StandingAlarm) -> AlarmFace | None:
    """Return how an alarm is told on its channel's tile; None for one out of service."""
    added = _ADDED.get(alarm.state)
    if added is None:
        return None
    word = added.format(_WORDS[max(alarm.level, alarm.worst)])
    if alarm.limit is None and alarm.state is not AlarmState.SHELVED:
        word = ""
    gone = alarm.state not in (*ACTIVE, AlarmState.SHELVED)
    return AlarmFace(lamp_state(alarm), word, calls=asks(alarm), gone=gone)


def faces_of(standing: Iterable[StandingAlarm]) -> dict[str, AlarmFace]:
    """Return the face of each channel's worst alarm; `standing` has the worst first."""
    found: dict[str, AlarmFace] = {}
    for alarm in standing:
        if alarm.channel and alarm.channel not in found:
            face = face_of(alarm)
            if face is not None:
                found[alarm.channel] = face
    return found
