"""The limits of a vehicle or profile as they stand: what holds, where it comes from, why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cartech_desk.domain.alarms.limit import Limit
from cartech_desk.domain.channels import Channel
from cartech_desk.store.limits import PROFILE, VEHICLE, Layer, merged, unreadable


class OwnerKind(StrEnum):
    """Whose limits are meant."""

    VEHICLE = VEHICLE
    PROFILE = PROFILE


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


def rows_of(
    layers: Sequence[Layer], known: Mapping[str, Channel], not_watched: Mapping[str, str]
) -> tuple[LimitRow, ...]:
    """Return the rows of these layers, the lowest of which comes first.

    `not_watched` has by key why a limit cannot be watched now.
    """
    rows = []
    for key, limit in merged(layers).items():
        place = max(at for at, layer in enumerate(layers) if key in layer.limits)
        layer = layers[place]
        damaged = unreadable(limit)
        rows.append(
            LimitRow(
                limit,
                _origin(layer),
                layer.owner if layer.kind == PROFILE else "",
                place == len(layers) - 1 and not layer.shipped,
                merged(layers[:place]).get(key),
                unit_of(limit, known),
                "What is kept of this limit is damaged." if damaged else not_watched.get(key, ""),
                damaged,
            )
        )
    return tuple(rows)


def unit_of(limit: Limit, known: Mapping[str, Channel]) -> str:
    """Return the unit in which a limit is written, "none" where nobody said."""
    channel = known.get(limit.watches.strip())
    return limit.unit or (channel.unit if channel is not None else "none")


def _origin(layer: Layer) -> Origin:
    if layer.shipped:
        return Origin.SHIPPED
    return Origin.SHOP if layer.kind == PROFILE else Origin.VEHICLE
