"""JETDRIVE's datagrams: bytes to packets and back, without any meaning.

Dynojet's JETDRIVE Network Specification 2.1.1 (2020). A datagram is key, length of the value, host
(its sender), sequence number, destination, then the value; all little-endian. A datagram carries no
checksum of its own: UDP's covers it, and the operating system drops what fails that. What is
checked here is what the format itself promises: the length to the byte, keys that listeners hear,
whole entries, legal hosts. Anything else is refused whole, never read in part.

Of the optional commands (0x10 to 0x12: logging, load, brake) the desk knows only that they are not
for it; it has no function that could send one.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

HEADER: Final = struct.Struct("<BHHBH")
VALUE: Final = struct.Struct("<HIf")
"""Channel id, the provider's milliseconds, value."""
_CHANNEL: Final = struct.Struct("<HB30sB")
_PING: Final = struct.Struct("<BI")
_PONG: Final = struct.Struct("<BII")
_PROVIDER_BYTES: Final = 50

NOBODY: Final = 0
"""A sender that has no host id yet."""
EVERYBODY: Final = 0xFFFF
VERSION: Final = 1
FIRST_BREAKING_VERSION: Final = 10
"""From this version on communication must cease."""


class Key(IntEnum):
    """What a datagram is."""

    CHANNEL_INFO = 1
    CHANNEL_VALUES = 2
    CLEAR_CHANNEL_INFO = 3
    PING = 4
    PONG = 5
    REQUEST_CHANNEL_INFO = 6


OPTIONAL: Final = frozenset({0x10, 0x11, 0x12, 0x20, 0x21, 0x22})
"""Keys of the optional commands and their answers, which are between others."""


class Datagram(NamedTuple):
    """A datagram whose header is whole; `value` has exactly the length that the header tells."""

    key: int
    host: int
    sequence: int
    destination: int
    value: memoryview


class NamedChannel(NamedTuple):
    """One entry of a ChannelInfo: `unit` as on the wire, see `jetdrive_units`."""

    id: int
    vendor: int
    name: str
    unit: int


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """The channels that a provider names; a long list comes in several of these."""

    provider: str
    channels: tuple[NamedChannel, ...]


class Ping(NamedTuple):
    """`host_ms` is the asker's clock, `data` to be sent back as it came."""

    version: int
    host_ms: int
    data: bytes = b""


class Pong(NamedTuple):
    """The answer to a ping: the asker's clock as it was sent, and the answerer's own."""

    version: int
    host_ms: int
    remote_ms: int
    data: bytes = b""


def read_datagram(data: bytes | bytearray | memoryview) -> Datagram | None:
    """Take a datagram apart; None where it is none (its length does not agree, illegal sender)."""
    if len(data) < HEADER.size:
        return None
    key, length, host, sequence, destination = HEADER.unpack_from(data)
    if length != len(data) - HEADER.size or host == EVERYBODY:
        return None
    value = memoryview(data)[HEADER.size :]
    # As `Datagram(…)` would, at a third of its cost.
    return tuple.__new__(Datagram, (key, host, sequence, destination, value))


def read_channel_info(value: memoryview) -> ChannelInfo | None:
    """Read the value of a ChannelInfo; None where it holds no whole number of entries."""
    rest = len(value) - _PROVIDER_BYTES
    if rest < 0 or rest % _CHANNEL.size:
        return None
    channels = tuple(
        NamedChannel(number, vendor, _text(name), unit)
        for number, vendor, name, unit in _CHANNEL.iter_unpack(value[_PROVIDER_BYTES:])
    )
    return ChannelInfo(_text(bytes(value[:_PROVIDER_BYTES])), channels)


def read_ping(value: memoryview) -> Ping | None:
    """Read the value of a Ping; None where it is too short."""
    if len(value) < _PING.size:
        return None
    version, host_ms = _PING.unpack_from(value)
    return Ping(version, host_ms, bytes(value[_PING.size :]))


def read_pong(value: memoryview) -> Pong | None:
    """Read the value of a Pong; None where it is too short."""
    if len(value) < _PONG.size:
        return None
    version, host_ms, remote_ms = _PONG.unpack_from(value)
    return Pong(version, host_ms, remote_ms, bytes(value[_PONG.size :]))


def datagram(
    key: int, host: int, sequence: int, value: bytes = b"", destination: int = EVERYBODY
) -> bytes:
    """Make a datagram."""
    return HEADER.pack(key, len(value), host, sequence & 0xFF, destination) + value


def channel_info(provider: str, channels: Iterable[NamedChannel]) -> bytes:
    """Make the value of a ChannelInfo; names are cut to what the format holds."""
    entries = [
        _CHANNEL.pack(channel.id, channel.vendor, _cut(channel.name, 30), channel.unit)
        for channel in channels
    ]
    return _cut(provider, _PROVIDER_BYTES).ljust(_PROVIDER_BYTES, b"\0") + b"".join(entries)


def channel_values(values: Iterable[tuple[int, int, float]]) -> bytes:
    """Make the value of a ChannelValues of (id, milliseconds, value)."""
    return b"".join(VALUE.pack(number, ms & 0xFFFFFFFF, value) for number, ms, value in values)


def ping(ping: Ping) -> bytes:
    """Make the value of a Ping."""
    return _PING.pack(ping.version, ping.host_ms & 0xFFFFFFFF) + ping.data


def pong(pong: Pong) -> bytes:
    """Make the value of a Pong."""
    packed = _PONG.pack(pong.version, pong.host_ms & 0xFFFFFFFF, pong.remote_ms & 0xFFFFFFFF)
    return packed + pong.data


def _text(raw: bytes) -> str:
    """Read a text that ends at its first NUL; bytes that are no UTF-8 show as such."""
    text = raw.split(b"\0", 1)[0].decode("utf-8", "replace")
    if not text.isprintable():
        text = "".join(letter for letter in text if letter.isprintable())
    return text.strip()


def _cut(text: str, size: int) -> bytes:
    """Encode a text into at most `size` bytes without cutting a letter in two."""
    return text.encode()[:size].decode("utf-8", "ignore").encode()
