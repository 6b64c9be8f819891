"""One open CAN channel: frames out, frames in with monotonic time, and errors in shop words."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.adapter import SignsOfLife
from cartech_desk.hardware.can.faults import lost, opening_fault, sending_fault
from cartech_desk.hardware.can.interfaces import SERIAL_PORTS, CanChannel, bus_class
from cartech_desk.hardware.can.slcan_port import TROUBLED, Filter, FilteredPort, Found, probe
from cartech_desk.hardware.errors import HardwareError

if TYPE_CHECKING:
    import can

SEND_S: Final = 0.5
"""How long a frame may take to leave (ISO 15765-2 allows 1 s, N_As)."""
DRAIN_S: Final = 0.2
PORT_READ_S: Final = 0.01
"""Time-out of one read of a serial port; a byte that arrives ends it at once."""
ARDUINO_S: Final = 2.0

OBD_FILTERS: Final[tuple[Filter, ...]] = (
    (0x7E8, 0x7F8, False),
    (0x18DAF100, 0x1FFFFF00, True),
)
"""What ECUs answer on (ISO 15765-4); a manufacturer's own identifiers are added when asked."""


class Frame(NamedTuple):
    """A data frame as it came; `t_ns` is `monotonic_ns()` when it was read."""

    can_id: int
    extended: bool
    data: bytes
    t_ns: int


def open_bus(
    channel: CanChannel, bitrate: int | None, *, listen_only: bool = False, slow: bool = False
) -> "can.BusABC":
    """Open a python-can bus; `slow` for an adapter that starts anew when its port is opened.

    Errors: PortNotFound, PortBusy, PortDenied, BadAdapterUrl.
    """
    import can

    options = dict(channel.options)
    if bitrate is not None:
        options["bitrate"] = bitrate
    if channel.interface == "slcan":
        options.setdefault("timeout", PORT_READ_S)
        options.setdefault("sleep_after_open", ARDUINO_S if slow else 0.0)
        options["listen_only"] = listen_only
    elif channel.interface == "pcan" and listen_only:
        options["state"] = can.BusState.PASSIVE
    name: str | int = channel.channel
    if channel.interface != "virtual" and channel.channel.isdecimal():
        name = int(channel.channel)
    try:
        bus: can.BusABC = bus_class(channel.interface)(name, **options)
    except HardwareError:
        raise
    except Exception as error:  # drivers of twenty vendors raise what they like
        raise opening_fault(error, channel) from None
    return bus


