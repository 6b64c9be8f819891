"""Commands out, lines and the prompt back.

One command is in flight at a time, and it is over at its `>`. A prompt that comes early or late
belongs to the command before; it is recognised by what follows it, or by the adapter's name, which
`resynchronise` asks for until question and answer match again.
"""

import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.hardware.adapter import SignsOfLife
from cartech_desk.hardware.elm.text import Line
from cartech_desk.hardware.errors import LinkLost
from cartech_desk.hardware.links.link import Link

PROMPT: Final = b">"
IDENTIFY: Final = "ATI"
STOPPED: Final = "STOPPED"

_ENDS: Final = bytes.maketrans(b"\n>", b"\r\r")
"""What ends a line; NUL bytes are dropped (ELM327 data sheet), spaces in front of a line too."""

_SAYS_NOTHING: Final = b"\r\n\0 "

_SLICE_S: Final = 0.1
_LEAK_S: Final = 0.25
"""How long to wait on for an answer after a prompt that came with nothing in front of it."""

_CHATTER_S: Final = 3.0
"""How long something may talk past its time without ever coming to a prompt."""

_LONG_S: Final = 2.0
"""Whoever grants an adapter more than this means it: silence is then no sign of a dead link."""

_PROBE_CHATTER_S: Final = 0.4
_CHECK_S: Final = 0.4
_STOP_S: Final = 0.15
_LATE_S: Final = 0.02


Enough = Callable[[Sequence[Line]], bool]
"""Tells from the lines so far that all is there."""


