"""The words of recordings: how they end, what marks them, what is read from them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.channels import Channel


class Ending(StrEnum):
    """How a recording ended."""

    OPEN = "open"
    """It is still being written."""
    STOPPED = "stopped"
    POWER_CUT = "power_cut"
    """The desk was killed or lost power: the end is the last durable sample."""
    DISK_FULL = "disk_full"
    WRITE_FAILED = "write_failed"
    """It could not be written any more for another reason: another program held the file."""


def storable(text: str) -> str:
    """Return the text as a file can hold it: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


class MarkKind(StrEnum):
    """What a mark in a recording means."""

    NOTE = "note"
    TRIGGER = "trigger"
    """Start was pressed here; what lies before is pre-trigger."""
    GAP = "gap"
    """The link was gone from here to `t_end_ns`."""
    ALARM = "alarm"
    """An alarm stood between here and `t_end_ns`, some seconds before and after it included."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark; times in nanoseconds from the recording's anchor."""

    t_ns: int
    kind: MarkKind
    note: str = ""
    t_end_ns: int | None = None


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """One channel of a recording; minimum and maximum NaN where it has no good value."""

    channel: Channel
    samples: int
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """A recording as the list shows it.

    Times within a recording are nanoseconds from `anchor` (its one UTC instant, which stands for
    monotonic `anchor_ns` of the desk that recorded it): `first_ns` is negative with a pre-trigger.
    """

    id: str
    vehicle_id: str
    vehicle_name: str
    note: str
    anchor: datetime
    first_ns: int
    last_ns: int
    ending: Ending
    channels: tuple[ChannelSummary, ...]
    marks: tuple[Mark, ...]
    bytes: int
    deleted: bool = False
    operator: str = ""
    """Who recorded it, by name; empty where that is not known (made before 1.1)."""
    operator_id: str = ""
    """Id of that person, empty for a command without a person."""

    @property
    def seconds(self) -> float:
        """Length from the first to the last sample."""
        return (self.last_ns - self.first_ns) / 1e9

    @property
    def alarms(self) -> tuple[Mark, ...]:
        """The alarms that stood while it was recorded, in the order in which they came."""
        return tuple(mark for mark in self.marks if mark.kind is MarkKind.ALARM)


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples of one channel: t_ns int64 from the anchor, values float64, quality uint8."""

    t_ns: NDArray[np.int64]
    values: NDArray[np.float64]
    quality: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Envelope:
    """An overview: the lowest and highest value in each stretch of time.

    All three arrays have one length; `t_ns` is the middle of each stretch, or the sample's own
    time where a stretch holds one. Stretches without a value are left out; one of NaN stands where
    the channel was silent for longer than 2 s and three of its usual intervals, so that a line
    drawn through the rest breaks there and nowhere else.
    """

    t_ns: NDArray[np.int64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Columns:
    """What one channel gathered since the last write; t_ns monotonic of this process."""

    t_ns: NDArray[np.int64]
    values: NDArray[np.float64]
    quality: NDArray[np.uint8]
