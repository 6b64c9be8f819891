"""The receiving side of ISO-TP (ISO 15765-2) for several ECUs at once, without clock or wire.

can-isotp keeps one state machine for each pair of identifiers, each with its own polling, and
gives an answer up as soon as a repeated or a foreign single frame falls between its consecutive
frames. Here all ECUs that may answer one request share one object that is fed frame by frame, a
repeated frame is passed over, and whatever contradicts itself spoils the answer of that ECU: a
payload comes out whole or not at all.
"""

from dataclasses import dataclass, field
from typing import Final

N_CR_NS: Final = 1_000_000_000
"""Longest wait between consecutive frames (ISO 15765-2, N_Cr)."""

_SINGLE, _FIRST, _CONSECUTIVE, _FLOW_CONTROL = range(4)


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
class _Assembly:
    """One answer of several frames under way."""

    first: bytes
    length: int
    t_ns: int
    deadline_ns: int
    payload: bytearray = field(default_factory=bytearray)
    due: int = 1
    last: bytes = b""


class Reassembly:
    """Puts the answers to one request together, frame by frame.

    `extensions` are the address bytes that a frame must begin with where the ECU uses extended
    addressing (ISO 15765-2, 10.3.4); None where frames begin with the protocol byte. An ECU whose
    frames contradicted each other is spoiled: nothing more of it is believed.
    """

    def __init__(self, extensions: frozenset[int] | None = None) -> None:
        self._extensions = extensions
        self._offset = 0 if extensions is None else 1
        self._assemblies: dict[int, _Assembly] = {}
        self._spoiled: set[int] = set()

    def feed(self, can_id: int, data: bytes, t_ns: int) -> Whole | Begun | Broken | None:
        """Take one frame; None where it tells nothing yet, or is not for us."""
        if self._extensions is not None and (not data or data[0] not in self._extensions):
            return None
        if can_id in self._spoiled:
            return None
        body = data[self._offset :]
        if not body:
            return Broken(can_id, f"{_name(can_id)} sent an empty frame")
        kind = body[0] >> 4
        if kind == _SINGLE:
            return self._single(can_id, body, t_ns)
        if kind == _FIRST:
            return self._first(can_id, data, body, t_ns)
        if kind == _CONSECUTIVE:
            return self._consecutive(can_id, data, body, t_ns)
        if kind == _FLOW_CONTROL:
            return None
        return Broken(can_id, f"{_name(can_id)} sent {data.hex(' ').upper()}, which is no ISO-TP")

    def under_way(self, can_id: int) -> bool:
        """Whether this ECU has begun an answer that is not complete."""
        return can_id in self._assemblies

    @property
    def spoiled(self) -> frozenset[int]:
        """ECUs of which nothing is believed any more."""
        return frozenset(self._spoiled)

    def forget(self, can_id: int) -> None:
        """Drop what this ECU has begun."""
        self._assemblies.pop(can_id, None)

    def spoil(self, can_id: int, why: str) -> Broken:
        """Believe nothing more of this ECU, because of `why`."""
        self._assemblies.pop(can_id, None)
        self._spoiled.add(can_id)
        return Broken(can_id, why)

    def expire(self, now_ns: int) -> list[Broken]:
        """Give up the answers whose next frame did not come within N_Cr."""
        late = [i for i, a in self._assemblies.items() if now_ns >= a.deadline_ns]
        return [
            self.spoil(
                can_id,
                f"{_name(can_id)} announced {self._assemblies[can_id].length} bytes and sent "
                f"{len(self._assemblies[can_id].payload)}",
            )
            for can_id in late
        ]

    @property
    def deadline_ns(self) -> int | None:
        """When the last of the answers under way expires; None while there is none."""
        return max((a.deadline_ns for a in self._assemblies.values()), default=None)

    def _single(self, can_id: int, body: bytes, t_ns: int) -> Whole | Broken:
        length = body[0] & 0x0F
        if length == 0 or length > len(body) - 1:
            return Broken(
                can_id,
                f"{_name(can_id)} announced {length} bytes in a frame of {len(body) - 1}",
            )
        return Whole(can_id, bytes(body[1 : 1 + length]), t_ns)

    def _first(self, can_id: int, data: bytes, body: bytes, t_ns: int) -> Begun | Broken | None:
        assembly = self._assemblies.get(can_id)
        if assembly is not None:
            if assembly.due == 1 and data == assembly.first:
                return None  # the same first frame again
            return self.spoil(can_id, f"{_name(can_id)} began a second answer within the first")
        if len(data) != 8:
            return self.spoil(can_id, f"{_name(can_id)} sent a first frame of {len(data)} bytes")
        length = (body[0] & 0x0F) << 8 | body[1]
        if length <= len(body) - 1:
            # what fits a single frame must be sent as one (ISO 15765-2, 9.6.3.1)
            return self.spoil(can_id, f"{_name(can_id)} announced {length} bytes in a first frame")
        assembly = _Assembly(bytes(data), length, t_ns, t_ns + N_CR_NS, bytearray(body[2:]))
        self._assemblies[can_id] = assembly
        return Begun(can_id, bytes(assembly.payload), t_ns)

    def _consecutive(
        self, can_id: int, data: bytes, body: bytes, t_ns: int
    ) -> Whole | Broken | None:
        assembly = self._assemblies.get(can_id)
        if assembly is None:
            return Broken(can_id, f"{_name(can_id)} sent a part of an answer that never began")
        if data == assembly.last:
            return None  # the same consecutive frame again
        number = body[0] & 0x0F
        if number != assembly.due:
            return self.spoil(
                can_id, f"{_name(can_id)} sent part {number} where part {assembly.due} was due"
            )
        missing = assembly.length - len(assembly.payload)
        if len(body) - 1 < min(missing, 7 - self._offset):
            return self.spoil(can_id, f"{_name(can_id)} sent a part that was cut short")
        assembly.payload += body[1 : 1 + missing]
        assembly.last = bytes(data)
        assembly.due = (number + 1) & 0x0F
        assembly.deadline_ns = t_ns + N_CR_NS
        if len(assembly.payload) < assembly.length:
            return None
        del self._assemblies[can_id]
        return Whole(can_id, bytes(assembly.payload), assembly.t_ns)


def _name(can_id: int) -> str:
    return f"{can_id:03X}" if can_id <= 0x7FF else f"{can_id:08X}"
