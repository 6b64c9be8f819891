"""A port for datagrams: a multicast group on one interface, or an address of this computer."""

import contextlib
import errno
import ipaddress
import math
import select
import socket
import struct
import sys
from typing import Final

from cartech_desk.hardware.errors import LinkLost, PortBusy, PortDenied, PortNotFound

LARGEST: Final = 65535
_WANTED_BUFFER: Final = 4 * 1024 * 1024
"""So much may wait for a reader that is late; the system gives what it allows."""
_TTL: Final = 1
"""What is sent to a group never leaves the local network."""

_ON_WINDOWS: Final = sys.platform == "win32"

Place = tuple[str, int]


class UdpPort:
    """A socket at `address`:`port`, used by one thread.

    A multicast address is joined on `interface` (an address of this computer; empty: as the system
    chooses), and what is sent goes to the group. Any other address is bound, and no group is
    joined: what is sent goes to whom `send` names. Several programs may listen to one group; an
    address has one listener, for of two only one would hear.

    Errors: `open` raises PortNotFound, PortBusy or PortDenied; `receive` and `send` raise
    LinkLost once the network is gone.
    """

    def __init__(self, address: str, port: int, interface: str = "") -> None:
        self.address = address
        self.port = port
        self.interface = interface
        self.wire = f"udp:{address}:{port}"
        self.multicast = ipaddress.ip_address(address).is_multicast
        self._socket: socket.socket | None = None
        self._wait_ms = 0

    def open(self) -> None:
        """Bind, and join where the address is a group's."""
        self.close()
        link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._prepare(link)
        except PermissionError as error:
            link.close()
            if _ON_WINDOWS and not self.multicast:  # so it calls a port that is another's alone
                raise self._busy() from error
            raise PortDenied(
                f"This computer does not allow listening at {self.address}:{self.port}.",
                to_do="Allow CarTech Desk in the firewall.",
            ) from error
        except OSError as error:
            link.close()
            raise self._refusal(error) from error
        self._socket = link

    def _prepare(self, link: socket.socket) -> None:
        link.setblocking(not _ON_WINDOWS)
        self._wait_ms = 0
        if self.multicast:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif sys.platform == "win32":
            # Elsewhere that is so by itself.
            link.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        with contextlib.suppress(OSError):
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WANTED_BUFFER)
        if not self.multicast:
            link.bind((self.address, self.port))
            return
        # Windows does not let a group's address be bound; elsewhere it keeps other groups out.
        link.bind(("" if _ON_WINDOWS else self.address, self.port))
        interface = socket.inet_aton(self.interface or "0.0.0.0")  # noqa: S104 - not bound to
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _TTL)
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
        if self.interface:
            link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
        joined = struct.pack("4s4s", socket.inet_aton(self.address), interface)
        link.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)

    def receive(self, into: bytearray, timeout_s: float = 0.0) -> tuple[int, Place] | None:
        """Put the next datagram into `into`; return its length and sender.

        None where none came within `timeout_s`, which is taken in milliseconds.
        """
        link = self._socket_or_lost()
        wait_ms = math.ceil(timeout_s * 1000)
        if wait_ms != self._wait_ms and wait_ms > 0:
            self._set_wait(link, wait_ms)
        while True:
            try:
                if wait_ms <= 0 or _ON_WINDOWS:
                    return self._without_waiting(link, into, max(0, wait_ms))
                return link.recvfrom_into(into)
            except (BlockingIOError, TimeoutError):
                return None
            except ConnectionError:
                continue  # Windows: whom we answered has gone; what others send is still here
            except (OSError, ValueError) as error:  # ValueError: closed by another thread
                raise self._lost() from error

    def _set_wait(self, link: socket.socket, wait_ms: int) -> None:
        """Let the call that receives wait by itself, which costs half of waiting before it."""
        self._wait_ms = wait_ms
        if not _ON_WINDOWS:
            seconds, rest = divmod(wait_ms, 1000)
            timeval = struct.pack("@ll", seconds, rest * 1000)
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeval)

    @staticmethod
    def _without_waiting(
        link: socket.socket, into: bytearray, wait_ms: int
    ) -> tuple[int, Place] | None:
        """Receive what is there; on Windows, wait for it first."""
        if not _ON_WINDOWS:
            return link.recvfrom_into(into, 0, socket.MSG_DONTWAIT)
        if not select.select([link], [], [], wait_ms / 1000)[0]:
            return None
        return link.recvfrom_into(into)

    def send(self, data: bytes, to: Place | None = None) -> None:
        """Send a datagram to the group, or to `to`; one that cannot be sent now is dropped."""
        link = self._socket_or_lost()
        place = (self.address, self.port) if self.multicast else to
        if place is None:
            return
        try:
            link.sendto(data, 0 if _ON_WINDOWS else socket.MSG_DONTWAIT, place)
        except (BlockingIOError, ConnectionError):
            return  # as if it had been lost on the way
        except (OSError, ValueError) as error:
            if getattr(error, "errno", None) in {errno.ENETUNREACH, errno.EHOSTUNREACH}:
                return  # the way there is gone for now; listening goes on
            raise self._lost() from error

    def close(self) -> None:
        """Close the socket; never raises, may be called twice."""
        link, self._socket = self._socket, None
        if link is not None:
            with contextlib.suppress(OSError):
                link.close()

    def _socket_or_lost(self) -> socket.socket:
        if self._socket is None:
            raise LinkLost(f"Nobody listens at {self.wire} any more.", to_do="Connect again.")
        return self._socket

    def _lost(self) -> LinkLost:
        self.close()
        return LinkLost(
            f"The network at {self.address}:{self.port} went away.",
            to_do="Check the network cable or the Wi-Fi connection to the dyno.",
        )

    def _refusal(self, error: OSError) -> PortBusy | PortNotFound:
        if error.errno == errno.EADDRINUSE:
            return self._busy()
        if self.multicast:
            return PortNotFound(
                f"The group {self.address} cannot be joined"
                + (f" on {self.interface}." if self.interface else "."),
                to_do="Plug the dyno's network cable in, and give this computer's address in the "
                "dyno's network as interface=….",
            )
        return PortNotFound(
            f"{self.address} is no address of this computer.",
            to_do="Use the dyno's multicast group (224.0.2.10 where nobody changed it), or "
            "127.0.0.1 for a dyno on this computer.",
        )

    def _busy(self) -> PortBusy:
        return PortBusy(
            f"Another program listens at {self.address}:{self.port} already.",
            to_do="Close the other program, or choose another port in it and here.",
        )
