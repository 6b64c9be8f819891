"""The calendar for others, and others' calendars beside it."""

import logging
import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cartech_desk.domain.appointments.booking import Appointment, AppointmentStatus
from cartech_desk.domain.appointments.calendar_text import WrittenEvent, calendar_text
from cartech_desk.domain.appointments.hours import zone_of
from cartech_desk.domain.appointments.letters import one_line
from cartech_desk.domain.appointments.status import WORDS
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.booking_rules import clashes
from cartech_desk.office.calendar_putting import CalendarNotWritten, put, refusal

if TYPE_CHECKING:
    from cartech_desk.domain.appointments.calendar import (
        CalendarImport,
        Clash,
        ForeignCalendar,
        ForeignEvent,
    )
    from cartech_desk.store.store import Store

BEHIND: Final = timedelta(days=31)
AHEAD: Final = timedelta(days=366)
"""What the subscription file holds, before and after now."""
_EVER: Final = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
_LONGEST: Final = timedelta(days=32)
_OTHER: Final = "Choose another file, as shop.ics in a folder of its own."
_SHORT: Final = 3
"""A word of a name that is shorter names nobody."""
_OFF: Final = frozenset({AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW})

_LOG = logging.getLogger(__name__)


class CalendarFiles:
    """iCalendar files, out and in; a part of office.appointments.Appointments."""

    def __init__(
        self, store: "Store", rules: Callable[[], ShopRules], wall: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._rules = rules
        self._wall = wall
        self._written: tuple[str, str] = ("", "")
        self._writing = threading.Lock()
        self._subscription_problem = ""

    def export(
        self,
        by: Actor,
        path: Path,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        names: bool = True,
        even_so: bool = False,
    ) -> int:
        """Write appointments to an iCalendar file (Act.EXPORT); returns how many.

        `even_so` writes over another calendar that is there. Errors: RightMissing,
        CalendarNotWritten.
        """
        require(by, Act.EXPORT)
        told = refusal(path, self._store.folder)
        if told:
            raise CalendarNotWritten(told, kept="Nothing was changed.", to_do=_OTHER)
        if path.exists() and not even_so:
            raise CalendarNotWritten(
                f"{path} is there already.",
                kept="It was not touched.",
                to_do="Choose another name, or confirm that it is written over (on the command "
                "line with --even-so).",
            )
        found = self._store.appointments.between(since or _EVER[0], until or _EVER[1])
        entry = Entry(
            "calendar.export", Entity("calendar", "", path.name), after={"appointments": len(found)}
        )
        intent = self._store.audit.intent(by, entry)
        problem = put(path, self._text(found, names=names), private=names)
        self._store.audit.result(intent, done=not problem, reason=problem)
        if problem:
            raise CalendarNotWritten(
                problem, kept="Nothing was changed.", to_do="Choose another folder."
            )
        return len(found)

    def write_subscription(self) -> str:
        """Write the subscription file of the settings anew; returns its problem, empty for none.

        One that holds what it should is left alone; a file that is no calendar too.
        """
        with self._writing:
            return self._subscribed()

    def _subscribed(self) -> str:
        rules = self._rules()
        if not rules.subscription:
            self._subscription_problem = ""
            return ""
        now = self._wall()
        path = Path(rules.subscription)
        try:
            found = self._store.appointments.between(now - BEHIND, now + AHEAD)
            text = self._text(found, names=rules.subscription_names)
            same = (str(path), text) == self._written and path.exists()
            problem = "" if same else refusal(path, self._store.folder)
            if not same and not problem:
                problem = put(path, text, private=rules.subscription_names)
        except CarTechError as error:
            problem = error.message
        except OSError as error:  # what was booked stands, whatever became of the file's folder
            problem = f"{path} cannot be looked at ({error.strerror or error})."
        if problem and problem != self._subscription_problem:
            _LOG.warning("the subscription file is not up to date: %s", problem)
        if not problem and not same:
            self._written = (str(path), text)
        self._subscription_problem = problem
        return problem

    def subscription_problem(self) -> str:
        """Return why the subscription file is not up to date; empty for nothing."""
        return self._subscription_problem

    def look_into(self, path: Path) -> "CalendarImport":
        """Read another's .ics without keeping it: its events, what is left out, what clashes.

        Errors: CalendarRefused.
        """
        return self._read(path, "", "")

    def import_calendar(
        self, by: Actor, path: Path, *, name: str = "", resource_id: str = ""
    ) -> "CalendarImport":
        """Keep another's calendar beside ours; one of the same name and resource is replaced.

        Errors: RightMissing, CalendarRefused, NotKept for the bay or technician.
        """
        from dataclasses import replace

        require(by, Act.KEEP_RECORDS)
        if resource_id:
            resource_id = self._store.appointments.resource(resource_id).id
        read = self._read(path, name, resource_id)
        kept = self._store.appointments.keep_calendar(
            read.name, path.name, resource_id, read.events, by
        )
        return replace(read, calendar=kept)

    def calendars(self) -> "tuple[ForeignCalendar, ...]":
        """Return the imported calendars."""
        return self._store.appointments.calendars()

    def remove_calendar(self, by: Actor, calendar_id: str) -> None:
        """Remove an imported calendar with its events."""
        require(by, Act.KEEP_RECORDS)
        self._store.appointments.remove_calendar(calendar_id, by)

    # Below

    def _read(self, path: Path, name: str, resource_id: str) -> "CalendarImport":
        from dataclasses import replace

        from cartech_desk.domain.appointments.calendar import CalendarImport
        from cartech_desk.office.calendar_reading import read_file

        read = read_file(path, zone_of(self._rules().zone), self._wall())
        called = one_line(name)[:100] or read.name
        events = tuple(
            replace(each, calendar=called, resource_id=resource_id) for each in read.events
        )
        return CalendarImport(
            called,
            events,
            tuple(read.left_out),
            self._clashes(events),
            notes=tuple(read.notes),
        )

    def _clashes(self, events: "Iterable[ForeignEvent]") -> "tuple[Clash, ...]":
        """Return which of our appointments from now on the events are in the way of."""
        now = self._wall()
        coming = [each for each in events if each.ends > now]
        if not coming:
            return ()
        last = max(each.ends for each in coming)
        return clashing(coming, self._store.appointments.between(now, last))

    def _text(self, found: "Iterable[Appointment]", *, names: bool) -> str:
        shop = self._store.people.shop()
        places = {one.id: one.name for one in self._store.appointments.resources(active_only=False)}
        events = [_written(one, names=names, places=places) for one in found]
        return calendar_text(events, name=one_line(shop.name) if shop else "CarTech Desk")


def clashing(
    events: "Iterable[ForeignEvent]", appointments: "Iterable[Appointment]"
) -> "tuple[Clash, ...]":
    """Return which events are in the way of which appointments, by their time."""
    from cartech_desk.domain.appointments.calendar import Clash

    ours = sorted(
        (one for one in appointments if one.starts and one.ends and one.holds),
        key=lambda one: one.starts or _EVER[0],
    )
    begins = [one.starts or _EVER[0] for one in ours]
    found = []
    for event in events:
        first = bisect_left(begins, event.starts - _LONGEST)
        last = bisect_left(begins, event.ends)
        found += [Clash(event, one) for one in ours[first:last] if clashes(event, one)]
    return tuple(found)


def _written(one: "Appointment", *, names: bool, places: dict[str, str]) -> WrittenEvent:
    work = one.work or "Appointment"
    vehicle = one.vehicle if names or not _names(one.vehicle, one.customer) else ""
    title = f"{work}: {vehicle}" if vehicle else work
    if names and one.customer:
        title = f"{title} ({one.customer})"
    where = ", ".join(places[each] for each in one.resources if each in places)
    if one.starts is None or one.ends is None:
        raise ValueError("an appointment that is kept has a time")
    return WrittenEvent(
        uid=one.uid,
        sequence=one.sequence,
        # Of when it was last changed nothing is kept but how often; the same text for the same
        # appointment lets a file that did not change stay as it is.
        changed=one.created or one.starts,
        starts=one.starts,
        ends=one.ends,
        title=one_line(title),
        place=where,
        words=f"{WORDS[one.status].capitalize()}." + (f"\n{one.notes}" if names else ""),
        cancelled=one.status in _OFF,
    )


def _names(vehicle: str, customer: str) -> bool:
    """Tell whether a vehicle is called by its owner: “Mia Miller's Golf”."""
    words = {word for word in re.findall(r"\w+", customer.casefold()) if len(word) >= _SHORT}
    return bool(words & set(re.findall(r"\w+", vehicle.casefold())))
