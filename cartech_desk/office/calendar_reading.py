"""Others' calendars: an .ics file read into events, repeated ones expanded.

RFC 5545 is read as programs write it: a time without a zone is the shop's own (form #1), an unknown
zone the same with a word about it, a day without a time is whole. What cannot be read is listed and
left out; what is no calendar at all is refused.
"""

import time as clock
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import Any, Final

from cartech_desk.domain.appointments.calendar import ForeignEvent, ImportLine
from cartech_desk.domain.appointments.hours import DAY_MIN, day_of, instant_of
from cartech_desk.domain.appointments.letters import one_line
from cartech_desk.office.calendar_checking import (
    CalendarRefused,
    decoded,
    listed,
    need_whole,
    problems,
    text_of,
)
from cartech_desk.office.files_given import NoFile, TooLarge, read_given

MOST_BYTES: Final = 20_000_000
MOST_EVENTS: Final = 20_000
BEFORE: Final = timedelta(days=31)
AHEAD: Final = timedelta(days=2 * 366)
_MOST_LEFT_OUT: Final = 200
_MOST_TITLE: Final = 200
_MOST_SECONDS: Final = 30.0
_LONGEST: Final = timedelta(days=366)
_SHORTER: Final = "Export a shorter time of it."
_UNREADABLE: Final = (ValueError, TypeError, AttributeError, OverflowError, LookupError)
"""What the libraries throw at what is written wrong."""


@dataclass(frozen=True, slots=True)
class _Following:
    """A change of one of a row and of all that follow it (RFC 5545, section 3.2.13)."""

    since: datetime
    shift: timedelta
    length: timedelta | None
    title: str
    off: bool


@dataclass(slots=True)
class Reading:
    """What a file gave."""

    name: str = ""
    events: list[ForeignEvent] = field(default_factory=list)
    left_out: list[ImportLine] = field(default_factory=list)
    notes: list[ImportLine] = field(default_factory=list)
    """What is kept, but not as it was meant."""

    def leave_out(self, number: int, what: str, why: str) -> None:
        """Note what is left out; the first of many."""
        if len(self.left_out) < _MOST_LEFT_OUT:
            self.left_out.append(ImportLine(number, one_line(what)[:_MOST_TITLE], why))

    def note(self, number: int, what: str, why: str) -> None:
        """Note what is kept otherwise than it was meant; the first of many."""
        if len(self.notes) < _MOST_LEFT_OUT:
            self.notes.append(ImportLine(number, one_line(what)[:_MOST_TITLE], why))


def read_file(path: Path, zone: tzinfo, now: datetime) -> Reading:
    """Read a calendar file; events from a month ago to two years ahead.

    Errors: CalendarRefused for what cannot be read, is too large, or is no calendar.
    """
    try:
        content = read_given(path, MOST_BYTES)
    except NoFile as error:
        raise CalendarRefused(f"{path} is no file.", "Choose another one.") from error
    except TooLarge as error:
        raise CalendarRefused(
            f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB.", _SHORTER
        ) from error
    except OSError as error:
        raise CalendarRefused(
            f"{path} cannot be read ({error.strerror or error}).", "Choose another file."
        ) from error
    return read_calendar(content, zone, now, path.stem)


