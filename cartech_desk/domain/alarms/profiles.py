"""Profiles: the limits that the desk brings along for each kind of engine.

They stand in resources/limits.toml. The shop may change them, and each vehicle has its own over
them; see `store.limits`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Final

from cartech_desk.domain.alarms.limit import Limit
from cartech_desk.domain.alarms.written import from_plain
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.resources import resource

ANY: Final = "any"
"""The profile whose limits hold for every vehicle, whatever else it is."""


class UnknownProfile(CarTechError):
    """A profile that there is none of."""

    code: ClassVar[str] = "unknown_profile"


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: `label` is its name for people, `words` say in a sentence whom it is for."""

    name: str
    label: str
    words: str
    limits: tuple[Limit, ...]


@cache
def profiles() -> Mapping[str, Profile]:
    """Return the profiles by name, "any" first, in the order in which they are offered."""
    with resource("limits.toml").open("rb") as file:
        table = tomllib.load(file)
    return MappingProxyType({name: _profile(name, row) for name, row in table.items()})


def find_profile(name: str) -> Profile:
    """Return the profile of this name. Errors: UnknownProfile."""
    found = profiles().get(name)
    if found is None:
        raise UnknownProfile(
            f"There is no profile “{name[:60]}”.",
            kept="Nothing was changed.",
            to_do=f"Use one of: {', '.join(profiles())}.",
        )
    return found


def _profile(name: str, row: Mapping[str, Any]) -> Profile:
    limits = (from_plain({"key": key, **fields}) for key, fields in row["limits"].items())
    return Profile(name, row["label"], row["words"], tuple(limits))
