"""ISO 15765-2 on the car's side of the adapter: payloads into CAN frames and back."""

from dataclasses import dataclass, field

PADDING = 0x00
FIRST_FRAME = 0x10
CONSECUTIVE_FRAME = 0x20
FLOW_CONTROL = 0x30


def segment(payload: bytes, extension: int | None = None) -> list[bytes]:
    """Cut a payload into frames of eight bytes: a single frame, or a first and consecutive ones."""
    address = b"" if extension is None else bytes((extension,))
    room = 7 - len(address)
    if len(payload) <= room:
        return [_padded(address + bytes((len(payload),)) + payload)]
    head = bytes((FIRST_FRAME | len(payload) >> 8, len(payload) & 0xFF))
    frames = [address + head + payload[: room - 1]]
    number = 1
    for place in range(room - 1, len(payload), room):
        lead = bytes((CONSECUTIVE_FRAME | number & 0x0F,))
        frames.append(_padded(address + lead + payload[place : place + room]))
        number += 1
    return frames


@dataclass(slots=True)
class Reassembly:
    """A segmented request that the tester is sending, frame by frame."""

    length: int
    data: bytearray = field(default_factory=bytearray)
    number: int = 1

    def add(self, frame: bytes) -> bool:
        """Take a consecutive frame (without address byte); False where its number is wrong."""
        if frame[0] != CONSECUTIVE_FRAME | self.number & 0x0F:
            return False
        self.number += 1
        self.data += frame[1:]
        return True

    @property
    def payload(self) -> bytes | None:
        """The whole payload once it is here."""
        return bytes(self.data[: self.length]) if len(self.data) >= self.length else None


def _padded(frame: bytes) -> bytes:
    return frame.ljust(8, bytes((PADDING,)))
