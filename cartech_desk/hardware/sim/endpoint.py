"""The thread that moves bytes between a client and a simulated device, and does its waiting."""

import logging
import socket
import threading
from abc import ABC, abstractmethod
from typing import Protocol

from cartech_desk.domain.clock import monotonic_ns

CHUNK = 4096
LONGEST_NAP_S = 0.5
JOIN_S = 1.0

_log = logging.getLogger(__name__)


class Served(Protocol):
    """A device behind a byte wire, as a state machine that keeps no clock."""

    @property
    def what(self) -> str:
        """What it is, in words."""

    @property
    def drop_after(self) -> tuple[float, int]:
        """How long a link to it lives, in seconds and in requests (0: for ever)."""

    @property
    def requests(self) -> int:
        """How often it was asked for something."""

    @property
    def due_ns(self) -> int | None:
        """When there will be something to read; None while nothing is under way."""

    def keep_time(self, now_ns: int) -> None:
        """Let time pass without a word."""

    def receive(self, data: bytes, now_ns: int) -> None:
        """Take what the client wrote."""

    def poll(self, now_ns: int) -> bytes:
        """Return what the client may read by now."""


class Endpoint(ABC):
    """Serves one device to one client at a time.

    `start` opens the wire (errors: PortBusy, PortDenied, PortNotFound) and starts the thread;
    `stop` ends it within a second. `problem` is a sentence once the thread has ended by itself.
    """

    def __init__(self, server: Served) -> None:
        self._server = server
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_out.setblocking(False)
        self._since_ns = 0
        self._requests_before = 0
        self.problem = ""

    @property
    @abstractmethod
    def address(self) -> str:
        """What a client connects to."""

    def start(self) -> None:
        """Open the wire and start serving."""
        self._open()
        self._thread = threading.Thread(
            target=self._run, name=f"simulated {self._server.what}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close the wire; may be called twice."""
        self._stopping.set()
        self._wake()
        if self._thread is not None:
            self._thread.join(JOIN_S)
            self._thread = None
        self._close()
        for end in (self._wake_in, self._wake_out):
            end.close()

    def _wake(self) -> None:
        try:
            self._wake_in.send(b"!")
        except OSError:
            return  # already stopped

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._server.keep_time(monotonic_ns())
                self._serve_once(self._nap_s())
        except Exception as error:  # whatever it is must reach whoever started this
            _log.exception("the simulated %s stopped", self._server.what)
            self.problem = f"The simulated {self._server.what} stopped: {error}"
        finally:
            self._close()

    def _nap_s(self) -> float:
        now_ns = monotonic_ns()
        wake_ns = now_ns + round(LONGEST_NAP_S * 1e9)
        if self._server.due_ns is not None:
            wake_ns = min(wake_ns, self._server.due_ns)
        lives_s, _ = self._server.drop_after
        if lives_s:
            end_ns = self._since_ns + round(lives_s * 1e9)
            wake_ns = min(wake_ns, end_ns) if end_ns > now_ns else wake_ns
        return max(wake_ns - now_ns, 0) / 1e9

    def _begin_client(self) -> None:
        self._since_ns = monotonic_ns()
        self._requests_before = self._server.requests

    def _outlived(self) -> bool:
        """Tell whether the link to this client has lived as long as the options let it."""
        most_s, most_requests = self._server.drop_after
        lived_s = (monotonic_ns() - self._since_ns) / 1e9
        asked = self._server.requests - self._requests_before
        return (0 < most_s <= lived_s) or (0 < most_requests < asked)

    @abstractmethod
    def _open(self) -> None: ...

    @abstractmethod
    def _close(self) -> None: ...

    @abstractmethod
    def _serve_once(self, nap_s: float) -> None:
        """Wait at most `nap_s` for the client, then move what there is in both directions."""
