r"""AEM UEGO gauges: lines of one number, `14.7\r\n`, 9600 8N1, about ten a second.

Source: AEM 30-0300 and 30-4110 instructions, "Serial (RS-232) output". There is no checksum. A
line counts whole or not at all: only digits around one point, and CR LF behind them. Throwing the
odd byte out of a line would leave a plausible wrong number. The gauge always shows as many
decimals, so a line with another number of them counts only once a second one like it has come.
"""

import re
from dataclasses import dataclass
from typing import Final

from cartech_desk.hardware.dyno.stamped_bytes import StampedBytes

BAUD: Final = 9600
LINES_HZ: Final = 10.0
_LONGEST: Final = 64
"""Without an end of line after so many bytes they are thrown away."""
_NUMBER: Final = re.compile(rb"\d{1,2}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class GaugeLine:
    """What a gauge shows."""

    t_ns: int
    shown: float


class AemFramer:
    """Finds lines; see `framing.Framer`."""

    def __init__(self) -> None:
        self.bad_bytes = 0
        self._bytes = StampedBytes()
        self._decimals: int | None = None
        self._other: int | None = None

    def feed(self, data: bytes, t_ns: int) -> list[GaugeLine]:
        """Take what came; return the lines that are whole."""
        waiting = self._bytes
        waiting.add(data, t_ns)
        found: list[GaugeLine] = []
        while (end := waiting.data.find(b"\r\n")) >= 0:
            line = bytes(waiting.data[:end])
            began_ns = waiting.t_ns()
            waiting.drop(end + 2)
            if self._believed(line):
                found.append(GaugeLine(began_ns, float(line)))
            else:
                self.bad_bytes += len(line) + 2
        if len(waiting) > _LONGEST:
            # The last byte may be the CR of the line's end.
            self.bad_bytes += len(waiting) - 1
            waiting.drop(len(waiting) - 1)
        return found

    def quiet(self) -> list[GaugeLine]:
        """Return nothing: a line without its end is no line."""
        return []

    def _believed(self, line: bytes) -> bool:
        if not _NUMBER.fullmatch(line):
            return False
        decimals = len(line) - line.index(b".") - 1
        if self._decimals not in (None, decimals) and self._other != decimals:
            self._other = decimals
            return False
        self._decimals, self._other = decimals, None
        return True
