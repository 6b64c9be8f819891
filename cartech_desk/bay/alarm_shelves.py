"""What comes back from the shelf after a restart, and when: no alarm is lost to a clock.

While the desk runs, the time on the shelf runs by the monotonic clock. Over a restart only the wall
clock is left (UTC, so that no daylight saving moves it), which somebody may have set.
"""

from datetime import datetime, timedelta
from typing import Final

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.store.alarms import Shelf

TIME_OVER: Final = "Its time was over."
SET_BACK: Final = "The clock was set back since it was shelved."
_UNSURE: Final = timedelta(seconds=2)
"""Clocks are put right by so much without anybody's doing."""


def remaining(shelf: Shelf, now: datetime) -> timedelta:
    """Return for how long an alarm stays on the shelf, never longer than was granted.

    Zero where the time is over, or where the wall clock is earlier than when it was put there: how
    much of the time has passed nobody knows then.
    """
    granted = shelf.until - shelf.shelved
    if now < shelf.shelved - _UNSURE:
        return timedelta(0)
    return max(timedelta(0), min(granted, shelf.until - now))


def coming_back(shelf: Shelf, now: datetime) -> Entry:
    """Return what the audit log says of an alarm that comes back from the shelf at a start."""
    why = SET_BACK if now < shelf.shelved - _UNSURE else TIME_OVER
    entity = Entity("alarm", shelf.key, shelf.key, shelf.vehicle_id)
    before = {"state": "shelved", "shelved": shelf.shelved, "until": shelf.until}
    return Entry("alarm.unshelve", entity, before, None, why)
