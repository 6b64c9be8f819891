"""Opening hours: as people write them, and as stretches of time on one day of the calendar.

Local times are minutes since midnight as the clock on the wall shows them. On the day of a clock
change a local time may come twice or not at all: the first of two is taken, and one that is left
out becomes the instant at which the clock goes on (PEP 495).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.shop_rules import Opening, ShopRules

WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
DAY_MIN: Final = 24 * 60
_STRETCH: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(?:-|to)\s*(\d{1,2})(?:[:.h](\d{2}))?")
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_MOST: Final = 6
"""Stretches of one day."""
_CLOSED: Final = frozenset({"", "closed", "-"})


class HoursRefused(CarTechError):
    """A text does not say opening hours."""

    code = "hours_refused"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, half-open, UTC."""

    starts: datetime
    ends: datetime

    @property
    def minutes(self) -> int:
        """Its whole minutes."""
        return int((self.ends - self.starts) // timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class OpenDay:
    """One day of the shop: when it is open, and why it is not; `starts`, `ends` are its midnights.

    A day has 23 or 25 hours where the clock changes.
    """

    day: date
    starts: datetime
    ends: datetime
    open: tuple[Stretch, ...] = ()
    closed: str = ""
    """Why the shop is closed: "Sunday", a holiday's name, "closed"; empty on an open day."""

    @property
    def minutes(self) -> int:
        """Minutes that the shop is open."""
        return sum(each.minutes for each in self.open)


def parse_hours(text: str) -> Opening:
    """Return the stretches of a day from a text as “8:00-12:00, 13:00-17:00”; empty for closed.

    24:00 is the end of the day. Errors: HoursRefused for what is no time, ends before it begins,
    or overlaps what stands beside it.
    """
    plain = text.translate(_DASHES).strip().casefold()
    if plain in _CLOSED:
        return ()
    found: list[tuple[int, int]] = []
    for part in re.split(r"[,;]", plain):
        match = _STRETCH.fullmatch(part.strip())
        if match is None:
            raise _refused(f"“{part.strip()[:40]}” says no hours.")
        begin, end = _minutes(match[1], match[2]), _minutes(match[3], match[4])
        if begin >= end:
            raise _refused(f"“{part.strip()}” ends before it begins.")
        found.append((begin, end))
    found.sort()
    if len(found) > _MOST:
        raise _refused(f"A day has at most {_MOST} stretches.")
    for (_, end), (begin, _) in pairwise(found):
        if begin < end:
            raise _refused("Two of the stretches overlap.")
    return tuple(found)


def hours_text(opening: Opening) -> str:
    """Return the stretches of a day as people write them; empty for closed."""
    return ", ".join(f"{clock_text(begin)}-{clock_text(end)}" for begin, end in opening)


def clock_text(minutes: int) -> str:
    """Return minutes since midnight as 8:05."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def zone_of(name: str) -> tzinfo:
    """Return the time zone of this name, UTC where this machine knows none of it."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return UTC
    except KeyError:
        return UTC


def instant_of(day: date, minutes: int, zone: tzinfo) -> datetime:
    """Return the instant (UTC) of a local time; `minutes` may be DAY_MIN, the next midnight."""
    beyond, within = divmod(minutes, DAY_MIN)
    local = datetime.combine(
        day + timedelta(days=beyond), time(within // 60, within % 60), tzinfo=zone
    )
    at = local.astimezone(UTC)
    back = at.astimezone(zone)
    if back.replace(tzinfo=None) == local.replace(tzinfo=None):
        return at
    # The clock leaves this time out. Read by what the clock told before (fold 0) and after
    # (fold 1), it gives instants on either side of the change: the change lies between them.
    early = local.replace(fold=1).astimezone(UTC)
    late = at
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(minutes=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(second=0, microsecond=0)


def is_on_wall(day: date, minutes: int, zone: tzinfo) -> bool:
    """Tell whether the clock on the wall shows a local time on that day; a change may leave it out.

    `minutes` may be DAY_MIN, the next midnight.
    """
    beyond, within = divmod(minutes, DAY_MIN)
    wall = datetime.combine(day + timedelta(days=beyond), time(within // 60, within % 60))
    back = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return back.replace(tzinfo=None) == wall


def day_of(at: datetime, zone: tzinfo) -> date:
    """Return the local day on which an instant lies."""
    return at.astimezone(zone).date()


def open_day(rules: ShopRules, day: date, holidays: dict[date, str]) -> OpenDay:
    """Return one day of the shop; `holidays` are those of its year, by their names."""
    zone = zone_of(rules.zone)
    starts, ends = instant_of(day, 0, zone), instant_of(day, DAY_MIN, zone)
    if day in holidays:
        return OpenDay(day, starts, ends, closed=holidays[day])
    if day in rules.closed:
        return OpenDay(day, starts, ends, closed="closed")
    stretches = tuple(
        Stretch(begin, end)
        for first, last in rules.hours[day.weekday()]
        if (begin := instant_of(day, first, zone)) < (end := instant_of(day, last, zone))
    )
    return OpenDay(day, starts, ends, stretches, "" if stretches else WEEKDAYS[day.weekday()])


def _minutes(hour: str, minute: str | None) -> int:
    whole = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or whole > DAY_MIN:
        raise _refused(f"“{hour}:{minute or '00'}” is no time of day.")
    return whole


def _refused(why: str) -> HoursRefused:
    return HoursRefused(why, to_do="Write hours as in 8:00-12:00, 13:00-17:00; empty for closed.")
