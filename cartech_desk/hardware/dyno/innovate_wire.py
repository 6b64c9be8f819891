"""Innovate's serial protocol 2 (MTS): bytes to packets, without any meaning.

19200 8N1, big-endian words, 12.2 packets a second, no checksum. A header word has bits 15, 13, 9
and 7 set and tells how many words follow; bit 12 tells data from an answer. No word that follows
has the highest bit of either byte set, so a lost or doubled byte shows as a header within a packet
or as bytes behind it. Source: Innovate Motorsports OT-2 SDK, "Data packets", "New lambda/AFR
channels"; the first word of the older LM-1 breaks that rule and is not read.

A packet is whole when the next header follows it, or nothing does for a while: one with bytes too
many behind it has grown within, and is thrown away.
"""

from dataclasses import dataclass
from typing import Final

from cartech_desk.hardware.dyno.stamped_bytes import StampedBytes

BAUD: Final = 19200
PACKETS_HZ: Final = 12.2
_SYNC: Final = 0xA2
_HIGH: Final = 0x80
_RESPONSE: Final = 0x10
_AUXILIARY_HIGH: Final = 0x07
"""Of the 13 bits that there is room for, all devices use ten."""
_LEAST_AFR_X10: Final = 50
"""No fuel burns with less air than that; methanol takes 6.4 times its mass."""
_LAMBDA: Final = 0x42
_LAMBDA_FIXED: Final = 0xE2
"""Fixed bits in the first byte of a lambda sub-packet: 010 and a one at bit 1."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """A lambda sub-packet: `function` says what `reading`, 13 bits, is.

    `afr_x10` is ten times the stoichiometric ratio that the device is set to.
    """

    function: int
    afr_x10: int
    reading: int


@dataclass(frozen=True, slots=True)
class Auxiliary:
    """An auxiliary input, 0 to 1023 of its scale."""

    reading: int


@dataclass(frozen=True, slots=True)
class MtsPacket:
    """A packet of all devices of a chain, the nearest last."""

    t_ns: int
    parts: tuple[Mixture | Auxiliary, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """What stays the same from packet to packet: kinds of parts, and stoichiometry."""
        return tuple(part.afr_x10 if isinstance(part, Mixture) else -1 for part in self.parts)


class InnovateFramer:
    """Finds packets; see `framing.Framer`.

    A packet of another shape than the one before counts only once a second one like it has come:
    chains and fuels change seldom, damaged bytes change them at once.
    """

    def __init__(self) -> None:
        self.bad_bytes = 0
        self._bytes = StampedBytes()
        self._shape: tuple[int, ...] | None = None
        self._other: tuple[int, ...] | None = None

    def feed(self, data: bytes, t_ns: int) -> list[MtsPacket]:
        """Take what came; return packets that a header follows."""
        self._bytes.add(data, t_ns)
        found: list[MtsPacket] = []
        while self._sync():
            size = self._size()
            if len(self._bytes) < size + 2:
                if self._broken(min(size, len(self._bytes))):
                    continue
                break
            if self._broken(size):
                continue
            if not self._header_at(size):
                self._skip(1)
                continue
            found += self._packet(size)
        return found

    def quiet(self) -> list[MtsPacket]:
        """Return the packet that only waited for the next header."""
        if not self._sync():
            return []
        size = self._size()
        if len(self._bytes) == size and not self._broken(size):
            return self._packet(size)
        if len(self._bytes) >= size:
            self._skip(len(self._bytes))
        return []

    def _sync(self) -> bool:
        """Drop what is before the next header; True where two bytes of one are there."""
        data = self._bytes.data
        for place in range(len(data) - 1):
            if self._header_at(place):
                self._skip(place)
                return True
        self._skip(max(0, len(data) - 1))
        return False

    def _header_at(self, place: int) -> bool:
        data = self._bytes.data
        return data[place] & _SYNC == _SYNC and bool(data[place + 1] & _HIGH)

    def _size(self) -> int:
        first, second = self._bytes.data[:2]
        return 2 + 2 * ((first & 1) << 7 | second & 0x7F)

    def _broken(self, size: int) -> bool:
        """Go on behind the header where a byte with its highest bit set stands within."""
        if all(byte < _HIGH for byte in self._bytes.data[2:size]):
            return False
        self._skip(1)
        return True

    def _skip(self, count: int) -> None:
        self.bad_bytes += count
        self._bytes.drop(count)

    def _packet(self, size: int) -> list[MtsPacket]:
        """Take the packet off the front; none where it is an answer, unreadable or of odd shape."""
        raw = bytes(self._bytes.data[:size])
        t_ns = self._bytes.t_ns()
        parts = _parts(raw[2:])
        if not raw[0] & _RESPONSE:
            self._bytes.drop(size)  # an answer to somebody's query
            return []
        if parts is None or not parts:
            self._skip(size)
            return []
        packet = MtsPacket(t_ns, parts)
        shape = packet.shape
        if self._shape not in (None, shape) and self._other != shape:
            self._other = shape
            self._skip(size)
            return []
        self._bytes.drop(size)
        self._shape, self._other = shape, None
        return [packet]


def _parts(words: bytes) -> tuple[Mixture | Auxiliary, ...] | None:
    """Read the words of a packet; None where one has bits set that are fixed."""
    parts: list[Mixture | Auxiliary] = []
    place = 0
    while place < len(words):
        high, low = words[place], words[place + 1]
        place += 2
        if not high & 0x40:
            if high > _AUXILIARY_HIGH:
                return None
            parts.append(Auxiliary(high << 7 | low))
            continue
        if high & _LAMBDA_FIXED != _LAMBDA or place >= len(words):
            return None
        more, last = words[place], words[place + 1]
        place += 2
        if more & 0xC0:
            return None
        afr_x10 = (high & 1) << 7 | low
        if afr_x10 < _LEAST_AFR_X10:
            return None
        parts.append(Mixture((high >> 2) & 7, afr_x10, more << 7 | last))
    return tuple(parts)
