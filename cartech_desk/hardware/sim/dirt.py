"""What goes wrong on the way from a real adapter: noise put on its lines, by chance and seed."""

import random
from typing import Final

from cartech_desk.hardware.sim.options import DirtOptions

Event = tuple[int, bytes]
"""When (ns) something is printed, and what: a line without its end, or raw bytes."""

ERRORS: Final = (
    b"CAN ERROR",
    b"BUS ERROR",
    b"<RX ERROR",
    b"<DATA ERROR",
    b"BUFFER FULL",
    b"FB ERROR",
)
FOREIGN: Final = ((0x3D9, "0000A41107C20033"), (0x1C4, "05AA00000000012B"), (0x7EC, "037F0111"))
BLOTS: Final = b"\xff\x80?#~zG\x1b"
LARGEST_CHUNK: Final = 7


class Dirt:
    """Dirties what an adapter prints, deterministic for a seed and a sequence of requests."""

    def __init__(self, options: DirtOptions, seed: int) -> None:
        self.options = options
        self._random = random.Random(f"dirt {seed}")  # noqa: S311 - no secret
        self._earlier: bytes = b""

    def happens(self, probability: float) -> bool:
        """Throw the dice."""
        return probability > 0 and self._random.random() < probability

    def frame_delays_ns(self, count: int) -> list[int]:
        """Rising delays for the consecutive frames of one ECU, so that ECUs mix."""
        t_ns, delays = 0, []
        for _ in range(count):
            t_ns += self._random.randrange(150_000, 900_000)
            delays.append(t_ns)
        return delays

    def on_lines(self, lines: list[Event], *, headers: bool, spaces: bool) -> list[Event]:
        """Put dirt on the lines that answer one request."""
        options = self.options
        clean = list(lines)
        if self.happens(options.errors):
            lines = self._with_error(lines)
        if lines and self.happens(options.duplicates):
            place = self._random.randrange(len(lines))
            lines.insert(place, lines[place])
        if lines and self.happens(options.truncated):
            place = self._random.randrange(len(lines))
            t_ns, line = lines[place]
            lines[place] = (t_ns, line[: self._random.randrange(1, max(len(line), 2))])
        if lines and self.happens(options.garbage):
            place = self._random.randrange(len(lines))
            t_ns, line = lines[place]
            lines[place] = (t_ns, self._blotted(line))
        if lines and self.happens(options.foreign):
            place = self._random.randrange(len(lines) + 1)
            t_ns = lines[min(place, len(lines) - 1)][0]
            lines.insert(place, (t_ns, self._foreign(headers=headers, spaces=spaces)))
        if lines and self._earlier and self.happens(options.late):
            lines.insert(0, (lines[0][0], self._earlier))
        if clean:
            self._earlier = clean[-1][1]
        return lines

    def on_bytes(self, data: bytes) -> bytes:
        """Put dirt on the bytes of one line."""
        if self.happens(self.options.nulls):
            place = self._random.randrange(len(data) + 1)
            data = data[:place] + b"\x00" + data[place:]
        if self.happens(self.options.leaked_prompt):
            data += b">"
        return data

    def chunks(self, t_ns: int, data: bytes) -> list[Event]:
        """Cut what is sent at one moment into pieces that arrive a little apart."""
        if len(data) < 2 or not self.happens(self.options.chunks):
            return [(t_ns, data)]
        pieces = []
        place = 0
        while place < len(data):
            size = self._random.randrange(1, LARGEST_CHUNK + 1)
            pieces.append((t_ns, data[place : place + size]))
            place += size
            t_ns += self._random.randrange(0, 300_000)
        return pieces

    def _with_error(self, lines: list[Event]) -> list[Event]:
        """Replace the answer by an error, break it off with one, or append one to a line."""
        error = self._random.choice(ERRORS)
        if not lines:
            return lines
        place = self._random.randrange(len(lines))
        t_ns, line = lines[place]
        if error.startswith(b"<"):
            return [*lines[:place], (t_ns, line.rstrip() + b" " + error), *lines[place + 1 :]]
        return [*lines[:place], (t_ns, error)]

    def _blotted(self, line: bytes) -> bytes:
        blotted = bytearray(line)
        for _ in range(self._random.randrange(1, 4)):
            place = self._random.randrange(len(blotted))
            blotted[place] = self._random.choice(BLOTS)
        return bytes(blotted)

    def _foreign(self, *, headers: bool, spaces: bool) -> bytes:
        can_id, digits = self._random.choice(FOREIGN)
        text = digits
        if spaces:
            text = "".join(digits[i : i + 2] + " " for i in range(0, len(digits), 2))
        if headers:
            text = f"{can_id:03X}{' ' if spaces else ''}{text}"
        return text.encode("ascii")
