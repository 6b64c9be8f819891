"""Whose limits can be shown: the vehicle at hand, the profiles, every other vehicle."""

from collections.abc import Sequence
from dataclasses import dataclass

from cartech_desk.bay.limits import Owner
from cartech_desk.domain.alarms.profiles import Profile
from cartech_desk.store.vehicles import Vehicle


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """One line of the list; a heading has no `owner`."""

    words: str
    owner: Owner | None = None
    tip: str = ""


def owner_lines(
    at_hand: Vehicle | None,
    vehicles: Sequence[Vehicle],
    profiles: Sequence[Profile],
    search: str = "",
) -> list[OwnerLine]:
    """Return the lines of the list; `search` narrows all but the vehicle at hand."""
    typed = search.casefold().split()

    def found(*texts: str) -> bool:
        text = " ".join(texts).casefold()
        return all(word in text for word in typed)

    lines = [OwnerLine("Vehicle at hand")]
    if at_hand is None:
        lines.append(OwnerLine("Any car, not named", Owner.vehicle("")))
    else:
        lines.append(_vehicle(at_hand))
    kinds = [
        OwnerLine(one.label, Owner.profile(one.name), one.words)
        for one in profiles
        if found(one.label, one.words)
    ]
    others = [
        _vehicle(one)
        for one in vehicles
        if (at_hand is None or one.id != at_hand.id) and found(one.name, one.vin or "")
    ]
    for heading, part in (("Profiles", kinds), ("Other vehicles", others)):
        if part:
            lines += [OwnerLine(heading), *part]
    return lines


def _vehicle(vehicle: Vehicle) -> OwnerLine:
    return OwnerLine(vehicle.name, Owner.vehicle(vehicle.id), vehicle.vin or "")
