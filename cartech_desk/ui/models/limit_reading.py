"""All that the page of limits shows of one owner, read at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cartech_desk.bay.limits import Limits, LimitSheet, Owner, OwnerKind
from cartech_desk.domain.alarms.profiles import Profile
from cartech_desk.domain.channels import Channel
from cartech_desk.store.store import Store
from cartech_desk.store.vehicles import Vehicle

KEPT_KIND: Final = "window"
KEPT_NAME: Final = "limits"
VEHICLES: Final = 60
"""So many vehicles are listed, those used last; a search finds the others."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read: `kept` is how the page was left."""

    sheet: LimitSheet
    channels: Mapping[str, Channel]
    profiles: Sequence[Profile]
    vehicles: Sequence[Vehicle]
    kept: Mapping[str, object] = field(default_factory=dict)


def load(store: Store, limits: Limits, owner: Owner, *, kept: bool) -> Loaded:
    """Read everything of an owner; waits for the disk. Errors: NotKept, StoreError."""
    return Loaded(
        limits.sheet(owner),
        limits.channels(owner),
        limits.profiles(),
        _vehicles(store, owner),
        (store.layouts.load(KEPT_KIND, KEPT_NAME) or {}) if kept else {},
    )


def _vehicles(store: Store, owner: Owner) -> Sequence[Vehicle]:
    """Return the vehicles used last, and the owner where it is another one."""
    found = store.vehicles.list(limit=VEHICLES)
    if owner.kind is OwnerKind.VEHICLE and all(one.id != owner.id for one in found):
        return (*found, *store.vehicles.known([owner.id]).values())
    return found


def heading(loaded: Loaded) -> tuple[str, str]:
    """Return whose limits these are, and what is to be known of them; empty for nothing."""
    sheet = loaded.sheet
    if sheet.owner.kind is OwnerKind.PROFILE:
        words = next((one.words for one in loaded.profiles if one.name == sheet.owner.id), "")
        hint = f"{words} What is changed here holds for every vehicle with this profile."
        return f"Profile: {sheet.name}", hint.strip()
    if sheet.owner.id:
        return sheet.name, ""
    return "Any car", (
        "No vehicle is at hand. These limits are in force for a car that nobody named. Name the "
        "vehicle at the top, or choose one at the left, to give it its own."
    )
