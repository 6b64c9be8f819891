"""Profiles: the limits that the desk brings along for each kind of engine.

They stand in resources/limits.toml. The shop may change them, and each vehicle has its own over
them; see `store.limits`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from cartech_desk.domain.alarms.limit import Limit

ANY: Final = "any"
"""The profile whose limits hold for every vehicle, whatever else it is."""


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
    raise NotImplementedError
