"""Recordings in `recordings.db`: compressed column chunks with minimum and maximum."""

from collections.abc import Iterator, Mapping, Sequence
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


class MarkKind(StrEnum):
    """What a mark in a recording means."""

    NOTE = "note"
    TRIGGER = "trigger"
    """Start was pressed here; what lies before is pre-trigger."""
    GAP = "gap"
    """The link was gone from here to `t_end_ns`."""


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

    @property
    def seconds(self) -> float:
        """Length from the first to the last sample."""
        return (self.last_ns - self.first_ns) / 1e9


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples of one channel: t_ns int64 from the anchor, values float64, quality uint8."""

    t_ns: NDArray[np.int64]
    values: NDArray[np.float64]
    quality: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Envelope:
    """An overview: the lowest and highest value in each stretch of time, NaN where there is none.

    All three arrays have one length; `t_ns` is the middle of each stretch.
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


class RecordingWriter:
    """Writes one recording; used by one thread."""

    id: str

    def write(self, columns: Mapping[str, Columns], marks: Sequence[Mark] = ()) -> int:
        """Make these samples and marks durable in one transaction; returns samples written.

        Errors: DiskFull, DatabaseLocked, DatabaseReadOnly; then nothing of this call is kept and
        the call may be made again.
        """
        raise NotImplementedError

    def close(self, ending: Ending = Ending.STOPPED) -> RecordingSummary:
        """End the recording."""
        raise NotImplementedError


class RecordingStore:
    """Recordings kept here."""

    def begin(
        self, vehicle_id: str, channels: Sequence[Channel], *, anchor_ns: int, note: str = ""
    ) -> RecordingWriter:
        """Begin a recording whose anchor is monotonic `anchor_ns`, UTC now at that instant.

        Channels may be added later by writing them: `add_channel`.
        """
        raise NotImplementedError

    def list(self, search: str = "") -> tuple[RecordingSummary, ...]:
        """Recordings, newest first; `search` looks in vehicle, VIN, note, channels and date."""
        raise NotImplementedError

    def get(self, recording_id: str) -> RecordingSummary:
        """Return one recording; NotKept where there is none (a unique start of the id is enough)."""
        raise NotImplementedError

    def overview(
        self, recording_id: str, names: Sequence[str], first_ns: int, last_ns: int, stretches: int
    ) -> dict[str, Envelope]:
        """Envelope of each channel over a time range, in about `stretches` stretches."""
        raise NotImplementedError

    def read(self, recording_id: str, name: str, first_ns: int, last_ns: int) -> Samples:
        """All samples of one channel in a closed range of time."""
        raise NotImplementedError

    def chunks(self, recording_id: str, name: str) -> Iterator[Samples]:
        """Samples of one channel in order, a piece at a time, for exports of any length."""
        raise NotImplementedError

    def set_note(self, recording_id: str, note: str) -> None:
        """Replace the note of a recording."""
        raise NotImplementedError

    def delete(self, recording_id: str) -> None:
        """Mark as deleted: it leaves the list and can be restored until `purge`."""
        raise NotImplementedError

    def restore(self, recording_id: str) -> None:
        """Take a deletion back."""
        raise NotImplementedError

    def purge(self, recording_id: str) -> None:
        """Remove a deleted recording's samples for good."""
        raise NotImplementedError
