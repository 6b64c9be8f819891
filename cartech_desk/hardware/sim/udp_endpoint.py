"""The simulated dyno on a network: JETDRIVE's datagrams over UDP."""

import contextlib
import ipaddress
import logging
import select
import socket
import threading
from typing import Final

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.hardware.errors import BadAdapterUrl, PortNotFound
from cartech_desk.hardware.sim.dyno_jetdrive import JetdriveDyno
from cartech_desk.hardware.sim.tcp_endpoint import LOOPBACK

NAP_S: Final = 0.01
JOIN_S: Final = 1.0
LARGEST: Final = 65_536

_log = logging.getLogger(__name__)


def read_target(text: str) -> tuple[str, int]:
    """Read `HOST:PORT`, where the desk listens; BadAdapterUrl for all else and for a group.

    Port 0 takes one that is free on this computer.
    """
    host, _, port = text.removeprefix("jetdrive://").rpartition(":")
    host = host.strip("[]") or LOOPBACK
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        address = None
    usable = address is not None and address.version == 4 and not address.is_multicast
    if not usable or not port.isdecimal() or int(port) > 65535:
        raise BadAdapterUrl(
            f"“{text}” is no place that the simulated dyno can send to.",
            to_do="Use 127.0.0.1:22344, or another computer's IPv4 address and port; it sends to "
            "one computer, never to a group.",
        )
    if int(port) == 0:
        return str(address), free_port()
    return str(address), int(port)


def free_port() -> int:
    """Return a UDP port of this computer that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


class UdpEndpoint:
    """Sends what a dyno says to `host`:`port` from a port of its own, and answers what comes there.

    `start` opens the socket (errors: PortNotFound) and starts the thread, `stop` ends it within a
    second. `problem` is a sentence once the thread has ended by itself.
    """

    def __init__(self, dyno: JetdriveDyno, host: str, port: int) -> None:
        self._dyno = dyno
        self._to = (host, port)
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self.problem = ""

    @property
    def address(self) -> str:
        """Where a desk listens for it, as the address of a source."""
        return f"jetdrive://{self._to[0]}:{self._to[1]}"

    def start(self) -> None:
        """Open the socket and start sending."""
        wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            # An own address of loopback keeps the dyno from answering other computers.
            local = LOOPBACK if ipaddress.ip_address(self._to[0]).is_loopback else ""
            wire.bind((local, 0))
        except OSError as error:
            wire.close()
            raise PortNotFound(
                f"The simulated dyno cannot send from this computer ({error.strerror or error}).",
                to_do="Use 127.0.0.1 with a free port.",
            ) from error
        wire.setblocking(False)
        self._socket = wire
        self._thread = threading.Thread(target=self._run, name="simulated dyno", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop sending; may be called twice."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(JOIN_S)
            self._thread = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            self._dyno.close()

    def _run(self) -> None:
        try:
            wire = self._socket
            while wire is not None and not self._stopping.is_set():
                self._send(wire, self._dyno.poll(monotonic_ns()), self._to)
                self._answer(wire)
        except Exception as error:  # whatever it is must reach whoever started this
            if not self._stopping.is_set():
                _log.exception("the simulated dyno stopped")
                self.problem = f"The simulated dyno stopped: {error}"

    def _answer(self, wire: socket.socket) -> None:
        """Answer what came, to everybody as the specification wants it; wait for the next turn."""
        end_ns = monotonic_ns() + round(NAP_S * 1e9)
        while (left_ns := end_ns - monotonic_ns()) > 0 and not self._stopping.is_set():
            ready, _, _ = select.select([wire], [], [], left_ns / 1e9)
            if not ready:
                return
            # Windows tells here that nobody heard an earlier datagram: nothing that matters.
            with contextlib.suppress(OSError):
                heard, _ = wire.recvfrom(LARGEST)
                self._send(wire, self._dyno.hear(heard, monotonic_ns()), self._to)

    @staticmethod
    def _send(wire: socket.socket, datagrams: list[bytes], to: tuple[str, int]) -> None:
        for one in datagrams:
            # Whoever sends datagrams does not learn whether they arrive.
            with contextlib.suppress(OSError):
                wire.sendto(one, to)
