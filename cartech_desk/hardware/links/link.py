"""The contract of a byte link."""

from abc import ABC, abstractmethod


class Link(ABC):
    """A stream of bytes to one adapter, used by one thread at a time.

    Errors: `open` raises PortNotFound, PortBusy or PortDenied; `read` and `write` raise LinkLost
    once the wire is gone (an unplugged USB adapter, a closed socket), and never return b"" for it.
    """

    wire: str
    """What must have one owner: the port's real name, or host:port."""

    @abstractmethod
    def open(self) -> None:
        """Open the wire."""

    @abstractmethod
    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived, as soon as anything has; b"" after `timeout_s` seconds."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send all of `data`; LinkLost when it cannot be sent within a second."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the wire; never raises, may be called twice."""

    def set_baud(self, baud: int) -> bool:  # noqa: ARG002 - links without a rate ignore it
        """Change the baud rate; False where the link has none."""
        return False
