"""Appointments as iCalendar text (RFC 5545).

Times are written in UTC (form #2 of section 3.3.5): no clock change moves them, and no reader needs
a table of time zones. Lines are folded at 75 octets (section 3.1), text is escaped (3.3.11).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

PRODUCT: Final = "-//CarTech Desk//Calendar//EN"
_OCTETS: Final = 75
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class WrittenEvent:
    """One event as it is written; `changed` is when it was last changed."""

    uid: str
    sequence: int
    changed: datetime
    starts: datetime
    ends: datetime
    title: str
    place: str = ""
    words: str = ""
    cancelled: bool = False
    organizer: str = ""
    """The address of whose appointment it is: what goes by mail names it (RFC 5546, 3.2)."""
    organizer_name: str = ""


def calendar_text(events: Iterable[WrittenEvent], *, name: str = "", method: str = "") -> str:
    """Return a calendar as text with the line ends that the format wants.

    `name` is how readers call it; `method` (PUBLISH, CANCEL) stands in what goes by mail.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    if method:
        lines.append(f"METHOD:{method}")
    if name:
        # NAME is of RFC 7986; the other is what older readers know.
        lines += [f"NAME:{escaped(name)}", f"X-WR-CALNAME:{escaped(name)}"]
    for event in events:
        lines += _lines(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def escaped(text: str) -> str:
    """Return a text as a value of the format."""
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """Yield a line in parts of at most 75 octets; no character is cut in two."""
    part, octets = "", 0
    for letter in line:
        size = len(letter.encode("utf-8", "replace"))
        if octets + size > _OCTETS:
            yield part
            part, octets = " ", 1
        part += letter
        octets += size
    yield part


def _lines(event: WrittenEvent) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"DTSTAMP:{_instant(event.changed)}",
        f"DTSTART:{_instant(event.starts)}",
        f"DTEND:{_instant(event.ends)}",
        f"SEQUENCE:{event.sequence}",
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
        f"SUMMARY:{escaped(event.title)}",
    ]
    if event.organizer:
        lines.append(f"ORGANIZER{_called(event.organizer_name)}:mailto:{event.organizer}")
    if event.place:
        lines.append(f"LOCATION:{escaped(event.place)}")
    if event.words:
        lines.append(f"DESCRIPTION:{escaped(event.words)}")
    return [*lines, "END:VEVENT"]


def _called(name: str) -> str:
    """Return a name as a parameter: in quotes, which themselves cannot stand in it."""
    plain = _CONTROLS.sub("", name).replace('"', "'").replace("\n", " ").replace("\r", " ")
    return f';CN="{plain}"' if plain.strip() else ""


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
