"""Which channel plays which role now: chosen by a person, told by a source, or the car's own."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno.source import Kind

if TYPE_CHECKING:
    from cartech_desk.bay.dyno_wire import SourceOwner

CAR_ROLES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.RPM: "rpm",
        Role.SPEED: "speed",
        Role.THROTTLE: "throttle",
        Role.LAMBDA: "lambda",
        Role.AFR: "afr",
        Role.BOOST: "boost",
        Role.MANIFOLD: "map",
    }
)
"""The car's channels that play a role where no source of the bench does."""

CAR_RATES_HZ: Final[Mapping[str, float]] = MappingProxyType(
    {
        "rpm": 10.0,
        "speed": 10.0,
        "throttle": 10.0,
        "lambda": 10.0,
        "afr": 10.0,
        "boost": 10.0,
        "map": 10.0,
        "iat": 1.0,
        "temp": 1.0,
        "timing": 5.0,
    }
)
"""How often the car is asked for what runs show, while a session stands."""
ROAD_RATES_HZ: Final[Mapping[str, float]] = MappingProxyType({"rpm": 20.0, "speed": 20.0})
"""On the road the car itself is the dyno."""

MOVING: Final = (Role.SPEED, Role.ROLLER_RPM, Role.RPM, Role.BRAKE_RPM)
"""Roles that tell how fast it goes; without one of them there is no run."""
DRIVING: Final = (
    *MOVING,
    Role.POWER,
    Role.FORCE,
    Role.TORQUE,
    Role.BRAKE_TORQUE,
    Role.ACCELERATION,
)
"""Roles that a run is made of; where all of them fall silent, it is over."""

_FIRST_KIND: Final[Mapping[Role, Kind]] = MappingProxyType(
    {
        Role.LAMBDA: Kind.WIDEBAND,
        Role.AFR: Kind.WIDEBAND,
        Role.TEMPERATURE: Kind.WEATHER,
        Role.PRESSURE: Kind.WEATHER,
        Role.HUMIDITY: Kind.WEATHER,
    }
)
"""Whose channel goes first where several could play a role; a dyno's where it is not here."""


def roles_now(
    owners: "Iterable[SourceOwner]",
    car: Collection[str],
    chosen: Mapping[Role, str],
    *,
    road: bool,
) -> dict[Role, str]:
    """Return the channel of each role.

    `chosen` are those that a person has set, `car` the names of channels that the car delivers.
    On the `road` the car's speed and engine speed go before those of any source.
    """
    roles: dict[Role, str] = {}
    if road:
        roles = {role: CAR_ROLES[role] for role in (Role.SPEED, Role.RPM) if CAR_ROLES[role] in car}
    for role, name in _told_by(owners):
        roles.setdefault(role, name)
    rolling = any(role in roles for role in (Role.SPEED, Role.ROLLER_RPM, Role.BRAKE_RPM))
    for role, name in CAR_ROLES.items():
        if name in car and not (role is Role.SPEED and rolling):
            roles.setdefault(role, name)
    return {**roles, **chosen}


def tier_of(owners: "Iterable[SourceOwner]", roles: Mapping[Role, str]) -> Tier:
    """Return how far what a run is made of can be trusted: as far as the least of its sources."""
    made_of = {roles[role] for role in DRIVING if role in roles}
    for owner in owners:
        names = {one.channel.name for one in owner.channels}
        if names & made_of and owner.status().identity.tier is Tier.USER_DEFINED:
            return Tier.USER_DEFINED
    return Tier.DOCUMENTED


def _told_by(owners: "Iterable[SourceOwner]") -> list[tuple[Role, str]]:
    """Return what sources say of their channels, for each role the one that goes first on top."""
    told: list[tuple[bool, Role, str]] = []
    for owner in owners:
        kind = owner.status().identity.kind
        told += [
            (kind is not _FIRST_KIND.get(one.role, Kind.DYNO), one.role, one.channel.name)
            for one in owner.channels
            if one.role is not None
        ]
    told.sort(key=lambda one: one[0])
    return [(role, name) for _, role, name in told]
