"""What of the alarms is heard: the worst one that asks for acknowledgement, unless silenced.

Pure but for the speaker: whoever owns it says what stands, and when.
"""

from collections.abc import Iterable
from typing import Final, Protocol

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.domain.alarms.limit import Action, Level
from cartech_desk.domain.alarms.state import UNACKNOWLEDGED

LONGEST_SILENCE_S: Final = 600.0
"""Nobody can silence the desk for longer at once."""


class Speaker(Protocol):
    """What makes a sound. No method of it ever waits or fails."""

    @property
    def problem(self) -> str:
        """Why nothing can be heard, a sentence; empty where all is well."""

    def start(self) -> None:
        """Be ready to sound."""

    def stop(self) -> None:
        """Be silent for good."""

    def sound(self, level: Level) -> None:
        """Sound for this level from now on; NONE is silence."""


class Annunciator:
    """Decides what is heard. Not thread-safe: whoever owns it sees to that."""

    def __init__(self) -> None:
        self.sounding = Level.NONE
        """What is heard, or would be were it not silenced."""
        self.silent_until_ns = 0
        self._known: dict[str, Level] = {}

    def silence(self, now_ns: int, seconds: float) -> None:
        """Be silent for a time. It ends by itself, and at once where something new comes."""
        self.silent_until_ns = now_ns + round(1e9 * min(max(seconds, 0.0), LONGEST_SILENCE_S))

    def hear(self, announced: Iterable[StandingAlarm], now_ns: int) -> Level:
        """Take in what stands; return what is to be heard now.

        An alarm that is new, has become worse or came anew after it was acknowledged ends the
        silence; one that merely flaps does not.
        """
        asking = {
            alarm.id: alarm.worst
            for alarm in announced
            if alarm.state in UNACKNOWLEDGED and alarm.action is not Action.LAMP
        }
        if any(level > self._known.get(key, Level.NONE) for key, level in asking.items()):
            self.silent_until_ns = 0
        self._known = asking
        self.sounding = max(asking.values(), default=Level.NONE)
        if now_ns < self.silent_until_ns:
            return Level.NONE
        self.silent_until_ns = 0
        return self.sounding
