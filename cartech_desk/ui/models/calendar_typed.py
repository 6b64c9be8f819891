"""Times of day and lengths as people type them at a counter."""

import re
from datetime import timedelta
from typing import Final

from cartech_desk.ui.models.calendar_time import DAY_MIN

_CLOCK: Final = re.compile(r"(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?(?:\s*(am|pm|h))?")
_BARE: Final = re.compile(r"(\d{1,2})(\d{2})")
_HOURS: Final = re.compile(r"(\d{1,2})\s*(?:h|hours?|:)\s*(?:(\d{1,2})\s*(?:m|min)?)?")
_PART: Final = re.compile(r"(\d{1,2})[.,](\d{1,2})\s*(?:h|hours?)")
_MINUTES: Final = re.compile(r"(\d{1,4})\s*(?:m|min|minutes?)?")
MOST: Final = timedelta(days=5)


def clock_of(text: str) -> int | None:
    """Return the minute of the day of a typed time: “8”, “8:30”, “830”, “2 pm”; None for none."""
    words = text.strip().casefold()
    match = _BARE.fullmatch(words)
    if match is not None:
        hour, minute = int(match[1]), int(match[2])
    else:
        match = _CLOCK.fullmatch(words)
        if match is None:
            return None
        hour, minute = int(match[1]), int(match[2] or 0)
        if match[3] in ("am", "pm"):
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if match[3] == "pm" else 0)
    found = hour * 60 + minute
    return found if minute < 60 and found < DAY_MIN else None


def minutes_of(text: str) -> int | None:
    """Return a typed length in minutes: “90”, “1:30”, “1 h 30”, “1.5 h”; None for none."""
    words = text.strip().casefold()
    found: int | None = None
    if (match := _PART.fullmatch(words)) is not None:
        found = round(float(f"{match[1]}.{match[2]}") * 60)
    elif (match := _HOURS.fullmatch(words)) is not None:
        found = int(match[1]) * 60 + int(match[2] or 0)
    elif (match := _MINUTES.fullmatch(words)) is not None:
        found = int(match[1])
    return found if found and timedelta(minutes=found) <= MOST else None
