"""A simulated device at a pseudo terminal, as a USB or Bluetooth serial port offers it."""

import os
import select
import sys

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.hardware.errors import PortNotFound
from cartech_desk.hardware.sim.endpoint import CHUNK, Endpoint, Served


class PtyEndpoint(Endpoint):
    """A serial port for any program on this computer; not on Windows, which has none.

    When the link drops (options `drop_after_…`), the port is gone for good, as a USB adapter's.
    """

    def __init__(self, server: Served) -> None:
        super().__init__(server)
        self._master = self._slave = -1
        self._path = ""

    @property
    def address(self) -> str:
        """The path of the port."""
        return self._path

    def _open(self) -> None:
        if sys.platform == "win32":
            what = self._server.what
            raise PortNotFound(
                f"Windows has no pseudo terminals, so no serial {what} can be simulated.",
                to_do="Use tcp:PORT instead, as in --listen tcp:35000.",
            )
        import tty

        # The slave end stays open here, so that the port outlives each client.
        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._path = os.ttyname(self._slave)
        self._begin_client()

    def _close(self) -> None:
        for descriptor in (self._master, self._slave):
            if descriptor >= 0:
                os.close(descriptor)
        self._master = self._slave = -1

    def _serve_once(self, nap_s: float) -> None:
        ready, _, _ = select.select([self._wake_out.fileno(), self._master], [], [], nap_s)
        if self._stopping.is_set():
            return
        if self._master in ready:
            self._server.receive(os.read(self._master, CHUNK), monotonic_ns())
        if self._outlived():
            self._stopping.set()
            self.problem = f"The simulated {self._server.what} was unplugged, as its options ask."
            return
        answer = self._server.poll(monotonic_ns())
        if answer:
            self._write(answer)

    def _write(self, data: bytes) -> None:
        try:
            os.write(self._master, data)
        except BlockingIOError:
            return  # nobody reads: a serial line forgets what nobody takes
