"""PLX's iMFD chain: bytes to packets, without any meaning.

19200 8N1, ten packets a second, no checksum. 0x80, then for each sensor five bytes of six bits
(address high and low, instance, data high and low), then 0x40. Source: PLX Devices, Kiwi SDK,
"iMFD protocol". Every byte between has its two highest bits clear, so start and end cannot stand
within a packet, and a lost or doubled byte breaks the count of five. Sensors stay the same from
packet to packet: other ones count only once a second packet with them has come.
"""

from dataclasses import dataclass
from typing import Final

from cartech_desk.hardware.dyno.stamped_bytes import StampedBytes

BAUD: Final = 19200
PACKETS_HZ: Final = 10.0
_START: Final = 0x80
_END: Final = 0x40
_BYTES_EACH: Final = 5
_LONGEST: Final = 2 + 32 * _BYTES_EACH


@dataclass(frozen=True, slots=True)
class Sensor:
    """What one sensor of the chain says: 12 bits each of address and raw data."""

    address: int
    instance: int
    raw: int


@dataclass(frozen=True, slots=True)
class ChainPacket:
    """What all sensors of a chain say at once."""

    t_ns: int
    sensors: tuple[Sensor, ...]

    @property
    def shape(self) -> tuple[tuple[int, int], ...]:
        """Which sensors those are."""
        return tuple((one.address, one.instance) for one in self.sensors)


class PlxFramer:
    """Finds packets; see `framing.Framer`."""

    def __init__(self) -> None:
        self.bad_bytes = 0
        self._bytes = StampedBytes()
        self._shape: tuple[tuple[int, int], ...] | None = None
        self._other: tuple[tuple[int, int], ...] | None = None

    def feed(self, data: bytes, t_ns: int) -> list[ChainPacket]:
        """Take what came; return the packets that are whole."""
        waiting = self._bytes
        waiting.add(data, t_ns)
        found: list[ChainPacket] = []
        while waiting:
            start = waiting.data.find(_START)
            self._skip(len(waiting) if start < 0 else start)
            end = next((n for n, byte in enumerate(waiting.data) if n and byte >= _END), None)
            if end is None:
                if len(waiting) > _LONGEST:
                    self._skip(1)
                    continue
                break
            if waiting.data[end] != _END or end == 1 or (end - 1) % _BYTES_EACH:
                self._skip(end)
                continue
            packet = ChainPacket(waiting.t_ns(), _sensors(bytes(waiting.data[1:end])))
            if self._believed(packet.shape):
                waiting.drop(end + 1)
                found.append(packet)
            else:
                self._skip(end + 1)
        return found

    def quiet(self) -> list[ChainPacket]:
        """Return nothing: a packet without its end is none."""
        return []

    def _skip(self, count: int) -> None:
        self.bad_bytes += count
        self._bytes.drop(count)

    def _believed(self, shape: tuple[tuple[int, int], ...]) -> bool:
        if self._shape not in (None, shape) and self._other != shape:
            self._other = shape
            return False
        self._shape, self._other = shape, None
        return True


def _sensors(raw: bytes) -> tuple[Sensor, ...]:
    pieces = [raw[n : n + _BYTES_EACH] for n in range(0, len(raw), _BYTES_EACH)]
    return tuple(Sensor(one[0] << 6 | one[1], one[2], one[3] << 6 | one[4]) for one in pieces)
