"""A recording of a CAN bus from a file: the frames between a scan tool and the control units.

candump (`candump -l`, `-L`) and Vector ASC are read by python-can. Everything in the file is
checked: what is no frame of OBD is passed over, what cannot be read ends the reading with the line.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple

import can

from cartech_desk.hardware.errors import HardwareError

LARGEST_BYTES: Final = 500_000_000
MOST_FRAMES: Final = 1_000_000
"""Diagnostic frames that are kept: hours of polling without a pause."""
LATEST_S: Final = 1e12
FUNCTIONAL: Final = {False: 0x7DF, True: 0x18DB33F1}
_ENDINGS: Final = {".asc": can.ASCReader, ".log": can.CanutilsLogReader}
_SHOWN: Final = 60
_EDGE: Final = "\N{REPLACEMENT CHARACTER} "
_TO_DO: Final = "Give a recording of candump (candump -l) or a Vector ASC file."


class RecordingUnreadable(HardwareError):
    """The file is no recording of a CAN bus, or is damaged."""

    code: ClassVar[str] = "recording_unreadable"


class NothingToReplay(HardwareError):
    """The recording holds no answer of a control unit to a scan tool."""

    code: ClassVar[str] = "nothing_to_replay"


class RecordedFrame(NamedTuple):
    """One frame: when (seconds of the recording), from whom, its bytes."""

    t_s: float
    can_id: int
    extended: bool
    data: bytes


def read_frames(path: Path) -> list[RecordedFrame]:
    """Read the diagnostic frames of a file, in the order of their times.

    Errors: RecordingUnreadable where the file is not there, of another kind, too large or damaged.
    """
    lines, reader = _open(path)
    frames: list[RecordedFrame] = []
    seen = 0
    try:
        for frame in _messages(reader):
            seen += 1
            if not is_diagnostic(frame.can_id, extended=frame.extended):
                continue
            if len(frames) == MOST_FRAMES:
                raise RecordingUnreadable(
                    f"The recording {path.name} holds more than {MOST_FRAMES:,} diagnostic frames.",
                    to_do="Cut it into parts, and give one of them.",
                )
            frames.append(frame)
    except HardwareError:
        raise
    except Exception as error:  # python-can's readers raise what int() and split() raise
        raise RecordingUnreadable(
            f"The recording {path.name} cannot be read: {lines.last}.", to_do=lines.to_do
        ) from error
    finally:
        reader.stop()
    if not seen:
        raise RecordingUnreadable(
            f"The file {path.name} holds no frame of a CAN bus.", to_do=_TO_DO
        )
    return sorted(frames, key=lambda frame: frame.t_s)


def is_diagnostic(can_id: int, *, extended: bool) -> bool:
    """Tell whether a frame belongs to OBD on CAN (ISO 15765-4, 6.3)."""
    if not extended:
        return can_id == FUNCTIONAL[False] or 0x7E0 <= can_id <= 0x7EF
    if can_id == FUNCTIONAL[True]:
        return True
    return can_id >> 16 == 0x18DA and 0xF1 in (can_id & 0xFF, can_id >> 8 & 0xFF)


def answer_id(request_id: int, *, extended: bool) -> int:
    """Return the identifier with which a control unit answers to its own request identifier."""
    if not extended:
        return request_id + 8
    return request_id & 0xFFFF0000 | (request_id & 0xFF) << 8 | request_id >> 8 & 0xFF


def is_request(can_id: int, *, extended: bool) -> bool:
    """Tell whether a diagnostic frame comes from the scan tool."""
    if not extended:
        return can_id < 0x7E8
    return can_id == FUNCTIONAL[True] or can_id & 0xFF == 0xF1


class _Lines(io.TextIOWrapper):
    """The lines of a recording; remembers the last one that was read, for whom it says nothing."""

    number = 0
    text = ""

    def __next__(self) -> str:  # type: ignore[override]  # as TextIOWrapper itself
        self.text = super().__next__()
        self.number += 1
        return self.text

    @property
    def last(self) -> str:
        """Say what is wrong with the line read last."""
        if self._cut:
            return f"line {self.number} is cut off"
        shown = "".join(
            one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in self.text
        )
        return f"line {self.number} is no frame (“{shown.strip(_EDGE)[:_SHOWN]}”)"

    @property
    def to_do(self) -> str:
        """Say what helps."""
        if self._cut:
            return "Record it again, or delete that line: what stands before it can be replayed."
        return _TO_DO

    @property
    def _cut(self) -> bool:
        """Whether the file ends within the line; a first line alone may be anything."""
        return self.number > 1 and not self.text.endswith("\n")


def _open(path: Path) -> tuple[_Lines, Any]:
    reader = _ENDINGS.get(path.suffix.lower())
    if reader is None:
        raise RecordingUnreadable(
            f"“{path.name}” does not end like a recording that can be replayed "
            f"({' or '.join(_ENDINGS)}).",
            to_do=_TO_DO,
        )
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise RecordingUnreadable(
                f"The recording {path.name} is larger than {LARGEST_BYTES // 1_000_000} MB.",
                to_do="Cut it into parts, and give one of them.",
            )
        lines = _Lines(path.open("rb"), encoding="utf-8", errors="replace")
        return lines, reader(lines)
    except OSError as error:
        raise RecordingUnreadable(
            f"The recording {path} cannot be opened ({error.strerror or error}).",
            to_do="Check its name, and that you may read it.",
        ) from error


def _messages(reader: Any) -> Iterator[RecordedFrame]:
    """Give the data frames of a reader; error and remote frames tell nothing of OBD."""
    for message in reader:
        if message.is_error_frame or message.is_remote_frame:
            continue
        can_id, extended = message.arbitration_id, bool(message.is_extended_id)
        if not abs(message.timestamp) < LATEST_S:
            raise ValueError(f"a time of {message.timestamp}")
        yield RecordedFrame(float(message.timestamp), can_id, extended, bytes(message.data))
