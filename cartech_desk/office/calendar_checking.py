"""What is looked at in another's calendar before it is read: whether it is whole, and can be."""

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from cartech_desk.domain.errors import CarTechError

_TOO_OFTEN: Final = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_FIRST_YEAR: Final = 1900
_DEEPEST: Final = 10
_MOST_PARTS: Final = 60_000
"""Events, alarms and the like: reading so many takes half a minute."""
_RANGES: Final = {
    "INTERVAL": (1, 10_000),
    "COUNT": (1, 10**9),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (1, 31),
    "BYYEARDAY": (1, 366),
    "BYWEEKNO": (1, 53),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 60),
    "BYSETPOS": (1, 366),
}
"""What stands in a rule, from the lowest to the highest, counted from the end where it is negative
(RFC 5545, section 3.3.10)."""
_DAYS_OF: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class CalendarRefused(CarTechError):
    """A file is no calendar that can be imported."""

    code: ClassVar[str] = "calendar_refused"

    def __init__(self, happened: str, to_do: str = "Export it anew from where it comes.") -> None:
        super().__init__(happened, kept="Nothing was imported.", to_do=to_do)


def decoded(content: bytes) -> bytes:
    """Return a file in UTF-8: some programs write it in the letters of their machine."""
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if content.startswith(mark):
            try:
                return content.decode(name).encode("utf-8")
            except UnicodeError:
                continue
    return content.decode("cp1252", "replace").encode("utf-8")


def need_whole(content: bytes) -> None:
    """Refuse a file whose parts do not end as they begin, or are too many to be read in time.

    Errors: CalendarRefused.
    """
    open_parts: list[bytes] = []
    parts = 0
    for line in content.splitlines():
        word, _, name = line.strip().upper().partition(b":")
        if line[:1] in (b" ", b"\t") or word not in (b"BEGIN", b"END"):
            continue
        if word == b"BEGIN":
            parts += 1
            if parts > _MOST_PARTS:
                raise CalendarRefused(
                    f"The calendar has more than {_MOST_PARTS} entries.",
                    "Export a shorter time of it.",
                )
            open_parts.append(name.strip())
            if len(open_parts) > _DEEPEST:
                raise CalendarRefused("The calendar file is damaged: too much lies within itself.")
        elif not open_parts or open_parts.pop() != name.strip():
            raise CalendarRefused("The calendar file is damaged: a part of it does not begin.")
    if open_parts:
        raise CalendarRefused("The calendar file is cut off: its last part does not end.")


def problems(event: Any) -> Iterator[str]:
    """Yield why an event is left out."""
    if "DTSTART" not in event:
        yield "It has no date."
    first = event.decoded("DTSTART") if "DTSTART" in event else None
    for rule in listed(event.get("RRULE")):
        if first is not None and first.year < _FIRST_YEAR:
            yield f"It repeats since before {_FIRST_YEAR}."
        if not all(
            low <= abs(int(each)) <= high
            for name, (low, high) in _RANGES.items()
            for each in listed(rule.get(name))
        ):
            yield "How it repeats cannot be: a number in its rule is out of range."
        if _fits_no_day(rule):
            yield "It repeats on days that there are not."
        often = {str(each).upper() for each in rule.get("FREQ", [])}
        if often & _TOO_OFTEN:
            yield "It repeats within a day, which no calendar of a shop can show."
        if not often:
            yield "How it repeats cannot be read."
    if str(event.get("STATUS", "")).upper() == "CANCELLED" and "RECURRENCE-ID" not in event:
        yield "It was cancelled."
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        yield "It is marked as free time."


def _fits_no_day(rule: Any) -> bool:
    """Tell whether a rule asks for a day that none of its months has: it is sought forever."""
    days = [abs(int(each)) for each in listed(rule.get("BYMONTHDAY"))]
    months = [int(each) for each in listed(rule.get("BYMONTH"))]
    return bool(days and months) and min(days) > max(_DAYS_OF[month - 1] for month in months)


def text_of(part: Any, name: str) -> str:
    """Return a property's text; the first where it stands twice."""
    return str(next(iter(listed(part.get(name))), ""))


def listed(value: Any) -> list[Any]:
    """Return what stands under a name as a list, though it stands there once or never."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
