"""Which channel an address names, and what is said where it cannot be opened."""

import errno
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import can
import pytest
import serial

from cartech_desk.hardware.adapters import make_adapter, parse_adapter_url
from cartech_desk.hardware.can import slcan_port
from cartech_desk.hardware.can.faults import opening_fault, sending_fault
from cartech_desk.hardware.can.interfaces import CanChannel, read_channel
from cartech_desk.hardware.errors import (
    AdapterSilent,
    BadAdapterUrl,
    BusFault,
    HardwareError,
    LinkLost,
    NotAnAdapter,
    PortBusy,
    PortDenied,
    PortNotFound,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")


def test_an_address_gives_interface_channel_and_options() -> None:
    url = "can:slcan:/dev/ttyACM0?bitrate=250000&extended=1&tty_baudrate=1000000&rtscts=yes"
    channel = read_channel(parse_adapter_url(url))
    assert (channel.interface, channel.channel) == ("slcan", "/dev/ttyACM0")
    assert (channel.bitrate, channel.extended) == (250_000, True)
    assert channel.options == {"tty_baudrate": 1_000_000, "rtscts": True}


def test_a_serial_port_is_one_wire_under_all_its_names(tmp_path: Any) -> None:
    port = tmp_path / "ttyACM0"
    port.touch()
    link = tmp_path / "by-id"
    link.symlink_to(port)
    assert CanChannel("slcan", str(link)).wire == CanChannel("slcan", str(port)).wire


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("can:nosuch:0", "no CAN interface"),
        ("can:udp_multicast:239.0.0.1", "not offered"),
        ("can:slcan", "which channel"),
        ("can:slcan:?bitrate=500000", "which channel"),
        ("can:slcan:/dev/ttyACM0?bitrate=fast", "no bit rate"),
        ("can:slcan:/dev/ttyACM0?bitrate=5", "no bit rate"),
        ("can:slcan:/dev/ttyACM0?extended=perhaps", "no value"),
        ("can:slcan:/dev/ttyACM0?tty_baudrate=fast", "no value"),
        ("can:slcan:/dev/ttyACM0?colour=red", "no option"),
        ("can:slcan:/dev/ttyACM0?listen_only=1", "no option"),
        ("can:virtual:x?can_filters=1", "no option"),
        ("can:socketcan:can0?bitrate=500000", "set on the device"),
    ],
)
def test_an_address_that_does_not_fit_is_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(BadAdapterUrl, match=words) as caught:
        make_adapter(url)
    assert caught.value.to_do


def test_a_missing_driver_says_so() -> None:
    with pytest.raises(PortNotFound, match="driver"), make_adapter("can:gs_usb:0?index=0"):
        pass


@posix
def test_a_missing_port_is_named() -> None:
    with (
        pytest.raises(PortNotFound, match="ttyNOSUCH"),
        make_adapter("can:slcan:/dev/ttyNOSUCH?bitrate=500000"),
    ):
        pass


@posix
def test_socketcan_that_is_not_there_is_a_missing_port() -> None:
    with pytest.raises(PortNotFound), make_adapter("can:socketcan:cannosuch0"):
        pass


def test_one_channel_has_one_owner_in_this_desk(channel: str) -> None:
    url = f"can:virtual:{channel}"
    with make_adapter(url), pytest.raises(PortBusy):
        make_adapter(url).open()
    with make_adapter(url) as again:
        assert again.identity is not None


SLCAN = CanChannel("slcan", "/dev/ttyACM0")
SOCKET = CanChannel("socketcan", "can0")
PCAN = CanChannel("pcan", "PCAN_USBBUS1")


