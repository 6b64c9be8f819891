r"""Magtrol's dynamometer controllers: what is asked, and the line that answers.

Upper-case ASCII, CR LF. `OD` (DSP6000, DSP6001) or `OD1`, `OD2` (the channels of a DSP7000) is
answered by a line of fixed length, `S 1725T22.60R`: speed in rpm, torque in the unit of the front
panel, direction of the shaft (R clockwise, L counterclockwise), or A in its place while an alarm
stands. Sources: Magtrol DSP6000 manual, "Acquiring speed-torque data"; DSP6001 manual 8.6.2;
DSP7000 manual 7.2.1 and 7.4.2.

There is no checksum. The fields are of fixed width, spaces in front, and torque always has its
point at one place (it depends on the dynamometer): a lost or doubled byte breaks that. A line of
another layout than the one before counts only once a second one like it has come.
"""

import re
from dataclasses import dataclass
from typing import Final

from cartech_desk.hardware.dyno.stamped_bytes import StampedBytes

BAUD: Final = 9600
_LONGEST: Final = 64
_LINE: Final = re.compile(rb"S( *\d{1,6})T( *\d{0,5}\.\d{0,4})([RLA])")


@dataclass(frozen=True, slots=True)
class OutputData:
    """An answer to `OD`. `direction` is b"R", b"L", or b"A" while an alarm stands."""

    t_ns: int
    rpm: int
    torque: float
    direction: bytes


def output_data(channel: int | None) -> bytes:
    """Return the question for speed and torque; `channel` on a DSP7000. It is all that is sent."""
    return b"OD%s\r\n" % (b"" if channel is None else b"%d" % channel)


class MagtrolFramer:
    """Finds answers; see `framing.Framer`."""

    def __init__(self) -> None:
        self.bad_bytes = 0
        self.refused = 0
        """Lines that were no answer."""
        self._bytes = StampedBytes()
        self._layout: tuple[int, ...] | None = None
        self._other: tuple[int, ...] | None = None

    def feed(self, data: bytes, t_ns: int) -> list[OutputData]:
        """Take what came; return the answers that are whole."""
        waiting = self._bytes
        waiting.add(data, t_ns)
        found: list[OutputData] = []
        while (end := waiting.data.find(b"\r\n")) >= 0:
            line = bytes(waiting.data[:end])
            began_ns = waiting.t_ns()
            waiting.drop(end + 2)
            answer = self._answer(line, began_ns)
            if answer is None:
                self.bad_bytes += len(line) + 2
                self.refused += 1
            else:
                found.append(answer)
        if len(waiting) > _LONGEST:
            self.bad_bytes += len(waiting) - 1
            waiting.drop(len(waiting) - 1)
        return found

    def quiet(self) -> list[OutputData]:
        """Return nothing: a line without its end is no answer."""
        return []

    def drop_rest(self) -> None:
        """Throw an unfinished answer away, for the next question is asked."""
        self.bad_bytes += len(self._bytes)
        self._bytes.drop(len(self._bytes))

    def _answer(self, line: bytes, t_ns: int) -> OutputData | None:
        match = _LINE.fullmatch(line)
        if match is None or match[2].strip() == b".":
            return None
        layout = (len(match[1]), len(match[2]), len(match[2]) - match[2].index(b"."))
        if self._layout not in (None, layout) and self._other != layout:
            self._other = layout
            return None
        self._layout, self._other = layout, None
        return OutputData(t_ns, int(match[1]), float(match[2]), match[3])
