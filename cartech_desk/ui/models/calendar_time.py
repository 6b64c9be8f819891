"""The wall clock of the shop: minutes of a day, and the instants that they are.

A day is drawn with the 24 hours that its clock shows. Where a clock change leaves an hour out, what
would begin in it has no instant; where one comes twice, the first of the two is meant.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from cartech_desk.domain.appointments.hours import DAY_MIN

__all__ = ["DAY_MIN", "clock_words", "instant_of", "minute_of", "monday_of", "snapped"]


def minute_of(instant: datetime, day: date, zone: tzinfo) -> int:
    """Return where an instant stands on the clock of a day; outside 0 to 1440 on another day."""
    local = instant.astimezone(zone)
    return (local.date() - day).days * DAY_MIN + local.hour * 60 + local.minute


def instant_of(day: date, minute: int, zone: tzinfo) -> datetime | None:
    """Return the instant of a minute of the clock; None where the clock leaves it out."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None) == wall else None


def clock_words(minute: int) -> str:
    """Write a minute of the day as its clock does."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def snapped(minute: float, step: int) -> int:
    """Return the nearest minute on the step of the calendar."""
    step = max(1, step)
    return int((minute + step / 2) // step) * step
