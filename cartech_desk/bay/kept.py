"""What the feed keeps between two declarations, and what follows of it for what is derived."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cartech_desk.bay.track import Track
from cartech_desk.domain.channels import Quality
from cartech_desk.domain.sources import Catalogue


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept since a declaration: tracks by name, what is derived from what.

    `others` are channels of instruments beside the car, with the instrument's name; `inputs` names
    that something is derived from; `affected` remembers what each set of readings changes, for
    whoever publishes. Of the channels of an instrument, the car's under no name, one comes at least
    every `usual_ns`.
    """

    tracks: Mapping[str, Track] = field(default_factory=dict)
    catalogue: Catalogue | None = None
    leaves: Mapping[str, tuple[Track, ...]] = field(default_factory=dict)
    inputs: frozenset[str] = frozenset()
    usual_ns: Mapping[str, float] = field(default_factory=dict)
    affected: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)


def changed_by(kept: Kept, names: Iterable[str]) -> tuple[str, ...]:
    """Return what is derived from any of these channels."""
    changed = frozenset(names)
    return tuple(
        name
        for name, leaves in kept.leaves.items()
        if any(leaf.channel.name in changed for leaf in leaves)
    )


def worth_of(leaves: Iterable[Track], t_ns: int) -> Quality | None:
    """Tell what a sum over these is worth; None where one of them never had a value."""
    worth = Quality.GOOD
    for leaf in leaves:
        if leaf.quality == Quality.INVALID:
            worth = Quality.INVALID
        elif leaf.good_ns == 0:
            return None
        elif worth == Quality.GOOD and (leaf.quality == Quality.STALE or leaf.too_old(t_ns)):
            worth = Quality.STALE
    return worth
