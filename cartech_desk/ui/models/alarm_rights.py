"""What may be done with an alarm in its state, by whoever is at the desk, and if not, why."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.domain.alarms.state import UNACKNOWLEDGED, AlarmState
from cartech_desk.domain.people import NOBODY, RIGHTS, SHELVE_MOST_S, Act, Role, allowed
from cartech_desk.office.session import AtDesk
from cartech_desk.ui.models.alarm_words import roughly


class AlarmAct(StrEnum):
    """What a person does with one alarm."""

    ACKNOWLEDGE = "acknowledge"
    CLEAR = "clear"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"


RIGHT_OF: Final[Mapping[AlarmAct, Act]] = {
    AlarmAct.ACKNOWLEDGE: Act.ACKNOWLEDGE,
    AlarmAct.CLEAR: Act.ACKNOWLEDGE,
    AlarmAct.SHELVE: Act.SHELVE,
    AlarmAct.UNSHELVE: Act.SHELVE,
}

_MAIN: Final[Mapping[AlarmState, AlarmAct]] = {
    **dict.fromkeys(UNACKNOWLEDGED, AlarmAct.ACKNOWLEDGE),
    AlarmState.LATCHED: AlarmAct.CLEAR,
    AlarmState.SHELVED: AlarmAct.UNSHELVE,
}
_SHELVABLE: Final = frozenset(
    {
        AlarmState.ACTIVE_UNACKNOWLEDGED,
        AlarmState.ACTIVE_ACKNOWLEDGED,
        AlarmState.RETURNED_UNACKNOWLEDGED,
        AlarmState.LATCHED,
    }
)


def main_act(alarm: StandingAlarm) -> AlarmAct | None:
    """Return what the alarm asks for; None where it asks for nothing."""
    return _MAIN.get(alarm.state)


def shelvable(alarm: StandingAlarm) -> bool:
    """Whether an alarm in this state can be shelved."""
    return alarm.state in _SHELVABLE


def fits(alarm: StandingAlarm, act: AlarmAct) -> bool:
    """Whether an act makes sense in the alarm's state."""
    return shelvable(alarm) if act is AlarmAct.SHELVE else main_act(alarm) is act


@dataclass(frozen=True, slots=True)
class Rights:
    """What whoever is at the desk may do with alarms; a sentence for what they may not."""

    acknowledge: str = ""
    """Why not; empty where one may."""
    shelve: str = ""
    edit_limits: str = ""

    def refusal(self, act: AlarmAct) -> str:
        """Return why this may not be done; empty where it may."""
        return self.acknowledge if RIGHT_OF[act] is Act.ACKNOWLEDGE else self.shelve


def rights_of(at_desk: AtDesk) -> Rights:
    """Return the rights of whoever is at the desk."""
    return Rights(
        why_not(at_desk, Act.ACKNOWLEDGE),
        why_not(at_desk, Act.SHELVE),
        why_not(at_desk, Act.EDIT_LIMITS),
    )


def why_not(at_desk: AtDesk, act: Act) -> str:
    """Return why whoever is at the desk may not do this, and who may; empty where they may."""
    actor = at_desk.actor
    if allowed(actor, act):
        return ""
    if at_desk.locked:
        return f"The desk is locked. {who_may(act)} Unlock it first."
    if actor == NOBODY:
        return f"Nobody is signed in. {who_may(act)} Sign in first."
    return f"{who_may(act)} {actor.name} may not."


def who_may(act: Act) -> str:
    """Say which roles have a right, as in "A manager or administrator may edit limits"."""
    roles = [role.value for role in Role if role in RIGHTS[act]]
    names = " or ".join(filter(None, (", ".join(roles[:-1]), roles[-1])))
    article = "An" if names[0] in "aeiou" else "A"
    return f"{article} {names} may {act.words}."


def longest_shelf_s(at_desk: AtDesk) -> float:
    """For how long whoever is at the desk may shelve an alarm at once [s]."""
    role = at_desk.actor.role
    return SHELVE_MOST_S[role] if role is not None else 0.0


def shelf_too_long(at_desk: AtDesk, seconds: float) -> str:
    """Return why an alarm may not be shelved for so long, and who may; empty where it may."""
    most = longest_shelf_s(at_desk)
    if seconds <= most:
        return ""
    role = at_desk.actor.role
    longer = [one.value for one in Role if SHELVE_MOST_S[one] >= seconds]
    who = f"A {role.value if role is not None else 'stranger'} may shelve an alarm for at most "
    ask = f"Ask a {' or '.join(longer)}." if longer else "Choose a shorter time."
    return f"{who}{roughly(most)}. {ask}"
