import errno
import os
import sys
import threading
import time

import pytest
import serial

from cartech_desk.hardware.errors import LinkLost, PortBusy, PortDenied, PortNotFound
from cartech_desk.hardware.links import serial_port
from cartech_desk.hardware.links.serial_port import SerialLink, refusal

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are POSIX")


@pytest.fixture
def terminal():
    """A pseudo terminal in raw mode: the far end's descriptor and the near end's name."""
    pty = pytest.importorskip("pty")
    tty = pytest.importorskip("tty")
    far, near = pty.openpty()
    tty.setraw(near)
    name = os.ttyname(near)
    os.close(near)
    ends = [far]
    yield far, name, lambda: os.close(ends.pop())
    for end in ends:
        os.close(end)


@posix_only
def test_bytes_go_both_ways(terminal):
    far, name, _ = terminal
    link = SerialLink(name)
    link.open()
    link.write(b"ATI\r")
    assert os.read(far, 100) == b"ATI\r"
    os.write(far, b"ELM327 v1.5\r\r>")
    assert link.read(1.0) == b"ELM327 v1.5\r\r>"
    link.close()


@posix_only
def test_reading_waits_no_longer_than_asked(terminal):
    link = SerialLink(terminal[1])
    link.open()
    began = time.monotonic()
    assert link.read(0.05) == b""
    assert 0.04 < time.monotonic() - began < 0.5
    link.close()


@posix_only
def test_what_arrives_is_returned_at_once(terminal):
    far, name, _ = terminal
    link = SerialLink(name)
    link.open()
    timer = threading.Timer(0.05, os.write, (far, b">"))
    timer.start()
    began = time.monotonic()
    assert link.read(5.0) == b">"
    assert time.monotonic() - began < 1.0
    timer.join()
    link.close()


@posix_only
def test_a_device_that_goes_is_lost_and_the_port_is_closed(terminal):
    _, name, unplug = terminal
    link = SerialLink(name)
    link.open()
    unplug()
    with pytest.raises(LinkLost) as caught:
        link.read(1.0)
    assert name in caught.value.happened
    assert link._serial is None
    with pytest.raises(LinkLost):
        link.write(b"ATI\r")


@posix_only
def test_a_port_that_is_open_already_is_busy(terminal):
    first = SerialLink(terminal[1])
    first.open()
    with pytest.raises(PortBusy) as caught:
        SerialLink(terminal[1]).open()
    assert "Close the other program" in caught.value.to_do
    first.close()
    again = SerialLink(terminal[1])
    again.open()
    again.close()


@posix_only
def test_the_rate_changes_while_the_port_is_open(terminal):
    link = SerialLink(terminal[1], 38400)
    link.open()
    assert link.set_baud(115200)
    assert link.baud == 115200
    link.close()


@posix_only
def test_two_names_of_one_port_are_one_wire(terminal, tmp_path):
    other = tmp_path / "by-id"
    other.symlink_to(terminal[1])
    assert SerialLink(str(other)).wire == SerialLink(terminal[1]).wire


def test_a_port_that_is_not_there_is_not_found():
    with pytest.raises(PortNotFound) as caught:
        SerialLink("/dev/no-such-port" if sys.platform != "win32" else "COM250").open()
    assert caught.value.to_do


def test_a_closed_link_is_lost_and_closes_twice():
    link = SerialLink("COM7")
    link.close()
    link.close()
    with pytest.raises(LinkLost):
        link.read(0)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (serial.SerialException(errno.EBUSY, "could not open port"), PortBusy),
        (serial.SerialException(errno.EAGAIN, "Could not exclusively lock port"), PortBusy),
        (serial.SerialException(errno.EACCES, "could not open port"), PortDenied),
        (serial.SerialException(errno.ENOENT, "could not open port"), PortNotFound),
        (ValueError("Not a valid port"), PortNotFound),
    ],
)
@posix_only
def test_refusals_are_told_apart(error, kind):
    assert type(refusal("/dev/ttyUSB0", error)) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("PermissionError(13, 'Access is denied.', None, 5)", PortBusy),
        ("FileNotFoundError(2, 'The system cannot find the file.', None, 2)", PortNotFound),
        ("OSError(22, 'A device which does not exist was specified.', None, 433)", PortNotFound),
    ],
)
def test_refusals_of_windows_are_read_from_their_text(monkeypatch, text, kind):
    monkeypatch.setattr(serial_port.sys, "platform", "win32")
    error = serial.SerialException(f"could not open port 'COM3': {text}")
    assert type(refusal("COM3", error)) is kind


@posix_only
def test_a_denied_port_names_the_group_that_may_use_it(monkeypatch):
    monkeypatch.setattr(serial_port, "_owning_group", lambda _: "dialout")
    error = refusal("/dev/ttyUSB0", serial.SerialException(errno.EACCES, "denied"))
    assert "dialout" in error.to_do


class WindowsPort:
    """A port as Windows offers it: reads block for a slice, and nothing can be selected."""

    def __init__(self, arriving):
        self.arriving = arriving
        self.closed = False

    @property
    def in_waiting(self):
        if self.arriving and isinstance(self.arriving[0], Exception):
            raise self.arriving.pop(0)
        return len(self.arriving[0]) if self.arriving else 0

    def read(self, size):
        if not self.arriving:
            time.sleep(0.001)
            return b""
        chunk, self.arriving[0] = self.arriving[0][:size], self.arriving[0][size:]
        if not self.arriving[0]:
            self.arriving.pop(0)
        return chunk

    def close(self):
        self.closed = True


@pytest.fixture
def on_windows(monkeypatch):
    monkeypatch.setattr(serial_port.sys, "platform", "win32")

    def make(*arriving):
        link = SerialLink("com7")
        link._serial = WindowsPort(list(arriving))
        return link

    return make


def test_on_windows_what_waits_is_read_at_once(on_windows):
    link = on_windows(b"ELM327 v1.5\r\r>")
    assert link.wire == "COM7"
    assert link.read(1.0) == b"ELM327 v1.5\r\r>"
    assert link.read(0.01) == b""


def test_on_windows_a_device_that_goes_frees_its_port(on_windows):
    link = on_windows(serial.SerialException("ClearCommError failed (PermissionError(13, …))"))
    port = link._serial
    with pytest.raises(LinkLost):
        link.read(1.0)
    assert port.closed
