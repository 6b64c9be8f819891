"""A calendar file put in its place: whole, and over nothing that is no calendar."""

import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError

_BEGINS: Final = b"BEGIN:VCALENDAR"


class CalendarNotWritten(CarTechError):
    """A calendar file cannot be written."""

    code: ClassVar[str] = "calendar_not_written"


def refusal(path: Path, folder: Path) -> str:
    """Return why a calendar must not be written there; empty for nothing.

    `folder` is where the desk keeps its own records.
    """
    if path.suffix.lower() != ".ics":
        return f"{path} is no name of a calendar file: it does not end in .ics."
    try:
        if path.resolve().is_relative_to(folder.resolve()):
            return f"{path} lies where the desk keeps its own records."
        if path.is_symlink() or not path.exists():
            return f"{path} is a link to another file." if path.is_symlink() else ""
        if not path.is_file():
            return f"{path} is no file."
        with path.open("rb") as file:
            begins = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().upper()
    except OSError as error:
        return f"{path} cannot be looked at ({error.strerror or error})."
    if begins and not begins.startswith(_BEGINS):
        return f"{path} is there already and is no calendar."
    return ""


def put(path: Path, text: str, *, private: bool) -> str:
    """Put a file in its place whole; returns what kept it from that, empty for nothing.

    What is `private` is read by its owner alone, other calendars by everybody on this machine.
    """
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.part")
    mode = 0o600 if private else 0o644
    try:
        place = os.open(
            part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode
        )
        with os.fdopen(place, "wb") as file:
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        return f"{path} cannot be written ({error.strerror or error})."
    return ""
