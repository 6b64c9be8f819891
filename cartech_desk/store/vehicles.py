"""Vehicles that this desk has met."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle, known by its VIN or by a name that was typed."""

    id: str
    vin: str | None
    name: str
    created: datetime


class VehicleStore:
    """Vehicles in `desk.db`."""

    def by_vin(self, vin: str) -> Vehicle:
        """Return the vehicle with this VIN, making it where it is new."""
        raise NotImplementedError

    def by_name(self, name: str) -> Vehicle:
        """Return the vehicle with this typed name (whatever its case), making it where new."""
        raise NotImplementedError

    def get(self, vehicle_id: str) -> Vehicle:
        """Return one vehicle; NotKept where there is none."""
        raise NotImplementedError

    def list(self, search: str = "") -> tuple[Vehicle, ...]:
        """Vehicles whose VIN or name contains `search`, the most recently used first."""
        raise NotImplementedError

    def rename(self, vehicle_id: str, name: str) -> Vehicle:
        """Give a vehicle another name."""
        raise NotImplementedError
