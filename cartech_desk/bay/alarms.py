"""Alarms of one bay: watched in the driver's thread, kept, acknowledged, heard."""

from concurrent.futures import Future

from cartech_desk.bay.alarm_status import AlarmsSnapshot
from cartech_desk.domain.people import Actor


class Alarms:
    """The alarms of one bay. Public methods may be called from any thread and never block.

    Acts end their Future once they are durable, audit record included. Errors in the Future:
    NotSignedIn, RightMissing, AlarmRefused, NotKept for an alarm that is gone, StoreError.
    """

    def snapshot(self) -> AlarmsSnapshot:
        """Return one consistent picture, cheap enough for ten a second."""
        raise NotImplementedError

    def use_vehicle(self, vehicle_id: str) -> None:
        """Put this vehicle's limits in force (empty: those that suit any car)."""
        raise NotImplementedError

    def limits_changed(self) -> None:
        """Read the limits in force anew; whoever changed them in the store calls this."""
        raise NotImplementedError

    def acknowledge(self, alarm_id: str, by: Actor) -> Future[None]:
        """Acknowledge one alarm."""
        raise NotImplementedError

    def acknowledge_all(self, by: Actor) -> Future[int]:
        """Acknowledge every announced alarm that asks for it; ends with how many they were."""
        raise NotImplementedError

    def clear(self, alarm_id: str, by: Actor, reason: str = "") -> Future[None]:
        """Clear a latched alarm."""
        raise NotImplementedError

    def shelve(self, alarm_id: str, seconds: float, reason: str, by: Actor) -> Future[None]:
        """Put an alarm aside for a time; a reason is required, the longest time is the role's."""
        raise NotImplementedError

    def shelve_limit(self, limit_key: str, seconds: float, reason: str, by: Actor) -> Future[None]:
        """Put the alarm of a limit aside before it comes."""
        raise NotImplementedError

    def unshelve(self, alarm_id: str, by: Actor) -> Future[None]:
        """Take an alarm back from the shelf."""
        raise NotImplementedError

    def silence(self, seconds: float = 120.0) -> None:
        """Silence the sound for a time; it comes back by itself, and at once for a new alarm."""
        raise NotImplementedError