def initialization(cause: BaseException) -> can.CanError:
    error = can.CanInitializationError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "channel", "kind"),
    [
        (initialization(FileNotFoundError(errno.ENOENT, "no such file")), SLCAN, PortNotFound),
        (initialization(OSError(errno.EBUSY, "busy")), SLCAN, PortBusy),
        (initialization(OSError(errno.EACCES, "no")), SLCAN, PortDenied),
        (serial.SerialException("Could not exclusively lock port x"), SLCAN, PortBusy),
        (OSError(errno.EAFNOSUPPORT, "Address family"), SOCKET, PortNotFound),
        (OSError(errno.ENODEV, "No such device"), SOCKET, PortNotFound),
        (OSError(errno.ENETDOWN, "Network is down"), SOCKET, PortNotFound),
        (ValueError("Invalid bitrate, choose one of 10000"), SLCAN, BadAdapterUrl),
        (KeyError("PCAN_USBBUS99"), PCAN, BadAdapterUrl),
        (OSError("The PCAN-Basic library could not be loaded"), PCAN, PortNotFound),
        (can.CanInterfaceNotImplementedError("not here"), PCAN, PortNotFound),
        (can.CanInitializationError("The channel is already in use"), PCAN, PortBusy),
        (can.CanInitializationError(""), PCAN, PortNotFound),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="access denied means busy there")
def test_what_a_driver_raises_becomes_one_sentence_and_what_to_do(
    error: BaseException, channel: CanChannel, kind: type[HardwareError]
) -> None:
    fault = opening_fault(error, channel)
    assert type(fault) is kind
    assert fault.happened
    assert fault.to_do


@pytest.mark.parametrize(
    ("error", "channel", "kind"),
    [
        (can.CanOperationError("Transmit buffer full"), SOCKET, BusFault),
        (can.CanOperationError("Failed to transmit: no buffer", errno.ENOBUFS), SOCKET, BusFault),
        (can.CanOperationError("bus off", 0x10), PCAN, BusFault),
        (can.CanOperationError("Failed to transmit: down", errno.ENETDOWN), SOCKET, LinkLost),
        (can.CanOperationError("Failed to transmit: gone", errno.ENODEV), SOCKET, LinkLost),
        (can.CanOperationError("Could not write to serial device"), SLCAN, LinkLost),
        (serial.SerialTimeoutException("Write timed out"), SLCAN, LinkLost),
    ],
)
def test_a_bus_at_fault_is_told_from_an_adapter_that_is_gone(
    error: BaseException, channel: CanChannel, kind: type[HardwareError]
) -> None:
    assert type(sending_fault(error, channel)) is kind


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[bytes], bytes]], str]]:
    """A pseudo terminal that answers what it reads with a function; gives its path."""
    import tty

    monkeypatch.setattr(slcan_port, "_SLOW_S", 0.2)
    monkeypatch.setattr(slcan_port, "_QUICK_S", 0.1)
    master, slave = os.openpty()
    tty.setraw(slave)
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def make(answer: Callable[[bytes], bytes]) -> str:
        def run() -> None:
            while not stop.is_set():
                heard = os.read(master, 100)
                if not stop.is_set() and (told := answer(heard)):
                    os.write(master, told)

        threads.append(threading.Thread(target=run))
        threads[0].start()
        return os.ttyname(slave)

    yield make
    stop.set()
    os.write(slave, b"end")
    for thread in threads:
        thread.join(2)
    os.close(master)
    os.close(slave)


@posix
@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (lambda _heard: b"?\r\r>", NotAnAdapter, "elm327:"),
        (lambda _heard: b"$GPGGA,1234*2A\r\n", NotAnAdapter, "no slcan"),
        (lambda _heard: b"\xff\xfe\x80", NotAnAdapter, "no slcan"),
        (lambda _heard: b"", AdapterSilent, "powered"),
    ],
)
def test_another_device_on_the_port_is_known(
    device: Callable[..., str], answer: Callable[[bytes], bytes], kind: type, words: str
) -> None:
    adapter = make_adapter(f"can:slcan:{device(answer)}?bitrate=500000")
    with pytest.raises(kind, match=words), adapter:
        pass