class Heard(NamedTuple):
    """What followed one command; `prompt` says whether the adapter finished it.

    `stopped_ns` is when it was stopped because all was there, 0 where it was not; its word for that
    is no line of the answer.
    """

    command: str
    lines: tuple[Line, ...]
    prompt: bool
    t_sent_ns: int
    t_done_ns: int
    stopped_ns: int = 0

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines without the echo of the command."""
        texts = tuple(line.text for line in self.lines)
        if texts and squeezed(texts[0]) == squeezed(self.command):
            return texts[1:]
        return texts

    @property
    def echoed(self) -> bool:
        """Whether the first line repeats the command."""
        return bool(self.lines) and squeezed(self.lines[0].text) == squeezed(self.command)

    @property
    def ok(self) -> bool:
        """Whether the adapter took a setting: its last word is OK."""
        texts = self.texts
        return self.prompt and bool(texts) and squeezed(texts[-1]) == "OK"

    @property
    def text(self) -> str:
        """All lines in one, for people."""
        return " | ".join(self.texts)


def _nothing() -> None:
    """Do nothing meanwhile."""


class Conversation:
    """The talk with one adapter over one link.

    `check` is called at least four times a second while waiting, and may raise to end the wait;
    `sent` after each command that was asked, before its answer is waited for. `signs` is told what
    arrives and how long silence may last.
    """

    def __init__(
        self,
        link: Link,
        check: Callable[[], None],
        sent: Callable[[], None] = _nothing,
        signs: SignsOfLife | None = None,
    ) -> None:
        self._link = link
        self._check = check
        self._sent = sent
        self._signs = signs or SignsOfLife()
        self._doubtful = False
        self.marker = ""
        """What the adapter answers to ATI, squeezed; "" until it is known."""

    def ask(
        self,
        command: str,
        timeout_s: float,
        *,
        busy: Callable[[str], float] | None = None,
        enough: Enough | None = None,
        recover: bool = True,
    ) -> Heard:
        """Send one command and gather lines until the prompt.

        `timeout_s` is how long the adapter may be silent; `busy` may grant more seconds for what a
        line says (SEARCHING..., 7F 01 78). Without a prompt in time the adapter is checked with a
        harmless command: LinkLost when that fails too, else `Heard.prompt` is False. With
        `recover` False the check is left out, as before it is known what is there. `enough` tells
        from the lines so far that no more are due: the adapter is stopped then, and its prompt
        awaited as ever.
        """
        if self._doubtful:
            self.resynchronise()
        self.drain()
        t_sent = monotonic_ns()
        self._link.write(command.encode("ascii") + b"\r")
        self._sent()
        chatter_s = _CHATTER_S if recover else _PROBE_CHATTER_S
        heard = self._gather(command, t_sent, timeout_s, busy, chatter_s, enough=enough)
        if not heard.prompt and recover:
            self.resynchronise(busy=True)
        return heard

    def listen(
        self,
        command: str,
        timeout_s: float,
        enough: Callable[[Sequence[Line]], bool],
        patience: Callable[[str], float],
    ) -> Heard:
        """Let the adapter print what it hears until `enough` or `timeout_s` is over, then stop it.

        `patience` grants more seconds from a line on; other traffic grants none.
        """
        t_sent = monotonic_ns()
        self._link.write(command.encode("ascii") + b"\r")
        lines = _Lines()
        deadline = time.monotonic() + timeout_s
        self._signs.be_patient(round(deadline * 1e9))
        while (left := deadline - time.monotonic()) > 0:
            self._check()
            self._signs.patient_until_ns = round(deadline * 1e9)
            before = len(lines.done)
            ended = lines.feed(self._read(min(left, _SLICE_S)), monotonic_ns())
            for line in lines.done[before:]:
                deadline = max(deadline, time.monotonic() + patience(line.text))
            if ended or (len(lines.done) > before and enough(lines.done)):
                break
        self._signs.patient_until_ns = 0
        self._link.write(b" ")
        self.settle(_STOP_S, 4 * _STOP_S)
        self.doubt()
        return Heard(command, tuple(lines.done), True, t_sent, monotonic_ns())

    def _read(self, timeout_s: float) -> bytes:
        arrived = self._link.read(timeout_s)
        if arrived:
            self._signs.heard_ns = monotonic_ns()
        return arrived

    def doubt(self) -> None:
        """Note that the last answer may belong to another question: synchronise before the next."""
        self._doubtful = True

    def drain(self) -> bytes:
        """Throw away what has arrived unasked, and return it."""
        late = bytearray()
        while len(late) < 65536:
            arrived = self._link.read(0)
            if not arrived:
                break
            late += arrived
        return bytes(late)

    def settle(self, quiet_s: float, limit_s: float) -> bytes:
        """Read until nothing has come for `quiet_s` seconds, `limit_s` at most."""
        heard = bytearray()
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            self._check()
            arrived = self._read(min(quiet_s, _SLICE_S))
            heard += arrived
            if not arrived and quiet_s <= _SLICE_S:
                break
            if not arrived:
                quiet_s -= _SLICE_S
        return bytes(heard)

    def resynchronise(self, *, busy: bool = False) -> None:
        """Bring question and answer together again; LinkLost when the adapter stays silent.

        A space stops what the adapter is `busy` with (it would swallow a command) and is ignored
        otherwise; then the adapter says its name.
        """
        if busy:
            self._link.write(b" ")
        self.settle(_STOP_S if busy else _LATE_S, 4 * _STOP_S)
        silent = 0
        for _ in range(4):
            t_sent = monotonic_ns()
            self._link.write(IDENTIFY.encode("ascii") + b"\r")
            heard = self._gather(IDENTIFY, t_sent, _CHECK_S, None, 0.0)
            if not heard.prompt and not heard.lines:
                silent += 1
                if silent == (2 if busy else 1):
                    break
                continue
            if heard.prompt and self._is_name(heard):
                self.drain()
                self._doubtful = False
                return
            self.settle(_STOP_S, 2 * _STOP_S)
        raise LinkLost(
            "The adapter does not answer any more.",
            to_do="Check the adapter's power and the plug in the car, then connect again.",
        )

    def _is_name(self, heard: Heard) -> bool:
        texts = [squeezed(text) for text in heard.texts]
        return bool(texts) and (self.marker in texts if self.marker else "?" not in texts[-1])

    def _gather(
        self,
        command: str,
        t_sent: int,
        timeout_s: float,
        busy: Callable[[str], float] | None,
        chatter_s: float,
        *,
        enough: Enough | None = None,
    ) -> Heard:
        lines = _Lines()
        stopped_ns = 0
        deadline = time.monotonic() + timeout_s
        limit = deadline + chatter_s
        signs = self._signs
        signs.patient_until_ns = round(deadline * 1e9) if timeout_s > _LONG_S else 0
        prompt = False
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            self._check()
            arrived = self._link.read(min(left, _SLICE_S))
            if not arrived:
                continue
            now_ns = signs.heard_ns = monotonic_ns()
            before = len(lines.done)
            ended = lines.feed(arrived, now_ns)
            if ended and lines.beside(command):
                if stopped_ns:
                    lines.leave_out_stop()
                return Heard(command, tuple(lines.done), True, t_sent, now_ns, stopped_ns)
            fresh = len(lines.done) > before and not stopped_ns
            if fresh and enough is not None and enough(lines.done):
                # An adapter that has just finished passes a space over.
                self._link.write(b" ")
                stopped_ns = now_ns
            prompt = prompt or ended
            granted = 0.0
            if busy is not None:
                granted = max((busy(line.text) for line in lines.done[before:]), default=0.0)
            grant = max(timeout_s, granted)
            if granted:  # however patient the request itself is
                limit = max(limit, now_ns / 1e9 + grant)
            deadline = min(limit, max(deadline, now_ns / 1e9 + grant))
            if granted:
                signs.be_patient(round(deadline * 1e9))
            if ended:
                # A prompt with nothing in front of it is the late one of the command before.
                deadline = min(deadline, time.monotonic() + _LEAK_S)
        return Heard(command, lines.all(), prompt, t_sent, monotonic_ns(), stopped_ns)


class _Lines:
    """Chunks into lines, each with the time at which its first byte came."""

    def __init__(self) -> None:
        self.done: list[Line] = []
        self._rest = b""
        self._t_ns = 0

    def feed(self, chunk: bytes, now_ns: int) -> bool:
        """Take a chunk; tell whether the prompt was the last thing in it."""
        *ended, begun = chunk.translate(_ENDS, b"\0").split(b"\r")
        for piece in ended:
            if self._rest:
                self._rest += piece
                self._end()
                continue
            text = piece.lstrip(b" ")
            if text:
                self.done.append(Line(text.decode("latin-1"), now_ns))
        if self._rest:
            self._rest += begun
        else:
            self._rest, self._t_ns = begun.lstrip(b" "), now_ns
        return chunk.rstrip(_SAYS_NOTHING).endswith(PROMPT)

    def beside(self, command: str) -> bool:
        """Tell whether there is any line that is not the echo of the command."""
        echo = squeezed(command)
        return any(squeezed(line.text) != echo for line in self.done)

    def leave_out_stop(self) -> None:
        """Drop the word with which the adapter says that it was stopped."""
        if squeezed(self.done[-1].text) == STOPPED:
            del self.done[-1]

    def all(self) -> tuple[Line, ...]:
        """All lines, the one without an end included."""
        self._end()
        return tuple(self.done)

    def _end(self) -> None:
        if self._rest:
            self.done.append(Line(self._rest.decode("latin-1"), self._t_ns))
            self._rest = b""


def squeezed(text: str) -> str:
    """Return a line without spaces, NUL and line noise at its ends, in capitals."""
    if text.isascii() and text.isalnum():
        return text.upper()  # nearly every line is data, and clean
    return "".join(char for char in text if "!" <= char <= "~").upper()
