"""An slcan (Lawicel) adapter on a pseudo terminal, and the simulated car served behind it.

The device speaks the ASCII protocol of the LAWICEL CAN232/CANUSB manual: a command, a carriage
return, answered by a carriage return where it was done and by BEL where it was not. To the car's
side it is a python-can bus, to the other side a serial port that python-can's own slcan interface
opens.
"""

import os
import re
import select
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any, Final

import can

from cartech_desk.hardware.adapters import parse_adapter_url
from cartech_desk.hardware.can.interfaces import read_channel
from cartech_desk.hardware.can.wire import open_bus
from cartech_desk.hardware.errors import PortDenied, PortNotFound
from cartech_desk.hardware.sim.can_server import CanCarServer, CanDirt
from cartech_desk.hardware.sim.car import Car

OK: Final = b"\r"
REFUSED: Final = b"\a"
VERSION: Final = b"V1013"
SERIAL_NUMBER: Final = b"NSIM1"
BITRATES: Final[dict[bytes, int]] = {
    b"S0": 10_000,
    b"S1": 20_000,
    b"S2": 50_000,
    b"S3": 100_000,
    b"S4": 125_000,
    b"S5": 250_000,
    b"S6": 500_000,
    b"S7": 800_000,
    b"S8": 1_000_000,
}
OVERRUN: Final = 0x08
"""Status flag: frames were lost because the host did not read."""
BUS_ERROR: Final = 0x80
BUFFER: Final = 8_192
"""What the device keeps for a host that does not read."""
NEW_PTY: Final = "PTY"

_FRAME: Final = re.compile(
    rb"([tr])([0-7][0-9A-F]{2})([0-8])((?:[0-9A-F]{2})*)|([TR])([01][0-9A-F]{7})([0-8])((?:[0-9A-F]{2})*)",
    re.IGNORECASE,
)


class SlcanDevice(can.BusABC):
    """The device. `port` is the path for the host; the car's bus runs at `bus_bitrate`.

    While the host has chosen another bit rate, no frame passes in either direction. Errors:
    PortNotFound on Windows, which has no pseudo terminals; PortDenied where `link` cannot be made.
    """

    def __init__(self, link: str | None = None, *, bus_bitrate: int = 500_000) -> None:
        if sys.platform == "win32":
            raise PortNotFound(
                "Windows has no pseudo terminals, so no slcan adapter can be simulated.",
                to_do="Use --listen tcp:35000 instead.",
            )
        import tty

        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.port = os.ttyname(self._slave)
        self._unplugged = False
        self._link: Path | None = None
        if link is not None:
            self._make_link(Path(link))
        self._bus_bitrate = bus_bitrate
        self._bitrate: int | None = None
        self._open = self._listen_only = self._stamps = False
        self._flags = 0
        self._line = bytearray()
        self._out = bytearray()
        self._arrived: deque[can.Message] = deque()
        self.channel_info = f"simulated slcan adapter at {self.port}"
        super().__init__(channel=self.port)

    def send(self, msg: can.Message, timeout: float | None = None) -> None:  # noqa: ARG002
        """Hand a frame of the bus to the host; dropped where the host does not read."""
        if not self._open:
            return
        if self._bitrate != self._bus_bitrate:
            self._flags |= BUS_ERROR
            return
        if len(self._out) > BUFFER:
            self._flags |= OVERRUN
            return
        letter, width = ("T", 8) if msg.is_extended_id else ("t", 3)
        if msg.is_remote_frame:
            letter = "R" if msg.is_extended_id else "r"
        line = f"{letter}{msg.arbitration_id:0{width}X}{msg.dlc:d}"
        if not msg.is_remote_frame:
            line += bytes(msg.data).hex().upper()
        if self._stamps:
            line += f"{int(time.monotonic() * 1000) % 60_000:04X}"
        self._out += line.encode() + OK
        self._push()

    def _recv_internal(self, timeout: float | None) -> tuple[can.Message | None, bool]:
        if not self._arrived:
            self._pump(timeout)
        return (self._arrived.popleft() if self._arrived else None), False

    def unplug(self) -> None:
        """Pull the plug: the host's port goes away as soon as the bus is read or closed."""
        self._unplugged = True

    def shutdown(self) -> None:
        """Close the port and take its link away."""
        super().shutdown()
        self._close_port()
        if self._link is not None:
            self._link.unlink(missing_ok=True)
            self._link = None

    def _make_link(self, link: Path) -> None:
        try:
            if link.is_symlink() and not link.exists():
                link.unlink()  # left behind by a device that was killed
            link.symlink_to(self.port)
        except OSError as error:
            self._close_port()
            raise PortDenied(
                f"The link {link} cannot be made ({error.strerror}).",
                to_do="Choose a path that does not exist in a folder that you may write, or PTY.",
            ) from error
        self._link = link

    def _close_port(self) -> None:
        for descriptor in (self._master, self._slave):
            if descriptor >= 0:
                os.close(descriptor)
        self._master = self._slave = -1

    def _pump(self, timeout: float | None) -> None:
        if self._unplugged:
            # here and not in `unplug`: a descriptor must not be closed while it is waited for
            self._close_port()
        if self._master < 0:
            raise can.CanOperationError("the simulated adapter is unplugged")
        writing = [self._master] if self._out else []
        readable, _, _ = select.select([self._master], writing, [], timeout)
        self._push()
        if not readable:
            return
        self._line += os.read(self._master, 4096)
        *lines, rest = self._line.split(b"\r")
        self._line = bytearray(rest)
        for line in lines:
            self._out += self._do(bytes(line).strip(b"\n"))
        self._push()

    def _push(self) -> None:
        if self._out and self._master >= 0:
            try:
                del self._out[: os.write(self._master, self._out)]
            except BlockingIOError:
                return  # the host does not read; what does not fit is dropped in `send`

    def _do(self, command: bytes) -> bytes:
        """Carry one command out and return its answer."""
        if match := _FRAME.fullmatch(command):
            return self._transmit(match)
        if command in BITRATES or re.fullmatch(rb"s[0-9A-Fa-f]{4}", command):
            if self._open:
                return REFUSED
            self._bitrate = BITRATES.get(command) or _register_bitrate(command)
            return OK
        if command in (b"O", b"L"):
            if self._open or self._bitrate is None:
                return REFUSED
            self._open, self._listen_only = True, command == b"L"
            return OK
        if command == b"C":
            was_open, self._open = self._open, False
            return OK if was_open else REFUSED
        if command in (b"Z0", b"Z1"):
            if self._open:
                return REFUSED
            self._stamps = command == b"Z1"
            return OK
        if command == b"F":
            flags, self._flags = self._flags, 0
            return b"F%02X" % flags + OK if self._open else REFUSED
        if re.fullmatch(rb"[Mm][0-9A-Fa-f]{8}", command):
            return REFUSED if self._open else OK
        answers = {b"V": VERSION + OK, b"N": SERIAL_NUMBER + OK, b"": OK}
        return answers.get(command, REFUSED)

    def _transmit(self, match: re.Match[bytes]) -> bytes:
        letter, digits, length, data = (
            match.group(1, 2, 3, 4) if match.group(1) else match.group(5, 6, 7, 8)
        )
        remote = letter in b"rR"
        extended = letter in b"TR"
        if not self._open or self._listen_only:
            return REFUSED
        if len(data) != (0 if remote else 2 * int(length)):
            return REFUSED
        if self._bitrate != self._bus_bitrate:
            self._flags |= BUS_ERROR
            return REFUSED
        self._arrived.append(
            can.Message(
                arbitration_id=int(digits, 16),
                is_extended_id=extended,
                is_remote_frame=remote,
                dlc=int(length),
                data=None if remote else bytes.fromhex(data.decode()),
            )
        )
        return (b"Z" if extended else b"z") + OK


