"""What speaks for two entries being one vehicle or one customer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Double:
    """Another entry that may be the same, with what speaks for it.

    `sure`: the same VIN, which only one vehicle has; nobody keeps two of them.
    """

    id: str
    title: str
    reasons: tuple[str, ...]
    sure: bool = False
    deleted: bool = False
    """It is off the lists: to be restored rather than taken."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries kept here that may be the same: `id` and `other.id`."""

    id: str
    title: str
    other: Double
