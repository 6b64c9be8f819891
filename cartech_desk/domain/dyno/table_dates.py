"""When a run was driven, as far as its file says so: read where it is unambiguous, else not at all.

A date in the words above the header goes before one in the file's name. `3/4/2026` is the third of
April to some and the fourth of March to others: it is left alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

_EARLIEST: Final = 1980
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_MONTH: Final = rf"(?P<word>{'|'.join(_MONTHS)})[a-z]*\.?"
_DAYS: Final = tuple(
    re.compile(rf"(?<![\d.:/-]){pattern}(?![\d:/-])", re.IGNORECASE | re.ASCII)
    for pattern in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?=T?)",
        r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
        r"(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>\d{4})",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ .-]+{_MONTH}[ ,.-]+(?P<y>\d{{4}})",
        rf"{_MONTH}[ -]+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?[ -]+(?P<y>\d{{4}})",
    )
)
_ISO: Final = re.compile(r"(?<=\d)T(?=\d)")
_CLOCK: Final = re.compile(
    r"(?<![\d.:])(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?(?![\d:])",
    re.IGNORECASE | re.ASCII,
)
_NAMED: Final = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<sep>[-_.]?)(?P<m>\d{2})(?P=sep)(?P<d>\d{2})"
    r"(?:[-_T ]+(?P<h>\d{2})[-_.h]?(?P<min>\d{2})(?:[-_.m]?(?P<s>\d{2}))?)?(?!\d)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A day, and the time of that day where it is known, on a clock of which nobody said where."""

    day: date
    at: time | None = None

    def instant(self, zone: tzinfo | None = None) -> datetime:
        """Return it as an instant in a zone, this computer's where none is given."""
        naive = datetime.combine(self.day, self.at or time(12))
        return naive.replace(tzinfo=zone) if zone is not None else naive.astimezone()


def date_of_words(lines: Iterable[str], today: date) -> Dated | None:
    """Return the one date that stands in these lines; None for none, or where two contradict."""
    found: list[tuple[date, str]] = []
    for line in lines:
        found += [(day, line) for day in _days_of(line)]
    days = {day for day, _line in found}
    if len(days) != 1 or not _sensible(next(iter(days)), today):
        return None
    near = [clock for _day, line in found for clock in _clocks_of(line)]
    clocks = set(near or [clock for line in lines for clock in _clocks_of(line)])
    return Dated(next(iter(days)), next(iter(clocks)) if len(clocks) == 1 else None)


def date_of_name(name: str, today: date) -> Dated | None:
    """Return the one date that stands in the name of a file, as in run_2026-03-04_14-05."""
    found = set()
    for match in _NAMED.finditer(name):
        day = _day(int(match["y"]), int(match["m"]), int(match["d"]))
        if day is None or not _sensible(day, today):
            continue
        at = _time(match["h"], match["min"], match["s"], "") if match["h"] else None
        found.add(Dated(day, at))
    return found.pop() if len(found) == 1 else None


def date_typed(text: str, today: date) -> Dated | None:
    """Return the date that a person typed, as in “2026-03-04 14:05”; None for none that is sure."""
    days = set(_days_of(text))
    if len(days) != 1 or not _sensible(next(iter(days)), today):
        return None
    clocks = set(_clocks_of(text))
    if len(clocks) > 1 or (":" in text and not clocks):
        return None
    return Dated(next(iter(days)), next(iter(clocks), None))


def _days_of(line: str) -> list[date]:
    found = []
    line = _ISO.sub(" ", line)
    for pattern in _DAYS:
        for match in pattern.finditer(line):
            parts = match.groupdict()
            year = int(parts["y"])
            if "a" in parts:
                one, other = int(parts["a"]), int(parts["b"])
                if one <= 12 and other <= 12 and one != other:
                    continue  # nobody can tell which of them is the month
                month, day = (one, other) if other > 12 or one == other else (other, one)
            elif parts.get("word"):
                month, day = _MONTHS.index(parts["word"].lower()) + 1, int(parts["d"])
            else:
                month, day = int(parts["m"]), int(parts["d"])
            made = _day(year, month, day)
            if made is not None:
                found.append(made)
    return found


def _clocks_of(line: str) -> list[time]:
    found = (
        _time(match["h"], match["min"], match["s"], (match["half"] or "").lower())
        for match in _CLOCK.finditer(_ISO.sub(" ", line))
    )
    return [one for one in found if one is not None]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(hour: str, minute: str, second: str | None, half: str) -> time | None:
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half == "p" else 0)
    try:
        return time(hours, int(minute), int(second or 0))
    except ValueError:
        return None


def _sensible(day: date, today: date) -> bool:
    return day.year >= _EARLIEST and day <= today + timedelta(days=1)
