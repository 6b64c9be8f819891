"""The sending side of ISO-TP (ISO 15765-2): a payload to frames, and what flow control asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

PADDING: Final = 0x00
FRAME: Final = 8
N_BS_S: Final = 1.0
"""Longest wait for flow control (ISO 15765-2, N_Bs)."""
LONGEST: Final = 0xFFF
"""Longest payload whose length fits the 12 bits of a first frame."""


class Status(IntEnum):
    """Flow status (ISO 15765-2, 9.6.5.1)."""

    GO_ON = 0
    WAIT = 1
    OVERFLOW = 2


@dataclass(frozen=True, slots=True)
class FlowControl:
    """What the receiver asks for: `block` frames before the next flow control (0: all), a pause."""

    status: Status
    block: int
    pause_s: float


def fits_single(payload: bytes, extension: int | None) -> bool:
    """Whether the payload goes into one frame."""
    return len(payload) <= (7 if extension is None else 6)


def single_frame(payload: bytes, extension: int | None) -> bytes:
    """Build the one frame of a short payload, padded to 8 bytes (ISO 15765-4 asks for all 8)."""
    return _padded(_prefix(extension) + bytes((len(payload),)) + payload)


def first_frame(payload: bytes, extension: int | None) -> bytes:
    """Build the first frame of a long payload (8 to 4,095 bytes)."""
    head = _prefix(extension) + bytes((0x10 | len(payload) >> 8, len(payload) & 0xFF))
    return head + payload[: FRAME - len(head)]


def consecutive_frames(payload: bytes, extension: int | None) -> Iterator[bytes]:
    """Build the frames after the first, in order; their counter wraps from F to 0."""
    prefix = _prefix(extension)
    room = FRAME - len(prefix) - 1
    start = FRAME - len(prefix) - 2
    for number, offset in enumerate(range(start, len(payload), room), start=1):
        part = payload[offset : offset + room]
        yield _padded(prefix + bytes((0x20 | number & 0x0F,)) + part)


def go_on(extension: int | None) -> bytes:
    """Build the tester's flow control: send everything, without a pause (30 00 00)."""
    return _padded(_prefix(extension) + b"\x30\x00\x00")


def read_flow_control(body: bytes) -> FlowControl | None:
    """Read a frame without its address byte; None where it is no flow control.

    A reserved pause means the longest one, 127 ms (ISO 15765-2, 9.6.5.5).
    """
    if len(body) < 3 or body[0] >> 4 != 3 or body[0] & 0x0F > Status.OVERFLOW:
        return None
    raw = body[2]
    if raw <= 0x7F:
        pause_s = raw / 1000
    elif 0xF1 <= raw <= 0xF9:
        pause_s = (raw - 0xF0) / 10_000
    else:
        pause_s = 0.127
    return FlowControl(Status(body[0] & 0x0F), body[1], pause_s)


def _prefix(extension: int | None) -> bytes:
    return b"" if extension is None else bytes((extension,))


def _padded(frame: bytes) -> bytes:
    return frame.ljust(FRAME, bytes((PADDING,)))
