"""The sources of a run as they are kept with it and printed on its sheet."""

from collections.abc import Iterable

from cartech_desk.bay.dyno_wire import SourceOwner
from cartech_desk.bay.status import ConnectionStatus, LinkState
from cartech_desk.domain.dyno.roles import Tier
from cartech_desk.hardware.dyno.source import Kind, SourceState
from cartech_desk.store.dyno import SourceUsed

CAR_ALIAS = "obd"
"""The car among the sources; its channels keep their own names."""


def sources_used(
    owners: Iterable[SourceOwner], link: ConnectionStatus | None = None
) -> tuple[SourceUsed, ...]:
    """Return who delivers readings now: the sources of the bench, then the car."""
    used = []
    for owner in owners:
        if owner.state is not SourceState.CONNECTED:
            continue
        status = owner.status()
        who = status.identity
        used.append(
            SourceUsed(
                owner.alias,
                owner.url,
                who.kind.value,
                who.make,
                who.model,
                who.protocol,
                who.tier,
                who.detail,
            )
        )
    if link is not None and link.state is LinkState.CONNECTED:
        adapter, car = link.adapter, link.link
        used.append(
            SourceUsed(
                CAR_ALIAS,
                link.url,
                Kind.ECU.value,
                "",
                (adapter.firmware or adapter.chip) if adapter is not None else "OBD",
                car.protocol if car is not None else "OBD",
                Tier.DOCUMENTED,
            )
        )
    return tuple(used)
