"""Hondata's serial output: bytes to packets, without any meaning.

115200 8N1, ten packets a second of 22 bytes, big-endian words. Byte 0 is 0x69, and all 22 sum to
0xFF. Source: Hondata, "Serial output format". The sum alone cannot see a byte that was doubled in
place of the last one: so a packet counts only where the next begins behind it, or nothing comes.
"""

import struct
from typing import Final, NamedTuple

from cartech_desk.hardware.dyno.stamped_bytes import StampedBytes

BAUD: Final = 115200
PACKETS_HZ: Final = 10.0
SIZE: Final = 22
_ID: Final = 0x69
_SUM: Final = 0xFF
_FIELDS: Final = struct.Struct(">BBHBBBBBHHBBBBHHB")


class EcuPacket(NamedTuple):
    """The fields as on the wire."""

    t_ns: int
    speed: int
    rpm_x4: int
    gear: int
    coolant: int
    intake: int
    volts_x10: int
    throttle: int
    map_mbar: int
    injector: int
    ignition: int
    outputs: int
    inputs: int
    lambda_raw: int
    knock: int


class HondataFramer:
    """Finds packets; see `framing.Framer`."""

    def __init__(self) -> None:
        self.bad_bytes = 0
        self._bytes = StampedBytes()
        self._in_step = False
        """Whether what is at the front follows a packet at once."""

    def feed(self, data: bytes, t_ns: int) -> list[EcuPacket]:
        """Take what came; return the packets behind which another begins."""
        self._bytes.add(data, t_ns)
        found: list[EcuPacket] = []
        while self._sync() and len(self._bytes) >= 2 * SIZE:
            found += self._decided()
        return found

    def quiet(self) -> list[EcuPacket]:
        """Return the packet that only waited for its successor."""
        found: list[EcuPacket] = []
        while self._sync() and len(self._bytes) >= SIZE:
            found += self._decided()
        return found

    def _decided(self) -> list[EcuPacket]:
        """Take the packet off the front, or a byte where none begins there."""
        data = self._bytes.data
        whole = len(data) == SIZE or data[SIZE] == _ID
        # Within the step of the stream a value may look like the begin of another packet.
        if (
            whole
            and self._sums(0)
            and (self._in_step or not any(self._sums(n) for n in range(1, SIZE)))
        ):
            return [self._packet()]
        self._skip(1)
        return []

    def _sync(self) -> bool:
        start = self._bytes.data.find(_ID)
        self._skip(len(self._bytes) if start < 0 else start)
        return start >= 0

    def _sums(self, place: int) -> bool:
        """Tell whether a packet may begin here; where two may that overlap, the later one does."""
        raw = self._bytes.data[place : place + SIZE]
        return len(raw) == SIZE and raw[0] == _ID and sum(raw) & 0xFF == _SUM

    def _skip(self, count: int) -> None:
        self._in_step = self._in_step and count == 0
        self.bad_bytes += count
        self._bytes.drop(count)

    def _packet(self) -> EcuPacket:
        fields = _FIELDS.unpack_from(self._bytes.data)
        t_ns = self._bytes.t_ns()
        self._bytes.drop(SIZE)
        self._in_step = True
        # Without the identification, the unused byte 16 and the sum.
        return EcuPacket(t_ns, *fields[1:13], *fields[14:16])
