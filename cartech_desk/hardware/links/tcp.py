"""A byte link over TCP, as Wi-Fi adapters offer it."""

import contextlib
import errno
import os
import select
import socket
import time
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.hardware.errors import LinkLost, PortDenied, PortNotFound
from cartech_desk.hardware.links.link import Link

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECT_S: Final = 3.0
WRITE_S: Final = 1.0
_SLICE_S: Final = 0.1
_CHUNK: Final = 4096
_UNDER_WAY: Final = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY})

_KEEPALIVE: Final = (
    # A peer that vanished without a word is noticed within about four seconds of silence.
    ("TCP_KEEPIDLE", 1),
    ("TCP_KEEPALIVE", 1),  # what macOS calls the line above
    ("TCP_KEEPINTVL", 1),
    ("TCP_KEEPCNT", 3),
    ("TCP_USER_TIMEOUT", 4000),
)


def _nothing() -> None:
    """Wait without giving up."""


class TcpLink(Link):
    """A socket to `host`:`port`. What it says of trouble is about an adapter, or a `device`."""

    def __init__(
        self, host: str, port: int, *, connect_s: float = CONNECT_S, device: bool = False
    ) -> None:
        self.host = host
        self.port = port
        self.wire = f"{host}:{port}"
        self.check: Callable[[], None] = _nothing
        """Called ten times a second while connecting; may raise to give up."""
        self._connect_s = connect_s
        self._device = device
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Connect within `connect_s` seconds."""
        self.close()
        try:
            link = self._connected()
        except PermissionError as error:
            raise PortDenied(
                f"This computer does not allow a connection to {self.wire}.",
                to_do="Allow CarTech Desk in the firewall.",
            ) from error
        except ConnectionRefusedError as error:
            raise PortNotFound(
                f"Nobody listens at {self.wire}.",
                to_do="Check address and port; many devices take one program at a time, so close "
                "other ones."
                if self._device
                else "Check address and port; a Wi-Fi adapter takes one program at a time, so "
                "close other ones.",
            ) from error
        except OSError as error:
            raise PortNotFound(
                f"{self.wire} cannot be reached.",
                to_do="Check that the device has power, and is in the same network as this "
                "computer."
                if self._device
                else "Check that this computer is in the adapter's Wi-Fi network and the adapter "
                "has power.",
            ) from error
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, setting in _KEEPALIVE:
            option = getattr(socket, name, None)
            if option is not None:
                with contextlib.suppress(OSError):  # a system may know the name and not the option
                    link.setsockopt(socket.IPPROTO_TCP, option, setting)
        self._socket = link

    def _connected(self) -> socket.socket:
        """Connect to the first address of the host that takes it; OSError says why none did."""
        deadline = time.monotonic() + self._connect_s
        why = OSError(errno.EHOSTUNREACH, "the name has no address")
        places = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, place in places:
            link = socket.socket(family, kind, protocol)
            try:
                link.setblocking(False)
                self._connect(link, place, deadline)
            except OSError as error:
                link.close()
                why = error
            except BaseException:
                link.close()
                raise
            else:
                return link
        raise why

    def _connect(self, link: socket.socket, place: Any, deadline: float) -> None:
        began = link.connect_ex(place)
        if began not in _UNDER_WAY:
            raise OSError(began, os.strerror(began))
        while True:
            self.check()
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(errno.ETIMEDOUT, "nobody answered")
            # Windows tells of a refusal as an exceptional condition, POSIX as being writable.
            _, done, failed = select.select([], [link], [link], min(left, _SLICE_S))
            if done or failed:
                break
        number = link.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            raise OSError(number, os.strerror(number))

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived; see `Link.read`."""
        link = self._wire_or_lost()
        try:
            ready, _, _ = select.select([link], [], [], max(0.0, timeout_s))
            if not ready:
                return b""
            arrived = link.recv(_CHUNK)
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:  # ValueError: closed by another thread
            raise self._lost() from error
        if not arrived:
            raise self._lost()
        return arrived

    def write(self, data: bytes) -> None:
        """Send all of `data`; see `Link.write`."""
        link = self._wire_or_lost()
        deadline = time.monotonic() + WRITE_S
        rest = memoryview(data)
        try:
            while rest:
                try:
                    rest = rest[link.send(rest) :]
                except BlockingIOError:
                    left = deadline - time.monotonic()
                    if left <= 0 or not select.select([], [link], [], left)[1]:
                        raise OSError(errno.ETIMEDOUT, "the peer takes nothing") from None
        except (OSError, ValueError) as error:
            raise self._lost() from error

    def close(self) -> None:
        """Close the socket."""
        link, self._socket = self._socket, None
        if link is not None:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                link.close()

    def _wire_or_lost(self) -> socket.socket:
        if self._socket is None:
            raise LinkLost(f"The connection to {self.wire} is closed.", to_do="Connect again.")
        return self._socket

    def _lost(self) -> LinkLost:
        self.close()
        return LinkLost(
            f"The connection to {self.wire} broke off.",
            to_do="Check the device's power and its network."
            if self._device
            else "Check the adapter's power and the Wi-Fi connection.",
        )
