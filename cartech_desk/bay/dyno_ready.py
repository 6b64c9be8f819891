"""Whether a run could be begun now, and why not, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cartech_desk.bay.dyno_around import Around
from cartech_desk.bay.dyno_roles import MOVING, roles_now
from cartech_desk.bay.dyno_wire import SourceOwner
from cartech_desk.bay.status import LinkState
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno.source import Kind, SourceState
from cartech_desk.store.dyno import DynoSession


@dataclass(frozen=True, slots=True)
class Readiness:
    """What plays which role, and why no run could be begun: a sentence and what to do, or none."""

    roles: Mapping[Role, str] = field(default_factory=dict)
    why_not: str = ""
    to_do: str = ""


def ready(
    session: DynoSession | None, owners: Sequence[SourceOwner], around: Around, now_ns: int
) -> Readiness:
    """Tell whether a run could be begun now."""
    setup = session.setup if session is not None else None
    road = setup is not None and setup.road
    connected = around.link(now_ns).state is LinkState.CONNECTED
    car = frozenset(channel.name for channel in around.available()) if connected else frozenset()
    chosen = setup.roles if setup is not None else {}
    roles = roles_now(owners, car, chosen, road=road)
    if session is None:
        return Readiness(
            roles,
            "No dyno session is under way.",
            "Begin one: it says which vehicle is driven and how.",
        )
    why, to_do = _lacking_car(roles, connected) if road else _lacking_dyno(roles, owners)
    return Readiness(roles, why, to_do)


def _lacking_car(roles: Mapping[Role, str], connected: bool) -> tuple[str, str]:
    if not connected:
        return (
            "No car is connected, and the road dyno is the car itself.",
            "Connect the adapter first.",
        )
    if Role.SPEED not in roles:
        return (
            "This car does not tell its speed, which the road dyno needs.",
            "Use a dyno that tells it.",
        )
    return "", ""


def _lacking_dyno(roles: Mapping[Role, str], owners: Sequence[SourceOwner]) -> tuple[str, str]:
    dynos = [one for one in owners if one.status().identity.kind is Kind.DYNO]
    chosen = set(roles.values())
    made_of = [one for one in owners if chosen & {each.channel.name for each in one.channels}]
    if not dynos and not any(_moves(one) for one in made_of):
        return "No dyno is connected.", "Connect one, or choose the road dyno."
    some = dynos or made_of
    if not any(one.state is SourceState.CONNECTED for one in some):
        status = some[0].status()
        return status.happened or "Nothing has come from the dyno yet.", status.to_do
    if not any(role in roles for role in MOVING):
        return (
            "The dyno tells no speed and no engine speed.",
            "Say in the session which of its channels they are.",
        )
    return "", ""


def _moves(owner: SourceOwner) -> bool:
    return any(one.role in MOVING for one in owner.channels)
