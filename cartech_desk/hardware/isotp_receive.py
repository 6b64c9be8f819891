"""The receiving side of ISO-TP (ISO 15765-2): what a frame may be, and one message under way.

Strict: what does not add up is no message. A sequence with a frame missing, doubled with other
content or out of order is given up, as the standard demands of a receiver (6.5.4.2, N_WRONG_SN);
the very same frame twice is passed over.

What follows from a bad frame is the drivers' own affair. `can.reassembly` hears frames as they
come, answers first frames with flow control and can wait: an ECU that contradicts itself is not
believed again before the next request. `elm.reassembly` reads the adapter's record afterwards,
without times, in which a late answer to the request before may stand in front of the right one: it
gives the bad message up and reads on.

Frames are passed without the address byte of extended addressing; `room` is what is left of a
frame then, 8 bytes or 7.
"""

from enum import IntEnum
from typing import Final

FRAME_SIZE: Final = 8


class FrameKind(IntEnum):
    """Kinds of frames (ISO 15765-2, 9.6.1)."""

    SINGLE = 0
    FIRST = 1
    CONSECUTIVE = 2
    FLOW_CONTROL = 3


class BadFrame(Exception):
    """A frame that cannot stand where it stands; the text says why, for people."""


def kind_of(frame: bytes) -> FrameKind:
    """Tell the kind of a frame. Errors: BadFrame."""
    if not frame:
        raise BadFrame("the frame is empty")
    try:
        return FrameKind(frame[0] >> 4)
    except ValueError:
        raise BadFrame("it is no frame of ISO 15765-2") from None


def single(frame: bytes, room: int) -> bytes:
    """Return the payload of a single frame. Errors: BadFrame."""
    length = frame[0] & 0x0F
    if length == 0 or length >= room:
        raise BadFrame("its length byte is impossible")
    if len(frame) < 1 + length:
        raise BadFrame("the frame is shorter than its length byte says")
    return frame[1 : 1 + length]


class Assembly:
    """A message of several frames under way, from its first frame on.

    Errors: BadFrame from a first frame that cannot be.
    """

    __slots__ = ("_last", "_room", "frames", "length", "payload")

    def __init__(self, first: bytes, room: int) -> None:
        if len(first) != room:
            raise BadFrame("a first frame must be full")
        self.length = (first[0] & 0x0F) << 8 | first[1]
        if self.length < room:  # must be sent as a single frame (ISO 15765-2, 9.6.3.1)
            raise BadFrame("its length would fit into a single frame")
        self.payload = first[2:]
        self.frames = 1
        self._room = room
        self._last = first

    def repeats(self, frame: bytes) -> bool:
        """Tell whether this is the very frame that came before."""
        return frame == self._last

    def add(self, frame: bytes) -> bool:
        """Take the next consecutive frame; True once the message is whole. Errors: BadFrame."""
        number = frame[0] & 0x0F
        due = self.frames & 0x0F
        if number != due:
            raise BadFrame(f"a frame is missing or out of order (part {number}, {due} was due)")
        missing = self.length - len(self.payload)
        if len(frame) - 1 < min(missing, self._room - 1):
            raise BadFrame("a frame is cut short")
        self.payload += frame[1 : 1 + missing]
        self.frames += 1
        self._last = frame
        return len(self.payload) >= self.length
