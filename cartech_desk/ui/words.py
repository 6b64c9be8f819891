"""How the frame says durations, times and wires."""

import re
from datetime import datetime
from html import escape
from typing import Final

from cartech_desk.domain import counted as counts

counted: Final = counts.counted
"""Write how many there are: `1 channel`, `12 channels`."""
_COMMAND: Final = re.compile(
    r"\s*\((?:cartech-desk |(?:at|on) the command line|--)[^)]*\)"
    r"|[;,]\s*(?:at|on) the command line[^.]*",
    re.IGNORECASE,
)
"""What helps in a shell alone, as refusals say it."""


def elapsed(seconds: float) -> str:
    """Write a running time as `00:12:43`; never negative."""
    whole = max(0, int(seconds))
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def lasting(seconds: float) -> str:
    """Write a length as people say it: `8 s`, `12 min 43 s`, `1 h 05 min`."""
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def local_time(instant: datetime, today: datetime | None = None) -> str:
    """Write an instant in local time, with its date where it is not today."""
    local = instant.astimezone()
    now = (today or datetime.now().astimezone()).astimezone()
    if local.date() == now.date():
        return f"today {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"


def for_window(sentence: str) -> str:
    """Leave out which shell command or option helps: the window has its own way to do the same."""
    return _COMMAND.sub("", sentence)


def wire_name(url: str) -> str:
    """Name the wire of an adapter URL as a person would: `COM5`, `simulated car`."""
    scheme, _, rest = url.partition(":")
    target = rest.partition("?")[0]
    if scheme == "sim":
        return "simulated car"
    if target.startswith("tcp://"):
        return target.removeprefix("tcp://")
    if scheme == "can":
        interface, _, channel = target.partition(":")
        return f"{interface} {channel.rpartition('/')[2]}".strip()
    return target.rpartition("/")[2]


def plain_tip(words: str) -> str:
    """Return words as a tooltip shows them as they are: Qt would read a name as rich text."""
    return f"<qt>{escape(words)}</qt>" if "<" in words or "&" in words else words
