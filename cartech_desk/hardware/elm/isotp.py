"""Frames of one ECU back into messages (ISO 15765-2), strict: what does not add up is unreadable.

The adapter has already done the flow control; here only its record of the frames is read. A
sequence with a frame missing, doubled with other content or out of order is given up, as the
standard demands of a receiver (6.5.4.2, N_WRONG_SN).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

FRAME_SIZE: Final = 8

_SINGLE: Final = 0
_FIRST: Final = 1
_CONSECUTIVE: Final = 2
_FLOW_CONTROL: Final = 3


@dataclass(frozen=True, slots=True)
class Whole:
    """One whole message; `t_ns` is the time of its first frame, `frames` how many it took."""

    payload: bytes
    t_ns: int
    frames: int


@dataclass(frozen=True, slots=True)
class Broken:
    """Frames that do not make a message, and why."""

    text: str
    why: str


@dataclass(slots=True)
class _Open:
    """A segmented message under way."""

    length: int
    first_frame: bytes
    payload: bytearray
    t_ns: int
    texts: list[str]
    next_number: int = 1
    last_frame: bytes = b""


@dataclass(slots=True)
class Reassembly:
    """The frames of one ECU, in the order in which they came.

    `lead` is the number of address bytes in front of the protocol byte: 1 with extended
    addressing, else 0.
    """

    lead: int = 0
    _open: _Open | None = field(default=None, init=False)

    def feed(self, frame: bytes, t_ns: int, text: str) -> Iterator[Whole | Broken]:
        """Take one frame as it stood on the bus, address byte included; yield what it completes."""
        frame = frame[self.lead :]
        if not frame:
            yield Broken(text, "the frame is empty")
            return
        kind = frame[0] >> 4
        if kind == _SINGLE:
            yield from self._given_up("a new message began before this one was whole")
            yield self._single(frame, t_ns, text)
        elif kind == _FIRST:
            yield from self._first(frame, t_ns, text)
        elif kind == _CONSECUTIVE:
            yield from self._consecutive(frame, text)
        elif kind != _FLOW_CONTROL:
            yield Broken(text, "it is no frame of ISO 15765-2")

    def finish(self) -> Iterator[Broken]:
        """End the record: a message still under way is incomplete."""
        yield from self._given_up("frames are missing at the end")

    def _given_up(self, why: str) -> Iterator[Broken]:
        if self._open is not None:
            broken, self._open = self._open, None
            yield Broken(" | ".join(broken.texts), why)

    @property
    def _room(self) -> int:
        return FRAME_SIZE - self.lead

    def _single(self, frame: bytes, t_ns: int, text: str) -> Whole | Broken:
        length = frame[0] & 0x0F
        if length == 0 or length >= self._room:
            return Broken(text, "its length byte is impossible")
        if len(frame) < 1 + length:
            return Broken(text, "the frame is shorter than its length byte says")
        return Whole(frame[1 : 1 + length], t_ns, 1)

    def _first(self, frame: bytes, t_ns: int, text: str) -> Iterator[Broken]:
        now = self._open
        if now is not None and now.first_frame == frame and now.next_number == 1:
            return  # the same line twice
        yield from self._given_up("a new message began before this one was whole")
        if len(frame) != self._room:
            yield Broken(text, "a first frame must be full")
            return
        length = (frame[0] & 0x0F) << 8 | frame[1]
        if length < self._room:
            yield Broken(text, "its length would fit into a single frame")
            return
        self._open = _Open(length, frame, bytearray(frame[2:]), t_ns, [text])

    def _consecutive(self, frame: bytes, text: str) -> Iterator[Whole | Broken]:
        now = self._open
        if now is None:
            yield Broken(text, "its first frame is missing")
            return
        if frame == now.last_frame:
            return  # the same line twice
        now.texts.append(text)
        if frame[0] & 0x0F != now.next_number & 0x0F:
            yield from self._given_up("a frame is missing or out of order")
            return
        missing = now.length - len(now.payload)
        if len(frame) - 1 < min(missing, self._room - 1):
            yield from self._given_up("a frame is cut short")
            return
        now.payload += frame[1 : 1 + missing]
        now.next_number += 1
        now.last_frame = frame
        if len(now.payload) >= now.length:
            self._open = None
            yield Whole(bytes(now.payload), now.t_ns, now.next_number)
