"""Streams of every serial protocol, frame by frame, and a way to hear them without waiting."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cartech_desk.domain.channels import Reading
from cartech_desk.hardware.dyno.aem import AemSource
from cartech_desk.hardware.dyno.hondata import HondataSource
from cartech_desk.hardware.dyno.innovate import InnovateSource
from cartech_desk.hardware.dyno.magtrol import MagtrolSource
from cartech_desk.hardware.dyno.plx import PlxSource
from cartech_desk.hardware.dyno.simpledyno import SimpleDynoSource
from cartech_desk.hardware.dyno.stream import QUIET_S, StreamSource
from cartech_desk.hardware.errors import LinkLost
from cartech_desk.hardware.links.link import Link

Piece = tuple[int, bytes]
BEGAN_NS = 1_000_000_000_000


@dataclass
class ScriptedLink(Link):
    """Says what each write is to be answered with; what is read without a script is silence."""

    script: list[tuple[bytes | None, bytes]] = field(default_factory=list)
    wire: str = "scripted"

    def __post_init__(self) -> None:
        self.waiting = bytearray()
        self.is_open = False

    def open(self) -> None:
        self.is_open = True
        self._speak()

    def _speak(self) -> None:
        while self.script and self.script[0][0] is None:
            self.waiting += self.script.pop(0)[1]

    def read(self, timeout_s: float) -> bytes:
        if not self.is_open:
            raise LinkLost("closed", to_do="open")
        data, self.waiting = bytes(self.waiting), bytearray()
        return data

    def write(self, data: bytes) -> None:
        assert self.script, f"nobody expected {data!r}"
        expected, answer = self.script.pop(0)
        assert data == expected
        self.waiting += answer
        self._speak()

    def close(self) -> None:
        self.is_open = False


def hear(source: StreamSource, pieces: Sequence[Piece]) -> list[Reading]:
    """Give a source pieces of bytes at their times, with the silences between them."""
    found: list[Reading] = []
    heard_ns = pieces[0][0]
    for t_ns, data in pieces:
        found += silent(source, heard_ns, t_ns)
        if data:
            source._heard_ns = heard_ns = t_ns
            source._told_quiet = False
            found += source._take(data, t_ns)
    return found + silent(source, heard_ns, heard_ns + 1_000_000_000)


def silent(source: StreamSource, from_ns: int, to_ns: int) -> list[Reading]:
    """Let the line be silent as `read` would, in a few steps."""
    step_ns = max(int(QUIET_S * 1e9), (to_ns - from_ns) // 4)
    found: list[Reading] = []
    for now_ns in range(from_ns + step_ns, to_ns, step_ns):
        found += source._silence(now_ns)
    return found


def innovate_packet(reading: int, function: int = 0, afr_x10: int = 147) -> bytes:
    first = 0x42 | function << 2 | afr_x10 >> 7
    return bytes((0xB2, 0x82, first, afr_x10 & 0x7F, reading >> 7, reading & 0x7F))


def plx_packet(*sensors: tuple[int, int, int]) -> bytes:
    middle = b"".join(
        bytes((address >> 6, address & 63, instance, raw >> 6, raw & 63))
        for address, instance, raw in sensors
    )
    return b"\x80" + middle + b"\x40"


def hondata_packet(rpm: float, lambda_: float = 1.0, speed: int = 100) -> bytes:
    raw = bytearray(22)
    raw[0:2] = (0x69, speed)
    raw[2:4] = int(rpm * 4).to_bytes(2, "big")
    raw[4:9] = (4, 120, 75, 138, 0xE5)
    raw[9:11] = (980).to_bytes(2, "big")
    raw[13] = 0x80 + 40
    raw[17:19] = int(lambda_ * 0x8000).to_bytes(2, "big")
    raw[21] = (0xFF - sum(raw)) & 0xFF
    return bytes(raw)


def dyno_line(
    micros: int, roller: tuple[int, int], engine: tuple[int, int] = (0, 0), analog: int = 500
) -> bytes:
    numbers = (micros, *roller, *engine, analog, analog + 7, 0, 0, 0, 1023)
    return ",".join(str(number) for number in numbers).encode() + b"\r\n"


@dataclass(frozen=True)
class Stream:
    """One protocol: a source not yet opened, its frames, and how far apart they come."""

    name: str
    make: Callable[[], StreamSource]
    frames: Callable[[int], list[bytes]]
    period_ns: int


def _slowly(place: int) -> float:
    return math.sin(place / 4.0)


def _simpledyno(count: int) -> list[bytes]:
    lines = []
    interval, stamp = 30_000, 3_000_000
    micros = stamp + 100
    for place in range(count):
        lines.append(dyno_line(micros, (stamp, interval), (stamp - 40, interval), 500 + place))
        interval -= 150
        stamp += interval
        micros = stamp + 100 + 13 * (place % 3)
    return lines


STREAMS = (
    Stream(
        "innovate",
        lambda: InnovateSource("innovate:x", "w", ScriptedLink()),
        lambda count: [innovate_packet(500 + round(20 * _slowly(n))) for n in range(count)],
        82_000_000,
    ),
    Stream(
        "aem",
        lambda: AemSource("aem:x", "w", ScriptedLink(), "afr"),
        lambda count: [b"%.1f\r\n" % (13.0 + _slowly(n)) for n in range(count)],
        100_000_000,
    ),
    Stream(
        "plx",
        lambda: PlxSource("plx:x", "w", ScriptedLink()),
        lambda count: [
            plx_packet((0, 0, 119 + round(6 * _slowly(n))), (0x12, 0, 0x265), (0x19, 0, 0x65))
            for n in range(count)
        ],
        100_000_000,
    ),
    Stream(
        "hondata",
        lambda: HondataSource("hondata:x", "e", ScriptedLink()),
        lambda count: [hondata_packet(3000 + 90 * n, 1 + 0.1 * _slowly(n)) for n in range(count)],
        100_000_000,
    ),
    Stream(
        "magtrol",
        lambda: MagtrolSource("magtrol:x", "d", ScriptedLink(), "nm", None),
        lambda count: [
            b"S%5dT%5.2fR\r\n" % (1725 + 40 * n, 22.6 + 2 * _slowly(n)) for n in range(count)
        ],
        50_000_000,
    ),
    Stream(
        "simpledyno",
        lambda: SimpleDynoSource("simpledyno:x", "d", ScriptedLink(), (1.0, 1.0), 1.5),
        _simpledyno,
        29_000_000,
    ),
)
