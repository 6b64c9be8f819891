"""Which PIDs an ECU has: the bitmaps of 00, 20, … E0."""

from typing import Final

from cartech_desk.domain.obd.decode import DecodeError

SUPPORT_PIDS: Final = (0x00, 0x20, 0x40, 0x60, 0x80, 0xA0, 0xC0, 0xE0)
"""The PIDs (and info types) that answer with a bitmap of the 32 after them."""

_BITMAP_BYTES: Final = 4


def supported_pids(base_pid: int, payload: bytes) -> frozenset[int]:
    """Return the PIDs that one bitmap names, the next bitmap among them where there is one.

    `payload` is the whole answer (41 20 and four bytes; 49 00 and four bytes; 42 20 00 and four
    bytes for freeze frame 0). The most significant bit stands for `base_pid` + 1 (SAE J1979,
    appendix A). Errors: DecodeError for another service or PID, or another length.
    """
    if (
        len(payload) < 2
        or payload[0] not in (0x41, 0x42, 0x46, 0x48, 0x49)
        or payload[1] != base_pid
    ):
        raise DecodeError(
            f"The answer {payload[:8].hex(' ').upper() or '(empty)'} does not tell which PIDs from "
            f"{base_pid:02X} on are there.",
            to_do="The request is sent again; if this repeats, check the adapter.",
        )
    bitmap = payload[2:]
    # Freeze frames echo the frame number; some older ECUs count the messages of service 09.
    if payload[0] in (0x42, 0x49) and len(bitmap) == _BITMAP_BYTES + 1:
        bitmap = bitmap[1:]
    if len(bitmap) != _BITMAP_BYTES:
        raise DecodeError(
            f"The list of PIDs from {base_pid:02X} on has {len(bitmap)} bytes instead of 4.",
            to_do="The request is sent again; if this repeats, check the adapter.",
        )
    bits = int.from_bytes(bitmap, "big")
    return frozenset(base_pid + 32 - shift for shift in range(32) if (bits >> shift) & 1)
