"""Acts on limits: show, set, switch off, try on a recording, import, export.

Reading needs no right; changes need EDIT_LIMITS and leave their audit record in the transaction
of the change; after each the bay's alarms read the limits in force anew. Every method may wait
for the disk: not in the GUI thread. A refusal is a CarTechError and changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cartech_desk.bay import limit_channels, limit_file
from cartech_desk.bay.limit_file import LimitFileRefused
from cartech_desk.bay.limit_putting import (
    doubtful,
    import_notes,
    not_told,
    switched_off,
    with_unit,
)
from cartech_desk.bay.limit_refusals import (
    ChannelUnknown,
    ImportDoubtful,
    ReasonMissing,
    reason_missing,
)
from cartech_desk.bay.limit_sheet import LimitRow, LimitSheet, Origin, Owner, OwnerKind, rows_of
from cartech_desk.bay.limit_simple import SimplySet, simply
from cartech_desk.domain.alarms.limit import Limit, LimitRefused, check_limit, check_together
from cartech_desk.domain.alarms.profiles import ANY, Profile, find_profile, profiles
from cartech_desk.domain.alarms.trial import Trial, TrialRefused, try_limit
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.expressions import listed
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.plain_text import checked_reason, masked
from cartech_desk.domain.sources import OwnChannel
from cartech_desk.reports.selection import ExportRefused
from cartech_desk.store.errors import NotKept
from cartech_desk.store.limits import merged, unreadable

if TYPE_CHECKING:
    from cartech_desk.bay.bay import Bay
    from cartech_desk.store.store import Store

__all__ = [
    "ChannelUnknown",
    "ImportDoubtful",
    "Imported",
    "LimitFileRefused",
    "LimitRow",
    "LimitSheet",
    "Limits",
    "Origin",
    "Owner",
    "OwnerKind",
    "ReasonMissing",
    "SimplySet",
]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: `notes` are sentences to be shown ("This car has not …")."""

    limits: tuple[Limit, ...]
    shop: str
    notes: tuple[str, ...] = ()


