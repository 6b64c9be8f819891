"""Listening to a wire whose bytes nobody knows yet: what came, when, for the eye and for a file."""

import logging
import threading
from collections import deque
from typing import Final

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.link_definition import LinkDefinition, SerialLine
from cartech_desk.domain.errors import CarTechError
from cartech_desk.hardware.dyno.capture import Piece
from cartech_desk.hardware.links.link import Link

MOST_BYTES: Final = 4 * 1024 * 1024
"""So much of the latest bytes is kept: an hour of a fast serial line."""
_SLICE_S: Final = 0.1
_JOIN_S: Final = 1.0
_LOG = logging.getLogger(__name__)


class Conversation:
    """A link, what is said to it at the start, and what it is asked for regularly."""

    def __init__(self, link: Link, start_up: tuple[bytes, ...], poll: bytes, poll_s: float) -> None:
        self.link = link
        self._start_up = start_up
        self._poll = poll
        self._poll_ns = round(poll_s * 1e9)
        self._next_ns = 0

    def open(self) -> None:
        """Open the link and say what starts the device. Errors: those of `Link`."""
        self.link.open()
        for command in self._start_up:
            self.link.write(command)
        self._next_ns = monotonic_ns()

    def hear(self, timeout_s: float) -> bytes:
        """Return what has come, as soon as anything has, asking when it is time.

        Errors: LinkLost.
        """
        deadline_ns = monotonic_ns() + round(timeout_s * 1e9)
        while True:
            now_ns = monotonic_ns()
            if self._poll and now_ns >= self._next_ns:
                self.link.write(self._poll)
                # Not from the last one on: after a pause the device is not asked in a burst.
                self._next_ns = now_ns + self._poll_ns
            wake_ns = min(deadline_ns, self._next_ns) if self._poll else deadline_ns
            data = self.link.read(max(0, wake_ns - now_ns) / 1e9)
            if data or monotonic_ns() >= deadline_ns:
                return data


class Listener:
    """Listens in a thread of its own until `stop`. `problem` is a sentence where it ended early.

    `start` raises PortNotFound, PortBusy, PortDenied.
    """

    def __init__(self, link: Link, definition: LinkDefinition | None = None) -> None:
        start_up = definition.start_up if definition is not None else ()
        poll = definition.poll if definition is not None else b""
        poll_s = definition.poll_s if definition is not None else 0.0
        self._wire = Conversation(link, start_up, poll, poll_s)
        self._lock = threading.Lock()
        self._pieces: deque[tuple[int, Piece]] = deque()
        self._held = 0
        self._count = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.total = 0
        self.problem = ""

    def start(self) -> None:
        """Open the wire and listen."""
        self._wire.open()
        self._thread = threading.Thread(target=self._listen, name="link-listener", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the wire go; may be called twice."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(_JOIN_S)
        self._wire.link.close()

    def pieces(self, after: int = 0) -> tuple[int, tuple[Piece, ...]]:
        """Return pieces that came after number `after`, and the number of the last one."""
        with self._lock:
            found = tuple(piece for number, piece in self._pieces if number > after)
            return self._count, found

    def _listen(self) -> None:
        try:
            while not self._stopping.is_set():
                data = self._wire.hear(_SLICE_S)
                if data:
                    self._keep(monotonic_ns(), data)
        except CarTechError as error:
            self.problem = error.message
        except Exception as error:  # whatever it is must reach whoever listens
            _LOG.exception("listening to %s failed", self._wire.link.wire)
            self.problem = f"Listening failed: {error}"

    def _keep(self, t_ns: int, data: bytes) -> None:
        with self._lock:
            self._count += 1
            self._pieces.append((self._count, (t_ns, data)))
            self.total += len(data)
            self._held += len(data)
            while self._held > MOST_BYTES:
                self._held -= len(self._pieces.popleft()[1][1])


def link_to(place: str, line: SerialLine) -> Link:
    """Return the link to a serial port, or to `tcp://HOST:PORT`; BadSourceUrl for a wrong one."""
    if place.startswith("tcp://"):
        from cartech_desk.hardware.links.tcp import TcpLink

        host, _, port = place.removeprefix("tcp://").rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise no_place(place)
        return TcpLink(host.strip("[]"), int(port), device=True)
    if not place or not place.isprintable():
        raise no_place(place)
    from cartech_desk.hardware.links.serial_port import SerialLink

    return SerialLink(
        place,
        line.baud,
        bits=line.bits,
        parity=line.parity.value[0].upper(),
        stop=line.stop,
        device=True,
    )


def no_place(place: str) -> CarTechError:
    """Return the refusal of a place that is neither a port nor an address."""
    from cartech_desk.hardware.errors import BadAdapterUrl

    return BadAdapterUrl(
        f"“{place}” is no port.",
        to_do="Use a serial port (/dev/ttyUSB0, COM5) or tcp://HOST:PORT.",
    )
