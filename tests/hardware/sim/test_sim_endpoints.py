"""The simulated adapter at a TCP port and at a pseudo terminal."""

import os
import select
import socket
import sys
import threading
import time

import pytest

from cartech_desk.hardware.errors import BadAdapterUrl, PortBusy, PortNotFound
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.elm_server import ElmServer
from cartech_desk.hardware.sim.options import parse_options
from cartech_desk.hardware.sim.pty_endpoint import PtyEndpoint
from cartech_desk.hardware.sim.tcp_endpoint import TcpEndpoint, read_listen

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")


def server(**options: str) -> ElmServer:
    chosen = parse_options({"script": "idle", "reset_ms": "0"} | options)
    return ElmServer(SimulatedCar(chosen.car), chosen.adapter)


@pytest.fixture
def listening():
    """Start endpoints with options; all are stopped in the end."""
    started = []

    def start(**options: str) -> TcpEndpoint:
        endpoint = TcpEndpoint(server(**options), "127.0.0.1", 0)
        endpoint.start()
        started.append(endpoint)
        return endpoint

    yield start
    for endpoint in started:
        endpoint.stop()


def connect(endpoint: TcpEndpoint) -> socket.socket:
    host, _, port = endpoint.address.removeprefix("tcp://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=5)


def ask(client: socket.socket, command: bytes) -> bytes:
    client.sendall(command + b"\r")
    heard = b""
    while not heard.endswith(b">"):
        piece = client.recv(4096)
        if not piece:
            raise ConnectionError(heard)
        heard += piece
    return heard


def test_a_client_talks_to_the_adapter(listening):
    with connect(listening()) as client:
        assert ask(client, b"ATI") == b"ATI\rELM327 v1.5\r\r>"
        ask(client, b"ATE0")
        assert ask(client, b"0100").startswith(b"SEARCHING...\r41 00 ")


def test_latency_is_kept_over_the_wire(listening):
    with connect(listening(latency_ms="25")) as client:
        for command in (b"ATE0", b"ATSP6", b"ATSH7E0", b"010D1"):
            ask(client, command)
        before = time.monotonic()
        for _ in range(4):
            assert ask(client, b"010D1").startswith(b"41 0D")
        assert 0.099 < time.monotonic() - before < 2.0


def test_the_next_client_finds_the_adapter_as_it_was_left(listening):
    endpoint = listening()
    with connect(endpoint) as client:
        ask(client, b"ATE0")
    with connect(endpoint) as client:
        assert ask(client, b"ATI") == b"ELM327 v1.5\r\r>"


def test_a_second_client_is_let_go(listening):
    endpoint = listening()
    with connect(endpoint) as first:
        ask(first, b"ATI")
        with connect(endpoint) as second:
            assert second.recv(16) == b""
        assert ask(first, b"ATI")


def test_the_link_drops_as_asked_and_can_be_had_again(listening):
    endpoint = listening(drop_after_requests="1")
    with connect(endpoint) as client:
        ask(client, b"ATSP6")
        ask(client, b"010D1")
        with pytest.raises(OSError, match=r".*"):  # a reset, or the end of the stream
            ask(client, b"010D1")
    with connect(endpoint) as client:
        assert ask(client, b"ATI")


def test_a_drop_after_seconds_ends_a_quiet_link(listening):
    with connect(listening(drop_after_s="0.2")) as client:
        assert client.recv(16) == b""


def test_a_port_in_use_is_said_in_one_sentence(listening):
    port = int(listening().address.rpartition(":")[2])
    other = TcpEndpoint(server(), "127.0.0.1", port)
    with pytest.raises(PortBusy) as refused:
        other.start()
    other.stop()
    assert str(port) in refused.value.happened
    assert refused.value.to_do


def test_an_address_of_another_computer_is_refused():
    other = TcpEndpoint(server(), "192.0.2.1", 0)
    with pytest.raises(PortNotFound):
        other.start()
    other.stop()


def test_stopping_is_quick_leaves_no_thread_and_may_be_repeated(listening):
    before = set(threading.enumerate())
    endpoint = listening()
    with connect(endpoint) as client:
        ask(client, b"ATI")
        started = time.monotonic()
        endpoint.stop()
        assert time.monotonic() - started < 1.0
        assert client.recv(16) == b""
    endpoint.stop()
    assert set(threading.enumerate()) <= before
    assert endpoint.problem == ""


def test_an_error_in_the_thread_becomes_a_sentence(listening, monkeypatch):
    endpoint = listening()

    def break_down(*_):
        raise RuntimeError("worn out")

    monkeypatch.setattr(endpoint._server, "receive", break_down)
    with connect(endpoint) as client:
        client.sendall(b"ATI\r")
        assert client.recv(16) == b""
    endpoint._thread.join(5.0)
    assert "worn out" in endpoint.problem


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("tcp:35000", ("127.0.0.1", 35000)),
        ("tcp:0", ("127.0.0.1", 0)),
        ("tcp:0.0.0.0:35000", ("0.0.0.0", 35000)),  # noqa: S104 - named on purpose
        ("tcp:[::1]:35000", ("::1", 35000)),
    ],
)
def test_where_to_listen(text, place):
    assert read_listen(text) == place


@pytest.mark.parametrize("text", ["", "tcp", "tcp:", "tcp:x", "udp:35000", "35000", "tcp:70000"])
def test_no_place_to_listen_is_refused(text):
    with pytest.raises(BadAdapterUrl):
        read_listen(text)


def test_it_is_no_bottleneck_for_a_client(listening):
    with connect(listening()) as client:
        for command in (b"ATE0", b"ATS0", b"ATSP6", b"ATSH7E0", b"010C1"):
            ask(client, command)
        started = time.perf_counter()
        for _ in range(1000):
            ask(client, b"010C1")
        assert 1000 / (time.perf_counter() - started) > 400, "a busy machine does that, too"


@posix
def test_a_serial_port_of_its_own():
    endpoint = PtyEndpoint(server())
    endpoint.start()
    port = os.open(endpoint.address, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(port, b"ATI\r")
        heard = b""
        while not heard.endswith(b">"):
            assert select.select([port], [], [], 5.0)[0], heard
            heard += os.read(port, 256)
        assert heard == b"ATI\rELM327 v1.5\r\r>"
    finally:
        os.close(port)
        endpoint.stop()


@posix
def test_a_dropped_serial_port_is_gone():
    endpoint = PtyEndpoint(server(drop_after_s="0.05"))
    endpoint.start()
    thread = endpoint._thread
    thread.join(5.0)
    assert not thread.is_alive()
    assert "unplugged" in endpoint.problem
    endpoint.stop()
