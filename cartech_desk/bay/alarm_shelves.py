"""What lies on the shelf, until when, and what comes back from it: no alarm is lost to a clock.

While the desk runs, the time on the shelf runs by the monotonic clock, whichever vehicle is at hand
meanwhile. Over a restart only the wall clock is left (UTC, so that no daylight saving moves it),
which somebody may have set.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from cartech_desk.bay.alarm_surroundings import Clocks
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.store.alarms import AlarmStore, Shelf

TIME_OVER: Final = "Its time was over."
SET_BACK: Final = "The clock was set back since it was shelved."
_UNSURE: Final = timedelta(seconds=2)
"""Clocks are put right by so much without anybody's doing."""


def remaining(shelf: Shelf, now: datetime, newest: datetime) -> timedelta:
    """Return for how long an alarm stays on the shelf, never longer than was granted.

    Zero where the time is over, or where the wall clock is earlier than when it was put there or
    than the `newest` thing that was kept: how much of the time has passed nobody knows then.
    """
    granted = shelf.until - shelf.shelved
    if now < max(shelf.shelved, newest) - _UNSURE:
        return timedelta(0)
    return max(timedelta(0), min(granted, shelf.until - now))


class Shelves:
    """The shelves of a run. For the thread of the alarms' keeper alone."""

    def __init__(self, store: AlarmStore, clocks: Clocks) -> None:
        self._store = store
        self._clocks = clocks
        self._until_ns: dict[tuple[str, str, datetime], int] = {}

    def put(self, shelf: Shelf, until_ns: int) -> None:
        """Note until when (monotonic) an alarm was put there."""
        self._until_ns[shelf.vehicle_id, shelf.key, shelf.shelved] = until_ns

    def look(self, vehicle_id: str) -> Iterator[tuple[Shelf, int, str]]:
        """Return what is there for a vehicle and until when (monotonic), never longer than granted.

        Where it is over, why it comes back; else an empty text. Errors: StoreError.
        """
        now, now_ns = self._clocks.utc(), self._clocks.monotonic_ns()
        newest: datetime | None = None
        for shelf in self._store.shelves(vehicle_id):
            name = (shelf.vehicle_id, shelf.key, shelf.shelved)
            if name not in self._until_ns:
                newest = newest or self._store.newest() or now
                left = remaining(shelf, now, newest)
                self._until_ns[name] = now_ns + round(1e9 * left.total_seconds())
                if newest - now > _UNSURE or shelf.shelved - now > _UNSURE:
                    yield shelf, now_ns, SET_BACK
                    continue
            until_ns = self._until_ns[name]
            yield shelf, until_ns, "" if until_ns > now_ns else TIME_OVER


def coming_back(shelf: Shelf, why: str) -> Entry:
    """Return what the audit log says of an alarm that comes back from the shelf at a start."""
    entity = Entity("alarm", shelf.key, shelf.key, shelf.vehicle_id)
    before = {"state": "shelved", "shelved": shelf.shelved, "until": shelf.until}
    return Entry("alarm.unshelve", entity, before, None, why)
