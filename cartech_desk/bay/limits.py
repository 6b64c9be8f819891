"""Acts on limits: show, set, switch off, try on a recording, import, export.

Reading needs no right; changes need EDIT_LIMITS and leave their audit record in the transaction
of the change; after each the bay's alarms read the limits in force anew. Every method may wait
for the disk: not in the GUI thread. A refusal is a CarTechError and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from cartech_desk.domain.alarms.limit import Limit
from cartech_desk.domain.alarms.profiles import Profile
from cartech_desk.domain.alarms.trial import Trial
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.people import Actor

if TYPE_CHECKING:
    from cartech_desk.bay.bay import Bay
    from cartech_desk.store.store import Store


class OwnerKind(StrEnum):
    """Whose limits are meant."""

    VEHICLE = "vehicle"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Owner:
    """A vehicle (`id` is its id, "" for a car that nobody named) or a profile (`id` is its name).

    Nothing can be set for the car that nobody named.
    """

    kind: OwnerKind
    id: str

    @classmethod
    def vehicle(cls, vehicle_id: str) -> "Owner":
        """Return a vehicle as the owner of limits."""
        return cls(OwnerKind.VEHICLE, vehicle_id)

    @classmethod
    def profile(cls, name: str) -> "Owner":
        """Return a profile as the owner of limits."""
        return cls(OwnerKind.PROFILE, name)


class Origin(StrEnum):
    """Where a limit comes from; each later one goes before the earlier."""

    SHIPPED = "shipped"
    """The desk brings it along."""
    SHOP = "shop"
    """The shop changed or added it in a profile."""
    VEHICLE = "vehicle"
    """It was set for this vehicle alone."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit of a sheet.

    `profile` is the name of the profile that it comes from ("" for a vehicle's own); `own`: it was
    set for the owner of the sheet itself and can be removed there; then `below` holds again (None:
    nothing does). `unit` is the canonical unit of what is watched. `not_watched` is a sentence that
    says why it cannot be watched ("This car has not oil_pressure."), "" where it can or that is
    not known; `damaged`: what is kept of it cannot be read and it only holds the place.
    """

    limit: Limit
    origin: Origin
    profile: str
    own: bool
    below: Limit | None
    unit: str
    not_watched: str = ""
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class LimitSheet:
    """All limits of an owner as they are in force, in the order in which they are shown.

    `name` is the vehicle's or the profile's label; `profile` the name of the vehicle's profile
    ("" for none).
    """

    owner: Owner
    name: str
    profile: str
    rows: tuple[LimitRow, ...]

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits, those out of service included."""
        return tuple(row.limit for row in self.rows)

    def row(self, key: str) -> LimitRow | None:
        """Return the row of a limit by its key."""
        return next((row for row in self.rows if row.limit.key == key), None)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: `notes` are sentences to be shown ("This car has not …")."""

    limits: tuple[Limit, ...]
    shop: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SimplySet:
    """What `set_simple` did, in the words of the platform's POST /api/safety/limits."""

    updated_limits: Mapping[str, float]
    active_monitoring: bool


class Limits:
    """The acts. `bay` is the one whose car is at hand and whose alarms follow; None for none."""

    def __init__(self, store: "Store", bay: "Bay | None" = None) -> None:
        self._store = store
        self._bay = bay

    # To read

    def profiles(self) -> tuple[Profile, ...]:
        """Return the profiles as the desk brings them along, "any" first."""
        raise NotImplementedError

    def sheet(self, owner: Owner) -> LimitSheet:
        """Return the limits of a vehicle or profile as they are in force.

        Errors: NotKept for a vehicle or profile that there is none of.
        """
        raise NotImplementedError

    def channels(self, owner: Owner) -> Mapping[str, Channel]:
        """Return the channels that a limit of this owner may watch, canonical names first.

        What the car at hand delivers (where it is this vehicle), what the vehicle's recordings
        hold, and what any car could deliver.
        """
        raise NotImplementedError

    def check(self, owner: Owner, limit: Limit) -> tuple[str, ...]:
        """Check a limit as `set` does, changing nothing, as somebody types.

        Returns sentences to be shown beside it. Errors: LimitRefused.
        """
        raise NotImplementedError

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
        raise NotImplementedError

    # To change

    def set(
        self, owner: Owner, limit: Limit, by: Actor, *, anyway: bool = False, reason: str = ""
    ) -> tuple[str, ...]:
        """Set a limit for this owner, in place of the one with its key.

        A channel that nobody knows is refused unless `anyway`; the sentences that are returned
        say then that the limit is not watched until the car has it. Errors: LimitRefused (also
        where it contradicts another one in force), NotSignedIn, RightMissing, NotKept.
        """
        raise NotImplementedError

    def put_out_of_service(self, owner: Owner, key: str, by: Actor, reason: str) -> None:
        """Switch a limit off for this owner until somebody switches it on; a reason is required.

        One that comes from below becomes the owner's own by that. Errors: as `set`.
        """
        raise NotImplementedError

    def put_in_service(self, owner: Owner, key: str, by: Actor, reason: str = "") -> None:
        """Switch a limit on again. Errors: as `set`."""
        raise NotImplementedError

    def remove(self, owner: Owner, key: str, by: Actor, reason: str = "") -> None:
        """Drop the owner's own limit; what stands below it holds again.

        Errors: as `set`; LimitRefused where what then holds would contradict itself.
        """
        raise NotImplementedError

    def set_profile(self, vehicle_id: str, profile: str, by: Actor) -> None:
        """Give a vehicle a profile, "" for none beside "any". Errors: as `set`."""
        raise NotImplementedError

    def set_simple(self, vehicle_id: str, limits: Mapping[str, float], by: Actor) -> SimplySet:
        """Set trip values of rpm [rpm], boost [kPa] and temp [°C, coolant], all or none.

        The warning of each keeps its distance. Errors: as `set`; LimitRefused for other names.
        """
        raise NotImplementedError

    # Files

    def export(self, owner: Owner, path: Path, by: Actor) -> Path:
        """Write the limits in force of this owner to a JSON file; needs EXPORT.

        Errors: NotSignedIn, RightMissing, ExportRefused, ExportFailed, NotKept.
        """
        raise NotImplementedError

    def import_file(
        self,
        owner: Owner,
        path: Path,
        by: Actor,
        *,
        from_another_shop: bool = False,
        anyway: bool = False,
    ) -> Imported:
        """Set the limits of a file for this owner: all of them or none.

        A file of another shop is refused unless `from_another_shop`; the reason of each change
        names that shop then. Errors: LimitFileRefused; as `set`.
        """
        raise NotImplementedError
