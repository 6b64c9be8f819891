"""The frames of one ECU, as an adapter printed them, back into messages.

The adapter has already done the flow control; here only its record of the frames is read. What
does not add up is given up and told, and reading goes on behind it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cartech_desk.hardware.isotp_receive import (
    FRAME_SIZE,
    Assembly,
    BadFrame,
    FrameKind,
    kind_of,
    single,
)


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
    """A segmented message under way, the time of its first frame and its lines."""

    assembly: Assembly
    t_ns: int
    texts: list[str]


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
        try:
            kind = kind_of(frame)
            if kind is FrameKind.SINGLE:
                yield from self._given_up("a new message began before this one was whole")
                yield Whole(single(frame, FRAME_SIZE - self.lead), t_ns, 1)
            elif kind is FrameKind.FIRST:
                yield from self._first(frame, t_ns, text)
            elif kind is FrameKind.CONSECUTIVE:
                yield from self._consecutive(frame, text)
        except BadFrame as bad:
            yield Broken(text, str(bad))

    def finish(self) -> Iterator[Broken]:
        """End the record: a message still under way is incomplete."""
        yield from self._given_up("frames are missing at the end")

    def _given_up(self, why: str) -> Iterator[Broken]:
        if self._open is not None:
            broken, self._open = self._open, None
            yield Broken(" | ".join(broken.texts), why)

    def _first(self, frame: bytes, t_ns: int, text: str) -> Iterator[Broken]:
        if self._open is not None and self._open.assembly.repeats(frame):
            return  # the same line twice
        yield from self._given_up("a new message began before this one was whole")
        self._open = _Open(Assembly(frame, FRAME_SIZE - self.lead), t_ns, [text])

    def _consecutive(self, frame: bytes, text: str) -> Iterator[Whole | Broken]:
        now = self._open
        if now is None:
            yield Broken(text, "its first frame is missing")
            return
        if now.assembly.repeats(frame):
            return  # the same line twice
        now.texts.append(text)
        try:
            whole = now.assembly.add(frame)
        except BadFrame as bad:
            yield from self._given_up(str(bad))
            return
        if whole:
            self._open = None
            yield Whole(now.assembly.payload, now.t_ns, now.assembly.frames)
