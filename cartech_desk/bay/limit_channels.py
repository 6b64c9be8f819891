"""Which channels a limit may watch: what the car at hand has, what it ever had, what cars have."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from cartech_desk.bay.limit_sheet import Owner, OwnerKind
from cartech_desk.bay.status import LinkState
from cartech_desk.domain.alarms.profiles import profiles
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.obd.pids import mode01_pids
from cartech_desk.domain.sources import OwnChannel, build_catalogue

if TYPE_CHECKING:
    from cartech_desk.bay.bay import Bay
    from cartech_desk.store.store import Store

_ENGINE = 0x7E8


def at_hand(bay: "Bay | None", owner: Owner) -> Mapping[str, Channel] | None:
    """Return what this vehicle delivers where it is connected now; None where it is not."""
    if bay is None or owner.kind is not OwnerKind.VEHICLE:
        return None
    snapshot = bay.snapshot()
    if (
        snapshot.connection.state is not LinkState.CONNECTED
        or snapshot.alarms.vehicle_id != owner.id
    ):
        return None
    return {channel.name: channel for channel in bay.available()}


@cache
def any_car() -> Mapping[str, Channel]:
    """Return what some car delivers, and the names that the limits brought along watch."""
    found = {
        channel.name: channel
        for channel in build_catalogue({_ENGINE: frozenset(mode01_pids())}).channels()
    }
    for profile in profiles().values():
        for limit in profile.limits:
            for name in limit.channels:
                if name not in found:
                    found[name] = Channel(name, name, limit.unit or "none", 0.0, 0.0)
    return MappingProxyType(found)


def known(
    store: "Store",
    bay: "Bay | None",
    owner: Owner,
    own: Sequence[OwnChannel] = (),
    *,
    wanted: Iterable[str] | None = None,
) -> dict[str, Channel]:
    """Return every channel that makes sense for this owner, canonical names first.

    `own` are channels that the shop made up, beside those that the bay knows. Where it is known
    which are `wanted`, the list of recordings, which takes longest, is read only if it has to be.
    """
    found = dict(any_car())
    found.update(_made_up(bay, own))
    here = at_hand(bay, owner) or {}
    if wanted is None or any(name not in found and name not in here for name in wanted):
        found.update(_recorded(store, owner))
    found.update(here)
    return found


def _made_up(bay: "Bay | None", own: Sequence[OwnChannel]) -> dict[str, Channel]:
    settings = getattr(bay, "settings", None)
    return {
        one.name: Channel(
            one.name, one.label or one.name, one.unit, one.minimum, one.maximum, one.decimals
        )
        for one in (*own, *(settings.own if settings is not None else ()))
    }


def _recorded(store: "Store", owner: Owner) -> dict[str, Channel]:
    if owner.kind is not OwnerKind.VEHICLE or not owner.id:
        return {}
    return {channel.name: channel for channel in store.recordings.channels_of(owner.id)}