class CanWire:
    """An open python-can bus, for one thread. Every method raises only HardwareErrors."""

    def __init__(self, channel: CanChannel, signs: SignsOfLife | None = None) -> None:
        self.channel = channel
        self.signs = signs or SignsOfLife()
        self.found: Found | None = None
        self.error_frames = 0
        self._bus: can.BusABC | None = None
        self._port: FilteredPort | None = None
        self._filters: list[Filter] = []

    def identify(self, check: Callable[[], None]) -> None:
        """Look who listens on the port of an slcan adapter; nothing to do for other interfaces.

        Errors: PortNotFound, PortBusy, PortDenied, NotAnAdapter, AdapterSilent.
        """
        if self.channel.interface != "slcan":
            return
        import serial

        baud = int(self.channel.options.get("tty_baudrate", 115_200))
        try:
            with serial.serial_for_url(
                self.channel.channel, baudrate=baud, timeout=0.05, write_timeout=1, exclusive=True
            ) as port:
                self.found = probe(port, self.channel.channel, check)
        except HardwareError:
            raise
        except Exception as error:  # termios.error is no OSError, and there may be more
            raise opening_fault(error, self.channel) from None

    def open(self, bitrate: int | None, *, listen_only: bool = False) -> None:
        """Open the channel anew; with `listen_only` nothing is sent, not even acknowledgements.

        Errors: PortNotFound, PortBusy, PortDenied, BadAdapterUrl.
        """
        self.close()
        slow = self.found is not None and self.found.slow
        bus = open_bus(self.channel, bitrate, listen_only=listen_only, slow=slow)
        self._bus = bus
        self._own_port(bus)
        self._apply_filters()

    @property
    def can_listen_only(self) -> bool:
        """Whether the channel can be opened without disturbing the bus."""
        return self.channel.interface in ("slcan", "pcan")

    @property
    def is_open(self) -> bool:
        """Whether there is an open bus."""
        return self._bus is not None

    def set_filters(self, filters: list[Filter]) -> None:
        """Receive only these identifiers from now on, where something before us can filter."""
        self._filters = list(filters)
        self._apply_filters()

    def admit(self, address: Address) -> None:
        """Let the answers of this address pass the filters."""
        expected = address.expected_response
        if expected is None or not self._filters:
            return
        mask = 0x1FFFFFFF if address.extended else 0x7FF
        if not any(
            wide == address.extended and (expected ^ wanted) & known == 0
            for wanted, known, wide in self._filters
        ):
            self.set_filters([*self._filters, (expected, mask, address.extended)])

    def send(self, can_id: int, data: bytes, *, extended: bool) -> None:
        """Send one data frame. Errors: BusFault where nobody acknowledges, LinkLost."""
        import can

        message = can.Message(arbitration_id=can_id, data=data, is_extended_id=extended)
        try:
            self._open_bus().send(message, timeout=SEND_S)
        except HardwareError:
            raise
        except Exception as error:  # drivers of twenty vendors raise what they like
            raise sending_fault(error, self.channel) from error

    def receive(self, timeout_s: float) -> Frame | None:
        """Return the next data frame, None after `timeout_s`; error frames are only counted.

        Errors: LinkLost.
        """
        try:
            bus = self._open_bus()
            if timeout_s <= 0 and self._port is not None and not self._port.arrived():
                return None  # reading would wait for the port's time-out
            message = bus.recv(timeout_s)
        except HardwareError:
            raise
        except Exception as error:  # drivers of twenty vendors raise what they like
            raise lost(self.channel, error) from error
        t_ns = monotonic_ns()
        if message is None:
            return None
        self.signs.heard_ns = t_ns
        if message.is_error_frame:
            self.error_frames += 1
            return None
        if message.is_remote_frame or message.is_fd or not message.is_rx:
            return None
        return Frame(message.arbitration_id, message.is_extended_id, bytes(message.data), t_ns)

    @property
    def bus_off(self) -> bool:
        """Whether the adapter has left the bus after too many errors; opening anew brings it back.

        Only some drivers tell.
        """
        if self._bus is None:
            return False
        import can

        try:
            return self._bus.state is can.BusState.ERROR
        except Exception:  # drivers of twenty vendors raise what they like
            return False

    def troubled(self) -> bool:
        """Whether the adapter says that it meets errors on the bus. Errors: LinkLost."""
        if self._port is None:
            return self.bus_off
        try:
            flags = self._port.status()
        except Exception as error:  # termios.error is no OSError, and there may be more
            raise lost(self.channel, error) from error
        return flags is not None and bool(flags & TROUBLED)

    def drain(self) -> None:
        """Throw away what arrived before now. Errors: LinkLost."""
        if self._port is not None:
            try:
                self._port.discard()
            except Exception as error:  # termios.error is no OSError, and there may be more
                raise lost(self.channel, error) from error
            return
        bus, started = self._open_bus(), time.monotonic()
        try:
            while bus.recv(0) is not None and time.monotonic() - started < DRAIN_S:
                pass
        except Exception as error:  # drivers of twenty vendors raise what they like
            raise lost(self.channel, error) from error

    def close(self) -> None:
        """Let go of the channel; never raises."""
        bus, self._bus, self._port = self._bus, None, None
        if bus is None:
            return
        try:
            bus.shutdown()
        except Exception:  # a channel that is gone cannot be closed better
            # slcan sends a last command first, and keeps the port open where that fails
            port = getattr(bus, "serialPortOrig", None)
            if port is not None:
                try:
                    port.close()
                except OSError:
                    return

    def _open_bus(self) -> "can.BusABC":
        if self._bus is None:
            raise lost(self.channel)
        return self._bus

    def _own_port(self, bus: Any) -> None:
        """Take the serial port for ourselves and, with slcan, put our reader before it."""
        if self.channel.interface not in SERIAL_PORTS:
            return
        names = ("serialPortOrig", "_ser", "ser")
        port = next((found for name in names if (found := getattr(bus, name, None))), None)
        if port is None:
            return
        try:
            port.exclusive = True
        except (OSError, ValueError, AttributeError) as error:
            self.close()
            raise opening_fault(error, self.channel) from None
        if self.channel.interface == "slcan":
            self._port = FilteredPort(port)
            bus.serialPortOrig = self._port

    def _apply_filters(self) -> None:
        if self._bus is None:
            return
        if self._port is not None:
            self._port.set_filters(self._filters)
            return
        import can

        # Where the driver cannot filter, python-can would sift frames in Python, which costs as
        # much as we do, and end a reading of what waits at the first foreign frame.
        own = getattr(type(self._bus), "_apply_filters", None)
        if own is getattr(can.BusABC, "_apply_filters", None):
            return
        try:
            self._bus.set_filters(
                [{"can_id": i, "can_mask": m, "extended": e} for i, m, e in self._filters] or None
            )
        except Exception as error:  # drivers of twenty vendors raise what they like
            raise lost(self.channel, error) from error
