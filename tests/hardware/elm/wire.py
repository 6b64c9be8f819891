"""A scripted wire: the conversation that a driver is expected to have, byte for byte.

Like pymeasure's `expected_protocol`: pairs of what is sent and what comes back. Whatever is sent
out of turn, or never sent, fails the test.
"""

import time
from collections.abc import Iterable, Sequence

from cartech_desk.hardware.errors import LinkLost
from cartech_desk.hardware.links.link import Link

Pair = tuple[str, str | bytes | Sequence[bytes] | None]


REST_S = 0.005


class ScriptedLink(Link):
    """Answers each command with the next pair of the script.

    An answer is text (a `>` is added), bytes as they are, several chunks that arrive one read
    apart (`b""` among them is 5 ms without anything), or None: the wire breaks. `b""` alone is
    silence.
    """

    def __init__(self, script: Iterable[Pair], wire: str = "scripted") -> None:
        self.wire = wire
        self.script = list(script)
        self.sent: list[str] = []
        self.closed = False
        self._arriving: list[bytes] = []
        self._broken = False

    def open(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True

    def read(self, timeout_s: float) -> bytes:
        if self.closed or self._broken:
            raise LinkLost("The scripted wire broke.", to_do="Look at the script.")
        chunk = self._arriving.pop(0) if self._arriving else b""
        if not chunk:
            self._rest(min(timeout_s, REST_S))
        return chunk

    def _rest(self, rest_s: float) -> None:
        """Let time go by; where a busy machine made more of it, that was further silence too."""
        until_s = time.monotonic() + rest_s
        time.sleep(rest_s)
        over = int((time.monotonic() - until_s) / REST_S)
        while over and self._arriving and not self._arriving[0]:
            del self._arriving[0]
            over -= 1

    def write(self, data: bytes) -> None:
        if self.closed or self._broken:
            raise LinkLost("The scripted wire broke.", to_do="Look at the script.")
        command = data.decode("ascii").removesuffix("\r")
        self.sent.append(command)
        if command == " ":
            return  # stops a busy adapter, and is ignored by an idle one
        assert self.script, f"{command!r} was sent, and the script is over"
        expected, answer = self.script.pop(0)
        assert command == expected, f"{command!r} was sent instead of {expected!r}"
        self._answer(answer)

    def _answer(self, answer: str | bytes | Sequence[bytes] | None) -> None:
        if answer is None:
            self._broken = True
        elif isinstance(answer, str):
            self._arriving.append(answer.encode("latin-1") + b"\r\r>")
        elif isinstance(answer, bytes):
            self._arriving += [answer] if answer else []
        else:
            self._arriving += answer

    def left(self) -> list[Pair]:
        """What the driver never sent."""
        return self.script
