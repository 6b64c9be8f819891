"""Calendars of other programs, as tests write them."""

from cartech_desk.domain.appointments.hours import zone_of
from cartech_desk.office.calendar_reading import read_calendar

from .calendar_desk import MONDAY

BERLIN = zone_of("Europe/Berlin")


def calendar(*events, name=""):
    """Return a calendar with these events, each the lines between its BEGIN and its END."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN"]
    lines += [f"X-WR-CALNAME:{name}"] if name else []
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:e{number}", *event.splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(*events):
    """Read them as a shop in Berlin does on that Monday."""
    return read_calendar(calendar(*events), BERLIN, MONDAY)


def starts(reading):
    """Return when what was read begins."""
    return [one.starts for one in reading.events]
