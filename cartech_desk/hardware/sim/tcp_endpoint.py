"""A simulated device at a TCP port, as a Wi-Fi adapter or a serial server offers it."""

import contextlib
import errno
import select
import socket
from typing import Final

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.hardware.errors import BadAdapterUrl, PortBusy, PortDenied, PortNotFound
from cartech_desk.hardware.sim.endpoint import CHUNK, LONGEST_NAP_S, Endpoint, Served

LOOPBACK: Final = "127.0.0.1"
SEND_S: Final = 0.5
"""A client that takes nothing for this long is let go."""


def read_listen(text: str) -> tuple[str, int]:
    """Read `tcp:PORT` (this computer only) or `tcp:HOST:PORT`; BadAdapterUrl for all else."""
    scheme, _, place = text.partition(":")
    host, _, port = place.rpartition(":")
    if scheme != "tcp" or not port.isdecimal() or int(port) > 65535:
        raise BadAdapterUrl(
            f"“{text}” is no place to listen at.",
            to_do="Use tcp:35000, or tcp:HOST:PORT for other computers to reach it.",
        )
    return host.strip("[]") or LOOPBACK, int(port)


class TcpEndpoint(Endpoint):
    """Listens at `host`:`port` (port 0: any free one) and serves one client at a time.

    A second client is let go at once, as a Wi-Fi adapter does. The adapter keeps its settings
    between clients.
    """

    def __init__(self, server: Served, host: str, port: int) -> None:
        super().__init__(server)
        self._host = host
        self._port = port
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None

    @property
    def address(self) -> str:
        """`tcp://HOST:PORT`, with the port that was found."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"tcp://{host}:{self._port}"

    def _open(self) -> None:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            listener = socket.create_server((self._host, self._port), family=family, backlog=4)
        except OSError as error:
            raise _refused(self.address, error) from error
        listener.setblocking(False)
        self._port = listener.getsockname()[1]
        self._listener = listener

    def _close(self) -> None:
        self._let_go()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _serve_once(self, nap_s: float) -> None:
        listener, client = self._listener, self._client
        if listener is None:
            return
        watched = (
            [self._wake_out, listener] if client is None else [self._wake_out, listener, client]
        )
        if client is None:
            nap_s = LONGEST_NAP_S  # nobody is told what is due
        ready, _, _ = select.select(watched, [], [], nap_s)
        if self._stopping.is_set():
            return
        if client is not None:
            self._exchange(client, readable=client in ready)
        if listener in ready:
            self._accept(listener)

    def _exchange(self, client: socket.socket, *, readable: bool) -> None:
        try:
            heard = client.recv(CHUNK) if readable else None
            if heard:
                self._server.receive(heard, monotonic_ns())
            if heard == b"" or self._outlived():
                self._let_go()
                return
            answer = self._server.poll(monotonic_ns())
            if answer:
                client.sendall(answer)
        except BlockingIOError:
            return
        except OSError:
            self._let_go()  # the client is gone; the next one is welcome

    def _accept(self, listener: socket.socket) -> None:
        try:
            newcomer, _ = listener.accept()
        except OSError:
            return  # gone before it was let in
        if self._client is not None:
            newcomer.close()
            return
        newcomer.settimeout(SEND_S)
        newcomer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._server.poll(monotonic_ns())  # what the last client did not read is gone
        self._client = newcomer
        self._begin_client()

    def _let_go(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            client.close()


def _refused(address: str, error: OSError) -> PortBusy | PortDenied | PortNotFound:
    # Windows says EACCES where another program listens exclusively.
    if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", None)):
        return PortBusy(
            f"Another program already listens at {address}.",
            to_do="End that program, or choose another port (tcp:0 takes a free one).",
        )
    if isinstance(error, PermissionError):
        return PortDenied(
            f"This computer does not allow listening at {address}.",
            to_do="Choose a port above 1024 that no other program holds.",
        )
    return PortNotFound(
        f"{address} is no address of this computer ({error.strerror or error}).",
        to_do="Use tcp:PORT, or the address of one of this computer's networks.",
    )
