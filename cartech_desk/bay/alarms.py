"""Alarms of one bay: watched in the driver's thread, kept, acknowledged, heard."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future

from cartech_desk.bay.alarm_status import NO_ALARMS, AlarmsSnapshot
from cartech_desk.bay.alarm_surroundings import Clocks, Surroundings
from cartech_desk.bay.annunciator import Speaker
from cartech_desk.domain.channels import Channel, Reading
from cartech_desk.domain.people import Actor
from cartech_desk.store.store import Store


class Alarms:
    """The alarms of one bay. Public methods may be called from any thread and never block.

    Acts end their Future once they are durable, audit record included. Errors in the Future:
    NotSignedIn, RightMissing, AlarmRefused, NotKept for an alarm that is gone, StoreError.
    """

    def __init__(
        self,
        store: Store,
        around: Surroundings | None = None,
        *,
        speaker: Speaker | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        """`speaker` makes them heard, None for a desk without a voice."""

    def start(self) -> None:
        """Start the threads."""

    def stop(self) -> None:
        """End the threads within a second; what stands is settled in the history."""

    def take(self, batch: Sequence[Reading]) -> None:
        """Take in a batch of raw readings, in the thread that read it; never waits."""

    def expect(self, asked: Mapping[Channel, float]) -> None:
        """Say which channels are asked for, and how often [Hz]."""

    def use_operator(self, operator: Actor) -> None:
        """Say who runs the bay: alarms carry this name."""

    def snapshot(self) -> AlarmsSnapshot:
        """Return one consistent picture, cheap enough for ten a second."""
        return NO_ALARMS

    def use_vehicle(self, vehicle_id: str) -> None:
        """Put this vehicle's limits in force (empty: those that suit any car)."""

    def limits_changed(self) -> None:
        """Read the limits in force anew; whoever changed them in the store calls this."""

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
