"""What other threads ask of the recorder's thread, and tell it."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor
from cartech_desk.store.recordings import MarkKind


class RecordingRefused(CarTechError):
    """A recording cannot be begun or ended now."""

    code: ClassVar[str] = "recording_refused"


@dataclass(slots=True)
class Order:
    """What another thread asked of the recorder's."""

    act: Literal["begin", "end", "settle"]
    t_ns: int
    vehicle_id: str = ""
    note: str = ""
    not_before_ns: int = 0
    operator: Actor | None = None
    recording_id: str = ""
    future: Future[str] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class Noted:
    """A mark that another thread set; times are monotonic."""

    t_ns: int
    kind: MarkKind
    note: str
    t_end_ns: int | None


@dataclass(frozen=True, slots=True)
class AlarmNoted:
    """The mark of an alarm, or its new end where `t0_ns` is None; times are monotonic."""

    mark_id: str
    t0_ns: int | None
    t1_ns: int
    note: str = ""
    noted_ns: int = 0


@dataclass(slots=True)
class Loss:
    """Readings that were not kept because the inbox was full."""

    readings: int
    first_ns: int
    last_ns: int


def not_running() -> RecordingRefused:
    """Return what is said while the recorder does not run."""
    return RecordingRefused("The recorder is not running.", to_do="Start the desk anew.")
