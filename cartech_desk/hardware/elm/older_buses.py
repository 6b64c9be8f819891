"""Lines of J1850, ISO 9141-2 and ISO 14230 (KWP2000): headers, checksums, messages of many lines.

On these buses every line is a message of at most seven bytes with its own header and checksum.
Long answers come as several lines. They are joined here into the form that they have on CAN, so
that nothing above needs to know the bus: service 09 loses its line numbers and gains the number
of items, services 03, 07 and 0A gain the count and lose the padding (SAE J1979, 5 and 6).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

UNKNOWN_ECU: Final = 0x10
"""Whom an answer without headers is put down to: the engine's address in SAE J2178."""

FOR_TESTER: Final = frozenset({0x6B, 0xF1})
"""Targets of answers: 6B on J1850 and ISO 9141-2, the tester F1 on ISO 14230."""

_ITEM_SIZE: Final = {0x02: 17, 0x04: 16, 0x06: 4, 0x0A: 20}
"""Bytes of one item of service 09, by info type (SAE J1979, table of info types)."""

_CODE_SERVICES: Final = frozenset({0x43, 0x47, 0x4A})
_CODES_LINE: Final = 7
"""Bytes of a line of codes: the service and three codes, padded with zeros (SAE J1979, 5.5)."""


@dataclass(frozen=True, slots=True)
class HeadedLine:
    """A line without header and checksum."""

    target: int
    source: int
    payload: bytes


def checksum_sum(data: bytes) -> int:
    """Sum of bytes modulo 256 (ISO 9141-2, ISO 14230-2)."""
    return sum(data) & 0xFF


def checksum_crc(data: bytes) -> int:
    """CRC-8 with polynomial 1D, start FF, inverted (SAE J1850, 5.4.1)."""
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x1D if crc & 0x80 else crc << 1) & 0xFF
    return crc ^ 0xFF


def unwrap(data: bytes, *, crc: bool) -> HeadedLine | None:
    """Take header and checksum off; None where the checksum or the length is wrong.

    ISO 14230 has the length in the lower six bits of the first byte, or in a fourth header byte
    where those are 0.
    """
    if len(data) < 5:
        return None
    if data[-1] != (checksum_crc if crc else checksum_sum)(data[:-1]):
        return None
    head, body = data[:3], data[3:-1]
    if not crc and head[0] & 0x80:
        length = head[0] & 0x3F
        if length == 0:
            length, body = body[0], body[1:]
        if length != len(body):
            return None
    return HeadedLine(head[1], head[2], body) if body else None


@dataclass(frozen=True, slots=True)
class Joined:
    """Messages in their CAN form, and why some lines did not join."""

    payloads: tuple[bytes, ...]
    broken: tuple[str, ...] = ()


def join(payloads: Sequence[bytes]) -> Joined:
    """Join the lines of one ECU that answer one request, in the order in which they came."""
    unique = list(dict.fromkeys(payloads))
    negative = tuple(line for line in unique if line[0] == 0x7F)
    lines = [line for line in unique if line[0] != 0x7F]
    if not lines:
        return Joined(negative)
    service = lines[0][0]
    if service in _CODE_SERVICES:
        if any(len(line) != _CODES_LINE for line in lines):
            return Joined(negative, ("a line of trouble codes is cut short, or too long",))
        codes = b"".join(line[1:] for line in lines)
        return _with_count(service, codes, negative)
    if service == 0x49 and _numbered(lines[0]):
        return _numbered_lines(lines, negative)
    return Joined((*negative, *lines))


def _with_count(service: int, codes: bytes, negative: tuple[bytes, ...]) -> Joined:
    pairs = [codes[at : at + 2] for at in range(0, len(codes), 2)]
    real = [pair for pair in pairs if pair != b"\0\0"]
    return Joined((*negative, bytes([service, len(real)]) + b"".join(real)))


def _numbered(line: bytes) -> bool:
    """Whether a service 09 line holds a line number: info types 01, 03, ... only tell a count."""
    return len(line) == 7 and line[1] % 2 == 0 and line[1] != 0


def _numbered_lines(lines: Sequence[bytes], negative: tuple[bytes, ...]) -> Joined:
    info = lines[0][1]
    if any(len(line) != 7 or line[1] != info for line in lines):
        return Joined(negative, ("lines of different kinds came together",))
    if [line[2] for line in lines] != list(range(1, len(lines) + 1)):
        return Joined(negative, ("a line is missing or out of order",))
    content = b"".join(line[3:] for line in lines)
    size = _ITEM_SIZE.get(info)
    if info == 0x02:
        content = content[-17:]  # three bytes of padding stand in front of the 17 characters
    if size is None:
        return Joined((*negative, bytes([0x49, info, 1]) + content))
    if len(content) % size:
        return Joined(negative, ("lines are missing at the end",))
    return Joined((*negative, bytes([0x49, info, len(content) // size]) + content))
