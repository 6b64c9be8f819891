"""What to see to after a modification: rules in `resources/vehicles/recommendations.toml`."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from cartech_desk.domain.resources import resource
from cartech_desk.domain.vehicles.record import Modification, ModificationType, Recommendation

KINDS: Final = ("limit", "check", "fit")
CONDITIONS: Final = ("", "boost", "load", "nitrous")
"""When an edge holds; empty: always."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a type: what it asks for, and on which condition.

    `with_types`: one of these is fitted too; `without_types`: none of them is; `fuels`: the
    vehicle's fuel is one of these; `no_fuels`: it is none of them. Empty asks nothing. Where
    nobody told the fuel, rules for one fuel alone do not hold.
    """

    type: ModificationType
    says: Recommendation
    with_types: frozenset[ModificationType] = frozenset()
    without_types: frozenset[ModificationType] = frozenset()
    fuels: frozenset[str] = frozenset()
    no_fuels: frozenset[str] = frozenset()

    def holds(self, fitted: frozenset[ModificationType], fuel: str) -> bool:
        """Tell whether it holds for a vehicle with all these modifications and this fuel."""
        if self.with_types and not self.with_types & fitted:
            return False
        if self.without_types & fitted:
            return False
        if not fuel:
            return not self.fuels
        return fuel not in self.no_fuels and (not self.fuels or fuel in self.fuels)


@cache
def rules() -> tuple[Rule, ...]:
    """Return the table, in its order."""
    with resource("vehicles/recommendations.toml").open("rb") as file:
        table = tomllib.load(file)
    return tuple(
        _rule(ModificationType(type_), name, row)
        for type_, named in table.items()
        for name, row in named.items()
    )


def recommendations_for(
    modification: Modification, fitted: Iterable[Modification] = (), fuel: str = ""
) -> tuple[Recommendation, ...]:
    """Return what to see to because of one modification, the urgent first.

    `fitted` is what else is fitted to the vehicle, `fuel` a key of `domain.fuels`.
    """
    types = frozenset(one.type for one in fitted if one.removed is None) | {modification.type}
    found = [
        replace(rule.says, cause=modification.id)
        for rule in rules()
        if rule.type is modification.type and rule.holds(types, fuel)
    ]
    return tuple(sorted(found, key=lambda one: not one.urgent))


def recommendations_of(
    fitted: Sequence[Modification], fuel: str = ""
) -> tuple[Recommendation, ...]:
    """Return what to see to because of all that is fitted now, each act once, the urgent first.

    Of several edges for one channel on one condition the strictest stands. A lean limit that holds
    while nitrous flows says nothing of boost without it: those stand beside each other.
    """
    still = [one for one in fitted if one.removed is None]
    found: dict[tuple[str, str, str], Recommendation] = {}
    for modification in still:
        for one in recommendations_for(modification, still, fuel):
            key = (one.kind, one.channel if _has_edge(one) else one.rule, one.when)
            known = found.get(key)
            if known is None or _stricter(one, known):
                found[key] = one
    return tuple(sorted(found.values(), key=lambda one: not one.urgent))


def _has_edge(one: Recommendation) -> bool:
    return one.above is not None or one.below is not None


def _stricter(one: Recommendation, other: Recommendation) -> bool:
    if one.above is not None and other.above is not None:
        return one.above < other.above
    if one.below is not None and other.below is not None:
        return one.below > other.below
    return False


def _rule(type_: ModificationType, name: str, row: dict[str, Any]) -> Rule:
    if row["kind"] not in KINDS:
        raise ValueError(f"{type_}.{name}: there is no kind {row['kind']!r}")
    if row.get("when", "") not in CONDITIONS:
        raise ValueError(f"{type_}.{name}: there is no condition {row['when']!r}")
    says = Recommendation(
        kind=row["kind"],
        what=row["what"],
        reason=row["reason"],
        channel=row.get("channel", ""),
        above=row.get("above"),
        below=row.get("below"),
        urgent=row.get("urgent", False),
        rule=f"{type_}.{name}",
        when=row.get("when", ""),
    )
    return Rule(
        type_,
        says,
        frozenset(map(ModificationType, row.get("with", ()))),
        frozenset(map(ModificationType, row.get("without", ()))),
        frozenset(row.get("fuel", ())),
        frozenset(row.get("no_fuel", ())),
    )
