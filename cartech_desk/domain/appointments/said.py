"""Times of the calendar in words."""

from datetime import datetime, tzinfo
from typing import Final

from cartech_desk.domain.appointments.hours import WEEKDAYS

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day_words(at: datetime, zone: tzinfo) -> str:
    """Return a day as in “Monday, 2 March 2026”."""
    local = at.astimezone(zone)
    return f"{WEEKDAYS[local.weekday()]}, {local.day} {_MONTHS[local.month - 1]} {local.year}"


def clock_words(at: datetime, zone: tzinfo) -> str:
    """Return a time of day as in “8:05”; where the clock shows it twice, which of the two."""
    local = at.astimezone(zone)
    words = f"{local.hour}:{local.minute:02d}"
    return f"{words} {local.tzname()}" if _twice(at, zone) else words


def when_words(at: datetime, zone: tzinfo) -> str:
    """Return day and time as in “Monday, 2 March 2026, 8:05”."""
    return f"{day_words(at, zone)}, {clock_words(at, zone)}"


def span_words(starts: datetime, ends: datetime, zone: tzinfo) -> str:
    """Return a stretch as in “Monday, 2 March 2026, 8:00 to 10:00”."""
    until = clock_words(ends, zone)
    if starts.astimezone(zone).date() != ends.astimezone(zone).date():
        until = when_words(ends, zone)
    return f"{when_words(starts, zone)} to {until}"


def _twice(at: datetime, zone: tzinfo) -> bool:
    """Tell whether the clock on the wall shows this time twice on that day."""
    local = at.astimezone(zone)
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
