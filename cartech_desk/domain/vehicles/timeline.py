"""One line of time for a vehicle: everything that was ever done to it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Happened(StrEnum):
    """What an entry of the timeline is."""

    MODIFICATION = "modification"
    REMOVAL = "removal"
    """Something that was fitted was taken off."""
    TUNE = "tune"
    """Something was written to a control unit."""
    RUN = "run"
    CHECKUP = "checkup"
    CODES_CLEARED = "codes_cleared"
    RECORDING = "recording"
    JOB = "job"
    APPOINTMENT = "appointment"
    ALARM = "alarm"
    ODOMETER = "odometer"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened: when, what, and the id by which its own page opens it.

    `day_only`: nobody noted the hour; `at` is midnight UTC of that day then. `weight` is "good",
    "attention" or "bad" where the thing says so, empty else.
    """

    at: datetime
    kind: Happened
    ref: str
    title: str
    detail: str = ""
    day_only: bool = False
    weight: str = ""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Entries, the newest first; `older` asks for what comes before them, empty at the end."""

    entries: tuple[TimelineEntry, ...]
    older: str = ""