class Limits:
    """The acts. `bay` is the one whose car is at hand and whose alarms follow; None for none.

    `own` are channels that the shop made up, where there is no bay that knows them.
    """

    def __init__(
        self, store: "Store", bay: "Bay | None" = None, *, own: Sequence[OwnChannel] = ()
    ) -> None:
        self._store = store
        self._bay = bay
        self._own = tuple(own)

    # To read

    def profiles(self) -> tuple[Profile, ...]:
        """Return the profiles as the desk brings them along, "any" first."""
        return tuple(profiles().values())

    def sheet(self, owner: Owner) -> LimitSheet:
        """Return the limits of a vehicle or profile as they are in force.

        Errors: NotKept for a vehicle, UnknownProfile for a profile that there is none of.
        """
        name = self._name(owner)
        layers = self._store.limits.layers(owner.kind, owner.id)
        profile = owner.id
        if owner.kind is OwnerKind.VEHICLE:
            profile = self._store.limits.profile_of(owner.id)
        known = self._known(owner, merged(layers).values())
        return LimitSheet(owner, name, profile, rows_of(layers, known, self._not_watched(owner)))

    def channels(self, owner: Owner) -> Mapping[str, Channel]:
        """Return the channels that a limit of this owner may watch, canonical names first.

        What the car at hand delivers (where it is this vehicle), what the vehicle's recordings
        hold, and what any car could deliver.
        """
        return limit_channels.known(self._store, self._bay, owner, self._own)

    def check(self, owner: Owner, limit: Limit) -> tuple[str, ...]:
        """Check a limit as `set` does, changing nothing, as somebody types.

        Returns sentences to be shown beside it, also on a channel that nobody knows. Errors:
        LimitRefused.
        """
        check_limit(limit)
        known = self._known(owner, (limit,))
        check_limit(limit, known)
        in_force = self._in_force(owner)
        limit = with_unit(limit, in_force.get(limit.key), known)
        check_together({**in_force, limit.key: limit}.values())
        return self._notes(owner, (limit,))

    def trial(
        self,
        limit: Limit,
        recording_id: str,
        first_ns: int | None = None,
        last_ns: int | None = None,
    ) -> Trial:
        """Run a limit over a recording or a closed range of it (nanoseconds from the anchor).

        Errors: TrialRefused where the recording lacks a channel of it; LimitRefused, NotKept.
        """
        check_limit(limit)
        recording = self._store.recordings.get(recording_id)
        there = {summary.channel.name for summary in recording.channels}
        missing = [name for name in limit.channels if name not in there]
        if missing:
            raise TrialRefused(
                f"The recording has no {listed(missing)}.",
                to_do="Choose a recording that has it.",
            )
        first = recording.first_ns if first_ns is None else first_ns
        last = recording.last_ns if last_ns is None else last_ns
        if first > last:
            raise TrialRefused(
                "The stretch ends before it begins.", to_do="Choose another stretch."
            )
        columns = self._store.recordings.read_all(recording.id, limit.channels, first, last)
        return try_limit(limit, columns)

    # To change

    def set(
        self, owner: Owner, limit: Limit, by: Actor, *, anyway: bool = False, reason: str = ""
    ) -> tuple[str, ...]:
        """Set a limit for this owner, in place of the one with its key.

        A channel that nobody knows is refused unless `anyway`; the sentences that are returned
        say then that the limit is not watched until the car has it. Errors: LimitRefused (also
        where it contradicts another one in force; ChannelUnknown; ReasonMissing where it is
        switched off without one), NotSignedIn, RightMissing, NotKept.
        """
        require(by, Act.EDIT_LIMITS)
        return self._put(owner, (limit,), by, anyway=anyway, reason=reason)

    def set_all(
        self,
        owner: Owner,
        limits: Sequence[Limit],
        by: Actor,
        *,
        anyway: bool = False,
        reason: str = "",
    ) -> tuple[str, ...]:
        """Set several limits at once, all of them or none. Errors: as `set`."""
        require(by, Act.EDIT_LIMITS)
        return self._put(owner, limits, by, anyway=anyway, reason=reason)

    def put_out_of_service(self, owner: Owner, key: str, by: Actor, reason: str) -> None:
        """Switch a limit off for this owner until somebody switches it on; a reason is required.

        One that comes from below becomes the owner's own by that. Errors: as `set`.
        """
        require(by, Act.EDIT_LIMITS)
        if not reason.strip():
            raise reason_missing()
        self._switch(owner, key, by, reason, on=False)

    def put_in_service(self, owner: Owner, key: str, by: Actor, reason: str = "") -> None:
        """Switch a limit on again. Errors: as `set`."""
        require(by, Act.EDIT_LIMITS)
        self._switch(owner, key, by, reason, on=True)

    def remove(self, owner: Owner, key: str, by: Actor, reason: str = "") -> None:
        """Drop the owner's own limit; what stands below it holds again.

        Errors: as `set`; LimitRefused where what then holds would contradict itself.
        """
        require(by, Act.EDIT_LIMITS)
        self._store.limits.remove(owner.kind, owner.id, key, by, checked_reason(reason))
        self._changed()

    def set_profile(self, vehicle_id: str, profile: str, by: Actor) -> None:
        """Give a vehicle a profile, "" for none beside "any". Errors: as `set`; UnknownProfile."""
        require(by, Act.EDIT_LIMITS)
        self._store.limits.set_profile(vehicle_id, "" if profile == ANY else profile, by)
        self._changed()

    def set_simple(self, vehicle_id: str, limits: Mapping[str, float], by: Actor) -> SimplySet:
        """Set trip values of rpm [rpm], boost [kPa] and temp [°C, coolant], all or none.

        The warning of each keeps its distance. Errors: as `set`; LimitRefused for other names.
        """
        require(by, Act.EDIT_LIMITS)
        owner = Owner.vehicle(vehicle_id)
        made = simply(self._in_force(owner), limits)
        self._put(owner, made, by, anyway=False, reason="")
        return SimplySet(
            {name: float(trip) for name, trip in limits.items()}, self._watching(owner, made)
        )

    # Files

    def export(self, owner: Owner, path: Path, by: Actor) -> Path:
        """Write the limits in force of this owner to a JSON file; needs EXPORT.

        Errors: NotSignedIn, RightMissing, ExportRefused, ExportFailed, NotKept.
        """
        require(by, Act.EXPORT)
        name = self._name(owner)
        limits = tuple(self._in_force(owner).values())
        broken = [limit for limit in limits if unreadable(limit)]
        if broken:
            raise ExportRefused(
                f"{broken[0].label}: the limits cannot be exported as a whole.",
                kept="No file was written.",
                to_do="Set or remove that limit first.",
            )
        limit_file.check_place(path)
        content = limit_file.written(limits, self._store, owner)
        vehicle = owner.id if owner.kind is OwnerKind.VEHICLE else ""
        intent = self._store.audit.intent(
            by,
            Entry(
                "limit.export",
                Entity("limit", f"{owner.kind}:{owner.id}", name, vehicle),
                after={"file": str(path.absolute()), "limits": len(limits)},
            ),
        )
        done = False
        try:
            limit_file.write(path, content)
            done = True
        finally:
            self._store.audit.result(intent, done=done, after={"bytes": len(content)})
        return path

    def import_file(
        self,
        owner: Owner,
        path: Path,
        by: Actor,
        *,
        from_another_shop: bool = False,
        anyway: bool = False,
        confirmed: bool = False,
    ) -> Imported:
        """Set those limits of a file that are not in force for this owner yet: all or none.

        A file of another shop is refused unless `from_another_shop`; the reason of each change
        names that shop then. One for another vehicle or profile, and one that would switch limits
        off, is refused unless `confirmed`. Errors: LimitFileRefused, ImportDoubtful; as `set`.
        """
        require(by, Act.EDIT_LIMITS)
        found = limit_file.read(path)
        reason = f"Imported from {masked(path.name)}"
        if found.shop_id != limit_file.shop_of(self._store)[0]:
            shop = found.shop or "another shop"
            if not from_another_shop:
                raise LimitFileRefused(
                    f"{path.name} comes from another shop: {shop}.",
                    kept="Nothing was imported.",
                    to_do="Where that is meant, import it as another shop's "
                    "(on the command line with --from-another-shop).",
                )
            reason += f" of the shop “{shop}”"
        in_force = self._in_force(owner)
        off = switched_off(found.limits, in_force)
        doubts = doubtful(path.name, limit_file.meant_for(found, self._store, owner), off)
        if doubts and not confirmed:
            raise ImportDoubtful(
                doubts,
                kept="Nothing was imported.",
                to_do="Where that is meant, import it all the same (on the command line with "
                "--confirmed).",
            )
        # What is in force as the file has it stays whose it is.
        new, action = tuple(x for x in found.limits if in_force.get(x.key) != x), "limit.import"
        put = self._put(owner, new, by, anyway=anyway, reason=reason, action=action) if new else ()
        return Imported(new, found.shop, (*put, *import_notes(found.limits, in_force)))

    # How it is done

    def _put(
        self,
        owner: Owner,
        limits: Sequence[Limit],
        by: Actor,
        *,
        anyway: bool,
        reason: str,
        action: str = "limit.set",
    ) -> tuple[str, ...]:
        for limit in limits:
            check_limit(limit)
        known = self._known(owner, limits)
        for limit in limits:
            check_limit(limit, known)
        in_force = self._in_force(owner)
        limits = [with_unit(limit, in_force.get(limit.key), known) for limit in limits]
        if not reason.strip() and switched_off(limits, in_force):
            raise reason_missing()
        notes = self._notes(owner, limits)
        for limit in limits if not anyway else ():
            strange = [name for name in limit.channels if name not in known]
            if strange:
                raise ChannelUnknown(
                    f"{limit.label or limit.key}: there is no channel {listed(strange)}.",
                    kept="Nothing was changed.",
                    to_do="Check the spelling. To set it all the same, until a car has it, say so "
                    "(on the command line with --even-so).",
                )
        self._store.limits.put(
            owner.kind, owner.id, limits, by, checked_reason(reason), action=action
        )
        self._changed()
        return notes

    def _in_force(self, owner: Owner) -> dict[str, Limit]:
        return merged(self._store.limits.layers(owner.kind, owner.id))

    def _switch(self, owner: Owner, key: str, by: Actor, reason: str, *, on: bool) -> None:
        limit = self._in_force(owner).get(key)
        if limit is None:
            raise NotKept(
                f"{self._name(owner)} has no limit “{key[:60]}”.", to_do="Look at its limits."
            )
        if unreadable(limit):
            raise _refused(f"{limit.label}.", limit.to_do)
        if limit.in_service is on:
            return
        self._store.limits.put(
            owner.kind, owner.id, (replace(limit, in_service=on),), by, checked_reason(reason)
        )
        self._changed()

    def _changed(self) -> None:
        if self._bay is not None:
            self._bay.alarms.limits_changed()

    def _notes(self, owner: Owner, limits: Sequence[Limit]) -> tuple[str, ...]:
        """Say which of these cannot be watched, as far as that is known."""
        here = limit_channels.at_hand(self._bay, owner)
        if here is None:
            here = self._known(owner, limits)
        return not_told(limits, here)

    def _known(self, owner: Owner, limits: Iterable[Limit]) -> Mapping[str, Channel]:
        """Return what is known of the channels of these limits, as quickly as it can be told."""
        wanted = {name for one in limits if not unreadable(one) for name in one.channels}
        return limit_channels.known(self._store, self._bay, owner, self._own, wanted=wanted)

    def _not_watched(self, owner: Owner) -> dict[str, str]:
        if self._bay is None or owner.kind is not OwnerKind.VEHICLE:
            return {}
        alarms = self._bay.snapshot().alarms
        if alarms.vehicle_id != owner.id:
            return {}
        return {one.limit.key: one.why for one in alarms.unwatched}

    def _watching(self, owner: Owner, limits: Sequence[Limit]) -> bool:
        """Tell whether all of these are watched at this moment, or are about to be."""
        here = limit_channels.at_hand(self._bay, owner)
        return here is not None and all(
            limit.in_service and all(name in here for name in limit.channels) for limit in limits
        )

    def _name(self, owner: Owner) -> str:
        if owner.kind is OwnerKind.PROFILE:
            return find_profile(owner.id).label
        return self._store.vehicles.get(owner.id).name if owner.id else "Any car"


def _refused(happened: str, to_do: str) -> LimitRefused:
    return LimitRefused(happened, kept="Nothing was changed.", to_do=to_do)
