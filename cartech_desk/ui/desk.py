"""What the rooms below hand to the screen."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import BaseModel

    from cartech_desk.bay.bay import Bay
    from cartech_desk.domain.errors import CarTechError
    from cartech_desk.office.office import Office
    from cartech_desk.store.store import Store


class SettingsHolder(Protocol):
    """The settings in force and their file."""

    @property
    def values(self) -> "BaseModel":
        """The settings in force; a frozen picture, replaced by `save`."""

    @property
    def path(self) -> Path:
        """The TOML file they are kept in."""

    def save(self, model: "BaseModel") -> None:
        """Put checked settings in force and keep them; CarTechError where the file refuses."""


@dataclass(frozen=True, slots=True)
class DeskParts:
    """One desk: the bay, the office, what is remembered, what is set, where it lies."""

    bay: "Bay"
    office: "Office"
    store: "Store"
    settings: SettingsHolder
    data_dir: Path
    demo: bool = False
    troubles: "Callable[[], Mapping[str, CarTechError]]" = dict
    """Says by its name what goes wrong in what the desk does by itself. Quick."""