@posix
@pytest.mark.parametrize(
    ("told", "firmware"),
    [(b"\rV1013\rNA123\r", "V1013 NA123"), (b"\a\a\a", ""), (b"slcan-fw 3\r", "")],
)
def test_every_slcan_firmware_is_known_by_its_answers(
    device: Callable[..., str], told: bytes, firmware: str
) -> None:
    with make_adapter(f"can:slcan:{device(lambda _heard: told)}?bitrate=500000") as adapter:
        assert adapter.identity is not None
        assert (adapter.identity.chip, adapter.identity.firmware) == ("slcan", firmware)


@posix
def test_a_port_that_another_program_holds_is_busy(device: Callable[..., str]) -> None:
    port = device(lambda _heard: b"\r\r\r")
    adapter = make_adapter(f"can:slcan:{port}?bitrate=500000")
    with serial.Serial(port, exclusive=True), pytest.raises(PortBusy, match="another program"):
        adapter.open()
    with adapter, pytest.raises(serial.SerialException):
        serial.Serial(port, exclusive=True)
    serial.Serial(port, exclusive=True).close()


class Bytes:
    """A serial port that has these bytes."""

    def __init__(self, *blocks: bytes) -> None:
        self.blocks = list(blocks)
        self.write_timeout: float | None = None

    @property
    def in_waiting(self) -> int:
        return len(self.blocks[0]) if self.blocks else 0

    def read(self, _size: int) -> bytes:
        return self.blocks.pop(0) if self.blocks else b""

    def reset_input_buffer(self) -> None:
        self.blocks.clear()


def lines_of(*blocks: bytes, filters: tuple[slcan_port.Filter, ...] = ()) -> bytes:
    port = slcan_port.FilteredPort(Bytes(*blocks))
    port.set_filters(filters)
    heard = b""
    for _ in range(2 * len(blocks) + 2):
        heard += port.read(1000)
    return heard


OBD = ((0x7E8, 0x7F8, False), (0x18DAF100, 0x1FFFFF00, True))


def test_only_wanted_identifiers_pass_the_port() -> None:
    heard = lines_of(
        b"t7E8203AA\rt1232FFFF\rT18DAF1102",
        b"0102\rT18DB33F11FF\rz\rt7F01",
        b"00\r",
        filters=OBD,
    )
    assert heard == b"t7E8203AA\rT18DAF11020102\r"


def test_the_reader_gets_whole_lines_or_nothing() -> None:
    port = slcan_port.FilteredPort(Bytes(b"t7E8", b"101\rt7E9155\rt7", b"EA1AA\r"))
    assert (port.in_waiting, port.read(1)) == (0, b"")
    assert (port.in_waiting, port.read(1)) == (0, b"")
    assert port.in_waiting == len(b"t7E8101\rt7E9155\r")
    assert port.read(8) == b"t7E8101\r"
    port.discard()
    assert port.in_waiting == 0
    assert not port.arrived()


def test_garbled_lines_never_reach_the_reader() -> None:
    heard = lines_of(b"\xff\xfet7E81AA\rt7E8\rt7E82AA\rt7E8101\r", b"x" * 200, b"\rt7E9155\r\a")
    assert heard == b"t7E8101\rt7E9155\r"


def test_time_stamps_behind_a_frame_are_let_through() -> None:
    assert lines_of(b"t7E81AA12F4\r") == b"t7E81AA12F4\r"


def test_what_the_bus_sets_on_its_port_reaches_the_real_one() -> None:
    real = Bytes()
    port: Any = slcan_port.FilteredPort(real)
    port.write_timeout = 0.5
    assert real.write_timeout == 0.5


def test_nothing_of_python_can_is_loaded_before_a_channel_is_named() -> None:
    import subprocess

    code = (
        "import sys, cartech_desk.hardware.can.adapter as _\n"
        "sys.exit(any(name in sys.modules for name in ('can', 'isotp', 'serial')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
