r"""A link definition: what somebody of the shop says that a device's bytes mean.

For devices without a public wire protocol. A definition is TOML:

    name = "Bench in bay 2"
    kind = "dyno"                     # dyno, wideband, weather or ecu
    make = "Mustang"
    verified = false

    [port]
    baud = 9600                       # parity = "none", bits = 8, stop = 1

    [poll]
    send = "OD\r\n"                   # text, or "hex:80 01"
    every_ms = 100

    [packet]
    sync = "hex:80"                   # how it begins; or terminator = "\r\n", or both
    length = 9                        # of the whole packet, where it is always the same
    separator = ","                   # text: fields are columns

    [checksum]
    kind = "sum8"                     # sum8, sum16, xor8, crc16_modbus, crc16_ccitt
    at = -1                           # where it stands; or total = 255, the sum of all

    [[field]]
    name = "rpm"
    role = "rpm"
    unit = "rpm"
    offset = 2                        # or column = 0
    bits = 16
    order = "little"
    scale = 0.25
    lowest = 0
    highest = 12000

Reading and writing it: `link_document`.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.errors import CarTechError

LONGEST_PACKET: Final = 1024
CHECKSUMS: Final = ("sum8", "sum16", "xor8", "crc16_modbus", "crc16_ccitt")


class LinkRefused(CarTechError):
    """A link definition cannot work as it is written."""

    code: ClassVar[str] = "link_refused"


class Parity(StrEnum):
    """Parity of a serial line."""

    NONE = "none"
    EVEN = "even"
    ODD = "odd"


class Order(StrEnum):
    """Order of a field's bytes."""

    LITTLE = "little"
    BIG = "big"


class Coding(StrEnum):
    """What the bits of a field are."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    FLOAT = "float"
    """IEEE 754, 32 or 64 bits."""
    TEXT = "text"
    """A decimal number in ASCII."""


@dataclass(frozen=True, slots=True)
class SerialLine:
    """How the serial port is set; of no meaning over TCP."""

    baud: int = 9600
    bits: int = 8
    parity: Parity = Parity.NONE
    stop: int = 1


@dataclass(frozen=True, slots=True)
class PacketForm:
    """How a packet is found: by how it begins, how it ends, how long it is [bytes].

    `separator` makes columns of what lies between `sync` and `terminator`.
    """

    sync: bytes = b""
    terminator: bytes = b""
    length: int | None = None
    separator: bytes = b""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What tells a damaged packet: a sum over `first` to `last` (exclusive), that stands at `at`.

    Places count from the packet's first byte, negative ones from its end; `last` None is `at`.
    With `total` the bytes from `first` to `last`, checksum included, come to that number instead.
    `order` is that of two-byte sums.
    """

    kind: str
    at: int | None = None
    first: int = 0
    last: int | None = None
    total: int | None = None
    order: Order = Order.BIG


@dataclass(frozen=True, slots=True)
class LinkField:
    """One value of a packet: where it stands, how it is written, what it is.

    A binary field begins at byte `offset` (from the packet's first), is `bits` wide, and its least
    significant bit is bit `bit` of the word of whole bytes that it lies in. A text field is column
    `column`, or `characters` characters from `offset` on. value = raw * `scale` + `add` in `unit`;
    raw numbers in `never`, and values outside `lowest` to `highest`, are no value.
    """

    name: str
    label: str
    unit: str
    role: Role | None = None
    coding: Coding = Coding.UNSIGNED
    offset: int | None = None
    bits: int = 8
    bit: int = 0
    order: Order = Order.LITTLE
    column: int | None = None
    characters: int | None = None
    scale: float = 1.0
    add: float = 0.0
    lowest: float = -math.inf
    highest: float = math.inf
    never: tuple[float, ...] = ()

    @property
    def bytes_wide(self) -> int:
        """How many bytes a binary field lies in."""
        return (self.bit + self.bits + 7) // 8


@dataclass(frozen=True, slots=True)
class LinkDefinition:
    """A link as somebody defined it. `verified` is that person's word, never the desk's."""

    name: str
    kind: str
    packet: PacketForm
    fields: tuple[LinkField, ...]
    make: str = ""
    model: str = ""
    note: str = ""
    verified: bool = False
    line: SerialLine = SerialLine()
    start_up: tuple[bytes, ...] = ()
    poll: bytes = b""
    poll_s: float = 0.0
    checksum: Checksum | None = None

    @property
    def doubts(self) -> tuple[str, ...]:
        """Return what of damaged bytes cannot be noticed, a sentence each."""
        told = []
        if self.checksum is None:
            told.append("There is no checksum: a wrong byte within a value is not noticed.")
        if any(math.isinf(one.lowest) or math.isinf(one.highest) for one in self.fields):
            told.append("Some fields have no limits: any number is taken for a value.")
        return tuple(told)