def read_calendar(content: bytes, zone: tzinfo, now: datetime, name: str = "") -> Reading:
    """Read a calendar from its bytes; as `read_file`."""
    from icalendar import Calendar

    content = decoded(content)
    if b"BEGIN:VCALENDAR" not in content[:4096].upper():
        raise CalendarRefused("This is no calendar file: it does not begin as one.")
    need_whole(content)
    try:
        calendars = Calendar.from_ical(content, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise CalendarRefused(f"The calendar file is damaged ({str(error)[:120]}).") from error
    return _Reader(zone, now - BEFORE, now + AHEAD).read(list(calendars), name)


class _Reader:
    """Reads the events of one file."""

    def __init__(self, zone: tzinfo, first: datetime, last: datetime) -> None:
        self._zone = zone
        self._first = first
        self._last = last
        self._until = clock.monotonic() + _MOST_SECONDS
        self._reading = Reading()
        self._following: dict[str, list[_Following]] = {}

    def read(self, calendars: list[Any], name: str) -> Reading:
        events = [event for each in calendars for event in each.walk("VEVENT")]
        named = next((text_of(each, "X-WR-CALNAME") for each in calendars), "")
        self._reading.name = one_line(named)[:100] or one_line(name)[:100] or "Calendar"
        moved = {
            (str(event.get("UID", "")), self._moment(event, "RECURRENCE-ID"))
            for event in events
            if "RECURRENCE-ID" in event
        }
        self._following = self._read_following(events)
        for number, event in enumerate(events, 1):
            title = one_line(text_of(event, "SUMMARY"))[:_MOST_TITLE] or "busy"
            self._in_time()
            self._event(number, event, title, moved)
        self._reading.events.sort(key=lambda one: (one.starts, one.uid))
        return self._reading

    def _event(self, number: int, event: Any, title: str, moved: set[Any]) -> None:
        from icalendar.error import BrokenCalendarProperty

        try:
            alone = "RECURRENCE-ID" in event
            if alone and text_of(event, "STATUS").upper() == "CANCELLED":
                return  # what it takes away is left out of what repeats
            problem = next(problems(event), "")
            if problem:
                self._reading.leave_out(number, title, problem)
                return
            starts, ends, all_day = self._span(event)
            if ends < starts or ends - starts > _LONGEST:
                self._reading.leave_out(number, title, "It ends before it begins, or never.")
                return
            self._note_zone(number, event, title)
            uid = text_of(event, "UID") or f"{title}-{starts.isoformat()}"
            length, lengths = ends - starts, self._own_lengths(event)
            days = (day_of(ends, self._zone) - day_of(starts, self._zone)).days
            for start in self._starts(event, starts, all_day):
                if not alone and (uid, start) in moved:
                    continue
                if start >= self._last:
                    continue
                end = start + lengths.get(start, length)
                if all_day:  # its last midnight, though a clock change lies between
                    end = instant_of(day_of(start, self._zone), days * DAY_MIN, self._zone)
                called = title
                if not alone:
                    start, end, called = self._followed(uid, start, end, title)  # noqa: PLW2901 - moved with those that follow
                if start < self._last and end > self._first:
                    self._keep(uid, start, end, called, all_day=all_day)
        except (*_UNREADABLE, BrokenCalendarProperty) as error:
            why = one_line(str(error))[:120] or type(error).__name__
            self._reading.leave_out(number, title, f"It cannot be read: {why}.")

    def _keep(
        self, uid: str, starts: datetime, ends: datetime, title: str, *, all_day: bool
    ) -> None:
        if ends == starts:  # a reminder: it takes no time, and is shown for a quarter of an hour
            ends = starts + timedelta(minutes=15)
        if len(self._reading.events) >= MOST_EVENTS:
            raise CalendarRefused(
                f"The calendar has more than {MOST_EVENTS} events in two years.", _SHORTER
            )
        self._reading.events.append(
            ForeignEvent("", "", "", uid[:400], starts, ends, title, all_day)
        )

    def _in_time(self) -> None:
        """Refuse a calendar that takes too long. Errors: CalendarRefused."""
        if clock.monotonic() > self._until:
            raise CalendarRefused(
                "The calendar repeats so much that reading it takes too long.",
                "Export a shorter time of it, or without its endless repetitions.",
            )

    def _note_zone(self, number: int, event: Any, title: str) -> None:
        """Say where a time zone is named that nobody knows here."""
        named = str(getattr(event.get("DTSTART"), "params", {}).get("TZID", ""))
        first = event.decoded("DTSTART")
        if named and isinstance(first, datetime) and first.tzinfo is None:
            why = f"The time zone “{one_line(named)[:60]}” is not known; the shop's own is taken."
            self._reading.note(number, title, why)

    def _read_following(self, events: list[Any]) -> "dict[str, list[_Following]]":
        """Return the changes that hold for one of a row and for all that follow it."""
        found: dict[str, list[_Following]] = {}
        for event in events:
            moment = self._moment(event, "RECURRENCE-ID")
            params = getattr(event.get("RECURRENCE-ID"), "params", {})
            if moment is None or str(params.get("RANGE", "")).upper() != "THISANDFUTURE":
                continue
            starts = self._moment(event, "DTSTART")
            if starts is None:
                continue
            ends = self._moment(event, "DTEND")
            length = None if ends is None else ends - starts
            title = one_line(text_of(event, "SUMMARY"))[:_MOST_TITLE]
            off = text_of(event, "STATUS").upper() == "CANCELLED"
            change = _Following(moment, starts - moment, length, title, off)
            found.setdefault(text_of(event, "UID"), []).append(change)
        for changes in found.values():
            changes.sort(key=lambda one: one.since)
        return found

    def _followed(
        self, uid: str, start: datetime, end: datetime, title: str
    ) -> tuple[datetime, datetime, str]:
        """Return one of a row as the last change before it has it; one that is off has no time."""
        change = None
        for each in self._following.get(uid, ()):
            if each.since < start:
                change = each
        if change is None:
            return start, end, title
        if change.off:
            return start, self._first, title
        length = end - start if change.length is None else change.length
        begin = start + change.shift
        return begin, begin + length, change.title or title

    def _span(self, event: Any) -> tuple[datetime, datetime, bool]:
        """Return start and end of an event in UTC, and whether it is whole days."""
        first = event.decoded("DTSTART")
        all_day = not isinstance(first, datetime)
        starts = self._instant(first)
        if "DTEND" in event:
            return starts, self._instant(event.decoded("DTEND")), all_day
        if "DURATION" in event:
            return starts, starts + event.decoded("DURATION"), all_day
        if all_day:
            return starts, self._instant(first + timedelta(days=1)), True
        return starts, starts, False

    def _starts(self, event: Any, starts: datetime, all_day: bool) -> Iterator[datetime]:
        """Yield the starts of an event: its own, or those of its rule, without its exceptions."""
        if "RECURRENCE-ID" in event or not ("RRULE" in event or "RDATE" in event):
            yield starts
            return
        from dateutil.rrule import rrulestr

        # Repetition follows the clock on the wall: it is reckoned without a zone, and each start
        # becomes an instant after that (section 3.3.10: local time across a clock change).
        zone = self._zone_of(event.decoded("DTSTART"))
        local = starts.astimezone(zone).replace(tzinfo=None)
        rows: list[Iterator[datetime]] = []
        for rule in listed(event.get("RRULE")):
            until = rule.get("UNTIL")
            kept = {name: each for name, each in rule.items() if name not in ("UNTIL", "COUNT")}
            text = type(rule)(kept).to_ical().decode("utf-8")
            last = self._last.astimezone(zone).replace(tzinfo=None)
            if until:
                stop = self._instant(until[0], end=True).astimezone(zone).replace(tzinfo=None)
                last = min(last, stop)
            # The end is always given, and the count kept here: else a rule that never fits any
            # day is looked for until the end of all years.
            text += f";UNTIL={last:%Y%m%dT%H%M%S}"
            row: Iterator[datetime] = iter(rrulestr(text, dtstart=local))
            count = listed(rule.get("COUNT"))
            rows.append(islice(row, int(count[0])) if count else row)
        more = [when.astimezone(zone).replace(tzinfo=None) for when in self._dates(event, "RDATE")]
        if not rows:
            more.append(local)
        rows.append(iter(sorted(more)))
        without = set(self._dates(event, "EXDATE"))
        before: datetime | None = None
        for found in merge(*rows):
            self._in_time()
            if found == before:
                continue
            before = found
            at = self._placed(found, zone, all_day=all_day)
            if at > self._last:
                return
            if at not in without:
                yield at

    def _placed(self, local: datetime, zone: tzinfo, *, all_day: bool) -> datetime:
        if all_day:
            return instant_of(local.date(), 0, self._zone)
        at = instant_of(local.date(), local.hour * 60 + local.minute, zone)
        return at + timedelta(seconds=local.second)

    def _dates(self, event: Any, name: str) -> Iterator[datetime]:
        for each in listed(event.get(name)):
            for moment in each.dts:
                value = moment.dt
                yield self._instant(value[0] if isinstance(value, tuple) else value)

    def _own_lengths(self, event: Any) -> dict[datetime, timedelta]:
        """Return how long those of a row are that stand there as periods, by their starts."""
        found: dict[datetime, timedelta] = {}
        for each in listed(event.get("RDATE")):
            for moment in each.dts:
                if isinstance(moment.dt, tuple):
                    start, end = moment.dt
                    begin = self._instant(start)
                    length = end if isinstance(end, timedelta) else self._instant(end) - begin
                    if not timedelta(0) <= length <= _LONGEST:
                        raise ValueError("one of its periods ends before it begins, or never")
                    found[begin] = length
        return found

    def _moment(self, event: Any, name: str) -> datetime | None:
        from icalendar.error import BrokenCalendarProperty

        try:
            return self._instant(event.decoded(name))
        except (*_UNREADABLE, BrokenCalendarProperty):
            return None

    def _zone_of(self, value: Any) -> tzinfo:
        return (value.tzinfo if isinstance(value, datetime) else None) or self._zone

    def _instant(self, value: Any, *, end: bool = False) -> datetime:
        """Return an instant in UTC; a day begins (or ends) at the shop's midnight."""
        if isinstance(value, datetime):
            if value.tzinfo is None:
                at = instant_of(value.date(), value.hour * 60 + value.minute, self._zone)
                return at + timedelta(seconds=value.second)
            return value.astimezone(UTC)
        if isinstance(value, date):
            return instant_of(value, DAY_MIN - 1 if end else 0, self._zone)
        raise ValueError("it has no date")
