"""Bytes of a link as lines for the eye: packets with their values, or sixteen at a time."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from cartech_desk.domain.dyno.link_definition import LinkDefinition
from cartech_desk.domain.dyno.link_packets import Found

WIDTH: Final = 16
_LONGEST: Final = 24
"""Bytes of a packet that are shown."""


def dump(pieces: Iterable[tuple[int, bytes]], lines: int) -> list[str]:
    """Return the last bytes, sixteen to a line, as hexadecimal and as letters."""
    data = b"".join(piece for _, piece in pieces)[-WIDTH * lines :]
    return [
        f"{data[at : at + WIDTH].hex(' ').upper():<{WIDTH * 3}} {letters(data[at : at + WIDTH])}"
        for at in range(0, len(data), WIDTH)
    ]


def packets(definition: LinkDefinition, found: Sequence[Found], lines: int) -> list[str]:
    """Return the last packets: a tick and its values, or a cross and why the bytes fit nothing."""
    return [_packet(definition, one) for one in found[-lines:]]


def letters(data: bytes) -> str:
    """Return bytes as letters, a dot for each that is none."""
    return "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in data)


def _packet(definition: LinkDefinition, one: Found) -> str:
    shown = one.data[:_LONGEST].hex(" ").upper() + (" …" if len(one.data) > _LONGEST else "")
    if one.why:
        return f"✕ {one.why}   {shown}"
    values = "  ".join(
        f"{each.name} {_number(one.values[each.name])} {each.unit}" for each in definition.fields
    )
    return f"✓ {values}   {shown}"


def _number(value: float) -> str:
    return "\u2013" if math.isnan(value) else f"{value:.6g}"
