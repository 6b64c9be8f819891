"""Packets out of a stream of bytes, as a link definition says; and values out of packets.

What fits nothing is skipped and counted, never a value: a packet is taken for one only where its
checksum fits or, without a checksum, where the next one begins right behind it or nothing follows.
"""

import math
import re
import struct
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.dyno.link_definition import (
    LONGEST_PACKET,
    Checksum,
    Coding,
    LinkDefinition,
    LinkField,
    Order,
)

_NUMBER: Final = re.compile(rb"[ \t]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?[ \t]*")
_NAN: Final = math.nan


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of the stream, from its first byte at `t_ns`.

    `values` by field name, NaN where the packet holds none; `why` is a sentence where the bytes
    are no packet and were skipped (`values` is empty then).
    """

    t_ns: int
    data: bytes
    values: Mapping[str, float]
    why: str = ""


class Packets:
    """Finds the packets of one stream. `feed` takes what has come, `quiet` that nothing follows."""

    def __init__(self, definition: LinkDefinition) -> None:
        self._definition = definition
        self._form = definition.packet
        self._bytes = bytearray()
        self._came: deque[tuple[int, int]] = deque()
        """(bytes, t_ns) of each piece that is still in `_bytes`."""
        self._begun = bool(self._form.sync)
        """Without a sync the first bytes are the rest of a packet that nobody saw begin."""

    def feed(self, data: bytes, t_ns: int) -> list[Found]:
        """Take bytes that came at `t_ns`; return what is complete, in order."""
        if data:
            self._bytes += data
            self._came.append((len(data), t_ns))
        return list(self._complete(over=False))

    def quiet(self) -> list[Found]:
        """Take note that nothing came for a while: what is complete needs no successor."""
        return list(self._complete(over=True))

    def _complete(self, *, over: bool) -> Iterator[Found]:
        while self._bytes:
            step = self._by_end(over) if self._form.terminator else self._by_length(over)
            if step is None:
                return
            size, why = step
            t_ns = self._came[0][1]
            data = self._taken(size)
            if why:
                yield Found(t_ns, data, {}, why)
            else:
                yield Found(t_ns, data, values_of(self._definition, data))

    def _taken(self, size: int) -> bytes:
        data = bytes(self._bytes[:size])
        del self._bytes[:size]
        left = size
        while left and self._came:
            held, t_ns = self._came.popleft()
            if held > left:
                self._came.appendleft((held - left, t_ns))
                break
            left -= held
        return data

    def _skip_to_sync(self) -> int | None:
        """Return how many bytes come before the next sync, or before what may become one."""
        sync = self._form.sync
        at = self._bytes.find(sync)
        if at >= 0:
            return at
        for held in range(min(len(sync) - 1, len(self._bytes)), 0, -1):
            if self._bytes.endswith(sync[:held]):
                return len(self._bytes) - held
        return len(self._bytes)

    def _by_length(self, over: bool) -> tuple[int, str] | None:
        form, waiting = self._form, self._bytes
        before = self._skip_to_sync()
        if before:
            return before, "no packet begins with these bytes"
        length = form.length or 0
        if len(waiting) < length:
            return None
        if self._definition.checksum is not None:
            if checksum_fits(self._definition.checksum, bytes(waiting[:length])):
                return length, ""
            return 1, "the checksum does not fit"
        behind = bytes(waiting[length : length + len(form.sync)])
        if behind == form.sync:
            return length, ""
        if not form.sync.startswith(behind):
            return 1, "no packet follows where the next one should begin"
        return (length, "") if over and not behind else None

    def _by_end(self, over: bool) -> tuple[int, str] | None:
        del over  # a terminator tells the end by itself
        form, waiting = self._form, self._bytes
        end = waiting.find(form.terminator)
        if not self._begun:
            if end >= 0:
                self._begun = True
                # The first line may be the rest of one: it is taken only where it fits whole.
                size = end + len(form.terminator)
                return size, self._wrong(bytes(waiting[:size])) or "the first packet may be cut"
            return self._too_long()
        if form.sync:
            before = self._skip_to_sync()
            if before:
                return before, "no packet begins with these bytes"
        if form.length is not None and end >= 0:
            # A binary packet may hold the terminator's bytes: its length says where it ends.
            inner = form.length - len(form.terminator)
            if len(waiting) < form.length and end < inner:
                return None
            if waiting[inner : form.length] == form.terminator:
                end = inner
        if end < 0:
            return self._too_long()
        size = end + len(form.terminator)
        why = self._wrong(bytes(waiting[:size]))
        if why and form.sync and waiting.find(form.sync, 1, size) > 0:
            return 1, why  # a good packet may begin within a damaged one
        return size, why

    def _too_long(self) -> tuple[int, str] | None:
        most = self._form.length or LONGEST_PACKET
        if len(self._bytes) <= most:
            return None
        return len(self._bytes) - most, "no packet ends within these bytes"

    def _wrong(self, data: bytes) -> str:
        definition = self._definition
        if self._form.length is not None and len(data) != self._form.length:
            return f"the packet has {len(data)} bytes instead of {self._form.length}"
        if definition.checksum is not None and not checksum_fits(definition.checksum, data):
            return "the checksum does not fit"
        if self._form.separator:
            columns = _columns(definition, data)
            most = max((one.column or 0 for one in definition.fields), default=0)
            if len(columns) <= most:
                return f"the line has {len(columns)} columns, and {most + 1} are needed"
            if any(
                _NUMBER.fullmatch(columns[one.column or 0]) is None for one in _text(definition)
            ):
                return "the line holds something else than numbers"
        return ""


def _text(definition: LinkDefinition) -> Iterator[LinkField]:
    return (one for one in definition.fields if one.column is not None)


def values_of(definition: LinkDefinition, data: bytes) -> dict[str, float]:
    """Return the values of a whole packet by field name; NaN where one is no value."""
    columns = _columns(definition, data) if definition.packet.separator else []
    return {one.name: _value(one, data, columns) for one in definition.fields}


def _columns(definition: LinkDefinition, data: bytes) -> list[bytes]:
    form = definition.packet
    return data[len(form.sync) : len(data) - len(form.terminator)].split(form.separator)


def _value(one: LinkField, data: bytes, columns: list[bytes]) -> float:
    raw = _raw(one, data, columns)
    if raw is None or not math.isfinite(raw) or raw in one.never:
        return _NAN
    value = raw * one.scale + one.add
    return value if one.lowest <= value <= one.highest else _NAN


def _raw(one: LinkField, data: bytes, columns: list[bytes]) -> float | None:
    if one.coding is Coding.TEXT:
        if one.column is not None:
            text = columns[one.column] if one.column < len(columns) else b""
        else:
            first = one.offset or 0
            text = data[first : first + (one.characters or 0)]
        return float(text) if _NUMBER.fullmatch(text) else None
    first = one.offset or 0
    held = data[first : first + one.bytes_wide]
    if len(held) < one.bytes_wide:
        return None
    little = one.order is Order.LITTLE
    if one.coding is Coding.FLOAT:
        found: float = struct.unpack(
            ("<" if little else ">") + ("f" if one.bits == 32 else "d"), held
        )[0]
        return found
    word = int.from_bytes(held, "little" if little else "big") >> one.bit
    word &= (1 << one.bits) - 1
    if one.coding is Coding.SIGNED and word >> (one.bits - 1):
        word -= 1 << one.bits
    return float(word)


def checksum_fits(checksum: Checksum, data: bytes) -> bool:
    """Tell whether a packet's checksum fits; False where the packet has no room for it."""
    wide = 1 if checksum.kind in {"sum8", "xor8"} else 2
    length = len(data)
    if checksum.total is not None:
        summed = data[_place(checksum.first, length) : _place(checksum.last, length, length)]
        return _SUMS[checksum.kind](summed) == checksum.total
    at = _place(checksum.at, length)
    if at < 0 or at + wide > length:
        return False
    summed = data[_place(checksum.first, length) : _place(checksum.last, length, at)]
    stands = int.from_bytes(
        data[at : at + wide], "little" if checksum.order is Order.LITTLE else "big"
    )
    return _SUMS[checksum.kind](summed) == stands


def _place(place: int | None, length: int, default: int = 0) -> int:
    if place is None:
        return default
    return place if place >= 0 else place + length


def _crc(data: bytes, polynomial: int, start: int, *, reflected: bool) -> int:
    crc = start
    for byte in data:
        crc ^= byte if reflected else byte << 8
        for _ in range(8):
            if reflected:
                crc = (crc >> 1) ^ polynomial if crc & 1 else crc >> 1
            else:
                crc = ((crc << 1) ^ polynomial if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _xor(data: bytes) -> int:
    found = 0
    for byte in data:
        found ^= byte
    return found


_SUMS: Final[Mapping[str, Callable[[bytes], int]]] = {
    "sum8": lambda data: sum(data) & 0xFF,
    "sum16": lambda data: sum(data) & 0xFFFF,
    "xor8": _xor,
    # Modbus over serial line 1.02, 2.5.1.2; ITU-T V.41 with the start value FFFF.
    "crc16_modbus": lambda data: _crc(data, 0xA001, 0xFFFF, reflected=True),
    "crc16_ccitt": lambda data: _crc(data, 0x1021, 0xFFFF, reflected=False),
}
