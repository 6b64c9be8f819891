"""A byte link over a serial port: USB, Bluetooth serial, or a pseudo terminal."""

import contextlib
import errno
import os
import re
import select
import sys
import time
from typing import Final

import serial

from cartech_desk.hardware.errors import (
    HardwareError,
    LinkLost,
    PortBusy,
    PortDenied,
    PortNotFound,
)
from cartech_desk.hardware.links.link import Link

WRITE_S: Final = 1.0
_SLICE_S: Final = 0.02
"""How long one read blocks on Windows, where a port cannot be waited for together with time."""

_CHUNK: Final = 65536

_BUSY: Final = frozenset({errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK})
_DENIED: Final = frozenset({errno.EACCES, errno.EPERM})
_BROKEN: Final = (serial.SerialException, OSError, ValueError, TypeError)
"""What pyserial lets through when a device goes or another thread closes the port."""


class SerialLink(Link):
    """A serial port by its name (`/dev/ttyUSB0`, `COM7`).

    Eight bits, no parity and one stop bit where nothing else is said; `parity` is N, E or O. What
    it says of trouble is about an adapter, or about a `device` at the port.
    """

    def __init__(
        self,
        port: str,
        baud: int = 38400,
        *,
        bits: int = 8,
        parity: str = "N",
        stop: int = 1,
        device: bool = False,
    ) -> None:
        self.port = port
        self.baud = baud
        self._form = (bits, parity, stop)
        self._device = device
        self.wire = port.upper() if sys.platform == "win32" else os.path.realpath(port)
        self._serial: serial.Serial | None = None

    def open(self) -> None:
        """Open the port for this program alone."""
        self.close()
        try:
            self._serial = serial.Serial(
                self.port,
                self.baud,
                *self._form,
                timeout=_SLICE_S if sys.platform == "win32" else 0,
                write_timeout=WRITE_S,
                exclusive=True,
            )
        except (serial.SerialException, OSError, ValueError) as error:
            raise refusal(self.port, error, device=self._device) from error

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived; see `Link.read`."""
        port = self._port_or_lost()
        try:
            if sys.platform == "win32":
                return self._read_windows(port, timeout_s)
            arrived = _read_posix(port.fileno(), timeout_s)
        except _BROKEN as error:
            raise self._lost() from error
        if arrived is None:
            raise self._lost()
        return arrived

    def write(self, data: bytes) -> None:
        """Send all of `data`; see `Link.write`."""
        port = self._port_or_lost()
        try:
            if sys.platform == "win32":
                port.write(data)
            else:
                _write_posix(port.fileno(), data)
        except _BROKEN as error:
            raise self._lost() from error

    def set_baud(self, baud: int) -> bool:
        """Change the baud rate; False where this port cannot do it."""
        port = self._port_or_lost()
        try:
            port.baudrate = baud
            port.reset_input_buffer()
        except ValueError:
            return False
        except _BROKEN as error:
            raise self._lost() from error
        self.baud = baud
        return True

    def close(self) -> None:
        """Close the port, so that Windows frees its name even when the device is gone."""
        port, self._serial = self._serial, None
        if port is not None:
            with contextlib.suppress(*_BROKEN):
                port.close()

    @staticmethod
    def _read_windows(port: serial.Serial, timeout_s: float) -> bytes:
        deadline = time.monotonic() + timeout_s
        while True:
            waiting = port.in_waiting
            if waiting:
                return bytes(port.read(waiting))
            if time.monotonic() >= deadline:
                return b""
            first = bytes(port.read(1))  # blocks for _SLICE_S at most
            if first:
                return first + bytes(port.read(port.in_waiting))

    def _port_or_lost(self) -> serial.Serial:
        if self._serial is None:
            raise LinkLost(f"The port {self.port} is closed.", to_do="Connect again.")
        return self._serial

    def _lost(self) -> LinkLost:
        self.close()
        if self._device:
            return LinkLost(
                f"The device at {self.port} went away.",
                to_do="Check its cable and its power.",
            )
        return LinkLost(
            f"The adapter at {self.port} went away.",
            to_do="Check the cable, the plug in the car and the adapter's power.",
        )


def _read_posix(number: int, timeout_s: float) -> bytes | None:
    """Read what has arrived, in two system calls where pyserial takes four; None at the end."""
    ready, _, _ = select.select([number], [], [], max(0.0, timeout_s))
    if not ready:
        return b""
    try:
        return os.read(number, _CHUNK) or None
    except BlockingIOError:
        return b""  # another reader was faster; what comes next will be ours


def _write_posix(number: int, data: bytes) -> None:
    """Write all of it; serial.SerialTimeoutException where that takes longer than `WRITE_S`."""
    left = memoryview(data)
    deadline = time.monotonic() + WRITE_S
    while True:
        with contextlib.suppress(BlockingIOError):
            left = left[os.write(number, left) :]
        if not left:
            return
        wait_s = deadline - time.monotonic()
        if wait_s <= 0 or not select.select([], [number], [], wait_s)[1]:
            raise serial.SerialTimeoutException("Write timeout")


def refusal(port: str, error: Exception, *, device: bool = False) -> HardwareError:
    """Tell why a port did not open: not there, taken by another program, or not allowed."""
    number = _error_number(error)
    if sys.platform == "win32" and number in _DENIED | _BUSY:
        number = errno.EBUSY  # Windows says "access denied" of a port that is in use
    if number in _BUSY:
        return PortBusy(
            f"Another program uses {port}.",
            to_do="Close the other program (terminal, tuning software, a second desk), then "
            "connect again.",
        )
    if number in _DENIED:
        return PortDenied(f"This user may not open {port}.", to_do=_how_to_be_allowed(port))
    return PortNotFound(
        f"There is no usable serial port {port}.",
        to_do=f"Plug the {'device' if device else 'adapter'} in, or pair it again, and choose it "
        "from the list of ports (cartech-desk ports).",
    )


def _error_number(error: Exception) -> int | None:
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        return number
    # On Windows pyserial puts the operating system's error into the text only.
    match = re.search(r"(?:Error|Errno|PermissionError)\D{0,3}(\d+)", str(error))
    return int(match[1]) if match else None


def _how_to_be_allowed(port: str) -> str:
    group = _owning_group(port)
    if group is None:
        return "Ask the administrator of this computer for access to serial ports."
    return f"Add the user to the group “{group}” (sudo usermod -aG {group} USER) and sign in again."


def _owning_group(port: str) -> str | None:
    """Name the group that may use a port, mostly dialout or uucp; None on Windows."""
    try:
        import grp
    except ImportError:  # Windows has no such groups
        return None
    try:
        name: str = grp.getgrgid(os.stat(port).st_gid).gr_name
    except (OSError, KeyError):
        return None
    return name if name != "root" else None
