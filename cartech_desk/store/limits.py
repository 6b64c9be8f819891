"""Limits in `desk.db`: what the shop changed of a profile's, and each vehicle's own."""

from collections.abc import Sequence

from cartech_desk.domain.alarms.limit import Limit
from cartech_desk.domain.people import Actor
from cartech_desk.store.audit import AuditLog
from cartech_desk.store.database import Database


class LimitStore:
    """Limits by owner: a profile's changes over the shipped ones, a vehicle's own over both.

    Profiles are named in `domain.alarms.profiles`; the limits of profile "any" hold for every
    vehicle. Every change is audited in its own transaction.
    """

    def __init__(self, database: Database, audit: AuditLog) -> None:
        raise NotImplementedError

    def in_force(self, vehicle_id: str) -> Sequence[Limit]:
        """Limits of a vehicle, those out of service included; "" for a car that nobody named."""
        raise NotImplementedError

    def profile_of(self, vehicle_id: str) -> str:
        """Name of the vehicle's profile, empty for none."""
        raise NotImplementedError

    def set_profile(self, vehicle_id: str, profile: str, by: Actor) -> None:
        """Give a vehicle a profile."""
        raise NotImplementedError

    def own(self, kind: str, owner: str) -> Sequence[Limit]:
        """Limits that were set for this vehicle or profile itself."""
        raise NotImplementedError

    def put(
        self, kind: str, owner: str, limits: Sequence[Limit], by: Actor, reason: str = ""
    ) -> None:
        """Set these limits, replacing those of the same key; all or none, one audit record each."""
        raise NotImplementedError

    def remove(self, kind: str, owner: str, key: str, by: Actor, reason: str = "") -> None:
        """Drop an own limit: what stands below it (profile, shipped) holds again."""
        raise NotImplementedError
