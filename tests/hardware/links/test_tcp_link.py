import socket
import threading
import time

import pytest

from cartech_desk.hardware.errors import LinkLost, PortNotFound
from cartech_desk.hardware.links.tcp import TcpLink


@pytest.fixture
def peer():
    """An open link and the socket at its other end."""
    server = socket.create_server(("127.0.0.1", 0))
    link = TcpLink("127.0.0.1", server.getsockname()[1])
    link.open()
    other, _ = server.accept()
    yield link, other
    link.close()
    other.close()
    server.close()


def test_bytes_go_both_ways(peer):
    link, other = peer
    link.write(b"ATI\r")
    assert other.recv(100) == b"ATI\r"
    other.sendall(b"ELM327 v1.5\r\r>")
    assert link.read(1.0) == b"ELM327 v1.5\r\r>"


def test_small_commands_are_sent_without_delay(peer):
    assert peer[0]._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert peer[0]._socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_reading_waits_no_longer_than_asked(peer):
    began = time.monotonic()
    assert peer[0].read(0.05) == b""
    assert 0.04 < time.monotonic() - began < 0.5


def test_what_arrives_is_returned_at_once(peer):
    link, other = peer
    timer = threading.Timer(0.05, other.sendall, (b">",))
    timer.start()
    began = time.monotonic()
    assert link.read(5.0) == b">"
    assert time.monotonic() - began < 1.0
    timer.join()


def test_a_peer_that_closes_is_lost(peer):
    link, other = peer
    other.close()
    with pytest.raises(LinkLost):
        link.read(1.0)
    with pytest.raises(LinkLost):
        link.write(b"ATI\r")


def test_a_peer_that_takes_nothing_is_lost_within_two_seconds(peer):
    began = time.monotonic()
    with pytest.raises(LinkLost):
        peer[0].write(b"x" * 50_000_000)
    assert time.monotonic() - began < 2.0


def test_closing_in_another_thread_ends_reading(peer):
    link, _ = peer
    closing = threading.Timer(0.05, link.close)
    closing.start()
    with pytest.raises(LinkLost):
        _read_until(link, deadline=time.monotonic() + 5.0)
    closing.join()


def _read_until(link, deadline):
    while time.monotonic() < deadline:
        link.read(0.1)


def test_connecting_can_be_given_up():
    # A listener whose queue is full lets further connections wait.
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        filling = [socket.socket() for _ in range(4)]
        for one in filling:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        link = TcpLink("127.0.0.1", server.getsockname()[1], connect_s=30.0)

        def give_up():
            raise LinkLost("Given up.", to_do="")

        link.check = give_up
        with pytest.raises(LinkLost):
            link.open()
        for one in filling:
            one.close()


def test_a_host_that_does_not_answer_is_not_found_in_time():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        filling = [socket.socket() for _ in range(4)]
        for one in filling:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        began = time.monotonic()
        with pytest.raises(PortNotFound):
            TcpLink("127.0.0.1", server.getsockname()[1], connect_s=0.2).open()
        assert time.monotonic() - began < 2.0
        for one in filling:
            one.close()


def test_nobody_listening_is_told_with_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(PortNotFound) as caught:
        TcpLink("127.0.0.1", port).open()
    assert str(port) in caught.value.happened
    assert caught.value.to_do


def test_a_host_without_an_address_is_not_found():
    with pytest.raises(PortNotFound):
        TcpLink("no-such-host.invalid", 35000).open()
