import socket
import time

import pytest

from cartech_desk.hardware.errors import LinkLost, PortBusy, PortNotFound
from cartech_desk.hardware.links.udp import UdpPort


@pytest.fixture
def port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    one = UdpPort("127.0.0.1", number)
    one.open()
    yield one
    one.close()


@pytest.fixture
def far():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        one.settimeout(3)
        yield one


def test_a_datagram_comes_with_its_sender_and_is_answered(port, far):
    into = bytearray(100)
    far.sendto(b"hello", (port.address, port.port))
    size, sender = port.receive(into, 1.0)
    assert bytes(into[:size]) == b"hello"
    assert sender == far.getsockname()
    port.send(b"here", sender)
    assert far.recv(100) == b"here"


def test_datagrams_stay_apart_and_nothing_is_none(port, far):
    into = bytearray(100)
    for text in (b"one", b"three"):
        far.sendto(text, (port.address, port.port))
    sizes = [port.receive(into, 1.0)[0], port.receive(into, 1.0)[0]]
    assert sizes == [3, 5]
    assert port.receive(into) is None


def test_waiting_takes_no_longer_than_asked(port):
    began = time.monotonic()
    assert port.receive(bytearray(10), 0.05) is None
    assert port.receive(bytearray(10), 0.02) is None
    assert 0.06 < time.monotonic() - began < 0.6


def test_without_a_peer_nothing_is_sent(port):
    port.send(b"to nobody")


def test_a_peer_that_is_gone_ends_nothing(port, far):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        place = gone.getsockname()
    for _ in range(3):
        port.send(b"anybody there", place)
    far.sendto(b"yes", (port.address, port.port))
    assert port.receive(bytearray(10), 1.0) is not None


def test_a_second_reader_of_an_address_is_refused_for_it_would_hear_all_and_the_first_nothing(port):
    with pytest.raises(PortBusy) as caught:
        UdpPort(port.address, port.port).open()
    assert f"{port.address}:{port.port}" in caught.value.happened


def test_several_programs_may_listen_to_a_group(monkeypatch):
    made = []

    class Listening(socket.socket):
        def setsockopt(self, *what):
            made.append(what[:2])
            if what[1] != socket.IP_ADD_MEMBERSHIP:  # no test joins a group
                super().setsockopt(*what)

        def bind(self, place):
            """Stay off the network."""

    monkeypatch.setattr(socket, "socket", Listening)
    group = UdpPort("224.0.2.10", 22344)
    group.open()
    group.close()
    assert (socket.SOL_SOCKET, socket.SO_REUSEADDR) in made


def test_only_a_groups_address_is_joined():
    assert UdpPort("224.0.2.10", 22344).multicast
    assert not UdpPort("127.0.0.1", 22344).multicast


def test_an_address_of_another_computer_is_not_found():
    with pytest.raises(PortNotFound) as caught:
        UdpPort("192.0.2.7", 22344).open()
    assert "192.0.2.7" in caught.value.happened


def test_a_closed_port_is_lost_and_closes_twice(port):
    port.close()
    port.close()
    with pytest.raises(LinkLost):
        port.receive(bytearray(10), 0.1)
    with pytest.raises(LinkLost):
        port.send(b"x", ("127.0.0.1", 1))
