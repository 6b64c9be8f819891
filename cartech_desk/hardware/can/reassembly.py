"""The answers of several ECUs to one request, frame by frame as they come, without clock or wire.

can-isotp keeps one state machine for each pair of identifiers, each with its own polling, and
gives an answer up as soon as a repeated or a foreign single frame falls between its consecutive
frames. Here all ECUs that may answer one request share one object that is fed frame by frame, a
repeated frame is passed over, and whatever contradicts itself spoils the answer of that ECU: a
payload comes out whole or not at all.
"""

from dataclasses import dataclass
from typing import Final

from cartech_desk.hardware.isotp_receive import (
    FRAME_SIZE,
    Assembly,
    BadFrame,
    FrameKind,
    kind_of,
    single,
)

N_CR_NS: Final = 1_000_000_000
"""Longest wait between consecutive frames (ISO 15765-2, N_Cr)."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole payload of one ECU; `t_ns` is the time of its first frame."""

    can_id: int
    payload: bytes
    t_ns: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A first frame came: answer it with flow control, or `forget` it. `start` holds its bytes."""

    can_id: int
    start: bytes
    t_ns: int


@dataclass(frozen=True, slots=True)
class Broken:
    """A frame or an answer that cannot be read, in words."""

    can_id: int
    text: str


@dataclass(slots=True)
class _Open:
    """An answer of several frames under way; `deadline_ns` is when its next frame is overdue."""

    assembly: Assembly
    t_ns: int
    deadline_ns: int


class Reassembly:
    """Puts the answers to one request together, frame by frame.

    `extensions` are the address bytes that a frame must begin with where the ECU uses extended
    addressing (ISO 15765-2, 10.3.4); None where frames begin with the protocol byte. An ECU whose
    frames contradicted each other is spoiled: nothing more of it is believed.
    """

    def __init__(self, extensions: frozenset[int] | None = None) -> None:
        self._extensions = extensions
        self._offset = 0 if extensions is None else 1
        self._open: dict[int, _Open] = {}
        self._spoiled: set[int] = set()

    def feed(self, can_id: int, data: bytes, t_ns: int) -> Whole | Begun | Broken | None:
        """Take one frame; None where it tells nothing yet, or is not for us."""
        if self._extensions is not None and (not data or data[0] not in self._extensions):
            return None
        if can_id in self._spoiled:
            return None
        body = bytes(data[self._offset :])
        try:
            kind = kind_of(body)
            if kind is FrameKind.SINGLE:
                return Whole(can_id, single(body, self._room), t_ns)
        except BadFrame as bad:
            return Broken(can_id, _told(can_id, data, bad))
        if kind is FrameKind.FLOW_CONTROL:
            return None
        now = self._open.get(can_id)
        if now is not None and now.assembly.repeats(body):
            return None  # the same frame again
        try:
            if kind is FrameKind.FIRST:
                return self._first(can_id, body, t_ns)
            return self._consecutive(can_id, body, t_ns)
        except BadFrame as bad:
            return self.spoil(can_id, _told(can_id, data, bad))

    def under_way(self, can_id: int) -> bool:
        """Whether this ECU has begun an answer that is not complete."""
        return can_id in self._open

    @property
    def spoiled(self) -> frozenset[int]:
        """ECUs of which nothing is believed any more."""
        return frozenset(self._spoiled)

    def forget(self, can_id: int) -> None:
        """Drop what this ECU has begun."""
        self._open.pop(can_id, None)

    def spoil(self, can_id: int, why: str) -> Broken:
        """Believe nothing more of this ECU, because of `why`."""
        self._open.pop(can_id, None)
        self._spoiled.add(can_id)
        return Broken(can_id, why)

    def expire(self, now_ns: int) -> list[Broken]:
        """Give up the answers whose next frame did not come within N_Cr."""
        return [
            self.spoil(
                can_id,
                f"{_name(can_id)} announced {now.assembly.length} bytes and sent "
                f"{len(now.assembly.payload)}",
            )
            for can_id, now in list(self._open.items())
            if now_ns >= now.deadline_ns
        ]

    @property
    def deadline_ns(self) -> int | None:
        """When the last of the answers under way expires; None while there is none."""
        return max((now.deadline_ns for now in self._open.values()), default=None)

    @property
    def _room(self) -> int:
        return FRAME_SIZE - self._offset

    def _first(self, can_id: int, body: bytes, t_ns: int) -> Begun:
        if can_id in self._open:
            raise BadFrame("a second answer began within the first")
        assembly = Assembly(body, self._room)
        self._open[can_id] = _Open(assembly, t_ns, t_ns + N_CR_NS)
        return Begun(can_id, assembly.payload, t_ns)

    def _consecutive(self, can_id: int, body: bytes, t_ns: int) -> Whole | Broken | None:
        now = self._open.get(can_id)
        if now is None:
            return Broken(can_id, f"{_name(can_id)} sent a part of an answer that never began")
        if not now.assembly.add(body):
            now.deadline_ns = t_ns + N_CR_NS
            return None
        del self._open[can_id]
        return Whole(can_id, now.assembly.payload, now.t_ns)


def _told(can_id: int, data: bytes, bad: BadFrame) -> str:
    return f"{_name(can_id)} sent {data.hex(' ').upper()}: {bad}"


def _name(can_id: int) -> str:
    return f"{can_id:03X}" if can_id <= 0x7FF else f"{can_id:08X}"
