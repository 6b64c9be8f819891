r"""SimpleDyno's Arduino sketch: lines of eleven unsigned numbers, CR LF.

micros, stamp and interval of the last pulse at RPM1, the same at RPM2, A0 to A5. Times are in
microseconds of `micros()`, which wraps at 2 ** 32. An interval repeats until a new pulse comes: the
stamp tells whether one has. Source: the SimpleDyno sketch.

There is no checksum. A line counts whole or not at all: eleven numbers without leading zeros, none
above what its counter holds, no stamp after the line's own time, and no new interval without a new
stamp (nor one longer than the time between the two stamps).
"""

import re
from dataclasses import dataclass
from typing import Final

from cartech_desk.hardware.dyno.stamped_bytes import StampedBytes

BAUD: Final = 9600
WRAP: Final = 1 << 32
_LONGEST: Final = 200
_NUMBERS: Final = 11
_LINE: Final = re.compile(rb"(?:0|[1-9]\d{0,9})(?:,(?:0|[1-9]\d{0,9})){10}")
_MOST_ANALOG: Final = 4095
"""Twelve bits, the widest converter of the boards that run the sketch."""


@dataclass(frozen=True, slots=True)
class PulseLine:
    """A line. Of each of the two inputs: stamp and interval of its last pulse."""

    t_ns: int
    micros: int
    pulses: tuple[tuple[int, int], tuple[int, int]]
    analog: tuple[int, ...]


class SimpleDynoFramer:
    """Finds lines; see `framing.Framer`."""

    def __init__(self) -> None:
        self.bad_bytes = 0
        self._bytes = StampedBytes()

    def feed(self, data: bytes, t_ns: int) -> list[PulseLine]:
        """Take what came; return the lines that are whole."""
        waiting = self._bytes
        waiting.add(data, t_ns)
        found: list[PulseLine] = []
        while (end := waiting.data.find(b"\r\n")) >= 0:
            line = bytes(waiting.data[:end])
            began_ns = waiting.t_ns()
            waiting.drop(end + 2)
            read = read_line(line, began_ns)
            if read is None:
                self.bad_bytes += len(line) + 2
            else:
                found.append(read)
        if len(waiting) > _LONGEST:
            self.bad_bytes += len(waiting) - 1
            waiting.drop(len(waiting) - 1)
        return found

    def quiet(self) -> list[PulseLine]:
        """Return nothing: a line without its end is none."""
        return []


def read_line(line: bytes, t_ns: int) -> PulseLine | None:
    """Read a line without its end; None where it is not one."""
    if not _LINE.fullmatch(line):
        return None
    numbers = [int(number) for number in line.split(b",")]
    micros, *times = numbers[:5]
    analog = tuple(numbers[5:_NUMBERS])
    if max(numbers) >= WRAP or max(analog) > _MOST_ANALOG:
        return None
    return PulseLine(t_ns, micros, ((times[0], times[1]), (times[2], times[3])), analog)