def _register_bitrate(command: bytes) -> int:
    """Bit rate of the timing registers of an SJA1000 at 16 MHz (`s` and BTR0, BTR1 in hex)."""
    prescaler, segments = int(command[1:3], 16), int(command[3:5], 16)
    quanta = 3 + (segments & 0x0F) + (segments >> 4 & 0x07)
    return 8_000_000 // (((prescaler & 0x3F) + 1) * quanta)


class CanService:
    """A simulated car on a bus of its own; `url` is the adapter URL that reaches it."""

    def __init__(self, server: CanCarServer, bus: can.BusABC, url: str) -> None:
        self.url = url
        self.bus = bus
        self._server = server

    def start(self) -> None:
        """Start answering."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering and close the bus, within a second."""
        self._server.stop()
        try:
            self.bus.shutdown()
        except (can.CanError, OSError):
            return  # a bus that is gone cannot be closed better

    @property
    def problem(self) -> str:
        """A sentence once the car has left the bus by itself, else empty."""
        return self._server.problem


def serve_can(
    car: Car,
    url_text: str,
    *,
    latency_s: float = 0.0,
    dirt: CanDirt | None = None,
    bus_bitrate: int = 500_000,
) -> CanService:
    """Put a car on the bus that `url_text` names, not yet started.

    `slcan:PTY` makes a new pseudo terminal, `slcan:PATH` one with a link at PATH; everything else
    (`virtual:NAME`, `socketcan:vcan0`) is a channel of python-can. A `can:` in front is allowed.
    Errors: BadAdapterUrl, PortNotFound, PortBusy, PortDenied.
    """
    text = url_text.removeprefix("can:")
    bus: Any
    if text.startswith("slcan:"):
        place = text.removeprefix("slcan:").partition("?")[0]
        device = SlcanDevice(None if place == NEW_PTY else place, bus_bitrate=bus_bitrate)
        bus = device
        path = device.port if place == NEW_PTY else place
        url = f"can:slcan:{path}?bitrate={bus_bitrate}"
    else:
        channel = read_channel(parse_adapter_url(f"can:{text}"))
        bus = open_bus(channel, channel.bitrate)
        url = f"can:{text}"
    return CanService(CanCarServer(car, bus, latency_s=latency_s, dirt=dirt), bus, url)
