"""States as people see them: a shape, a colour and a word, never a colour alone."""

from enum import Enum
from typing import Final, NamedTuple, Protocol

from cartech_desk.bay.status import LinkState
from cartech_desk.ui.theme.theme import tokens


class Lamp(NamedTuple):
    """How a state looks; `token` is the name of its colour in the theme."""

    shape: str
    token: str
    word: str

    @property
    def color(self) -> str:
        """Colour in the theme in force."""
        return str(getattr(tokens(), self.token))


class Lit(Protocol):
    """Whatever has a lamp: the states of the desk, those of work."""

    @property
    def lamp(self) -> Lamp:
        """Shape, colour and word."""


class State(Enum):
    """The states of the desk's lamps."""

    CONNECTED = Lamp("●", "good", "connected")
    CONNECTING = Lamp("◐", "accent", "connecting")
    OFF = Lamp("○", "muted", "off")
    WARNING = Lamp("▲", "warn", "warning")
    TRIP = Lamp("■", "trip", "trip")
    WARNING_GONE = Lamp("△", "warn", "warning, gone")
    TRIP_GONE = Lamp("□", "trip", "trip, gone")
    LATCHED = Lamp("◆", "trip", "latched")
    SHELVED = Lamp("▽", "muted", "shelved")
    OUT_OF_SERVICE = Lamp("✕", "muted", "out of service")
    RECORDING = Lamp("●", "trip", "recording")

    @property
    def lamp(self) -> Lamp:
        """Shape, colour and word."""
        return self.value


LINK_STATES: Final = {
    LinkState.DISCONNECTED: State.OFF,
    LinkState.CONNECTING: State.CONNECTING,
    LinkState.CONNECTED: State.CONNECTED,
    LinkState.LOST: State.WARNING,
    LinkState.RECONNECTING: State.WARNING,
}
"""The lamp of each state of the connection."""
