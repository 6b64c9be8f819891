"""How the watch over the limits stands in words: what is watched, what is not, and the sound."""

from dataclasses import dataclass
from typing import Final

from cartech_desk.bay.alarm_status import AlarmsSnapshot
from cartech_desk.bay.status import BaySnapshot, LinkState
from cartech_desk.domain.alarms.limit import Level
from cartech_desk.ui.models.alarm_words import roughly
from cartech_desk.ui.theme.states import State

_NAMED: Final = 2
_SECOND: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class WatchWords:
    """A lamp and a sentence; `more` is all of it, for a tooltip."""

    state: State
    words: str
    more: str = ""


def limits(number: int) -> str:
    """Write how many limits: `1 limit is`, `14 limits are`."""
    return "1 limit is" if number == 1 else f"{number} limits are"


def watch_words(alarms: AlarmsSnapshot) -> WatchWords:
    """Say whether limits are watched, and which are not.

    What the car has not is no warning; that nobody gave it a profile is one, and mended at once.
    """
    if alarms.problem:
        return WatchWords(State.TRIP, alarms.problem)
    more = "\n".join(f"{one.limit.label or one.limit.key}: {one.why}" for one in alarms.unwatched)
    if not alarms.armed:
        return WatchWords(State.OFF, "No limits are armed.", more)
    words = f"{limits(alarms.armed)} watched"
    absent = (
        f" {len(alarms.absent)} more would need what this car has not." if alarms.absent else ""
    )
    general = f" {alarms.only_any}" if alarms.only_any else ""
    if not alarms.missed:
        state = State.WARNING if general else State.CONNECTED
        return WatchWords(state, f"{words}.{absent}{general}", more)
    names = [one.limit.label or one.limit.key for one in alarms.missed]
    listed = ", ".join(names[:_NAMED])
    if len(names) > _NAMED:
        listed += f" and {len(names) - _NAMED} more"
    return WatchWords(
        State.WARNING, f"{words}, {limits(len(names))} not: {listed}.{absent}{general}", more
    )


def sound_words(alarms: AlarmsSnapshot, now_ns: int) -> WatchWords | None:
    """Say why no alarm can be heard, or for how long it is silent; None where all is well."""
    if alarms.sound_problem:
        whole = unheard(alarms.sound_problem)
        return WatchWords(State.WARNING, f"{whole.split('. ')[0].rstrip('.')}.", whole)
    left_ns = alarms.silent_until_ns - now_ns
    if left_ns > 0:
        return WatchWords(State.OFF, f"Silent for {roughly(left_ns / _SECOND, up=True)} more.")
    return None


def unheard(problem: str) -> str:
    """Say that no alarm can be heard, and why, once."""
    said = "No alarm can be heard"
    return problem if problem.startswith(said) else f"{said}: {problem}"


def can_be_silenced(alarms: AlarmsSnapshot, now_ns: int) -> bool:
    """Whether there is a sound to be silenced."""
    return alarms.sounding > Level.NONE and alarms.silent_until_ns <= now_ns


@dataclass(frozen=True, slots=True)
class NothingStands:
    """What a page without alarms says, and the page that its button leads to."""

    words: str
    button: str
    page: str


def nothing_stands(snapshot: BaySnapshot) -> NothingStands:
    """Say that no alarm stands, or that nothing is watched and what to do about it."""
    alarms, state = snapshot.alarms, snapshot.connection.state
    if alarms.armed:
        words = f"No alarm stands. {limits(alarms.armed)} watched."
        if alarms.missed:
            words += f" {limits(len(alarms.missed))} not."
        return NothingStands(words, "Show the limits", "limits")
    if state is LinkState.DISCONNECTED:
        return NothingStands("No limits are armed: connect a car.", "Connect a car", "connect")
    if state is not LinkState.CONNECTED:
        return NothingStands(
            "No limits are armed: the car does not answer yet.", "Look at the connection", "connect"
        )
    if not alarms.limits:
        return NothingStands("This car has no limits yet.", "Set limits", "limits")
    return NothingStands(
        "No limits are armed: none of them can be watched now.", "Show the limits", "limits"
    )
