"""What was found out about adapters and cars at the last connection, in `desk.db`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cartech_desk.store.database import Database


@dataclass(frozen=True, slots=True)
class KnownAdapter:
    """An adapter by its URL: what its driver had to find out (`Adapter.findings`), JSON values."""

    url: str
    findings: Mapping[str, Any]
    vin: str | None
    """The car that was behind it last."""
    seen: datetime


@dataclass(frozen=True, slots=True)
class KnownCar:
    """A car by its VIN: link, PIDs, scales, identity as JSON values, and when it was last met."""

    vin: str
    identification: Mapping[str, Any]
    seen: datetime
    quirks: tuple[str, ...] = field(default=())


class KnownCarStore:
    """Adapters and cars. Thread-safe. Made lazily by `Store.known_cars`.

    What is kept here is a convenience: a row that cannot be read is None, never an error.
    """

    def __init__(self, database: "Database") -> None:
        self._database = database

    def adapter(self, url: str) -> KnownAdapter | None:
        """Return what is known of the adapter at this URL."""
        raise NotImplementedError

    def car(self, vin: str) -> KnownCar | None:
        """Return what is known of this car."""
        raise NotImplementedError

    def keep_adapter(self, known: KnownAdapter) -> None:
        """Remember this instead of what was known."""
        raise NotImplementedError

    def keep_car(self, known: KnownCar) -> None:
        """Remember this instead of what was known."""
        raise NotImplementedError

    def forget(self, *, url: str = "", vin: str = "") -> None:
        """Forget an adapter, a car, or both: what was remembered no longer holds."""
        raise NotImplementedError
